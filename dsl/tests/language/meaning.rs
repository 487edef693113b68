//! What campaigns and projects mean, as the engine gets it.

use super::support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use dsl::campaign::Campaign;
use dsl::campaign::listing;
use dsl::project::Project;
use dsl::{Header, Surroundings, check_campaign, check_project, parse_campaign, parse_project};
use expect_test::{Expect, expect};

fn meant(text: &str, project: &Project) -> Campaign {
    let headers = BTreeMap::new();
    let surroundings = Surroundings {
        project,
        file_name: "doors",
        headers: &headers,
        absent: &Default::default(),
    };
    let checked = check_campaign(&parse_campaign(text), &surroundings);
    checked
        .value
        .unwrap_or_else(|| panic!("{:#?}", checked.diagnostics))
}

fn check(text: &str, expected: Expect) {
    let campaign = meant(text, &support::project());
    let mut shown = String::new();
    let mut line = |name: &str, value: String| writeln!(shown, "{name}: {value}").expect("a text takes all");
    line("name", campaign.name.clone());
    line("sender", campaign.sender.clone());
    line("timezone", campaign.timezone.to_string());
    line("languages", format!("{:?}", campaign.languages));
    let files: Vec<&str> = campaign
        .audience
        .from
        .iter()
        .map(|list| list.path.as_str())
        .collect();
    line("from", format!("{files:?}"));
    line("schedule", format!("{:?}", campaign.schedule));
    for message in &campaign.messages {
        let texts: Vec<&str> = message.variants[0]
            .texts
            .iter()
            .map(|text| text.source())
            .collect();
        line("message", format!("{} {texts:?}", message.name));
    }
    line("program", format!("\n{}", listing(&campaign).trim_end()));
    line("fields", format!("{:?}", campaign.fields));
    line("replies", format!("{:?}", campaign.replies));
    line("limits", format!("{:?}", campaign.limits));
    expected.assert_eq(&shown);
}

