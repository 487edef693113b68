//! Drives one launch through its injuries: each of the carrier's troubles in turn, and at random moments a kill, a
//! freeze, an interruption, a pause, a carrier that dies. Then everything is mended and the launch must drain.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::sync::Semaphore;

use crate::carrier::Carrier;
use crate::chance::{Chance, seed};
use crate::join::{join, texts};
use crate::people::Watch;
use crate::rate::most_in_a_second;
use crate::run::Run;
use crate::scenarios::{Changes, Scenario};
use crate::town::{PATIENCE, Town, people_or};

/// Launches at once: a machine has two cores at least.
static TURNS: Semaphore = Semaphore::const_new(2);
/// A launch takes so many seconds at least, and one for each phase, so that injuries and troubles find it under way.
const SECONDS: usize = 4;
/// The fastest that a launch of any size goes.
const FASTEST: u64 = 5_000;
/// Requests are over after this: see [`Town`].
pub const TIMEOUT: Duration = Duration::from_millis(500);
/// What a run may take, whatever the carrier answers: so much, and so much for each receipt that waits to be folded. Of the
/// base, some 140 MiB are there before the first text goes out, since a plan takes them too: the numbering plans of all
/// countries, a reader for each core, the store's pages. The answers of a carrier may add 1 MiB for each request under way.
const BASE_KIB: u64 = 224 * 1024;
const RECEIPT_KIB: u64 = 1;
/// More receipts do not wait, however many people there are.
const MOST_RECEIPTS: u64 = 200_000;
/// Kills of one launch: at the fourth that meets one person, the message is given up.
const KILLS: u32 = 3;

/// What happens to a launch from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Injury {
    /// `kill -9`, and typed again.
    Kill,
    /// Stopped for longer than any request takes, then it goes on.
    Freeze,
    /// Ctrl-C, and typed again.
    Interrupt,
    /// Paused and resumed by another process.
    Pause,
    /// The carrier is killed, and restarted on the same ledger and port.
    CarrierKill,
    /// The carrier is stopped for longer than any request may take, then it goes on.
    CarrierAway,
}

/// All of them.
pub const ALL: &[Injury] = &[
    Injury::Kill,
    Injury::Kill,
    Injury::Freeze,
    Injury::Interrupt,
    Injury::Pause,
    Injury::CarrierKill,
    Injury::CarrierAway,
];

/// One at a time of what two cores bear.
pub async fn turn() -> tokio::sync::SemaphorePermit<'static> {
    TURNS.acquire().await.expect("the semaphore is never closed")
}

/// Drives a scenario to its end and joins what is left.
pub async fn drive(scenario: &Scenario) {
    let _turn = turn().await;
    let name = scenario.name;
    eprintln!("{name}: CRIER_SEED={} repeats it", seed());
    let mut drive = Drive::begin(scenario);
    let steps = scenario.phases.len().max(5) + usize::try_from(drive.town.people / 20_000).expect("few");
    for step in 0..steps {
        let phase = scenario.phases[step % scenario.phases.len()];
        drive.carrier.change(phase).await;
        if drive.run.ended().is_some() {
            drive.type_again().await;
        }
        if scenario.until_met {
            drive.until_met(phase).await;
        }
        drive.injure().await;
    }
    drive.mend().await;
    let counts = join(scenario, &drive.town, &drive.carrier).await;
    drive.check_rate();
    drive.check_memory();
    let met = drive.carrier.stats().await.troubles;
    let (town, injuries, runs) = (&drive.town, &drive.injuries, drive.runs);
    eprintln!(
        "{name}: {} people at {}/s, {counts:?}, {runs} runs, {} KiB\n{name}: {injuries:?}\n{name}: met {met:?}",
        town.people, town.rate, drive.peak_kib
    );
    assert!(
        drive.injuries.len() >= 3,
        "{name}: only {injuries:?} came in time"
    );
}

struct Drive<'a> {
    scenario: &'a Scenario,
    carrier: Carrier,
    town: Town,
    run: Run,
    chance: Chance,
    watch: Watch,
    injuries: Vec<Injury>,
    kills: u32,
    runs: u32,
    peak_kib: u64,
}

