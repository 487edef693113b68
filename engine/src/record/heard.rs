//! What was said and what happened in a passage, in order, as far as the campaign goes by it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::Deed;
use dsl::campaign::story::Occurrence;
use dsl::condition::Happening as Asked;

use super::Passage;
use crate::calendar::TimeClass;
use crate::store::{
    Began, ErrandState, Happened, Happening, KeptErrand, KeptReply, MessageState, PersonMessage, TextKind,
};
use crate::trigger::{is_of_another, key_field, key_of};

/// Something that was said, or happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Heard {
    /// The person wrote what begins the passage.
    Says(String),
    /// The person wrote.
    Reply(String),
    /// An event of the API.
    Event(Occurrence),
    /// The text of a step, by its instruction.
    Text(u16, String),
    /// An answer to what the person wrote.
    Answer(String),
    /// A text of that message was delivered; none: the latest text.
    Delivered(Option<String>),
    /// A request was made there, and this was kept of its answer.
    Called(String, Vec<(String, String)>),
}

impl Heard {
    /// Of what has one time the person and the world come first: texts are what comes of it.
    fn rank(&self) -> u8 {
        match self {
            Heard::Says(_) | Heard::Reply(_) | Heard::Event(_) => 0,
            Heard::Answer(_) => 1,
            Heard::Text(..) => 2,
            Heard::Delivered(_) => 3,
            Heard::Called(..) => 4,
        }
    }
}

/// What was heard, and when.
pub(super) type All = Vec<(DateTime<Utc>, Heard)>;

impl Passage {
    /// The texts of the passage, in order. An answer is of the passage that was answered, whichever launch sent it.
    pub(super) fn texts(&self) -> impl Iterator<Item = &PersonMessage> {
        let own = |message: &&PersonMessage| match message.kind {
            TextKind::Step => message.launch == self.launch.id && message.run == self.run,
            TextKind::Answer => {
                let replies = self.known.replies.iter();
                let before = replies.filter(|reply| reply.received_at <= message.sent_at);
                let latest = before.max_by_key(|reply| (reply.received_at, reply.id));
                latest.is_some_and(|reply| self.is_answered(reply))
            }
            TextKind::Desk => false,
        };
        self.known.messages.iter().filter(own)
    }

    /// Whether a reply answers this passage.
    fn is_answered(&self, reply: &KeptReply) -> bool {
        reply.launch == Some(self.launch.id) && reply.run.is_none_or(|own| own == self.run)
    }

    /// All of it, in order.
    pub(super) fn heard(&self, zones: &TimeClass) -> All {
        let mut all = self.opening_words();
        let texts = self.texts().filter_map(|message| {
            let text = message.text.clone()?;
            Some((message.sent_at, said(message, text)))
        });
        all.extend(texts);
        all.extend(self.replies());
        if self.revision.asks.delivered {
            all.extend(self.receipts());
        }
        let until = self.until(&all);
        all.extend(self.events(zones, until));
        all.extend(self.calls());
        all.sort_by_key(|(at, heard)| (*at, heard.rank()));
        all
    }

    fn replies(&self) -> All {
        let began = self.beginning().map(|(beginning, _)| beginning.happening.at);
        // What the person wrote within a passage came behind its first text, whatever the clocks say.
        let first = self.texts().map(|message| message.sent_at).min();
        let own = self.known.replies.iter().filter(|reply| self.is_answered(reply));
        // The word that begins it answers nothing.
        let own = own.filter(|reply| began != Some(reply.received_at));
        let replies = own.map(|reply| {
            let behind = first.map(|first| first + TimeDelta::milliseconds(1));
            let at = behind.map_or(reply.received_at, |behind| reply.received_at.max(behind));
            (at, Heard::Reply(reply.text.clone()))
        });
        replies.collect()
    }

    /// That texts arrived for which a condition asks.
    fn receipts(&self) -> All {
        let texts: Vec<&PersonMessage> = self.texts().collect();
        let delivered = texts.iter().enumerate().filter(|(_, message)| {
            message.state == MessageState::Delivered && self.asks_whether_delivered(message)
        });
        let receipts = delivered.map(|(nth, message)| {
            // What goes in the moment of a receipt goes because of it.
            let at = message.sent_at.max(message.state_at - TimeDelta::milliseconds(1));
            let is_latest = texts[nth + 1..].iter().all(|later| later.sent_at > at);
            let of = self.of_step(message.step).filter(|_| !is_latest);
            (at, Heard::Delivered(of))
        });
        receipts.collect()
    }

    fn asks_whether_delivered(&self, message: &PersonMessage) -> bool {
        let name = self.of_step(message.step);
        let conditions = self.revision.campaign.conditions();
        let mut asked = conditions.flat_map(|condition| condition.happenings());
        message.kind == TextKind::Step
            && asked.any(|asked| matches!(asked, Asked::Delivered(own) if Some(own) == name.as_ref()))
    }

