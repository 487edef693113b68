//! Variants side by side, and the people held out beside them.

use std::fmt::Write;

use expect_test::{Expect, expect};

use super::world::{Does, World, accept, event, phone, scripted};
use crate::compare::compare;
use crate::revision::Revision;
use crate::store::{Access, LaunchRow, NewHappening, Store};

const PEOPLE: u64 = 20;

/// One launch of a campaign in which person 4 answers and person 5 opts out; what happens; and what came of it.
async fn check(campaign: &str, happenings: &[NewHappening], expected: Expect) {
    let world = World::new(PEOPLE, "message: { en: \"unused\" }\n", "");
    world.write_campaign(&format!(
        "schedule: now\npurpose: service\nreplies: office\n{campaign}"
    ));
    let provider = scripted(50, |text, _| match text.to.to_string() {
        to if to == phone(4) => Does::AcceptAndReply("where?"),
        to if to == phone(5) => Does::AcceptAndReply("STOP"),
        _ => accept(),
    });
    provider.will_happen(&world, happenings.to_vec());
    world.run_in_pieces(&provider, None).await;
    let store = world.store(Access::Read).await.expect("opened");
    let launch = store.launches(None).await.expect("launches").remove(0);
    let revision = world.campaign().revision.expect("it runs");
    expected.assert_eq(&told(&store, &launch, &revision).await);
}

async fn told(store: &Store, launch: &LaunchRow, revision: &Revision) -> String {
    let held = store.held_out(launch).await.expect("read");
    let held: Vec<u64> = (0..PEOPLE)
        .filter(|n| held.iter().any(|held| held.phone.to_string() == phone(*n)))
        .collect();
    let mut told = format!("held out {held:?}\n");
    match compare(store, launch, revision).await.expect("compared") {
        None => told.push_str("nothing to compare\n"),
        Some(comparison) => {
            for (name, group) in &comparison.variants {
                let _ = writeln!(told, "{name:?} {group:?}");
            }
            let _ = writeln!(told, "{:?}", comparison.held_out);
        }
    }
    told
}

/// Everybody pays: those of even numbers within a day, the first ten more than 50.
fn paid() -> Vec<NewHappening> {
    let after = |n: u64| if n.is_multiple_of(2) { 3_600 } else { 90_000 };
    (0..PEOPLE)
        .map(|n| {
            event(
                after(n),
                "paid",
                n,
                &[("total", if n < 10 { "60" } else { "40" })],
            )
        })
        .collect()
}

const VARIANTS: &str = "messages:\n  well:\n    variants:\n      calm: { share: 50%, text: \"Well\" }\n      loud: { share: 50%, text: \"Well!\" }\n";

/// The launch is not over before what happens has happened.
const STEPS: &str = "steps: [{ send: well }, { wait: 2 days }, { tag: over }]\n";

#[tokio::test]
async fn variants_and_the_people_held_out_by_the_goal() {
    let audience = "audience: { from: people.csv, holdout: 6 }\n";
    check(
        &format!("{audience}{VARIANTS}{STEPS}goal: {{ when: event(\"paid\"), within: 1 day }}\n"),
        &paid(),
        expect![[r#"
            held out [3, 6, 7, 8, 12, 13]
            "calm" Group { texted: 6, answered: 0, opted_out: 0, reached: 1 }
            "loud" Group { texted: 8, answered: 1, opted_out: 1, reached: 6 }
            Some(HeldOut { people: 6, reached: 3 })
        "#]],
    )
    .await;
    check(
        &format!(
            "{audience}fields: {{ total: {{ type: int, default: \"0\" }} }}\n{STEPS}goal: {{ when: event(\"paid\") && total > 50 }}\nmessages: {{ well: \"Well\" }}\n"
        ),
        &paid(),
        expect![[r#"
            held out [3, 6, 7, 8, 12, 13]
            "" Group { texted: 14, answered: 1, opted_out: 1, reached: 6 }
            Some(HeldOut { people: 6, reached: 4 })
        "#]],
    )
    .await;
    // Nobody who is not texted can do that.
    check(
        &format!("{audience}goal: {{ when: replied() }}\nmessage: \"Well\"\n"),
        &[],
        expect![[r#"
            held out [3, 6, 7, 8, 12, 13]
            nothing to compare
        "#]],
    )
    .await;
}

#[tokio::test]
async fn variants_without_a_goal_and_ways() {
    check(
        &format!("audience: people.csv\n{VARIANTS}{STEPS}"),
        &[],
        expect![[r#"
            held out []
            "calm" Group { texted: 8, answered: 0, opted_out: 0, reached: 0 }
            "loud" Group { texted: 12, answered: 1, opted_out: 1, reached: 0 }
            None
        "#]],
    )
    .await;
    check(
        "audience: people.csv\nsteps:\n  - split:\n      short: { share: 25%, do: [{ send: { text: \"Hi\" } }] }\n      long: { share: 75%, do: [{ send: { text: \"Hello\" } }] }\n",
        &[],
        expect![[r#"
            held out []
            "long" Group { texted: 16, answered: 1, opted_out: 1, reached: 0 }
            "short" Group { texted: 4, answered: 0, opted_out: 0, reached: 0 }
            None
        "#]],
    )
    .await;
}

#[tokio::test]
async fn people_held_out_by_a_trigger_are_counted_from_what_would_have_begun_their_passage() {
    let world = World::new(PEOPLE, "message: { en: \"unused\" }\n", "");
    world.write_lists();
    world.write_campaign(
        "trigger: { event: ordered, key: order, again: always }\nfields: { order: text }\npurpose: service\nreplies: none\n\
         audience: { from: people.csv, holdout: 30% }\ngoal: { when: event(\"paid\"), within: 1 day }\nmessage: Well\n",
    );
    let provider = scripted(50, |_, _| accept());
    // All order after two days; the even ones pay within a day, the others late, and number 3 also another order.
    let ordered = (0..PEOPLE).map(|n| event(172_800, "ordered", n, &[("order", "A")]));
    let late = |n: u64| if n.is_multiple_of(2) { 176_400 } else { 262_800 };
    let paid = (0..PEOPLE).map(|n| event(late(n), "paid", n, &[("order", "A")]));
    let other = [event(176_400, "paid", 3, &[("order", "B")])];
    let mut all: Vec<NewHappening> = ordered.chain(other).chain(paid).collect();
    all.sort_by_key(|one| one.at);
    let end = all.last().expect("some").at + chrono::TimeDelta::days(1);
    all.push(NewHappening {
        at: end,
        ..event(0, "over", 0, &[])
    });
    provider.will_happen(&world, all);
    world.run_open(&provider, None, end).await;
    let store = world.store(Access::Read).await.expect("opened");
    let launch = store.launches(None).await.expect("launches").remove(0);
    let revision = world.campaign().revision.expect("it runs");
    expect![[r#"
        held out [0, 3, 6, 7, 8, 12, 13, 17]
        "" Group { texted: 12, answered: 0, opted_out: 0, reached: 6 }
        Some(HeldOut { people: 8, reached: 4 })
    "#]]
    .assert_eq(&told(&store, &launch, &revision).await);
}
