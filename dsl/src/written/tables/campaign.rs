//! The keys of a campaign, and those of its limits, fields and goal.

use super::super::key::{Choice, Form, Key, KeyKind, Object, Open, Required, later, map, now, object, word};
use super::audience::AUDIENCE;
use super::messages::{ANY_LANGUAGE, MESSAGE, MESSAGES};
use super::schedule::{SCHEDULE, TRIGGER};
use super::steps::{REPLY_RULES, STEPS};
use super::tests::TESTS;

/// A campaign file.
pub static CAMPAIGN: Object = Object {
    title: "a campaign",
    keys: CAMPAIGN_KEYS,
    open: None,
    required: &[
        Required {
            key: "audience",
            or: &["trigger"],
        },
        Required {
            key: "schedule",
            or: &["trigger"],
        },
        Required {
            key: "message",
            or: &["steps"],
        },
    ],
    one_of: &[],
};

static CAMPAIGN_KEYS: &[Key] = &[
    now(
        "crier",
        Form::Version,
        "1",
        "The version of the language; absent it is 1.",
    ),
    now(
        "campaign",
        Form::Name,
        "winter-concert",
        "Its name. Default: the file's.",
    ),
    now(
        "description",
        Form::Text,
        "\"Tells the opt-in list about 20 December\"",
        "For people and reports.",
    ),
    now(
        "owner",
        Form::Address,
        "box-office@arena.example",
        "For people and reports.",
    ),
    later(
        "labels",
        Form::Object(&LABELS),
        "{ team: events }",
        "For reports.",
    ),
    now(
        "purpose",
        Form::OneOf(PURPOSES),
        "service",
        "Which rules of the policy apply. Default: `marketing`.",
    ),
    later(
        "urgent",
        Form::Flag,
        "true",
        "Only with `service`: passes quiet hours.",
    ),
    now(
        "sender",
        Form::Name,
        "arena",
        "Default: the project's `sender`, or its only one.",
    ),
    now(
        "timezone",
        Form::Zone,
        "Europe/Rome",
        "The campaign's clock. Default: the project's, then UTC.",
    ),
    now(
        "languages",
        Form::List(&Form::Language),
        "[it, en]",
        "The first is the fallback. Default: the project's, then `[en]`.",
    ),
    now("audience", AUDIENCE, "lists/customers.csv", "Who is addressed."),
    now(
        "fields",
        Form::Object(&FIELDS),
        "{ age: int }",
        "What texts and conditions may use, with types and defaults.",
    ),
    now("schedule", SCHEDULE, "2026-12-01 10:00", "When it begins."),
    later(
        "trigger",
        Form::Object(&TRIGGER),
        "{ event: order-shipped }",
        "What begins it for one person.",
    ),
    now(
        "message",
        Form::Either(MESSAGE),
        "\"Doors open at nine. Reply STOP to opt out.\"",
        "One text, sent once.",
    ),
    now("steps", STEPS, "[{ send: invite }]", "What happens, in order."),
    now(
        "messages",
        Form::Object(&MESSAGES),
        "{ invite: \"Doors open at nine. Reply STOP to opt out.\" }",
        "The texts that steps send, by name.",
    ),
    later(
        "links",
        Form::Object(&LINKS),
        "{ tickets: https://arena.example/t }",
        "Short links with click tracking.",
    ),
    later(
        "goal",
        Form::Object(&GOAL),
        "{ when: tagged(\"coming\"), within: 7 days }",
        "What counts as success.",
    ),
    later(
        "exit",
        Form::Object(&EXIT),
        "{ ordered: event(\"ordered\") }",
        "What ends the passage.",
    ),
    later(
        "priority",
        Form::OneOf(PRIORITIES),
        "high",
        "Who goes first on a shared sender.",
    ),
    now(
        "replies",
        Form::Either(REPLIES),
        "shop@foxes.example",
        "Where replies go. Default: the project's.",
    ),
    now(
        "limits",
        Form::Object(&LIMITS),
        "{ parts: 1 }",
        "Tightens the policy.",
    ),
    later(
        "on_change",
        Form::OneOf(ON_CHANGE),
        "finish",
        "People inside when the file changes.",
    ),
    later(
        "tests",
        Form::Either(TESTS),
        "tests/winter.yaml",
        "Stories that `crier test` plays.",
    ),
];

static PURPOSES: &[Choice] = &[word("marketing"), word("service"), word("emergency")];
static PRIORITIES: &[Choice] = &[word("low"), word("normal"), word("high")];
static ON_CHANGE: &[Choice] = &[word("finish"), word("move"), word("stop")];
static LABELS: Object = map("`labels`", KeyKind::Word, &Form::Text);
static LINKS: Object = map("`links`", KeyKind::Word, &Form::Word);
static EXIT: Object = map("`exit`", KeyKind::Name, &Form::Condition);

