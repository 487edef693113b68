//! The kinds of providers, and the keys of each. A kind without keys here is for a later version, which will name them.

use super::needs;
use crate::written::key::{Form, Key, KindOf, Object, Required, later, now, object, word};

/// By the key `kind`.
pub(super) static KINDS: &[KindOf] = &[
    KindOf {
        kind: "simulated",
        object: Some(&SIMULATED),
    },
    KindOf {
        kind: "carrier",
        object: Some(&CARRIER),
    },
    coming("http"),
    KindOf {
        kind: "smpp",
        object: Some(&SMPP),
    },
    KindOf {
        kind: "twilio",
        object: Some(&TWILIO),
    },
    coming("vonage"),
    coming("messagebird"),
    coming("infobip"),
    coming("sinch"),
    coming("plivo"),
    coming("telnyx"),
    coming("bandwidth"),
    coming("clickatell"),
    coming("sns"),
];

static SIMULATED: Object = Object {
    required: &[needs("kind")],
    ..object("a simulated provider", SIMULATED_KEYS)
};
static SIMULATED_KEYS: &[Key] = &[
    now(
        "kind",
        Form::OneOf(&[word("simulated")]),
        "simulated",
        "Which provider it is: one inside of the program, from which nothing leaves the machine.",
    ),
    now(
        "rate",
        Form::Rate,
        "100/s",
        "The most parts in a time. Default: as fast as they come.",
    ),
    now(
        "delivered",
        Form::Share,
        "95%",
        "The share of texts that arrive. Default: `100%`.",
    ),
    now(
        "replies",
        Form::Share,
        "3%",
        "The share of people who answer. Default: `0%`.",
    ),
    now(
        "seed",
        Form::Count,
        "7",
        "Another seed is another outcome. Default: `0`.",
    ),
];

static CARRIER: Object = Object {
    required: &[needs("kind"), needs("url")],
    ..object("a carrier", CARRIER_KEYS)
};
static CARRIER_KEYS: &[Key] = &[
    now(
        "kind",
        Form::OneOf(&[word("carrier")]),
        "carrier",
        "Which provider it is: `crier carrier`, a simulated one in a process of its own.",
    ),
    now(
        "url",
        Form::LocalUrl,
        "http://127.0.0.1:8025",
        "Where `crier carrier` listens: always on this machine.",
    ),
    now(
        "rate",
        Form::Rate,
        "100/s",
        "The most parts in a time. Default: as fast as they come.",
    ),
    now(
        "batch",
        Form::UpTo(1_000),
        "100",
        "How many texts one request has at most. Default: `1`.",
    ),
    now(
        "in_flight",
        Form::UpTo(1_024),
        "32",
        "How many requests are under way at once. Default: `64`.",
    ),
    now(
        "timeout",
        Form::Timeout,
        "2 seconds",
        "How long an answer is waited for, all in all. Default: `10 seconds`.",
    ),
    now(
        "look_up",
        Form::Flag,
        "false",
        "Whether it can be asked if it has a text. Default: `true`.",
    ),
    now(
        "refuses_duplicates",
        Form::Flag,
        "true",
        "Whether it refuses a text that it has. Default: `false`.",
    ),
    now(
        "server_errors",
        Form::OneOf(&[word("maybe"), word("not-sent")]),
        "not-sent",
        "What an answer of 500 to 599 says of the texts. Default: `maybe`.",
    ),
];

static SMPP: Object = Object {
    required: &[
        needs("kind"),
        needs("host"),
        needs("system_id"),
        needs("rate"),
        Required {
            key: "password_env",
            or: &["password_file"],
        },
    ],
    ..object("a provider over SMPP", SMPP_KEYS)
};
static SMPP_KEYS: &[Key] = &[
    later(
        "kind",
        Form::OneOf(&[word("smpp")]),
        "smpp",
        "Which provider it is: an SMSC.",
    ),
    later("host", Form::Word, "smsc.example", "The host of the SMSC."),
    later("port", Form::UpTo(65_535), "2776", "Its port. Default: `2775`."),
    later("system_id", Form::Word, "arena", "The user at the SMSC."),
    later(
        "password_env",
        Form::Word,
        "SMSC_PASSWORD",
        "The environment variable with the password.",
    ),
    later(
        "password_file",
        Form::Word,
        "/run/secrets/smsc",
        "The file with the password.",
    ),
    later(
        "rate",
        Form::Rate,
        "100/s",
        "The most parts in a time, as agreed with the provider.",
    ),
];

static TWILIO: Object = Object {
    required: &[
        needs("kind"),
        needs("account_sid"),
        needs("rate"),
        Required {
            key: "auth_token_env",
            or: &["auth_token_file"],
        },
    ],
    ..object("a Twilio account", TWILIO_KEYS)
};
static TWILIO_KEYS: &[Key] = &[
    later(
        "kind",
        Form::OneOf(&[word("twilio")]),
        "twilio",
        "Which provider it is.",
    ),
    later(
        "account_sid",
        Form::Word,
        "AC00000000000000000000000000000000",
        "The id of the account.",
    ),
    later(
        "auth_token_env",
        Form::Word,
        "TWILIO_TOKEN",
        "The environment variable with the token.",
    ),
    later(
        "auth_token_file",
        Form::Word,
        "/run/secrets/twilio",
        "The file with the token.",
    ),
    later(
        "public_url",
        Form::Url,
        "\"https://sms.arena.example\"",
        "Where receipts and replies reach us from outside.",
    ),
    later(
        "rate",
        Form::Rate,
        "80/s",
        "The most parts in a time, as agreed with the provider.",
    ),
];

const fn coming(kind: &'static str) -> KindOf {
    KindOf { kind, object: None }
}
