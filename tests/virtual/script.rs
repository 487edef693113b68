//! What happens to one process, and when: drawn from the seed, done when its time comes, between two steps of the engine.

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use engine::clock::{Clock, SimulatedClock};
use engine::ids::LaunchId;
use engine::store::{Access, LaunchState, OpenOptions, Store};
use server::carrier::Switches;
use tokio::sync::watch;

use crate::books::Books;
use crate::carrier::Account;
use crate::chance::Chance;
use crate::disk::Disk;
use crate::network::Network;
use crate::trouble::{bad_network, trouble};
use crate::world::World;

/// Something that happens.
#[derive(Debug, Clone)]
pub enum Event {
    /// A carrier does other things to whom.
    Switch(usize, Box<Switches>),
    /// The network to a carrier is another.
    Connect(usize, Network),
    /// A carrier ends and begins anew.
    Restart(usize),
    /// Another process changes the launch.
    Change(LaunchState),
    /// Somebody asks the process to stop.
    Stop,
    /// The process ends.
    Crash,
}

/// What a process that is killed unwinds with.
pub struct Killed;

/// The events of one process, the latest first.
pub struct Script {
    events: Vec<(Duration, Event)>,
    pub stage: Stage,
}

/// What events happen to.
#[derive(Clone)]
pub struct Stage {
    pub path: PathBuf,
    pub accounts: Vec<Account>,
    pub disk: Arc<Disk>,
    pub clock: Arc<SimulatedClock>,
    pub books: Books,
}

const SOON: Duration = Duration::from_millis(1);
const LATE: Duration = Duration::from_secs(3 * 3_600);

impl Script {
    /// Nothing happens.
    pub fn empty(stage: Stage) -> Script {
        Script {
            events: vec![],
            stage,
        }
    }

    /// A process that begins now.
    pub fn drawn(world: &World, chance: &mut Chance, stage: Stage) -> Script {
        let begins = stage.clock.monotonic();
        let mut script = Script::empty(stage);
        let many = u64::try_from(world.accounts.len()).expect("few");
        let account = |chance: &mut Chance| usize::try_from(chance.within(0, many)).expect("few");
        let moment = |chance: &mut Chance| begins + chance.time(SOON, LATE);
        for _ in 0..chance.within(0, 4) {
            let index = account(chance);
            let switches = Box::new(trouble(&world.accounts[index], chance));
            script.add(moment(chance), Event::Switch(index, switches));
        }
        for _ in 0..chance.within(0, 3) {
            let network = bad_network(chance);
            script.add(moment(chance), Event::Connect(account(chance), network));
        }
        if chance.one_in(5) {
            script.add(moment(chance), Event::Restart(account(chance)));
        }
        if chance.one_in(4) {
            let paused = moment(chance);
            script.add(paused, Event::Change(LaunchState::Paused));
            let back = chance.pick(&[Event::Change(LaunchState::Running), Event::Stop, Event::Crash]);
            script.add(paused + chance.time(SOON, Duration::from_secs(20)), back);
        }
        if chance.one_in(30) {
            script.add(moment(chance), Event::Change(LaunchState::Cancelled));
        }
        let end = chance.pick(&[Event::Stop, Event::Crash]);
        script.add(moment(chance), end);
        script
    }

    fn add(&mut self, at: Duration, event: Event) {
        self.events.push((at, event));
        self.events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    }

    /// Does what is due.
    pub fn turn(&mut self, launch: LaunchId, stop: &watch::Sender<bool>) {
        let now = self.stage.clock.monotonic();
        while let Some((_, event)) = self.events.pop_if(|(at, _)| *at <= now) {
            self.stage.books.note(now, &told(&event));
            self.stage.happen(event, launch, stop);
        }
    }
}

fn told(event: &Event) -> String {
    match event {
        Event::Switch(account, switches) => {
            let plain = Switches::default().values();
            let changed = switches
                .values()
                .into_iter()
                .filter(|value| !plain.contains(value));
            let changed: Vec<String> = changed.map(|(name, value)| format!("{name}={value}")).collect();
            format!("carrier {account}: {}", changed.join(" "))
        }
        other @ (Event::Connect(..) | Event::Restart(_) | Event::Change(_) | Event::Stop | Event::Crash) => {
            format!("{other:?}")
        }
    }
}

impl Stage {
    fn happen(&self, event: Event, launch: LaunchId, stop: &watch::Sender<bool>) {
        match event {
            Event::Switch(account, switches) => self.switch(account, *switches),
            Event::Connect(account, network) => self.accounts[account].connect(network),
            Event::Restart(account) => self.accounts[account].at_desk(|desk, now| desk.restart(now)),
            Event::Change(state) => self.change(launch, state),
            Event::Stop => {
                stop.send_replace(true);
            }
            // Here and now: whatever waits would go on a little, how far is a matter of the machine's threads.
            Event::Crash => resume_unwind(Box::new(Killed)),
        }
    }

    /// A carrier does other things from now on.
    pub fn switch(&self, account: usize, switches: Switches) {
        self.accounts[account].at_desk(|desk, now| desk.switch(switches, now));
    }

    /// As another process does, while this one stands still: no deed of it is under way between two of its steps.
    fn change(&self, launch: LaunchId, to: LaunchState) {
        let from: &'static [LaunchState] = match to {
            LaunchState::Running => &[LaunchState::Paused, LaunchState::Halted],
            LaunchState::Paused => &[LaunchState::Running],
            LaunchState::Cancelled | LaunchState::Building | LaunchState::Done | LaunchState::Halted => {
                &[LaunchState::Running, LaunchState::Paused, LaunchState::Halted]
            }
        };
        let (path, now) = (self.path.clone(), self.clock.now());
        let other = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let options = OpenOptions {
                    access: Access::Read,
                    most_pages: None,
                };
                let store = Store::open(&path, options).await.expect("a store");
                store.change_launch(launch, from, to, now).await.expect("changed");
            });
        };
        std::thread::spawn(other).join().expect("another process");
    }
}
