//! People who answer as it is drawn, and to whom things happen: each of their stories passes.

use super::super::days::run_ticks;
use super::*;

/// A campaign of these people, each of whom lives as it is drawn; every story of them passes.
async fn check(campaign: &str, happenings: fn(u64) -> Vec<NewHappening>, words: &'static [&'static str]) {
    let end = START.parse::<DateTime<Utc>>().expect("an instant") + TimeDelta::days(20);
    for seed in 1..4 {
        let world = world(30, campaign);
        let life = Life { words, seed };
        let provider = answering(&world, &life);
        let mut all: Vec<NewHappening> = (0..30).flat_map(happenings).collect();
        let mut over = event(0, "over", 8, &[]);
        over.at = end;
        all.push(over);
        provider.will_happen(&world, all);
        live(&world, "test", &provider, end).await;
        assert!(check_all(&world, "test", &provider).await >= 10);
    }
}

const NOBODY: fn(u64) -> Vec<NewHappening> = |_| vec![];

#[tokio::test]
async fn questions_reminders_variants_and_what_is_saved() {
    let campaign = "\
fields:
  city: { from: campaign, default: nowhere }
steps:
  - ask: invite
    for: 2 days
    answers:
      - { words: [\"yes\", si], do: [{ tag: coming }, { send: kept }] }
      - { words: [\"no\"], finish: declined }
    unclear: again
    remind: { after: 1 day, send: reminder }
    silence: { send: last }
  - ask: where
    for: 4 hours
    save: city
  - split: { left: { share: 50%, do: { send: left } }, right: { share: 50%, do: { send: right } } }
  - wait: \"18:00\"
  - send: city
    when: city == \"Rome\" || tagged(\"coming\")
messages:
  invite: { variants: { calm: { share: 50%, text: \"Coming, {{first_name}}? YES or NO\" }, loud: { share: 50%, text: \"Come! YES or NO\" } } }
  kept: \"Kept\"
  again: \"Please say YES or NO\"
  reminder: \"Still time: YES or NO?\"
  last: \"Too late\"
  where: \"Where are you?\"
  left: \"Left\"
  right: \"Right\"
  city: \"{{city}} is lovely\"
  info: \"Doors at 8 in {{city}}\"
replies:
  - { words: [info], send: info }
  - otherwise: { forward: office }
";
    let words = &[
        "S\u{ed}!!",
        "no thanks",
        "perhaps",
        "yes then",
        "what info is there",
        "STOP",
        "help",
        "Rome",
        "START",
        "I would come with pleasure, but my train leaves at seven, the children are ill, and whoever has the key\nof the \
         house is in the mountains until Sunday: \"what do you say\", might I come a little later? \u{1f642} # yes: no",
    ];
    check(&format!("{LIST}{campaign}"), NOBODY, words).await;
}

#[tokio::test]
async fn what_happens_before_the_first_text_and_after_it() {
    let campaign = "\
fields: { total: { type: int, from: campaign, default: \"0\" } }
exit: { paid: event(\"paid\") }
goal: { when: event(\"seen\"), within: 9 days }
steps:
  - wait: 2 days
  - send: first
  - await: event(\"ordered\")
    for: 3 days
    then: { send: ordered }
    silence: { send: silent }
  - send: much
    when: total > 50
messages: { first: \"One of two\", ordered: \"Thank you\", silent: \"Still there?\", much: \"That is {{total}}\" }
";
    let happenings = |n: u64| {
        let hour = 3_600;
        let at = |hours: i64, name: &str, fields: &[(&str, &str)]| event(hours * hour + 7, name, n, fields);
        match n % 7 {
            0 => vec![at(5, "ordered", &[("total", "80")])],
            1 => vec![
                at(60, "ordered", &[("total", "20")]),
                at(61, "strange", &[("what", "1")]),
            ],
            2 => vec![at(70, "paid", &[])],
            3 => vec![at(1, "strange", &[]), at(2, "told", &[("total", "99")])],
            4 => vec![at(49, "seen", &[]), at(50, "paid", &[])],
            5 => vec![at(20, "paid", &[])],
            _ => vec![],
        }
    };
    check(&format!("{LIST}{campaign}"), happenings, &["hello", "stop"]).await;
}

#[tokio::test]
async fn an_event_begins_each_passage_and_may_begin_it_anew() {
    let campaign = "\
purpose: service
replies: none
trigger: { event: ordered, key: order, where: total > 50, again: restart }
fields: { order: text, total: decimal, city: { default: nowhere } }
exit: { paid: event(\"paid\") }
steps:
  - wait: 1 hour
  - send: { en: \"{{order}} to {{city}}\" }
  - wait: 2 hours
  - send: { en: \"{{order}} again\" }
";
    let happenings = |n: u64| {
        let order = format!("A{n}");
        let at = |minutes: i64, name: &str, fields: &[(&str, &str)]| event(minutes * 60 + 9, name, n, fields);
        let first = at(
            10,
            "ordered",
            &[("order", &order), ("total", "60"), ("city", "Rome")],
        );
        match n % 5 {
            0 => vec![first],
            1 => vec![first, at(30, "paid", &[("order", "B")])],
            2 => vec![first, at(100, "paid", &[("order", &order)])],
            3 => vec![first, at(90, "ordered", &[("order", &order), ("total", "70")])],
            _ => vec![first, at(50, "moved", &[("city", "Bern")])],
        }
    };
    check(campaign, happenings, &["when?", "STOP"]).await;
}

#[tokio::test]
async fn what_is_delivered_and_quiet_hours() {
    let campaign = "\
schedule: { at: 2026-11-25 12:00, clock: recipient, window: 10:00-14:00 }
audience: people.csv
purpose: service
replies: none
steps:
  - send: first
  - await: delivered(\"first\")
    for: 2 hours
    then: { send: arrived }
    silence: { send: lost }
  - repeat: { times: 2, every: 1 day, until: replied(), do: { send: nudge } }
messages: { first: First, arrived: Arrived, lost: Lost, nudge: Nudge }
";
    check(campaign, NOBODY, &["well?", "stop"]).await;
}

/// Two texts go at once: the word on the first comes behind the second.
#[tokio::test]
async fn an_earlier_text_is_delivered() {
    let campaign = "\
schedule: { at: 2026-11-25 12:00, clock: recipient, window: 10:00-14:00 }
audience: people.csv
purpose: service
replies: none
steps:
  - send: first
  - send: second
  - await: delivered(\"first\")
    for: 2 hours
    then: { send: arrived }
    silence: { send: lost }
messages: { first: First, second: Second, arrived: Arrived, lost: Lost }
";
    check(campaign, NOBODY, &["well?", "stop"]).await;
}

/// The other campaign asks, and tags and sets; this one goes by it.
#[tokio::test]
async fn tags_and_values_of_another_campaign() {
    let other = "\
fields: { city: { from: campaign } }
steps:
  - ask: who
    for: 1 hour
    answers:
      - { words: [vip], do: [{ tag: vip }, { set: { city: Rome } }] }
      - { words: [press], do: [{ tag: press }, { set: { city: Oslo } }] }
      - { words: [both], do: [{ tag: vip }, { tag: press }, { tag: unasked }] }
messages: { who: \"Who are you?\" }
";
    let campaign = "\
audience: { from: people.csv, except: ['tagged(\"banned\")'] }
schedule: now
purpose: service
replies: office
fields: { city: { from: campaign, default: nowhere }, town: { from: campaign } }
steps:
  - send: vip
    when: tagged(\"vip\")
  - untag: vip
  - choose:
      - { when: tagged(\"press\") && !tagged(\"vip\"), send: press }
      - otherwise: { send: all }
  - ask: where
    for: 3 hours
    save: town
  - send: city
    when: '!empty(town)'
messages: { vip: \"Welcome back\", press: \"Your pass\", all: \"Hello to {{city}}\", where: Where?, city: \"So {{town}}\" }
";
    for seed in 1..4 {
        let world = world(30, campaign);
        let file = world.path().join("other.campaign.yaml");
        std::fs::write(file, format!("{LIST}{other}")).expect("written");
        let words: &[&str] = &["vip", "press", "both", "nothing", "stop"];
        let life = Life { words, seed };
        let provider = answering(&world, &life);
        live(&world, "other", &provider, world.clock.now() + TimeDelta::days(2)).await;
        let provider = answering(&world, &life);
        live(&world, "test", &provider, world.clock.now() + TimeDelta::days(4)).await;
        assert!(check_all(&world, "test", &provider).await >= 10);
        assert!(check_all(&world, "other", &provider).await >= 10);
    }
}

/// Whoever writes the word of a campaign begins it, and asks for it once more.
#[tokio::test]
async fn a_word_begins_it() {
    let campaign = "\
trigger: { keyword: JOIN, again: always }
purpose: marketing
replies: office
fields: { topic: { from: campaign, default: all } }
steps:
  - ask: sure
    for: 24 hours
    answers: [{ words: [\"yes\"], do: [{ join: club }, { send: welcome }] }, { words: [\"no\"], finish: changed }]
    unclear: again
    silence: { finish: not-confirmed }
  - ask: what
    for: 2 days
    save: topic
messages:
  sure: \"Reply YES or NO. STOP to opt out\"
  again: \"YES or NO?\"
  welcome: \"Welcome\"
  what: \"Music or market?\"
";
    let start: DateTime<Utc> = START.parse().expect("an instant");
    for seed in 1..4 {
        let world = world(30, campaign);
        let words: &[&str] = &["yes", "no", "music", "what?", "STOP", "join", "NEWS"];
        let provider = answering(&world, &Life { words, seed });
        for n in 0..30 {
            let at = start + TimeDelta::minutes(i64::try_from(n).expect("small") * 7 + 1);
            provider.will_say(at, number(&phone(n)), "Join!");
        }
        let end = start + TimeDelta::days(20);
        let mut over = event(0, "over", 8, &[]);
        over.at = end;
        provider.will_happen(&world, vec![over]);
        live(&world, "test", &provider, end).await;
        assert!(check_all(&world, "test", &provider).await >= 10);
    }
}

/// The list asks whether it is meant; a yes begins the campaign that is for whoever joins it.
#[tokio::test]
async fn a_list_is_joined_by_its_word_and_a_yes() {
    let campaign = "\
trigger: { joins: news }
purpose: service
replies: office
steps:
  - send: first
  - wait: 2 hours
  - ask: well
    for: 1 day
    answers: [{ words: [good], send: thanks }]
messages: { first: First, well: \"Well?\", thanks: Thanks }
";
    let start: DateTime<Utc> = START.parse().expect("an instant");
    let world = world(40, campaign);
    let words: &[&str] = &["yes", "good", "yes please", "STOP", "news"];
    let provider = answering(&world, &Life { words, seed: 5 });
    for n in 0..40 {
        let at = start + TimeDelta::minutes(i64::try_from(n).expect("small") * 7 + 1);
        provider.will_say(at, number(&phone(n)), "News!");
    }
    let end = start + TimeDelta::days(20);
    let mut over = event(0, "over", 8, &[]);
    over.at = end;
    provider.will_happen(&world, vec![over]);
    live(&world, "test", &provider, end).await;
    assert!(check_all(&world, "test", &provider).await >= 5);
}

/// Each tick is a launch: what earlier ones left, tags and answers, is from before.
#[tokio::test]
async fn ticks_that_follow_each_other() {
    let campaign = "\
audience: { from: people.csv, except: ['tagged(\"enough\")'] }
schedule: { cron: \"0 10 * * *\", again: always }
purpose: service
steps:
  - send: more
    when: tagged(\"more\")
  - ask: well
    for: 4 hours
    answers:
      - { words: [more], do: [{ tag: more }, { send: noted }] }
      - { words: [enough], tag: enough }
      - { words: [less], untag: more }
messages: { more: \"And more\", well: \"More, less or enough?\", noted: Noted }
";
    let world = world(30, campaign);
    let words: &[&str] = &["more", "less", "enough", "stop", "what?"];
    let provider = answering(&world, &Life { words, seed: 3 });
    let end = world.clock.now() + TimeDelta::days(6);
    run_ticks(&world, &provider, None, end).await;
    assert!(check_all(&world, "test", &provider).await >= 20);
}

/// Nobody of a story is delayed by others, and what it says of them passes all the same.
#[tokio::test]
async fn a_canary_a_spread_and_a_rate() {
    let campaign = "\
audience: people.csv
schedule: { at: 2026-11-25 12:00, spread: 5 hours, window: 9:00-20:00 }
purpose: service
fields: { total: { type: int, from: campaign, default: \"0\" } }
limits: { rate: 6/minute, canary: { share: 20%, watch: 30 minutes } }
exit: { paid: event(\"paid\") }
steps:
  - send: first
  - wait: 2 hours
  - send: { en: \"That is {{total}}\" }
  - wait: \"18:00\"
  - send: evening
messages: { first: First, evening: Evening }
";
    let happenings = |n: u64| {
        let at = |hours: i64, name: &str, fields: &[(&str, &str)]| event(hours * 3_600 + 7, name, n, fields);
        match n % 4 {
            0 => vec![at(9, "ordered", &[("total", "80")])],
            1 => vec![at(11, "paid", &[])],
            2 => vec![at(1, "ordered", &[("total", "20")])],
            _ => vec![],
        }
    };
    check(campaign, happenings, &["hello", "stop"]).await;
}

const CAPPED: &str = "\
audience: people.csv
schedule: now
purpose: marketing
limits: { quiet_hours: 20:00-11:00, frequency: { most: 2 per 3 days, over: wait } }
steps:
  - send: one
  - wait: 1 hour
  - send: two
  - wait: 1 hour
  - send: three
    expires: 2 hours
  - wait: 1 hour
  - send: four
messages:
  one: { variants: { x: { share: 30%, text: \"One x. STOP to opt out\" }, y: { share: 70%, text: \"One y. STOP to opt out\" } } }
  two: \"Two\"
  three: \"Three\"
  four: \"Four\"
";

#[tokio::test]
async fn hours_and_caps() {
    check(
        CAPPED,
        NOBODY,
        &["stop", "help", "info", "\u{2764} to \u{201c}Two\u{201d}"],
    )
    .await;
}
