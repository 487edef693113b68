//! People enter an open launch one at a time, by what happens to them: an event, a list they join, a word they send.

use std::fmt::Write;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::{Expect, expect};
use tokio::sync::Notify;

use super::world::{Does, Gate, START, Scripted, World, accept, append, event, gated, phone, scripted};
use crate::clock::Clock;
use crate::launch::Occurrence;
use crate::provider::Inbound;
use crate::store::{Access, LaunchState, NewHappening};

const DAYS: i64 = 20;

fn start() -> DateTime<Utc> {
    START.parse().expect("an instant")
}

fn end() -> DateTime<Utc> {
    start() + TimeDelta::days(DAYS)
}

fn world(people: u64, campaign: &str) -> World {
    let world = World::new(people, "message: Hello\n", "");
    world.write_lists();
    world.write_campaign(&format!("purpose: service\nreplies: none\n{campaign}"));
    world
}

/// What happens, and that it ends.
fn with_end(happenings: &[NewHappening]) -> Vec<NewHappening> {
    let last = event(DAYS * 86_400, "over", 8, &[]);
    happenings.iter().cloned().chain([last]).collect()
}

/// What people got and when, how passages ended, and who did not enter.
async fn shown(world: &World, provider: &Scripted) -> String {
    let mut told = provider.got();
    let store = world.store(Access::Read).await.expect("opened");
    let launch = store.launches(Some("test")).await.expect("launches").remove(0);
    let totals = store.totals(launch.id).await.expect("totals");
    for (reason, n) in &totals.ends {
        let _ = writeln!(told, "{n} ended: {reason}");
    }
    let counts = store
        .trigger_counts(launch.id, &launch.campaign)
        .await
        .expect("counts");
    let _ = writeln!(told, "{} passages of {}", counts.passages, counts.people);
    for (reason, n) in &counts.not_entered {
        let _ = writeln!(told, "{n} not entered: {reason}");
    }
    assert_eq!(counts.to_enter, 0);
    told
}

async fn check(campaign: &str, happenings: &[NewHappening], expected: Expect) {
    for every in [None, Some(1)] {
        let world = world(3, campaign);
        let provider = scripted(5, |_, _| accept());
        provider.will_happen(&world, with_end(happenings));
        world.run_open(&provider, every, end()).await;
        expected.assert_eq(&shown(&world, &provider).await);
    }
}

const ORDERS: &str = "trigger: { event: ordered, key: order, where: total > 50, again: restart }\n\
    fields: { order: text, total: decimal, city: { default: nowhere } }\n\
    exit: { paid: event(\"paid\") }\n\
    steps:\n  - send: { en: \"{{order}} to {{city}}\" }\n  - wait: 2 hours\n  - send: { en: \"{{order}} again\" }\n";

