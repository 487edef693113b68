//! People whom the plan would leave out are no people of a story, and what a story says of lists is written anew.

use std::fmt::Write;

use expect_test::expect;

use super::{play, revision, service, story};
use crate::testing::campaign_of;

#[test]
fn whoever_the_plan_leaves_out_is_in_no_story() {
    let table = [
        ("message: \"Hi {{name}}\"\n", "name: Ada"),
        ("message: \"Hi {{name}}\"\n", "city: Roma"),
        (
            "message: \"{{#if name}}Hi {{name}}{{/if}} there\"\n",
            "city: Roma",
        ),
        (
            "message: \"Hi {{name}}\"\nlimits: { parts: 1 }\n",
            &format!("name: {}", "x".repeat(170)),
        ),
        (
            "fields: { zip: { from: campaign } }\nsteps:\n  - set: { zip: \"00100\" }\n  - send: { en: \"to {{zip}}\" }\n",
            "name: Ada",
        ),
        (
            "messages: { hi: { variants: { short: { share: 50%, en: \"Hi\" }, long: { share: 50%, en: \"Hi {{name}}\" } } } }\nsteps: [{ send: hi }]\n",
            "variant: long",
        ),
    ];
    let mut told = String::new();
    for (campaign, person) in table {
        let text = service(campaign)
            + &story("- expect: nothing\n").replace("name: Ada, city: Roma, age: 30", person);
        let revision = revision(&text);
        let played = play(&revision, &revision.campaign.stories[0]);
        let failure = played.failure.filter(|failure| failure.impossible);
        let failure = failure.map_or("possible".to_owned(), |failure| failure.message);
        let shown: String = person.chars().take(12).collect();
        let _ = writeln!(told, "{shown}: {failure}");
    }
    expect![[r#"
        name: Ada: possible
        city: Roma: the audience would not hold this person: name is empty
        city: Roma: possible
        name: xxxxxx: the audience would not hold this person: text longer than limits.parts
        name: Ada: possible
        variant: lon: the audience would not hold this person: name is empty
    "#]]
    .assert_eq(&told);
}

#[test]
fn whoever_did_not_agree_is_in_no_story() {
    let project = |consent: &str| {
        format!(
            "crier: 1\nproviders: {{ trial: {{ kind: simulated }} }}\n\
             senders: {{ desk: {{ number: \"+390612345678\", provider: trial, receives: true }} }}\n\
             lists: {{ people: {{ file: people.csv{consent} }} }}\npolicy: {{ consent: {{ marketing: opt_in }} }}\n"
        )
    };
    let table = [
        ("", "city: Roma"),
        (", consent: { kind: opt_in }", "city: Roma"),
        (", consent: { kind: opt_in, column: city }", "city: \"yes\""),
        (", consent: { kind: opt_in, column: city }", "city: \"no\""),
        (", consent: { kind: opt_in, column: city }", "city: Roma"),
        (", consent: { kind: opt_in, column: city }", "name: Ada"),
    ];
    let mut told = String::new();
    for (consent, person) in table {
        let text = format!(
            "audience: people\nschedule: 2026-12-01 10:00\ntimezone: Europe/Rome\nmessage: \"Sale. STOP to opt out\"\nreplies: none\n{}",
            story("- expect: message\n").replace("name: Ada, city: Roma, age: 30", person)
        );
        let columns = "phone,language,timezone,name,city,age,born,starts";
        let revision = campaign_of(Some(&project(consent)), &text, &[("people.csv", columns)]).1;
        let played = play(&revision, &revision.campaign.stories[0]);
        let failure = played
            .failure
            .map_or("agreed".to_owned(), |failure| failure.message);
        let _ = writeln!(told, "{consent} {person}: {failure}");
    }
    expect![[r#"
         city: Roma: the audience would not hold this person: no consent, which the policy asks for
        , consent: { kind: opt_in } city: Roma: agreed
        , consent: { kind: opt_in, column: city } city: "yes": agreed
        , consent: { kind: opt_in, column: city } city: "no": the audience would not hold this person: no consent, which the policy asks for
        , consent: { kind: opt_in, column: city } city: Roma: the audience would not hold this person: consent is not clear: city says neither yes nor no
        , consent: { kind: opt_in, column: city } name: Ada: agreed
    "#]].assert_eq(&told);
}
