use expect_test::expect;

use super::{check, service, story};

#[test]
fn waits_count_days_on_the_clock_and_hours_elapsed_and_moments_by_a_column() {
    let campaign = service(
        r#"
fields: { starts: time }
steps:
  - send: { text: "one" }
  - wait: 36 hours
  - send: { text: "two" }
  - wait: "18:00"
  - send: { text: "three" }
  - wait: { date: starts, before: 1 day, at: "09:00" }
  - send: { text: "four" }
  - wait: { date: starts, after: 2 hours }
  - send: { text: "five" }
  - wait: 2026-12-24 12:00
  - send: { text: "six" }
tests:
  - test: in time
    person: { phone: "+393331234567", starts: 2026-12-10 20:30 }
    story:
      - expect: step-1
      - expect: step-3
        at: 2026-12-02 22:00
      - expect: step-5
        at: 2026-12-03 18:00
      - expect: step-7
        at: 2026-12-09 09:00
      - expect: step-9
        at: 2026-12-10 22:30
      - expect: step-11
        at: 2026-12-24 12:00
  - test: what was past is skipped up to the next wait
    person: { phone: "+393331234567", starts: 2026-11-30 20:30 }
    story:
      - expect: step-1
      - expect: step-3
      - expect: step-5
      - expect: step-11
  - test: no day, no text
    person: { phone: "+393331234567" }
    story:
      - after: 90 days
      - expect: step-1
      - expect: step-3
      - expect: step-5
      - expect: step-11
"#,
    );
    check(
        &campaign,
        expect![[r#"
            # in time
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): one
            Wed 2 Dec 22:00 < step-3 (1 part): two
            Thu 3 Dec 18:00 < step-5 (1 part): three
            Wed 9 Dec 09:00 < step-7 (1 part): four
            Thu 10 Dec 22:30 < step-9 (1 part): five
            Thu 24 Dec 12:00 < step-11 (1 part): six
            Thu 24 Dec 12:00 the passage ends
            # what was past is skipped up to the next wait
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): one
            Wed 2 Dec 22:00 < step-3 (1 part): two
            Thu 3 Dec 18:00 < step-5 (1 part): three
            Thu 3 Dec 18:00 step 6 is left out: its moment was past when the passage began
            Thu 3 Dec 18:00 step 8 is left out: its moment was past when the passage began
            Thu 24 Dec 12:00 < step-11 (1 part): six
            Thu 24 Dec 12:00 the passage ends
            # no day, no text
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): one
            Wed 2 Dec 22:00 < step-3 (1 part): two
            Thu 3 Dec 18:00 < step-5 (1 part): three
            Thu 3 Dec 18:00 step 6 is left out: its moment is not known: starts is empty or not of its type
            Thu 3 Dec 18:00 step 8 is left out: its moment is not known: starts is empty or not of its type
            Thu 24 Dec 12:00 < step-11 (1 part): six
            Thu 24 Dec 12:00 the passage ends
        "#]],
    );
}

