//! The words of stored lists that a person sends, and the yes to the question of one.

use std::collections::BTreeSet;

use dsl::campaign::{Schedule, Trigger};
use dsl::project::OptIn;

use super::{Asked, Happened, Stage, Starts};
use crate::advance::{Change, is_loop};
use crate::left_out::LeftOut;
use crate::opt_in::{ListDeed, Written, of_heard};

impl Stage {
    /// The passage begins when the person joins the list of the trigger by that word, not by itself; where it is no such word
    /// nothing changes.
    pub fn joins_by(&mut self, text: &str) {
        let campaign = &self.revision.campaign;
        let Schedule::Trigger(Trigger::Joins(list)) = &campaign.schedule else {
            return;
        };
        let word = dsl::reply::tokens(text);
        let mut own = campaign.opt_ins.iter().filter(|own| own.list == *list);
        if own.any(|own| dsl::reply::tokens(&own.keyword) == word) {
            self.starts = Starts::never();
        }
    }

    /// Whether a text is the word of a list or the yes to its question, and what comes of that.
    pub(super) fn hear_list(&mut self, text: &str) -> bool {
        let campaign = &self.revision.campaign;
        let heard: Vec<&OptIn> = campaign.opt_ins.iter().collect();
        let within = campaign.replies_within;
        let recent = self.asked.iter().filter(|(_, at)| self.now - *at <= within);
        let asked: Vec<Asked> = recent.map(|(asked, _)| asked.clone()).collect();
        let written = Written {
            sender: &campaign.sender,
            text,
            language: campaign.languages[usize::from(self.cast.member.language)].as_str(),
            last: self.person.sent.first().map(String::as_str),
        };
        let Some((deed, answer)) = of_heard(&heard, &campaign.answers, &asked, &written) else {
            return false;
        };
        let joined = match deed {
            ListDeed::Ask { list, said } => {
                self.asked.push((Asked { list, said }, self.now));
                None
            }
            ListDeed::Join { list, .. } => {
                self.asked.retain(|(asked, _)| asked.list != list);
                Some(list)
            }
        };
        // Who says so again gets texts again.
        if joined.is_some() && std::mem::take(&mut self.opted_out) {
            self.note(Happened::OptedIn);
        }
        if answer.is_some() && is_loop(&self.person, self.now) {
            let (what, reason) = (Some("opt-in".to_owned()), LeftOut::TooManyAnswers);
            self.note(Happened::Skipped { what, reason });
        } else if let Some(text) = answer {
            let (parts, now) = (sms::parts::measure(&text).part_count, self.now);
            self.know(|known| known.answers.push(now));
            self.answered_by("opt-in", text, parts);
        }
        if let Some(list) = joined.filter(|list| self.is_joined(list) != Some(true)) {
            self.join(list);
        }
        true
    }

    /// Who opts out is on no list any more.
    pub(super) fn leave_all(&mut self) {
        let joins = self.log.iter().filter_map(|entry| match &entry.what {
            Happened::Changed(Change::Join(list)) => Some(list.clone()),
            _ => None,
        });
        let joined: BTreeSet<String> = joins.filter(|list| self.is_joined(list) == Some(true)).collect();
        for list in joined {
            self.note(Happened::Changed(Change::Leave(list)));
        }
    }

    fn join(&mut self, list: String) {
        let campaign = &self.revision.campaign;
        let begins = matches!(&campaign.schedule, Schedule::Trigger(Trigger::Joins(own)) if *own == list);
        self.note(Happened::Changed(Change::Join(list)));
        if begins && self.may_enter(None) {
            self.begin(None, None, vec![]);
        }
    }
}
