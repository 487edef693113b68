//! Opt-outs that were heard and are not folded yet. What a text means is known when it is folded, and thousands may be
//! before it; whoever may have opted out gets no text meanwhile, and is folded first.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, RwLock};

use dsl::reply::Words;

use super::Said;
use crate::provider::Inbound;

/// The opt-outs of each number that wait, by the provider's ids. Shared with the requests under way.
#[derive(Default, Clone)]
pub(in crate::execute) struct Stops(Arc<RwLock<HashMap<u64, BTreeSet<String>>>>);

impl Stops {
    /// Keeps in mind who of these may have opted out: by a word of any country or language, or of these. What is heard twice
    /// counts once.
    pub fn hear(&self, said: &Said, words: &Words) {
        for (from, id, text) in texts(said) {
            if words.may_opt_out(text) {
                let mut waiting = self.0.write().expect("no holder of the lock panics");
                waiting.entry(from).or_default().insert(id.to_owned());
            }
        }
    }

    /// Whether the number may have opted out.
    pub fn has(&self, phone: u64) -> bool {
        let waiting = self.0.read().expect("no holder of the lock panics");
        waiting.contains_key(&phone)
    }

    /// Those of these texts that wait here.
    pub fn among(&self, said: &[Said]) -> Vec<(u64, String)> {
        let waiting = self.0.read().expect("no holder of the lock panics");
        let waits =
            |(from, id, _): &(u64, &str, &str)| waiting.get(from).is_some_and(|ids| ids.contains(*id));
        let all = said.iter().flat_map(texts).filter(waits);
        all.map(|(from, id, _)| (from, id.to_owned())).collect()
    }

    /// These are folded.
    pub fn folded(&self, stops: &[(u64, String)]) {
        let mut waiting = self.0.write().expect("no holder of the lock panics");
        for (from, id) in stops {
            let left = waiting.get_mut(from).is_some_and(|ids| {
                ids.remove(id);
                !ids.is_empty()
            });
            if !left {
                waiting.remove(from);
            }
        }
    }
}

/// Whole texts: number, id, words.
fn texts(said: &Said) -> impl Iterator<Item = (u64, &str, &str)> {
    said.inbound.iter().filter_map(|inbound| match inbound {
        Inbound::Text {
            id,
            from,
            text,
            part: None,
            ..
        } => Some((from.as_u64(), id.as_str(), text.as_str())),
        Inbound::Text { .. } | Inbound::Receipt { .. } => None,
    })
}
