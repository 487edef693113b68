use expect_test::expect;

use super::{check, revision, service, story};
use crate::story::{Coverage, play};

const SHOP: &str = r#"
limits: { opt_out_words: [basta] }
steps:
  - ask: invite
    for: 3 days
    unclear: again
    answers:
      - words: ["yes"]
        send: kept
replies:
  - words: [prices, price]
    send: prices
  - when: reply == "rain"
    do:
      - tag: rainy
      - forward: shift
  - words: [enough]
    finish: enough
  - otherwise: { forward: box-office }
messages:
  invite: "Coming?"
  again: "Yes or no?"
  kept: "Kept."
  prices: "30 euro"
tests:
"#;

#[test]
fn one_meaning_for_each_reply() {
    let campaign = service(&format!(
        r#"{SHOP}
  - test: reactions and machines
    person: {{ phone: "+393331234567" }}
    story:
      - expect: invite
      - reply: "Loved “Coming?”"
      - reply: "Automatic reply: I am away"
      - expect: nothing
      - reply: "yes"
      - expect: kept
  - test: unclear twice, then the rules
    person: {{ phone: "+393331234567" }}
    story:
      - expect: invite
      - reply: "hm"
      - expect: again
      - reply: "well"
      - expect: again
      - reply: "prices?"
      - expect: prices
      - reply: "rain"
      - forwarded: shift
      - tagged: rainy
      - reply: "what now"
      - forwarded: box-office
      - reply: "yes"
      - expect: kept
  - test: stop is the last word, in any clothes, and a start takes it back
    person: {{ phone: "+393331234567" }}
    story:
      - expect: invite
      - reply: "Basta, grazie!"
      - expect: opt-out
      - reply: "stop"
      - reply: "prices"
      - after: 1 day
      - expect: nothing
      - says: "START"
      - expect: opt-in
      - after: 30 days
      - expect: nothing
  - test: a word in a sentence is for people
    person: {{ phone: "+393331234567" }}
    story:
      - expect: invite
      - reply: "please do not stop"
      - expect: nothing
      - reply: "yes"
      - expect: kept
  - test: a rule may end it
    person: {{ phone: "+393331234567" }}
    story:
      - expect: invite
      - after: 2 days
      - reply: "hm"
      - expect: again
      - reply: "hm"
      - expect: again
      - reply: "enough"
      - finished: enough
  - test: help is answered, for people of the United States by their words too
    person: {{ phone: "+12125550100" }}
    story:
      - expect: invite
      - reply: "HELP"
      - expect: help
      - reply: "quit"
      - expect: opt-out
"#
    ));
    check(
        &campaign,
        expect![[r#"
        # reactions and machines
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Coming?
        Tue 1 Dec 10:00 > Loved “Coming?”
        Tue 1 Dec 10:00 a reaction to invite: it goes to nobody
        Tue 1 Dec 10:00 > Automatic reply: I am away
        Tue 1 Dec 10:00 an automatic reply: it goes to nobody
        Tue 1 Dec 10:00 > yes
        Tue 1 Dec 10:00 < kept (1 part): Kept.
        Tue 1 Dec 10:00 the passage ends
        # unclear twice, then the rules
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Coming?
        Tue 1 Dec 10:00 > hm
        Tue 1 Dec 10:00 < again (1 part): Yes or no?
        Tue 1 Dec 10:00 > well
        Tue 1 Dec 10:00 < again (1 part): Yes or no?
        Tue 1 Dec 10:00 > prices?
        Tue 1 Dec 10:00 < prices (1 part): 30 euro
        Tue 1 Dec 10:00 > rain
        Tue 1 Dec 10:00 tagged rainy
        Tue 1 Dec 10:00 the reply is forwarded to shift
        Tue 1 Dec 10:00 > what now
        Tue 1 Dec 10:00 the reply is forwarded to box-office
        Tue 1 Dec 10:00 > yes
        Tue 1 Dec 10:00 < kept (1 part): Kept.
        Tue 1 Dec 10:00 the passage ends
        # stop is the last word, in any clothes, and a start takes it back
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Coming?
        Tue 1 Dec 10:00 > Basta, grazie!
        Tue 1 Dec 10:00 opted out
        Tue 1 Dec 10:00 < opt-out (1 part): You have opted out and will get no more messages from us.
        Tue 1 Dec 10:00 the passage ends: opted out
        Tue 1 Dec 10:00 > stop
        Tue 1 Dec 10:00 > prices
        Tue 1 Dec 10:00 the reply is forwarded to box-office
        Wed 2 Dec 10:00 > START
        Wed 2 Dec 10:00 opted in again
        Wed 2 Dec 10:00 < opt-in (1 part): You have opted in again and will get messages from us. Reply STOP to get no more.
        # a word in a sentence is for people
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Coming?
        Tue 1 Dec 10:00 > please do not stop
        Tue 1 Dec 10:00 the reply is forwarded to box-office
        Tue 1 Dec 10:00 the reply is flagged: it has an opt-out word
        Tue 1 Dec 10:00 > yes
        Tue 1 Dec 10:00 < kept (1 part): Kept.
        Tue 1 Dec 10:00 the passage ends
        # a rule may end it
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Coming?
        Thu 3 Dec 10:00 > hm
        Thu 3 Dec 10:00 < again (1 part): Yes or no?
        Thu 3 Dec 10:00 > hm
        Thu 3 Dec 10:00 < again (1 part): Yes or no?
        Thu 3 Dec 10:00 > enough
        Thu 3 Dec 10:00 the passage ends: enough
        # help is answered, for people of the United States by their words too
        Tue 1 Dec 04:00 the passage begins
        Tue 1 Dec 04:00 < invite (1 part): Coming?
        Tue 1 Dec 04:00 > HELP
        Tue 1 Dec 04:00 < help (1 part): You get messages from us at this number. Reply STOP to get no more.
        Tue 1 Dec 04:00 > quit
        Tue 1 Dec 04:00 opted out
        Tue 1 Dec 04:00 < opt-out (1 part): You have opted out and will get no more messages from us.
        Tue 1 Dec 04:00 the passage ends: opted out
    "#]],
    );
}

#[test]
fn at_most_three_automatic_answers_an_hour_and_nothing_is_lost() {
    let campaign = service(
        r#"
message: "Hello"
replies:
  - words: [price]
    send: { text: "30 euro" }
  - words: [call]
    do: [{ forward: shift }, { send: { text: "We call." } }]
  - words: [note]
    forward: box-office
tests:
  - test: a machine
    person: { phone: "+393331234567" }
    story:
      - expect: message
      - reply: "price"
      - expect: replies-1-1
      - reply: "price"
      - expect: replies-1-1
      - reply: "price"
      - expect: replies-1-1
      - reply: "price"
      - reply: "call"
      - forwarded: shift
      - reply: "note"
      - forwarded: box-office
      - expect: nothing
      - after: 1 hour
      - reply: "price"
      - expect: replies-1-1
      - reply: "stop"
      - expect: opt-out
"#,
    );
    check(
        &campaign,
        expect![[r#"
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part): Hello
        Tue 1 Dec 10:00 the passage ends
        Tue 1 Dec 10:00 > price
        Tue 1 Dec 10:00 < replies-1-1 (1 part): 30 euro
        Tue 1 Dec 10:00 > price
        Tue 1 Dec 10:00 < replies-1-1 (1 part): 30 euro
        Tue 1 Dec 10:00 > price
        Tue 1 Dec 10:00 < replies-1-1 (1 part): 30 euro
        Tue 1 Dec 10:00 > price
        Tue 1 Dec 10:00 left out: answered by itself too often within an hour
        Tue 1 Dec 10:00 the reply goes to the inbox
        Tue 1 Dec 10:00 > call
        Tue 1 Dec 10:00 the reply is forwarded to shift
        Tue 1 Dec 10:00 left out: answered by itself too often within an hour
        Tue 1 Dec 10:00 > note
        Tue 1 Dec 10:00 the reply is forwarded to box-office
        Tue 1 Dec 11:00 > price
        Tue 1 Dec 11:00 < replies-1-1 (1 part): 30 euro
        Tue 1 Dec 11:00 > stop
        Tue 1 Dec 11:00 opted out
        Tue 1 Dec 11:00 < opt-out (1 part): You have opted out and will get no more messages from us.
    "#]],
    );
}

#[test]
fn answers_by_a_condition_and_saved_by_type() {
    let campaign = service(
        r#"
fields: { born: { type: date, format: DD/MM/YYYY, from: campaign } }
steps:
  - ask: { text: "When were you born?" }
    id: born
    for: 1 day
    save: born
    unclear: { text: "As 31/12/1980, please." }
  - ask: { text: "Sure?" }
    id: sure
    for: 1 day
    answers:
      - when: reply == "sure"
        finish: sure
      - otherwise: { finish: unsure }
tests:
  - test: it
    person: { phone: "+393331234567" }
    story:
      - expect: born
      - reply: "yesterday"
      - expect: born-unclear
      - reply: "1/2/1990"
      - set: { born: 01/02/1990 }
      - expect: sure
      - reply: "sure"
      - finished: sure
"#,
    );
    check(
        &campaign,
        expect![[r#"
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < born (1 part): When were you born?
        Tue 1 Dec 10:00 > yesterday
        Tue 1 Dec 10:00 < born-unclear (1 part): As 31/12/1980, please.
        Tue 1 Dec 10:00 > 1/2/1990
        Tue 1 Dec 10:00 born is now 01/02/1990
        Tue 1 Dec 10:00 < sure (1 part): Sure?
        Tue 1 Dec 10:00 > sure
        Tue 1 Dec 10:00 the passage ends: sure
    "#]],
    );
}

#[test]
fn a_reply_belongs_to_the_passage_that_texted_last_within_seven_days() {
    let campaign = service(
        r#"
steps:
  - ask: { text: "Coming?" }
    id: invite
    for: 20 days
    answers: [{ words: ["yes"], finish: coming }]
tests:
  - test: late
    person: { phone: "+393331234567" }
    story:
      - says: "hello"
      - expect: invite
      - after: 8 days
      - reply: "yes"
      - after: 30 days
"#,
    );
    check(
        &campaign,
        expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < invite (1 part): Coming?
            Tue 1 Dec 10:00 > hello
            Tue 1 Dec 10:00 the reply goes to the inbox
            Wed 9 Dec 10:00 > yes
            Wed 9 Dec 10:00 the passage ends: coming
        "#]],
    );
}

/// What the rule of a reply changes is known to what waits, to exits and to the goal, at once; and an exit that the reply brings
/// about comes before the question is asked again.
#[test]
fn what_a_reply_changes_is_seen_at_once() {
    let person = "    person: { phone: \"+393331234567\" }\n";
    let campaign = service(&format!(
        r#"
goal: {{ when: tagged("coming") }}
exit: {{ gone: tagged("out"), left: 'reply == "go away"' }}
steps:
  - send: {{ text: "One." }}
  - await: tagged("ok")
    for: 3 days
    then: {{ send: {{ text: "Fine." }} }}
    silence: {{ send: {{ text: "Still there?" }} }}
  - ask: {{ text: "How many?" }}
    for: 1 day
    unclear: {{ text: "A number please." }}
    answers:
      - words: ["2"]
        tag: coming
  - wait: 1 day
  - send: {{ text: "Last." }}
replies:
  - words: [fine]
    tag: ok
  - words: [out]
    tag: out
  - otherwise:
      forward: box-office
tests:
  - test: a tag that a reply brings is awaited
{person}    story: [{{ expect: step-1 }}, {{ after: 1 hour }}, {{ reply: fine }}, {{ expect: step-2-then-1 }}, {{ expect: step-3 }},
      {{ after: 1 minute }}, {{ reply: "2" }}]
  - test: an exit by what a rule does
{person}    story: [{{ expect: step-1 }}, {{ after: 1 hour }}, {{ reply: out }}]
  - test: an exit by the reply itself, with a question open
{person}    story: [{{ expect: step-1 }}, {{ reply: fine }}, {{ expect: step-2-then-1 }}, {{ expect: step-3 }}, {{ after: 1 minute }},
      {{ reply: lots }}, {{ expect: step-3-unclear }}, {{ after: 1 minute }}, {{ reply: go away }}, {{ after: 9 days }}]
"#
    ));
    check(
        &campaign,
        expect![[r#"
            # a tag that a reply brings is awaited
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): One.
            Tue 1 Dec 11:00 > fine
            Tue 1 Dec 11:00 tagged ok
            Tue 1 Dec 11:00 < step-2-then-1 (1 part): Fine.
            Tue 1 Dec 11:00 < step-3 (1 part): How many?
            Tue 1 Dec 11:01 > 2
            Tue 1 Dec 11:01 tagged coming
            Tue 1 Dec 11:01 the goal is reached
            # an exit by what a rule does
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): One.
            Tue 1 Dec 11:00 > out
            Tue 1 Dec 11:00 tagged out
            Tue 1 Dec 11:00 the passage ends: gone
            # an exit by the reply itself, with a question open
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): One.
            Tue 1 Dec 10:00 > fine
            Tue 1 Dec 10:00 tagged ok
            Tue 1 Dec 10:00 < step-2-then-1 (1 part): Fine.
            Tue 1 Dec 10:00 < step-3 (1 part): How many?
            Tue 1 Dec 10:01 > lots
            Tue 1 Dec 10:01 < step-3-unclear (1 part): A number please.
            Tue 1 Dec 10:02 > go away
            Tue 1 Dec 10:02 the reply is forwarded to box-office
            Tue 1 Dec 10:02 the passage ends: left
        "#]],
    );
}

#[test]
fn what_is_said_to_an_unclear_reply_and_the_reminder_are_walked_by_names_of_their_own() {
    let campaign = |lines: &str| {
        service(&format!(
            "steps:\n  - ask: q\n    for: 2 days\n    unclear: again\n    remind: {{ after: 1 day, send: rem }}\n    \
             answers: [{{ words: [si], tag: coming }}]\nmessages: {{ q: \"Si?\", again: \"Scusi?\", rem: \"Allora?\" }}\n{}",
            story(lines)
        ))
    };
    let unwalked = |lines: &str| {
        let revision = revision(&campaign(lines));
        let played = [play(&revision, &revision.campaign.stories[0])];
        let coverage = Coverage::of(&revision, &played);
        let names = coverage.unwalked.iter().map(|unwalked| format!("{unwalked}\n"));
        format!("{}of {}\n", names.collect::<String>(), coverage.total)
    };
    expect![[r#"
        step 1, unclear (send again)
        step 1, remind (send rem)
        silence of step 1
        a clock change
        of 7
    "#]]
    .assert_eq(&unwalked("- expect: q\n- reply: si"));
    expect![[r#"
        step 1, answer 1
        step 1, answer 1.1 (tag coming)
        a clock change
        of 7
    "#]]
    .assert_eq(&unwalked(
        "- expect: q\n- expect: rem\n- reply: boh\n- expect: again\n- after: 3 days",
    ));
}

#[test]
fn a_question_is_answered_as_long_as_it_is_open() {
    let campaign = service(
        r#"
replies: box-office
steps:
  - ask: { text: "Which colour?" }
    id: colour
    for: 3 weeks
    answers:
      - words: [blue]
        send: { text: "Blue it is." }
        id: kept
    silence: { send: { text: "Never mind." }, id: silent }
tests:
  - test: after replies_within
    person: { phone: "+393331234567" }
    story:
      - expect: colour
      - after: 10 days
      - reply: green
      - reply: blue
      - expect: kept
      - reply: blue
      - after: 9 days
      - reply: blue
"#,
    );
    check(
        &campaign,
        expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < colour (1 part): Which colour?
            Fri 11 Dec 10:00 > green
            Fri 11 Dec 10:00 the reply goes to box-office
            Fri 11 Dec 10:00 > blue
            Fri 11 Dec 10:00 < kept (1 part): Blue it is.
            Fri 11 Dec 10:00 the passage ends
            Fri 11 Dec 10:00 > blue
            Fri 11 Dec 10:00 the reply goes to box-office
            Sun 20 Dec 10:00 > blue
            Sun 20 Dec 10:00 the reply goes to box-office
        "#]],
    );
}
