//! Provider accounts as an execution sees them: who they are, whether they take anything now, when they are asked again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::Executor;
use super::permits::Permits;
use crate::breaker::{Breaker, Sign};
use crate::provider::{Answer, Found, Provider, Refusal, Resolve, Scope};
use crate::store::Alarm;

/// A provider that asks to wait so long raises an alarm.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// One account.
pub(super) struct Account {
    pub provider: Arc<dyn Provider>,
    /// Requests under way, bounded by what the provider takes.
    pub requests: Arc<Permits>,
    pub breaker: Breaker,
    /// How often the breaker shut: read right before each submit, so that what was begun before does not go.
    pub trips: Arc<AtomicU64>,
    /// An alarm about it stands in the store.
    alarmed: bool,
    /// It shut since requests stayed without a word: a look-up that is answered says that it can be reached again.
    silent: bool,
    /// Stops look-ups alone: whether it takes texts is another matter.
    pub look_ups: Gate,
    /// When it is to be asked for receipts and replies; none when it expects nothing.
    pub poll_at: Option<DateTime<Utc>>,
    /// When it was asked last.
    pub polled_at: DateTime<Utc>,
    /// When it was asked last and had nothing more to say.
    pub heard_at: DateTime<Utc>,
    /// It is being asked.
    pub polling: bool,
    /// It has said all that came while nobody executed, or could not be asked.
    pub asked: bool,
}

impl Account {
    /// As it stands when an execution begins; whether an alarm was left about it, and about its look-ups.
    pub fn new(provider: Arc<dyn Provider>, now: DateTime<Utc>, [alarmed, look_ups]: [bool; 2]) -> Account {
        Account {
            requests: Arc::new(Permits::new(provider.abilities().in_flight)),
            provider,
            breaker: Breaker::default(),
            trips: Arc::default(),
            alarmed,
            silent: false,
            look_ups: Gate::new(look_ups),
            poll_at: Some(now),
            polled_at: DateTime::<Utc>::MIN_UTC,
            heard_at: DateTime::<Utc>::MIN_UTC,
            polling: false,
            asked: false,
        }
    }
}

/// A breaker for what stops a part of what goes through an account: one sender, or look-ups.
#[derive(Default)]
pub(super) struct Gate {
    pub breaker: Breaker,
    pub trips: Arc<AtomicU64>,
    alarmed: bool,
}

impl Gate {
    /// Whether an alarm was left about it.
    pub fn new(alarmed: bool) -> Gate {
        Gate {
            alarmed,
            ..Gate::default()
        }
    }

    /// Takes a sign that stops it, or may. None where there is nothing new to tell; else how long it is shut.
    fn stop(&mut self, sign: Sign, now: Duration) -> Option<Duration> {
        let before = self.breaker.open_until();
        let shut = self.breaker.take(sign, now);
        self.trips.fetch_add(u64::from(shut), Ordering::Release);
        let until = self.breaker.open_until();
        let is_new = shut && (!std::mem::replace(&mut self.alarmed, true) || until != before);
        is_new.then(|| until.saturating_sub(now))
    }

    /// It works; whether an alarm about it is over.
    fn works(&mut self, now: Duration) -> bool {
        self.breaker.take(Sign::Works, now);
        self.breaker.open_until() <= now && std::mem::take(&mut self.alarmed)
    }
}

/// What alarms call an account.
fn account_subject(provider: &str) -> String {
    format!("provider {provider}")
}

/// What alarms call the look-ups of an account.
fn look_ups_subject(provider: &str) -> String {
    format!("look-ups at {provider}")
}

/// What alarms call a sender.
pub(super) fn sender_subject(sender: &str) -> String {
    format!("sender {sender}")
}

