//! A campaign on its schedule, looked at now and then as `crier run` does: what is due is launched, and ends at once.

use std::fmt::Write;
use std::sync::Arc;

use dsl::project::Project;
use expect_test::{Expect, expect};
use tempfile::TempDir;

use super::*;
use crate::calendar::TimeClass;
use crate::entry::Entry;
use crate::ids::LaunchId;
use crate::launch::{LaunchError, LaunchRequest, Occurrence, launch};
use crate::plan::Summary;
use crate::revision::Revision;
use crate::store::{Access, LaunchState, OpenOptions};
use crate::testing::{COLUMNS, at, campaign, campaign_of, nth_phone};

mod days;

struct Scene {
    store: Store,
    folder: TempDir,
    project: Arc<Project>,
    revision: Arc<Revision>,
    told: String,
}

async fn opened(folder: &TempDir) -> Store {
    let options = OpenOptions {
        access: Access::Execute,
        most_pages: None,
    };
    let store = Store::open(&folder.path().join("crier.db"), options).await;
    store.expect("a store")
}

impl Scene {
    async fn new(zone: &str, schedule: &str) -> Scene {
        Scene::of(written(zone, schedule)).await
    }

    async fn of((project, revision): (Arc<Project>, Arc<Revision>)) -> Scene {
        let folder = tempfile::tempdir().expect("a folder");
        let scene = Scene {
            store: opened(&folder).await,
            folder,
            project,
            revision,
            told: String::new(),
        };
        scene.list(2);
        scene
    }

    /// The first so many numbers.
    fn list(&self, people: u64) {
        let rows: String = (0..people)
            .map(|n| format!("{},en,Ada,1\n", nth_phone(n)))
            .collect();
        let list = format!("{COLUMNS}\n{rows}");
        std::fs::write(self.folder.path().join("people.csv"), list).expect("written");
    }

    /// The file says something else by now.
    fn edit(&mut self, zone: &str, schedule: &str) {
        (self.project, self.revision) = written(zone, schedule);
    }

    /// The process ends, and another begins.
    async fn restart(self) -> Scene {
        let Scene {
            store,
            folder,
            project,
            revision,
            told,
        } = self;
        drop(store);
        let store = opened(&folder).await;
        Scene {
            store,
            folder,
            project,
            revision,
            told,
        }
    }

    /// Looks at an instant, and lets what is due run to its end.
    async fn look(&mut self, now: &str) {
        if let Some(launch) = self.begin(now).await {
            self.end(launch, LaunchState::Done, now).await;
        }
    }

    /// Looks at an instant; the launch of what is due.
    async fn begin(&mut self, now: &str) -> Option<LaunchId> {
        let campaign = &self.revision.campaign;
        let foreseen = ahead(Some(&self.store), campaign, at(now)).await.expect("read");
        let due = look(&self.store, campaign, at(now)).await.expect("looked");
        assert_eq!(foreseen, due, "a plan foresees what a run finds");
        let told = |what: &str, ticks: &[Tick]| {
            let ticks: Vec<String> = ticks.iter().map(|tick| occurrence(*tick)).collect();
            match ticks.is_empty() {
                true => String::new(),
                false => format!("; {what} {}", ticks.join(", ")),
            }
        };
        let missed = told("missed", &due.missed);
        let next = due
            .next
            .map(|tick| format!("; next {} = {}", occurrence(tick), tick.at.format("%FT%TZ")));
        let begun = match due.launch {
            None => None,
            Some(tick) => Some((tick, self.launch(tick, now).await)),
        };
        let (launch, planned) = match begun {
            None => (None, String::new()),
            Some((tick, Ok((launch, summary)))) => (
                Some(launch),
                format!("; {} begins: {}", occurrence(tick), people(&summary)),
            ),
            Some((tick, Err(LaunchError::Nobody(summary)))) => {
                let noted = note_nobody(&self.store, &self.revision.campaign, (tick, &summary), at(now));
                let error = LaunchError::Nobody(summary.clone());
                let told = match noted.await.expect("noted") {
                    true => format!("; {} does not begin: {error}", occurrence(tick)),
                    false => format!("; {} is nobody's", occurrence(tick)),
                };
                (None, told)
            }
            Some((_, Err(error))) => panic!("{error}"),
        };
        let _ = writeln!(self.told, "{now}{missed}{planned}{}", next.unwrap_or_default());
        launch
    }