#[tokio::test]
async fn each_key_is_a_passage_and_the_same_once_more_begins_it_anew() {
    check(
        ORDERS,
        &[
            event(
                60,
                "ordered",
                0,
                &[("order", "A1"), ("total", "60"), ("city", "Rome")],
            ),
            event(70, "ordered", 0, &[("order", "A2"), ("total", "60")]),
            event(80, "ordered", 1, &[("order", "B1"), ("total", "50")]),
            event(90, "ordered", 1, &[("order", "B2"), ("total", "much")]),
            event(91, "ordered", 2, &[("order", "C1"), ("total", "99")]),
            event(3600, "paid", 0, &[("order", "A2")]),
            event(3601, "ordered", 0, &[("order", "A1"), ("total", "70")]),
            event(3602, "other", 0, &[("order", "A1")]),
            event(86_400, "ordered", 0, &[("order", "A1"), ("total", "70")]),
        ],
        expect![[r#"
            25 09:01:00 to 0: A1 to Rome
            25 09:01:10 to 0: A2 to nowhere
            25 09:01:31 to 2: C1 to nowhere
            25 10:00:01 to 0: A1 to nowhere
            25 11:02:00 to 2: C1 again
            25 12:01:00 to 0: A1 again
            26 09:00:00 to 0: A1 to nowhere
            26 11:00:00 to 0: A1 again
            1 ended: paid
            5 passages of 2
            1 not entered: total is not of its type
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_event_for_which_nobody_knows_whether_it_begins_is_told() {
    check(
        "trigger: { event: ordered, where: total > 50 }\nfields: { total: decimal }\nmessage: hello\n",
        &[
            event(60, "ordered", 0, &[("total", "60")]),
            event(70, "ordered", 1, &[]),
        ],
        expect![[r#"
            25 09:01:00 to 0: hello
            1 passages of 1
            1 not entered: `where` cannot be decided: total is empty or not of its type
        "#]],
    )
    .await;
}

#[tokio::test]
async fn who_may_enter_again_is_as_the_trigger_says() {
    let campaign = |again: &str| {
        format!(
            "trigger: {{ event: ordered{again} }}\nsteps:\n  - send: {{ en: \"hello\" }}\n  - wait: 1 hour\n  - send: {{ en: \"bye\" }}\n"
        )
    };
    let happenings = [
        event(0, "ordered", 0, &[]),
        event(1800, "ordered", 0, &[]),
        event(7200, "ordered", 0, &[]),
        event(3 * 86_400, "ordered", 0, &[]),
        event(3 * 86_400, "ordered", 0, &[]),
    ];
    check(
        &campaign(""),
        &happenings,
        expect![[r#"
        25 09:00:00 to 0: hello
        25 10:00:00 to 0: bye
        1 passages of 1
        3 not entered: in an earlier passage, and `again` does not let them in
        1 not entered: still inside of an earlier passage
    "#]],
    )
    .await;
    check(
        &campaign(", again: after 2 days"),
        &happenings,
        expect![[r#"
        25 09:00:00 to 0: hello
        25 10:00:00 to 0: bye
        28 09:00:00 to 0: hello
        28 10:00:00 to 0: bye
        2 passages of 1
        1 not entered: in an earlier passage, and `again` does not let them in
        2 not entered: still inside of an earlier passage
    "#]],
    )
    .await;
    check(
        &campaign(", again: always"),
        &happenings,
        expect![[r#"
        25 09:00:00 to 0: hello
        25 10:00:00 to 0: bye
        25 11:00:00 to 0: hello
        25 12:00:00 to 0: bye
        28 09:00:00 to 0: hello
        28 10:00:00 to 0: bye
        3 passages of 1
        2 not entered: still inside of an earlier passage
    "#]],
    )
    .await;
    check(
        &campaign(", again: restart"),
        &happenings,
        expect![[r#"
        25 09:00:00 to 0: hello
        25 09:30:00 to 0: hello
        25 10:30:00 to 0: bye
        25 11:00:00 to 0: hello
        25 12:00:00 to 0: bye
        28 09:00:00 to 0: hello
        28 10:00:00 to 0: bye
        5 passages of 1
    "#]],
    )
    .await;
}

/// Who is in no list, opted out, or elsewhere does not enter; what the row of the list says is known.
#[tokio::test]
async fn an_audience_says_who_may_enter_and_what_is_known_of_them() {
    let world = world(
        3,
        "trigger: { event: ordered }\naudience: { from: people.csv, where: 'first_name != \"Person 1\"' }\n\
         fields: { first_name: text, nth: { type: int, default: \"0\" } }\nmessage: \"{{first_name}}, {{nth}}\"\n",
    );
    let provider = scripted(5, |_, _| accept());
    let happenings = [
        event(60, "ordered", 0, &[("nth", "7")]),
        event(61, "ordered", 1, &[]),
        event(62, "ordered", 2, &[]),
        event(63, "ordered", 5, &[]),
        event(64, "ordered", 0, &[("nth", "many")]),
    ];
    provider.will_happen(&world, with_end(&happenings));
    provider.say(start() + TimeDelta::seconds(30), said(2, "STOP"));
    world.run_open(&provider, None, end()).await;
    expect![[r#"
        25 09:00:30 to 2: You have opted out and will get no more messages from us.
        25 09:01:00 to 0: Person 0, 7
        1 passages of 1
        1 not entered: `where` does not hold
        1 not entered: nth is not of its type
        1 not entered: in none of the lists of the audience
        1 not entered: opted out
    "#]]
    .assert_eq(&shown(&world, &provider).await);
}

/// A text of the n-th person.
fn said(n: u64, text: &str) -> Inbound {
    Inbound::Text {
        id: format!("mo-{n}-{text}"),
        from: phone(n).parse().expect("a number"),
        sender: "desk".to_owned(),
        text: text.to_owned(),
        part: None,
    }
}

#[tokio::test]
async fn who_joins_a_list_enters() {
    let joining = "trigger: { joins: news, again: always }\n\
        steps:\n  - send: { en: \"welcome\" }\n  - wait: 1 day\n  - leave: news\n";
    // Another campaign of the project puts people on the list, twice.
    let other = "audience: people.csv\nschedule: now\npurpose: service\nreplies: none\n\
        steps:\n  - send: { en: \"first\" }\n  - join: news\n  - wait: 3 days\n  - join: news\n  - wait: 1 hour\n  - join: news\n";
    for every in [None, Some(1)] {
        let world = world(2, joining);
        std::fs::write(world.path().join("other.campaign.yaml"), other).expect("written");
        let store = world.store(Access::Execute).await.expect("opened");
        world.open(&store).await;
        let occurrence = crate::launch::Occurrence::Nth(1);
        world.launch_of(&store, "other", occurrence).await;
        store.close().await;
        let provider = scripted(5, |_, _| accept());
        provider.will_happen(&world, with_end(&[]));
        world.run_open(&provider, every, end()).await;
        expect![[r#"
            25 09:00:00 to 0: first
            25 09:00:00 to 1: first
            25 09:00:00 to 0: welcome
            25 09:00:00 to 1: welcome
            28 09:00:00 to 0: welcome
            28 09:00:00 to 1: welcome
            4 passages of 2
        "#]]
        .assert_eq(&shown(&world, &provider).await);
    }
}

#[tokio::test]
async fn who_sends_the_word_enters_and_what_is_no_beginning_is_a_reply() {
    let asking = "trigger: { keyword: JOIN, again: always }\n\
        steps:\n  - ask: { en: \"sure?\" }\n    for: 1 day\n    answers: [{ words: [\"yes\"], send: { en: \"good\" } }]\n    silence: { send: { en: \"no then\" } }\n\
        replies: [{ words: [join], send: { en: \"you did\" } }]\n";
    let asking = &asking.replace("replies: none\n", "");
    for every in [None, Some(1)] {
        let world = world(3, asking);
        world.write_campaign(&format!("purpose: service\n{asking}"));
        let provider = scripted(5, |_, _| accept());
        provider.will_happen(&world, with_end(&[]));
        for (seconds, n, text) in [
            (10, 0, "Join!"),
            (20, 0, "join"),
            (30, 0, "yes"),
            (40, 1, "joined"),
            (50, 2, "JOIN"),
            (60, 2, "stop"),
            (70, 2, "join "),
            (7 * 3600, 0, "JOIN"),
        ] {
            provider.say(start() + TimeDelta::seconds(seconds), said(n, text));
        }
        world.run_open(&provider, every, end()).await;
        expect![[r#"
            25 09:00:10 to 0: sure?
            25 09:00:20 to 0: you did
            25 09:00:30 to 0: good
            25 09:00:50 to 2: sure?
            25 09:01:00 to 2: You have opted out and will get no more messages from us.
            25 16:00:00 to 0: sure?
            26 16:00:00 to 0: no then
            3 passages of 2
        "#]]
        .assert_eq(&shown(&world, &provider).await);
    }
}

/// Its word is kept for a campaign that is open and that nobody runs now.
#[tokio::test]
async fn a_word_that_is_sent_while_another_campaign_runs_begins_its_own_later() {
    let world = world(3, "trigger: { keyword: JOIN, again: always }\nmessage: welcome\n");
    let news = "audience: people.csv\nschedule: now\npurpose: service\nreplies: none\nmessage: news\n";
    std::fs::write(world.path().join("news.campaign.yaml"), news).expect("written");
    let store = Arc::new(world.store(Access::Execute).await.expect("opened"));
    world.open(&store).await;
    let other = world.launch_of(&store, "news", Occurrence::Nth(1)).await;
    let provider = scripted(5, |text, _| match text.to.to_string() == phone(1) {
        true if text.text == "news" => Does::AcceptAndReply("Join!"),
        _ => accept(),
    });
    world
        .run_launches(store, vec![(other, false)], &provider, None, end())
        .await;
    provider.will_happen(&world, with_end(&[]));
    world.run_open(&provider, None, end()).await;
    expect![[r#"
        25 09:00:00 to 0: news
        25 09:00:00 to 1: news
        25 09:00:00 to 2: news
        25 09:00:01 to 1: welcome
        1 passages of 1
    "#]]
    .assert_eq(&shown(&world, &provider).await);
}

/// While it stands still nobody enters, and nothing is lost; once it is cancelled what waited entered nobody.
#[tokio::test]
async fn what_happens_while_the_launch_is_paused_enters_when_it_goes_on() {
    let hello = "trigger: { event: ordered, again: always }\nmessage: hello\n";
    for cancels in [false, true] {
        let world = world(3, hello);
        let store = world.store(Access::Execute).await.expect("opened");
        world.open(&store).await;
        store.close().await;
        world.change(&[LaunchState::Running], LaunchState::Paused).await;
        let provider = scripted(5, |_, _| accept());
        let noon = start() + TimeDelta::hours(3);
        provider.will_happen(
            &world,
            vec![
                event(60, "ordered", 0, &[]),
                event(61, "ordered", 0, &[]),
                event(62, "ordered", 1, &[]),
                event(3 * 3600, "over", 8, &[]),
            ],
        );
        world.run_open(&provider, None, noon).await;
        assert_eq!(provider.submitted(), 0);
        let to = match cancels {
            true => LaunchState::Cancelled,
            false => LaunchState::Running,
        };
        world.change(&[LaunchState::Paused], to).await;
        provider.will_happen(
            &world,
            vec![
                event(4 * 3600, "ordered", 2, &[]),
                event(5 * 3600, "over", 8, &[]),
            ],
        );
        let evening = start() + TimeDelta::hours(5);
        world.run_open(&provider, None, evening).await;
        let told = shown(&world, &provider).await;
        match cancels {
            false => expect![[r#"
                25 12:00:00 to 0: hello
                25 12:00:00 to 1: hello
                25 13:00:00 to 2: hello
                3 passages of 3
                1 not entered: still inside of an earlier passage
            "#]]
            .assert_eq(&told),
            true => expect![[r#"
                0 passages of 0
                4 not entered: the launch was cancelled
            "#]]
            .assert_eq(&told),
        }
    }
}

/// A text of the passage that is to end is under way: the new one begins right after.
#[tokio::test]
async fn a_passage_begins_anew_when_what_is_under_way_is_recorded() {
    let world = world(
        2,
        "trigger: { event: ordered, again: restart }\nsteps:\n  - send: { en: \"hello\" }\n  - wait: 1 hour\n  - send: { en: \"bye\" }\n",
    );
    let gate = Gate::after(1);
    let provider = gated(2, Some(gate.clone()), |_, _| accept());
    provider.will_happen(&world, with_end(&[event(0, "ordered", 0, &[])]));
    let path = world.path().join(".crier/crier.db");
    let run = world.run_open(&provider, None, end());
    let opened = async {
        gate.is_held().await;
        let mut now = event(0, "ordered", 0, &[]);
        now.at = world.clock.now();
        append(&path, vec![now]).await;
        gate.open();
    };
    tokio::join!(run, opened);
    expect![[r#"
        25 09:00:00 to 0: hello
        25 09:00:00 to 0: hello
        25 10:00:00 to 0: bye
        2 passages of 1
    "#]]
    .assert_eq(&shown(&world, &provider).await);
}

/// As `kill -9` does: whoever entered is inside once, and their text is not sent again.
#[tokio::test]
async fn killed_with_the_first_text_under_way_it_entered_once() {
    let world = world(
        2,
        "trigger: { event: ordered, again: always }\nsteps:\n  - send: { en: \"hello\" }\n  - wait: 1 hour\n  - send: { en: \"bye\" }\n",
    );
    let hung = Arc::new(Notify::new());
    let tell = hung.clone();
    let hangs = scripted(5, move |_, _| {
        tell.notify_one();
        Does::Hang
    });
    hangs.will_happen(&world, with_end(&[event(60, "ordered", 0, &[])]));
    tokio::select! {
        () = world.run_open(&hangs, None, end()) => panic!("it hangs"),
        () = hung.notified() => {}
    }
    let provider = scripted(5, |_, _| accept());
    provider.will_happen(&world, with_end(&[event(7200, "ordered", 1, &[])]));
    world.run_open(&provider, None, end()).await;
    expect![[r#"
        25 10:01:00 to 0: bye
        25 11:00:00 to 1: hello
        25 12:00:00 to 1: bye
        2 passages of 2
    "#]]
    .assert_eq(&shown(&world, &provider).await);
}

/// Two texts are paid in a month; the third person enters, and is texted when the next month begins.
#[tokio::test]
async fn whoever_the_budget_of_a_month_does_not_reach_for_is_texted_in_the_next() {
    for every in [None, Some(1)] {
        let campaign =
            "trigger: { event: ordered }\nlimits: { budget: 0.02 USD per month }\nmessage: \"On its way\"\n";
        let world = world(3, "message: Hello\n");
        world.write_prices();
        world.write_campaign(&format!("purpose: service\nreplies: none\n{campaign}"));
        let provider = scripted(5, |_, _| accept());
        let ordered = [0, 1, 2].map(|n| event(60 + 10 * i64::try_from(n).expect("small"), "ordered", n, &[]));
        provider.will_happen(&world, with_end(&ordered));
        world.run_open(&provider, every, end()).await;
        let told = shown(&world, &provider).await;
        assert_eq!(
            told,
            "25 09:01:00 to 0: On its way\n25 09:01:10 to 1: On its way\n01 00:00:00 to 2: On its way\n3 passages of 3\n"
        );
    }
}