#[test]
fn what_is_awaited_passes_at_once_in_time_or_not_at_all() {
    let campaign = service(
        r#"
links: { tickets: "https://arena.example/t" }
steps:
  - send: invite
  - wait: 1 day
  - await: clicked("tickets")
    for: 2 days
    then: { send: seats-left }
    silence: { send: look }
  - await: delivered("seats-left") || replied()
    for: 1 day
    silence: { finish: unheard }
  - send: bye
messages:
  invite: "Look: {{link tickets}}"
  seats-left: "Some seats are left."
  look: "Have a look."
  bye: "Bye."
tests:
  - test: before it is asked for
    person: { phone: "+393331234567" }
    story:
      - expect: invite
      - clicks: tickets
      - expect: seats-left
        at: 2026-12-02 10:00
      - receipt: delivered
      - expect: bye
        at: 2026-12-02 10:00
  - test: in time
    person: { phone: "+393331234567" }
    story:
      - expect: invite
      - after: 2 days
      - clicks: tickets
      - expect: seats-left
        at: 2026-12-03 10:00
      - receipt: undelivered
      - after: 1 day
      - finished: unheard
  - test: never, and a reaction is no reply
    person: { phone: "+393331234567" }
    story:
      - expect: invite
      - expect: look
        at: 2026-12-04 10:00
      - reply: "Liked “Have a look.”"
      - expect: nothing
      - reply: "I did"
      - expect: bye
"#,
    );
    check(
        &campaign,
        expect![[r#"
        # before it is asked for
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Look: https://crier.test/s44e4s
        Tue 1 Dec 10:00 opens the link tickets
        Wed 2 Dec 10:00 < seats-left (1 part): Some seats are left.
        Wed 2 Dec 10:00 the text is delivered
        Wed 2 Dec 10:00 < bye (1 part): Bye.
        Wed 2 Dec 10:00 the passage ends
        # in time
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Look: https://crier.test/s44e4s
        Thu 3 Dec 10:00 opens the link tickets
        Thu 3 Dec 10:00 < seats-left (1 part): Some seats are left.
        Thu 3 Dec 10:00 the text is not delivered
        Fri 4 Dec 10:00 the passage ends: unheard
        # never, and a reaction is no reply
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Look: https://crier.test/s44e4s
        Fri 4 Dec 10:00 < look (1 part): Have a look.
        Fri 4 Dec 10:00 > Liked “Have a look.”
        Fri 4 Dec 10:00 a reaction to look: it goes to nobody
        Fri 4 Dec 10:00 > I did
        Fri 4 Dec 10:00 the reply goes to the inbox
        Fri 4 Dec 10:00 < bye (1 part): Bye.
        Fri 4 Dec 10:00 the passage ends
    "#]],
    );
}

#[test]
fn a_campaign_may_begin_with_what_it_awaits() {
    let campaign = format!(
        "{}{}",
        service(
            "steps:\n  - await: event(\"ordered\")\n    for: 3 days\n    silence: { finish: never }\n  - send: { text: \"Thanks.\" }\n"
        ),
        story("- after: 1 day\n- event: ordered\n- expect: step-2\n  at: 2026-12-02 10:00")
    );
    check(
        &campaign,
        expect![[r#"
        Tue 1 Dec 10:00 the passage begins
        Wed 2 Dec 10:00 the event ordered comes
        Wed 2 Dec 10:00 < step-2 (1 part): Thanks.
        Wed 2 Dec 10:00 the passage ends
    "#]],
    );
}

#[test]
fn a_moment_follows_its_column_when_an_event_or_a_step_changes_it() {
    let campaign = service(
        r#"
fields: { starts: time }
steps:
  - wait: { date: starts, before: 1 day, at: "10:00" }
  - send: { text: "Tomorrow!" }
  - wait: 2027-01-01 10:00
  - send: { text: "A new year" }
tests:
  - test: moved
    person: { phone: "+393331234567", starts: 2026-12-10 20:00 }
    story:
      - after: 2 days
      - event: { name: moved, fields: { starts: 2026-12-20 20:00 } }
      - expect: step-2
        at: 2026-12-19 10:00
  - test: moved into the past
    person: { phone: "+393331234567", starts: 2026-12-10 20:00 }
    story:
      - after: 2 days
      - event: { name: moved, fields: { starts: 2026-12-03 20:00 } }
      - expect: step-4
        at: 2027-01-01 10:00
"#,
    );
    check(
        &campaign,
        expect![[r#"
            # moved
            Tue 1 Dec 10:00 the passage begins
            Thu 3 Dec 10:00 the event moved comes
            Sat 19 Dec 10:00 < step-2 (1 part): Tomorrow!
            # moved into the past
            Tue 1 Dec 10:00 the passage begins
            Thu 3 Dec 10:00 the event moved comes
            Thu 3 Dec 10:00 step 1 is left out: its moment was moved into the past
            Fri 1 Jan 10:00 < step-4 (1 part): A new year
            Fri 1 Jan 10:00 the passage ends
        "#]],
    );
}

/// At once, or a day later, would hang on the second in which the text before it goes.
#[test]
fn a_time_of_day_behind_a_text_is_never_at_once() {
    let campaign = service(
        r#"
steps:
  - wait: "10:00"
  - send: { text: "one" }
  - wait: "10:00"
  - send: { text: "two" }
    at: "10:00"
  - repeat: { times: 2, every: 1 day, do: [{ wait: "10:00" }, { send: { text: "again" } }] }
tests:
  - test: one a day
    person: { phone: "+393331234567" }
    story:
      - expect: step-2
        at: 2026-12-01 10:00
      - after: 30 days
      - expect: step-4
      - expect: step-5-do-2
      - expect: step-5-do-2
"#,
    );
    check(
        &campaign,
        expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-2 (1 part): one
            Wed 2 Dec 10:00 < step-4 (1 part): two
            Thu 3 Dec 10:00 < step-5-do-2 (1 part): again
            Sat 5 Dec 10:00 < step-5-do-2 (1 part): again
            Sat 5 Dec 10:00 the passage ends
        "#]],
    );
}

#[test]
fn a_receipt_is_of_the_latest_text_or_of_the_one_it_names() {
    let campaign = service(
        r#"
steps:
  - send: first
  - send: second
  - await: delivered("first")
    for: 2 hours
    then: { send: arrived }
    silence: { send: lost }
replies:
  - { words: [hello], send: hi }
messages: { first: One, second: Two, arrived: It came, lost: It did not, hi: Hi }
tests:
  - test: of an earlier text
    person: { phone: "+393331234567" }
    story:
      - expect: first
      - expect: second
      - { receipt: delivered, of: first }
      - expect: arrived
  - test: of the latest text alone, and of an answer
    person: { phone: "+393331234567" }
    story:
      - expect: first
      - expect: second
      - receipt: delivered
      - reply: hello
      - expect: hi
      - receipt: delivered
      - { receipt: undelivered, of: first }
      - expect: lost
  - test: of a text that has not come
    person: { phone: "+393331234567" }
    story:
      - { receipt: delivered, of: arrived }
"#,
    );
    check(
        &campaign,
        expect![[r##"
        # of an earlier text
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < first (1 part): One
        Tue 1 Dec 10:00 < second (1 part): Two
        Tue 1 Dec 10:00 first is delivered
        Tue 1 Dec 10:00 < arrived (1 part): It came
        Tue 1 Dec 10:00 the passage ends
        # of the latest text alone, and of an answer
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < first (1 part): One
        Tue 1 Dec 10:00 < second (1 part): Two
        Tue 1 Dec 10:00 the text is delivered
        Tue 1 Dec 10:00 > hello
        Tue 1 Dec 10:00 < hi (1 part): Hi
        Tue 1 Dec 10:00 the text is delivered
        Tue 1 Dec 10:00 first is not delivered
        Tue 1 Dec 12:00 < lost (1 part): It did not
        Tue 1 Dec 12:00 the passage ends
        # of a text that has not come
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < first (1 part): One
        Tue 1 Dec 10:00 < second (1 part): Two
        IMPOSSIBLE at "delivered": no text "arrived" has come that a receipt could be of (`- expect:` the text before this line, or `- after:` some time)
    "##]],
    );
}

#[test]
fn what_happens_in_a_wait_before_that_for_a_day_ends_neither() {
    let campaign = service(
        r#"
fields: { starts: date }
steps:
  - send: first
  - wait: "07:30"
  - wait: { date: starts, at: "12:00" }
  - send: second
messages: { first: One, second: Two }
tests:
  - test: the day comes before that time
    person: { phone: "+393331234567", starts: 2026-12-01 }
    story:
      - expect: first
      - receipt: delivered
      - expect: second
  - test: it is another day by then
    person: { phone: "+393331234567", starts: 2026-12-01 }
    story:
      - expect: first
      - event: { name: moved, fields: { starts: 2026-12-03 } }
      - expect: second
  - test: it is another day later
    person: { phone: "+393331234567", starts: 2026-12-05 }
    story:
      - expect: first
      - after: 2 days
      - event: { name: moved, fields: { starts: 2026-12-04 } }
      - expect: second
"#,
    );
    check(
        &campaign,
        expect![[r#"
        # the day comes before that time
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < first (1 part): One
        Tue 1 Dec 10:00 the text is delivered
        Wed 2 Dec 07:30 < second (1 part): Two
        Wed 2 Dec 07:30 the passage ends
        # it is another day by then
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < first (1 part): One
        Tue 1 Dec 10:00 the event moved comes
        Thu 3 Dec 12:00 < second (1 part): Two
        Thu 3 Dec 12:00 the passage ends
        # it is another day later
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < first (1 part): One
        Thu 3 Dec 10:00 the event moved comes
        Fri 4 Dec 12:00 < second (1 part): Two
        Fri 4 Dec 12:00 the passage ends
    "#]],
    );
}

#[test]
fn later_rounds_of_what_a_reply_began_are_no_answers() {
    let campaign = service(
        r#"
limits: { quiet_hours: 20:00-10:00 }
steps:
  - ask: { text: "Again and again?" }
    id: well
    for: 1 day
    answers: [{ words: ["yes"], do: [{ send: noted }, { repeat: { times: 3, every: 1 hour, do: { send: again } } }] }]
messages: { noted: Noted, again: Again }
tests:
  - test: in the night
    person: { phone: "+393331234567" }
    story:
      - expect: well
      - after: 11 hours
      - reply: "yes"
      - expect: noted
      - expect: again
      - expect: again
      - expect: again
"#,
    );
    check(
        &campaign,
        expect![[r#"
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < well (1 part): Again and again?
        Tue 1 Dec 21:00 > yes
        Tue 1 Dec 21:00 < noted (1 part): Noted
        Tue 1 Dec 21:00 a text waits until Wed 2 Dec 2026, 10:00
        Wed 2 Dec 10:00 < again (1 part): Again
        Wed 2 Dec 11:00 < again (1 part): Again
        Wed 2 Dec 12:00 < again (1 part): Again
        Wed 2 Dec 12:00 the passage ends
    "#]],
    );
}
