use std::time::Duration;

use dsl::scalar::Rate;

use super::QUESTION;
use crate::calendar::TimeClass;
use crate::rehearse::agenda::Clock;
use crate::rehearse::checks::{Broken, Checks};
use crate::testing::{at, campaign_of};

/// What the engine would never do is planted: the checks see it.
#[test]
fn a_broken_rule_is_seen() {
    let text = format!("{QUESTION}limits: {{ frequency: 1 per 24 hours }}\n");
    let (_, revision) = campaign_of(
        Some(super::PROJECT),
        &text,
        &[("people.csv", "phone,name,birthday")],
    );
    let campaign = &revision.campaign;
    let checks = Checks::of(campaign);
    let step = campaign.program.sends().next().expect("a text").0;
    let clock = Clock::from(at("2026-12-01T15:00:00Z"));
    let class = TimeClass::parse("America/New_York|Pacific/Honolulu").expect("zones");
    let text =
        |when: &str, times: &[(u32, bool)]| checks.text(campaign, step, &class, (times, clock), at(when));
    let zone = "Pacific/Honolulu";
    assert_eq!(text("2026-12-01T21:00:00Z", &[]), Ok(()));
    assert_eq!(text("2026-12-01T19:59:59Z", &[]), Err(Broken::Hours { zone }));
    let zone = "America/New_York";
    assert_eq!(text("2026-12-02T01:00:00Z", &[]), Err(Broken::Hours { zone }));
    assert_eq!(
        text("2026-12-01T21:00:00Z", &[(0, true)]),
        Err(Broken::Frequency { most: 1 })
    );
    assert_eq!(text("2026-12-01T21:00:00Z", &[(0, false)]), Ok(()));
    assert_eq!(text("2026-12-02T20:30:00Z", &[(0, true)]), Ok(()));
}

#[test]
fn more_than_the_rate_is_seen() {
    let (_, revision) = campaign_of(
        Some(super::PROJECT),
        super::QUESTION,
        &[("people.csv", "phone,name,birthday")],
    );
    let mut checks = Checks::of(&revision.campaign);
    let rate = Rate { per_second: 10.0 };
    checks.limit("sender desk", rate);
    let names = ["sender desk".to_owned(), "provider trial".to_owned()];
    let mut parts = |parts, ms| checks.parts(&names, parts, Duration::from_millis(ms));
    let table = [(5, 0), (5, 500), (5, 1_000), (2, 1_500), (9, 1_700)];
    for (n, at) in table {
        assert_eq!(parts(n, at), Ok(()), "at {at} ms");
    }
    let name = names[0].clone();
    assert_eq!(parts(1, 1_800), Err(Broken::Rate { name }));
}
