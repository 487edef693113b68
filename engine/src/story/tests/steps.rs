use expect_test::expect;

use super::{check, service, story};

#[test]
fn a_question_takes_the_answers_and_goes_on_below() {
    let campaign = service(
        r#"
fields: { seats: { type: int, from: campaign } }
steps:
  - ask: invite
    for: 2 days
    answers:
      - words: ["yes"]
        do: [{ tag: coming }, { send: kept }]
      - words: ["no"]
        finish: declined
    silence: { send: reminder }
  - ask: how-many
    for: 1 day
    save: seats
    unclear: number
    answers:
      - words: ["two", "a couple"]
        value: "2"
      - pattern: '^\d+$'
        tag: counted
  - send: done
replies: box-office
messages:
  invite: "Coming?"
  kept: "Your seat is kept."
  reminder: "Still time."
  how-many: "How many seats?"
  number: "A number, please."
  done: "{{seats}} seats, thank you."
tests:
  - test: yes, then a word with a value
    person: { phone: "+393331234567", name: Ada }
    story:
      - expect: invite
      - reply: "Yes!!"
      - tagged: coming
      - expect: kept
      - expect: how-many
      - reply: "all of them"
      - expect: number
      - reply: "A couple"
      - set: { seats: "2" }
      - expect: done
        text: "2 seats, thank you."
  - test: silence, then a pattern
    person: { phone: "+393331234567", name: Ada }
    story:
      - expect: invite
      - expect: reminder
        at: 2026-12-03 10:00
      - expect: how-many
      - reply: "4"
      - expect: done
        text: "4 seats, thank you."
  - test: no ends it
    person: { phone: "+393331234567", name: Ada }
    story:
      - expect: invite
      - reply: "no thanks"
      - finished: declined
      - after: 30 days
      - expect: nothing
"#,
    );
    check(
        &campaign,
        expect![[r#"
        # yes, then a word with a value
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Coming?
        Tue 1 Dec 10:00 > Yes!!
        Tue 1 Dec 10:00 tagged coming
        Tue 1 Dec 10:00 < kept (1 part): Your seat is kept.
        Tue 1 Dec 10:00 < how-many (1 part): How many seats?
        Tue 1 Dec 10:00 > all of them
        Tue 1 Dec 10:00 < number (1 part): A number, please.
        Tue 1 Dec 10:00 > A couple
        Tue 1 Dec 10:00 seats is now 2
        Tue 1 Dec 10:00 < done (1 part): 2 seats, thank you.
        Tue 1 Dec 10:00 the passage ends
        # silence, then a pattern
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Coming?
        Thu 3 Dec 10:00 < reminder (1 part): Still time.
        Thu 3 Dec 10:00 < how-many (1 part): How many seats?
        Thu 3 Dec 10:00 > 4
        Thu 3 Dec 10:00 seats is now 4
        Thu 3 Dec 10:00 tagged counted
        Thu 3 Dec 10:00 < done (1 part): 4 seats, thank you.
        Thu 3 Dec 10:00 the passage ends
        # no ends it
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Coming?
        Tue 1 Dec 10:00 > no thanks
        Tue 1 Dec 10:00 the passage ends: declined
    "#]],
    );
}

#[test]
fn a_question_reminds_and_the_reminder_can_be_answered() {
    let campaign = service(
        r#"
steps:
  - ask: { text: "Coming?" }
    id: invite
    for: 4 days
    remind: { after: 2 days, send: reminder }
    answers:
      - words: ["yes"]
        send: { text: "Good." }
    silence: { finish: silent }
messages: { reminder: "Coming, now?" }
tests:
  - test: reminded
    person: { phone: "+393331234567" }
    story:
      - expect: invite
      - expect: reminder
        at: 2026-12-03 10:00
      - reply: "yes"
      - expect: invite-answers-1-1
  - test: silent
    person: { phone: "+393331234567" }
    story:
      - expect: invite
      - after: 4 days
      - expect: reminder
      - finished: silent
      - reply: "yes"
"#,
    );
    check(
        &campaign,
        expect![[r#"
        # reminded
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Coming?
        Thu 3 Dec 10:00 < reminder (1 part): Coming, now?
        Thu 3 Dec 10:00 > yes
        Thu 3 Dec 10:00 < invite-answers-1-1 (1 part): Good.
        Thu 3 Dec 10:00 the passage ends
        # silent
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < invite (1 part): Coming?
        Thu 3 Dec 10:00 < reminder (1 part): Coming, now?
        Sat 5 Dec 10:00 the passage ends: silent
        Sat 5 Dec 10:00 > yes
        Sat 5 Dec 10:00 the reply goes to the inbox
    "#]],
    );
}

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
        Thu 3 Dec 18:00 left out: its moment was past when the passage began
        Thu 3 Dec 18:00 left out: its moment was past when the passage began
        Thu 24 Dec 12:00 < step-11 (1 part): six
        Thu 24 Dec 12:00 the passage ends
        # no day, no text
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1 (1 part): one
        Wed 2 Dec 22:00 < step-3 (1 part): two
        Thu 3 Dec 18:00 < step-5 (1 part): three
        Thu 3 Dec 18:00 left out: the step cannot be decided: starts is empty or not of its type
        Thu 3 Dec 18:00 left out: the step cannot be decided: starts is empty or not of its type
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
fn what_steps_do_to_a_person_and_tell_others() {
    let campaign = service(
        r#"
fields: { level: { from: campaign }, seat: { from: campaign, default: "any" } }
steps:
  - tag: seen
  - set: { level: "{{upper name}}-1" }
  - join: newsletter
  - call: { url: "https://api.arena.example/seats/{{city}}", body: { name: "{{name}}" }, save: seat }
  - choose:
      - when: seat == "A7"
        send: { text: "{{level}}: seat {{seat}}" }
      - otherwise: { send: { text: "{{level}}: any seat" } }
  - untag: seen
  - leave: newsletter
  - notify: { to: shift, text: "{{name}} has {{seat}}" }
  - start: welcome
  - finish: seated
tests:
  - test: the answer is a map
    person: { phone: "+393331234567", name: Ada, city: "San Remo" }
    story:
      - tagged: seen
      - joined: newsletter
      - calls: { url: "https://api.arena.example/seats/San%20Remo", answer: { seat: A7 } }
      - expect: step-5-1-1
        text: "ADA-1: seat A7"
      - set: { level: ADA-1, seat: A7 }
      - left: newsletter
      - notified: shift
      - finished: seated
  - test: the answer is a text
    person: { phone: "+393331234567", name: Bo, city: Bari }
    story:
      - calls: { url: "https://api.arena.example/seats/Bari", answer: "B2" }
      - expect: step-5-2-1
  - test: the answer is a status, which has no body
    person: { phone: "+393331234567", name: Bo, city: Bari }
    story:
      - calls: { url: "https://api.arena.example/seats/Bari", answer: 404 }
      - expect: step-5-2-1
  - test: nobody says what is answered
    person: { phone: "+393331234567", name: Bo, city: Bari }
    story:
      - expect: step-5-2-1
"#,
    );
    check(
        &campaign,
        expect![[r##"
        # the answer is a map
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 tagged seen
        Tue 1 Dec 10:00 level is now ADA-1
        Tue 1 Dec 10:00 joins newsletter
        Tue 1 Dec 10:00 calls POST https://api.arena.example/seats/San%20Remo
        Tue 1 Dec 10:00 seat is now A7
        Tue 1 Dec 10:00 < step-5-1-1 (1 part): ADA-1: seat A7
        Tue 1 Dec 10:00 no longer tagged seen
        Tue 1 Dec 10:00 leaves newsletter
        Tue 1 Dec 10:00 shift is told: Ada has A7
        Tue 1 Dec 10:00 starts welcome
        Tue 1 Dec 10:00 the passage ends: seated
        DIFFERS at "seen": no tag "seen" (the person has no tags)
        # the answer is a text
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 tagged seen
        Tue 1 Dec 10:00 level is now BO-1
        Tue 1 Dec 10:00 joins newsletter
        Tue 1 Dec 10:00 calls POST https://api.arena.example/seats/Bari
        Tue 1 Dec 10:00 seat is now B2
        Tue 1 Dec 10:00 < step-5-2-1 (1 part): BO-1: any seat
        Tue 1 Dec 10:00 no longer tagged seen
        Tue 1 Dec 10:00 leaves newsletter
        Tue 1 Dec 10:00 shift is told: Bo has B2
        Tue 1 Dec 10:00 starts welcome
        Tue 1 Dec 10:00 the passage ends: seated
        # the answer is a status, which has no body
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 tagged seen
        Tue 1 Dec 10:00 level is now BO-1
        Tue 1 Dec 10:00 joins newsletter
        Tue 1 Dec 10:00 calls POST https://api.arena.example/seats/Bari
        Tue 1 Dec 10:00 < step-5-2-1 (1 part): BO-1: any seat
        Tue 1 Dec 10:00 no longer tagged seen
        Tue 1 Dec 10:00 leaves newsletter
        Tue 1 Dec 10:00 shift is told: Bo has any
        Tue 1 Dec 10:00 starts welcome
        Tue 1 Dec 10:00 the passage ends: seated
        # nobody says what is answered
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 tagged seen
        Tue 1 Dec 10:00 level is now BO-1
        Tue 1 Dec 10:00 joins newsletter
        Tue 1 Dec 10:00 calls POST https://api.arena.example/seats/Bari
        Tue 1 Dec 10:00 < step-5-2-1 (1 part): BO-1: any seat
        Tue 1 Dec 10:00 no longer tagged seen
        Tue 1 Dec 10:00 leaves newsletter
        Tue 1 Dec 10:00 shift is told: Bo has any
        Tue 1 Dec 10:00 starts welcome
        Tue 1 Dec 10:00 the passage ends: seated
    "##]],
    );
}

#[test]
fn rounds_end_by_number_or_until() {
    let campaign = service(
        r#"
steps:
  - repeat:
      times: 3
      every: 1 day
      until: event("paid")
      do:
        - send: { text: "Please pay." }
          id: dun
  - send: { text: "Thank you." }
    id: thanks
    when: event("paid")
tests:
  - test: never paid
    person: { phone: "+393331234567" }
    story:
      - expect: dun
      - expect: dun
      - expect: dun
        at: 2026-12-03 10:00
      - after: 30 days
  - test: paid after two
    person: { phone: "+393331234567" }
    story:
      - expect: dun
      - expect: dun
      - event: paid
      - expect: thanks
        at: 2026-12-03 10:00
"#,
    );
    check(
        &campaign,
        expect![[r#"
        # never paid
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < dun (1 part): Please pay.
        Wed 2 Dec 10:00 < dun (1 part): Please pay.
        Thu 3 Dec 10:00 < dun (1 part): Please pay.
        Thu 3 Dec 10:00 the passage ends
        # paid after two
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < dun (1 part): Please pay.
        Wed 2 Dec 10:00 < dun (1 part): Please pay.
        Wed 2 Dec 10:00 the event paid comes
        Thu 3 Dec 10:00 < thanks (1 part): Thank you.
        Thu 3 Dec 10:00 the passage ends
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
tests:
  - test: moved
    person: { phone: "+393331234567", starts: 2026-12-10 20:00 }
    story:
      - after: 2 days
      - event: { name: moved, fields: { starts: 2026-12-20 20:00 } }
      - expect: step-2
        at: 2026-12-19 10:00
"#,
    );
    check(
        &campaign,
        expect![[r#"
        Tue 1 Dec 10:00 the passage begins
        Thu 3 Dec 10:00 the event moved comes
        Sat 19 Dec 10:00 < step-2 (1 part): Tomorrow!
        Sat 19 Dec 10:00 the passage ends
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
