use proptest::prelude::*;

use super::{Test, rehearsed};

/// A campaign of some steps under some rules.
fn campaigns() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        Just("  - send: b\n"),
        Just("  - wait: 3 hours\n"),
        Just("  - wait: 1 day\n"),
        Just("  - wait: 18:00\n"),
        Just(
            "  - ask: q\n    for: 1 day\n    answers:\n      - words: [yes]\n        send: b\n      - words: [no]\n        finish: no\n"
        ),
        Just(
            "  - ask: q\n    for: 5 hours\n    unclear: b\n    answers:\n      - words: [yes]\n        tag: t\n    silence: { send: b }\n"
        ),
        Just("  - await: delivered(\"a\")\n    for: 2 hours\n    silence: { send: b }\n"),
        Just("  - repeat: { times: 3, every: 1 day, until: tagged(\"t\"), do: [{ send: b }] }\n"),
    ];
    let schedule = prop_oneof![
        Just("now".to_owned()),
        Just("{ at: now, window: 10:00-20:00 }".to_owned()),
        Just("{ at: now, window: 22:00-02:00, days: [sat, sun] }".to_owned()),
        // Open a while behind the wait for 18:00: what could never go in its six hours is refused.
        Just("{ at: now, spread: 4 hours, expires: 6 hours, window: 09:00-18:30 }".to_owned()),
        Just("{ at: 2026-12-01 10:00, clock: recipient, window: 10:00-11:00 }".to_owned()),
    ];
    let limits = prop_oneof![
        Just(""),
        Just("limits: { rate: 1/s }\n"),
        Just("limits: { frequency: 2 per 3 days }\n"),
        Just("limits: { frequency: { most: 1 per 6 hours, over: skip }, budget: 3 USD }\n"),
        Just("limits: { frequency: { most: 3 per 4 days, over: leave }, quiet_hours: 23:00-09:30 }\n"),
    ];
    (schedule, prop::collection::vec(step, 0..5), limits).prop_map(|(schedule, steps, limits)| {
        let steps = steps.concat();
        format!(
            "audience: people.csv\nschedule: {schedule}\nreplies:\n  - words: [more]\n    send: b\n  - words: [again]\n    send: q\n  - otherwise:\n      forward: desk\n\
             steps:\n  - send: a\n{steps}messages: {{ a: \"Hi {{{{name}}}}. STOP to opt out\", b: More, q: Coming? }}\n{limits}"
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The checks hold, everybody has an end, and what is counted twice is the same.
    #[test]
    fn every_campaign_keeps_its_rules(campaign in campaigns(), seed in any::<u64>(), replies in 0_u32..90) {
        let model = format!("replies: {replies}%\nopt_outs: 10%\nafter: 30 minutes\n");
        let rehearsal = rehearsed(Test { campaign: &campaign, people: 60, model: &model, seed });
        let rehearsal = rehearsal.map_err(|violation| TestCaseError::fail(format!("{violation}\n{campaign}")))?;
        let ends = rehearsal.finished.values().chain(rehearsal.left_out.values()).sum::<u64>();
        let halted = rehearsal.halted.as_ref().map_or(0, |halted| halted.people);
        prop_assert_eq!(ends + rehearsal.held_by_budget + halted, rehearsal.people, "{}", campaign);
        let steps: u64 = rehearsal.steps.iter().map(|step| step.texts).sum();
        let total = &rehearsal.total;
        prop_assert!((total.texts..=total.texts + total.answers).contains(&steps), "{} steps, {:?}", steps, total);
        prop_assert_eq!(rehearsal.total.delivered + rehearsal.total.undelivered, rehearsal.total.texts);
        prop_assert_eq!(rehearsal.total.desk + rehearsal.total.automatic, rehearsal.total.replies);
        prop_assert!(rehearsal.total.opt_outs <= rehearsal.people);
    }
}
