use expect_test::expect;

use super::check;

#[test]
fn now_at_and_each_recipients_clock() {
    for (schedule, at, expected) in [
        (
            "now",
            "at: 2026-12-01 09:00",
            expect![[r#"
            # here
            Tue 1 Dec 09:00 the passage begins
            Tue 1 Dec 09:00 < message (1 part): Hello
            Tue 1 Dec 09:00 the passage ends
            # there
            Tue 1 Dec 09:00 the passage begins
            Tue 1 Dec 09:00 < message (1 part): Hello
            Tue 1 Dec 09:00 the passage ends
        "#]],
        ),
        (
            "2026-12-01 10:00",
            "x-at: none",
            expect![[r#"
            # here
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Hello
            Tue 1 Dec 10:00 the passage ends
            # there
            Tue 1 Dec 22:00 the passage begins
            Tue 1 Dec 22:00 < message (1 part): Hello
            Tue 1 Dec 22:00 the passage ends
        "#]],
        ),
        // The story begins, and waits for the passage.
        (
            "2026-12-10 10:00",
            "at: 2026-12-01 09:00",
            expect![[r#"
            # here
            Thu 10 Dec 10:00 the passage begins
            Thu 10 Dec 10:00 < message (1 part): Hello
            Thu 10 Dec 10:00 the passage ends
            # there
            Thu 10 Dec 22:00 the passage begins
            Thu 10 Dec 22:00 < message (1 part): Hello
            Thu 10 Dec 22:00 the passage ends
        "#]],
        ),
        (
            "{ at: 2026-12-01 10:00, clock: recipient }",
            "x-at: none",
            expect![[r#"
            # here
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Hello
            Tue 1 Dec 10:00 the passage ends
            # there
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Hello
            Tue 1 Dec 10:00 the passage ends
        "#]],
        ),
    ] {
        check(
            &format!(
                r#"
audience: people.csv
purpose: service
schedule: {schedule}
message: "Hello"
tests:
  - {{ test: here, person: {{ phone: "+393331234567" }}, {at}, story: [{{ expect: message }}] }}
  - {{ test: there, person: {{ phone: "+6421123456" }}, {at}, story: [{{ expect: message }}] }}
"#
            ),
            expected,
        );
    }
}

#[test]
fn ticks_of_a_cron_and_who_may_enter_again() {
    for (again, expected) in [
        (
            "never",
            expect![[r#"
            Mon 7 Dec 10:00 the passage begins
            Mon 7 Dec 10:00 < message (1 part): Hello
            Mon 7 Dec 10:00 the passage ends
            DIFFERS at "{ after: 60 days }": the story ends, and "message" came that nobody expected (it came Mon 7 Dec 2026, 10:00; add `- expect: message`)
        "#]],
        ),
        (
            "always",
            expect![[r#"
            Mon 7 Dec 10:00 the passage begins
            Mon 7 Dec 10:00 < message (1 part): Hello
            Mon 7 Dec 10:00 the passage ends
            Mon 14 Dec 10:00 the passage begins
            Mon 14 Dec 10:00 < message (1 part): Hello
            Mon 14 Dec 10:00 the passage ends
            Mon 21 Dec 10:00 the passage begins
            Mon 21 Dec 10:00 < message (1 part): Hello
            Mon 21 Dec 10:00 the passage ends
            Mon 28 Dec 10:00 the passage begins
            Mon 28 Dec 10:00 < message (1 part): Hello
            Mon 28 Dec 10:00 the passage ends
            DIFFERS at "{ after: 60 days }": the story ends, and "message" came that nobody expected (it came Mon 7 Dec 2026, 10:00; add `- expect: message`)
        "#]],
        ),
        (
            "after 10 days",
            expect![[r#"
            Mon 7 Dec 10:00 the passage begins
            Mon 7 Dec 10:00 < message (1 part): Hello
            Mon 7 Dec 10:00 the passage ends
            Mon 21 Dec 10:00 the passage begins
            Mon 21 Dec 10:00 < message (1 part): Hello
            Mon 21 Dec 10:00 the passage ends
            DIFFERS at "{ after: 60 days }": the story ends, and "message" came that nobody expected (it came Mon 7 Dec 2026, 10:00; add `- expect: message`)
        "#]],
        ),
    ] {
        check(
            &format!(
                r#"
audience: people.csv
purpose: service
schedule: {{ cron: "0 10 * * MON", from: 2026-12-01, until: 2026-12-31, again: {again} }}
message: "Hello"
tests: [{{ test: it, person: {{ phone: "+393331234567" }}, at: 2026-12-01 09:00, story: [{{ after: 60 days }}] }}]
"#
            ),
            expected,
        );
    }
}

#[test]
fn a_day_of_a_column_each_year_or_so_long_before() {
    for (schedule, expected) in [
        (
            "{ date: born, yearly: true, at: \"10:00\" }",
            expect![[r##"
            # leap
            Sun 28 Feb 10:00 the passage begins
            Sun 28 Feb 10:00 < message (1 part): Hello
            Sun 28 Feb 10:00 the passage ends
            Tue 29 Feb 10:00 the passage begins
            Tue 29 Feb 10:00 < message (1 part): Hello
            Tue 29 Feb 10:00 the passage ends
            DIFFERS at "{ after: 400 days }": the story ends, and "message" came that nobody expected (it came Sun 28 Feb 2027, 10:00; add `- expect: message`)
            # late
            # none
        "##]],
        ),
        (
            "{ date: starts, before: 30 days, at: \"10:00\" }",
            expect![[r##"
            # leap
            Sat 13 Feb 10:00 the passage begins
            Sat 13 Feb 10:00 < message (1 part): Hello
            Sat 13 Feb 10:00 the passage ends
            DIFFERS at "{ after: 400 days }": the story ends, and "message" came that nobody expected (it came Sat 13 Feb 2027, 10:00; add `- expect: message`)
            # late
            # none
        "##]],
        ),
    ] {
        check(
            &format!(
                r#"
audience: people.csv
purpose: service
fields: {{ born: date, starts: date }}
schedule: {schedule}
message: "Hello"
tests:
  - {{ test: leap, person: {{ phone: "+393331234567", born: 1988-02-29, starts: 2027-03-15 }}, at: 2027-02-01 09:00, story: [{{ after: 400 days }}] }}
  - {{ test: late, person: {{ phone: "+393331234567", born: 1988-02-01, starts: 2027-02-10 }}, at: 2027-02-01 12:00, story: [{{ after: 30 days }}] }}
  - {{ test: none, person: {{ phone: "+393331234567" }}, at: 2027-02-01 12:00, story: [{{ after: 30 days }}] }}
"#
            ),
            expected,
        );
    }
}

const ORDERS: &str = r#"
purpose: service
fields: { order: text, days: int }
steps:
  - send: { text: "Order {{order}} is on its way." }
    id: sent
  - await: event("arrived")
    for: 5 days
    then: { send: { text: "{{order}}: enjoy it." }, id: enjoy }
    silence: { send: { text: "{{order}} is late." }, id: late }
"#;

#[test]
fn an_event_begins_a_passage_for_each_key() {
    check(
        &format!(
            r#"
trigger: {{ event: shipped, key: order, where: days > 1 }}
{ORDERS}
tests:
  - test: two orders are told apart
    person: {{ phone: "+393331234567" }}
    at: 2026-12-01 10:00
    event: {{ name: shipped, fields: {{ order: A1, days: "3" }} }}
    story:
      - expect: sent
        text: "Order A1 is on its way."
      - event: {{ name: shipped, fields: {{ order: A2, days: "3" }} }}
      - expect: sent
        text: "Order A2 is on its way."
      - event: {{ name: shipped, fields: {{ order: A3, days: "1" }} }}
      - event: {{ name: shipped, fields: {{ order: A1, days: "3" }} }}
      - expect: nothing
      - event: {{ name: arrived, fields: {{ order: A2 }} }}
      - expect: enjoy
        text: "A2: enjoy it."
      - expect: late
        text: "A1 is late."
  - test: what came before a passage began counts for those before it
    person: {{ phone: "+393331234567" }}
    at: 2026-12-01 10:00
    story:
      - event: {{ name: shipped, fields: {{ order: A1, days: "3" }} }}
      - expect: sent
      - event: arrived
      - expect: enjoy
      - event: {{ name: shipped, fields: {{ order: A2, days: "3" }} }}
      - expect: sent
      - expect: late
"#
        ),
        expect![[r#"
            # two orders are told apart
            Tue 1 Dec 10:00 the event shipped comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < sent (1 part): Order A1 is on its way.
            Tue 1 Dec 10:00 the event shipped comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < sent (1 part): Order A2 is on its way.
            Tue 1 Dec 10:00 the event shipped comes
            Tue 1 Dec 10:00 the event shipped comes
            Tue 1 Dec 10:00 the event arrived comes
            Tue 1 Dec 10:00 < enjoy (1 part): A2: enjoy it.
            Tue 1 Dec 10:00 the passage ends
            Sun 6 Dec 10:00 < late (1 part): A1 is late.
            Sun 6 Dec 10:00 the passage ends
            # what came before a passage began counts for those before it
            Tue 1 Dec 10:00 the event shipped comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < sent (1 part): Order A1 is on its way.
            Tue 1 Dec 10:00 the event arrived comes
            Tue 1 Dec 10:00 < enjoy (1 part): A1: enjoy it.
            Tue 1 Dec 10:00 the passage ends
            Tue 1 Dec 10:00 the event shipped comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < sent (1 part): Order A2 is on its way.
            Sun 6 Dec 10:00 < late (1 part): A2 is late.
            Sun 6 Dec 10:00 the passage ends
        "#]],
    );
}

/// What somebody answers is about the latest of their passages that asks, and then about those before it.
#[test]
fn an_answer_goes_to_the_latest_passage_that_asks() {
    check(
        r#"
purpose: service
trigger: { event: shipped, key: order }
fields: { order: text }
steps:
  - ask: { text: "Order {{order}}: at home tomorrow? YES or NO" }
    id: ask
    for: 5 days
    answers:
      - words: ["yes"]
        send: { text: "{{order}} comes tomorrow." }
        id: comes
      - words: ["no"]
        send: { text: "{{order}} waits for you." }
        id: waits
replies:
  - words: ["yes"]
    send: { text: "Nothing is asked." }
    id: none
tests:
  - test: it
    person: { phone: "+393331234567" }
    at: 2026-12-01 10:00
    event: { name: shipped, fields: { order: A1 } }
    story:
      - expect: ask
      - event: { name: shipped, fields: { order: A2 } }
      - expect: ask
      - reply: "yes"
      - expect: comes
        text: "A2 comes tomorrow."
      - reply: "when?"
      - reply: "no"
      - expect: waits
        text: "A1 waits for you."
      - reply: "yes"
      - expect: none
"#,
        expect![[r#"
            Tue 1 Dec 10:00 the event shipped comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < ask (1 part): Order A1: at home tomorrow? YES or NO
            Tue 1 Dec 10:00 the event shipped comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < ask (1 part): Order A2: at home tomorrow? YES or NO
            Tue 1 Dec 10:00 > yes
            Tue 1 Dec 10:00 < comes (1 part): A2 comes tomorrow.
            Tue 1 Dec 10:00 the passage ends
            Tue 1 Dec 10:00 > when?
            Tue 1 Dec 10:00 the reply goes to the inbox
            Tue 1 Dec 10:00 > no
            Tue 1 Dec 10:00 < waits (1 part): A1 waits for you.
            Tue 1 Dec 10:00 the passage ends
            Tue 1 Dec 10:00 > yes
            Tue 1 Dec 10:00 < none (1 part): Nothing is asked.
        "#]],
    );
}

/// Of two texts in one instant the one that went later is the latest, whichever passage began first.
#[test]
fn of_texts_in_one_instant_the_last_is_the_latest() {
    check(
        r#"
purpose: service
trigger: { event: ordered, key: order }
fields: { order: text, seats: { type: int, from: campaign, default: 0 } }
steps:
  - ask: { text: "Order {{order}}: ok?" }
    id: ask
    for: 1 day
    answers:
      - { words: [ok], send: { text: "ok {{order}}" }, id: fine }
      - { words: [number], send: { text: "n {{order}}" }, id: number }
  - { ask: { text: "How many {{order}}?" }, id: many, for: 1 day, save: seats }
  - { send: { text: "{{order}}: {{seats}} seats" }, id: seats }
tests:
  - test: it
    person: { phone: "+393331234567" }
    at: 2026-12-01 10:00
    event: { name: ordered, fields: { order: A1 } }
    story:
      - expect: ask
      - event: { name: ordered, fields: { order: A2 } }
      - expect: ask
      - reply: "ok"
      - expect: fine
        text: "ok A2"
      - expect: many
        text: "How many A2?"
      - reply: "number"
      - expect: number
        text: "n A1"
      - expect: many
        text: "How many A1?"
      - reply: "4"
      - expect: seats
        text: "A1: 4 seats"
"#,
        expect![[r#"
            Tue 1 Dec 10:00 the event ordered comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < ask (1 part): Order A1: ok?
            Tue 1 Dec 10:00 the event ordered comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < ask (1 part): Order A2: ok?
            Tue 1 Dec 10:00 > ok
            Tue 1 Dec 10:00 < fine (1 part): ok A2
            Tue 1 Dec 10:00 < many (1 part): How many A2?
            Tue 1 Dec 10:00 > number
            Tue 1 Dec 10:00 < number (1 part): n A1
            Tue 1 Dec 10:00 < many (1 part): How many A1?
            Tue 1 Dec 10:00 > 4
            Tue 1 Dec 10:00 seats is now 4
            Tue 1 Dec 10:00 < seats (1 part): A1: 4 seats
            Tue 1 Dec 10:00 the passage ends
        "#]],
    );
}

#[test]
fn the_same_key_begins_anew() {
    check(
        &format!(
            r#"
trigger: {{ event: shipped, key: order, again: restart }}
{ORDERS}
tests:
  - test: it
    person: {{ phone: "+393331234567" }}
    at: 2026-12-01 10:00
    event: {{ name: shipped, fields: {{ order: A1 }} }}
    story:
      - expect: sent
      - after: 2 days
      - event: {{ name: shipped, fields: {{ order: A1 }} }}
      - expect: sent
      - expect: late
        at: 2026-12-08 10:00
      - after: 30 days
"#
        ),
        expect![[r#"
            Tue 1 Dec 10:00 the event shipped comes
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < sent (1 part): Order A1 is on its way.
            Thu 3 Dec 10:00 the event shipped comes
            Thu 3 Dec 10:00 the passage ends: the next one takes its place
            Thu 3 Dec 10:00 the passage begins
            Thu 3 Dec 10:00 < sent (1 part): Order A1 is on its way.
            Tue 8 Dec 10:00 < late (1 part): A1 is late.
            Tue 8 Dec 10:00 the passage ends
        "#]],
    );
}

#[test]
fn who_joins_a_list_and_who_sends_a_keyword() {
    check(
        r#"
purpose: service
trigger: { joins: newsletter }
message: "Welcome."
tests: [{ test: it, person: { phone: "+393331234567" }, at: 2026-12-01 10:00, story: [{ expect: message, at: "10:00" }] }]
"#,
        expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Welcome.
            Tue 1 Dec 10:00 the passage ends
        "#]],
    );
    check(
        r#"
purpose: service
trigger: { keyword: PIZZA }
limits: { quiet_hours: 20:00-10:00 }
steps:
  - send: { text: "Hungry?" }
  - wait: 1 hour
  - send: { text: "Still hungry?" }
replies: box-office
tests:
  - test: at night too, and once
    person: { phone: "+393331234567" }
    at: 2026-12-01 21:00
    story:
      - says: "pizza!"
      - expect: step-1
        at: 2026-12-01 21:00
      - says: "pizza"
      - forwarded: box-office
      - expect: step-3
        at: 2026-12-02 10:00
"#,
        expect![[r#"
            Tue 1 Dec 21:00 > pizza!
            Tue 1 Dec 21:00 the passage begins
            Tue 1 Dec 21:00 < step-1 (1 part): Hungry?
            Tue 1 Dec 21:00 > pizza
            Tue 1 Dec 21:00 the reply goes to box-office
            Tue 1 Dec 22:00 a text waits until Wed 2 Dec 2026, 10:00
            Wed 2 Dec 10:00 < step-3 (1 part): Still hungry?
            Wed 2 Dec 10:00 the passage ends
        "#]],
    );
}

#[test]
fn the_one_message_of_a_keyword_goes_at_night_too() {
    check(
        r#"
purpose: service
trigger: { keyword: PIZZA }
limits: { quiet_hours: 20:00-10:00 }
message: "Hungry?"
tests:
  - test: it
    person: { phone: "+393331234567" }
    at: 2026-12-01 21:00
    story: [{ says: "pizza" }, { expect: message, at: 2026-12-01 21:00 }]
"#,
        expect![[r#"
            Tue 1 Dec 21:00 > pizza
            Tue 1 Dec 21:00 the passage begins
            Tue 1 Dec 21:00 < message (1 part): Hungry?
            Tue 1 Dec 21:00 the passage ends
        "#]],
    );
}

#[test]
fn days_before_the_first_text_are_days_on_the_persons_clock() {
    check(
        r#"
audience: people.csv
purpose: service
timezone: Europe/Rome
schedule: { at: 2027-03-12 10:00, clock: recipient }
steps:
  - wait: 2 days
  - send: { text: "Hello" }
tests:
  - { test: over the change of the clocks, person: { phone: "+12125550100" }, story: [{ expect: step-2, at: 2027-03-14 10:00 }] }
"#,
        expect![[r#"
            Fri 12 Mar 10:00 the passage begins
            Sun 14 Mar 10:00 < step-2 (1 part): Hello
            Sun 14 Mar 10:00 the passage ends
        "#]],
    );
}
