use expect_test::expect;

use super::check;

#[test]
fn quiet_hours_window_and_days_hold_a_text_and_answers_pass() {
    check(
        r#"
audience: people.csv
purpose: service
schedule: { at: 2026-12-04 23:00, clock: recipient, window: 10:00-18:00, days: [mon, tue, wed, thu, fri] }
limits: { quiet_hours: 20:00-11:00 }
steps:
  - send: { text: "Hello" }
  - ask: { text: "Well?" }
    for: 1 day
    answers: [{ words: ["yes"], send: { text: "Good." } }]
tests:
  - test: on Monday, and an answer at night
    person: { phone: "+393331234567" }
    story:
      - expect: step-1
        at: 2026-12-07 11:00
      - expect: step-2
      - after: 12 hours
      - reply: "yes"
      - expect: step-2-answers-1-1
        at: 2026-12-07 23:00
  - test: where the person is
    person: { phone: "+6421123456", timezone: Pacific/Auckland }
    story:
      - expect: step-1
        at: 2026-12-07 11:00
      - expect: step-2
"#,
        expect![[r#"
            # on Monday, and an answer at night
            Fri 4 Dec 23:00 the passage begins
            Fri 4 Dec 23:00 a text waits until Mon 7 Dec 2026, 11:00
            Mon 7 Dec 11:00 < step-1 (1 part): Hello
            Mon 7 Dec 11:00 < step-2 (1 part): Well?
            Mon 7 Dec 23:00 > yes
            Mon 7 Dec 23:00 < step-2-answers-1-1 (1 part): Good.
            Mon 7 Dec 23:00 the passage ends
            # where the person is
            Fri 4 Dec 23:00 the passage begins
            Fri 4 Dec 23:00 a text waits until Mon 7 Dec 2026, 11:00
            Mon 7 Dec 11:00 < step-1 (1 part): Hello
            Mon 7 Dec 11:00 < step-2 (1 part): Well?
        "#]],
    );
}

#[test]
fn what_could_not_go_in_time_expires_and_the_passage_goes_on() {
    check(
        r#"
audience: people.csv
purpose: service
schedule: { at: now, window: 09:00-20:00, expires: 6 hours }
steps:
  - send: { text: "Tonight only" }
  - send: { text: "And tomorrow" }
    expires: 1 day
tests: [{ test: it, at: 2026-12-01 21:00, person: { phone: "+393331234567" }, story: [{ expect: step-2, at: 2026-12-02 09:00 }] }]
"#,
        expect![[r#"
            Tue 1 Dec 21:00 the passage begins
            Tue 1 Dec 21:00 step-1 is left out: it could not go in time
            Tue 1 Dec 21:00 a text waits until Wed 2 Dec 2026, 09:00
            Wed 2 Dec 09:00 < step-2 (1 part): And tomorrow
            Wed 2 Dec 09:00 the passage ends
        "#]],
    );
}

#[test]
fn a_text_of_its_own_hours_and_its_own_moment() {
    check(
        r#"
audience: people.csv
purpose: service
schedule: { at: 2026-12-01 10:00, window: 10:30-20:00 }
steps:
  - send: { text: "In both windows" }
    window: 08:00-11:00
  - send: { text: "At noon" }
    window: 12:00-13:00
  - send: { text: "At six" }
    at: "18:00"
tests: [{ test: it, person: { phone: "+393331234567" }, story: [{ expect: step-1, at: "10:30" }, { expect: step-2, at: "12:00" }, { expect: step-3, at: 2026-12-01 18:00 }] }]
"#,
        expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 a text waits until Tue 1 Dec 2026, 10:30
            Tue 1 Dec 10:30 < step-1 (1 part): In both windows
            Tue 1 Dec 10:30 a text waits until Tue 1 Dec 2026, 12:00
            Tue 1 Dec 12:00 < step-2 (1 part): At noon
            Tue 1 Dec 18:00 < step-3 (1 part): At six
            Tue 1 Dec 18:00 the passage ends
        "#]],
    );
}

#[test]
fn caps_wait_skip_or_leave() {
    for (over, expected) in [
        (
            "wait",
            expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): One. STOP to opt out
            Wed 2 Dec 10:00 < step-3 (1 part): Two.
            Thu 3 Dec 10:00 a text waits until Tue 8 Dec 2026, 10:00
            Tue 8 Dec 10:00 < step-5 (1 part): Three.
            Wed 16 Dec 10:00 < step-7 (1 part): Four.
            Wed 16 Dec 10:00 the passage ends
            DIFFERS at "{ after: 60 days }": the story ends, and "step-1" came that nobody expected (it came Tue 1 Dec 2026, 10:00; add `- expect: step-1`)
        "#]],
        ),
        (
            "skip",
            expect![[r#"
                Tue 1 Dec 10:00 the passage begins
                Tue 1 Dec 10:00 < step-1 (1 part): One. STOP to opt out
                Wed 2 Dec 10:00 < step-3 (1 part): Two.
                Thu 3 Dec 10:00 step-5 is left out: as many texts as the frequency allows
                Fri 11 Dec 10:00 < step-7 (1 part): Four.
                Fri 11 Dec 10:00 the passage ends
                DIFFERS at "{ after: 60 days }": the story ends, and "step-1" came that nobody expected (it came Tue 1 Dec 2026, 10:00; add `- expect: step-1`)
            "#]],
        ),
        (
            "leave",
            expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): One. STOP to opt out
            Wed 2 Dec 10:00 < step-3 (1 part): Two.
            Thu 3 Dec 10:00 the passage ends: as many texts as the frequency allows
            DIFFERS at "{ after: 60 days }": the story ends, and "step-1" came that nobody expected (it came Tue 1 Dec 2026, 10:00; add `- expect: step-1`)
        "#]],
        ),
    ] {
        check(
            &format!(
                r#"
audience: people.csv
schedule: 2026-12-01 10:00
limits: {{ frequency: {{ most: 2 per 7 days, over: {over} }} }}
steps:
  - send: {{ text: "One. STOP to opt out" }}
  - wait: 1 day
  - send: {{ text: "Two." }}
  - wait: 1 day
  - send: {{ text: "Three." }}
  - wait: 8 days
  - send: {{ text: "Four." }}
tests: [{{ test: it, person: {{ phone: "+393331234567" }}, story: [{{ after: 60 days }}] }}]
"#
            ),
            expected,
        );
    }
}

/// A question that the frequency takes is not open: nobody is reminded of it, and nobody is silent.
#[test]
fn a_question_that_was_not_asked_is_not_open() {
    check(
        r#"
audience: people.csv
schedule: 2026-12-01 10:00
limits: { frequency: { most: 1 per 24 hours, over: skip } }
steps:
  - send: { text: "One. STOP to opt out" }
  - ask: { text: "Coming?" }
    for: 3 days
    answers: [{ words: ["yes"], send: { text: "See you." } }]
    remind: { after: 2 days, send: { text: "We still wait for your answer." } }
    silence: { send: { text: "You did not answer." } }
  - wait: 2 days
  - send: { text: "Last." }
tests: [{ test: it, person: { phone: "+393331234567" }, story: [{ reply: "yes" }, { after: 60 days }] }]
"#,
        expect![[r#"
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): One. STOP to opt out
            Tue 1 Dec 10:00 step-2 is left out: as many texts as the frequency allows
            Tue 1 Dec 10:00 > yes
            Tue 1 Dec 10:00 the reply goes to the inbox
            Thu 3 Dec 10:00 < step-4 (1 part): Last.
            Thu 3 Dec 10:00 the passage ends
            DIFFERS at "{ after: 60 days }": the story ends, and "step-1" came that nobody expected (it came Tue 1 Dec 2026, 10:00; add `- expect: step-1`)
        "#]],
    );
}
