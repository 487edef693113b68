use expect_test::expect;

use super::super::Coverage;
use super::{check, play, revision, service};

#[test]
fn an_exit_ends_a_passage_at_an_event_and_before_a_send() {
    let campaign = service(
        r#"
exit: { bought: 'event("bought")', lost: tagged("lost") }
steps:
  - send: { text: "One." }
  - wait: 2 days
  - tag: lost
  - send: { text: "Two." }
tests:
  - test: bought
    person: { phone: "+393331234567" }
    story:
      - expect: step-1
      - after: 1 day
      - event: bought
      - finished: bought
      - after: 30 days
      - expect: nothing
  - test: by a tag of its own
    person: { phone: "+393331234567" }
    story:
      - expect: step-1
      - after: 2 days
      - finished: lost
      - expect: nothing
"#,
    );
    check(
        &campaign,
        expect![[r#"
        # bought
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1 (1 part): One.
        Wed 2 Dec 10:00 the event bought comes
        Wed 2 Dec 10:00 the passage ends: bought
        # by a tag of its own
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1 (1 part): One.
        Thu 3 Dec 10:00 tagged lost
        Thu 3 Dec 10:00 the passage ends: lost
    "#]],
    );
}

#[test]
fn a_goal_is_reached_once_in_time_in_each_passage() {
    let campaign = r#"
audience: people.csv
purpose: service
fields: { born: date }
schedule: { date: born, yearly: true, at: "10:00" }
goal: { when: event("came"), within: 7 days }
message: "A coffee is waiting."
tests:
  - test: this year and next year
    person: { phone: "+393331234567", born: 1988-12-01 }
    at: 2026-11-01 10:00
    story:
      - expect: message
      - event: came
      - event: came
      - expect: message
      - after: 8 days
      - event: came
"#;
    check(
        campaign,
        expect![[r#"
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part): A coffee is waiting.
        Tue 1 Dec 10:00 the passage ends
        Tue 1 Dec 10:00 the event came comes
        Tue 1 Dec 10:00 the goal is reached
        Tue 1 Dec 10:00 the event came comes
        Wed 1 Dec 10:00 the passage begins
        Wed 1 Dec 10:00 < message (1 part): A coffee is waiting.
        Wed 1 Dec 10:00 the passage ends
        Thu 9 Dec 10:00 the event came comes
    "#]],
    );
}

#[test]
fn what_a_year_brought_is_not_what_the_next_one_brings() {
    let campaign = r#"
audience: people.csv
purpose: service
fields: { born: date }
links: { table: "https://trattoria.example/table" }
schedule: { date: born, yearly: true, at: "10:00" }
steps:
  - send: { text: "A table? {{link table}}" }
    id: table
  - await: clicked("table")
    for: 2 days
    then: { send: { text: "See you." }, id: see-you }
    silence: { send: { text: "A pity." }, id: pity }
tests:
  - test: it
    person: { phone: "+393331234567", born: 1988-12-01 }
    at: 2026-11-01 10:00
    story:
      - expect: table
      - clicks: table
      - expect: see-you
      - expect: table
        at: 2027-12-01 10:00
      - expect: pity
"#;
    check(
        campaign,
        expect![[r#"
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < table (1 part): A table? https://crier.test/vyae2x
        Tue 1 Dec 10:00 opens the link table
        Tue 1 Dec 10:00 < see-you (1 part): See you.
        Tue 1 Dec 10:00 the passage ends
        Wed 1 Dec 10:00 the passage begins
        Wed 1 Dec 10:00 < table (1 part): A table? https://crier.test/vyae2x
        Fri 3 Dec 10:00 < pity (1 part): A pity.
        Fri 3 Dec 10:00 the passage ends
    "#]],
    );
}

#[test]
fn a_link_to_opt_out_opts_out() {
    let campaign = r#"
audience: people.csv
schedule: 2026-12-01 10:00
steps:
  - send: { text: "News! {{link opt_out}}" }
  - wait: 1 day
  - send: { text: "More news." }
tests:
  - test: it
    person: { phone: "+393331234567" }
    story: [{ expect: step-1 }, { clicks: opt_out }, { after: 30 days }, { expect: nothing }]
"#;
    check(
        campaign,
        expect![[r#"
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1 (1 part): News! https://crier.test/zg37mh
        Tue 1 Dec 10:00 opens the link opt_out
        Tue 1 Dec 10:00 opted out
        Tue 1 Dec 10:00 the passage ends: opted out
    "#]],
    );
}

#[test]
fn languages_variants_and_parts() {
    let campaign = r#"
audience: people.csv
purpose: service
languages: [it, en]
schedule: 2026-12-01 10:00
message:
  variants:
    calm: { share: 50%, it: "Ciao {{name}}", en: "Hello {{name}}" }
    loud: { share: 50%, it: "CIAO", en: "HELLO" }
tests:
  - { test: a fallback, person: { phone: "+393331234567", language: en-GB, name: Zoë, variant: calm }, story: [{ expect: message, text: "Hello Zoë", parts: 1 }] }
  - { test: another language, person: { phone: "+393331234567", language: de, name: Bo, variant: loud }, story: [{ expect: message, text: CIAO }] }
"#;
    check(
        campaign,
        expect![[r#"
        # a fallback
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part, calm): Hello Zoë
        Tue 1 Dec 10:00 the passage ends
        # another language
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < message (1 part, loud): CIAO
        Tue 1 Dec 10:00 the passage ends
    "#]],
    );
}

/// What the event of one passage carried is none of the next one's.
#[test]
fn each_passage_has_what_its_own_event_carries() {
    check(
        r#"
trigger: { event: order, again: always }
purpose: service
audience: people.csv
fields: { total: { type: decimal, default: "0" }, city: { default: "-" }, note: { default: "-" } }
message: "Order {{total}} {{note}} {{city}}"
tests:
  - test: two orders
    person: { phone: "+393331234567", city: Roma }
    at: 2026-12-01 10:00
    event: { name: order, fields: { total: "60", note: gift, city: Milano } }
    story:
      - event: { name: order, fields: { total: "99" } }
      - event: { name: order, fields: { note: late } }
      - after: 1 day
"#,
        expect![[r#"
            Tue 1 Dec 10:00 the event order comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Order 60 gift Milano
            Tue 1 Dec 10:00 the passage ends
            Tue 1 Dec 10:00 the event order comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Order 99 - Roma
            Tue 1 Dec 10:00 the passage ends
            Tue 1 Dec 10:00 the event order comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Order 0 late Roma
            Tue 1 Dec 10:00 the passage ends
            DIFFERS at "after: 1 day": the story ends, and "message" came that nobody expected (it came Tue 1 Dec 2026, 10:00; add `- expect: message`)
        "#]],
    );
}

#[test]
fn a_moment_by_the_column_of_a_yearly_schedule_is_of_the_year_of_the_passage() {
    let campaign = r#"
audience: people.csv
purpose: service
fields: { born: date }
schedule: { date: born, yearly: true, before: 30 days, at: "10:00", again: always }
steps:
  - send: { text: "In a month." }
    id: month
  - wait: { date: born, before: 7 days, at: "10:00" }
  - send: { text: "In a week." }
    id: week
  - send: { text: "Today." }
    id: today
    at: { date: born, at: "09:00" }
tests:
  - test: year after year
    person: { phone: "+393331234567", born: 1988-01-10 }
    at: 2026-11-01 10:00
    story:
      - expect: month
        at: 2026-12-11 10:00
      - expect: week
        at: 2027-01-03 10:00
      - expect: today
        at: 2027-01-10 09:00
      - expect: month
        at: 2027-12-11 10:00
      - expect: week
        at: 2028-01-03 10:00
      - expect: today
        at: 2028-01-10 09:00
"#;
    check(
        campaign,
        expect![[r#"
        Fri 11 Dec 10:00 the passage begins
        Fri 11 Dec 10:00 < month (1 part): In a month.
        Sun 3 Jan 10:00 < week (1 part): In a week.
        Sun 10 Jan 09:00 < today (1 part): Today.
        Sun 10 Jan 09:00 the passage ends
        Sat 11 Dec 10:00 the passage begins
        Sat 11 Dec 10:00 < month (1 part): In a month.
        Mon 3 Jan 10:00 < week (1 part): In a week.
        Mon 10 Jan 09:00 < today (1 part): Today.
        Mon 10 Jan 09:00 the passage ends
    "#]],
    );
}

/// The launch of a day reads the lists when that day begins for the first clocks on earth.
#[test]
fn a_day_that_a_reply_moves_brings_the_person_here_again() {
    let campaign = r#"
audience: people.csv
purpose: service
fields: { starts: date }
schedule: { date: starts, at: "10:00", again: always }
message: "Your card ends today. LATER keeps it, NOW ends it at once."
replies:
  - { words: [later], set: { starts: "2026-12-12" } }
  - { words: [now], set: { starts: "2026-12-10" } }
tests:
  - test: later
    person: { phone: "+393331234567", starts: 2026-12-10 }
    at: 2026-12-01 10:00
    story:
      - expect: message
        at: 2026-12-10 10:00
      - reply: later
      - expect: message
        at: 2026-12-12 10:00
      - reply: now
      - expect: nothing
  - test: when the lists are read already
    person: { phone: "+393331234567", starts: 2026-12-10 }
    at: 2026-12-01 10:00
    story:
      - expect: message
      - reply: later
      - after: 36 hours
      - reply: now
      - expect: message
        at: 2026-12-12 10:00
"#;
    check(
        campaign,
        expect![[r#"
        # later
        Thu 10 Dec 10:00 the passage begins
        Thu 10 Dec 10:00 < message (1 part): Your card ends today. LATER keeps it, NOW ends it at once.
        Thu 10 Dec 10:00 the passage ends
        Thu 10 Dec 10:00 > later
        Thu 10 Dec 10:00 starts is now 2026-12-12
        Sat 12 Dec 10:00 the passage begins
        Sat 12 Dec 10:00 < message (1 part): Your card ends today. LATER keeps it, NOW ends it at once.
        Sat 12 Dec 10:00 the passage ends
        Sat 12 Dec 10:00 > now
        Sat 12 Dec 10:00 starts is now 2026-12-10
        # when the lists are read already
        Thu 10 Dec 10:00 the passage begins
        Thu 10 Dec 10:00 < message (1 part): Your card ends today. LATER keeps it, NOW ends it at once.
        Thu 10 Dec 10:00 the passage ends
        Thu 10 Dec 10:00 > later
        Thu 10 Dec 10:00 starts is now 2026-12-12
        Fri 11 Dec 22:00 > now
        Fri 11 Dec 22:00 starts is now 2026-12-10
        Sat 12 Dec 10:00 the passage begins
        Sat 12 Dec 10:00 < message (1 part): Your card ends today. LATER keeps it, NOW ends it at once.
        Sat 12 Dec 10:00 the passage ends
    "#]],
    );
}

#[test]
fn who_gets_no_text_walks_no_language() {
    let unwalked = |expected: &str, tag: &str| {
        let campaign = format!(
            "audience: people.csv\nschedule: 2026-12-01 10:00\npurpose: service\nlanguages: [it, en]\nexit: {{ gone: tagged(\"gone\") }}\n\
             message: {{ it: Ciao, en: Hello }}\n\
             tests:\n  - test: it\n    person: {{ phone: \"+393331234567\", language: en, tags: [{tag}] }}\n    story: [{{ expect: {expected} }}]\n"
        );
        let revision = revision(&campaign);
        let played = [play(&revision, &revision.campaign.stories[0])];
        let all = Coverage::of(&revision, &played).unwalked.into_iter();
        all.map(|unwalked| format!("{unwalked}\n")).collect::<String>()
    };
    expect![[r#"
        language it
    "#]]
    .assert_eq(&unwalked("message", "other"));
    expect![[r#"
        step message (send message)
        language it
        language en
    "#]]
    .assert_eq(&unwalked("nothing", "gone"));
}
