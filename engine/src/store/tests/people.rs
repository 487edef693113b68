use std::fmt::Write;

use expect_test::expect;

use super::{
    Scene, WindowRecord, after, answer, finished, fold, new_launch, of_messages, passage, says, start, stop,
};
use crate::ids::LaunchId;
use crate::left_out::LeftOut;
use crate::plan::Summary;
use crate::store::{
    CohortKind, Fold, LeftOutRow, MessageState, NewCohort, Note, NoteRow, PersonStory, ReceiptRow,
    ReplyFilter, ReplyMeaning, Store,
};
use crate::testing::nth_phone;

fn shown(story: &PersonStory) -> String {
    let mut text = String::new();
    for m in &story.messages {
        let (sent, since) = (m.sent_at.format("%T"), m.state_at.format("%T"));
        let _ = write!(
            text,
            "{:?} {} of step {} from {}, ",
            m.kind,
            m.state.word(),
            m.step,
            m.sender
        );
        let _ = writeln!(text, "sent {sent}, since {since}: {:?} {:?}", m.text, m.reason);
    }
    for reply in &story.replies {
        let _ = writeln!(
            text,
            "wrote {:?} to {}: {}",
            reply.text,
            reply.sender,
            reply.meaning.code()
        );
    }
    for (_, row, reason, at) in &story.left_out {
        let _ = writeln!(text, "left out at {}, row {row}: {reason}", at.format("%T"));
    }
    if let Some((reason, at, evidence)) = &story.suppression {
        let _ = writeln!(
            text,
            "suppressed at {} for {reason}: {evidence:?}",
            at.format("%T")
        );
    }
    for crate::store::WaitingFor { step, due_at, .. } in &story.waiting {
        let _ = writeln!(text, "waits for step {step} until {}", due_at.format("%T"));
    }
    text
}

/// Two people are texted and move on; the first then writes and opts out.
async fn story(scene: &Scene) -> LaunchId {
    let (launch, _) = scene.store.begin_launch(new_launch("1")).await.expect("a launch");
    let twice = LeftOutRow {
        launch,
        phone: nth_phone(0),
        at_row: 7,
        run: 0,
        step: 0,
        reason: LeftOut::Duplicate,
        at: start(),
    };
    scene
        .store
        .add_to_launch(vec![passage(launch, 0..2, start()).encoded()], vec![twice])
        .await
        .expect("cohorts");
    scene
        .store
        .complete_launch(launch, &Summary::default(), &[], 1)
        .await
        .expect("complete");
    let claimed = scene.claim(launch, 2).await;
    let texts = [
        (claimed[0].message(0), "Hi Ada"),
        (claimed[0].message(1), "Hi Bo"),
    ];
    let place = crate::advance::Place { step: 2, visit: 0 };
    let record = WindowRecord {
        progress: vec![finished(&claimed[0])],
        messages: vec![
            answer(&claimed[0], 0, MessageState::Accepted, 1),
            crate::store::MessageRow {
                reason: Some("no answer from the provider".into()),
                ..answer(&claimed[0], 1, MessageState::Unknown, 2)
            },
        ],
        texts: Some((1, crate::texts::encode(texts.into_iter()))),
        departing: vec![NewCohort {
            place,
            ..passage(launch, 0..2, after(7_200))
        }],
        ..WindowRecord::default()
    };
    scene.record(record).await;
    let receipt = ReceiptRow {
        message: claimed[0].message(0),
        state: MessageState::Delivered,
        at: after(5),
        reason: None,
    };
    let replies = vec![says(launch, 0, "a", "Who is this?"), stop(launch, 0, "b")];
    scene
        .store
        .fold(Fold {
            up_to: None,
            receipts: vec![receipt],
            replies,
        })
        .await
        .expect("folded");
    launch
}

