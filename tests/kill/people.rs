//! What the store says of every person of a town.

use std::sync::Arc;

use engine::store::{MessageState, PersonStory, Store, StoreError};
use futures_util::{StreamExt, TryStreamExt};

use crate::project::phone;
use crate::town::Town;

/// People who are asked about at once: readers that always have somebody to read do not sleep in between.
const AT_ONCE: usize = 32;

/// The stories of all, in the order of their numbers in the list.
pub async fn stories(town: &Town) -> (Arc<Store>, Vec<PersonStory>) {
    let store = Arc::new(town.store().await);
    let asked = futures_util::stream::iter(0..town.people).map(|n| store.person(phone(n)));
    let stories: Result<Vec<PersonStory>, StoreError> = asked.buffered(AT_ONCE).try_collect().await;
    let stories = stories.expect("readable");
    (store, stories)
}

/// The states of some people's messages, watched while it runs: they only rise.
#[derive(Default)]
pub struct Watch {
    last: Vec<(u64, i64, MessageState)>,
}

/// People who are watched.
const WATCHED: u64 = 24;

impl Watch {
    /// Looks, and compares with the last time.
    pub async fn look(&mut self, town: &Town) {
        if !town.store_path().exists() {
            return;
        }
        let store = town.store().await;
        let step = (town.people / WATCHED).max(1);
        let mut now = vec![];
        for n in (0..town.people).step_by(usize::try_from(step).expect("few")) {
            let story = store.person(phone(n)).await.expect("readable");
            now.extend(story.messages.iter().map(|m| (n, m.id.0, m.state)));
        }
        for (n, id, before) in &self.last {
            let found = now.iter().find(|(_, other, _)| other == id);
            let (_, _, state) = found.unwrap_or_else(|| panic!("I7: message {id} of person {n} is gone"));
            // Who asks the provider may find that it was not taken after all.
            let settled = (*before, *state) == (MessageState::Unknown, MessageState::Attempting);
            assert!(
                settled || state >= before,
                "I7: message {id} of person {n} went from {before:?} back to {state:?}"
            );
        }
        self.last = now;
    }
}
