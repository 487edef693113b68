//! What came back and is on its way: said by a provider, kept in the inbox, folded. Receipts of texts that went out
//! together come scattered over some seconds: folded one poll at a time they would write every page of these messages
//! anew each time. So what is kept is gathered for a while; replies are not.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use dsl::reply::Words;

use super::parts::Parts;
use super::stops::Stops;
use super::texts::Texts;
use crate::provider::Inbound;

/// Receipts are folded at the latest after this, while texts go out.
const FOLD_WITHIN: Duration = Duration::from_secs(1);
/// Who was in the middle of something is asked about again after this.
const AGAIN_AFTER: Duration = Duration::from_millis(100);
/// So many are folded at once.
const FOLD_AT: usize = 65_536;
/// People's texts of one batch: who writes meanwhile waits for no more than these.
const TEXTS: usize = 256;
/// Receipts that take the memory of a text.
const A_TEXT: usize = 4;

/// What a provider said, and when it came.
pub(in crate::execute) struct Said {
    pub provider: Arc<str>,
    pub at: DateTime<Utc>,
    pub inbound: Vec<Inbound>,
    /// To be acknowledged once it is kept.
    pub mark: u64,
    /// A text that was in the way of a turn: others of the same person may have overtaken it.
    pub is_again: bool,
}

/// What is folded together.
pub(in crate::execute) struct Batch {
    pub said: Vec<Said>,
    /// The last entry of the inbox that is folded with it; none when some of that is still to be folded.
    pub up_to: Option<i64>,
}

/// All that came back and is not folded yet.
#[derive(Default)]
pub(in crate::execute) struct Incoming {
    /// Not kept yet.
    said: Vec<Said>,
    /// Something is being kept, since when the first of it came.
    keeping: Option<DateTime<Utc>>,
    /// In the inbox, and in memory until they are folded.
    receipts: Vec<Said>,
    /// The same of people's texts.
    texts: Texts,
    /// Who of those that wrote may have opted out.
    pub stops: Stops,
    /// The words that opt out, in all countries and languages and in what is executed.
    words: Option<Words>,
    /// Parts of long texts that wait for the others.
    parts: Parts,
    /// Parts were given up here and are for the next process: nothing leaves the inbox any more.
    leaves_parts: bool,
    /// Texts of people whose turn has come: they are folded when that is recorded, not before this.
    postponed: Vec<Said>,
    postponed_to: Duration,
    /// The last entry of the inbox that holds any of it.
    up_to: i64,
    /// When the first of it was kept.
    kept_since: Option<Duration>,
    /// One batch after the other, since what a reply means depends on those before it: when the first of it came.
    folding: Option<DateTime<Utc>>,
    /// The opt-outs of that batch.
    folding_stops: Vec<(u64, String)>,
}

impl Incoming {
    /// Whether nothing is on its way.
    pub fn is_empty(&self) -> bool {
        self.said.is_empty()
            && self.parts.next_at().is_none()
            && self.postponed.is_empty()
            && self.kept_since.is_none()
            && self.keeping.is_none()
            && self.folding.is_none()
    }