#[tokio::test]
async fn a_persons_story_tells_all_that_happened() {
    let scene = Scene::new().await;
    let launch = story(&scene).await;
    let of = |n| scene.store.person(nth_phone(n));
    expect![[r#"
        Step delivered of step 0 from shop, sent 09:00:01, since 09:00:05: Some("Hi Ada") None
        wrote "Who is this?" to shop: other
        wrote "STOP" to shop: opt-out
        left out at 09:00:00, row 7: duplicate of an earlier row
        left out at 09:01:00, row 0: opted out
        suppressed at 09:01:00 for opt-out: "STOP"
    "#]]
    .assert_eq(&shown(&of(0).await.expect("a story")));
    expect![[r#"
        Step unknown of step 0 from shop, sent 09:00:02, since 09:00:02: Some("Hi Bo") Some("no answer from the provider")
        waits for step 2 until 11:00:00
    "#]].assert_eq(&shown(&of(1).await.expect("a story")));
    assert_eq!(shown(&of(2).await.expect("a story")), "", "a stranger");
    let in_doubt = scene.store.in_doubt(launch, 10).await.expect("messages");
    assert_eq!(
        in_doubt
            .iter()
            .map(|doubt| (doubt.phone, doubt.at))
            .collect::<Vec<_>>(),
        [(nth_phone(1), after(2))]
    );
}

#[tokio::test]
async fn the_counts_of_a_launch_come_from_what_happened() {
    let scene = Scene::new().await;
    let launch = story(&scene).await;
    expect![[r#"
        Totals {
            messages: {
                Unknown: 1,
                Delivered: 1,
            },
            answers: {},
            desk: {},
            parts: {
                None: 1,
            },
            parts_in_doubt: {
                None: 1,
            },
            resent: 0,
            resent_unknown: 0,
            waiting: 1,
            under_way: 0,
            asked: 0,
            answers_asked: 0,
            resubmitted: 0,
            left_out: {
                OptedOut: 1,
            },
            opt_outs: 1,
            other_replies: 1,
            set_aside: 0,
            after_end: 0,
            ends: {},
            skipped: {},
            reached: 0,
            span: Some(
                (
                    2026-11-25T09:00:01Z,
                    2026-11-25T09:00:02Z,
                ),
            ),
        }
    "#]]
    .assert_debug_eq(&scene.store.totals(launch).await.expect("totals"));
    let steps = scene.store.cohort_counts(launch).await.expect("counts");
    assert_eq!(steps, [(0, 1), (2, 1)].into());
    let sent = scene
        .store
        .sent(launch, crate::ids::MessageId(0), 10)
        .await
        .expect("texts");
    assert_eq!(
        sent.iter().map(|sent| sent.text.as_str()).collect::<Vec<_>>(),
        ["Hi Ada"]
    );
}

#[tokio::test]
async fn a_person_of_many_messages_is_remembered_whole() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(5, 6); 20]).await;
    let claimed = scene.claim(launch, 100).await;
    for (n, cohort) in claimed.iter().enumerate() {
        let messages = vec![answer(cohort, 0, MessageState::Accepted, 1)];
        scene.record(of_messages(messages)).await;
        let story = scene.store.person(nth_phone(5)).await.expect("a story");
        assert_eq!(story.messages.len(), n + 1);
    }
}

async fn found(store: &Store, inbox: Option<&str>, campaign: Option<&str>, most: u32) -> Vec<String> {
    let filter = ReplyFilter {
        inbox: inbox.map(Into::into),
        campaign: campaign.map(Into::into),
        most,
    };
    store
        .replies(filter)
        .await
        .expect("replies")
        .into_iter()
        .map(|reply| reply.text)
        .collect()
}

#[tokio::test]
async fn replies_are_found_by_inbox_and_campaign_the_latest_last() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 4)]).await;
    let reply = |id: &str, inbox: &str, launch: Option<LaunchId>| crate::store::NewReply {
        inbox: inbox.into(),
        launch,
        meaning: ReplyMeaning::ContainsOptOut,
        ..says(LaunchId(0), 1, id, id)
    };
    let replies = vec![
        reply("a", "box-office", Some(launch)),
        reply("b", "", Some(launch)),
        reply("c", "box-office", None),
        reply("d", "box-office", Some(launch)),
    ];
    scene.store.fold(fold(replies)).await.expect("folded");
    let store = &scene.store;
    assert_eq!(found(store, None, None, 10).await, ["a", "b", "c", "d"]);
    assert_eq!(found(store, None, None, 2).await, ["c", "d"]);
    assert_eq!(found(store, Some("box-office"), None, 10).await, ["a", "c", "d"]);
    assert_eq!(
        found(store, Some("box-office"), Some("hello"), 10).await,
        ["a", "d"]
    );
    assert_eq!(found(store, Some(""), None, 10).await, ["b"]);
    assert_eq!(found(store, None, Some("other"), 10).await, [""; 0]);
    let kinds: Vec<CohortKind> = scene
        .answers(launch)
        .await
        .iter()
        .map(|cohort| cohort.kind)
        .collect();
    assert!(kinds.is_empty(), "nothing of it is answered");
}

