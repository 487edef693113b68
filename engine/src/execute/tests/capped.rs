//! Whom `frequency` holds up, as a plan tells it: by what went to people, whichever campaign it was of.

use chrono::TimeDelta;
use expect_test::{Expect, expect};

use super::world::{World, accept, scripted};
use crate::clock::Clock;
use crate::plan::{Barred, Planner};
use crate::store::Access;

/// Of three of four people each got a text at nine, and one of them a second one at eleven.
async fn texted() -> World {
    let world = World::new(4, "purpose: marketing\nmessage: \"News. STOP to opt out\"\n", "");
    let people = std::fs::read_to_string(world.path().join("people.csv")).expect("readable");
    let rows = |n: usize| {
        people
            .lines()
            .take(1 + n)
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    };
    let write = |name: &str, text: &str| std::fs::write(world.path().join(name), text).expect("written");
    write("three.csv", &rows(3));
    write("one.csv", &rows(1));
    for list in ["three", "one"] {
        let text = format!(
            "audience: {list}.csv\nschedule: now\npurpose: marketing\nmessage: \"News. STOP to opt out\"\n"
        );
        write(&format!("{list}.campaign.yaml"), &text);
        let store = std::sync::Arc::new(world.store(Access::Execute).await.expect("opened"));
        let launch = world
            .launch_of(&store, list, crate::launch::Occurrence::Nth(1))
            .await;
        let provider = scripted(50, |_, _| accept());
        let end = world.clock.now() + TimeDelta::hours(2);
        world
            .run_launches(store, vec![(launch, false)], &provider, None, end)
            .await;
        let left = (end - world.clock.now()).to_std().unwrap_or_default();
        world.clock.sleep(left, 0).await;
    }
    world
}

/// What the plan of a campaign says that is made so many hours after the first text.
async fn check(keys: &str, hours: i64, expected: Expect) {
    let world = texted().await;
    world.write_campaign(&format!("audience: people.csv\nreplies: none\n{keys}\n"));
    let store = world.store(Access::Read).await.expect("opened");
    let loaded = world.campaign();
    let (revision, project) = (
        loaded.revision.expect("valid"),
        loaded.project.project.expect("valid"),
    );
    let starts_at = super::world::START
        .parse::<chrono::DateTime<chrono::Utc>>()
        .expect("an instant");
    let now = starts_at + TimeDelta::hours(hours);
    let texted = store.marketing_lately(&revision, now).await.expect("read");
    let barred = Barred {
        texted,
        ..Barred::default()
    };
    let mut planner = Planner::new(revision, &project, world.path(), barred, now).expect("a plan");
    while planner.next_run().expect("a run").is_some() {}
    let capped = planner.finish().expect("a summary").0.capped;
    let goes_at = capped
        .goes_at
        .map(|(first, last)| format!("{} to {}", first.format("%d %H:%M"), last.format("%d %H:%M")));
    expected.assert_eq(&format!(
        "{} later{}, {} missed",
        capped.deferred,
        goes_at.map_or(String::new(), |at| format!(" ({at})")),
        capped.missed
    ));
}

const TEXT: &str = "schedule: now\npurpose: marketing\nmessage: \"Hi. STOP to opt out\"";

#[tokio::test]
async fn a_plan_tells_whom_a_cap_holds_up_and_until_when() {
    let capped = |cap: &str| format!("{TEXT}\nlimits: {{ {cap} }}");
    check(
        &capped("frequency: 1 per 24 hours"),
        5,
        expect!["3 later (26 09:00 to 26 11:00), 0 missed"],
    )
    .await;
    check(
        &capped("frequency: 2 per 24 hours"),
        5,
        expect!["1 later (26 09:00 to 26 09:00), 0 missed"],
    )
    .await;
    check(
        &capped("frequency: 1 per 24 hours"),
        25,
        expect!["1 later (26 11:00 to 26 11:00), 0 missed"],
    )
    .await;
    check(
        &capped("frequency: 1 per 24 hours"),
        60,
        expect!["0 later, 0 missed"],
    )
    .await;
    check(
        &capped("frequency: { most: 1 per 24 hours, over: skip }"),
        5,
        expect!["0 later, 3 missed"],
    )
    .await;
    check(
        &capped("frequency: { most: 1 per 24 hours, over: leave }"),
        5,
        expect!["0 later, 3 missed"],
    )
    .await;
    check(
        &format!(
            "{}\nlimits: {{ frequency: 1 per 24 hours }}",
            TEXT.replace("now", "{ at: now, expires: 3 hours }")
        ),
        5,
        expect!["0 later, 3 missed"],
    )
    .await;
}

/// It is asked of the first text, when that goes; where none comes first, or it is no marketing, nobody is held up.
#[tokio::test]
async fn what_the_caps_hold_up_is_the_first_text_when_it_goes() {
    let steps = |first: &str| {
        format!(
            "schedule: now\npurpose: marketing\nlimits: {{ frequency: 1 per 24 hours }}\n\
             steps: [{first}, {{ send: hi }}]\nmessages: {{ hi: \"Hi. STOP to opt out\" }}"
        )
    };
    check(
        &steps("{ wait: 20 hours }"),
        5,
        expect!["1 later (26 11:00 to 26 11:00), 0 missed"],
    )
    .await;
    check(&steps("{ tag: asked }"), 5, expect!["0 later, 0 missed"]).await;
    let service = "schedule: now\npurpose: service\nmessage: Hi\nlimits: { frequency: 1 per 24 hours }";
    check(service, 5, expect!["0 later, 0 missed"]).await;
}
