//! What a launch on its store did to somebody, recorded, is a story that passes: whatever people answered and when, whatever
//! happened to them, and whatever other campaigns had done before. Whoever records shows what was, and not what would be.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::expect;
use sms::PhoneNumber;

use super::world::{Does, START, Scripted, World, event, phone, scripted};
use crate::clock::Clock;
use crate::draw;
use crate::launch::{self, LaunchRequest, Occurrence};
use crate::load::{campaign_of_bytes, load_project};
use crate::play::with_story;
use crate::provider::carrier::tests::server::{Act, Server, http};
use crate::provider::{Inbound, TextPart};
use crate::record::{NoRecord, Recorded, record};
use crate::schedule::look;
use crate::store::{Access, LaunchRow, LaunchState, NewHappening, Opening, Store};
use crate::story::play;

mod examples;
mod lives;

/// How long people take to answer, in seconds.
const DELAYS: [i64; 7] = [1, 40, 300, 3_599, 3 * 3_600, 20 * 3_600, 50 * 3_600];

/// What people may write.
struct Life {
    words: &'static [&'static str],
    seed: u64,
}

fn number(text: &str) -> PhoneNumber {
    text.parse().expect("a number")
}

/// A provider whose people answer two of three texts, with one of these words and after one of the delays.
fn answering(world: &World, life: &Life) -> Arc<Scripted> {
    let (clock, words, seed) = (world.clock.clone(), life.words, life.seed);
    let texts: Mutex<std::collections::BTreeMap<u64, u16>> = Mutex::default();
    scripted(5, move |text, _| {
        let mut texts = texts.lock().expect("unpoisoned");
        let nth = texts.entry(text.to.as_u64()).or_default();
        let drawn = draw::four(seed, text.to, *nth);
        *nth += 1;
        let of = |n: u64, many: usize| usize::try_from(n % many as u64).expect("small");
        let said = (!drawn[0].is_multiple_of(3) && !words.is_empty()).then(|| {
            let delay = TimeDelta::seconds(DELAYS[of(drawn[1], DELAYS.len())]);
            (clock.now() + delay, words[of(drawn[2], words.len())].to_owned())
        });
        Does::AcceptAndSay(said)
    })
}

/// Launches a campaign, or opens it; it is executed until then.
async fn live(world: &World, name: &str, provider: &Arc<Scripted>, until: DateTime<Utc>) {
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    let loaded = world.campaign_of(name);
    let revision = loaded.revision.expect("valid");
    let is_open = matches!(revision.campaign.schedule, dsl::campaign::Schedule::Trigger(_));
    let now = world.clock.now();
    let due = look(&store, &revision.campaign, now).await.expect("looked");
    let occurrence = due.launch.map_or(Occurrence::Nth(1), Occurrence::Tick);
    match is_open {
        true => {
            let request = LaunchRequest {
                revision,
                project: loaded.project.project.expect("valid"),
                occurrence,
                now,
            };
            let opened = launch::open(&store, request, world.path(), Opening::Anew).await;
            opened.expect("opened");
        }
        false => {
            world.launch_of(&store, name, occurrence).await;
        }
    }
    let lives = |row: &LaunchRow| row.state == LaunchState::Running;
    let all = store.launches(None).await.expect("launches").into_iter();
    let all: Vec<(LaunchRow, bool)> = all
        .filter(lives)
        .map(|row| {
            let opened = row.is_opened();
            (row, opened)
        })
        .collect();
    world.run_launches(store, all, provider, None, until).await;
}

/// Everybody who got a text.
fn texted(provider: &Scripted) -> BTreeSet<PhoneNumber> {
    let ledger = provider.ledger.lock().expect("unpoisoned");
    ledger.iter().map(|(_, text)| text.to).collect()
}

async fn recorded(world: &World, store: &Store, name: &str, person: PhoneNumber) -> Option<Recorded> {
    let revision = world.campaign_of(name).revision.expect("valid");
    match record(store, revision, world.path(), person).await {
        Ok(recorded) => Some(recorded),
        Err(NoRecord::NoText(..)) => None,
        Err(error) => panic!("{person}: {error}"),
    }
}

