//! The keys of crier.yaml.

use super::super::key::{Form, Key, KeyKind, KindOf, Object, Required, later, map, now, object, word};
use super::audience::{COLUMNS, CONSENT};
use super::campaign::{FREQUENCY, REPLIES};
use super::messages::MESSAGES;

/// A project file.
pub static PROJECT: Object = Object {
    title: "crier.yaml",
    keys: PROJECT_KEYS,
    open: None,
    required: &[Required {
        key: "crier",
        or: &[],
    }],
    one_of: &[],
};

static PROJECT_KEYS: &[Key] = &[
    now("crier", Form::Version, "1", "The version of the language."),
    now("project", Form::Name, "arena", "Its name. Default: the folder's."),
    now(
        "store",
        Form::Object(&STORE),
        "{ sqlite: .crier/crier.db }",
        "Where everything is kept.",
    ),
    now("region", Form::Region, "IT", "For numbers in national form."),
    now(
        "timezone",
        Form::Zone,
        "Europe/Rome",
        "The clock of campaigns that state none.",
    ),
    now(
        "languages",
        Form::List(&Form::Language),
        "[it, en]",
        "The languages of campaigns that state none.",
    ),
    now(
        "sender",
        Form::Name,
        "arena",
        "The sender of campaigns that state none.",
    ),
    now(
        "lists",
        Form::Object(&LISTS),
        "{ staff: { file: lists/staff.csv } }",
        "Named sources of people.",
    ),
    later(
        "databases",
        Form::Any,
        "{ crm: { url_file: /run/secrets/crm } }",
        "Where lists in SQL are.",
    ),
    now(
        "providers",
        Form::Object(&PROVIDERS),
        "{ trial: { kind: simulated } }",
        "Who texts are handed to.",
    ),
    now(
        "senders",
        Form::Object(&SENDERS),
        "{ arena: { number: \"+390612345678\", provider: trial } }",
        "What texts come from.",
    ),
    now(
        "inboxes",
        Form::Object(&INBOXES),
        "{ desk: { email: desk@arena.example } }",
        "Where replies go, by name.",
    ),
    later(
        "mail",
        Form::Any,
        "{ smtp: smtps://mail.example }",
        "How replies are forwarded.",
    ),
    later(
        "messages",
        Form::Object(&MESSAGES),
        "{ help: \"Call 555-0100\" }",
        "Texts of the project.",
    ),
    now(
        "replies",
        Form::Either(REPLIES),
        "desk",
        "For campaigns that state none.",
    ),
    later(
        "replies_within",
        Form::Duration,
        "7 days",
        "How long a reply belongs to a campaign.",
    ),
    later(
        "smart",
        Form::Flag,
        "true",
        "Swaps typographic marks for GSM-7 ones.",
    ),
    now(
        "prices",
        Form::Path,
        "prices.csv",
        "Country, price per part, currency.",
    ),
    later(
        "policy",
        Form::Object(&POLICY),
        "{ quiet_hours: 21:00-09:00 }",
        "Rules for all campaigns.",
    ),
];

static STORE: Object = object(
    "`store`",
    &[
        now(
            "sqlite",
            Form::Path,
            ".crier/crier.db",
            "A file, made when it is not there.",
        ),
        later(
            "postgres_url_env",
            Form::Word,
            "CRIER_DATABASE",
            "The variable with the URL.",
        ),
        later(
            "postgres_url_file",
            Form::Word,
            "/run/secrets/crier",
            "The file with the URL.",
        ),
    ],
);

static LISTS: Object = map("`lists`", KeyKind::Name, &Form::Object(&LIST));
static LIST: Object = Object {
    title: "a list",
    keys: LIST_KEYS,
    open: None,
    required: &[],
    one_of: &["file", "sql", "stored"],
};
static LIST_KEYS: &[Key] = &[
    now("file", Form::Path, "lists/staff.csv", "The path."),
    now(
        "columns",
        Form::Object(&COLUMNS),
        "{ phone: Mobile }",
        "Our name first, then the column's.",
    ),
    later(
        "consent",
        Form::Object(&CONSENT),
        "{ kind: opt_in, source: \"till form 2026\" }",
        "Where it comes from.",
    ),
    later("sheet", Form::Word, "Soci", "Of a workbook."),
    later("encoding", Form::Word, "windows-1252", "Of a text file."),
    later("separator", Form::Word, "\";\"", "Between cells."),
    later(
        "header_row",
        Form::Positive,
        "1",
        "Where the names of the columns are.",
    ),
    later("sql", Form::Word, "\"select phone from vip\"", "A query."),
    later("database", Form::Name, "crm", "Where the query runs."),
    later("fields", Form::Any, "{ city: text }", "The columns of the query."),
    later(
        "stored",
        Form::Flag,
        "true",
        "Kept in the store: people join and leave.",
    ),
    later("opt_in", Form::Any, "{ keyword: JOIN }", "How people join."),
];