impl<'a> Drive<'a> {
    fn begin(scenario: &'a Scenario) -> Drive<'a> {
        let mut chance = Chance::of(scenario.name);
        let people = people_or(scenario.people);
        let seconds = u64::try_from(scenario.phases.len().max(SECONDS)).expect("few");
        let rate = (people / seconds).clamp(1, FASTEST);
        let seed = chance.below(1_000_000).to_string();
        let mut switches = vec![("seed", seed.as_str())];
        switches.extend(scenario.nature);
        switches.extend(scenario.phases[0]);
        let carrier = Carrier::start(&switches, scenario.callback);
        let promises = format!(", timeout: {} ms{}", TIMEOUT.as_millis(), scenario.promises);
        let town = Town::new(&carrier, people, rate, &promises, scenario.texts);
        Drive {
            run: town.run(),
            scenario,
            carrier,
            town,
            chance,
            watch: Watch::default(),
            injuries: vec![],
            kills: 0,
            runs: 1,
            peak_kib: 0,
        }
    }

    /// The process ended by itself or by a signal of ours; it is typed again.
    async fn type_again(&mut self) {
        self.peak_kib = self.peak_kib.max(self.run.peak_kib);
        self.watch.look(&self.town).await;
        self.run = self.town.run();
        self.runs += 1;
    }

    /// Waits until every trouble of a phase that hits everybody has hit somebody.
    async fn until_met(&mut self, phase: Changes) {
        let certain = phase.iter().filter(|(_, value)| *value == "100%");
        for (name, _) in certain {
            let deadline = Instant::now() + PATIENCE;
            loop {
                let stats = self.carrier.stats().await;
                if stats.troubles.contains_key(*name) || stats.refused.contains_key(*name) {
                    break;
                }
                assert!(
                    Instant::now() < deadline,
                    "{}: nobody meets {name}",
                    self.scenario.name
                );
                assert!(!self.run.ends_within(TIMEOUT).await, "{}", self.run.said());
            }
        }
    }

    async fn injure(&mut self) {
        let moment = self
            .chance
            .between(Duration::from_millis(150), Duration::from_millis(1_000));
        if self.run.ends_within(moment).await {
            self.expect_end(&[0]);
            return;
        }
        let mut injury = self.chance.one_of(self.scenario.injuries);
        if injury == Injury::Kill && self.kills >= KILLS {
            injury = Injury::Interrupt;
        }
        self.injuries.push(injury);
        match injury {
            Injury::Kill => self.kill().await,
            Injury::Freeze => self.freeze().await,
            Injury::Interrupt => self.interrupt().await,
            Injury::Pause => self.pause().await,
            Injury::CarrierKill => self.carrier_kill().await,
            Injury::CarrierAway => self.carrier_away().await,
        }
    }

    fn expect_end(&mut self, codes: &[i32]) {
        let code = self.run.code();
        assert!(
            code.is_some_and(|code| codes.contains(&code)),
            "{}: it ended with {code:?} after {:?}, and said:\n{}",
            self.scenario.name,
            self.injuries,
            self.run.said()
        );
    }

    async fn kill(&mut self) {
        self.run.kill().await;
        self.kills += 1;
        self.type_again().await;
    }

    async fn freeze(&mut self) {
        self.run.signal(Signal::STOP);
        let most = TIMEOUT * 4;
        tokio::time::sleep(self.chance.between(TIMEOUT * 2, most)).await;
        self.run.signal(Signal::CONT);
    }

    async fn interrupt(&mut self) {
        self.run.signal(Signal::INT);
        self.run.ended_within(PATIENCE).await;
        // It may have been done at that very moment.
        self.expect_end(&[130, 0]);
        self.type_again().await;
    }

    /// While it is paused nothing begins, also not by a process that is started meanwhile.
    async fn pause(&mut self) {
        let (code, said) = self.town.crier(&["pause", "test"]);
        if code == Some(1) || code == Some(2) {
            // Done already, or not launched yet.
            return;
        }
        assert_eq!(code, Some(0), "{said}");
        let before = self.carrier.submitted();
        if self.kills < KILLS && self.chance.below(2) == 0 {
            self.kill().await;
        }
        // What is under way ends, and somebody asks whether it is still paused.
        tokio::time::sleep(TIMEOUT * 2).await;
        let sent = self.carrier.submitted() - before;
        let windows = usize::try_from(4 * (self.town.rate / 4 + 1)).expect("small");
        assert!(
            sent <= windows,
            "{}: {sent} texts were submitted after the pause, and four windows are {windows}",
            self.scenario.name
        );
        let (code, said) = self.town.crier(&["resume", "test"]);
        assert_eq!(code, Some(0), "{said}");
    }

    async fn carrier_kill(&mut self) {
        self.carrier.kill();
        let most = Duration::from_millis(600);
        tokio::time::sleep(self.chance.between(Duration::ZERO, most)).await;
        self.carrier.begin();
    }

    async fn carrier_away(&mut self) {
        self.carrier.signal(Signal::STOP);
        tokio::time::sleep(self.chance.between(TIMEOUT, TIMEOUT * 3)).await;
        self.carrier.signal(Signal::CONT);
    }

    /// All troubles end, and the command is typed until it is done and nothing more is to be said.
    async fn mend(&mut self) {
        self.carrier.mend().await;
        for _ in 0..8 {
            self.run.ended_within(self.patience()).await;
            self.expect_end(&[0]);
            let pending = self.carrier.stats().await.inbound_pending;
            if pending == 0 {
                self.peak_kib = self.peak_kib.max(self.run.peak_kib);
                return self.watch.look(&self.town).await;
            }
            self.type_again().await;
        }
        panic!(
            "{}: receipts are not fetched:\n{}",
            self.scenario.name,
            self.run.said()
        );
    }

    fn patience(&self) -> Duration {
        PATIENCE + Duration::from_secs(self.town.people / 500)
    }

    /// I5: a second has its rate, and the windows that a stall held up; each process begins with a bucket of its own.
    fn check_rate(&self) {
        let entries = self.carrier.ledger();
        let most = most_in_a_second(&texts(&entries).collect::<Vec<_>>());
        let rate = usize::try_from(self.town.rate).expect("small");
        let bound = 2 * rate + rate / 2 + 10;
        assert!(
            most <= bound,
            "{}: I5 {most} texts in a second at {rate}/s after {:?}",
            self.scenario.name,
            self.injuries
        );
    }

    fn check_memory(&self) {
        let most = BASE_KIB + RECEIPT_KIB * self.town.people.min(MOST_RECEIPTS);
        assert!(
            self.peak_kib <= most,
            "{}: I8 a run took {} KiB",
            self.scenario.name,
            self.peak_kib
        );
    }
}
