//! One person in several passages at once.

use expect_test::expect;

use super::{Test, rehearsed_with, told};
use crate::testing::nth_phone;

/// The same person by two keys has two passages, which one opt-out ends and one cap counts; the same key again is a row twice.
#[test]
fn rows_of_one_person_by_several_keys_are_passages_of_their_own() {
    let rehearsal = |more: &str, model: &str| {
        let campaign = format!(
            "trigger: {{ event: shipped, key: birthday }}\naudience: people.csv\nreplies: none\n\
             fields: {{ birthday: text }}\n{more}steps:\n  - send: {{ en: \"Shipped {{{{birthday}}}}. STOP to opt out\" }}\n  \
             - wait: 1 day\n  - send: {{ en: \"Was it right?\" }}\n"
        );
        let phones = [0, 0, 1, 0, 0].map(nth_phone);
        let rows = phones.iter().zip(["A", "B", "A", "A", "C"]);
        let rows: String = rows.map(|(phone, key)| format!("{phone},Ada,{key}\n")).collect();
        let test = Test {
            campaign: &campaign,
            people: 0,
            model,
            seed: 3,
        };
        let list = format!("phone,name,birthday\n{rows}");
        told(&rehearsed_with(&list, test).expect("no rule is broken"))
    };
    let told = [
        rehearsal("", "replies: 0%\nopt_outs: 0%"),
        rehearsal(
            "limits: { frequency: 2 per 3 days }\n",
            "replies: 0%\nopt_outs: 0%",
        ),
        rehearsal("", "replies: 0%\nopt_outs: 100%\nafter: 1 hour"),
    ];
    expect![[r#"
        4 people, 8 texts (8 arrive), 0 answers, 8 parts, 0 opt out; replies: 0 to people, 0 not
        step-1 step-1: 4 from 01 10:00:00 to 01 10:00:00, waited 0 hours 0 frequency 0 rate {}
        step-3 step-3: 4 from 02 10:00:00 to 02 10:00:00, waited 0 hours 0 frequency 0 rate {}
        ends 02 10:00:00, money {"USD": 0.08}, queue 2, finished {"": 4}, left {}, held 0
        4 people, 8 texts (8 arrive), 0 answers, 8 parts, 0 opt out; replies: 0 to people, 0 not
        step-1 step-1: 4 from 01 10:00:00 to 04 10:00:00, waited 0 hours 1 frequency 0 rate {}
        step-3 step-3: 4 from 02 10:00:00 to 07 10:00:00, waited 0 hours 4 frequency 0 rate {}
        ends 07 10:00:00, money {"USD": 0.08}, queue 2, finished {"": 4}, left {}, held 0
        4 people, 4 texts (4 arrive), 2 answers, 6 parts, 2 opt out; replies: 0 to people, 4 not
        step-1 step-1: 4 from 01 10:00:00 to 01 10:00:00, waited 0 hours 0 frequency 0 rate {}
        step-3 step-3: 0 from never to never, waited 0 hours 0 frequency 0 rate {"opted-out": 4}
        ends 01 18:59:04, money {"USD": 0.06}, queue 2, finished {}, left {"opted-out": 4}, held 0
    "#]]
    .assert_eq(&told.concat());
}

/// Whoever answers the text that came first is heard by the passage that texted last, as in production; what that has no use for
/// is for the one before.
#[test]
fn a_reply_is_about_the_text_that_came_last() {
    let campaign = "\
trigger: { event: shipped, key: birthday }
audience: people.csv
replies: none
fields: { birthday: text }
steps:
  - ask: right
    for: 1 day
    answers: [{ words: [\"yes\"], send: noted }]
messages: { right: \"Right, {{birthday}}? STOP to opt out\", noted: \"Noted {{birthday}}\" }
";
    let list = ["A", "B"].map(|key| format!("{},Ada,{key}\n", nth_phone(0)));
    let list = format!("phone,name,birthday\n{}", list.concat());
    for seed in 0..6 {
        let test = Test {
            campaign,
            people: 0,
            model: "opt_outs: 0%\nreplies: 100%\nwords: { \"yes\": 1 }",
            seed,
        };
        let rehearsal = rehearsed_with(&list, test).expect("no rule is broken");
        let texts: Vec<&str> = rehearsal.texts.iter().map(|text| &text.text[..7]).collect();
        assert_eq!(texts, ["Right, ", "Right, ", "Noted B", "Noted A"], "seed {seed}");
    }
}
