//! The keys of a campaign, and those of its limits, fields and goal.

use super::super::key::{Choice, Form, Key, KeyKind, Object, Open, Required, later, map, now, object, word};
use super::audience::AUDIENCE;
use super::messages::{ANY_LANGUAGE, MESSAGE, MESSAGES};
use super::schedule::{SCHEDULE, TRIGGER};
use super::steps::{REPLY_RULE, STEPS};
use super::tests::TESTS;

/// A campaign file.
pub static CAMPAIGN: Object = Object {
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
    ..object("a campaign", CAMPAIGN_KEYS)
};

static CAMPAIGN_KEYS: &[Key] = &[
    now(
        "crier",
        Form::Version,
        "1",
        "The version of the language. Default: `1`.",
    ),
    now(
        "campaign",
        Form::Name,
        "winter-concert",
        "Its name, unique in the project. Default: the file's.",
    ),
    now(
        "description",
        Form::Text,
        "\"Tells the opt-in list about 20 December\"",
        "What it is for, for people and reports. Default: none.",
    ),
    now(
        "owner",
        Form::Address,
        "box-office@arena.example",
        "Who answers for it: an e-mail address, for people and reports. Default: nobody.",
    ),
    later(
        "labels",
        Form::Object(&LABELS),
        "{ team: events }",
        "Words of your own that reports can be grouped by. Default: none.",
    ),
    now(
        "purpose",
        Form::OneOf(PURPOSES),
        "service",
        "Which rules of the policy apply: `marketing` obeys all, `service` keeps quiet hours, `emergency` obeys opt-outs, `countries` and the consent that the policy names for it. Default: `marketing`.",
    ),
    now(
        "urgent",
        Form::Flag,
        "true",
        "Passes quiet hours; only with the purpose `service`. Default: `false`.",
    ),
    now(
        "sender",
        Form::Name,
        "arena",
        "What its texts come from: a sender of crier.yaml. Default: the project's `sender`, or its only one.",
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
        "The languages that its texts have; the first is the fallback. Default: the project's, then `[en]`.",
    ),
    now(
        "audience",
        AUDIENCE,
        "lists/customers.csv",
        "Who is addressed: a path, a list of crier.yaml, or a map; required unless there is a `trigger`.",
    ),
    now(
        "fields",
        Form::Object(&FIELDS),
        "{ age: int }",
        "What texts and conditions may use: columns, with their types and defaults. Default: every column is a text.",
    ),
    now(
        "schedule",
        SCHEDULE,
        "2026-12-01 10:00",
        "When it begins: `now`, a time, or a map; a campaign has this or a `trigger`.",
    ),
    now(
        "trigger",
        Form::Object(&TRIGGER),
        "{ event: order-shipped }",
        "What begins it for one person, in place of `schedule`.",
    ),
    now(
        "message",
        Form::Either(MESSAGE),
        "\"Doors open at nine. Reply STOP to opt out.\"",
        "One text, sent once; in place of `steps`.",
    ),
    now(
        "steps",
        STEPS,
        "[{ send: invite }, { wait: 2 days }, { send: reminder }]",
        "What happens to each person, in order; in place of `message`.",
    ),
    now(
        "messages",
        Form::Object(&MESSAGES),
        "{ invite: \"Doors open at nine. Reply STOP to opt out.\" }",
        "The texts that steps and replies send, by name.",
    ),
    later(
        "links",
        Form::Object(&LINKS),
        "{ tickets: \"https://arena.example/t\" }",
        "Short links by name, one for each recipient, with click tracking; `opt_out` is built in. Default: none.",
    ),
    now(
        "goal",
        Form::Object(&GOAL),
        "{ when: tagged(\"coming\"), within: 7 days }",
        "What counts as success, compared between variants and with the holdout. Default: none.",
    ),
    now(
        "exit",
        Form::Object(&EXIT),
        "{ ordered: event(\"ordered\") }",
        "What ends the passage: conditions by reason, looked at on every event and before each send. Default: nothing.",
    ),
    now(
        "priority",
        Form::OneOf(PRIORITIES),
        "high",
        "Who goes first on a sender that campaigns share. Default: `normal`.",
    ),
    now(
        "replies",
        Form::Either(REPLIES),
        "shop@foxes.example",
        "Where replies go that no open question took: an address, an inbox of crier.yaml, `none`, or rules. Default: the project's.",
    ),
    now(
        "limits",
        Form::Object(&LIMITS),
        "{ budget: 500 EUR, parts: 1 }",
        "What it may cost and how fast it goes; tightens the policy, never loosens it. Default: the policy's.",
    ),
    later(
        "on_change",
        Form::OneOf(ON_CHANGE),
        "move",
        "What happens to people inside when the file changes: they `finish` on the old one, `move` to the step with the same id, or `stop`. Default: `finish`.",
    ),
    now(
        "tests",
        Form::Either(TESTS),
        "tests/winter.yaml",
        "Stories that `crier test` plays: a list, or the path of a file with one. Default: none.",
    ),
];

