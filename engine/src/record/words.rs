//! The words that began a passage: that of its trigger, or those with which the person joined the list that it is for, and
//! what was answered to them.

use chrono::{DateTime, Utc};
use dsl::campaign::{Schedule, Trigger};
use dsl::project::OptIn;
use dsl::reply::tokens;

use super::Passage;
use super::heard::{All, Heard};
use crate::ids::MessageId;
use crate::store::{Happened, KeptReply, TextKind};

impl Passage {
    /// What was said before it began.
    pub(super) fn opening_words(&self) -> All {
        let Some((beginning, _)) = self.beginning() else {
            return vec![];
        };
        let at = beginning.happening.at;
        match &beginning.happening.what {
            Happened::Wrote(_) | Happened::Started { .. } => self.word(at).into_iter().collect(),
            Happened::Joined(list) => self.joining(list, at),
            Happened::Event(_) => vec![],
        }
    }

    /// The word of the trigger as it was written, else as it is stated: a step of another campaign may have begun it too.
    fn word(&self, at: DateTime<Utc>) -> Option<(DateTime<Utc>, Heard)> {
        let stated = match &self.revision.campaign.schedule {
            Schedule::Trigger(Trigger::Keyword(word)) => Some(word.clone()),
            _ => None,
        };
        let written = self.written_at(at).map(|reply| reply.text.clone());
        Some((at, Heard::Says(written.or(stated)?)))
    }

    fn written_at(&self, at: DateTime<Utc>) -> Option<&KeptReply> {
        self.known.replies.iter().find(|reply| reply.received_at == at)
    }

    /// The word of the list, the question that it asked and the yes to that, and its welcome; nothing where a step put the
    /// person on it.
    fn joining(&self, list: &str, at: DateTime<Utc>) -> All {
        let opt_ins = self.revision.campaign.opt_ins.iter();
        let own: Vec<&OptIn> = opt_ins.filter(|own| own.list == list).collect();
        let is_word = |reply: &&KeptReply| own.iter().any(|own| tokens(&own.keyword) == tokens(&reply.text));
        let before = self.known.replies.iter().filter(|reply| reply.received_at <= at);
        let Some(yes) = self.written_at(at).filter(|_| !own.is_empty()) else {
            return vec![];
        };
        let Some(word) = before.filter(is_word).max_by_key(|reply| reply.received_at) else {
            return vec![];
        };
        let mut all = vec![(word.received_at, Heard::Says(word.text.clone()))];
        if yes.id != word.id {
            all.push((yes.received_at, Heard::Reply(yes.text.clone())));
        }
        let names = || own.iter().flat_map(|own| own.confirm.iter().chain(&own.welcome));
        let is_told = |id: MessageId| self.texts().any(|message| message.id == id);
        let said = self.known.messages.iter().filter(|message| {
            let is_answer = message.kind == TextKind::Answer && message.sent_at >= word.received_at;
            is_answer && !is_told(message.id)
        });
        let said = said.filter_map(|message| Some((message.sent_at, message.text.clone()?)));
        let is_of_list = |text: &str| names().any(|name| self.says(name, text));
        // The question and the welcome: no more of one list.
        let said = said.filter(|(_, text)| is_of_list(text)).take(2);
        all.extend(said.map(|(at, text)| (at, Heard::Answer(text))));
        all
    }

    /// Whether a message of the project says that, in any language.
    pub(super) fn says(&self, name: &str, text: &str) -> bool {
        let texts = self.revision.campaign.answers.get(name);
        texts.is_some_and(|texts| texts.iter().any(|(_, own)| own == text))
    }
}
