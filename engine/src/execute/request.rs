//! Requests to providers: what a window submits and looks up, grouped as the providers take it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::account::Account;
use super::inbound::Stops;
use super::lane::Lane;
use super::launched::Stands;
use super::permits::Permits;
use super::stopped::Suppressed;
use super::window::{Outcome, Send, What, Window, WindowId};
use super::{Executor, Step};
use crate::advance::round_up;
use crate::clock::Clock;
use crate::ids::{DESK_RUN, LaunchId, NO_RUN, OTHERS_RUN};
use crate::member::Doubt;
use crate::provider::{Answer, Found, Provider, Submission};
use crate::store::{CONFIRMS, OWED, SentTo, Store, WELCOMES};

/// When somebody asks again whose way is being tried by another.
const SOON: Duration = Duration::from_secs(1);
/// References of one look-up.
const LOOK_UPS: usize = 500;

/// A text of a window on its way into a request.
struct Outgoing {
    /// Its place in the window.
    at: usize,
    is_answer: bool,
    /// It goes to somebody who opted out too: it says that they did, or they asked for it since.
    is_owed: bool,
    text: Submission,
}

/// What the requests of a window to one provider need.
struct Way {
    window: WindowId,
    provider: Arc<dyn Provider>,
    requests: Arc<Permits>,
    clock: Arc<dyn Clock>,
    suppressed: Suppressed,
    /// Who may have opted out by a text that is still to be folded.
    stops: Stops,
    store: Arc<Store>,
    launch: LaunchId,
    /// The launch stands still.
    stands: Arc<Stands>,
    /// The breakers of the account, of the sender, and of look-ups where it is one, and how often each had shut when the
    /// request was made.
    trips: Vec<(Arc<AtomicU64>, u64)>,
}

impl Executor {
    /// Hands the texts of a window to the providers, in requests of as many as they take.
    pub(super) fn submit(&mut self, id: WindowId) {
        let Some(mut window) = self.windows.remove(&id) else {
            return;
        };
        let sender = window.sender.clone();
        self.lane(&sender).intending = false;
        self.shut_ways(&mut window);
        let mut requests = 0;
        for (route, name) in self.lanes[&sender].routes.clone().into_iter().enumerate() {
            // A receipt may have told meanwhile that a text in doubt was taken: that one does not go again.
            let going = (0..)
                .zip(&window.sends)
                .filter(|(_, send)| send.outcome.is_none() && usize::from(send.route) == route);
            let (submits, look_ups): (Vec<_>, Vec<_>) =
                going.partition(|(_, send)| matches!(send.what, What::Submit { .. }));
            requests += self.submit_texts(id, &window, route, &name, submits);
            requests += self.look_up(id, &window, &name, look_ups);
        }
        let route = window.route;
        self.windows.insert(id, window);
        if requests == 0 {
            self.never_mind(&sender, route);
            self.finish_window(id);
        }
    }

    /// Texts that must go a way of their own stay when that is shut, and so do look-ups where they are.
    fn shut_ways(&self, window: &mut Window) {
        let (now, wall) = (self.clock.monotonic(), self.clock.now());
        let lane = &self.lanes[&window.sender];
        let own_way = window.route;
        let mut look_ups: BTreeMap<u8, usize> = BTreeMap::new();
        for send in window.sends.iter_mut().filter(|send| send.outcome.is_none()) {
            let is_look_up = matches!(send.what, What::LookUp);
            let account = lane
                .routes
                .get(usize::from(send.route))
                .and_then(|name| self.accounts.get(name));
            let goes = account.is_some_and(|account| {
                let free = send.route == own_way || !account.breaker.is_shut(now);
                free && (!is_look_up || {
                    let gate = &account.look_ups.breaker;
                    let before = look_ups.entry(send.route).or_default();
                    *before += 1;
                    !gate.is_shut(now) && gate.most().is_none_or(|most| *before <= most)
                })
            });
            if !goes {
                send.outcome = Some((Outcome::Withheld, wall));
            }
        }
    }

