//! What `crier test` says: a line for each story, the transcript of one that failed, what no story walked.

use std::path::{MAIN_SEPARATOR, Path};

use anstyle::{AnsiColor, Style};
use chrono::NaiveDate;
use chrono_tz::Tz;
use dsl::render;
use engine::load::CheckedFile;
use engine::stage::Entry;
use engine::story::Played;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use super::{counted, diagnostics, one_line, width};
use crate::commands::test::Tested;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// So much of what happened is shown of a story that failed: what came last before the difference.
const LAST: usize = 40;

/// Where the name of a story begins, and what none walked.
const NAME: usize = 10;
const UNWALKED: usize = 16;

/// What came of all stories.
pub struct Report<'a> {
    /// By file.
    pub tested: &'a [Tested],
    /// Whether to name what no story walked.
    pub coverage: bool,
    /// What the names of the stories had to have in them.
    pub filter: Option<&'a str>,
    /// Whether to show what happened in stories that passed too.
    pub transcripts: bool,
}

impl Report<'_> {
    /// For people.
    pub fn full(&self) {
        for campaign in self.tested.iter().filter(|campaign| self.shows(campaign)) {
            super::line(&named(&campaign.file.path));
            campaign
                .played
                .iter()
                .for_each(|story| self.story(campaign, story));
            if self.coverage {
                self.walked(campaign);
            }
        }
        super::say(&self.summary());
    }

    fn shows(&self, campaign: &Tested) -> bool {
        self.coverage || !campaign.played.is_empty()
    }

    fn story(&self, campaign: &Tested, story: &Played) {
        let name = one_line(&story.name);
        let line = match &story.failure {
            None => format!("  {GOOD}ok{GOOD:#}      {name}"),
            Some(_) => format!("  {BAD}FAILED{BAD:#}  {name}"),
        };
        super::line(&super::paged(&line, NAME));
        if self.transcripts || story.failure.is_some() {
            of(story, self.transcripts)
                .iter()
                .for_each(|line| super::line(line));
        }
        if let Some(failure) = &story.failure {
            let file = CheckedFile {
                diagnostics: vec![failure.diagnostic()],
                ..campaign.file.clone()
            };
            super::line(&diagnostics::full(&file));
        }
    }

    fn walked(&self, campaign: &Tested) {
        let (total, missing) = (campaign.coverage.total, campaign.coverage.unwalked.len());
        super::line(&format!("  {} of {total} walked", total - missing));
        for unwalked in &campaign.coverage.unwalked {
            let line = format!("    {BAD}not walked{BAD:#}  {unwalked}");
            super::line(&super::paged(&line, UNWALKED));
        }
    }

    /// How many passed, and how much was walked.
    pub fn summary(&self) -> String {
        let stories = self.tested.iter().flat_map(|campaign| &campaign.played);
        let (mut all, mut failed) = (0, 0);
        for story in stories {
            all += 1;
            failed += u64::from(story.failure.is_some());
        }
        let said = match (all, failed) {
            (0, _) => match self.filter {
                Some(text) => format!("no story has \"{text}\" in its name"),
                None => "no stories: write some under `tests`".to_owned(),
            },
            (all, 0) => format!("{} passed", counted(all, "story", "stories")),
            (all, failed) => format!("{failed} of {} failed", counted(all, "story", "stories")),
        };
        let coverage = self.tested.iter().map(|campaign| &campaign.coverage);
        let (total, missing) = coverage.fold((0, 0), |(total, missing), one| {
            (total + one.total, missing + one.unwalked.len())
        });
        match self.coverage && total > 0 {
            true => format!("{said}; {}% walked", (total - missing) * 100 / total),
            false => said,
        }
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let campaign = |campaign: &Tested| {
            let stories: Vec<Value> = campaign.played.iter().map(|story| one(campaign, story)).collect();
            json!({
                "path": slashed(&campaign.file.path),
                "stories": stories,
                "coverage": { "total": campaign.coverage.total, "not_walked": campaign.unwalked() },
            })
        };
        json!({
            "format_version": super::FORMAT_VERSION,
            "campaigns": self.tested.iter().map(campaign).collect::<Vec<_>>(),
        })
    }

    /// JUnit's XML: a suite for each file, a case for each story, and one for the coverage where that is asked for.
    pub fn junit(&self) -> String {
        let mut report = quick_junit::Report::new("crier test");
        for campaign in self.tested {
            let path = slashed(&campaign.file.path);
            let mut suite = TestSuite::new(&path);
            campaign.played.iter().for_each(|story| {
                suite.add_test_case(case(&path, story));
            });
            if self.coverage {
                suite.add_test_case(covered(&path, campaign));
            }
            report.add_test_suite(suite);
        }
        let shown = report.to_string();
        render::junit::readable(shown.expect("a document in memory can always be written"))
    }
}

