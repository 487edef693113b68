//! The words of stored lists among the texts that people send: whom they are from does not matter.

use chrono::{DateTime, Utc};

use super::fold::Folder;
use super::words::Words;
use crate::advance::{AnswerOf, Effect, Facts, is_loop};
use crate::opt_in::{ListDeed, Written, of_text};
use crate::revision::Revision;
use crate::store::{SentTo, StoreError};

impl Folder {
    /// What a text does about a stored list, and what else: the word of a list, or a yes to its question.
    pub(super) async fn of_list(
        &self,
        revision: &Revision,
        sent: Option<SentTo>,
        (words, text): (&Words<'_>, &str),
        facts: Facts<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<(ListDeed, Vec<Effect>)>, StoreError> {
        if self.project.opt_ins.is_empty() {
            return Ok(None);
        }
        let spoken = sent.and_then(|sent| revision.campaign.languages.get(usize::from(sent.language)));
        let language = spoken.or(facts.reads).or(self.project.languages.first());
        let since = words.at - self.project.replies_within;
        let asked = self.store.asked(words.from, since).await?;
        let written = Written {
            sender: &words.sender,
            text,
            language: language.map_or("en", |language| language.as_str()),
            last: facts.known.sent.first().map(String::as_str),
        };
        let Some((deed, answer)) = of_text(&self.project, &asked, &written) else {
            return Ok(None);
        };
        let mut effects = vec![];
        // Who says so again gets texts again.
        if facts.opted_out && matches!(deed, ListDeed::Join { .. }) {
            effects.push(Effect::Allow);
        }
        if !is_loop(facts.known, now) {
            effects.extend(answer.map(|text| Effect::Answer {
                text,
                of: AnswerOf::OptIn,
                sender: None,
            }));
        }
        Ok(Some((deed, effects)))
    }
}