/// What is wrong with the story of somebody, put into the file of the campaign and played there; none: nothing.
fn wrong(world: &World, name: &str, recorded: &Recorded) -> Option<String> {
    let file = world.path().join(format!("{name}.campaign.yaml"));
    let text = std::fs::read_to_string(&file).expect("readable");
    let told = recorded.story("it");
    let with = with_story(&text, &told).expect("there is a place");
    let loaded = campaign_of_bytes(
        &file,
        with.as_bytes(),
        load_project(world.path()).expect("readable"),
    );
    let faults = loaded.file.diagnostics.iter();
    let faults: Vec<&str> = faults
        .filter(|found| found.span.start >= text.len())
        .map(|found| found.message.as_str())
        .collect();
    if !faults.is_empty() {
        return Some(format!("{told}{faults:?}\n"));
    }
    let meant = loaded.meant.expect("it has no errors");
    let failure = play(&meant, meant.campaign.stories.last()?).failure;
    assert_eq!(
        failure.is_some(),
        recorded.differs.is_some(),
        "whoever records says whether it passes"
    );
    failure.map(|failure| format!("{told}{failure}\n"))
}

/// So many people of a campaign are recorded at most.
const MOST_STORIES: usize = 60;

/// Records those whom the campaign texted; how many.
async fn check_all(world: &World, name: &str, provider: &Scripted) -> usize {
    let people = texted(provider).into_iter().take(MOST_STORIES);
    let (all, faults) = faults(world, name, people).await;
    assert!(faults.is_empty(), "{name}:\n{}", faults.concat());
    all
}

/// How many of these people are recorded, and the stories that do not pass.
pub(super) async fn faults(
    world: &World,
    name: &str,
    people: impl IntoIterator<Item = PhoneNumber>,
) -> (usize, Vec<String>) {
    let store = world.store(Access::Read).await.expect("opened");
    let (mut all, mut faults) = (0, vec![]);
    for person in people {
        let Some(recorded) = recorded(world, &store, name, person).await else {
            continue;
        };
        all += 1;
        faults.extend(wrong(world, name, &recorded));
    }
    store.close().await;
    (all, faults)
}

fn world(people: u64, campaign: &str) -> World {
    let world = World::new(people, "message: Hello\n", "");
    let path = world.path().join("crier.yaml");
    let project = std::fs::read_to_string(&path).expect("readable");
    let more = "policy: { hosts: [127.0.0.1] }\n\
        lists: { news: { stored: true, opt_in: { keyword: NEWS, confirm: sure, welcome: hello } }, club: { stored: true } }\n\
        messages: { sure: \"Reply YES to join. STOP to opt out\", hello: Welcome }\n";
    std::fs::write(&path, project + more).expect("written");
    world.write_campaign(campaign);
    world
}

/// `audience` and `schedule` of most.
const LIST: &str = "audience: people.csv\nschedule: now\npurpose: service\n";

/// The story of the n-th person, which passes.
async fn story_of(world: &World, n: u64) -> String {
    let store = world.store(Access::Read).await.expect("opened");
    let recorded = recorded(world, &store, "test", number(&phone(n))).await;
    let recorded = recorded.expect("there was a text");
    assert_eq!(wrong(world, "test", &recorded), None);
    recorded.story("it")
}

/// What everybody says to these texts, a minute later.
fn saying(world: &World, answers: &'static [(&'static str, &'static str)]) -> Arc<Scripted> {
    let clock = world.clock.clone();
    scripted(5, move |text, _| {
        let own = answers.iter().find(|(of, _)| *of == text.text);
        Does::AcceptAndSay(own.map(|(_, said)| (clock.now() + TimeDelta::minutes(1), (*said).to_owned())))
    })
}

async fn for_days(world: &World, name: &str, provider: &Arc<Scripted>, days: i64) {
    let end = world.clock.now() + TimeDelta::days(days);
    let mut over = event(0, "over", 8, &[]);
    over.at = end;
    provider.also_happens(world, over);
    live(world, name, provider, end).await;
}

