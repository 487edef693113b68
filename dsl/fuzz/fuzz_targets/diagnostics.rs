//! Bytes as a campaign and as a crier.yaml: read, checked against the project of the fixture, shown in every format.
//! What must hold of any bytes: no panic, no place outside of the text, and a meaning only where there is no error.

#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use dsl::diagnostic::{Diagnostic, Severity};
use dsl::project::Project;
use dsl::render::github::Rest;
use dsl::render::{self, Judged, Style};
use dsl::{Checked, Header, Surroundings};
use libfuzzer_sys::fuzz_target;

const PROJECT: &str = include_str!("../../testdata/fixture/crier.yaml");

/// The lists of the fixture, as far as they can be read.
const LISTS: [(&str, &str); 6] = [
    ("lists/customers.csv", include_str!("../../testdata/fixture/lists/customers.csv")),
    ("lists/doubled.csv", include_str!("../../testdata/fixture/lists/doubled.csv")),
    ("lists/no-phone.csv", include_str!("../../testdata/fixture/lists/no-phone.csv")),
    ("lists/opted-in.csv", include_str!("../../testdata/fixture/lists/opted-in.csv")),
    ("lists/staff.csv", include_str!("../../testdata/fixture/lists/staff.csv")),
    ("lists/two-phones.csv", include_str!("../../testdata/fixture/lists/two-phones.csv")),
];

static FIXTURE: LazyLock<Project> = LazyLock::new(|| {
    let checked = dsl::check_project(&dsl::parse_project(PROJECT), "fixture");
    checked.value.expect("the fixture has no errors")
});

fuzz_target!(|bytes: &[u8]| {
    let text = match dsl::decode_text(bytes) {
        Ok(text) => text,
        Err(found) => return show("", &[found]),
    };
    campaign(&text);
    let file = dsl::parse_project(&text);
    let outline = dsl::outline_project(&file, "fixture");
    let of_project = dsl::check_project(&file, "fixture");
    judge(&text, &of_project);
    let project = of_project.value.as_ref().unwrap_or(&outline);
    judge(CAMPAIGN, &check(CAMPAIGN, project));
});

/// Held against whatever project the bytes are.
const CAMPAIGN: &str = "audience: people\nschedule: now\nmessage: \"Doors open at nine, {{name}}. STOP to opt out\"\n";

fn campaign(text: &str) {
    let checked = check(text, &FIXTURE);
    let clean = !checked.diagnostics.iter().any(Diagnostic::is_error);
    assert_eq!(checked.value.is_some(), clean);
    judge(text, &checked);
}

fn check(text: &str, project: &Project) -> Checked<dsl::campaign::Campaign> {
    let file = dsl::parse_campaign(text);
    let headers: BTreeMap<String, Header> = file
        .files(project)
        .into_iter()
        .map(|list| (list.path.clone(), header(&list.path)))
        .collect();
    let surroundings = Surroundings { project, file_name: "fuzz", headers: &headers, absent: &Default::default() };
    dsl::check_campaign(&file, &surroundings)
}

fn header(path: &str) -> Header {
    match LISTS.iter().find(|(name, _)| *name == path) {
        Some((_, text)) => Header::Columns(text.trim_end().split(',').map(str::to_owned).collect()),
        None if path.ends_with("unreadable.csv") => Header::Unreadable("it is not UTF-8, byte 5".into()),
        None => Header::Absent,
    }
}

fn judge<T>(text: &str, checked: &Checked<T>) {
    let all = [checked.diagnostics.as_slice(), checked.later.as_slice()].concat();
    for diagnostic in &all {
        assert_ne!(diagnostic.code, "internal", "{text:?}");
        let related = diagnostic.related.iter().map(|(span, _)| span);
        let suggested = diagnostic.suggestion.iter().map(|suggestion| &suggestion.span);
        for span in std::iter::once(&diagnostic.span).chain(related).chain(suggested) {
            assert!(text.get(span.clone()).is_some(), "{diagnostic:?} is outside of {text:?}");
        }
    }
    show(text, &all);
}

fn show(text: &str, diagnostics: &[Diagnostic]) {
    let path = "campaigns/fuzz.campaign.yaml";
    let judged = [Judged { path, text, diagnostics }];
    for colour in [false, true] {
        render::full(diagnostics, path, text, Style { colour, width: 80 });
    }
    render::concise(diagnostics, path, text);
    let mut json = render::json::Report::default();
    json.add(path, text, diagnostics);
    serde_json::to_string(&json).expect("it is JSON");
    render::github::annotations(&judged, Rest::Listed);
    serde_json::to_string(&render::gitlab::report(&judged)).expect("it is JSON");
    serde_json::to_string(&render::rdjson::report(&judged)).expect("it is JSON");
    render::sarif::report(&judged).to_string();
    render::junit::report(&judged, Severity::Error);
}
