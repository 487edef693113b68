//! Campaigns, people and moments for the tests of this crate, made of text. No files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::diagnostic::Diagnostic;
use dsl::project::Project;
use dsl::{Header, Surroundings};
use sms::PhoneNumber;

use crate::advance::Effect;
use crate::ids::MessageId;
use crate::load::from_source;
use crate::member::{Doubt, Member, Pending};
use crate::plan::{Cohorts, Planner, Summary};
use crate::revision::{Revision, Source};
use crate::tariff::Tariff;

/// The header of every list that is not described otherwise.
pub(crate) const COLUMNS: &str = "phone,language,name,code";

/// A project with a sender, inboxes, stored lists and a host that calls may go to.
pub(crate) const PROJECT: &str = r#"
crier: 1
sender: desk
region: IT
timezone: Europe/Rome
providers: { trial: { kind: simulated, rate: 100/s } }
senders: { desk: { number: "+390612345678", provider: trial, receives: true } }
inboxes: { box-office: { email: box@arena.example }, shift: { phone: "+393331234500" } }
lists:
  newsletter: { stored: true }
  club: { stored: true, opt_in: { keyword: CLUB, confirm: sure, welcome: hello } }
  fans: { stored: true, opt_in: { keyword: FANS } }
messages: { sure: "Reply YES to join. STOP to opt out", hello: "Welcome to the club" }
policy: { hosts: [api.arena.example] }
"#;

/// Of a text that is tried again it stands beside the member how often it was; of one that is settled nothing.
pub(crate) fn keep_pending(member: &mut Member, effect: &Effect) {
    match effect {
        Effect::Depart(..) => member.pending = None,
        Effect::Retry {
            attempts,
            crashes,
            doubt,
            ..
        } => {
            member.pending = Some(Pending {
                message: MessageId(1),
                attempts: *attempts,
                crashes: *crashes,
                doubt: *doubt,
                resent: member.is_resent() || *doubt == Doubt::Resent,
                route: 0,
            });
        }
        _ => {}
    }
}

/// Everybody of a campaign whose project lies in a folder, what the plan says of them, and their tariffs.
pub(crate) fn planned(
    revision: &Arc<Revision>,
    project: &Project,
    folder: &Path,
    at: DateTime<Utc>,
) -> (Vec<Cohorts>, Summary, Vec<Tariff>) {
    let planner = Planner::new(revision.clone(), project, folder, Default::default(), at);
    let mut planner = planner.expect("a plan");
    let mut people = vec![];
    while let Some(run) = planner.next_run().expect("planned") {
        people.push(Cohorts::of(run.people));
    }
    let (summary, tariffs) = planner.finish().expect("planned");
    (people, summary, tariffs)
}

/// A campaign whose lists have [`COLUMNS`], in a project without a crier.yaml.
pub(crate) fn campaign(text: &str) -> Arc<Revision> {
    campaign_of(None, text, &[("people.csv", COLUMNS)]).1
}

/// A campaign in a project; `lists`: path and header of each list, separated by commas.
pub(crate) fn campaign_of(
    project: Option<&str>,
    text: &str,
    lists: &[(&str, &str)],
) -> (Arc<Project>, Arc<Revision>) {
    let columns = |header: &str| header.split(',').map(str::to_owned).collect();
    let source = Source {
        file_stem: "hello".into(),
        campaign: text.into(),
        folder: "shop".into(),
        project: project.map(str::to_owned),
        headers: lists
            .iter()
            .map(|(path, header)| ((*path).to_owned(), columns(header)))
            .collect::<BTreeMap<_, _>>(),
    };
    from_source(source.clone()).unwrap_or_else(|| panic!("{:#?}", problems(source)))
}

/// What is wrong with a project or a campaign that was to have no errors.
fn problems(source: Source) -> Vec<Diagnostic> {
    let project = source
        .project
        .as_ref()
        .map(|text| dsl::check_project(&dsl::parse_project(text), &source.folder));
    let (meant, diagnostics) = project.map_or((None, vec![]), |project| (project.value, project.diagnostics));
    let meant = meant.unwrap_or_else(|| Project::without_file(&source.folder));
    let headers = source
        .headers
        .into_iter()
        .map(|(path, columns)| (path, Header::Columns(columns)))
        .collect();
    let surroundings = Surroundings {
        project: &meant,
        file_name: &source.file_stem,
        headers: &headers,
        absent: &Default::default(),
    };
    let campaign = dsl::check_campaign(&dsl::parse_campaign(&source.campaign), &surroundings);
    diagnostics.into_iter().chain(campaign.diagnostics).collect()
}

/// A moment in RFC 3339.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// A number in E.164.
pub(crate) fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text, None).expect("a number").number
}

/// The n-th of many numbers of the United States, in ascending order; below 10,000.
pub(crate) fn nth_phone(n: u64) -> PhoneNumber {
    PhoneNumber::from_u64(14_155_550_000 + n).expect("eleven digits")
}

/// A member who speaks the first language and was not texted yet.
pub(crate) fn member(phone: PhoneNumber, values: &[&str]) -> Member {
    Member {
        phone,
        language: 0,
        tariff: None,
        values: values.iter().map(|v| Box::from(*v)).collect(),
        pending: None,
    }
}