impl Executor {
    /// Adds the accounts of providers that are not there yet.
    pub(super) fn add_accounts(
        &mut self,
        providers: &BTreeMap<String, Arc<dyn Provider>>,
        alarms: &[Alarm],
        now: DateTime<Utc>,
    ) {
        for (name, provider) in providers {
            let alarmed = [account_subject(name), look_ups_subject(name)]
                .map(|subject| alarms.iter().any(|alarm| alarm.subject == subject));
            self.accounts
                .entry(name.clone())
                .or_insert_with(|| Account::new(provider.clone(), now, alarmed));
        }
    }

    /// What the answers of a request say of the way that it took; whether a text that the provider could not take is an
    /// exception: it took others of the request, or of those before.
    pub(super) fn judge(&mut self, sender: &str, provider: &str, answers: &[Answer]) -> bool {
        let now = self.clock.monotonic();
        // The worst word counts: a request of which one text is told that the account is empty stops the account.
        let worst = answers
            .iter()
            .filter_map(blocking)
            .max_by_key(|refusal| refusal.scope.rank());
        let is_settled = |answer: &Answer| match answer {
            Answer::Accepted => true,
            Answer::NotSent(refusal) => !refusal.scope.blocks(),
            Answer::Maybe(_) => false,
        };
        match worst {
            Some(refusal) if refusal.scope == Scope::Provider && answers.iter().any(is_settled) => {
                self.works(sender, provider, now);
                return true;
            }
            Some(refusal) => {
                self.stop_way(sender, provider, &refusal.clone(), now);
                let is_free = |account: &Account| !account.breaker.is_shut(now);
                // Of several nobody knows whom it concerns: they go again as they are.
                return answers.len() == 1 && self.accounts.get(provider).is_some_and(is_free);
            }
            None => {}
        }
        let silent = answers.iter().all(|answer| matches!(answer, Answer::Maybe(_)));
        match answers.first() {
            Some(Answer::Maybe(reason)) if silent => {
                self.sign(sender, provider, Sign::Silent, reason, now);
            }
            Some(_) | None => self.works(sender, provider, now),
        }
        false
    }

    fn stop_way(&mut self, sender: &str, provider: &str, refusal: &Refusal, now: Duration) {
        let sign = match refusal.scope {
            Scope::Sender | Scope::Account => Sign::Stopped,
            Scope::Throttled => Sign::SlowDown(refusal.retry_after),
            Scope::Provider
            | Scope::RecipientForEver
            | Scope::OptedOut
            | Scope::RecipientForNow
            | Scope::Message => Sign::Away,
        };
        if refusal.scope != Scope::Sender {
            return self.sign(sender, provider, sign, &refusal.reason, now);
        }
        if let Some(wait) = self.lane(sender).gate.stop(sign, now) {
            let reason = format!(
                "{}; see at the provider whether it may send from this sender",
                refusal.reason
            );
            self.raise(sender_subject(sender), reason, wait);
        }
    }

    /// What the answers of a look-up say of look-ups there. Of the account they only say that it can be reached.
    pub(super) fn judge_look_ups(&mut self, sender: &str, provider: &str, found: &[Found]) {
        let now = self.clock.monotonic();
        let Some(account) = self.accounts.get_mut(provider) else {
            return;
        };
        let fails = found.iter().all(|found| matches!(found, Found::CannotTell(_)));
        if let Some(Found::CannotTell(reason)) = found.first().filter(|_| fails) {
            if let Some(wait) = account.look_ups.stop(Sign::Silent, now) {
                let reason = format!(
                    "{reason}; texts go on meanwhile, and those in doubt stay so; where it cannot be asked at all, `look_up: false` of the provider says so"
                );
                self.raise(look_ups_subject(provider), reason, wait);
            }
            return;
        }
        let reached = account.silent;
        if account.look_ups.works(now) {
            tracing::info!(provider, "it answers look-ups again");
            self.clear(look_ups_subject(provider));
        }
        if reached {
            self.works(sender, provider, now);
        }
    }

