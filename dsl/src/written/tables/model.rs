//! The keys of a model of people: what `crier rehearse --model` reads. docs/rehearse.md is their reference.

use crate::written::key::{Form, Key, KeyKind, Object, Required, join, map, now, object};

/// A model of people.
pub static MODEL: Object = object("a model", &ALL);

/// What people do about a text.
const HABITS: [Key; 5] = [
    now(
        "replies",
        Form::Share,
        "35%",
        "Texts that are answered, by something else than STOP.",
    ),
    now(
        "opt_outs",
        Form::Share,
        "1.2%",
        "Texts that are answered by STOP.",
    ),
    now(
        "free",
        Form::Share,
        "20%",
        "Of the replies, those that no rule expects.",
    ),
    now(
        "after",
        Form::Duration,
        "20 minutes",
        "Half of the replies have come within this.",
    ),
    now(
        "words",
        Form::Object(&WORDS),
        "{ \"yes\": 3, \"no\": 1 }",
        "What is said, and how often to each other.",
    ),
];

const OF_MODEL: [Key; 6] = [
    now("delivered", Form::Share, "97%", "Texts that arrive."),
    now(
        "receipts_after",
        Form::Duration,
        "5 seconds",
        "Half of the receipts have come within this.",
    ),
    now(
        "messages",
        Form::Object(&MESSAGES),
        "{ invite: { replies: 35% } }",
        "What people do about each, by its name.",
    ),
    now(
        "clicks",
        Form::Object(&CLICKS),
        "{ tickets: { share: 8% } }",
        "Who opens a link, by its name.",
    ),
    now(
        "events",
        Form::Object(&EVENTS),
        "{ paid: { share: 40% } }",
        "What an API would tell, by the event's name.",
    ),
    now(
        "arrivals",
        Form::Rate,
        "200/hour",
        "How many people enter in a time, of a campaign with a `trigger`.",
    ),
];

static ALL: [Key; 11] = join(&HABITS, &OF_MODEL);
static HABIT: Object = object("what people do about a message", &HABITS);
static WORDS: Object = map("`words`", KeyKind::Word, &Form::Count);
static MESSAGES: Object = map("`messages`", KeyKind::Word, &Form::Object(&HABIT));
static CLICKS: Object = map("`clicks`", KeyKind::Word, &Form::Object(&CLICK));
static EVENTS: Object = map("`events`", KeyKind::Word, &Form::Object(&EVENT));
static FIELDS: Object = map("`fields`", KeyKind::Word, &Form::List(&Form::Word));

const SHARE: Key = now("share", Form::Share, "40%", "How many of those who got a text.");
const AFTER: Key = now("after", Form::Duration, "2 hours", "Half of them within this.");
const NEEDED: &[Required] = &[Required {
    key: "share",
    or: &[],
}];

static CLICK: Object = Object {
    required: NEEDED,
    ..object("a click", &[SHARE, AFTER])
};

static EVENT: Object = Object {
    required: NEEDED,
    ..object(
        "an event of a model",
        &[
            SHARE,
            AFTER,
            now(
                "fields",
                Form::Object(&FIELDS),
                "{ amount: [\"12.50\", \"30\"] }",
                "What it carries, one of the values of each.",
            ),
        ],
    )
};
