//! The keys of crier.yaml.

use super::super::key::{Form, Key, KeyKind, Object, Required, later, map, now, object, word};
use super::audience::{COLUMNS, CONSENT, ENCODING, HEADER_ROW, SEPARATOR, SHEET};
use super::campaign::{FIELD_TYPES, FREQUENCY, REPLIES};
use super::messages::MESSAGES;

mod providers;

/// A project file.
pub static PROJECT: Object = Object {
    required: &[needs("crier")],
    ..object("crier.yaml", PROJECT_KEYS)
};

static PROJECT_KEYS: &[Key] = &[
    now("crier", Form::Version, "1", "The version of the language."),
    now("project", Form::Name, "arena", "Its name. Default: the folder's."),
    now(
        "store",
        Form::Object(&STORE),
        "{ sqlite: .crier/crier.db }",
        "Where everything is kept. Default: `{ sqlite: .crier/crier.db }`.",
    ),
    now(
        "region",
        Form::Region,
        "IT",
        "The country whose numbers are written without their country code. Default: none, so that numbers need it.",
    ),
    now(
        "timezone",
        Form::Zone,
        "Europe/Rome",
        "The clock of campaigns that state none. Default: `UTC`.",
    ),
    now(
        "languages",
        Form::List(&Form::Language),
        "[it, en]",
        "The languages of campaigns that state none; the first is the fallback. Default: `[en]`.",
    ),
    now(
        "sender",
        Form::Name,
        "arena",
        "The sender of campaigns that state none. Default: the only one.",
    ),
    now(
        "lists",
        Form::Object(&LISTS),
        "{ staff: { file: lists/staff.csv } }",
        "Sources of people, by name. Default: none; campaigns can name paths.",
    ),
    later(
        "databases",
        Form::Object(&DATABASES),
        "{ crm: { url_file: /run/secrets/crm } }",
        "Where lists in SQL are, by name. Default: none.",
    ),
    now(
        "providers",
        Form::Object(&PROVIDERS),
        "{ trial: { kind: simulated } }",
        "Who texts are handed to: accounts, by name.",
    ),
    now(
        "senders",
        Form::Object(&SENDERS),
        "{ arena: { number: \"+390612345678\", provider: trial } }",
        "What texts come from: numbers, short codes and names, by name.",
    ),
    now(
        "inboxes",
        Form::Object(&INBOXES),
        "{ desk: { email: desk@arena.example } }",
        "Where replies and notes go, by name. Default: replies stay in `crier inbox`.",
    ),
    now(
        "mail",
        Form::Object(&MAIL),
        "{ smtp: \"smtps://mail.example\", from: crier@arena.example }",
        "How replies are forwarded by e-mail. Default: they stay in `crier inbox`.",
    ),
    now(
        "messages",
        Form::Object(&MESSAGES),
        "{ help: \"Call 555-0100\" }",
        "Texts of the project, by name; `opt-out` and `help` replace the built-in ones, and have no values.",
    ),
    now(
        "replies",
        Form::Either(REPLIES),
        "desk",
        "Where replies go for campaigns that state nothing. Default: the inbox of the program.",
    ),
    now(
        "replies_within",
        Form::Duration,
        "30 days",
        "How long after its last text a reply belongs to a campaign. Default: `7 days`.",
    ),
    now(
        "smart",
        Form::Flag,
        "false",
        "Swaps typographic quotes, dashes and spaces for plain ones where that makes the whole text GSM-7. Default: `true`.",
    ),
    now(
        "prices",
        Form::Path,
        "prices.csv",
        "A CSV of country, price per part and currency. Default: none, so that no budget can be kept.",
    ),
    now(
        "policy",
        Form::Object(&POLICY),
        "{ quiet_hours: 21:00-09:00 }",
        "Rules for all campaigns, which each can only tighten. Default: none but the law packs.",
    ),
];

static STORE: Object = Object {
    one_of: &["sqlite", "postgres_url_env", "postgres_url_file"],
    ..object("`store`", STORE_KEYS)
};
static STORE_KEYS: &[Key] = &[
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
        "The environment variable with the URL of a PostgreSQL database.",
    ),
    later(
        "postgres_url_file",
        Form::Word,
        "/run/secrets/crier",
        "The file with the URL of a PostgreSQL database.",
    ),
];