static PURPOSES: &[Choice] = &[word("marketing"), word("service"), word("emergency")];
static PRIORITIES: &[Choice] = &[word("low"), word("normal"), word("high")];
static ON_CHANGE: &[Choice] = &[word("finish"), word("move"), word("stop")];
static LABELS: Object = map("`labels`", KeyKind::Word, &Form::Text);
static LINKS: Object = map("`links`", KeyKind::Name, &Form::Url);
static EXIT: Object = map("`exit`", KeyKind::Name, &Form::OneOrList(&Form::Condition));

/// Where replies go: a scalar, or rules.
pub(super) const REPLIES: &[Form] = &[Form::ReplyTo, Form::List(&REPLY_RULE)];

static FIELDS: Object = map("`fields`", KeyKind::Word, &Form::Either(FIELD));
const FIELD: &[Form] = &[Form::OneOf(FIELD_TYPES), Form::Object(&FIELD_MAP)];
/// How cells are read.
pub(super) static FIELD_TYPES: &[Choice] = &[
    word("text"),
    word("int"),
    word("decimal"),
    word("bool"),
    word("date"),
    word("time"),
];
static FIELD_MAP: Object = object("a field", FIELD_KEYS);
static FIELD_KEYS: &[Key] = &[
    now(
        "type",
        Form::OneOf(FIELD_TYPES),
        "int",
        "How a cell is read; one that cannot be leaves the person out. Default: `text`.",
    ),
    now(
        "longest",
        Form::Positive,
        "14",
        "The most characters that a value can have, to count parts where there is no data. Default: not bounded.",
    ),
    now(
        "default",
        Form::Either(DEFAULT),
        "18",
        "Stands in for an empty cell: a value, or one for each language. Default: an empty cell leaves the person out.",
    ),
    later(
        "format",
        Form::Word,
        "DD/MM/YYYY",
        "How dates are written in the list. Default: `YYYY-MM-DD`.",
    ),
    now(
        "from",
        Form::OneOf(&[word("campaign")]),
        "campaign",
        "For a field that steps set, and no list has. Default: it is a column.",
    ),
];
const DEFAULT: &[Form] = &[Form::Text, Form::Object(&ANY_LANGUAGE)];

static GOAL: Object = Object {
    required: &[Required { key: "when", or: &[] }],
    ..object("`goal`", GOAL_KEYS)
};
static GOAL_KEYS: &[Key] = &[
    now(
        "when",
        Form::OneOrList(&Form::Condition),
        "tagged(\"coming\")",
        "What counts as success.",
    ),
    now(
        "within",
        Form::Duration,
        "7 days",
        "How long it counts, from the first send, or the start of the launch of those never texted. Default: to the end.",
    ),
];

