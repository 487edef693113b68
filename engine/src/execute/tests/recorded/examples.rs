//! The example campaigns that this version runs: each of their people's stories passes.

use std::path::Path;

use super::*;
use crate::clock::SimulatedClock;

/// The example projects.
const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../campaigns");

/// A copy of a project with one campaign of it, at a time; none where this version does not run that.
fn example(project: &str, file: &str, start: &str) -> (World, String) {
    let mut world = World::new(0, "message: Hello\n", "");
    let (from, to) = (Path::new(EXAMPLES).join(project), world.path().to_owned());
    let read = |path: &Path| std::fs::read_to_string(path).expect("readable");
    for name in ["test.campaign.yaml", "people.csv"] {
        std::fs::remove_file(to.join(name)).expect("it was there");
    }
    // A provider less to be scripted, and replies only as they are scripted.
    let text = read(&from.join("crier.yaml")).replace("then: [spare], ", "");
    std::fs::write(to.join("crier.yaml"), text).expect("written");
    std::fs::copy(from.join("prices.csv"), to.join("prices.csv")).expect("copied");
    std::fs::create_dir(to.join("lists")).expect("made");
    for list in std::fs::read_dir(from.join("lists")).expect("there") {
        let list = list.expect("readable").path();
        let name = list.file_name().expect("a file");
        std::fs::copy(&list, to.join("lists").join(name)).expect("copied");
    }
    let text = read(&from.join(format!("{file}.campaign.yaml")));
    let own = text.lines().find_map(|line| line.strip_prefix("campaign: "));
    let name = own.unwrap_or(file).to_owned();
    std::fs::write(to.join(format!("{name}.campaign.yaml")), text).expect("written");
    world.clock = Arc::new(SimulatedClock::new(start.parse().expect("an instant")));
    (world, name)
}

/// Lives an example, and records everybody; how many.
async fn live_example(
    (project, file, start): (&str, &str, &str),
    words: &'static [&'static str],
    begin: impl FnOnce(&World, &Scripted),
) -> usize {
    let (world, name) = example(project, file, start);
    let end = world.clock.now() + TimeDelta::days(20);
    let provider = answering(&world, &Life { words, seed: 7 });
    begin(&world, &provider);
    let mut over = event(0, "over", 8, &[]);
    over.at = end;
    provider.also_happens(&world, over);
    live(&world, &name, &provider, end).await;
    check_all(&world, &name, &provider).await
}

#[tokio::test]
async fn examples_of_the_square() {
    let words: &[&str] = &["Is there parking?", "STOP", "alto", "help", "Gracias"];
    let mut all = vec![];
    for file in ["hello", "concert", "library-closed"] {
        all.push(live_example((".", file, "2026-11-25T15:00:00Z"), words, |_, _| {}).await);
    }
    assert!(all.iter().all(|people| *people >= 5), "{all:?}");
}

#[tokio::test]
async fn examples_of_the_town_that_go_to_lists() {
    let storm = ("town", "storm-alert", "2027-01-10T21:00:00Z");
    assert!(live_example(storm, &[], |_, _| {}).await > 10);
    let survey = ("town", "survey", "2027-03-14T12:00:00Z");
    let words: &[&str] = &["9", "3", "10 grazie", "the music", "si", "no", "STOP", "eleven"];
    assert!(live_example(survey, words, |_, _| {}).await > 10);
    let volunteers = ("town", "volunteers", "2027-01-20T12:00:00Z");
    let words: &[&str] = &[
        "yes",
        "VAN",
        "no",
        "3",
        "where is it?",
        "I am sick",
        "STOP",
        "HELP",
    ];
    assert!(live_example(volunteers, words, |_, _| {}).await > 5);
    let birthday = ("town", "birthday", "2026-09-28T00:00:00Z");
    assert!(live_example(birthday, &["grazie", "basta"], |_, _| {}).await > 0);
}

#[tokio::test]
async fn examples_of_the_town_that_people_enter_one_at_a_time() {
    let newsletter = ("town", "newsletter", "2026-11-25T15:00:00Z");
    let words: &[&str] = &["YES", "no", "perhaps", "music", "2", "leave", "stop"];
    let join = |world: &World, provider: &Scripted| {
        for n in 0..30 {
            let said = Inbound::Text {
                id: format!("join-{n}"),
                from: number(&phone(n)),
                sender: "square".to_owned(),
                text: "Join".to_owned(),
                part: None,
            };
            provider.say(
                world.clock.now() + TimeDelta::minutes(3 * i64::try_from(n).expect("small")),
                said,
            );
        }
    };
    assert!(live_example(newsletter, words, join).await > 10);
    let appointment = ("town", "appointment", "2026-11-30T15:00:00Z");
    let words: &[&str] = &["1", "2", "confirm", "which doctor?", "stop"];
    let booked = |world: &World, provider: &Scripted| {
        let list = std::fs::read_to_string(world.path().join("lists/appointments.csv")).expect("readable");
        let mut rows = list.lines().map(|row| row.split(',').collect::<Vec<_>>());
        let names = rows.next().expect("a header");
        for (n, row) in (1..).zip(rows) {
            let fields: Vec<(&str, &str)> = names.iter().copied().zip(row.iter().copied()).collect();
            let mut booked = event(0, "appointment-booked", 0, &fields[1..]);
            booked.phone = number(row[0]);
            booked.at = world.clock.now() + TimeDelta::minutes(n);
            provider.also_happens(world, booked);
        }
    };
    assert!(live_example(appointment, words, booked).await > 10);
}
