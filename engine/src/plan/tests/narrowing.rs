use expect_test::expect;

use super::{LeftOut, Planned, Setting, plan, plan_one, shown};

const LIST: &str = "phone,city,age,joined\n\
    +393331234561,Roma,30,2026-11-01\n\
    +393331234562,Milano,30,2026-11-01\n\
    +393331234563,Roma,17,2026-11-01\n\
    +393331234564,Roma,,2026-11-01\n\
    +393331234565,Latina,40,2024-01-01\n\
    +390612345678,Roma,50,2026-11-01\n";

fn campaign(audience: &str) -> String {
    format!(
        "audience: {{ from: people.csv, invalid: {{ most: 100% }}, {audience} }}\nschedule: now\n\
         fields: {{ age: int, joined: date }}\nmessage: \"Hi. STOP\"\n"
    )
}

#[test]
fn who_is_not_asked_for_is_left_out_by_name() {
    let audience = "where: [\"city in ['Roma', 'Latina']\", \"age >= 18\", \"days_since(joined) < 365\"]";
    expect![[r#"
        6 rows, 1 people, 1 parts
        +393331234561 [] [1]
        row 3: +393331234562 left out: `where` does not hold
        row 4: +393331234563 left out: `where` does not hold
        row 5: +393331234564 left out: `where` cannot be decided: age is empty or not of its type
        row 6: +393331234565 left out: `where` does not hold
        row 7: +390612345678 left out: landline
    "#]]
    .assert_eq(&shown(&plan_one(&campaign(audience), LIST)));
}

#[test]
fn landlines_are_kept_where_the_file_says_so() {
    expect![[r#"
        6 rows, 2 people, 2 parts
        +393331234561 [] [1]
        +390612345678 [] [1]
        row 3: +393331234562 left out: `where` does not hold
        row 4: +393331234563 left out: `where` does not hold
        row 5: +393331234564 left out: `where` cannot be decided: age is empty or not of its type
        row 6: +393331234565 left out: `where` does not hold
    "#]]
    .assert_eq(&shown(&plan_one(
        &campaign("landlines: keep, where: \"city == 'Roma' && age >= 18\""),
        LIST,
    )));
}

fn two_thousand() -> String {
    let rows = (0..2_000).map(|n| format!("+1415320{:04}\n", 1_000 + n));
    format!("phone\n{}", rows.collect::<String>())
}

/// A project of one sender, with keys of its policy and of the sender.
fn project_with(policy: &str, sender: &str) -> String {
    format!(
        "crier: 1\nsender: shop\npolicy: {{ {policy} }}\nproviders: {{ trial: {{ kind: simulated }} }}\n\
         senders: {{ shop: {{ alphanumeric: SHOP, provider: trial, {sender} }} }}\n"
    )
}

/// The numbers of those who are planned, sorted.
fn phones(planned: &Planned) -> Vec<u64> {
    let mut phones: Vec<u64> = planned.people.iter().map(|p| p.member.phone.as_u64()).collect();
    phones.sort_unstable();
    phones
}

#[test]
fn samples_and_holdouts_are_the_same_people_every_time_and_about_as_many_as_was_said() {
    let list = two_thousand();
    let people = |audience: &str| {
        let planned = plan_one(&campaign_of_phones(audience), &list);
        phones(&planned)
    };
    let all = people("");
    let sample = people(", sample: 10%");
    assert_eq!(sample, people(", sample: 10%"), "the same every time");
    let larger = people(", sample: 20%");
    assert!(
        sample.iter().all(|phone| larger.contains(phone)),
        "a larger one holds the smaller"
    );
    let held = people(", holdout: 10%");
    let share = |n: usize| n * 100 / all.len();
    assert!(
        (7..=13).contains(&share(sample.len())),
        "{} of {}",
        sample.len(),
        all.len()
    );
    assert!(
        (87..=93).contains(&share(held.len())),
        "{} of {}",
        held.len(),
        all.len()
    );
    // One draw says nothing of the other.
    let both = people(", sample: 50%, holdout: 50%");
    assert!(
        (20..=30).contains(&share(both.len())),
        "{} of {}",
        both.len(),
        all.len()
    );
}

#[test]
fn who_is_in_a_country_that_the_policy_or_the_sender_does_not_allow_is_left_out() {
    let list = "phone\n+393331234561\n+41781234567\n+14155550123\n+80012345678\n";
    let (us, it, ch) = ("14155550123", "393331234561", "41781234567");
    let table: [(&str, &str, &[&str]); 5] = [
        ("", "", &[us, ch, it]),
        ("countries: [IT, CH]", "", &[ch, it]),
        ("", "countries: [US]", &[us]),
        ("countries: [IT, CH]", "countries: [CH, US]", &[ch]),
        ("countries: [IT]", "countries: [US]", &[]),
    ];
    for (policy, sender, texted) in table {
        let project = project_with(policy, sender);
        let campaign = campaign_of_phones("");
        let planned = plan(Setting {
            project: Some(&project),
            campaign: &campaign,
            files: &[("people.csv", list.as_bytes())],
            ..Setting::default()
        })
        .expect("a plan");
        let expected: Vec<u64> = texted
            .iter()
            .map(|number| number.parse().expect("a number"))
            .collect();
        assert_eq!(phones(&planned), expected, "{policy}, {sender}");
        let left_out = 3 - expected.len() as u64;
        assert_eq!(planned.summary.left_out_for(&LeftOut::Elsewhere), left_out);
    }
}

#[test]
fn the_control_group_gets_no_marketing_of_any_campaign_and_all_else() {
    let list = two_thousand();
    let project = project_with("control_group: 10%", "");
    let people = |key: &str| {
        let campaign = format!("{key}\n{}", campaign_of_phones(""));
        let planned = plan(Setting {
            project: Some(&project),
            campaign: &campaign,
            files: &[("people.csv", list.as_bytes())],
            ..Setting::default()
        })
        .expect("a plan");
        let held = planned.summary.left_out_for(&LeftOut::ControlGroup);
        (phones(&planned), held)
    };
    let (spring, held) = people("campaign: spring");
    assert!((150..=250).contains(&held), "{held} of 2000");
    assert_eq!(spring.len() as u64 + held, 2_000);
    assert_eq!(
        people("campaign: autumn"),
        (spring, held),
        "the same people in every campaign"
    );
    let (service, held) = people("purpose: service");
    assert_eq!((service.len(), held), (2_000, 0));
}

#[test]
fn a_number_of_people_is_drawn_from_those_who_would_be_texted() {
    let first: String = (0..300)
        .map(|n| format!("+1415320{:04},A\n", 1_000 + n))
        .collect();
    let more: String = (0..20_000)
        .map(|n| format!("+1415{:07},A\n", 3_300_000 + n))
        .collect();
    // Doubles, people without a name, and bad rows are no candidates.
    let others: String = (0..300)
        .map(|n| format!("+1415320{:04},\nx,A\n", 900 + n))
        .collect();
    let list = format!("phone,name\n{first}{others}{more}");
    let plan = |audience: &str| {
        let campaign = format!(
            "audience: {{ from: people.csv, invalid: {{ most: 100% }}, {audience} }}\nschedule: now\nmessage: \"{{{{name}}}} STOP\"\n"
        );
        let planned = plan_one(&campaign, &list);
        (phones(&planned), planned.summary)
    };
    let (sample, summary) = plan("sample: 500");
    assert_eq!((sample.len(), summary.people), (500, 500));
    assert_eq!(summary.left_out_for(&LeftOut::NotSampled), 19_800);
    assert_eq!(summary.rows, summary.people + summary.left_out_rows());
    assert_eq!(sample, plan("sample: 500").0, "the same every time");
    let (larger, _) = plan("sample: 501");
    assert!(
        sample.iter().all(|phone| larger.contains(phone)),
        "a larger one holds the smaller"
    );

    let (rest, summary) = plan("holdout: 300");
    assert_eq!(
        (rest.len(), summary.left_out_for(&LeftOut::HeldOut)),
        (20_000, 300)
    );
    let (both, summary) = plan("sample: 500, holdout: 300");
    assert_eq!((both.len(), summary.left_out_for(&LeftOut::HeldOut)), (500, 300));
    assert!(both.iter().all(|phone| rest.contains(phone)), "nobody is both");
    assert_eq!(plan("sample: 500, holdout: 5%").0.len(), 500);
    assert_eq!(
        plan("sample: 100000").0.len(),
        20_300,
        "all, where there are fewer"
    );
}

fn campaign_of_phones(audience: &str) -> String {
    format!(
        "audience: {{ from: people.csv, invalid: {{ most: 100% }}{audience} }}\nschedule: now\nmessage: \"Hi. STOP\"\n"
    )
}

#[test]
fn marketing_asks_for_the_consent_of_the_policy() {
    let project = |consent: &str| {
        format!(
            "crier: 1\nproviders: {{ trial: {{ kind: simulated }} }}\n\
             senders: {{ desk: {{ number: \"+390612345678\", provider: trial }} }}\n\
             lists: {{ all: {{ file: people.csv, {consent} }} }}\n\
             policy: {{ consent: {{ marketing: opt_in }} }}\n"
        )
    };
    let list = "phone,Consenso,Data\n\
        +393331234561,Sì,\n\
        +393331234562,no,2026-01-01\n\
        +393331234563,,2026-01-01\n\
        +393331234564,forse,\n\
        +393331234565,2025-03-01,01/03/2025\n";
    let plan = |consent: &str, more: &str| {
        let project = project(consent);
        let campaign = format!("audience: all\nschedule: now\nmessage: \"Hi. STOP\"\n{more}");
        let planned = super::plan(super::Setting {
            project: Some(&project),
            campaign: &campaign,
            files: &[("people.csv", list.as_bytes())],
            ..super::Setting::default()
        });
        shown(&planned.expect("a plan"))
    };
    expect![[r#"
        5 rows, 2 people, 2 parts
        +393331234561 [] [1]
        +393331234565 [] [1]
        row 3: +393331234562 left out: no consent, which the policy asks for
        row 4: +393331234563 left out: no consent, which the policy asks for
        row 5: +393331234564 left out: consent is not clear: Consenso says neither yes nor no
    "#]]
    .assert_eq(&plan(
        "consent: { kind: opt_in, column: Consenso, date: Data }",
        "",
    ));
    expect![[r#"
        5 rows, 2 people, 2 parts
        +393331234562 [] [1]
        +393331234563 [] [1]
        row 2: +393331234561 left out: no consent, which the policy asks for
        row 5: +393331234564 left out: no consent, which the policy asks for
        row 6: +393331234565 left out: consent is not clear: Data is no day up to today
    "#]]
    .assert_eq(&plan("consent: { kind: opt_in, date: Data }", ""));
    let people = |consent: &str, more: &str| plan(consent, more).lines().next().map(str::to_owned);
    let all = Some("5 rows, 5 people, 5 parts".to_owned());
    let none = Some("5 rows, 0 people, 0 parts".to_owned());
    assert_eq!(people("consent: { kind: opt_in, source: till }", ""), all);
    assert_eq!(people("consent: { kind: soft_opt_in }", ""), none);
    assert_eq!(people("columns: {}", ""), none, "nothing is said of consent");
    for purpose in ["service", "emergency"] {
        assert_eq!(people("columns: {}", &format!("purpose: {purpose}\n")), all);
    }
}

#[test]
fn a_row_without_a_day_is_left_out_where_every_day_is_planned() {
    let campaign = "audience: { from: people.csv, invalid: { most: 100% } }\n\
        schedule: { date: joined, at: \"10:00\" }\nfields: { joined: date }\nmessage: \"Hi. STOP\"\n";
    let list = "phone,joined\n+393331234561,2026-12-01\n+393331234562,\n+393331234563,soon\n";
    expect![[r#"
        3 rows, 1 people, 1 parts
        +393331234561 ["2026-12-01"] [1]
        row 3: +393331234562 left out: joined is empty
        row 4: +393331234563 left out: joined is not of its type
    "#]]
    .assert_eq(&shown(&plan_one(campaign, list)));
}