static PROVIDERS: Object = map("`providers`", KeyKind::Name, &Form::ByKind(PROVIDER_KINDS));
static PROVIDER_KINDS: &[KindOf] = &[
    KindOf {
        kind: "simulated",
        object: Some(&SIMULATED),
    },
    KindOf {
        kind: "carrier",
        object: Some(&CARRIER),
    },
    coming("http"),
    coming("smpp"),
    coming("twilio"),
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
static SIMULATED: Object = object(
    "a simulated provider",
    &[
        now(
            "kind",
            Form::OneOf(&[word("simulated")]),
            "simulated",
            "Which provider it is.",
        ),
        now(
            "rate",
            Form::Rate,
            "100/s",
            "Parts a second. Default: as fast as they come.",
        ),
        now(
            "delivered",
            Form::Share,
            "95%",
            "Who ends delivered. Default: all.",
        ),
        now("replies", Form::Share, "3%", "Who answers. Default: nobody."),
        now(
            "seed",
            Form::Count,
            "7",
            "Another seed is another outcome. Default: 0.",
        ),
    ],
);

static CARRIER: Object = Object {
    title: "a carrier",
    keys: CARRIER_KEYS,
    open: None,
    required: &[Required { key: "url", or: &[] }],
    one_of: &[],
};
static CARRIER_KEYS: &[Key] = &[
    now(
        "kind",
        Form::OneOf(&[word("carrier")]),
        "carrier",
        "Which provider it is.",
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
        "Parts a second. Default: as fast as they come.",
    ),
    now(
        "batch",
        Form::UpTo(1_000),
        "100",
        "Texts of one request. Default: 1.",
    ),
    now(
        "in_flight",
        Form::UpTo(1_024),
        "64",
        "Requests under way at once. Default: 64.",
    ),
    now(
        "timeout",
        Form::Timeout,
        "10 seconds",
        "How long an answer is waited for, all in all. Default: 10 seconds.",
    ),
    now(
        "look_up",
        Form::Flag,
        "true",
        "It can be asked whether it has a text. Default: yes.",
    ),
    now(
        "refuses_duplicates",
        Form::Flag,
        "false",
        "It refuses a text that it has. Default: no.",
    ),
    now(
        "server_errors",
        Form::OneOf(&[word("maybe"), word("not-sent")]),
        "maybe",
        "What an answer of 500 to 599 says of the texts. Default: `maybe`.",
    ),
];

static SENDERS: Object = map("`senders`", KeyKind::Name, &Form::Object(&SENDER));
static SENDER: Object = Object {
    title: "a sender",
    keys: SENDER_KEYS,
    open: None,
    required: &[Required {
        key: "provider",
        or: &[],
    }],
    one_of: &["number", "short_code", "alphanumeric"],
};
static SENDER_KEYS: &[Key] = &[
    now("number", Form::Word, "\"+390612345678\"", "A full number."),
    now("short_code", Form::Word, "\"48555\"", "3 to 8 digits."),
    now(
        "alphanumeric",
        Form::Word,
        "ARENA",
        "A name, at most 11 characters.",
    ),
    now("provider", Form::Name, "trial", "Who its texts are handed to."),
    now(
        "then",
        Form::OneOrList(&Form::Name),
        "[spare]",
        "Further providers, in order: each takes over when those before it are away.",
    ),
    now(
        "rate",
        Form::Rate,
        "10/s",
        "Parts a second; none only on a simulated provider.",
    ),
    now(
        "receives",
        Form::Flag,
        "true",
        "Whether replies reach us. Default: yes, but never for a name.",
    ),
    later(
        "countries",
        Form::List(&Form::Region),
        "[IT, SM]",
        "Where it may send.",
    ),
];

static INBOXES: Object = map("`inboxes`", KeyKind::Name, &Form::Object(&INBOX));
static INBOX: Object = Object {
    title: "an inbox",
    keys: INBOX_KEYS,
    open: None,
    required: &[],
    one_of: &[
        "email",
        "phone",
        "url",
        "url_env",
        "url_file",
        "slack_url_env",
        "slack_url_file",
    ],
};
static INBOX_KEYS: &[Key] = &[
    now("email", Form::Address, "desk@arena.example", "An address."),
    later("phone", Form::Word, "\"+393331234567\"", "A number."),
    later("url", Form::Word, "https://ops.arena.example/sms", "A webhook."),
    later("url_env", Form::Word, "HOOK_URL", "The variable with its URL."),
    later(
        "url_file",
        Form::Word,
        "/run/secrets/hook",
        "The file with its URL.",
    ),
    later(
        "secret_env",
        Form::Word,
        "HOOK_SECRET",
        "The variable with its secret.",
    ),
    later(
        "secret_file",
        Form::Word,
        "/run/secrets/hook",
        "The file with its secret.",
    ),
    later(
        "slack_url_env",
        Form::Word,
        "DESK_SLACK",
        "The variable with the URL of Slack.",
    ),
    later(
        "slack_url_file",
        Form::Word,
        "/run/secrets/slack",
        "The file with the URL of Slack.",
    ),
];

static POLICY: Object = object(
    "`policy`",
    &[
        later("quiet_hours", Form::Window, "21:00-09:00", "No texts then."),
        later(
            "frequency",
            Form::Either(FREQUENCY),
            "4 per 7 days",
            "Over all campaigns.",
        ),
        later(
            "countries",
            Form::List(&Form::Region),
            "[IT, SM]",
            "People elsewhere are left out.",
        ),
        later(
            "consent",
            Form::Any,
            "{ marketing: opt_in }",
            "What each purpose needs.",
        ),
        later(
            "hosts",
            Form::OneOrList(&Form::Word),
            "[api.arena.example]",
            "Where `call` and webhooks may go.",
        ),
        later("control_group", Form::Share, "2%", "Held out of all marketing."),
        later(
            "opt_out_words",
            Form::OneOrList(&Form::Word),
            "[basta]",
            "More words that opt out.",
        ),
        later("packs", Form::Any, "on", "Law packs by country."),
    ],
);

const fn coming(kind: &'static str) -> KindOf {
    KindOf { kind, object: None }
}