    /// The account shows a sign of trouble.
    fn sign(&mut self, sender: &str, provider: &str, sign: Sign, reason: &str, now: Duration) {
        let Some(account) = self.accounts.get_mut(provider) else {
            return;
        };
        let before = account.breaker.open_until();
        let shut = account.breaker.take(sign, now);
        account.trips.fetch_add(u64::from(shut), Ordering::Release);
        if shut {
            account.silent = sign == Sign::Silent;
        }
        let until = account.breaker.open_until();
        let wait = until.saturating_sub(now);
        // To be asked for a moment's patience is everyday.
        let alarming = shut && (!matches!(sign, Sign::SlowDown(_)) || wait >= LONG_WAIT);
        let raise = alarming && (!account.alarmed || until != before);
        account.alarmed |= alarming;
        // What was let through to find out about the sender found nothing out.
        self.lane(sender).gate.breaker.never_mind();
        if raise {
            let reason = format!("{reason}; {}", remedy(sign));
            self.raise(account_subject(provider), reason, wait);
        }
    }

    fn works(&mut self, sender: &str, provider: &str, now: Duration) {
        if let Some(account) = self.accounts.get_mut(provider) {
            account.breaker.take(Sign::Works, now);
            if account.breaker.open_until() <= now && std::mem::take(&mut account.alarmed) {
                tracing::info!(provider, "it works again");
                self.clear(account_subject(provider));
            }
        }
        if self.lane(sender).gate.works(now) {
            tracing::info!(sender, "it works again");
            self.clear(sender_subject(sender));
        }
    }

    fn raise(&mut self, subject: String, reason: String, wait: Duration) {
        let now = self.clock.now();
        let retry_at = TimeDelta::from_std(wait).ok().map(|wait| now + wait);
        let until = retry_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true));
        tracing::warn!(subject, reason, until, "it does not work now");
        let alarm = Alarm {
            subject,
            reason,
            since: now,
            retry_at,
        };
        self.note(alarm);
    }

    /// Has an alarm stand in the store.
    pub(super) fn note(&mut self, alarm: Alarm) {
        let store = self.store.clone();
        self.work.deed(None, async move {
            store.raise_alarm(alarm).await?;
            Ok(super::Step::Noted)
        });
    }

    pub(super) fn clear(&mut self, subject: String) {
        let store = self.store.clone();
        self.work.deed(None, async move {
            store.clear_alarm(subject).await?;
            Ok(super::Step::Noted)
        });
    }

    /// How a provider can settle a doubt, and when it can be asked: any request to it is over by then.
    pub(super) fn resolve(&self, provider: &str) -> (Resolve, DateTime<Utc>) {
        let now = self.clock.now();
        let Some(account) = self.accounts.get(provider) else {
            return (Resolve::Nothing, now);
        };
        let abilities = account.provider.abilities();
        (abilities.resolve, now + abilities.patience)
    }
}

impl Scope {
    /// What stops more counts more.
    fn rank(self) -> u8 {
        match self {
            Scope::RecipientForEver | Scope::OptedOut | Scope::RecipientForNow | Scope::Message => 0,
            Scope::Sender => 1,
            Scope::Throttled => 2,
            Scope::Provider => 3,
            Scope::Account => 4,
        }
    }
}

/// What a person can do where an account takes nothing.
fn remedy(sign: Sign) -> &'static str {
    match sign {
        Sign::Stopped => "see at the provider to the account's credit, key and permissions",
        Sign::SlowDown(_) => "a lower `rate` of the provider in crier.yaml keeps it from asking",
        Sign::Away | Sign::Silent | Sign::Works => "see whether the provider can be reached from here",
    }
}

fn blocking(answer: &Answer) -> Option<&Refusal> {
    match answer {
        Answer::NotSent(refusal) => Some(refusal).filter(|refusal| refusal.scope.blocks()),
        Answer::Accepted | Answer::Maybe(_) => None,
    }
}
