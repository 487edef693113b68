//! For each seed a campaign by the grammar of the language, with people who answer it as a model says: what everybody gets
//! is the same, text by text and second by second, on the clock of stories, in a rehearsal, and by the engine on its store,
//! whose process ends and begins again in between. `CRIER_SEEDS=1000 cargo test -p engine by_seed` tells so many;
//! `CRIER_SEED=7` tells one, and shows its campaign where it goes wrong.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use dsl::campaign::story::Occurrence;
use sms::PhoneNumber;

use super::recorded;
use super::world::{Does, START, World, event, phone, scripted};
use crate::clock::Clock;
use crate::draw;
use crate::plan::{Cohorts, Planner, cast};
use crate::provider::carrier::tests::server::{Act, Server, http};
use crate::rehearse::{self, Model, Setting};
use crate::revision::Revision;
use crate::stage::Stage;
use crate::store::NewHappening;

mod alone;
mod grammar;

use grammar::{Chance, Drawn, drawn};

/// Seeds of a run where nobody says how many.
const SEEDS: u64 = 150;
const PEOPLE: u64 = 8;
const COLUMNS: [&str; 6] = ["phone", "first_name", "city", "language", "timezone", "starts"];
/// Calls of one campaign.
const MOST_CALLS: usize = 5_000;
/// Nobody lives longer than that in these campaigns.
const LONG: TimeDelta = TimeDelta::days(400);

/// Texts by person, each with its second.
type Told = BTreeMap<u64, Vec<String>>;

/// A campaign on disk, and how people answer it.
struct Tale {
    seed: u64,
    world: World,
    revision: Arc<Revision>,
    model: Arc<Model>,
    /// Where its calls go.
    host: TcpListener,
    /// An event begins it, for one person at a time.
    is_triggered: bool,
}

impl Tale {
    fn of(seed: u64) -> Tale {
        let Drawn {
            campaign,
            model,
            trigger,
        } = drawn(seed);
        let host = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        host.set_nonblocking(true).expect("it is bound");
        let url = format!("http://{}", host.local_addr().expect("it is bound"));
        let mut world = World::new(PEOPLE, &campaign.replace("HOST", &url), "");
        // Nobody takes longer to answer the last text.
        world.receipts = Duration::from_secs(86_400);
        let rows: String = (0..PEOPLE)
            .map(|n| {
                let of = |all: [&'static str; 4], n: u64| all[usize::try_from(n % 4).expect("small")];
                let city = of(["Rome", "Oslo", "", "Bern"], n);
                let language = of(["en", "it", "", "it"], n / 2);
                let zone = of(["Europe/Rome", "America/Lima", "", "Asia/Tokyo"], n + seed);
                let starts = of(
                    ["2026-11-27", "2026-12-01", "2026-11-20", "2026-11-25"],
                    n / 3 + seed,
                );
                format!("{},P{n},{city},{language},{zone},{starts}\n", phone(n))
            })
            .collect();
        let people = format!("{}\n{rows}", COLUMNS.join(","));
        std::fs::write(world.path().join("people.csv"), people).expect("written");
        if let Some(trigger) = &trigger {
            let path = world.path().join("test.campaign.yaml");
            let text = std::fs::read_to_string(&path).expect("readable");
            world.write_campaign(&text.replacen("schedule: now", trigger, 1));
        }
        world.write_senders();
        world.write_hosts();
        world.write_lists();
        let loaded = world.campaign();
        let revision = loaded.revision.expect("valid");
        let project = loaded.project.project.expect("valid");
        let model = Model::read(&model, &revision.campaign, &project).expect("a model");
        Tale {
            seed,
            world,
            revision,
            model: Arc::new(model),
            host,
            is_triggered: trigger.is_some(),
        }
    }

    /// Whether its campaign asks for what happens outside, of which no rehearsal knows.
    fn has_events(&self) -> bool {
        self.seed.is_multiple_of(3)
    }

    /// What happens outside to whom, between the seconds at which people write.
    fn happenings(&self) -> Vec<NewHappening> {
        let mut chance = Chance::of(self.seed ^ 0x00ff_00ff);
        let people = (0..PEOPLE).filter(|_| self.has_events());
        let several: Vec<u64> = people.flat_map(|n| [n; 3]).collect();
        let one = |n: u64| {
            let fields: &[(&str, &str)] = match chance.below(4) {
                0 => &[("city", "Oslo")],
                1 => &[("city", "Rome"), ("note", "none")],
                2 => &[("starts", "2026-11-28")],
                _ => &[],
            };
            let seconds = i64::try_from(chance.below(5 * 86_400)).expect("small");
            let mut one = event(seconds, chance.pick(&["ordered", "paid"]), n, fields);
            one.at += TimeDelta::milliseconds(300);
            one
        };
        let mut happenings: Vec<NewHappening> = several.into_iter().map(one).collect();
        // Each enters a few times, as far as that is let.
        let begins = (0..PEOPLE).filter(|_| self.is_triggered).flat_map(|n| [n; 4]);
        for n in begins {
            let seconds = i64::try_from(chance.below(9 * 86_400)).expect("small");
            let fields: &[(&str, &str)] = match chance.below(3) {
                0 => &[("city", "Bern")],
                1 => &[("city", "Lima")],
                _ => &[],
            };
            let mut one = event(seconds, "began", n, fields);
            one.at += TimeDelta::milliseconds(300);
            happenings.push(one);
        }
        happenings
    }

    fn answers(&self) -> Answers {
        Answers {
            seed: self.seed,
            revision: self.revision.clone(),
            model: self.model.clone(),
            texts: BTreeMap::new(),
        }
    }
}

/// What people answer, as a rehearsal draws it.
struct Answers {
    seed: u64,
    revision: Arc<Revision>,
    model: Arc<Model>,
    /// Texts to each person so far.
    texts: BTreeMap<u64, u16>,
}

impl Answers {
    /// To the next text to somebody, and when.
    fn to(&mut self, phone: PhoneNumber, text: &str, at: DateTime<Utc>) -> Option<(DateTime<Utc>, String)> {
        let nth = self.texts.entry(phone.as_u64()).or_default();
        let draws = draw::four(self.seed, phone, *nth);
        *nth += 1;
        let name = text.split(' ').next().unwrap_or_default();
        let messages = &self.revision.campaign.messages;
        let message = messages.iter().position(|message| message.name == name)?;
        // Rules answer, and nobody answers them.
        let habit = Some(&self.model.messages[message]).filter(|_| !name.starts_with('r'))?;
        let said = match habit.writes(draws)? {
            true => "STOP",
            false => habit.word(draws)?,
        };
        let delay = TimeDelta::from_std(rehearse::delay(habit.after, draws[1])).expect("a time");
        Some((whole_second(at) + round_up(delay), said.to_owned()))
    }
}

fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    at.with_nanosecond(0).expect("every second begins")
}

