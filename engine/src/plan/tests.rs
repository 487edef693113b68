mod cases;
mod cohorts;
mod exclusions;
mod fields;
mod lists;
mod narrowing;
mod properties;
mod senders;
mod texts;

use std::fmt::Write;
use std::path::Path;

use super::{PlanError, Planner, Run, Summary};
use crate::advance::text_for;
use crate::left_out::LeftOut;
use crate::member::Member;
use crate::plan::{Duplicate, list_and_line};
use crate::tariff::Tariff;
use crate::testing::campaign_of;

/// A plan, made in a folder of its own.
struct Planned {
    people: Vec<Person>,
    left_out: Vec<(String, u64, LeftOut)>,
    summary: Summary,
    tariffs: Vec<Tariff>,
}

/// A person of a run, and the parts of each text.
struct Person {
    member: Member,
    parts: Vec<u32>,
}

/// What is planned.
#[derive(Clone, Copy, Default)]
struct Setting<'a> {
    project: Option<&'a str>,
    campaign: &'a str,
    /// Lists and other files: path and bytes. The first line is the header.
    files: &'a [(&'a str, &'a [u8])],
    suppressed: &'a [u64],
}

fn now() -> chrono::DateTime<chrono::Utc> {
    crate::testing::at("2026-11-25T15:00:00Z")
}

fn plan(setting: Setting<'_>) -> Result<Planned, PlanError> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, bytes) in setting.files {
        std::fs::write(folder.path().join(path), bytes).expect("a file");
    }
    let header = |path: &str| {
        crate::audience::header(folder.path(), path, &Default::default())
            .expect("a header")
            .join(",")
    };
    let headers: Vec<(&str, String)> = setting
        .files
        .iter()
        .map(|(path, _)| (*path, header(path)))
        .collect();
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(path, header)| (*path, header.as_str()))
        .collect();
    let (project, revision) = campaign_of(setting.project, setting.campaign, &headers);
    run(Planner::new(
        revision,
        &project,
        folder.path(),
        super::Barred::opted_out(setting.suppressed.to_vec()),
        now(),
    )?)
}

fn run(mut planner: Planner) -> Result<Planned, PlanError> {
    let (mut people, mut left_out) = (vec![], vec![]);
    while let Some(run) = planner.next_run()? {
        people.extend(people_of(&planner, &run));
        left_out.extend(run.left_out.into_iter().map(|(phone, row, reason)| {
            (
                phone.to_string(),
                list_and_line(row).map_or(0, |(_, line)| line),
                reason,
            )
        }));
    }
    let (summary, tariffs) = planner.finish()?;
    Ok(Planned {
        people,
        left_out,
        summary,
        tariffs,
    })
}

fn people_of(planner: &Planner, run: &Run) -> Vec<Person> {
    let revision = &planner.revision;
    let parts = |(_, message), member: &Member| {
        let text = text_for(revision, message, member, &crate::advance::NOTHING);
        match text {
            Ok((_, parts)) => parts,
            // A step gives the value later.
            Err(LeftOut::EmptyValue(_)) => 1,
            Err(reason) => panic!("whoever is planned has a text: {reason}"),
        }
    };
    let members = (0..run.people.len()).map(|at| run.people.member(at));
    members
        .map(|member| Person {
            parts: revision
                .campaign
                .program
                .sends()
                .map(|send| parts(send, &member))
                .collect(),
            member,
        })
        .collect()
}

/// Plans a campaign of one message over `people.csv`.
fn plan_one(campaign: &str, list: &str) -> Planned {
    let files: [(&str, &[u8]); 1] = [("people.csv", list.as_bytes())];
    plan(Setting {
        campaign,
        files: &files,
        ..Setting::default()
    })
    .expect("a plan")
}

/// The whole plan in a few lines: sums, people in order, those left out, bad rows, duplicates.
fn shown(planned: &Planned) -> String {
    let Planned {
        people,
        left_out,
        summary,
        ..
    } = planned;
    assert_eq!(
        summary.rows,
        summary.people + summary.left_out_rows(),
        "it adds up"
    );
    assert_eq!(summary.people, people.len() as u64);
    let mut text = format!(
        "{} rows, {} people, {} parts\n",
        summary.rows, summary.people, summary.parts
    );
    for Person { member, parts } in people {
        let _ = writeln!(text, "{} {:?} {parts:?}", member.phone, member.values);
    }
    for (phone, row, reason) in left_out {
        let _ = writeln!(text, "row {row}: {phone} left out: {reason}");
    }
    for Duplicate {
        line: row,
        first_line: first,
        ..
    } in &summary.duplicates
    {
        let _ = writeln!(text, "row {row} repeats row {first}");
    }
    for bad in &summary.bad_rows {
        let _ = writeln!(
            text,
            "{}:{}: {}: {}",
            bad.file,
            bad.line,
            bad.text.escape_debug(),
            bad.reason
        );
    }
    text
}

/// A campaign of one message.
fn message(text: &str, more: &str) -> String {
    format!("audience: people.csv\nschedule: now\nmessage: {text:?}\n{more}")
}

fn write(folder: &Path, path: &str, text: &str) {
    std::fs::write(folder.join(path), text).expect("a file");
}
