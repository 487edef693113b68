//! How steps of launches are called: as in the file that a launch went by, whatever the file says by now.

use std::collections::HashMap;

use engine::ids::LaunchId;
use engine::load::from_source;
use engine::revision::Revision;
use engine::store::{LaunchRow, Store};
use engine::story::place_of;

use super::Failure;

/// The revisions of launches, read as they are asked for.
#[derive(Default)]
pub(super) struct Steps(HashMap<LaunchId, Option<std::sync::Arc<Revision>>>);

impl Steps {
    /// Of these launches.
    pub async fn of(store: &Store, launches: impl Iterator<Item = &LaunchRow>) -> Result<Steps, Failure> {
        let mut steps = Steps::default();
        for launch in launches {
            let source = store.revision(&launch.revision).await?;
            let revision = from_source(source).map(|(_, revision)| revision);
            steps.0.insert(launch.id, revision);
        }
        Ok(steps)
    }

    /// What a launch runs; none where its file cannot be read by this version.
    pub fn revision(&self, launch: LaunchId) -> Option<&Revision> {
        self.0.get(&launch)?.as_deref()
    }

    /// What a step is called; its number in the program where its file cannot be read by this version.
    pub fn name(&self, launch: LaunchId, step: u16) -> String {
        let revision = self.0.get(&launch).and_then(Option::as_ref);
        let instructions = revision.map(|revision| &revision.campaign.program.instructions);
        let named = instructions.and_then(|all| all.get(usize::from(step)));
        named.map_or_else(|| format!("instruction {step}"), |one| place_of(&one.step))
    }
}
