use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::{Expect, expect};

use super::*;
use crate::ids::{LaunchId, MessageId};
use crate::rehearse::Model;
use crate::testing::{at, campaign, nth_phone};

const ASKS: &str = "audience: people.csv
schedule: now
replies: none
steps:
  - send: invite
  - wait: 1 hour
  - send: reminder
messages:
  invite: \"Coming? STOP to opt out\"
  reminder: \"Tomorrow at nine\"
";

fn start() -> DateTime<Utc> {
    at("2026-11-25T09:00:00Z")
}

fn after(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

/// A text to the n-th person, and what its carrier said so many seconds later.
fn text(n: u64, step: u16, sent: i64, state: MessageState, said: u64) -> Went {
    Went {
        id: MessageId(1),
        phone: nth_phone(n).as_u64(),
        step,
        state,
        sent_at: after(sent),
        after: Duration::from_secs(said),
    }
}

fn reply(n: u64, text: &str, meaning: ReplyMeaning, received: i64) -> KeptReply {
    KeptReply {
        id: received,
        phone: nth_phone(n),
        sender: "default".into(),
        text: text.into(),
        received_at: after(received),
        launch: Some(LaunchId(1)),
        run: None,
        meaning,
        inbox: String::new(),
    }
}

/// The model of a launch, which every model is read back from.
fn check(texts: &[Went], replies: Vec<KeptReply>, expected: Expect) {
    let revision = campaign(ASKS);
    let mut fit = Fit::new(&revision.campaign);
    let mut launch = fit.launch(&revision, replies);
    texts.iter().for_each(|text| fit.text(&mut launch, text));
    fit.replies(launch, &[]);
    let model = fit.yaml();
    let project = dsl::project::Project::without_file("shop");
    let read = Model::read(&model, &revision.campaign, &project);
    assert!(read.is_ok(), "{read:?}");
    expected.assert_eq(&model);
}

#[test]
fn shares_and_times_are_those_of_the_texts_that_were_taken() {
    use MessageState::{Accepted, Delivered, Undelivered};
    let invites = (0..10).map(|n| match n {
        0 => text(n, 0, 0, Undelivered, 4),
        1 => text(n, 0, 0, Accepted, 0),
        n => text(n, 0, 0, Delivered, n),
    });
    let reminders = (2..6).map(|n| text(n, 2, 3_600, Delivered, 3));
    let texts: Vec<Went> = invites.chain(reminders).collect();
    check(
        &texts,
        vec![
            reply(2, "yes", ReplyMeaning::Answer, 60),
            reply(3, "STOP", ReplyMeaning::OptOut, 120),
            // Of the reminder, that is; twice, and answered once.
            reply(4, "who is this", ReplyMeaning::Other, 3_700),
            reply(4, "tell me", ReplyMeaning::Other, 3_800),
            // Faster than the record of its text.
            reply(5, "ok", ReplyMeaning::Answer, -1),
        ],
        expect![[r#"
            delivered: 92.31%
            receipts_after: 4 seconds
            messages:
              invite:
                replies: 20%
                opt_outs: 10%
                free: 0%
                after: 1 minute
              reminder:
                replies: 25%
                opt_outs: 0%
                free: 100%
                after: 100 seconds
        "#]],
    );
}

#[test]
fn what_several_people_write_is_a_word_and_what_one_writes_is_not_told() {
    let texts: Vec<Went> = (0..20)
        .map(|n| text(n, 0, 0, MessageState::Accepted, 0))
        .collect();
    let yes = ["Yes", "yes!", "YES", " yes "].into_iter();
    let no = ["no", "No.", "no"].into_iter();
    let own = ["my number is 4155550199", "call Ada", "no thanks"].into_iter();
    let said = yes.chain(no).chain(own).zip(0..);
    let replies = said
        .map(|(words, n)| reply(n, words, ReplyMeaning::Answer, 30))
        .collect();
    check(
        &texts,
        replies,
        expect![[r#"
            messages:
              invite:
                replies: 50%
                opt_outs: 0%
                after: 30 seconds
                words:
                  Yes: 4
                  no: 3
                  something else: 3
        "#]],
    );
}

#[test]
fn nothing_is_said_of_what_nobody_got() {
    let unknown_step = text(0, 9, 0, MessageState::Delivered, 1);
    check(
        &[unknown_step],
        vec![],
        expect![[r#"
        {}
    "#]],
    );
}

#[test]
fn events_are_counted_of_those_who_got_a_text_before() {
    let asks = format!("{ASKS}goal: {{ when: event(\"paid\"), within: 7 days }}\n");
    let revision = campaign(&asks);
    let mut fit = Fit::new(&revision.campaign);
    let mut launch = fit.launch(&revision, vec![]);
    let texts = (0..10).map(|n| text(n, 0, 100, MessageState::Accepted, 0));
    texts.for_each(|text| fit.text(&mut launch, &text));
    let event = |n, name: &str, seconds: i64| Happening {
        id: seconds,
        what: store::Happened::Event(name.to_owned()),
        phone: nth_phone(n),
        fields: vec![("amount".to_owned(), "12".to_owned())],
        at: after(seconds),
    };
    let happened = [
        // Before the text, of somebody else, of another name.
        event(0, "paid", 50),
        event(99, "paid", 150),
        event(1, "seen", 150),
        event(1, "paid", 160),
        event(2, "paid", 220),
        event(1, "paid", 230),
        event(3, "paid", 700),
    ];
    fit.replies(launch, &happened);
    let model = fit.yaml();
    let project = dsl::project::Project::without_file("shop");
    let read = Model::read(&model, &revision.campaign, &project).expect("a model");
    assert_eq!(read.once.len(), 1);
    expect![[r#"
        messages:
          invite:
            replies: 0%
            opt_outs: 0%
        events:
          paid:
            share: 30%
            after: 2 minutes
    "#]]
    .assert_eq(&model);
}