#[test]
fn the_smallest_campaign_takes_everything_else_from_the_project() {
    check(
        "audience: lists/customers.csv\nschedule: now\nmessage: |\n  Doors open. STOP to opt out\n",
        expect![[r#"
            name: doors
            sender: arena
            timezone: Europe/Rome
            languages: ["en"]
            from: ["lists/customers.csv"]
            schedule: Now
            message: message ["Doors open. STOP to opt out"]
            program: 
               0  message  send message
               1  end      finish
            fields: []
            replies: Kept
            limits: Limits { budget: None, parts: None, rate: None, in_doubt: Skip, canary: None, halt: Halt { opt_outs: None, failures: None, undelivered: None } }
        "#]],
    );
}

#[test]
fn steps_become_a_program_that_ends() {
    let text = std::fs::read_to_string(support::testdata("ok/steps.campaign.yaml")).expect("it is there");
    check(
        &text,
        expect![[r#"
            name: winter-concert
            sender: arena
            timezone: Europe/Rome
            languages: ["it", "en"]
            from: ["lists/opted-in.csv", "lists/customers.csv"]
            schedule: At(2026-12-01T09:00:00Z)
            message: invite ["{{first_name}}, Foxes il 20/12. STOP per uscire", "{{upper first_name}}, Foxes on 20 Dec. STOP to opt out"]
            message: reminder ["Ci sei?", "Coming?"]
            message: step-5 ["Ultima chiamata", "Ultima chiamata"]
            message: step-6 ["Grazie", "Thank you"]
            program: 
               0  first   send invite
               1  step-2  wait 2 days
               2  step-3  send reminder
               3  step-4  wait 36 hours
               4  step-5  send step-5
               5  step-6  send step-6
               6  end     finish
            fields: [Field { name: "first_name", kind: Text, format: None, set_by_steps: false, longest: None, default: {"en": "Hello", "it": "Ciao"} }, Field { name: "Nome", kind: Text, format: None, set_by_steps: false, longest: None, default: {"en": "amico", "it": "amico"} }]
            replies: Inbox("box-office")
            limits: Limits { budget: None, parts: Some(2), rate: Some(Rate { per_second: 5.0 }), in_doubt: Resend, canary: None, halt: Halt { opt_outs: None, failures: None, undelivered: None } }
        "#]],
    );
}

#[test]
fn a_local_time_is_read_on_the_campaigns_clock() {
    let text = "audience: a.csv\nschedule: 2026-12-01 10:00\nmessage: STOP\n";
    let rome = meant(text, &support::project());
    let utc = meant(text, &Project::without_file("none"));
    assert_eq!(format!("{:?}", rome.schedule), "At(2026-12-01T09:00:00Z)");
    assert_eq!(format!("{:?}", utc.schedule), "At(2026-12-01T10:00:00Z)");
}

#[test]
fn a_line_break_at_the_end_of_a_text_is_cut() {
    let b = "b".repeat(160);
    for style in ["|", "|-", ">"] {
        let text =
            format!("purpose: service\naudience: a.csv\nschedule: now\nmessage:\n  text: {style}\n    {b}\n");
        let campaign = meant(&text, &Project::without_file("none"));
        assert_eq!(campaign.messages[0].variants[0].texts[0].source(), b, "{style}");
    }
}

#[test]
fn files_are_those_of_the_audience_and_of_the_exceptions_inside_the_project() {
    let text =
        "audience: { from: [concert-list, nobody, ../x.csv], except: [staff, b.csv, tagged(\"x\")] }\n";
    let files = parse_campaign(text).files(&support::project());
    let paths: Vec<String> = files.into_iter().map(|file| file.path).collect();
    assert_eq!(paths, ["lists/opted-in.csv", "lists/staff.csv", "b.csv"]);
}

#[test]
fn the_campaigns_columns_win_over_the_lists() {
    let text = "audience: { from: concert-list, columns: { phone: Handy, city: Ort } }\n";
    let files = parse_campaign(text).files(&support::project());
    let columns: Vec<(&str, &str)> = files[0]
        .columns
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    let expected = [
        ("city", "Ort"),
        ("first_name", "Nome"),
        ("language", "Lang"),
        ("phone", "Handy"),
    ];
    assert_eq!(columns, expected);
}

#[test]
fn an_unknown_header_is_not_judged() {
    let text = "audience: a.csv\nschedule: now\nmessage: \"{{whatever}} STOP\"\n";
    let project = Project::without_file("none");
    meant(text, &project);
    let headers = BTreeMap::from([("a.csv".to_owned(), Header::Columns(vec!["phone".into()]))]);
    let surroundings = Surroundings {
        project: &project,
        file_name: "doors",
        headers: &headers,
        absent: &Default::default(),
    };
    let checked = check_campaign(&parse_campaign(text), &surroundings);
    let codes: Vec<&str> = checked.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["unknown-variable"]);
}

#[test]
fn a_project_is_named_after_its_folder_and_numbers_receive() {
    let text = "crier: 1\nregion: IT\nproviders: { trial: { kind: simulated } }\n\
                senders: { a: { number: 06 1234 5678, provider: trial }, b: { alphanumeric: ARENA, provider: trial } }\n";
    let project = check_project(&parse_project(text), "My Arena")
        .value
        .expect("no errors");
    assert_eq!(project.name, "my-arena");
    assert_eq!(project.senders["a"].address.to_string(), "+390612345678");
    assert!(project.senders["a"].receives && !project.senders["b"].receives);
    assert_eq!(project.store, ".crier/crier.db");
}

#[test]
fn a_budget_is_exact_money() {
    let text = std::fs::read_to_string(support::testdata("ok/budget.campaign.yaml")).expect("it is there");
    let budget = meant(&text, &support::project())
        .limits
        .budget
        .expect("one is set");
    assert_eq!(budget.to_string(), "99.50 EUR");
}

#[test]
fn a_carrier_has_its_defaults_and_a_sender_its_line_of_providers() {
    let text = std::fs::read_to_string(support::testdata("ok/carrier.crier.yaml")).expect("it is there");
    let project = check_project(&parse_project(&text), "arena")
        .value
        .expect("no errors");
    let mut shown = String::new();
    for (name, provider) in &project.providers {
        writeln!(shown, "{name}: {provider:?}").expect("a text takes all");
    }
    for (name, sender) in &project.senders {
        writeln!(shown, "{name}: {}, then {:?}", sender.provider, sender.then).expect("a text takes all");
    }
    expect![[r#"
        main: Carrier(Carrier { url: "http://127.0.0.1:8025", rate: Some(Rate { per_second: 100.0 }), batch: 100, in_flight: 32, timeout: 2s, look_up: false, refuses_duplicates: true, server_errors: NotSent })
        spare: Carrier(Carrier { url: "http://localhost:8026", rate: None, batch: 1, in_flight: 64, timeout: 500ms, look_up: true, refuses_duplicates: false, server_errors: Maybe })
        trial: Simulated(Simulated { rate: None, delivered: Share(1.0), replies: Share(0.0), seed: 0 })
        arena: main, then ["spare", "trial"]
        other: spare, then ["trial"]
    "#]].assert_eq(&shown);
}

/// The bounds of a text stand in `crier expand` under the name that the plan has for it.
#[test]
fn a_text_has_one_name_before_and_after_it_is_meant() {
    let project = support::project();
    let mut of_steps = 0;
    for path in support::files("ok") {
        let text = String::from_utf8(support::bytes(&path)).unwrap_or_default();
        let file = parse_campaign(&text);
        let headers = BTreeMap::new();
        let surroundings = Surroundings {
            project: &project,
            file_name: "doors",
            headers: &headers,
            absent: &Default::default(),
        };
        let Some(campaign) = check_campaign(&file, &surroundings).value else {
            continue;
        };
        let bounds = dsl::bounds::bounds(&file, &project);
        let written: BTreeSet<&str> = bounds.iter().map(|text| text.message.as_str()).collect();
        let meant = campaign.messages.iter().map(|message| message.name.as_str());
        let meant: BTreeSet<&str> = meant
            .filter(|name| !project.messages.iter().any(|own| own == name))
            .collect();
        of_steps += meant.iter().filter(|name| name.starts_with("step-")).count();
        assert_eq!(written, meant, "{}", path.display());
    }
    assert!(of_steps > 0, "no text stands in a step");
}