/// Where replies go: a scalar, or rules.
pub(super) static REPLIES: &[Form] = &[
    Form::ReplyTo,
    Form::LaterPart {
        what: "a list of rules for replies",
        form: &REPLY_RULES,
    },
];

static FIELDS: Object = map("`fields`", KeyKind::Word, &Form::Either(FIELD));
static FIELD: &[Form] = &[Form::OneOf(FIELD_TYPES), Form::Object(&FIELD_MAP)];
static FIELD_TYPES: &[Choice] = &[
    word("text"),
    word("int"),
    word("decimal"),
    word("bool"),
    word("date"),
    word("time"),
];
static FIELD_MAP: Object = object(
    "a field",
    &[
        now(
            "type",
            Form::OneOf(FIELD_TYPES),
            "int",
            "How a cell is read. Default: `text`.",
        ),
        later("longest", Form::Positive, "14", "Bounds the parts without data."),
        now(
            "default",
            Form::Either(DEFAULT),
            "there",
            "Stands in for an empty cell: a value, or one for each language.",
        ),
        later(
            "format",
            Form::Word,
            "DD/MM/YYYY",
            "How dates are written in the list.",
        ),
        later(
            "from",
            Form::OneOf(&[word("campaign")]),
            "campaign",
            "For what steps set.",
        ),
    ],
);
static DEFAULT: &[Form] = &[Form::Text, Form::Object(&ANY_LANGUAGE)];

static GOAL: Object = object(
    "`goal`",
    &[
        later("when", Form::Condition, "tagged(\"coming\")", "What counts."),
        later("within", Form::Duration, "7 days", "Counted from the first send."),
    ],
);

static LIMITS: Object = object(
    "`limits`",
    &[
        now(
            "budget",
            Form::Budget,
            "500 EUR",
            "Of a launch: what it pays for parts, at most.",
        ),
        now("rate", Form::Rate, "50/s", "Parts, below the sender's own."),
        now(
            "parts",
            Form::Positive,
            "2",
            "A longer text leaves the person out.",
        ),
        later(
            "frequency",
            Form::Either(FREQUENCY),
            "4 per 7 days",
            "Over all campaigns.",
        ),
        later(
            "canary",
            Form::Object(&CANARY),
            "{ share: 1%, watch: 30 minutes }",
            "That share first, then watch.",
        ),
        later(
            "halt",
            Form::Object(&HALT),
            "{ opt_outs: 2% }",
            "A share that pauses the launch.",
        ),
        later(
            "quiet_hours",
            Form::Window,
            "20:00-10:00",
            "No texts then, on the recipient's clock.",
        ),
        later(
            "opt_out_words",
            Form::OneOrList(&Form::Word),
            "[basta]",
            "More words that opt out.",
        ),
        now(
            "in_doubt",
            Form::OneOf(IN_DOUBT),
            "skip",
            "When it cannot be known whether the provider took a message. Default: `skip`.",
        ),
    ],
);
static IN_DOUBT: &[Choice] = &[word("skip"), word("resend")];

/// Texts in a time: `4 per 7 days`, or with what happens past it.
pub(super) static FREQUENCY: &[Form] = &[Form::Word, Form::Object(&FREQUENCY_MAP)];
static FREQUENCY_MAP: Object = object(
    "`frequency`",
    &[
        later("most", Form::Word, "1 per 24 hours", "Texts in a time."),
        later(
            "over",
            Form::OneOf(&[word("wait"), word("skip"), word("leave")]),
            "wait",
            "What happens past it.",
        ),
    ],
);
static CANARY: Object = object(
    "`canary`",
    &[
        later("share", Form::Share, "1%", "Who goes first."),
        later("watch", Form::Duration, "30 minutes", "How long to watch."),
    ],
);
static HALT: Object = object(
    "`halt`",
    &[
        later("opt_outs", Form::Share, "2%", "Of those texted."),
        later("failures", Form::Share, "10%", "Of those texted."),
        later("undelivered", Form::Share, "10%", "Of those texted."),
    ],
);

/// A map of these keys, and others that the author chooses.
pub(super) const fn author(
    title: &'static str,
    key: KeyKind,
    form: &'static Form,
    keys: &'static [Key],
) -> Object {
    Object {
        title,
        keys,
        open: Some(Open { key, form }),
        required: &[],
        one_of: &[],
    }
}