    async fn launch(&self, tick: Tick, now: &str) -> Result<(LaunchId, Summary), LaunchError> {
        let request = LaunchRequest {
            revision: self.revision.clone(),
            project: self.project.clone(),
            occurrence: Occurrence::Tick(tick),
            now: at(now),
        };
        let (launch, summary, _) = launch(&self.store, request, self.folder.path(), |_| {}).await?;
        Ok((launch, summary))
    }

    async fn end(&self, launch: LaunchId, how: LaunchState, now: &str) {
        let from = &[LaunchState::Running];
        let ended = self.store.change_launch(launch, from, how, at(now)).await;
        assert!(ended.expect("written"));
    }

    /// All that was told, and what the store has of it.
    async fn check(self, expected: Expect) {
        let mut told = self.told;
        for missed in self.store.missed(None, 100).await.expect("read").iter().rev() {
            let _ = writeln!(
                told,
                "kept: {} {} {}",
                missed.campaign,
                missed.occurrence,
                missed.why.code()
            );
        }
        expected.assert_eq(&told);
    }
}

fn written(zone: &str, schedule: &str) -> (Arc<Project>, Arc<Revision>) {
    let text = format!(
        "audience: people.csv\npurpose: service\nreplies: none\ntimezone: {zone}\nschedule: {schedule}\nmessage: Hello\n"
    );
    campaign_of(None, &text, &[("people.csv", COLUMNS)])
}

fn people(summary: &Summary) -> String {
    let mut told = format!("{} people", summary.people);
    if summary.other_days > 0 {
        let _ = write!(told, ", {} on other days", summary.other_days);
    }
    for (reason, n) in &summary.left_out {
        let _ = write!(told, ", {n} {reason}");
    }
    told
}

const ROME: &str = "Europe/Rome";
const NEW_YORK: &str = "America/New_York";