fn case(path: &str, story: &Played) -> TestCase {
    let status = match &story.failure {
        None => TestCaseStatus::success(),
        Some(failure) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let shown = format!("{}\n{}\n{}", plain(story), failure.message, failure.help);
            status.set_message(&failure.message).set_description(shown);
            status
        }
    };
    let mut case = TestCase::new(&story.name, status);
    case.set_classname(path);
    case
}

fn covered(path: &str, campaign: &Tested) -> TestCase {
    let unwalked = campaign.unwalked();
    let mut status = TestCaseStatus::success();
    if !unwalked.is_empty() {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let message = format!("{} of {} not walked", unwalked.len(), campaign.coverage.total);
        status.set_message(message).set_description(unwalked.join("\n"));
    }
    let mut case = TestCase::new("coverage", status);
    case.set_classname(path);
    case
}

fn one(campaign: &Tested, story: &Played) -> Value {
    let failure = story.failure.as_ref().map(|failure| {
        let (line, column) = render::position(&campaign.file.text, failure.span.start);
        json!({ "code": failure.diagnostic().code, "message": failure.message, "help": failure.help, "line": line, "column": column })
    });
    let entry = |entry: &Entry| json!({ "at": entry.at, "what": entry.what.told(story.zone) });
    json!({
        "name": story.name,
        "passed": story.failure.is_none(),
        "failure": failure,
        "transcript": story.log.iter().map(entry).collect::<Vec<_>>(),
    })
}

/// Spaces before what happened: the time stands there.
const INDENT: usize = 11;

/// What happened, a day's heading before what happened on it, on the person's clock; `day`: of the last heading.
pub fn transcript(log: &[Entry], zone: Tz, day: &mut Option<NaiveDate>) -> Vec<String> {
    let mut lines = vec![];
    let wide = width().unwrap_or(80).max(40);
    for entry in log {
        let local = entry.at.with_timezone(&zone);
        if day.replace(local.date_naive()) != Some(local.date_naive()) {
            lines.push(format!("    {DIM}{}{DIM:#}", local.format("%A, %-d %B %Y")));
        }
        let options = textwrap::Options::new(wide - INDENT).subsequent_indent("  ");
        let told = entry.what.told(zone);
        let mut wrapped = textwrap::wrap(&told, options).into_iter();
        let first = wrapped.next().unwrap_or_default();
        lines.push(format!("    {}  {first}", local.format("%H:%M")));
        lines.extend(wrapped.map(|line| format!("{:INDENT$}{line}", "")));
    }
    lines
}

/// What happened in a story: all of it, or the last.
fn of(story: &Played, all: bool) -> Vec<String> {
    let before = match all {
        true => 0,
        false => story.log.len().saturating_sub(LAST),
    };
    let left_out = (before > 0).then(|| {
        let lines = counted(before as u64, "line is", "lines are");
        format!("    {DIM}{lines} left out before this: `--transcript` shows all{DIM:#}")
    });
    let last = transcript(&story.log[before..], story.zone, &mut None);
    left_out.into_iter().chain(last).collect()
}

/// The transcript without colours.
fn plain(story: &Played) -> String {
    let shown = of(story, false).join("\n");
    anstream::adapter::strip_str(&shown).to_string()
}

/// As people write a path: `a.campaign.yaml`, not `./a.campaign.yaml`.
pub fn named(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

fn slashed(path: &Path) -> String {
    render::slashed(&path.display().to_string(), MAIN_SEPARATOR)
}