#[tokio::test]
async fn what_was_known_before_stands_beside_the_person() {
    let campaign = "\
steps:
  - send: hello
    when: '!tagged(\"press\")'
  - send: vip
    when: tagged(\"vip\")
messages: { hello: \"Hello to {{city}}\", vip: Welcome }
fields: { city: { from: campaign, default: nowhere } }
";
    let world = world(1, &format!("{LIST}{campaign}"));
    let other = "fields: { city: { from: campaign }, hat: { from: campaign } }\nsteps: [{ tag: vip }, { tag: unasked }, { set: { city: Rome, hat: red } }, { send: other }]\nmessages: { other: Other }\n";
    std::fs::write(world.path().join("other.campaign.yaml"), format!("{LIST}{other}")).expect("written");
    for name in ["other", "test"] {
        let provider = saying(&world, &[]);
        for_days(&world, name, &provider, 1).await;
    }
    expect![[r#"
        - test: "it"
          person: { phone: "+12013201000", city: "Rome", tags: [vip] }
          at: 2026-11-25 04:02
          story:
            - expect: hello
              text: "Hello to Rome"
            - expect: vip
              text: "Welcome"
    "#]]
    .assert_eq(&story_of(&world, 0).await);
}

#[tokio::test]
async fn the_question_of_a_list_and_its_welcome_stand_before_the_texts() {
    let campaign = "trigger: { joins: news }\npurpose: service\nreplies: office\nmessage: First\n";
    let world = world(1, campaign);
    let provider = saying(&world, &[("Reply YES to join. STOP to opt out", "yes!")]);
    let start: DateTime<Utc> = START.parse().expect("an instant");
    provider.will_say(start + TimeDelta::minutes(5), number(&phone(0)), "News");
    for_days(&world, "test", &provider, 1).await;
    expect![[r#"
        - test: "it"
          person: { phone: "+12013201000" }
          at: 2026-11-25 04:05
          story:
            - says: "News"
            - expect: opt-in
              text: "Reply YES to join. STOP to opt out"
            - after: 1 minute
            - reply: "yes!"
            - expect: opt-in
              text: "Welcome"
            - expect: message
              text: "First"
    "#]]
    .assert_eq(&story_of(&world, 0).await);
}

#[tokio::test]
async fn what_happened_stands_where_it_did_from_the_beginning_of_the_launch_on() {
    let campaign = "\
fields: { total: { type: int, from: campaign, default: \"0\" } }
exit: { paid: event(\"paid\") }
steps:
  - wait: 1 day
  - send: { en: \"That is {{total}}\" }
  - wait: 1 day
  - send: { en: Paid? }
";
    let world = world(1, &format!("{LIST}{campaign}"));
    let provider = saying(&world, &[]);
    let happenings = [
        event(7_201, "ordered", 0, &[("total", "80"), ("colour", "red")]),
        event(7_205, "strange", 0, &[("colour", "blue")]),
        event(90_000, "paid", 0, &[]),
    ];
    happenings
        .into_iter()
        .for_each(|one| provider.also_happens(&world, one));
    for_days(&world, "test", &provider, 9).await;
    expect![[r#"
        - test: "it"
          person: { phone: "+12013201000" }
          at: 2026-11-25 04:00
          story:
            - after: 2 hours
            - event: { name: ordered, fields: { total: "80" } }
            - expect: step-2
              text: "That is 80"
            - after: 59 minutes
            - event: paid
    "#]]
    .assert_eq(&story_of(&world, 0).await);
}

#[tokio::test]
async fn a_call_stands_with_what_was_kept_of_its_answer() {
    let server = Server::start(vec![Act::Say(http("200 OK", r#"{ "seat": "A 7", "hall": 2 }"#))]).await;
    let campaign = "\
fields: { seat: { from: campaign } }
steps:
  - call: { url: \"HOST/seats/{{first_name}}\", save: seat }
  - send: { en: \"Seat {{seat}}\" }
";
    let world = world(1, &format!("{LIST}{}", campaign.replace("HOST", &server.url)));
    let provider = saying(&world, &[]);
    for_days(&world, "test", &provider, 1).await;
    expect![[r#"
        - test: "it"
          person: { phone: "+12013201000", first_name: "Person 0" }
          at: 2026-11-25 04:00
          story:
            - expect: step-2
              text: "Seat A 7"
            - calls: { url: "HOST/seats/Person%200", answer: { seat: "A 7" } }
    "#]]
    .assert_eq(&story_of(&world, 0).await.replace(&server.url, "HOST"));
}

#[tokio::test]
async fn a_reply_in_several_parts_is_one_reply() {
    let world = world(
        1,
        &format!(
            "{LIST}steps: [{{ ask: who, for: 1 day, save: name }}, {{ send: hello }}]\nmessages: {{ who: Who?, hello: \"Hello {{{{name}}}}\" }}\nfields: {{ name: {{ from: campaign }} }}\n"
        ),
    );
    let provider = saying(&world, &[]);
    for (index, text) in [(2, " Lovelace"), (1, "Ada")] {
        let part = Inbound::Text {
            id: format!("mo-{index}"),
            from: number(&phone(0)),
            sender: "desk".to_owned(),
            text: text.to_owned(),
            part: Some(TextPart {
                reference: 7,
                index,
                of: 2,
            }),
        };
        provider.say(world.clock.now() + TimeDelta::minutes(3), part);
    }
    for_days(&world, "test", &provider, 2).await;
    expect![[r#"
        - test: "it"
          person: { phone: "+12013201000" }
          at: 2026-11-25 04:00
          story:
            - expect: who
              text: "Who?"
            - after: 3 minutes
            - reply: "Ada Lovelace"
            - expect: hello
              text: "Hello Ada Lovelace"
    "#]]
    .assert_eq(&story_of(&world, 0).await);
}

/// Where rules answer with the values of a person, these are kept as they were, whatever the list says by now.
#[tokio::test]
async fn a_person_is_as_they_were_when_it_began() {
    let campaign = "fields: { first_name: { default: friend } }\nreplies: [{ words: [who], send: who }]\n\
        message: \"Hello {{first_name}}\"\nmessages: { who: \"You are {{first_name}}\" }\n";
    let world = world(3, &format!("{LIST}{campaign}"));
    let people = |names: [&str; 3]| {
        let rows = (0..).zip(names).map(|(n, name)| format!("{},{name}\n", phone(n)));
        let list = format!("phone,first_name\n{}", rows.collect::<String>());
        std::fs::write(world.path().join("people.csv"), list).expect("written");
    };
    people(["Ada", "", "Bo"]);
    for_days(&world, "test", &saying(&world, &[("Hello friend", "who?")]), 1).await;
    people(["Eve", "Eve", ""]);
    let mut told = String::new();
    for n in 0..3 {
        let story = story_of(&world, n).await;
        told += story.lines().nth(1).unwrap_or_default().trim();
        told += "\n";
    }
    expect![[r#"
        person: { phone: "+12013201000", first_name: "Ada" }
        person: { phone: "+12023201000", first_name: "friend" }
        person: { phone: "+12033201000", first_name: "Bo" }
    "#]]
    .assert_eq(&told);
}

/// What steps took off a person they had before: the story says so, though all went as it would without.
#[tokio::test]
async fn a_tag_that_was_taken_off_is_had_before() {
    let campaign = "steps: [{ send: all }, { untag: vip }, { send: vip, when: 'tagged(\"vip\")' }]\nmessages: { vip: Welcome, all: Hello }\n";
    let world = world(2, &format!("{LIST}{campaign}"));
    let other = "steps: [{ tag: vip, when: 'first_name == \"Person 0\"' }, { send: other }]\nmessages: { other: Other }\n";
    std::fs::write(world.path().join("other.campaign.yaml"), format!("{LIST}{other}")).expect("written");
    for name in ["other", "test"] {
        let provider = saying(&world, &[]);
        for_days(&world, name, &provider, 1).await;
    }
    let people = [story_of(&world, 0).await, story_of(&world, 1).await];
    let people = people.map(|story| story.lines().nth(1).unwrap_or_default().trim().to_owned());
    expect![[r#"
          person: { phone: "+12013201000", tags: [vip] }
          person: { phone: "+12023201000" }"#]]
    .assert_eq(&people.join("\n"));
}

/// A story that cannot pass says so: another campaign had taken what this one asks for.
#[tokio::test]
async fn what_no_story_can_say_is_told() {
    let campaign = "steps: [{ send: first, unless: 'answered(\"other\")' }, { send: all }]\nmessages: { first: First, all: Hello }\n";
    let world = world(1, &format!("{LIST}{campaign}"));
    let other = format!("{LIST}steps: [{{ send: other }}]\nmessages: {{ other: Other }}\n");
    std::fs::write(world.path().join("other.campaign.yaml"), other).expect("written");
    let provider = saying(&world, &[("Other", "yes")]);
    for_days(&world, "other", &provider, 1).await;
    for_days(&world, "test", &saying(&world, &[]), 1).await;
    let store = world.store(Access::Read).await.expect("opened");
    let told = recorded(&world, &store, "test", number(&phone(0))).await;
    let differs = told.expect("there was a text").differs.expect("it differs");
    expect![[r#""first" comes, not "all"; Wed 25 Nov 2026, 04:02: First"#]].assert_eq(&differs);
}