    /// What events it may have heard, from its beginning on, but for those that began another passage.
    fn events(&self, zones: &TimeClass, until: DateTime<Utc>) -> All {
        if !self.revision.asks.events {
            return vec![];
        }
        let begin = self.begin(zones);
        let own = self
            .events
            .iter()
            .filter(|event| event.at <= until && self.is_of_it(event, zones));
        let events = own.filter_map(|event| {
            let Happened::Event(name) = &event.what else {
                return None;
            };
            let fields = event.fields.iter();
            let fields = fields.filter(|(field, _)| self.uses(field) || self.is_key(field));
            let occurrence = Occurrence {
                name: name.clone(),
                fields: fields.cloned().collect(),
            };
            let counts = self.names_event(name) || event.fields.iter().any(|(field, _)| self.uses(field));
            counts.then(|| (event.at.max(begin), Heard::Event(occurrence)))
        });
        events.collect()
    }

    fn is_of_it(&self, event: &Happening, zones: &TimeClass) -> bool {
        let since = match self.beginning() {
            Some((beginning, _)) => event.id > beginning.happening.id,
            None => event.at >= self.entered_at(zones),
        };
        let own = self
            .beginning()
            .and_then(|(beginning, _)| key_of(&self.revision.campaign, &beginning.happening.fields));
        let is_other = is_of_another(&self.revision.campaign, own, &event.fields);
        let began_another = self.known.happened.iter().any(|beginning| {
            beginning.happening.id == event.id
                && matches!(beginning.began, Began::Passage { launch, .. } if launch == self.launch.id)
        });
        since && !is_other && !began_another
    }

    /// Whether a condition asks for that event.
    fn names_event(&self, name: &str) -> bool {
        let conditions = self.revision.campaign.conditions();
        let mut asked = conditions.flat_map(|condition| condition.happenings());
        asked.any(|asked| matches!(asked, Asked::Event(own) if own == name))
    }

    fn uses(&self, field: &str) -> bool {
        self.revision.variables.iter().any(|own| own == field)
    }

    fn is_key(&self, field: &str) -> bool {
        key_field(&self.revision.campaign) == Some(field)
    }

    /// Until when what happens concerns the passage: while it waits, until its end where that is kept, else to the last word.
    fn until(&self, said: &All) -> DateTime<Utc> {
        let last = said.iter().map(|(at, _)| *at).max();
        let ends = self.known.ends.iter().map(|(launch, _, at)| (*launch, *at));
        let goals = self.known.goals.iter().copied();
        let kept = ends.chain(goals).filter(|(launch, _)| *launch == self.launch.id);
        let waits = self
            .known
            .waiting
            .iter()
            .any(|waiting| waiting.launch == self.launch.id);
        match waits {
            true => DateTime::<Utc>::MAX_UTC,
            false => kept.map(|(_, at)| at).chain(last).max().unwrap_or_default(),
        }
    }

    /// The requests of the passage. Of one that nobody waited for it is not known whose it was, where the person had several
    /// passages: then they are told only where something was kept of an answer.
    fn calls(&self) -> All {
        let since = self.since();
        let all = || {
            let own = self.known.errands.iter();
            own.filter(|errand| errand.launch == self.launch.id)
        };
        let own =
            all().filter(|errand| errand.written_at >= since && errand.run.is_none_or(|run| run == self.run));
        let own: Vec<(&KeptErrand, Vec<(String, String)>)> =
            own.map(|errand| (errand, self.kept_of(errand))).collect();
        let is_sure = all().all(|errand| errand.run.is_some()) || self.is_only_passage();
        if !is_sure && own.iter().all(|(_, kept)| kept.is_empty()) {
            return vec![];
        }
        let calls = own.into_iter().filter_map(|(errand, kept)| {
            let (_, url) = errand.what.split_once(' ')?;
            Some((errand.written_at, Heard::Called(url.to_owned(), kept)))
        });
        calls.collect()
    }

    /// What was kept when the answer came.
    fn kept_of(&self, errand: &KeptErrand) -> Vec<(String, String)> {
        let deeds = self.revision.campaign.program.instructions.iter();
        let saves = deeds.filter_map(|instruction| match &instruction.deed {
            Deed::Call(call) => call.save.as_ref(),
            _ => None,
        });
        let saves: Vec<&String> = saves.collect();
        let past = self.known.past.iter().filter_map(|past| {
            let given = (past.given.launch, past.given.at);
            Some((&past.name, past.value.as_ref()?, given))
        });
        let kept = self.known.values.iter();
        let kept = kept.map(|kept| (&kept.field, &kept.value, (kept.launch, kept.at)));
        let is_of_call = |field: &String| saves.contains(&field) && errand.state == ErrandState::Done;
        // Of answers that came in one moment the last stands for all.
        let kept: BTreeMap<&String, &String> = past
            .chain(kept)
            .filter(|(field, _, given)| is_of_call(field) && *given == (errand.launch, errand.at))
            .map(|(field, value, _)| (field, value))
            .collect();
        kept.into_iter()
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect()
    }

    fn is_only_passage(&self) -> bool {
        let texts = self
            .known
            .messages
            .iter()
            .filter(|message| message.launch == self.launch.id);
        let began = self.known.happened.iter().filter(
            |beginning| matches!(beginning.began, Began::Passage { launch, .. } if launch == self.launch.id),
        );
        let other = texts.filter(|message| message.kind == TextKind::Step && message.run != self.run);
        began.count() < 2 && other.count() == 0
    }
}

fn said(message: &PersonMessage, text: String) -> Heard {
    match message.kind {
        TextKind::Step => Heard::Text(message.step, text),
        TextKind::Answer | TextKind::Desk => Heard::Answer(text),
    }
}
