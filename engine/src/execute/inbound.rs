//! What comes back: fetched from the providers, kept raw, acknowledged, then folded. A receipt raises the state of its
//! message; a reply enters `advance`.

mod fold;
mod incoming;
mod led;
mod met;
mod opt_ins;
mod parts;
mod stops;
mod texts;
mod told;
mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::project::Project;

use super::hearing::Departed;
use super::{Executor, Step};
use crate::ids::LaunchId;
use crate::ids::MessageId;
use crate::provider::{Inbound, Polled, Submission};
use crate::store::{CohortKind, NewRaw, Raw, StoreError};

pub(super) use fold::Folded;
use fold::{Executing, Folder};
use incoming::Batch;
pub(super) use incoming::{Incoming, Said};
pub(super) use stops::Stops;
pub(super) use told::{tell, tell_ended};

/// Things said of one row of the inbox.
const ROW: usize = 1_000;
/// Rows of the inbox that are read together.
const ROWS: u32 = 64;
/// Messages that are told together to a provider that forgets.
const REMINDED: u32 = 5_000;
/// While texts go out their provider is asked so often for what came back.
const POLL_EVERY: TimeDelta = TimeDelta::milliseconds(250);
/// Nothing more is fetched while so much waits to be folded.
const MOST_WAITING: usize = 200_000;

impl Executor {
    /// Asks the providers that are to be asked now.
    pub(super) fn begin_polling(&mut self) {
        let now = self.clock.now();
        if self.incoming.waiting() > MOST_WAITING {
            return;
        }
        for (name, account) in &mut self.accounts {
            if account.polling || account.poll_at.is_none_or(|at| at > now) {
                continue;
            }
            account.polling = true;
            account.polled_at = now;
            account.poll_at = None;
            let (provider, name, clock) = (account.provider.clone(), name.clone(), self.clock.clone());
            self.work.request(None, async move {
                let polled = provider.poll(clock.now()).await;
                Step::Polled {
                    provider: name,
                    polled,
                    at: clock.now(),
                }
            });
        }
    }

    /// A provider was asked.
    pub(super) fn polled(&mut self, provider: &str, polled: Polled, at: DateTime<Utc>) {
        let Some(account) = self.accounts.get_mut(provider) else {
            return;
        };
        account.polling = false;
        if polled.whole {
            account.heard_at = account.polled_at;
        }
        account.asked |= polled.whole || polled.inbound.is_empty();
        // Something may have been submitted meanwhile: then it is asked again at once.
        account.poll_at = account.poll_at.into_iter().chain(polled.again_at).min();
        if !polled.inbound.is_empty() {
            self.incoming.say(Said {
                provider: provider.into(),
                at,
                inbound: polled.inbound,
                mark: polled.mark,
                is_again: false,
            });
        }
    }

    /// Whether what people wrote while nobody executed is folded. Before that nobody's turn comes: who answered, or opted
    /// out, would be texted as if they had not. A provider that cannot be asked is not waited for.
    pub(super) fn catch_up(&mut self) {
        if self.caught_up || self.launches.is_empty() || !self.accounts.values().all(|account| account.asked)
        {
            return;
        }
        let asked_at = *self.asked_at.get_or_insert(self.clock.now());
        self.caught_up = self.incoming.written_since().is_none_or(|at| at > asked_at);
    }

    /// Keeps what was said, unless something is being kept.
    pub(super) fn begin_keeping(&mut self) {
        let Some(said) = self.incoming.keep() else { return };
        let (store, now) = (self.store.clone(), self.clock.now());
        self.work.deed(None, async move {
            let up_to = store.receive(raw_of(&said), now).await?;
            Ok(Step::Kept(said, up_to))
        });
    }

    /// It is kept: acknowledged, and folded soon.
    pub(super) fn kept(&mut self, said: Vec<Said>, up_to: i64) {
        for said in &said {
            let Some(account) = self.accounts.get(&*said.provider) else {
                continue;
            };
            let acknowledged = account.provider.acknowledge(said.mark);
            self.work.request(None, async move {
                acknowledged.await;
                Step::Noted
            });
        }
        self.incoming.kept(said, up_to, self.clock.monotonic());
    }