static LISTS: Object = map("`lists`", KeyKind::Name, &Form::Object(&LIST));
static LIST: Object = Object {
    one_of: &["file", "sql", "stored"],
    ..object("a list", LIST_KEYS)
};
static LIST_KEYS: &[Key] = &[
    now("file", Form::Path, "lists/staff.csv", "The path of the list."),
    now(
        "columns",
        Form::Object(&COLUMNS),
        "{ phone: Mobile }",
        "What the columns are called: our name first, then the file's. Default: as a campaign's `columns`.",
    ),
    now(
        "consent",
        Form::Object(&CONSENT),
        "{ kind: opt_in, source: \"till form 2026\" }",
        "What these people agreed to and where, which the policy may ask for. Default: nothing.",
    ),
    SHEET,
    ENCODING,
    SEPARATOR,
    HEADER_ROW,
    later(
        "sql",
        Form::Word,
        "\"select phone from vip\"",
        "The query that gives the list.",
    ),
    later(
        "database",
        Form::Name,
        "crm",
        "The database of `databases` that the query runs in. Default: the only one.",
    ),
    later(
        "fields",
        Form::Object(&QUERY_FIELDS),
        "{ phone: text, city: text }",
        "The columns that the query gives, with their types.",
    ),
    now(
        "stored",
        Form::Flag,
        "true",
        "Kept in the store: people join and leave it.",
    ),
    now(
        "opt_in",
        Form::Object(&OPT_IN),
        "{ keyword: JOIN, sender: arena, confirm: confirm-text, welcome: welcome-text }",
        "How people join a stored list by a text. Default: by steps and the API alone.",
    ),
];
static QUERY_FIELDS: Object = map("`fields`", KeyKind::Word, &Form::OneOf(FIELD_TYPES));
static OPT_IN: Object = Object {
    required: &[needs("keyword")],
    ..object("`opt_in`", OPT_IN_KEYS)
};
static OPT_IN_KEYS: &[Key] = &[
    now(
        "keyword",
        Form::Word,
        "JOIN",
        "The text that joins whoever sends it.",
    ),
    now(
        "sender",
        Form::Name,
        "arena",
        "The sender that it is sent to. Default: the project's.",
    ),
    now(
        "confirm",
        Form::Name,
        "confirm-text",
        "The message that asks for a yes first. Default: none; the keyword is enough.",
    ),
    now(
        "welcome",
        Form::Name,
        "welcome-text",
        "The message to those who joined. Default: none.",
    ),
];

static DATABASES: Object = map("`databases`", KeyKind::Name, &Form::Object(&DATABASE));
static DATABASE: Object = Object {
    one_of: &["url_env", "url_file"],
    ..object("a database", DATABASE_KEYS)
};
static DATABASE_KEYS: &[Key] = &[
    later(
        "url_env",
        Form::Word,
        "CRM_URL",
        "The environment variable with its URL.",
    ),
    later(
        "url_file",
        Form::Word,
        "/run/secrets/crm_url",
        "The file with its URL.",
    ),
];

static PROVIDERS: Object = map("`providers`", KeyKind::Name, &Form::ByKind(providers::KINDS));

static SENDERS: Object = map("`senders`", KeyKind::Name, &Form::Object(&SENDER));
static SENDER: Object = Object {
    required: &[needs("provider")],
    one_of: &["number", "short_code", "alphanumeric"],
    ..object("a sender", SENDER_KEYS)
};
static SENDER_KEYS: &[Key] = &[
    now(
        "number",
        Form::Phone,
        "\"+390612345678\"",
        "A full number, in quotes.",
    ),
    now(
        "short_code",
        Form::ShortCode,
        "\"48555\"",
        "A short code: 3 to 8 digits, in quotes.",
    ),
    now(
        "alphanumeric",
        Form::SenderName,
        "ARENA",
        "A name of at most 11 characters, which nobody can reply to.",
    ),
    now(
        "provider",
        Form::Name,
        "trial",
        "The provider of `providers` that its texts are handed to.",
    ),
    now(
        "then",
        Form::OneOrList(&Form::Name),
        "[spare]",
        "Further providers, in order: each takes over when those before it are away. Default: none.",
    ),
    now(
        "rate",
        Form::Rate,
        "10/s",
        "The most parts in a time. Default: the provider's rate alone.",
    ),
    now(
        "receives",
        Form::Flag,
        "false",
        "Whether replies reach us. Default: yes, but never for a name.",
    ),
    now(
        "countries",
        Form::List(&Form::Region),
        "[IT, SM]",
        "The countries that it may text. Default: all.",
    ),
];

