//! What of a plan lies ahead: when the first text goes and when the last, over the zones of the people there are, by the same
//! gate as [`advance`](mod@crate::advance). What nobody knows before, such as how many texts a person will have got, is not in it.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use dsl::campaign::program::{Moment, Until};
use dsl::campaign::{Campaign, Deed};

use super::summary::Summary;
use crate::advance::{first_text, goes_at, time_of_day};
use crate::calendar::{self, TimeClass};
use crate::entry::Entry;
use crate::left_out::LeftOut;
use crate::revision::Revision;

/// When a launch begins, and what time it is.
#[derive(Debug, Clone, Copy)]
pub struct Ahead {
    /// When it begins for its first people.
    pub starts_at: DateTime<Utc>,
    /// Nothing goes before.
    pub now: DateTime<Utc>,
}

impl Summary {
    /// When the first people begin.
    pub fn begins_at(&self, revision: &Revision, ahead: Ahead) -> DateTime<Utc> {
        let begins = self.begins(revision, ahead);
        begins.map(|(_, _, at)| at).min().unwrap_or(ahead.starts_at)
    }

    /// When the first text goes, for the first and for the last of the zones; or why it never does. None: what comes first is no
    /// text.
    pub fn first_at(&self, revision: &Revision, ahead: Ahead) -> Option<Result<[DateTime<Utc>; 2], LeftOut>> {
        let (mut times, mut never) = (vec![], None);
        for (class, _, begins_at) in self.begins(revision, ahead) {
            match first_text(revision, &class, begins_at, ahead.now)? {
                Ok(at) => times.push(at),
                Err(reason) => never = Some(reason),
            }
        }
        let ends = times.iter().min().zip(times.iter().max());
        let ends = ends.map(|(first, last)| Ok([*first, *last]));
        ends.or(never.map(Err))
    }

    /// When the last text is submitted if nothing but hours holds it up, and nobody answers before a question is over. What waits
    /// for the day of a column is not in it.
    pub fn finish_at(&self, revision: &Revision, ahead: Ahead, paces: &[Pace]) -> DateTime<Utc> {
        let of = |sender: usize| self.senders.get(sender).map_or("", |own| own.sender.as_str());
        let first = self.messages.first();
        let first = first.map(|message| (of(message.sender), message.parts));
        let all = self.senders.iter().map(|own| (own.sender.as_str(), own.parts));
        let (first, all) = (span(paces, first), span(paces, all));
        let add = |at: DateTime<Utc>, span| at.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC);
        // Who enters last begins last, however fast the others went.
        let late = Entry::of(&revision.campaign, ahead.starts_at).lasts();
        let ends = self.begins(revision, ahead).map(|(class, _, begins_at)| {
            let sent = add(last_text_at(revision, &class, begins_at), first);
            sent.max(last_text_at(revision, &class, add(begins_at, late)))
        });
        ends.fold(add(self.begins_at(revision, ahead), all), DateTime::max)
    }

    /// People to whom the first text does not go, since their hours open too late for it.
    pub fn too_late_for_first(&self, revision: &Revision, ahead: Ahead) -> u64 {
        let missed = self.begins(revision, ahead).filter(|(class, _, begins_at)| {
            let first = first_text(revision, class, *begins_at, ahead.now);
            matches!(first, Some(Err(LeftOut::Expired)))
        });
        missed.map(|(_, people, _)| people).sum()
    }

    /// People who may be in several zones, since their numbers alone say where they are.
    pub fn in_several_zones(&self) -> u64 {
        let several = |zones: &&String| TimeClass::parse(zones).is_some_and(|class| class.zones().len() > 1);
        let own = self.zones.iter().filter(|(zones, _)| several(zones));
        own.map(|(_, people)| people).sum()
    }

    /// How many people begin when, by their zones.
    fn begins(
        &self,
        revision: &Revision,
        ahead: Ahead,
    ) -> impl Iterator<Item = (TimeClass, u64, DateTime<Utc>)> {
        let parsed = |(zones, people): (&String, &u64)| Some((TimeClass::parse(zones)?, *people));
        let mut classes: Vec<(TimeClass, u64)> = self.zones.iter().filter_map(parsed).collect();
        if classes.is_empty() {
            classes.push((TimeClass::from(revision.campaign.timezone), 0));
        }
        let entry = Entry::of(&revision.campaign, ahead.starts_at);
        classes.into_iter().map(move |(class, people)| {
            let at = entry.at(Some(&class), 0).max(ahead.now);
            (class, people, at)
        })
    }
}

