use expect_test::expect;

use super::{check, service};

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