static INBOXES: Object = map("`inboxes`", KeyKind::Name, &Form::Object(&INBOX));
static INBOX: Object = Object {
    one_of: &[
        "email",
        "phone",
        "url",
        "url_env",
        "url_file",
        "slack_url_env",
        "slack_url_file",
    ],
    ..object("an inbox", INBOX_KEYS)
};
static INBOX_KEYS: &[Key] = &[
    now("email", Form::Address, "desk@arena.example", "An e-mail address."),
    now(
        "phone",
        Form::Phone,
        "\"+393331234567\"",
        "A phone number, in quotes, which gets a text from the project's `sender`.",
    ),
    now(
        "url",
        Form::Url,
        "\"https://ops.arena.example/sms\"",
        "A webhook; its host must be among the `hosts` of the policy.",
    ),
    now(
        "url_env",
        Form::Word,
        "HOOK_URL",
        "The environment variable with the URL of a webhook.",
    ),
    later(
        "url_file",
        Form::Word,
        "/run/secrets/hook",
        "The file with the URL of a webhook.",
    ),
    now(
        "secret_env",
        Form::Word,
        "HOOK_SECRET",
        "The environment variable with the secret that a webhook is signed with. Default: it is not signed.",
    ),
    later(
        "secret_file",
        Form::Word,
        "/run/secrets/hook",
        "The file with the secret that a webhook is signed with. Default: it is not signed.",
    ),
    now(
        "slack_url_env",
        Form::Word,
        "DESK_SLACK",
        "The environment variable with the URL of a Slack channel.",
    ),
    later(
        "slack_url_file",
        Form::Word,
        "/run/secrets/slack",
        "The file with the URL of a Slack channel.",
    ),
];

/// What each key of a login asks for beside itself: any of these.
pub const LOGIN: &[(&str, &[&str])] = &[
    ("user", &["password_env", "password_file"]),
    ("password_env", &["user"]),
    ("password_file", &["user"]),
];
static MAIL: Object = Object {
    required: &[needs("smtp"), needs("from")],
    together: LOGIN,
    ..object("`mail`", MAIL_KEYS)
};
static MAIL_KEYS: &[Key] = &[
    now(
        "smtp",
        Form::Word,
        "\"smtps://mail.example\"",
        "The URL of the mail server: `smtps://`, or `smtp://`, which is encrypted where the server offers it, and always where there is a `user`.",
    ),
    now(
        "user",
        Form::Word,
        "crier",
        "The user at the mail server. Default: none.",
    ),
    now(
        "password_env",
        Form::Word,
        "SMTP_PASSWORD",
        "The environment variable with the password. Default: none.",
    ),
    later(
        "password_file",
        Form::Word,
        "/run/secrets/smtp",
        "The file with the password. Default: none.",
    ),
    now(
        "from",
        Form::Address,
        "crier@arena.example",
        "The address that mail comes from.",
    ),
];

static POLICY: Object = object("`policy`", POLICY_KEYS);
static POLICY_KEYS: &[Key] = &[
    now(
        "quiet_hours",
        Form::Window,
        "21:00-09:00",
        "No texts then, on the recipient's clock; it may wrap midnight. Default: those of the law packs.",
    ),
    now(
        "frequency",
        Form::Either(FREQUENCY),
        "4 per 7 days",
        "The most marketing texts a person gets in a time, over all campaigns; answers to replies count for none. Default: no bound.",
    ),
    now(
        "countries",
        Form::List(&Form::Region),
        "[IT, SM]",
        "People elsewhere are left out. Default: all countries.",
    ),
    now(
        "consent",
        Form::Object(&NEEDED_CONSENT),
        "{ marketing: opt_in }",
        "The consent that each purpose needs. Default: that of the law packs.",
    ),
    now(
        "hosts",
        Form::OneOrList(&Form::Word),
        "[api.arena.example, ops.arena.example]",
        "Where `call` and webhooks may go. Default: nowhere.",
    ),
    now(
        "control_group",
        Form::Share,
        "2%",
        "The share of people held out of all marketing, to compare with. Default: nobody.",
    ),
    now(
        "opt_out_words",
        Form::OneOrList(&Form::Word),
        "[basta]",
        "More words that opt out, beside those of the languages. Default: none.",
    ),
    later(
        "packs",
        Form::Either(PACKS),
        "on",
        "The law packs by country, or which of them are off and why. Default: `on`.",
    ),
];
static NEEDED_CONSENT: Object = object("`consent`", NEEDED_CONSENT_KEYS);
static NEEDED_CONSENT_KEYS: &[Key] = &[
    now(
        "marketing",
        Form::Word,
        "opt_in",
        "The kind of consent that marketing needs.",
    ),
    now(
        "service",
        Form::Word,
        "opt_in",
        "The kind of consent that service texts need. Default: none.",
    ),
    now(
        "emergency",
        Form::Word,
        "opt_in",
        "The kind of consent that emergency texts need. Default: none.",
    ),
];
const PACKS: &[Form] = &[Form::OneOf(&[word("on"), word("off")]), Form::Object(&PACKS_OFF)];
static PACKS_OFF: Object = Object {
    required: &[needs("off"), needs("reason")],
    ..object("`packs`", PACKS_OFF_KEYS)
};
static PACKS_OFF_KEYS: &[Key] = &[
    later(
        "off",
        Form::List(&Form::Region),
        "[IT]",
        "The countries whose pack does not hold.",
    ),
    later(
        "reason",
        Form::Text,
        "\"Our lawyer wrote our own rules\"",
        "Why, for whoever reads the evidence.",
    ),
];

const fn needs(key: &'static str) -> Required {
    Required { key, or: &[] }
}
