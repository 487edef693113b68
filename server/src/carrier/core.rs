//! The carrier itself: decides on each submit, and remembers what it took, what is still to be said of it and what was
//! acknowledged. No sockets, no files, no clock: the time is handed in, what is to be written and what happens on the
//! wire is handed out, and whoever calls does both, in this order.

mod incoming;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use dsl::scalar::Share;
use engine::provider::carrier::wire::{Code, InboundPage, LookUp, LookedUp, Submit};

use super::agenda::{Agenda, Replay, Taken};
use super::answer::{self, Action, Body, Moment};
use super::chance::Draws;
use super::fault::Fault;
use super::known::{Known, Seen};
use super::ledger::{self, Entry, Fate, Line, TextEntry};
use super::planned::planned;
use super::stats::Stats;
use super::switches::{Down, Switches};
use incoming::Incoming;

/// A carrier in memory.
#[derive(Default)]
pub struct Carrier {
    switches: Switches,
    known: Known,
    agenda: Agenda,
    stats: Stats,
    /// Submits since the switches were changed last.
    submits: u64,
    look_ups: u64,
}

/// What a submit leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// Lines for the ledger, which must be written before anything else.
    pub record: String,
    /// Then, what happens on the wire.
    pub action: Action,
}

impl Carrier {
    /// One that never took anything.
    pub fn new(switches: Switches) -> Carrier {
        Carrier {
            switches,
            ..Carrier::default()
        }
    }

    /// One that took what stands in a ledger. What it says of these texts is what it would have said; the switches are
    /// for what comes.
    pub fn restore<E>(
        switches: Switches,
        entries: impl Iterator<Item = Result<Entry, E>>,
    ) -> Result<Carrier, E> {
        let mut carrier = Carrier::default();
        let mut replay = Replay::default();
        let mut run = 0;
        for entry in entries {
            match entry? {
                Entry::Started(_, then) => {
                    run += 1;
                    carrier.switches = *then;
                }
                Entry::Switched(_, then) => carrier.switches = *then,
                Entry::Text(text) => carrier.recall(&text, &mut replay),
                Entry::Acknowledged(_, items) => replay.acknowledge(&items),
            }
        }
        carrier.agenda = replay.agenda(run);
        carrier.switches = switches;
        Ok(carrier)
    }

    /// The first line of this run.
    pub fn start(&self, now: DateTime<Utc>) -> String {
        recorded(now, &Line::Started(&self.switches))
    }

    /// What it does to whom.
    pub fn switches(&self) -> &Switches {
        &self.switches
    }

    /// Changes what it does to whom from now on; gives the line for the ledger.
    pub fn switch(&mut self, switches: Switches, now: DateTime<Utc>) -> String {
        self.switches = switches;
        self.submits = 0;
        recorded(now, &Line::Switched(&self.switches))
    }

    /// Texts are submitted.
    pub fn submit(&mut self, request: &Submit, now: DateTime<Utc>) -> Reaction {
        self.stats.requests += 1;
        let unrecorded = |action| Reaction {
            record: String::new(),
            action,
        };
        if let Some(action) = self.down() {
            return unrecorded(action);
        }
        let texts = match incoming::texts(request) {
            Ok(texts) => texts,
            Err(reason) => return unrecorded(Action::refuse(400, Code::Content, reason)),
        };
        let draws = self.draws(&texts);
        let fault = self.fault(&draws);
        let (record, fates) = self.enter(&texts, fault, now);
        let moment = Moment {
            switches: &self.switches,
            draws: &draws,
            now,
        };
        let action = answer::to_submit(&moment, fault, &fates);
        Reaction { record, action }
    }

    /// Asks which of these it has.
    pub fn look_up(&mut self, request: &LookUp) -> Action {
        self.look_ups += 1;
        if let Some(action) = self.down() {
            return action;
        }
        if !self.switches.look_up {
            return Action::refuse(404, Code::Internal, "this carrier cannot be asked");
        }
        let draws = Draws::of(self.switches.seed, "look-up", &[&self.look_ups.to_le_bytes()]);
        if draws.hits(0, self.switches.look_up_fails) {
            return Action::refuse(503, Code::Internal, "the look-up fails");
        }
        let known = request
            .references
            .iter()
            .filter(|reference| self.known.has(reference));
        let known = known.cloned().collect();
        Action::now(200, Body::LookedUp(LookedUp { known }))
    }

    /// Receipts and replies that are due and not acknowledged, at most so many.
    pub fn inbound(&mut self, limit: usize, now: DateTime<Utc>) -> InboundPage {
        self.agenda.page(limit, now)
    }

    /// The client keeps everything up to a mark; gives the line for the ledger, nothing where there was nothing.
    pub fn acknowledge(&mut self, mark: u64, now: DateTime<Utc>) -> String {
        let kept = self.agenda.acknowledge(mark);
        if kept.is_empty() {
            return String::new();
        }
        recorded(now, &Line::Acknowledged(&kept))
    }