    /// When the way of a text may be free again: at once where another one is.
    pub(super) fn free_again(&self, sender: &str, send: &Send) -> DateTime<Utc> {
        let now = self.clock.monotonic();
        let lane = &self.lanes[sender];
        let own = self.cohort(sender, send.cohort).members[send.index].doubt() != Doubt::None;
        let routes = lane
            .routes
            .iter()
            .enumerate()
            .filter(|(route, _)| !own || *route == usize::from(send.route));
        let open_until = routes
            .filter_map(|(_, name)| self.accounts.get(name))
            .map(|account| {
                let look_ups = Some(&account.look_ups.breaker).filter(|_| matches!(send.what, What::LookUp));
                let breakers = std::iter::once(&account.breaker).chain(look_ups);
                let free = breakers.map(|breaker| {
                    let probing = breaker.is_shut(now) && breaker.open_until() <= now;
                    breaker.open_until().max(if probing { now + SOON } else { now })
                });
                free.max().unwrap_or(now)
            });
        let until = open_until
            .min()
            .unwrap_or(now)
            .max(lane.gate.breaker.open_until());
        let wait = TimeDelta::from_std(until.saturating_sub(now)).unwrap_or(TimeDelta::MAX);
        round_up(self.clock.now() + wait, 1_000)
    }

    fn submit_texts(
        &mut self,
        id: WindowId,
        window: &Window,
        route: usize,
        name: &str,
        sends: Vec<(usize, &Send)>,
    ) -> usize {
        let parts = sends.iter().map(|(_, send)| u64::from(send.parts())).sum();
        let lane = &self.lanes[&window.sender];
        self.buckets.take(
            &lane.shares[&window.launch].rates[route],
            parts,
            self.clock.monotonic(),
        );
        let account = &self.accounts[name];
        let batch = account.provider.abilities().batch.max(1);
        let way = Arc::new(self.way_of(id, window.launch, account, lane));
        {
            let mut in_flight = self.in_flight.write().expect("no holder of the lock panics");
            for (_, send) in &sends {
                let (phone, sent) = self.sent_to(window, send);
                if !matches!(sent.run, NO_RUN | DESK_RUN | OTHERS_RUN) {
                    in_flight.insert((phone, lane.sender.clone()), sent);
                }
            }
        }
        let mut texts = sends
            .into_iter()
            .map(|(at, send)| self.outgoing(window, at, send));
        let mut requests = vec![];
        loop {
            let texts: Vec<Outgoing> = texts.by_ref().take(batch).collect();
            if texts.is_empty() {
                break;
            }
            requests.push(submit_request(way.clone(), texts));
        }
        let n = requests.len();
        requests
            .into_iter()
            .for_each(|request| self.request(window.launch, request));
        n
    }

    fn look_up(&mut self, id: WindowId, window: &Window, name: &str, sends: Vec<(usize, &Send)>) -> usize {
        let lane = &self.lanes[&window.sender];
        let account = &self.accounts[name];
        let mut way = self.way_of(id, window.launch, account, lane);
        way.trips.push(trips_of(&account.look_ups.trips));
        let way = Arc::new(way);
        let reference = |(at, send): &(usize, &Send)| (*at, self.store.references().of(send.message));
        let requests: Vec<_> = sends
            .chunks(LOOK_UPS)
            .map(|sends| look_up_request(way.clone(), sends.iter().map(reference).collect()))
            .collect();
        let n = requests.len();
        requests
            .into_iter()
            .for_each(|request| self.request(window.launch, request));
        if n > 0
            && let Some(account) = self.accounts.get_mut(name)
        {
            account.look_ups.breaker.let_through();
        }
        n
    }

    fn way_of(&self, window: WindowId, launch: LaunchId, account: &Account, lane: &Lane) -> Way {
        Way {
            window,
            provider: account.provider.clone(),
            requests: account.requests.clone(),
            clock: self.clock.clone(),
            suppressed: self.stopped.numbers.clone(),
            stops: self.incoming.stops.clone(),
            store: self.store.clone(),
            launch,
            stands: self.of(launch).stands.clone(),
            trips: vec![trips_of(&account.trips), trips_of(&lane.gate.trips)],
        }
    }

    fn sent_to(&self, window: &Window, send: &Send) -> (u64, SentTo) {
        let cohort = self.cohort(&window.sender, send.cohort);
        let member = &cohort.members[send.index];
        let sent = SentTo {
            run: cohort.run,
            message: send.message,
            launch: cohort.launch,
            step: cohort.place.step,
            language: member.language,
        };
        (member.phone.as_u64(), sent)
    }