fn first_of(class: &TimeClass, campaign: &Campaign) -> Tz {
    class.zones().first().copied().unwrap_or(campaign.timezone)
}

/// A rate, and the senders that share it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// Parts, above zero.
    pub per_second: f64,
    /// By name.
    pub senders: Vec<String>,
}

/// How long parts take that go by these senders: as long as the slowest of the rates makes it.
fn span<'a>(paces: &[Pace], parts: impl IntoIterator<Item = (&'a str, u64)>) -> TimeDelta {
    let parts: Vec<(&str, u64)> = parts.into_iter().collect();
    let seconds = |pace: &Pace| {
        let own = parts
            .iter()
            .filter(|(sender, _)| pace.senders.iter().any(|name| name == sender));
        own.map(|(_, n)| n).sum::<u64>() as f64 / pace.per_second
    };
    let slowest = paces.iter().map(seconds).max_by(f64::total_cmp).unwrap_or(0.0);
    let time = std::time::Duration::try_from_secs_f64(slowest).ok();
    time.and_then(|time| TimeDelta::from_std(time).ok())
        .unwrap_or(TimeDelta::MAX)
}

/// When the last text goes, at the latest, to whoever is in these zones and begins then.
fn last_text_at(revision: &Revision, class: &TimeClass, starts_at: DateTime<Utc>) -> DateTime<Utc> {
    let campaign = &revision.campaign;
    let zone = first_of(class, campaign);
    let (mut at, mut last, mut texts) = (starts_at, starts_at, 0);
    // Of the text that goes last.
    let mut last_send = None;
    // When rounds began, and how many texts stand before them.
    let mut rounds: Vec<(DateTime<Utc>, usize)> = vec![];
    for instruction in campaign.program.own_instructions() {
        match &instruction.deed {
            Deed::Send(send) => {
                texts += 1;
                // What never goes holds nobody up.
                if let Ok(goes_at) = goes_at(revision, send, class, at, at) {
                    (at, last, last_send) = (goes_at, goes_at, Some(send));
                }
            }
            Deed::Wait {
                until: Until::Over(time),
                ..
            } => at = time.after(at, zone),
            Deed::Wait {
                until: Until::At(moment),
                ..
            } => at = at.max(moment_at(moment, class, at, texts > 0)),
            Deed::Listen(listen) => at = listen.within.after(at, zone),
            Deed::Await { within, .. } => at = within.after(at, zone),
            Deed::Repeat { .. } => rounds.push((at, texts)),
            Deed::Again { times, every, .. } => {
                let ((begins, before), ends) = (rounds.pop().unwrap_or((at, texts)), at);
                for _ in 1..*times {
                    at = every
                        .after(at, zone)
                        .checked_add_signed(ends - begins)
                        .unwrap_or(at);
                }
                // The last text of a round comes so much later in the last one.
                if texts > before {
                    let due_at = last.checked_add_signed(at - ends).unwrap_or(at);
                    let goes_at = last_send.map(|send| goes_at(revision, send, class, due_at, due_at));
                    last = goes_at.and_then(Result::ok).unwrap_or(due_at);
                }
            }
            _ => {}
        }
    }
    last
}

/// When a moment comes on the clock of people; that of a column at once, since it is another one for each person. A time of
/// day behind a text does not come at once.
fn moment_at(moment: &Moment, class: &TimeClass, now: DateTime<Utc>, texted: bool) -> DateTime<Utc> {
    match moment {
        Moment::TimeOfDay(minute) => {
            let from = now + TimeDelta::seconds(i64::from(texted));
            calendar::Moment::Next(time_of_day(*minute)).instant(class, from)
        }
        Moment::Time(time) => calendar::Moment::At(*time).instant(class, now),
        Moment::Day { .. } => now,
    }
}
