use expect_test::expect;

use super::{check, service};

#[test]
fn conditions_choose_skip_and_count_what_they_cannot_decide() {
    let campaign = service(
        r#"
fields: { age: int }
steps:
  - choose:
      - when: age < 18
        send: { text: "Ask your parents." }
      - when: age >= 65
        do: [{ send: { text: "Half price." } }, { tag: senior }]
      - otherwise: { send: { text: "Full price." } }
  - send: { text: "Rome calls." }
    id: rome
    when: city == "Roma"
  - send: { text: "You are young." }
    id: young
    unless: age > 30
tests:
  - { test: young, person: { phone: "+393331234567", age: 12, city: Roma }, story: [expect: step-1-1-1, expect: rome, expect: young] }
  - { test: old, person: { phone: "+393331234567", age: 70, city: Bari }, story: [{ expect: step-1-2-1 }, { tagged: senior }] }
  - { test: ageless, person: { phone: "+393331234567", city: Roma }, story: [{ expect: step-1-3-1 }, { expect: rome }] }
"#,
    );
    check(
        &campaign,
        expect![[r#"
        # young
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1-1-1 (1 part): Ask your parents.
        Tue 1 Dec 10:00 < rome (1 part): Rome calls.
        Tue 1 Dec 10:00 < young (1 part): You are young.
        Tue 1 Dec 10:00 the passage ends
        # old
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1-2-1 (1 part): Half price.
        Tue 1 Dec 10:00 tagged senior
        Tue 1 Dec 10:00 the passage ends
        # ageless
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 left out: the step cannot be decided: age is empty or not of its type
        Tue 1 Dec 10:00 left out: the step cannot be decided: age is empty or not of its type
        Tue 1 Dec 10:00 < step-1-3-1 (1 part): Full price.
        Tue 1 Dec 10:00 < rome (1 part): Rome calls.
        Tue 1 Dec 10:00 left out: the step cannot be decided: age is empty or not of its type
        Tue 1 Dec 10:00 the passage ends
    "#]],
    );
}

#[test]
fn ways_are_drawn_or_chosen_by_the_story() {
    let campaign = service(
        r#"
steps:
  - split:
      wine: { share: 50%, do: { send: { text: "A glass?" } } }
      cake: { share: 50%, do: { send: { text: "A cake?" } } }
  - send: { text: "Both are good." }
    when: variant == "cake"
tests:
  - { test: drawn, person: { phone: "+393331234567" }, story: [{ expect: step-1-wine-1 }] }
  - { test: wine, person: { phone: "+393331234567", variant: wine }, story: [{ expect: step-1-wine-1 }] }
  - { test: cake, person: { phone: "+393331234567", variant: cake }, story: [{ expect: step-1-cake-1 }, { expect: step-2 }] }
"#,
    );
    check(
        &campaign,
        expect![[r#"
        # drawn
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1-wine-1 (1 part): A glass?
        Tue 1 Dec 10:00 the passage ends
        # wine
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1-wine-1 (1 part): A glass?
        Tue 1 Dec 10:00 the passage ends
        # cake
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1-cake-1 (1 part): A cake?
        Tue 1 Dec 10:00 < step-2 (1 part): Both are good.
        Tue 1 Dec 10:00 the passage ends
    "#]],
    );
}

/// Whoever is silent wrote nothing that could be handed on.
#[test]
fn without_a_reply_nothing_is_forwarded() {
    let campaign = service(
        r#"
steps:
  - ask: { text: "Coming?" }
    for: 1 day
    answers: [{ words: ["yes"], tag: coming }]
  - forward: box-office
  - send: { text: "See you." }
tests:
  - { test: silent, person: { phone: "+393331234567" }, story: [{ expect: step-1 }, { expect: step-3 }, { forwarded: box-office }] }
  - { test: answers, person: { phone: "+393331234567" }, story: [{ expect: step-1 }, { reply: "yes" }, { forwarded: box-office }, { expect: step-3 }] }
"#,
    );
    check(
        &campaign,
        expect![[r##"
        # silent
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1 (1 part): Coming?
        Wed 2 Dec 10:00 nothing is forwarded to box-office: there is no reply
        Wed 2 Dec 10:00 < step-3 (1 part): See you.
        Wed 2 Dec 10:00 the passage ends
        DIFFERS at "box-office": "box-office" did not get the reply (no step did that by now)
        # answers
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1 (1 part): Coming?
        Tue 1 Dec 10:00 > yes
        Tue 1 Dec 10:00 tagged coming
        Tue 1 Dec 10:00 the reply is forwarded to box-office
        Tue 1 Dec 10:00 < step-3 (1 part): See you.
        Tue 1 Dec 10:00 the passage ends
    "##]],
    );
}

/// Each message and each split draws for itself, and a condition asks for the draw that has the name.
#[test]
fn a_condition_asks_for_the_draw_that_has_the_name() {
    let campaign = service(
        r#"
steps:
  - send: doors
  - split:
      wine: { share: 50%, do: { tag: glass } }
      cake: { share: 50%, do: { tag: plate } }
  - split:
      bus: { share: 50%, do: { tag: rider } }
      bike: { share: 50%, do: { tag: biker } }
  - tag: is-calm
    when: variant == "calm"
  - tag: wants-cake
    when: variant == "cake"
  - tag: takes-wine-by-bike
    when: variant in ["cake", "bike"] && variant != "cake"
messages:
  doors:
    variants:
      calm: { share: 50%, text: "Nine." }
      loud: { share: 50%, text: "NINE!" }
tests:
  - { test: drawn, person: { phone: "+393331234567" }, story: [{ expect: doors }] }
  - { test: loud, person: { phone: "+393331234567", variant: loud }, story: [{ expect: doors }] }
  - { test: cake, person: { phone: "+393331234567", variant: cake }, story: [{ expect: doors }] }
  - { test: bus, person: { phone: "+393331234567", variant: bus }, story: [{ expect: doors }] }
"#,
    );
    check(
        &campaign,
        expect![[r#"
            # drawn
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < doors (1 part, calm): Nine.
            Tue 1 Dec 10:00 tagged glass
            Tue 1 Dec 10:00 tagged biker
            Tue 1 Dec 10:00 tagged is-calm
            Tue 1 Dec 10:00 tagged takes-wine-by-bike
            Tue 1 Dec 10:00 the passage ends
            # loud
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < doors (1 part, loud): NINE!
            Tue 1 Dec 10:00 tagged glass
            Tue 1 Dec 10:00 tagged biker
            Tue 1 Dec 10:00 tagged takes-wine-by-bike
            Tue 1 Dec 10:00 the passage ends
            # cake
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < doors (1 part, calm): Nine.
            Tue 1 Dec 10:00 tagged plate
            Tue 1 Dec 10:00 tagged biker
            Tue 1 Dec 10:00 tagged is-calm
            Tue 1 Dec 10:00 tagged wants-cake
            Tue 1 Dec 10:00 the passage ends
            # bus
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < doors (1 part, calm): Nine.
            Tue 1 Dec 10:00 tagged glass
            Tue 1 Dec 10:00 tagged rider
            Tue 1 Dec 10:00 tagged is-calm
            Tue 1 Dec 10:00 the passage ends
        "#]],
    );
}

/// Rounds within rounds are counted, however many there may be.
#[test]
fn many_rounds_within_rounds_end() {
    let campaign = service(
        r#"
steps:
  - repeat:
      times: 4
      every: 1 day
      do:
        - send: { text: "Pill." }
        - repeat: { times: 30000, every: 10 minutes, until: tagged("taken"), do: { tag: taken } }
        - untag: taken
  - send: { text: "Over." }
tests:
  - test: it ends
    person: { phone: "+393331234567" }
    story: [{ expect: step-1-do-1 }, { after: 9 days }, { expect: step-1-do-1 }, { expect: step-1-do-1 },
      { expect: step-1-do-1 }, { expect: step-2 }]
"#,
    );
    check(
        &campaign,
        expect![[r#"
        Tue 1 Dec 10:00 the passage begins
        Tue 1 Dec 10:00 < step-1-do-1 (1 part): Pill.
        Tue 1 Dec 10:00 tagged taken
        Tue 1 Dec 10:10 no longer tagged taken
        Wed 2 Dec 10:10 < step-1-do-1 (1 part): Pill.
        Wed 2 Dec 10:10 tagged taken
        Wed 2 Dec 10:20 no longer tagged taken
        Thu 3 Dec 10:20 < step-1-do-1 (1 part): Pill.
        Thu 3 Dec 10:20 tagged taken
        Thu 3 Dec 10:30 no longer tagged taken
        Fri 4 Dec 10:30 < step-1-do-1 (1 part): Pill.
        Fri 4 Dec 10:30 tagged taken
        Fri 4 Dec 10:40 no longer tagged taken
        Fri 4 Dec 10:40 < step-2 (1 part): Over.
        Fri 4 Dec 10:40 the passage ends
    "#]],
    );
}
