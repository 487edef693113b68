//! What a person reads: replies that nothing texts back to, and what counts as no reply.

use expect_test::expect;

use super::check;

const DESK: &str = r#"
purpose: marketing
audience: people.csv
schedule: 2026-12-01 10:00
languages: [en]
message: "Hello STOP to opt out"
replies:
  - { words: [refund], do: [ { forward: shift }, { tag: refund } ] }
  - { words: [prices], send: { text: "30 euro" } }
  - { words: [lift], tag: lift }
  - { words: [news], join: club }
  - otherwise: { forward: box-office }
tests:
"#;

/// Rules do all but texts, and what nobody was handed goes where `otherwise` says.
#[test]
fn what_is_flagged_and_what_comes_after_a_stop_goes_by_the_rules() {
    check(
        &format!(
            r#"{DESK}
  - test: a word that opts out in a longer text
    person: {{ phone: "+12125550134" }}
    story:
      - expect: message
      - reply: "I want the refund or I stop paying"
      - forwarded: shift
      - tagged: refund
      - reply: "don't stop, what are the prices"
      - forwarded: box-office
      - reply: "does the lift stop here"
      - forwarded: box-office
      - tagged: lift
      - reply: "never stop"
      - forwarded: box-office
      - expect: nothing
  - test: after a stop
    person: {{ phone: "+12125550134" }}
    story:
      - expect: message
      - reply: "stop"
      - expect: opt-out
      - reply: "I want a refund"
      - forwarded: shift
      - reply: "prices"
      - forwarded: box-office
      - reply: "lift"
      - tagged: lift
      - reply: "news"
      - reply: "don't stop the refund"
      - forwarded: shift
      - reply: "hello?"
      - forwarded: box-office
      - expect: nothing
"#
        ),
        expect![[r#"
            # a word that opts out in a longer text
            Tue 1 Dec 04:00 the passage begins
            Tue 1 Dec 04:00 < message (1 part): Hello STOP to opt out
            Tue 1 Dec 04:00 the passage ends
            Tue 1 Dec 04:00 > I want the refund or I stop paying
            Tue 1 Dec 04:00 the reply is forwarded to shift
            Tue 1 Dec 04:00 tagged refund
            Tue 1 Dec 04:00 the reply is flagged: it has an opt-out word
            Tue 1 Dec 04:00 > don't stop, what are the prices
            Tue 1 Dec 04:00 the reply is forwarded to box-office
            Tue 1 Dec 04:00 the reply is flagged: it has an opt-out word
            Tue 1 Dec 04:00 > does the lift stop here
            Tue 1 Dec 04:00 tagged lift
            Tue 1 Dec 04:00 the reply is forwarded to box-office
            Tue 1 Dec 04:00 the reply is flagged: it has an opt-out word
            Tue 1 Dec 04:00 > never stop
            Tue 1 Dec 04:00 the reply is forwarded to box-office
            Tue 1 Dec 04:00 the reply is flagged: it has an opt-out word
            # after a stop
            Tue 1 Dec 04:00 the passage begins
            Tue 1 Dec 04:00 < message (1 part): Hello STOP to opt out
            Tue 1 Dec 04:00 the passage ends
            Tue 1 Dec 04:00 > stop
            Tue 1 Dec 04:00 opted out
            Tue 1 Dec 04:00 < opt-out (1 part): You have opted out and will get no more messages from us.
            Tue 1 Dec 04:00 > I want a refund
            Tue 1 Dec 04:00 the reply is forwarded to shift
            Tue 1 Dec 04:00 tagged refund
            Tue 1 Dec 04:00 > prices
            Tue 1 Dec 04:00 the reply is forwarded to box-office
            Tue 1 Dec 04:00 > lift
            Tue 1 Dec 04:00 tagged lift
            Tue 1 Dec 04:00 > news
            Tue 1 Dec 04:00 the reply is forwarded to box-office
            Tue 1 Dec 04:00 > don't stop the refund
            Tue 1 Dec 04:00 the reply is forwarded to shift
            Tue 1 Dec 04:00 tagged refund
            Tue 1 Dec 04:00 the reply is flagged: it has an opt-out word
            Tue 1 Dec 04:00 > hello?
            Tue 1 Dec 04:00 the reply is forwarded to box-office
        "#]],
    );
}

/// Without a rule that hands it on it is in the inbox without a name.
#[test]
fn what_no_rule_hands_on_stays_in_the_inbox() {
    check(
        r#"
purpose: marketing
audience: people.csv
schedule: 2026-12-01 10:00
languages: [en]
message: "Hello STOP to opt out"
replies: [ { words: [prices], send: { text: "30 euro" } } ]
tests:
  - test: it
    person: { phone: "+12125550134" }
    story:
      - expect: message
      - reply: "non-stop flights?"
      - reply: "stop"
      - expect: opt-out
      - reply: "prices"
      - reply: "hello?"
"#,
        expect![[r#"
            Tue 1 Dec 04:00 the passage begins
            Tue 1 Dec 04:00 < message (1 part): Hello STOP to opt out
            Tue 1 Dec 04:00 the passage ends
            Tue 1 Dec 04:00 > non-stop flights?
            Tue 1 Dec 04:00 the reply goes to the inbox, flagged: it has an opt-out word
            Tue 1 Dec 04:00 > stop
            Tue 1 Dec 04:00 opted out
            Tue 1 Dec 04:00 < opt-out (1 part): You have opted out and will get no more messages from us.
            Tue 1 Dec 04:00 > prices
            Tue 1 Dec 04:00 the reply goes to the inbox
            Tue 1 Dec 04:00 > hello?
            Tue 1 Dec 04:00 the reply goes to the inbox
        "#]],
    );
}

/// CTIA wants a call for help answered, whoever makes it; who is answered reads that, and nobody else has to.
#[test]
fn a_call_for_help_is_answered_after_a_stop_too() {
    check(
        r#"
purpose: marketing
audience: people.csv
schedule: 2026-12-01 10:00
languages: [en]
message: "Hello STOP to opt out"
replies: box-office
tests:
  - test: by the words of the country
    person: { phone: "+12125550134" }
    story:
      - expect: message
      - reply: "HELP"
      - expect: help
      - reply: "stop"
      - expect: opt-out
      - reply: "info"
      - expect: help
      - reply: "help"
      - expect: help
      - reply: "help"
      - forwarded: box-office
  - test: one that has none
    person: { phone: "+393331234599" }
    story:
      - expect: message
      - reply: "HELP"
      - forwarded: box-office
      - reply: "Liked “Hello STOP to opt out”"
      - reply: "Loved an image"
      - reply: "Automatic reply: away"
"#,
        expect![[r#"
            # by the words of the country
            Tue 1 Dec 04:00 the passage begins
            Tue 1 Dec 04:00 < message (1 part): Hello STOP to opt out
            Tue 1 Dec 04:00 the passage ends
            Tue 1 Dec 04:00 > HELP
            Tue 1 Dec 04:00 < help (1 part): You get messages from us at this number. Reply STOP to get no more.
            Tue 1 Dec 04:00 > stop
            Tue 1 Dec 04:00 opted out
            Tue 1 Dec 04:00 < opt-out (1 part): You have opted out and will get no more messages from us.
            Tue 1 Dec 04:00 > info
            Tue 1 Dec 04:00 < help (1 part): You get messages from us at this number. Reply STOP to get no more.
            Tue 1 Dec 04:00 > help
            Tue 1 Dec 04:00 < help (1 part): You get messages from us at this number. Reply STOP to get no more.
            Tue 1 Dec 04:00 > help
            Tue 1 Dec 04:00 left out: answered by itself too often within an hour
            Tue 1 Dec 04:00 the reply goes to box-office
            # one that has none
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Hello STOP to opt out
            Tue 1 Dec 10:00 the passage ends
            Tue 1 Dec 10:00 > HELP
            Tue 1 Dec 10:00 the reply goes to box-office
            Tue 1 Dec 10:00 > Liked “Hello STOP to opt out”
            Tue 1 Dec 10:00 a reaction to message: it goes to nobody
            Tue 1 Dec 10:00 > Loved an image
            Tue 1 Dec 10:00 a reaction to a text: it goes to nobody
            Tue 1 Dec 10:00 > Automatic reply: away
            Tue 1 Dec 10:00 an automatic reply: it goes to nobody
        "#]],
    );
}