fn round_up(time: TimeDelta) -> TimeDelta {
    TimeDelta::seconds(time.num_seconds() + i64::from(time.subsec_nanos() > 0))
}

fn line(at: DateTime<Utc>, text: &str) -> String {
    format!("{} {text}", at.format("%d %H:%M:%S"))
}

/// The process ends after every so many texts, and begins again; none: it does not end.
async fn by_engine(tale: &Tale, every: Option<u64>) -> Told {
    // As a stage does, it answers nothing that a field would keep.
    let host = tale.host.try_clone().expect("it is bound");
    let host = tokio::net::TcpListener::from_std(host).expect("it does not block");
    let _host = Server::on(host, vec![Act::Say(http("200 OK", "{}")); MOST_CALLS]);
    let answers = Mutex::new(tale.answers());
    let clock = tale.world.clock.clone();
    let provider = scripted(50, move |text, _| {
        let mut answers = answers.lock().expect("unpoisoned");
        Does::AcceptAndSay(answers.to(text.to, &text.text, clock.now()))
    });
    let mut happenings = tale.happenings();
    match tale.is_triggered {
        false => {
            provider.will_happen(&tale.world, happenings);
            tale.world.run_in_pieces(&provider, every).await;
        }
        true => {
            let end = tale.world.clock.now() + LONG;
            let mut last = event(0, "over", 8, &[]);
            last.at = end;
            happenings.push(last);
            provider.will_happen(&tale.world, happenings);
            tale.world.run_open(&provider, every, end).await;
        }
    }
    let mut told = Told::new();
    for (at, text) in provider.ledger.lock().expect("unpoisoned").iter() {
        let of_person = told.entry(text.to.as_u64()).or_default();
        of_person.push(line(*at, &text.text));
    }
    told
}

/// What comes from outside of a campaign.
enum Outside {
    Says(String),
    Happens(NewHappening),
}

fn by_stage(tale: &Tale) -> Told {
    let start: DateTime<Utc> = START.parse().expect("an instant");
    let mut answers = tale.answers();
    let mut told = Told::new();
    let plan = std::fs::read_to_string(tale.world.path().join("people.csv")).expect("readable");
    for row in plan.lines().skip(1) {
        let columns = COLUMNS.map(str::to_owned);
        let cells = row.split(',').map(str::to_owned);
        let person: Vec<(String, String)> = columns.into_iter().zip(cells).collect();
        let person = cast(&tale.revision, &person, &Default::default(), start).expect("somebody of the list");
        let number = person.member.phone;
        let mut stage = Stage::new(tale.revision.clone(), person, None, start);
        let happenings = tale.happenings().into_iter().filter(|one| one.phone == number);
        let mut replies: Vec<(DateTime<Utc>, Outside)> =
            happenings.map(|one| (one.at, Outside::Happens(one))).collect();
        loop {
            replies.sort_by_key(|(at, _)| *at);
            let last = replies.first().map_or(start + LONG, |(at, _)| *at);
            stage.run_to_text(last);
            if let Some((at, sent)) = stage.untaken() {
                let text = sent.text.clone();
                stage.take();
                told.entry(number.as_u64()).or_default().push(line(at, &text));
                let answer = answers.to(number, &text, at);
                replies.extend(answer.map(|(at, said)| (at, Outside::Says(said))));
            } else if replies.is_empty() {
                break;
            } else {
                let (at, what) = replies.remove(0);
                stage.run_to(at);
                match what {
                    Outside::Says(said) => stage.reply(&said),
                    Outside::Happens(one) => stage.event(&Occurrence {
                        name: one.what.name().to_owned(),
                        fields: one.fields,
                    }),
                }
            }
        }
    }
    told
}

