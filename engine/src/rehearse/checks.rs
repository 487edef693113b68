//! What must hold of every text, asked by itself: these checks know the rules of the campaign and not how the engine obeys
//! them, so that a fault there is found here.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use chrono::{DateTime, Utc, WeekdaySet};
use dsl::campaign::{Address, Campaign, Deed, Purpose};
use dsl::scalar::{Rate, Window};
use sms::PhoneNumber;

use super::agenda::Clock;
use super::crowd::Went;
use crate::calendar::{DayWindow, TimeClass};

/// Why a rehearsal stopped: something went wrong that must never, but where the campaign says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{broken}: {phone:?} at {}", .at.format("%Y-%m-%d %H:%M:%S UTC"))]
pub struct Violation {
    /// Whose.
    pub phone: PhoneNumber,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub broken: Broken,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// It is not in the hours of the campaign.
    #[error("a text outside of its hours, by the clock of {zone}")]
    Hours {
        /// In which it is not.
        zone: &'static str,
    },
    /// The person said stop.
    #[error("a text after an opt-out")]
    OptedOut,
    /// The person had as many texts as may be.
    #[error("a text past the cap of {most} in a time")]
    Frequency {
        /// So many may be.
        most: u32,
    },
    /// It went too soon after those before it.
    #[error("a text past the rate of {name}")]
    Rate {
        /// Of the sender, the provider or the campaign.
        name: String,
    },
    /// The passage has no end.
    #[error("a passage that does not end")]
    Endless,
    /// The rounds of the campaign go on for longer than is rehearsed.
    #[error("{step} comes again {long}, and no rehearsal goes on for so long: lower the `times` of `repeat`")]
    TooLong {
        /// As people call it.
        step: String,
        /// In words.
        long: &'static str,
    },
}

impl Broken {
    /// Whether it is a fault of this program; else it is what the campaign says.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Broken::TooLong { .. })
    }
}

/// When the texts of a step may go.
#[derive(Debug, Default)]
struct Hours {
    open: Vec<DayWindow>,
    quiet: Vec<DayWindow>,
}

impl Hours {
    /// The first zone in which it is not the hour.
    fn closed(&self, class: &TimeClass, at: DateTime<Utc>) -> Option<&'static str> {
        if self.open.is_empty() && self.quiet.is_empty() {
            return None;
        }
        let closed = |zone: &&chrono_tz::Tz| {
            let local = at.with_timezone(*zone).naive_local();
            self.open.iter().any(|hours| !hours.holds(local))
                || self.quiet.iter().any(|hours| hours.holds(local))
        };
        class.zones().iter().find(closed).map(|zone| zone.name())
    }
}

/// The checks of one campaign.
pub(super) struct Checks {
    hours: BTreeMap<Address, Hours>,
    rates: BTreeMap<String, Lately>,
}

/// What went in the last second under one rate.
struct Lately {
    per_second: f64,
    windows: VecDeque<(Duration, u64)>,
}

impl Checks {
    pub fn of(campaign: &Campaign) -> Checks {
        let pace = &campaign.pace;
        let instructions = (0..).zip(&campaign.program.instructions);
        let hours = instructions.filter_map(|(at, instruction)| match &instruction.deed {
            Deed::Send(send) if !send.answers => {
                let days = WeekdaySet::from_iter(pace.days.iter().copied());
                let windows = [send.window, pace.window].into_iter().flatten();
                let of_days = |window: Window| match days.is_empty() {
                    true => window.into(),
                    false => DayWindow { window, days },
                };
                let mut open: Vec<DayWindow> = windows.map(of_days).collect();
                if open.is_empty() && !days.is_empty() {
                    open.push(days.into());
                }
                let hours = Hours {
                    open,
                    quiet: pace.quiet_hours.iter().copied().map(DayWindow::from).collect(),
                };
                Some((at, hours))
            }
            _ => None,
        });
        Checks {
            hours: hours.collect(),
            rates: BTreeMap::new(),
        }
    }

    /// What is limited.
    pub fn limit(&mut self, name: &str, rate: Rate) {
        let lately = Lately {
            per_second: rate.per_second,
            windows: VecDeque::new(),
        };
        self.rates.insert(name.to_owned(), lately);
    }

    /// Whether the hours of a step hold.
    pub fn is_open(&self, step: Address, class: &TimeClass, at: DateTime<Utc>) -> bool {
        let hours = self.hours.get(&step);
        hours.is_none_or(|hours| hours.closed(class, at).is_none())
    }

    /// A text of a step that answers no reply.
    pub fn text(
        &self,
        campaign: &Campaign,
        step: Address,
        class: &TimeClass,
        (times, clock): (&[Went], Clock),
        at: DateTime<Utc>,
    ) -> Result<(), Broken> {
        if let Some(zone) = self.hours.get(&step).and_then(|hours| hours.closed(class, at)) {
            return Err(Broken::Hours { zone });
        }
        if campaign.purpose != Purpose::Marketing {
            return Ok(());
        }
        let zone = class.zones().first().copied().unwrap_or(campaign.timezone);
        for cap in &campaign.pace.frequency {
            let counts = |went: &&Went| went.1 && cap.most.within.after(clock.at(went.0), zone) > at;
            let within = times.iter().filter(counts).count();
            if within >= usize::try_from(cap.most.most).unwrap_or(usize::MAX) {
                return Err(Broken::Frequency { most: cap.most.most });
            }
        }
        Ok(())
    }

    /// Parts that go together under some rates. What went in the second before them is no more than a second's worth.
    pub fn parts(&mut self, names: &[String], parts: u64, at: Duration) -> Result<(), Broken> {
        for name in names {
            let Some(lately) = self.rates.get_mut(name) else {
                continue;
            };
            let second = Duration::from_secs(1);
            while lately
                .windows
                .front()
                .is_some_and(|(then, _)| *then + second <= at)
            {
                lately.windows.pop_front();
            }
            let before: u64 = lately.windows.iter().map(|(_, parts)| parts).sum();
            if before as f64 > lately.per_second + 1e-3 {
                return Err(Broken::Rate { name: name.clone() });
            }
            lately.windows.push_back((at, parts));
        }
        Ok(())
    }
}