#[tokio::test]
async fn ticks_of_a_downtime_are_kept_as_missed_and_at_most_one_is_made_up() {
    for (late, expected) in [
        (
            "2 hours",
            expect![[r#"
        2026-11-20T12:00:00Z; next 2026-11-21 09:00 = 2026-11-21T08:00:00Z
        2026-11-21T08:00:00Z; 2026-11-21 09:00 begins: 2 people; next 2026-11-22 09:00 = 2026-11-22T08:00:00Z
        2026-11-21T09:00:00Z; next 2026-11-22 09:00 = 2026-11-22T08:00:00Z
        2026-11-24T11:00:00Z; missed 2026-11-22 09:00, 2026-11-23 09:00, 2026-11-24 09:00; next 2026-11-25 09:00 = 2026-11-25T08:00:00Z
        2026-11-24T11:00:01Z; next 2026-11-25 09:00 = 2026-11-25T08:00:00Z
        2026-11-25T08:00:00Z; 2026-11-25 09:00 begins: 2 people; next 2026-11-26 09:00 = 2026-11-26T08:00:00Z
        kept: hello 2026-11-22 09:00 too-late
        kept: hello 2026-11-23 09:00 too-late
        kept: hello 2026-11-24 09:00 too-late
    "#]],
        ),
        (
            "3 hours",
            expect![[r#"
        2026-11-20T12:00:00Z; next 2026-11-21 09:00 = 2026-11-21T08:00:00Z
        2026-11-21T08:00:00Z; 2026-11-21 09:00 begins: 2 people; next 2026-11-22 09:00 = 2026-11-22T08:00:00Z
        2026-11-21T09:00:00Z; next 2026-11-22 09:00 = 2026-11-22T08:00:00Z
        2026-11-24T11:00:00Z; missed 2026-11-22 09:00, 2026-11-23 09:00; 2026-11-24 09:00 begins: 2 people; next 2026-11-25 09:00 = 2026-11-25T08:00:00Z
        2026-11-24T11:00:01Z; next 2026-11-25 09:00 = 2026-11-25T08:00:00Z
        2026-11-25T08:00:00Z; 2026-11-25 09:00 begins: 2 people; next 2026-11-26 09:00 = 2026-11-26T08:00:00Z
        kept: hello 2026-11-22 09:00 too-late
        kept: hello 2026-11-23 09:00 too-late
    "#]],
        ),
    ] {
        let mut scene = Scene::new(
            ROME,
            &format!("{{ cron: \"0 9 * * *\", again: always, late: {late} }}"),
        )
        .await;
        scene.look("2026-11-20T12:00:00Z").await;
        scene.look("2026-11-21T08:00:00Z").await;
        scene.look("2026-11-21T09:00:00Z").await;
        let mut scene = scene.restart().await;
        scene.look("2026-11-24T11:00:00Z").await;
        scene.look("2026-11-24T11:00:01Z").await;
        scene.look("2026-11-25T08:00:00Z").await;
        scene.check(expected).await;
    }
}

#[tokio::test]
async fn a_local_time_that_does_not_exist_or_exists_twice_is_one_launch() {
    let mut scene = Scene::new(NEW_YORK, "{ cron: \"30 2 * * *\", again: always }").await;
    scene.look("2027-03-13T12:00:00Z").await;
    scene.look("2027-03-14T06:59:59Z").await;
    scene.look("2027-03-14T07:00:00Z").await;
    let mut scene = scene.restart().await;
    scene.look("2027-03-14T07:30:00Z").await;
    scene.edit(NEW_YORK, "{ cron: \"30 1 * * *\", again: always }");
    scene.look("2027-10-31T06:00:00Z").await;
    scene.look("2027-11-07T05:30:00Z").await;
    let mut scene = scene.restart().await;
    scene.look("2027-11-07T06:00:00Z").await;
    scene.look("2027-11-07T06:30:00Z").await;
    scene.check(expect![[r#"
        2027-03-13T12:00:00Z; next 2027-03-14 02:30 = 2027-03-14T07:00:00Z
        2027-03-14T06:59:59Z; next 2027-03-14 02:30 = 2027-03-14T07:00:00Z
        2027-03-14T07:00:00Z; 2027-03-14 02:30 begins: 2 people; next 2027-03-15 02:30 = 2027-03-15T06:30:00Z
        2027-03-14T07:30:00Z; next 2027-03-15 02:30 = 2027-03-15T06:30:00Z
        2027-10-31T06:00:00Z; next 2027-11-01 01:30 = 2027-11-01T05:30:00Z
        2027-11-07T05:30:00Z; missed 2027-11-01 01:30, 2027-11-02 01:30, 2027-11-03 01:30, 2027-11-04 01:30, 2027-11-05 01:30, 2027-11-06 01:30; 2027-11-07 01:30 begins: 2 people; next 2027-11-08 01:30 = 2027-11-08T06:30:00Z
        2027-11-07T06:00:00Z; next 2027-11-08 01:30 = 2027-11-08T06:30:00Z
        2027-11-07T06:30:00Z; next 2027-11-08 01:30 = 2027-11-08T06:30:00Z
        kept: hello 2027-11-01 01:30 too-late
        kept: hello 2027-11-02 01:30 too-late
        kept: hello 2027-11-03 01:30 too-late
        kept: hello 2027-11-04 01:30 too-late
        kept: hello 2027-11-05 01:30 too-late
        kept: hello 2027-11-06 01:30 too-late
    "#]]).await;
}

#[tokio::test]
async fn a_new_or_an_edited_schedule_makes_up_for_nothing() {
    let mut scene = Scene::new(ROME, "{ cron: \"0 9 * * *\", again: always }").await;
    scene.look("2026-11-24T11:00:00Z").await;
    scene.look("2026-11-25T08:00:00Z").await;
    scene.edit(ROME, "{ cron: \"0 9,11 * * *\", again: always }");
    scene.look("2026-11-25T13:00:00Z").await;
    scene.look("2026-11-26T08:00:30Z").await;
    scene
        .check(expect![[r#"
        2026-11-24T11:00:00Z; next 2026-11-25 09:00 = 2026-11-25T08:00:00Z
        2026-11-25T08:00:00Z; 2026-11-25 09:00 begins: 2 people; next 2026-11-26 09:00 = 2026-11-26T08:00:00Z
        2026-11-25T13:00:00Z; next 2026-11-26 09:00 = 2026-11-26T08:00:00Z
        2026-11-26T08:00:30Z; 2026-11-26 09:00 begins: 2 people; next 2026-11-26 11:00 = 2026-11-26T10:00:00Z
    "#]])
        .await;
}

#[tokio::test]
async fn it_begins_on_its_first_day_and_ends_with_its_last() {
    let mut scene = Scene::new(
        ROME,
        "{ cron: \"0 9 * * *\", again: always, from: 2026-12-01, until: 2026-12-02 }",
    )
    .await;
    scene.look("2026-11-24T11:00:00Z").await;
    scene.look("2026-12-01T08:00:00Z").await;
    scene.look("2026-12-01T08:00:01Z").await;
    scene.look("2026-12-02T10:00:00Z").await;
    scene.look("2026-12-02T10:00:01Z").await;
    scene.look("2027-12-02T10:00:00Z").await;
    scene
        .check(expect![[r#"
        2026-11-24T11:00:00Z; next 2026-12-01 09:00 = 2026-12-01T08:00:00Z
        2026-12-01T08:00:00Z; 2026-12-01 09:00 begins: 2 people; next 2026-12-02 09:00 = 2026-12-02T08:00:00Z
        2026-12-01T08:00:01Z; next 2026-12-02 09:00 = 2026-12-02T08:00:00Z
        2026-12-02T10:00:00Z; 2026-12-02 09:00 begins: 2 people
        2026-12-02T10:00:01Z
        2027-12-02T10:00:00Z
    "#]])
        .await;
}

#[tokio::test]
async fn a_clock_that_was_ahead_for_a_while_holds_nothing_up() {
    let mut scene = Scene::new(ROME, "{ cron: \"0 9 * * MON\", again: always, late: 2 hours }").await;
    scene.look("2026-11-24T11:00:00Z").await;
    scene.look("2026-12-09T11:00:00Z").await;
    scene.look("2026-11-24T11:05:00Z").await;
    scene.look("2026-11-30T08:00:00Z").await;
    scene.look("2026-12-07T11:00:00Z").await;
    scene.check(expect![[r#"
        2026-11-24T11:00:00Z; next 2026-11-30 09:00 = 2026-11-30T08:00:00Z
        2026-12-09T11:00:00Z; missed 2026-11-30 09:00, 2026-12-07 09:00; next 2026-12-14 09:00 = 2026-12-14T08:00:00Z
        2026-11-24T11:05:00Z; next 2026-11-30 09:00 = 2026-11-30T08:00:00Z
        2026-11-30T08:00:00Z; 2026-11-30 09:00 begins: 2 people; next 2026-12-07 09:00 = 2026-12-07T08:00:00Z
        2026-12-07T11:00:00Z; missed 2026-12-07 09:00; next 2026-12-14 09:00 = 2026-12-14T08:00:00Z
        kept: hello 2026-12-07 09:00 too-late
    "#]]).await;
}

#[tokio::test]
async fn who_entered_enters_again_as_it_says() {
    for (again, expected) in [
        (
            "never",
            expect![[r#"
            2026-11-24T11:00:00Z; next 2026-11-30 09:00 = 2026-11-30T08:00:00Z
            2026-11-30T10:00:00Z; 2026-11-30 09:00 begins: 2 people; next 2026-12-07 09:00 = 2026-12-07T08:00:00Z
            2026-12-07T08:00:00Z; 2026-12-07 09:00 begins: 1 people, 2 entered-before; next 2026-12-14 09:00 = 2026-12-14T08:00:00Z
            2026-12-14T08:00:00Z; 2026-12-14 09:00 does not begin: nobody to send to: every row of the lists is left out; next 2026-12-21 09:00 = 2026-12-21T08:00:00Z
            kept: hello 2026-12-14 09:00 nobody
        "#]],
        ),
        (
            "always",
            expect![[r#"
            2026-11-24T11:00:00Z; next 2026-11-30 09:00 = 2026-11-30T08:00:00Z
            2026-11-30T10:00:00Z; 2026-11-30 09:00 begins: 2 people; next 2026-12-07 09:00 = 2026-12-07T08:00:00Z
            2026-12-07T08:00:00Z; 2026-12-07 09:00 begins: 3 people; next 2026-12-14 09:00 = 2026-12-14T08:00:00Z
            2026-12-14T08:00:00Z; 2026-12-14 09:00 begins: 3 people; next 2026-12-21 09:00 = 2026-12-21T08:00:00Z
        "#]],
        ),
        (
            "after 7 days",
            expect![[r#"
            2026-11-24T11:00:00Z; next 2026-11-30 09:00 = 2026-11-30T08:00:00Z
            2026-11-30T10:00:00Z; 2026-11-30 09:00 begins: 2 people; next 2026-12-07 09:00 = 2026-12-07T08:00:00Z
            2026-12-07T08:00:00Z; 2026-12-07 09:00 begins: 3 people; next 2026-12-14 09:00 = 2026-12-14T08:00:00Z
            2026-12-14T08:00:00Z; 2026-12-14 09:00 begins: 3 people; next 2026-12-21 09:00 = 2026-12-21T08:00:00Z
        "#]],
        ),
        (
            "after 8 days",
            expect![[r#"
            2026-11-24T11:00:00Z; next 2026-11-30 09:00 = 2026-11-30T08:00:00Z
            2026-11-30T10:00:00Z; 2026-11-30 09:00 begins: 2 people; next 2026-12-07 09:00 = 2026-12-07T08:00:00Z
            2026-12-07T08:00:00Z; 2026-12-07 09:00 begins: 1 people, 2 entered-before; next 2026-12-14 09:00 = 2026-12-14T08:00:00Z
            2026-12-14T08:00:00Z; 2026-12-14 09:00 begins: 2 people, 1 entered-before; next 2026-12-21 09:00 = 2026-12-21T08:00:00Z
        "#]],
        ),
    ] {
        let mut scene = Scene::new(ROME, &format!("{{ cron: \"0 9 * * MON\", again: {again} }}")).await;
        scene.look("2026-11-24T11:00:00Z").await;
        // It began late, which does not count.
        scene.look("2026-11-30T10:00:00Z").await;
        scene.list(3);
        scene.look("2026-12-07T08:00:00Z").await;
        let mut scene = scene.restart().await;
        scene.look("2026-12-14T08:00:00Z").await;
        scene.check(expected).await;
    }
}

#[tokio::test]
async fn who_is_still_inside_never_enters_and_who_was_cancelled_before_a_text_did_not() {
    let mut scene = Scene::new(ROME, "{ cron: \"0 9 * * MON\", again: always }").await;
    scene.look("2026-11-24T11:00:00Z").await;
    let first = scene.begin("2026-11-30T08:00:00Z").await.expect("due");
    scene.list(3);
    scene.look("2026-12-07T08:00:00Z").await;
    scene
        .end(first, LaunchState::Cancelled, "2026-12-07T09:00:00Z")
        .await;
    scene.edit(ROME, "{ cron: \"0 9 * * MON\", again: never }");
    scene.look("2026-12-14T08:00:00Z").await;
    scene.check(expect![[r#"
        2026-11-24T11:00:00Z; next 2026-11-30 09:00 = 2026-11-30T08:00:00Z
        2026-11-30T08:00:00Z; 2026-11-30 09:00 begins: 2 people; next 2026-12-07 09:00 = 2026-12-07T08:00:00Z
        2026-12-07T08:00:00Z; 2026-12-07 09:00 begins: 1 people, 2 still-inside; next 2026-12-14 09:00 = 2026-12-14T08:00:00Z
        2026-12-14T08:00:00Z; 2026-12-14 09:00 begins: 2 people, 1 entered-before; next 2026-12-21 09:00 = 2026-12-21T08:00:00Z
    "#]]).await;
}

#[test]
fn on_the_recipients_clocks_a_tick_begins_with_the_first_of_them() {
    let text = "audience: people.csv\npurpose: service\nreplies: none\ntimezone: Europe/Rome\n\
                schedule: { cron: \"30 2 * * SUN\", clock: recipient, late: 2 hours }\nmessage: Hello\n";
    let revision = campaign(text);
    let campaign = &revision.campaign;
    let mut told = String::new();
    for tick in ticks(campaign, at("2026-10-20T00:00:00Z")).take(2) {
        let _ = writeln!(
            told,
            "{} from {} up to {}",
            occurrence(tick),
            tick.at,
            latest(campaign, tick)
        );
        let entry = Entry::of(campaign, tick.at);
        for zone in ["Pacific/Kiritimati", "Europe/Rome", "America/Los_Angeles"] {
            let class = TimeClass::parse(zone).expect("a zone");
            let _ = writeln!(told, "  {zone} {}", entry.at(Some(&class), 0));
        }
    }
    expect![[r#"
        2026-10-25 02:30 from 2026-10-24 12:30:00 UTC up to 2026-10-25 16:30:00 UTC
          Pacific/Kiritimati 2026-10-24 12:30:00 UTC
          Europe/Rome 2026-10-25 00:30:00 UTC
          America/Los_Angeles 2026-10-25 09:30:00 UTC
        2026-11-01 02:30 from 2026-10-31 12:30:00 UTC up to 2026-11-01 16:30:00 UTC
          Pacific/Kiritimati 2026-10-31 12:30:00 UTC
          Europe/Rome 2026-11-01 01:30:00 UTC
          America/Los_Angeles 2026-11-01 10:30:00 UTC
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_tick_in_the_gap_of_a_clock_change_is_shown_at_its_end() {
    let table = [
        ("Europe/Rome", "campaign", "2027-03-27T00:00:00Z"),
        ("America/New_York", "campaign", "2027-03-13T00:00:00Z"),
        ("Europe/Rome", "campaign", "2026-10-24T00:00:00Z"),
        ("Europe/Rome", "recipient", "2027-03-27T00:00:00Z"),
    ];
    let shown = table.map(|(zone, clock, since)| {
        let schedule = format!("{{ cron: \"30 2 * * SUN\", again: always, clock: {clock} }}");
        let (_, revision) = written(zone, &schedule);
        let campaign = &revision.campaign;
        let tick = ticks(campaign, at(since)).next().expect("a tick");
        let comes = comes_at(campaign, tick).format("%a %F %R");
        format!("{zone}, {clock}: {comes}, told as {}", told(campaign, tick))
    });
    expect![[r#"
        Europe/Rome, campaign: Sun 2027-03-28 03:00, told as 2027-03-28 02:30 (at 03:00: the clocks change)
        America/New_York, campaign: Sun 2027-03-14 03:00, told as 2027-03-14 02:30 (at 03:00: the clocks change)
        Europe/Rome, campaign: Sun 2026-10-25 02:30, told as 2026-10-25 02:30
        Europe/Rome, recipient: Sun 2027-03-28 02:30, told as 2027-03-28 02:30"#]]
    .assert_eq(&shown.join("\n"));
}

/// All people are in California, eighteen hours behind the first clocks: at 18:00 UTC it is 10:00 there.
#[tokio::test]
async fn on_their_own_clocks_a_tick_is_for_those_to_whom_it_is_still_to_come() {
    let daily = "{ cron: \"0 10 * * *\", clock: recipient, again: always }";
    let mut scene = Scene::new(ROME, daily).await;
    // It is 9 there when the schedule is first looked at, and the tick of that day began for others 21 hours before.
    scene.look("2026-12-03T17:00:00Z").await;
    let inside = scene.begin("2026-12-03T20:00:00Z").await.expect("a launch");
    // Who is to be through by their own next tick is not shut out of it.
    scene.look("2026-12-04T20:00:00Z").await;
    scene.end(inside, LaunchState::Done, "2026-12-04T21:00:00Z").await;
    // Nothing runs for days: one tick is made up, until the next has come for them.
    scene.look("2026-12-08T17:30:00Z").await;
    scene.look("2026-12-08T17:30:01Z").await;
    scene.look("2026-12-11T18:30:00Z").await;
    scene.look("2026-12-11T18:30:01Z").await;
    // The first look is at 11 there: who had that tick before has missed it.
    let mut late = Scene::new(NEW_YORK, daily).await;
    late.look("2026-12-03T19:00:00Z").await;
    late.look("2026-12-03T20:00:00Z").await;
    scene.told += &late.told;
    scene.check(expect![[r#"
        2026-12-03T17:00:00Z; 2026-12-03 10:00 begins: 2 people; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
        2026-12-03T20:00:00Z; 2026-12-04 10:00 begins: 2 people; next 2026-12-05 10:00 = 2026-12-04T20:00:00Z
        2026-12-04T20:00:00Z; 2026-12-05 10:00 begins: 2 people; next 2026-12-06 10:00 = 2026-12-05T20:00:00Z
        2026-12-08T17:30:00Z; missed 2026-12-06 10:00; 2026-12-07 10:00 begins: 2 people; next 2026-12-09 10:00 = 2026-12-08T20:00:00Z
        2026-12-08T17:30:01Z; 2026-12-08 10:00 begins: 2 people; next 2026-12-09 10:00 = 2026-12-08T20:00:00Z
        2026-12-11T18:30:00Z; missed 2026-12-09 10:00; 2026-12-10 10:00 is nobody's; next 2026-12-12 10:00 = 2026-12-11T20:00:00Z
        2026-12-11T18:30:01Z; 2026-12-11 10:00 begins: 2 people; next 2026-12-12 10:00 = 2026-12-11T20:00:00Z
        2026-12-03T19:00:00Z; 2026-12-03 10:00 is nobody's; next 2026-12-04 10:00 = 2026-12-03T20:00:00Z
        2026-12-03T20:00:00Z; 2026-12-04 10:00 begins: 2 people; next 2026-12-05 10:00 = 2026-12-04T20:00:00Z
        kept: hello 2026-12-06 10:00 too-late
        kept: hello 2026-12-09 10:00 too-late
    "#]]).await;
}
