//! The three clocks that a campaign runs by.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use dsl::campaign::story::Occurrence;

use super::super::days::run_ticks;
use super::super::world::{Does, START, event, scripted};
use super::grammar::{Begins, WORD};
use super::people::{People, happenings};
use super::{COLUMNS, Tale, Told};
use crate::clock::Clock;
use crate::plan::cast;
use crate::provider::carrier::tests::server::{Act, Server, http};
use crate::rehearse::{self, Setting};
use crate::stage::Stage;
use crate::store::NewHappening;
use crate::testing::planned;

/// Calls of one campaign.
const MOST_CALLS: usize = 5_000;
/// Nobody lives longer than that in these campaigns.
const LONG: TimeDelta = TimeDelta::days(400);
/// Everybody has begun, and is through.
const TICKING: TimeDelta = TimeDelta::days(100);

fn line(at: DateTime<Utc>, text: &str) -> String {
    format!("{} {text}", at.format("%d %H:%M:%S"))
}

/// The process ends after every so many texts, and begins again; none: it does not end.
pub async fn by_engine(tale: &Tale, every: Option<u64>) -> Told {
    // As a stage does, it answers nothing that a field would keep.
    let host = tale.host.try_clone().expect("it is bound");
    let host = tokio::net::TcpListener::from_std(host).expect("it does not block");
    let _host = Server::on(host, vec![Act::Say(http("200 OK", "{}")); MOST_CALLS]);
    let people = Mutex::new(People::of(tale));
    let clock = tale.world.clock.clone();
    let provider = scripted(50, move |text, _| {
        let mut people = people.lock().expect("unpoisoned");
        Does::AcceptAndLive(people.get(text.to, &text.text, clock.now()))
    });
    let (words, mut happenings): (Vec<_>, Vec<_>) =
        happenings(tale).into_iter().partition(|one| is_word(tale, one));
    for word in words {
        provider.will_say(word.at, word.phone, WORD);
    }
    let begun_by = match tale.begins {
        Begins::Once | Begins::ByEvent | Begins::ByWord => LONG,
        Begins::ByColumn | Begins::ByCron => TICKING,
    };
    let end = tale.world.clock.now() + begun_by;
    if tale.begins.is_of_one() {
        let mut last = event(0, "over", 8, &[]);
        last.at = end;
        happenings.push(last);
    }
    provider.will_happen(&tale.world, happenings);
    match tale.begins {
        Begins::Once => tale.world.run_in_pieces(&provider, every).await,
        Begins::ByEvent | Begins::ByWord => tale.world.run_open(&provider, every, end).await,
        Begins::ByColumn | Begins::ByCron => run_ticks(&tale.world, &provider, every, end).await,
    }
    let mut told = Told::new();
    for (at, text) in provider.ledger.lock().expect("unpoisoned").iter() {
        let of_person = told.entry(text.to.as_u64()).or_default();
        of_person.push(line(*at, &text.text));
    }
    told
}

/// Whether something that would begin a campaign is written.
fn is_word(tale: &Tale, happening: &NewHappening) -> bool {
    tale.begins == Begins::ByWord && happening.what.name() == "began"
}

/// What comes from outside of a campaign.
enum Outside {
    /// To a sender.
    Says(String, String),
    /// The text.
    Arrives(String),
    Happens(NewHappening),
}

pub fn by_stage(tale: &Tale) -> Told {
    let start: DateTime<Utc> = START.parse().expect("an instant");
    let mut people = People::of(tale);
    let mut told = Told::new();
    let plan = std::fs::read_to_string(tale.world.path().join("people.csv")).expect("readable");
    for row in plan.lines().skip(1) {
        let columns = COLUMNS.map(str::to_owned);
        let cells = row.split(',').map(str::to_owned);
        let person: Vec<(String, String)> = columns.into_iter().zip(cells).collect();
        let person = cast(&tale.revision, &person, &Default::default(), start).expect("somebody of the list");
        let number = person.member.phone;
        if tale.is_drawn_out(number) || told.contains_key(&number.as_u64()) {
            continue;
        }
        told.insert(number.as_u64(), vec![]);
        let mut stage = Stage::new(tale.revision.clone(), person, None, start);
        let happenings = happenings(tale).into_iter().filter(|one| one.phone == number);
        let happens = |one: NewHappening| match is_word(tale, &one) {
            true => (one.at, Outside::Says("desk".to_owned(), WORD.to_owned())),
            false => (one.at, Outside::Happens(one)),
        };
        let mut outside: Vec<(DateTime<Utc>, Outside)> = happenings.map(happens).collect();
        loop {
            outside.sort_by_key(|(at, _)| *at);
            let last = outside.first().map_or(start + LONG, |(at, _)| *at);
            stage.run_to_text(last);
            if let Some((at, sent)) = stage.untaken() {
                let (text, sender) = (sent.text.clone(), sent.sender.clone());
                stage.take();
                told.entry(number.as_u64()).or_default().push(line(at, &text));
                let doing = people.get(number, &text, at);
                outside.push((doing.arrived_at, Outside::Arrives(text)));
                outside.extend(doing.said.map(|(at, said)| (at, Outside::Says(sender, said))));
                outside.extend(doing.happens.into_iter().map(happens));
            } else if outside.is_empty() {
                break;
            } else {
                let (at, what) = outside.remove(0);
                stage.run_to(at);
                match what {
                    Outside::Says(sender, said) => stage.reply_to(sender, &said),
                    Outside::Arrives(text) => stage.arrived(|sent| sent.text == text),
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

pub fn by_rehearsal(tale: &Tale) -> Told {
    let start = START.parse().expect("an instant");
    let begins_at = rehearse::begins_at(&tale.revision.campaign, start).expect("it begins");
    let project = tale.world.campaign().project.project.expect("valid");
    let (people, _, tariffs) = planned(&tale.revision, &project, tale.world.path(), begins_at);
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