    /// Folds what is kept, if it is time.
    pub(super) fn begin_folding(&mut self) {
        let Some(folder) = self.folder() else { return };
        let texting = self
            .lanes
            .values()
            .any(|lane| lane.windows > 0 || lane.claiming.is_some());
        let at_once = self.stopping || !texting;
        if self.stopping {
            self.incoming.leave_parts();
        }
        let (now, wall) = (self.clock.monotonic(), self.clock.now());
        let Some(batch) = self.incoming.fold(now, wall, at_once) else {
            return;
        };
        self.work.deed(None, async move {
            let (outcome, deferred) = folder.fold(batch).await?;
            Ok(Step::Folded(outcome, deferred))
        });
    }

    /// Folds what an earlier process left, before anything it left in doubt is settled: a receipt settles it.
    pub(super) async fn fold_left(&mut self) -> Result<(), StoreError> {
        let (mut after, mut waits) = (0, false);
        while let Some(folder) = self.folder() {
            let rows = self.store.unfolded(after, ROWS).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            let said = rows.into_iter().filter_map(read);
            let said = said.flat_map(|said| self.incoming.join(said)).collect();
            waits |= self.incoming.waits_for_parts();
            // What is to be asked about again stays in the inbox, and what came after it too.
            let up_to = Some(after).filter(|_| !waits);
            let (outcome, deferred) = folder.fold(Batch { said, up_to }).await?;
            waits |= !deferred.is_empty();
            self.folded(outcome, deferred);
        }
        if waits {
            self.incoming.left_in_inbox(after);
        }
        Ok(())
    }

    /// None before there is any launch.
    fn folder(&self) -> Option<Folder> {
        let (_, launched) = self.launches.last_key_value()?;
        let executing = self.launches.iter().map(|(id, launched)| {
            let (revision, tariffs) = (launched.revision.clone(), launched.row.tariffs.clone());
            (*id, Executing { revision, tariffs })
        });
        let executing: BTreeMap<LaunchId, Executing> = executing.collect();
        let latest = executing.last_key_value();
        Some(Folder {
            store: self.store.clone(),
            clock: self.clock.clone(),
            latest: latest.map(|(id, executing)| (*id, executing.clone()))?,
            executing,
            entrances: self.all_entrances().collect(),
            project: launched.project.clone(),
            in_flight: self.in_flight.clone(),
        })
    }

    pub(super) fn folded(&mut self, folded: Folded, deferred: Vec<Said>) {
        self.incoming.folded();
        self.incoming.postpone(deferred, self.clock.monotonic());
        for (provider, receipts) in &folded.strange {
            let known = self.strange.entry(provider.clone()).or_default();
            if *known == 0 {
                tracing::warn!(%provider, receipts, "receipts name messages that are not ours; the end tells how many");
            }
            *known += receipts;
        }
        for (launch, (raised, undelivered)) in folded.receipts {
            if let Some(launched) = self.launches.get_mut(&launch) {
                launched.progress.receipts += raised;
                launched.progress.undelivered += undelivered;
            }
        }
        for (launch, messages) in folded.told {
            self.receipts_of(launch, messages);
        }
        // A reply may belong to another launch, whose campaign calls.
        if !folded.replies.is_empty() {
            self.errands.expect(self.clock.now());
            self.deliver_soon();
            // It may have begun something, or joined a list.
            self.listen_up();
        }
        self.expect_errands();
        self.expect_deliveries();
        let mut left = folded.left;
        self.expect_at(folded.departed);
        for reply in folded.replies {
            let own = reply.launch.filter(|launch| self.launches.contains_key(launch));
            let latest = self.launches.last_key_value().map(|(id, _)| *id);
            if let Some(launch) = own.or(latest) {
                self.of_mut(launch).progress.replies += 1;
            }
            if reply.suppress.is_some() {
                let is_new = self.stopped.stop(reply.phone.as_u64());
                if let Some(launch) = own.filter(|_| is_new) {
                    self.of_mut(launch).progress.opt_outs += 1;
                }
            }
            if reply.allow {
                let change = folded.lifted.get(&reply.phone).copied();
                self.stopped.lift(reply.phone.as_u64(), change.unwrap_or(0));
            }
            // An opt-out ends what waits, in whichever launch.
            left |= reply.moved.is_some() || reply.suppress.is_some();
            let moved = reply.moved.and_then(|moved| moved.to);
            for cohort in reply.answers.into_iter().chain(moved) {
                if let Some(lane) = self.lanes.get_mut(&cohort.sender) {
                    lane.expect(cohort.launch, cohort.kind, cohort.due_at);
                }
            }
        }
        if left {
            self.somebody_left();
        }
        self.halt_if_passed();
    }