static LIMITS: Object = object("`limits`", LIMITS_KEYS);
static LIMITS_KEYS: &[Key] = &[
    now(
        "budget",
        Form::Budget,
        "500 EUR",
        "What a launch, or with `per month` each month, may cost: the text that would pass it is held, not lost. Default: no bound.",
    ),
    now(
        "rate",
        Form::Rate,
        "50/s",
        "Parts in a time, below the sender's own rate. Default: the sender's.",
    ),
    now(
        "parts",
        Form::Positive,
        "2",
        "The most parts of a text; a longer one leaves the person out. Default: no bound.",
    ),
    now(
        "frequency",
        Form::Either(FREQUENCY),
        "4 per 7 days",
        "The most marketing texts a person gets in a time, over all campaigns; answers to replies count for none. Default: the policy's.",
    ),
    now(
        "canary",
        Form::Object(&CANARY),
        "{ share: 1%, watch: 30 minutes }",
        "Texts a few people first and watches what comes of it, before the others are texted. Default: all at once.",
    ),
    now(
        "halt",
        Form::Object(&HALT),
        "{ opt_outs: 2%, failures: 10% }",
        "Halts the launch when a share is passed: after 100 messages, and after the watch of a canary. Default: it is never halted.",
    ),
    now(
        "quiet_hours",
        Form::Window,
        "20:00-10:00",
        "No texts then, on the recipient's clock; tighter than the policy's. Default: the policy's.",
    ),
    now(
        "opt_out_words",
        Form::OneOrList(&Form::Word),
        "[basta]",
        "More words that opt out, beside those of the languages and the project. Default: none.",
    ),
    now(
        "in_doubt",
        Form::OneOf(IN_DOUBT),
        "resend",
        "What is done when it cannot be known whether the provider took a message: nothing, or it is sent again. Default: `skip`.",
    ),
];
static IN_DOUBT: &[Choice] = &[word("skip"), word("resend")];

/// Texts in a time: `4 per 7 days`, or with what happens past it.
pub(super) const FREQUENCY: &[Form] = &[Form::Frequency, Form::Object(&FREQUENCY_MAP)];
static FREQUENCY_MAP: Object = Object {
    required: &[Required { key: "most", or: &[] }],
    ..object("`frequency`", FREQUENCY_KEYS)
};
static FREQUENCY_KEYS: &[Key] = &[
    now(
        "most",
        Form::Frequency,
        "1 per 24 hours",
        "The most texts in a time.",
    ),
    now(
        "over",
        Form::OneOf(&[word("wait"), word("skip"), word("leave")]),
        "skip",
        "What happens past it: the text waits until it expires, is dropped, or ends the passage. Default: `wait`.",
    ),
];
static CANARY: Object = Object {
    required: &[
        Required {
            key: "share",
            or: &[],
        },
        Required {
            key: "watch",
            or: &[],
        },
    ],
    ..object("`canary`", CANARY_KEYS)
};
static CANARY_KEYS: &[Key] = &[
    now(
        "share",
        Form::Share,
        "1%",
        "The share of people who are texted first.",
    ),
    now(
        "watch",
        Form::Duration,
        "30 minutes",
        "How long to watch, from when they were.",
    ),
];
static HALT: Object = Object {
    required: &[Required {
        key: "opt_outs",
        or: &["failures", "undelivered"],
    }],
    ..object("`halt`", HALT_KEYS)
};
static HALT_KEYS: &[Key] = &[
    now(
        "opt_outs",
        Form::Share,
        "2%",
        "The share of those texted who opt out. Default: not looked at.",
    ),
    now(
        "failures",
        Form::Share,
        "10%",
        "The share of texts that providers refuse. Default: not looked at.",
    ),
    now(
        "undelivered",
        Form::Share,
        "10%",
        "The share of texts that do not arrive. Default: not looked at.",
    ),
];

/// A map of these keys, and others that the author chooses.
pub(super) const fn author(
    title: &'static str,
    key: KeyKind,
    form: &'static Form,
    keys: &'static [Key],
) -> Object {
    Object {
        open: Some(Open { key, form }),
        ..object(title, keys)
    }
}
