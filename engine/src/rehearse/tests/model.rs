use dsl::diagnostic::Diagnostic;
use expect_test::expect;

use super::{PROJECT, QUESTION, Test, rehearsed, told};
use crate::rehearse::Model;
use crate::testing::campaign_of;

/// What is wrong, each with its line and column.
fn shown(text: &str, found: &[Diagnostic]) -> String {
    let one = |found: &Diagnostic| {
        let before = &text[..found.span.start];
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
        let help = found.help.as_deref().unwrap_or("-");
        format!("{line}:{column} {} {}; {help}\n", found.code, found.message)
    };
    found.iter().filter(|found| found.is_error()).map(one).collect()
}

#[test]
fn a_model_is_read_strictly() {
    let (project, revision) = campaign_of(Some(PROJECT), QUESTION, &[("people.csv", "phone,name,birthday")]);
    let told = |text: &str| match Model::read(text, &revision.campaign, &project) {
        Ok(model) => {
            let habit = &model.messages[0];
            format!(
                "delivered {}, replies {}, opt-outs {}, free {}, after {}, {} words, {} once\n",
                model.delivered,
                habit.replies,
                habit.opt_outs,
                habit.free,
                habit.after,
                habit.words.len(),
                model.once.len()
            )
        }
        Err(found) => shown(text, &found),
    };
    let table = [
        "",
        "replies: 30%\nmessages: { invite: { after: 2 hours, words: { Yes: 2, No: 1 } } }",
        r#"{"delivered": "97%", "opt_outs": "1%", "free": "0%"}"#,
        "replys: 30%",
        "messages: { invite: { reply: 3% } }",
        "messages: { invitation: { replies: 3% } }",
        "clicks: { shop: { share: 3% } }",
        "replies: 0.3",
        "replies: 30",
        "after: 5min",
        "replies: 60%\nopt_outs: 50%",
        "messages: { kept: { replies: 100% } }",
        "words: { Yes: 0 }",
        "events: { ordered: { after: 1 day } }",
        "arrivals: 200/hour",
        "- replies",
        "replys: 30%\nafter: 5min\nmessages:\n  invitation: { replies: 0.3 }\n  kept: { words: { Yes: many } }\nclick: 1\n",
        "replies: 10%\n  after: 5 minutes\n",
        "events: [paid]",
    ];
    expect![[r#"
        delivered 90%, replies 20%, opt-outs 0.5%, free 20%, after 600, 0 words, 0 once
        delivered 90%, replies 30%, opt-outs 0.5%, free 20%, after 7200, 2 words, 0 once
        delivered 97%, replies 20%, opt-outs 1%, free 0%, after 600, 0 words, 0 once
        1:1 unknown-key "replys" is not a key of a model; did you mean "replies"?
        1:23 unknown-key "reply" is not a key of what people do about a message; possible here: replies, opt_outs, free, after, words; own notes go under keys that begin with `x-`
        1:13 unknown-message the campaign has no message "invitation"; it has "invite", "kept", "reminder" and "prices"
        1:11 unknown-link the campaign has no link "shop"; it has none: leave shop out
        1:10 bad-share "0.3" is not a share; did you mean "30%"?
        1:10 bad-share "30" is not a share; did you mean "30%"?
        1:8 bad-duration "min" is not a unit of time; did you mean "5 minutes"? the units are seconds, minutes, hours, days and weeks
        2:11 bad-share `replies` and `opt_outs` are more than 100% together; they are shares of the same texts: make one of them smaller
        1:30 bad-share `replies` and `opt_outs` are more than 100% together; they are shares of the same texts: make one of them smaller
        1:1 bad-share at least one of the words needs a weight above 0; a weight says how often a word is said beside the others: `{ "yes": 3, "no": 1 }`
        1:11 unknown-value the campaign has no event "ordered"; it has none: leave ordered out
        1:22 missing-key an event of a model needs the key "share"; for example `share: 40%`
        1:1 conflicting-keys people of this campaign come by its schedule, not at a rate; leave it out: a rate is for those whom a `trigger` enters
        1:1 wrong-type a model is a map of keys and values; begin with lines such as `replies: 35%`
        1:1 unknown-key "replys" is not a key of a model; did you mean "replies"?
        2:8 bad-duration "min" is not a unit of time; did you mean "5 minutes"? the units are seconds, minutes, hours, days and weeks
        4:3 unknown-message the campaign has no message "invitation"; it has "invite", "kept", "reminder" and "prices"
        4:26 bad-share "0.3" is not a share; did you mean "30%"?
        5:25 wrong-type "Yes" must be a whole number; -
        6:1 unknown-key "click" is not a key of a model; did you mean "clicks"?
        2:3 invalid-yaml `after` stands further in than `replies`, whose value is there already; begin both in one column; quote the text above where this line belongs to it
        1:9 wrong-type "events" must be a map of your own keys; for example `events: { paid: { share: 40% } }`
    "#]].assert_eq(&table.map(told).concat());
}

#[test]
fn of_a_trigger_people_come_at_a_rate_and_events_carry_values() {
    let paid = "
trigger: { event: ordered }
audience: people.csv
purpose: service
replies: none
fields: { amount: { default: nothing } }
steps:
  - send: { en: \"Pay {{name}}\" }
  - await: event(\"paid\")
    for: 3 days
    then: { send: { en: \"Thanks for {{amount}}\" } }
exit: { much: 'amount == \"30\"' }
";
    let test = |model| Test {
        campaign: paid,
        people: 400,
        model,
        seed: 5,
    };
    let told = [
        "{}",
        "arrivals: 200/hour",
        "arrivals: 200/hour\nevents: { paid: { share: 50%, after: 1 hour, fields: { amount: [\"12.50\", \"30\"] } } }",
    ]
    .map(|model| {
        let rehearsal = rehearsed(test(model)).expect("no rule is broken");
        format!("{model}\n{}", told(&rehearsal))
    });
    expect![[r#"
        {}
        400 people, 400 texts (357 arrive), 1 answers, 401 parts, 1 opt out; replies: 88 to people, 1 not
        step-1 step-1: 400 from 01 10:00:00 to 01 10:00:39, waited 0 hours 0 frequency 390 rate {}
        step-2.then.1 step-2-then-1: 0 from never to never, waited 0 hours 0 frequency 0 rate {}
        ends 04 10:01:00, money {"USD": 4.01}, queue 400, finished {"": 399}, left {"opted-out": 1}, held 0
        arrivals: 200/hour
        400 people, 400 texts (357 arrive), 1 answers, 401 parts, 1 opt out; replies: 88 to people, 1 not
        step-1 step-1: 400 from 01 10:00:21 to 01 11:59:53, waited 0 hours 0 frequency 0 rate {}
        step-2.then.1 step-2-then-1: 0 from never to never, waited 0 hours 0 frequency 0 rate {}
        ends 04 12:00:00, money {"USD": 4.01}, queue 3, finished {"": 399}, left {"opted-out": 1}, held 0
        arrivals: 200/hour
        events: { paid: { share: 50%, after: 1 hour, fields: { amount: ["12.50", "30"] } } }
        400 people, 510 texts (459 arrive), 2 answers, 512 parts, 2 opt out; replies: 108 to people, 2 not
        step-1 step-1: 400 from 01 10:00:21 to 01 11:59:53, waited 0 hours 0 frequency 0 rate {}
        step-2.then.1 step-2-then-1: 110 from 01 10:05:21 to 02 19:39:41, waited 0 hours 0 frequency 0 rate {}
        ends 04 12:00:00, money {"USD": 5.12}, queue 3, finished {"": 303, "much": 96}, left {"opted-out": 1}, held 0
    "#]].assert_eq(&told.concat());
}

#[test]
fn what_a_model_says_of_arrivals_and_fields_is_held_against_the_campaign() {
    let campaign = "
trigger: { event: ordered }
audience: people.csv
purpose: service
replies: none
fields: { amount: { default: nothing } }
message: \"Pay {{amount}}\"
exit: { paid: event(\"paid\") }
";
    let (project, revision) = campaign_of(Some(PROJECT), campaign, &[("people.csv", "phone,name,birthday")]);
    let table = [
        "arrivals: 3600/hour",
        "arrivals: often",
        "events: { paid: { share: 5%, fields: { amount: [\"1\", \"2\"] } } }",
        "events: { paid: { share: 5%, fields: { amont: [\"1\"] } } }",
        "events: { paid: { share: 5%, fields: { amount: [] } } }",
    ];
    let told = table.map(|text| match Model::read(text, &revision.campaign, &project) {
        Ok(model) => format!("arrivals {:?}, {} once\n", model.arrivals, model.once.len()),
        Err(found) => shown(text, &found),
    });
    expect![[r#"
        arrivals Some(1.0), 0 once
        1:11 bad-rate "often" is not a rate; write parts in a time: `50/s`, `1000/minute`, `20000/hour`
        arrivals None, 1 once
        1:40 unknown-field the campaign has no field "amont"; did you mean "amount"?
        1:48 wrong-type "amount" is empty; write at least one, or leave it out
    "#]]
    .assert_eq(&told.concat());
}