    fn outgoing(&self, window: &Window, at: usize, send: &Send) -> Outgoing {
        let cohort = self.cohort(&window.sender, send.cohort);
        let (text, parts) = match &send.what {
            What::Submit { text, parts } => (text.clone(), *parts),
            What::LookUp => (String::new(), 0),
        };
        let text = Submission {
            reference: self.store.references().of(send.message),
            to: cohort.members[send.index].phone,
            sender: window.sender.clone(),
            text,
            parts,
        };
        Outgoing {
            at,
            is_answer: send.is_answer,
            is_owed: send.is_answer && matches!(cohort.place.visit, OWED | CONFIRMS | WELCOMES),
            text,
        }
    }
}

/// A breaker, and how often it shut by now.
fn trips_of(trips: &Arc<AtomicU64>) -> (Arc<AtomicU64>, u64) {
    (trips.clone(), trips.load(Ordering::Acquire))
}

impl Way {
    /// Whether it shut since the request was made.
    fn is_shut(&self) -> bool {
        self.trips
            .iter()
            .any(|(trips, then)| trips.load(Ordering::Acquire) != *then)
    }

    /// Asks the store whether somebody stopped the launch, if that was not asked just now: requests may have waited long for
    /// their turn. On a simulated clock nobody else lives who could.
    async fn ask_whether_it_stands(&self) {
        let to_be_asked = !self.clock.is_simulated() && self.stands.ask(self.clock.monotonic());
        // Where it cannot be read the loop hears of that too, and ends with it.
        if to_be_asked && let Ok(state) = self.store.launch_state(self.launch).await {
            self.stands.found(state);
        }
    }
}

async fn submit_request(way: Arc<Way>, texts: Vec<Outgoing>) -> Step {
    let permit = way.requests.one().await;
    if texts.iter().any(|text| !text.is_answer) {
        way.ask_whether_it_stands().await;
    }
    let (go, mut outcomes) = withhold(texts, &way);
    let begun_at = way.clock.now();
    let (places, batch): (Vec<usize>, Vec<Submission>) = go.into_iter().map(|out| (out.at, out.text)).unzip();
    if !batch.is_empty() {
        let answers = way.provider.submit(batch, begun_at).await;
        // An answer that is missing says nothing: the text may have been taken.
        let missing = || Answer::Maybe("the provider's answer leaves it out".to_owned());
        let answers = answers.into_iter().chain(std::iter::repeat_with(missing));
        outcomes.extend(places.into_iter().zip(answers.map(Outcome::Answered)));
    }
    drop(permit);
    Step::Answered {
        window: way.window,
        outcomes,
        begun_at,
        at: way.clock.now(),
    }
}

async fn look_up_request(way: Arc<Way>, asked: Vec<(usize, String)>) -> Step {
    let permit = way.requests.one().await;
    let (indices, references): (Vec<usize>, Vec<String>) = asked.into_iter().unzip();
    let begun_at = way.clock.now();
    let outcomes: Vec<(usize, Outcome)> = if way.is_shut() {
        indices.into_iter().map(|at| (at, Outcome::Withheld)).collect()
    } else {
        let found = way.provider.look_up(references, begun_at).await;
        let missing = || Found::CannotTell("the look-up leaves it out".to_owned());
        let found = found.into_iter().chain(std::iter::repeat_with(missing));
        indices.into_iter().zip(found.map(Outcome::LookedUp)).collect()
    };
    drop(permit);
    Step::Answered {
        window: way.window,
        outcomes,
        begun_at,
        at: way.clock.now(),
    }
}

/// Takes out the texts to numbers that were suppressed meanwhile, or are about to be, answers to what they wrote before that
/// too; all of a launch that somebody stopped, but its answers; and all whose way is shut. The answer to an opt-out says just
/// that, and goes.
fn withhold(texts: Vec<Outgoing>, way: &Way) -> (Vec<Outgoing>, Vec<(usize, Outcome)>) {
    let (shut, stands) = (way.is_shut(), way.stands.still());
    let suppressed = way.suppressed.read().expect("no holder of the lock panics");
    let stays = |out: &Outgoing| match out.text.to.as_u64() {
        _ if shut => Some(Outcome::Withheld),
        _ if out.is_owed => None,
        _ if stands && !out.is_answer => Some(Outcome::Withheld),
        phone if suppressed.contains(&phone) => Some(Outcome::OptedOut),
        phone => way.stops.has(phone).then_some(Outcome::Withheld),
    };
    if texts.iter().all(|out| stays(out).is_none()) {
        return (texts, vec![]);
    }
    let (mut go, mut withheld) = (vec![], vec![]);
    for out in texts {
        match stays(&out) {
            Some(outcome) => withheld.push((out.at, outcome)),
            None => go.push(out),
        }
    }
    (go, withheld)
}