    /// When the first of what is on its way came; long ago where parts of a text wait for the others.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        if self.waits_for_parts() {
            return Some(DateTime::<Utc>::MIN_UTC);
        }
        let waiting = [&self.said, &self.receipts, &self.postponed];
        let under_way = self.keeping.into_iter().chain(self.folding);
        waiting
            .into_iter()
            .filter_map(|said| first(said))
            .chain(self.texts.since())
            .chain(under_way)
            .min()
    }

    /// When the first of the texts came that are whole and not folded; of what is under way also where it is receipts.
    pub fn written_since(&self) -> Option<DateTime<Utc>> {
        let waiting = [first(&self.said), self.texts.since(), self.keeping, self.folding];
        waiting.into_iter().flatten().min()
    }

    /// How much waits to be kept or folded, in receipts: a text takes as much memory as some of them.
    pub fn waiting(&self) -> usize {
        count(&self.said) + count(&self.receipts) + A_TEXT * (self.texts.len() + count(&self.postponed))
    }

    /// Further words opt out.
    pub fn opt_out_by<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        let known = self.words.take().unwrap_or_else(Words::all);
        self.words = Some(known.and_opt_outs(words));
    }

    /// A provider said something.
    pub fn say(&mut self, said: Said) {
        self.hear(&said);
        self.said.push(said);
    }

    fn hear(&mut self, said: &Said) {
        self.stops.hear(said, self.words.get_or_insert_with(Words::all));
    }

    /// What is to be kept now.
    pub fn keep(&mut self) -> Option<Vec<Said>> {
        if self.keeping.is_some() {
            return None;
        }
        self.keeping = Some(first(&self.said)?);
        Some(std::mem::take(&mut self.said))
    }

    /// It is kept up to this entry of the inbox.
    pub fn kept(&mut self, said: Vec<Said>, up_to: i64, now: Duration) {
        self.keeping = None;
        self.up_to = up_to;
        self.kept_since.get_or_insert(now);
        for Said {
            provider,
            at,
            inbound,
            mark,
            is_again,
        } in said
        {
            let (texts, receipts): (Vec<_>, Vec<_>) = inbound
                .into_iter()
                .partition(|inbound| matches!(inbound, Inbound::Text { .. }));
            let of = |inbound| Said {
                provider: provider.clone(),
                at,
                inbound,
                mark,
                is_again,
            };
            if !texts.is_empty() {
                let joined = self.parts.join(of(texts));
                self.write(joined);
            }
            if !receipts.is_empty() {
                self.receipts.push(of(receipts));
            }
        }
    }

    /// People's texts are whole, and to be folded.
    fn write(&mut self, texts: Vec<Said>) {
        for said in texts {
            self.hear(&said);
            self.texts.push(said, |number| self.stops.has(number));
        }
    }

    /// Puts the parts of texts together that an earlier process left in the inbox.
    pub fn join(&mut self, said: Said) -> Vec<Said> {
        self.parts.join(said)
    }

    /// Whether parts of a text wait for the others.
    pub fn waits_for_parts(&self) -> bool {
        self.parts.next_at().is_some()
    }

    /// The process is to stop: parts that wait for others stay in the inbox, for the next one.
    pub fn leave_parts(&mut self) {
        if self.waits_for_parts() {
            self.parts = Parts::default();
            self.leaves_parts = true;
        }
    }

    /// The inbox holds entries up to this one that were read when the process began.
    pub fn left_in_inbox(&mut self, up_to: i64) {
        self.up_to = self.up_to.max(up_to);
    }

    /// These are folded again a little later. They stay in the inbox.
    pub fn postpone(&mut self, mut said: Vec<Said>, now: Duration) {
        if !said.is_empty() {
            said.iter().for_each(|said| self.hear(said));
            self.postponed.append(&mut said);
            self.postponed_to = now + AGAIN_AFTER;
        }
    }

    /// What was postponed is folded with the rest, if it is time.
    fn take_up(&mut self, now: Duration) {
        if self.postponed_to <= now && !self.postponed.is_empty() {
            let postponed = std::mem::take(&mut self.postponed);
            self.write(postponed);
            self.kept_since.get_or_insert(now);
        }
    }

    /// What nobody waits for the rest of any more is folded as far as it came.
    fn take_overdue(&mut self, now: Duration, wall: DateTime<Utc>) {
        let overdue = self.parts.overdue(wall);
        if !overdue.is_empty() {
            self.write(overdue);
            self.kept_since.get_or_insert(now);
        }
    }

    /// In how long something that is kept is to be folded; none: nothing is kept, or something is being folded.
    pub fn fold_in(&self, now: Duration, wall: DateTime<Utc>) -> Option<Duration> {
        let parts = self.parts.next_at().filter(|_| self.folding.is_none());
        let parts = parts.map(|at| (at - wall).to_std().unwrap_or(Duration::ZERO));
        let again = (!self.postponed.is_empty() && self.folding.is_none())
            .then(|| self.postponed_to.saturating_sub(now));
        let rest = match self.texts.is_empty() {
            true => self.receipts_in(now),
            false => self.folding.is_none().then_some(Duration::ZERO),
        };
        again.into_iter().chain(rest).chain(parts).min()
    }

    fn receipts_in(&self, now: Duration) -> Option<Duration> {
        let since = self.kept_since.filter(|_| self.folding.is_none())?;
        if count(&self.receipts) >= FOLD_AT {
            return Some(Duration::ZERO);
        }
        Some((since + FOLD_WITHIN).saturating_sub(now))
    }

    /// What is to be folded now: all that is kept when it is time, else the texts of it.
    pub fn fold(&mut self, now: Duration, wall: DateTime<Utc>, at_once: bool) -> Option<Batch> {
        self.take_up(now);
        self.take_overdue(now, wall);
        let receipts_in = self.receipts_in(now)?;
        let all = at_once || receipts_in.is_zero() || self.receipts.is_empty();
        if !all && self.texts.is_empty() {
            return None;
        }
        let mut said = self.texts.next(TEXTS);
        self.folding_stops = self.stops.among(&said);
        if all {
            said.append(&mut self.receipts);
        }
        // What is kept and came to nothing is folded too: its entries leave the inbox.
        self.folding = Some(first(&said).unwrap_or(DateTime::<Utc>::MAX_UTC));
        if !all {
            return Some(Batch { said, up_to: None });
        }
        self.kept_since = Some(now).filter(|_| !self.texts.is_empty());
        Some(Batch {
            said,
            up_to: Some(self.up_to).filter(|_| !self.is_needed_in_inbox()),
        })
    }

    /// Whether something of the inbox is still to be folded after this.
    fn is_needed_in_inbox(&self) -> bool {
        !self.texts.is_empty() || !self.postponed.is_empty() || self.waits_for_parts() || self.leaves_parts
    }

    /// The batch is folded; what is to be folded again is postponed after this.
    pub fn folded(&mut self) {
        self.folding = None;
        self.stops.folded(&std::mem::take(&mut self.folding_stops));
    }
}

/// When the first of it came.
fn first(said: &[Said]) -> Option<DateTime<Utc>> {
    said.iter().map(|said| said.at).min()
}

fn count(said: &[Said]) -> usize {
    said.iter().map(|said| said.inbound.len()).sum()
}

#[cfg(test)]
mod tests;
