//! What a person reads, as the store has it: what a reply was taken for, the inbox it is in, and whether it goes there.

use chrono::TimeDelta;
use expect_test::expect;

use super::world::{START, World, accept, phone, scripted};
use crate::execute::End;
use crate::provider::Inbound;
use crate::store::{Access, ReplyFilter};

/// What one person wrote, so many seconds after the beginning, and what became of it.
async fn read(replies: &str, said: &[(i64, &str)]) -> String {
    let campaign = format!("message: \"Doors open at 8. STOP to opt out\"\nreplies: {replies}\n");
    let world = World::new(1, &campaign, "");
    let provider = scripted(50, |_, _| accept());
    let start: chrono::DateTime<chrono::Utc> = START.parse().expect("an instant");
    for (after, text) in said {
        let said = Inbound::Text {
            id: format!("{after}"),
            from: phone(0).parse().expect("a number"),
            sender: "desk".into(),
            text: (*text).into(),
            part: None,
        };
        provider.say(start + TimeDelta::seconds(*after), said);
    }
    let ran = world.run(provider.clone(), &mut |_| {}).await;
    assert_eq!(ran.end, End::Done);
    let texts = provider.ledger.lock().expect("unpoisoned").len();
    let store = world.store(Access::Read).await.expect("opened");
    let filter = ReplyFilter {
        most: 20,
        ..ReplyFilter::default()
    };
    let went = store.deliveries_of_replies(0).await.expect("readable");
    let mut told = format!("{texts} texts\n");
    for reply in store.replies(filter).await.expect("readable") {
        let went = went.get(&reply.id).into_iter().flatten();
        let went: Vec<&str> = went.map(|one| one.inbox.as_str()).collect();
        let of = reply.meaning.reaction_to().map_or("", |_| " to a message");
        let meaning = reply.meaning.code();
        told += &format!(
            "{} ({meaning}{of}) in {:?}, to {went:?}\n",
            reply.text, reply.inbox
        );
    }
    told
}

const SAID: [(i64, &str); 8] = [
    (10, "Liked \u{201c}Doors open at 8. STOP to opt out\u{201d}"),
    (11, "Loved an image"),
    (12, "Automatic reply: away"),
    (13, "does the lift stop here"),
    (14, "HELP"),
    (20, "STOP"),
    (30, "I want my money back"),
    (31, "HELP"),
];

#[tokio::test]
async fn replies_that_go_to_an_inbox() {
    expect![[r#"
        4 texts
        Liked “Doors open at 8. STOP to opt out” (reaction to a message) in "", to []
        Loved an image (reaction) in "", to []
        Automatic reply: away (automatic) in "", to []
        does the lift stop here (contains-opt-out) in "office", to ["office"]
        HELP (help) in "", to []
        STOP (opt-out) in "", to []
        I want my money back (other) in "office", to ["office"]
        HELP (help) in "", to []
    "#]]
    .assert_eq(&read("office", &SAID).await);
}

#[tokio::test]
async fn replies_that_go_by_rules() {
    let rules = "[ { words: [lift], tag: lift }, { words: [hours], send: { text: \"9 to 5\" } }, { otherwise: { forward: office } } ]";
    expect![[r#"
        4 texts
        Liked “Doors open at 8. STOP to opt out” (reaction to a message) in "", to []
        Loved an image (reaction) in "", to []
        Automatic reply: away (automatic) in "", to []
        does the lift stop here (contains-opt-out) in "office", to ["office"]
        HELP (help) in "", to []
        STOP (opt-out) in "", to []
        I want my money back (answer) in "office", to ["office"]
        HELP (help) in "", to []
        hours (answer) in "office", to ["office"]
    "#]]
    .assert_eq(&read(rules, &[&SAID[..], &[(40, "hours")]].concat()).await);
}