    /// Says how many receipts were not ours.
    pub(super) fn tell_strange(&self) {
        for (provider, receipts) in &self.strange {
            tracing::warn!(%provider, receipts, "receipts named messages that are not ours");
        }
    }

    /// People went there, whichever sender texts them next.
    pub(super) fn expect_at(&mut self, departed: Vec<Departed>) {
        for (launch, sender, due_at) in departed {
            if let Some(lane) = self.lanes.get_mut(&sender) {
                lane.expect(launch, CohortKind::Passage, due_at);
            }
        }
    }

    /// Cohorts may be over that everybody has left.
    pub(super) fn somebody_left(&mut self) {
        for lane in self.lanes.values_mut() {
            self.launches.keys().for_each(|launch| lane.left(*launch));
        }
    }

    /// Once something was submitted, its provider has something to say.
    pub(super) fn expect_inbound(&mut self, provider: &str) {
        let now = self.clock.now();
        let Some(account) = self.accounts.get_mut(provider) else {
            return;
        };
        // One that lives in this process may say something sooner than it said it would.
        let at = if account.provider.abilities().forgets {
            now
        } else {
            (account.polled_at + POLL_EVERY).max(now)
        };
        account.poll_at = Some(account.poll_at.map_or(at, |other| other.min(at)));
    }

    /// Tells providers that make their receipts in this process what earlier ones sent of a launch.
    pub(super) async fn remind_providers(
        &mut self,
        launch: LaunchId,
        project: &Project,
    ) -> Result<(), StoreError> {
        if !self
            .accounts
            .values()
            .any(|account| account.provider.abilities().forgets)
        {
            return Ok(());
        }
        let mut after = MessageId(0);
        loop {
            let sent = self.store.sent(launch, after, REMINDED).await?;
            let Some(last) = sent.last() else { return Ok(()) };
            after = last.id;
            for message in sent {
                let provider = project.senders.get(&message.sender);
                let account = provider.and_then(|sender| self.accounts.get(&sender.provider));
                let provider = account.map(|account| &account.provider);
                if let Some(provider) = provider.filter(|provider| provider.abilities().forgets) {
                    let reference = self.store.references().of(message.id);
                    let (to, sender, text) = (message.phone, message.sender, message.text);
                    let parts = sms::parts::measure(&text).part_count;
                    provider.remember(
                        Submission {
                            reference,
                            to,
                            sender,
                            text,
                            parts,
                        },
                        message.sent_at,
                    );
                }
            }
        }
    }
}

/// Rows of the inbox.
fn raw_of(said: &[Said]) -> Vec<NewRaw> {
    let rows = |said: &Said| -> Vec<NewRaw> {
        let row = |inbound: &[Inbound]| NewRaw {
            provider: said.provider.to_string(),
            body: serde_json::to_string(inbound).expect("our own types have string keys"),
        };
        said.inbound.chunks(ROW).map(row).collect()
    };
    said.iter().flat_map(rows).collect()
}

/// A row of the inbox; none, and a line in the log, where it cannot be read.
fn read(raw: Raw) -> Option<Said> {
    match serde_json::from_str(&raw.body) {
        Ok(inbound) => Some(Said {
            provider: raw.provider.into(),
            at: raw.received_at,
            inbound,
            mark: 0,
            is_again: false,
        }),
        Err(error) => {
            tracing::warn!(provider = raw.provider, %error, "unreadable entry of the inbox dropped");
            None
        }
    }
}