    /// What happens to every request while nothing is taken; none: business as usual.
    pub fn down(&self) -> Option<Action> {
        match self.switches.down {
            Down::No => None,
            Down::Answers503 => Some(Action::refuse(503, Code::Internal, "down for maintenance")),
            Down::Close => Some(Action::Reset(std::time::Duration::ZERO)),
        }
    }

    /// What it counted.
    pub fn stats(&self) -> Stats {
        let inbound = self.agenda.count();
        Stats {
            inbound_pending: inbound.pending,
            inbound_acknowledged: inbound.acknowledged,
            ..self.stats.clone()
        }
    }

    fn draws(&self, texts: &[Incoming]) -> Draws {
        // A request is known by its first text; tried again, it has another chance.
        let first = texts.first().map_or("", |text| text.reference);
        let attempts = self.known.seen(first).attempts;
        Draws::of(self.switches.seed, "request", &[first.as_bytes(), &[attempts]])
    }

    fn fault(&mut self, draws: &Draws) -> Option<Fault> {
        self.submits += 1;
        let over = self.switches.first > 0 && self.submits > self.switches.first;
        if over {
            return None;
        }
        draws.one_of(answer::FAULT, &self.switches.faults())
    }

    /// Judges each text and enters it into the books.
    fn enter<'a>(
        &mut self,
        texts: &[Incoming<'a>],
        fault: Option<Fault>,
        now: DateTime<Utc>,
    ) -> (String, Vec<(&'a str, Fate)>) {
        let mut record = String::with_capacity(texts.len() * 128);
        let mut fates = Vec::with_capacity(texts.len());
        for text in texts {
            let seen = self.known.attempt(text.reference);
            let fate = fault
                .and_then(Fault::fate)
                .unwrap_or_else(|| self.judge(text, seen));
            ledger::write(&mut record, now, &text.line(fate, fault));
            self.count(text.reference, fate, fault);
            if fate == Fate::Taken {
                let planned = planned(&self.switches, text.to.as_u64(), text.text_hash);
                self.agenda
                    .add(&text.taken(now), &planned, &self.switches.reply_text);
            }
            fates.push((text.reference, fate));
        }
        (record, fates)
    }

    /// What becomes of a text by itself.
    fn judge(&self, text: &Incoming, seen: Seen) -> Fate {
        if self.switches.refuse_duplicate_ref && seen.taken > 0 {
            return Fate::Refused(Code::DuplicateReference);
        }
        let refused = self
            .refused_for_ever(text)
            .or_else(|| self.refused_now(text, seen));
        refused.map_or(Fate::Taken, Fate::Refused)
    }

    fn refused_for_ever(&self, text: &Incoming) -> Option<Code> {
        let switches = &self.switches;
        if self.hits(switches.sender_barred, "sender-barred", &[text.sender.as_bytes()]) {
            return Some(Code::SenderBarred);
        }
        let recipients = [
            (Code::UnknownNumber, switches.unknown_number),
            (Code::Landline, switches.landline),
            (Code::OptedOut, switches.opted_out),
        ];
        if recipients.iter().all(|(_, share)| share.0 <= 0.0) {
            return None;
        }
        let to = text.to.as_u64().to_le_bytes();
        Draws::of(switches.seed, "recipient", &[&to]).one_of(0, &recipients)
    }

    fn refused_now(&self, text: &Incoming, seen: Seen) -> Option<Code> {
        let (reference, attempt) = (text.reference.as_bytes(), [seen.attempts]);
        if self.hits(self.switches.unreachable, "unreachable", &[reference, &attempt]) {
            return Some(Code::Unreachable);
        }
        let (to, hash) = (text.to.as_u64().to_le_bytes(), text.text_hash.to_le_bytes());
        self.hits(self.switches.content, "content", &[&to, &hash])
            .then_some(Code::Content)
    }

    fn hits(&self, share: Share, question: &str, parts: &[&[u8]]) -> bool {
        // Most shares are nothing, and a hash is most of the work.
        share.0 > 0.0 && Draws::of(self.switches.seed, question, parts).hits(0, share)
    }

    fn count(&mut self, reference: &str, fate: Fate, fault: Option<Fault>) {
        self.stats.text(fate, fault);
        if fate == Fate::Taken && self.known.take(reference) > 0 {
            self.stats.duplicates += 1;
        }
    }

    /// A text of the ledger.
    fn recall(&mut self, text: &TextEntry, replay: &mut Replay) {
        self.known.attempt(&text.reference);
        self.count(&text.reference, text.fate, text.fault);
        if text.fate == Fate::Taken {
            let planned = planned(&self.switches, text.to.as_u64(), text.text_hash);
            let taken = Taken {
                reference: &text.reference,
                to: text.to,
                sender: &text.sender,
                at: text.at,
            };
            replay.add(&taken, &planned, &self.switches.reply_text);
        }
    }
}

fn recorded(now: DateTime<Utc>, line: &Line) -> String {
    let mut record = String::new();
    ledger::write(&mut record, now, line);
    record
}