fn by_rehearsal(tale: &Tale) -> Told {
    let begins_at = START.parse().expect("an instant");
    let project = tale.world.campaign().project.project.expect("valid");
    let planner = Planner::new(
        tale.revision.clone(),
        &project,
        tale.world.path(),
        Default::default(),
        begins_at,
    );
    let mut planner = planner.expect("a plan");
    let mut people = vec![];
    while let Some(run) = planner.next_run().expect("planned") {
        people.push(Cohorts::of(run.people));
    }
    let (_, tariffs) = planner.finish().expect("planned");
    let setting = Setting {
        revision: &tale.revision,
        project: &project,
        tariffs: &tariffs,
        budget: None,
        model: &tale.model,
        seed: tale.seed,
        keeps_texts: true,
        begins_at,
    };
    let rehearsal = rehearse::rehearse(&setting, people).expect("no rule is broken");
    let mut told = Told::new();
    for text in rehearsal.texts {
        let of_person = told.entry(text.to.as_u64()).or_default();
        of_person.push(line(text.at, &text.text));
    }
    told
}

/// What is not the same, by the clocks it is told by.
fn differences(seed: u64) -> Vec<String> {
    let tale = Tale::of(seed);
    let stage = by_stage(&tale);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let every = [None, Some(3), Some(11)][usize::try_from(seed / 3 % 3).expect("small")];
    let engine = runtime.block_on(by_engine(&tale, every));
    let people = engine.keys().filter_map(|number| PhoneNumber::from_u64(*number));
    let (_, stories) = runtime.block_on(recorded::faults(&tale.world, "test", people));
    let mut others = vec![("the engine", engine)];
    if !tale.has_events() {
        others.push(("the rehearsal", by_rehearsal(&tale)));
    }
    let mut found = vec![];
    for (who, other) in others {
        for (number, texts) in &stage {
            let theirs = other.get(number).map_or(&[][..], Vec::as_slice);
            if theirs != texts {
                found.push(format!("{who}, +{number}:\n{}", beside(texts, theirs)));
            }
        }
        if other.len() > stage.len() {
            found.push(format!("{who} texts somebody more"));
        }
    }
    // Told last: whether what was recorded passes is another question than whether the clocks agree.
    found.extend(stories.into_iter().map(|story| format!("recorded:\n{story}")));
    found
}

fn beside(stage: &[String], other: &[String]) -> String {
    let mut told = String::new();
    for at in 0..stage.len().max(other.len()) {
        let [one, two] = [stage, other].map(|texts| texts.get(at).map_or("-", String::as_str));
        let mark = if one == two { ' ' } else { '!' };
        let _ = writeln!(told, "  {mark} {one:50} {two}");
    }
    told
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}={text} is no number")),
    )
}

#[test]
fn three_clocks_tell_the_same_of_any_campaign() {
    if let Some(seed) = number("CRIER_SEED") {
        let Drawn {
            campaign,
            model,
            trigger,
        } = drawn(seed);
        let campaign = trigger.unwrap_or_default() + "\n" + &campaign;
        let found = differences(seed);
        assert!(found.is_empty(), "{campaign}\n{model}\n{}", found.join("\n"));
        return;
    }
    let (first, seeds) = (
        number("CRIER_FIRST").unwrap_or(0),
        number("CRIER_SEEDS").unwrap_or(SEEDS),
    );
    let (next, wrong) = (AtomicU64::new(first), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 * std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds {
                        return;
                    }
                    let told = std::panic::catch_unwind(|| differences(seed));
                    let found = told.unwrap_or_else(|panic| {
                        let text = panic.downcast_ref::<String>().map_or("", String::as_str);
                        vec![format!("it panics: {text}")]
                    });
                    if !found.is_empty() {
                        wrong.lock().expect("unpoisoned").insert(seed, found);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("unpoisoned");
    let shown: Vec<String> = wrong
        .iter()
        .map(|(seed, found)| format!("CRIER_SEED={seed}: {}", found[0]))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {seeds} seeds\n{}",
        wrong.len(),
        shown.join("\n")
    );
}
