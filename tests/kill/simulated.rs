//! A real `crier run` under `kill -9` at random moments, many times over one launch. Afterwards every person is found
//! once, with the totals of an undisturbed run of the same seed, those in doubt excepted and named.

use std::collections::BTreeMap;
use std::time::Duration;

use engine::store::{Access, MessageState, OpenOptions, Store, TextKind};

use crate::chance::{Chance, seed};
use crate::drive::turn;
use crate::project::{self, Folder};
use crate::run::Run;

const PEOPLE: u64 = 3_000;

#[tokio::test(flavor = "multi_thread")]
async fn killed_many_times_over_one_launch_everybody_is_found_once() {
    let _turn = turn().await;
    let seed = seed();
    eprintln!("CRIER_SEED={seed} repeats the moments");
    let undisturbed = Folder::of_people(PEOPLE, "1000/s");
    assert!(undisturbed.run("test.campaign.yaml").status.success());
    let expected = outcomes(&undisturbed).await;

    let killed = Folder::of_people(PEOPLE, "1000/s");
    let mut chance = Chance::of("simulated");
    let mut kills = 0;
    // Until it is through before its moment comes, or enough kills were seen.
    while kills < 8 {
        let moment = chance.between(Duration::from_millis(150), Duration::from_millis(1_050));
        let mut run = Run::start(killed.crier(&["run", "test.campaign.yaml"]));
        if run.ends_within(moment).await {
            break;
        }
        run.kill().await;
        kills += 1;
    }
    assert!(kills >= 3, "seed {seed}: only {kills} kills came in time");
    let last = killed.run("test.campaign.yaml");
    assert!(last.status.success(), "{last:?}");
    let got = outcomes(&killed).await;
    // The end of a run names the first of those in doubt.
    let status = killed.output(&["status", "test"]);
    let status = project::stdout(&status);

    assert_eq!(got.len(), expected.len(), "seed {seed}: people found");
    let mut in_doubt = 0;
    for (phone, outcome) in &got {
        assert_eq!(
            outcome.messages, 1,
            "seed {seed}: {phone} has {} messages",
            outcome.messages
        );
        if outcome.state == MessageState::Unknown {
            in_doubt += 1;
            assert!(
                status.contains(&format!("+{phone}")),
                "seed {seed}: {phone} is in doubt and not named"
            );
            continue;
        }
        outcome.is_of(&expected[phone], &format!("seed {seed}: {phone}"));
    }
    eprintln!("seed {seed}: {kills} kills, {in_doubt} in doubt");
    // A window is a quarter of a second's worth, 250, and at most one is under way at each kill.
    assert!(
        in_doubt <= kills * 250,
        "seed {seed}: {in_doubt} in doubt after {kills} kills"
    );
}

/// What the store says of one person.
#[derive(Debug)]
struct Outcome {
    messages: usize,
    state: MessageState,
    replies: Vec<String>,
    opted_out: bool,
    /// Nobody knows whether an automatic answer arrived, so nobody replied to it.
    answer_in_doubt: bool,
}

impl Outcome {
    /// Asserts that it is what an undisturbed run came to; only replies to an answer in doubt may be missing.
    fn is_of(&self, undisturbed: &Outcome, whose: &str) {
        let most = undisturbed.replies.len();
        let heard = if self.answer_in_doubt {
            self.replies.len().min(most)
        } else {
            most
        };
        assert_eq!(self.replies, undisturbed.replies[..heard], "{whose}");
        assert_eq!(self.state, undisturbed.state, "{whose}");
        assert_eq!(self.opted_out, undisturbed.opted_out, "{whose}");
    }
}

async fn outcomes(folder: &Folder) -> BTreeMap<u64, Outcome> {
    let path = folder.path().join(".crier/crier.db");
    let store = Store::open(
        &path,
        OpenOptions {
            access: Access::Read,
            most_pages: None,
        },
    )
    .await
    .expect("a store");
    let mut outcomes = BTreeMap::new();
    for n in 0..PEOPLE {
        let phone = project::phone(n);
        let story = store.person(phone).await.expect("readable");
        let texts: Vec<_> = story
            .messages
            .iter()
            .filter(|m| m.kind == TextKind::Step)
            .collect();
        let Some(first) = texts.first() else { continue };
        outcomes.insert(
            phone.as_u64(),
            Outcome {
                messages: texts.len(),
                state: first.state,
                replies: story.replies.iter().map(|reply| reply.text.clone()).collect(),
                opted_out: story.suppression.is_some(),
                answer_in_doubt: story
                    .messages
                    .iter()
                    .any(|m| m.kind != TextKind::Step && m.state == MessageState::Unknown),
            },
        );
    }
    outcomes
}
