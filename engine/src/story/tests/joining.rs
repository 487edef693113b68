//! The word of a stored list, and the yes to its question.

use expect_test::expect;

use super::check;

#[test]
fn a_list_that_asks_is_joined_by_a_yes_and_its_campaign_begins_then() {
    check(
        r#"
trigger: { joins: club, again: always }
purpose: service
replies: none
steps:
  - send: { en: "Here is your card" }
tests:
  - test: asked, and yes
    person: { phone: "+393331234567" }
    at: 2026-12-01 10:00
    story:
      - says: Club!
      - expect: opt-in
        text: "Reply YES to join. STOP to opt out"
      - after: 1 hour
      - expect: nothing
      - reply: "yes"
      - expect: opt-in
      - joined: club
      - expect: step-1
  - test: asked too long ago
    person: { phone: "+393331234567" }
    at: 2026-12-01 10:00
    story:
      - says: CLUB
      - expect: opt-in
      - after: 8 days
      - reply: "yes"
      - after: 1 day
      - expect: nothing
  - test: it begins by itself
    person: { phone: "+393331234567" }
    at: 2026-12-01 10:00
    story:
      - expect: step-1
  - test: out and in
    person: { phone: "+393331234567" }
    at: 2026-12-01 10:00
    story:
      - says: FANS
      - expect: step-1
      - joined: fans
      - reply: STOP
      - expect: opt-out
      - left: fans
      - says: FANS
      - expect: nothing
      - joined: fans
"#,
        expect![[r#"
            # asked, and yes
            Tue 1 Dec 10:00 > Club!
            Tue 1 Dec 10:00 < opt-in (1 part): Reply YES to join. STOP to opt out
            Tue 1 Dec 11:00 > yes
            Tue 1 Dec 11:00 < opt-in (1 part): Welcome to the club
            Tue 1 Dec 11:00 joins club
            Tue 1 Dec 11:00 the passage begins
            Tue 1 Dec 11:00 < step-1 (1 part): Here is your card
            Tue 1 Dec 11:00 the passage ends
            # asked too long ago
            Tue 1 Dec 10:00 > CLUB
            Tue 1 Dec 10:00 < opt-in (1 part): Reply YES to join. STOP to opt out
            Wed 9 Dec 10:00 > yes
            Wed 9 Dec 10:00 the reply goes to the inbox
            # it begins by itself
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): Here is your card
            Tue 1 Dec 10:00 the passage ends
            # out and in
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < step-1 (1 part): Here is your card
            Tue 1 Dec 10:00 the passage ends
            Tue 1 Dec 10:00 > FANS
            Tue 1 Dec 10:00 joins fans
            Tue 1 Dec 10:00 > STOP
            Tue 1 Dec 10:00 opted out
            Tue 1 Dec 10:00 leaves fans
            Tue 1 Dec 10:00 < opt-out (1 part): You have opted out and will get no more messages from us.
            Tue 1 Dec 10:00 > FANS
            Tue 1 Dec 10:00 opted in again
            Tue 1 Dec 10:00 joins fans
        "#]],
    );
}

/// Two programs that answer each other stop: a word begins three passages in an hour, and a list asks three times.
#[test]
fn a_word_that_is_sent_again_and_again_is_a_loop() {
    let again = "      - says: JOIN\n".repeat(5);
    let clubs = "      - says: CLUB\n".repeat(5);
    check(
        &format!(
            r#"
trigger: {{ keyword: JOIN, again: always }}
purpose: service
message: "Welcome"
tests:
  - test: the word of the campaign
    person: {{ phone: "+393331234567" }}
    at: 2026-12-01 10:00
    story:
{again}      - after: 2 hours
      - says: JOIN
  - test: the word of a list
    person: {{ phone: "+393331234567" }}
    at: 2026-12-01 10:00
    story:
{clubs}"#
        ),
        expect![[r##"
            # the word of the campaign
            Tue 1 Dec 10:00 > JOIN
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Welcome
            Tue 1 Dec 10:00 the passage ends
            Tue 1 Dec 10:00 > JOIN
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Welcome
            Tue 1 Dec 10:00 the passage ends
            Tue 1 Dec 10:00 > JOIN
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < message (1 part): Welcome
            Tue 1 Dec 10:00 the passage ends
            Tue 1 Dec 10:00 > JOIN
            Tue 1 Dec 10:00 the reply goes to the inbox
            Tue 1 Dec 10:00 > JOIN
            Tue 1 Dec 10:00 the reply goes to the inbox
            Tue 1 Dec 12:00 > JOIN
            Tue 1 Dec 12:00 the passage begins
            Tue 1 Dec 12:00 < message (1 part): Welcome
            Tue 1 Dec 12:00 the passage ends
            DIFFERS at "says: JOIN": the story ends, and "message" came that nobody expected (it came Tue 1 Dec 2026, 10:00; add `- expect: message`)
            # the word of a list
            Tue 1 Dec 10:00 > CLUB
            Tue 1 Dec 10:00 < opt-in (1 part): Reply YES to join. STOP to opt out
            Tue 1 Dec 10:00 > CLUB
            Tue 1 Dec 10:00 < opt-in (1 part): Reply YES to join. STOP to opt out
            Tue 1 Dec 10:00 > CLUB
            Tue 1 Dec 10:00 < opt-in (1 part): Reply YES to join. STOP to opt out
            Tue 1 Dec 10:00 > CLUB
            Tue 1 Dec 10:00 opt-in is left out: answered by itself too often within an hour
            Tue 1 Dec 10:00 > CLUB
            Tue 1 Dec 10:00 opt-in is left out: answered by itself too often within an hour
            DIFFERS at "says: CLUB": the story ends, and "opt-in" came that nobody expected (it came Tue 1 Dec 2026, 10:00; add `- expect: opt-in`)
        "##]],
    );
}