#[tokio::test]
async fn who_entered_a_launch_is_kept_and_who_waits_in_one_that_is_not_over_is_inside() {
    let scene = Scene::new().await;
    let by_hand = scene.launched("1", &[(0, 2)]).await;
    let by_tick = scene.launched("2026-12-07 10:00", &[(2, 4)]).await;
    let number = |n: u64| nth_phone(n).as_u64();
    for (run, who) in [(0, vec![number(3)]), (1, vec![number(2), number(9)])] {
        let noted = scene.store.note_entered(by_tick, run, &who).await;
        noted.expect("noted");
    }
    let entered = scene.store.entered(by_tick).await.expect("read");
    assert_eq!(entered, [2, 3, 9].map(number));
    assert!(
        scene.store.entered(by_hand).await.expect("read").is_empty(),
        "nobody was texted"
    );
    let cohort = scene.claim(by_hand, 1).await.remove(0);
    let texted = answer(&cohort, 0, MessageState::Accepted, 1);
    scene.record(of_messages(vec![texted])).await;
    assert_eq!(scene.store.entered(by_hand).await.expect("read"), [number(0)]);
    let inside = scene.store.inside(&[by_hand, by_tick]).await.expect("read");
    assert_eq!(inside, [0, 1, 2, 3].map(number));
    let inside = scene.store.inside(&[by_tick]).await.expect("read");
    assert_eq!(inside, [2, 3].map(number));
}

/// What a person had is told with when it was given, and when it went.
#[tokio::test]
async fn what_steps_take_away_is_kept_as_past() {
    let scene = Scene::new().await;
    let launch = scene.launched("1", &[(0, 2)]).await;
    let note = |seconds, note| NoteRow {
        launch,
        run: 0,
        phone: nth_phone(0),
        at: after(seconds),
        note,
    };
    let set = |value: &str| Note::Set("city".into(), value.into());
    let (tag, untag) = (Note::Tagged("vip".into()), Note::Untagged("vip".into()));
    let notes = vec![
        note(0, untag.clone()),
        note(1, tag.clone()),
        note(2, set("Roma")),
        note(3, tag.clone()),
        note(4, untag.clone()),
        note(5, set("Bari")),
        note(6, tag),
        note(7, set("Bari")),
    ];
    scene.store.keep_notes(notes).await.expect("kept");
    let past = scene.store.person(nth_phone(0)).await.expect("a story").past;
    let told = past.iter().map(|past| {
        let (given, gone) = (past.given.at - start(), past.gone.at - start());
        let what = past
            .value
            .as_ref()
            .map_or(past.name.clone(), |value| format!("{} {value}", past.name));
        format!("{what}: {} to {}", given.num_seconds(), gone.num_seconds())
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        ["vip: 1 to 4", "city Roma: 2 to 5", "city Bari: 5 to 7"]
    );
    assert!(
        scene
            .store
            .person(nth_phone(1))
            .await
            .expect("a story")
            .past
            .is_empty()
    );
}
