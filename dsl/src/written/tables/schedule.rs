//! The keys of schedules, triggers and moments.

use super::super::key::{Choice, Form, Key, Object, Required, now, object, word};

/// `now`, a time, or a map.
pub(super) const SCHEDULE: Form = Form::Either(&[Form::Start, Form::Object(&SCHEDULE_MAP)]);

static SCHEDULE_MAP: Object = Object {
    required: &[Required {
        key: "at",
        or: &["cron", "date"],
    }],
    ..object("`schedule`", SCHEDULE_KEYS)
};
static SCHEDULE_KEYS: &[Key] = &[
    now(
        "at",
        Form::At,
        "2026-12-01 10:00",
        "When it begins, once: `now`, a time on the campaign's clock, or with `date` the time of that day.",
    ),
    now(
        "cron",
        Form::Cron,
        "\"0 10 * * MON\"",
        "When it begins, again and again: minute, hour, day, month and weekday, on the campaign's clock.",
    ),
    now(
        "from",
        Form::Date,
        "2026-12-01",
        "The first day of a cron. Default: at once.",
    ),
    now(
        "until",
        Form::Date,
        "2027-06-30",
        "The last day of a cron. Default: without end.",
    ),
    now(
        "date",
        Form::Word,
        "birthday",
        "The column with the day of each person, on the recipient's clock.",
    ),
    now(
        "yearly",
        Form::Flag,
        "true",
        "The day of the column comes every year, whatever its year. Default: `false`.",
    ),
    now(
        "before",
        Form::Duration,
        "30 days",
        "So long before the day of the column. Default: on the day.",
    ),
    now(
        "after",
        Form::Duration,
        "3 days",
        "So long after the day of the column. Default: on the day.",
    ),
    now(
        "clock",
        Form::OneOf(&[word("campaign"), word("recipient")]),
        "recipient",
        "Whose clock the times are on. Default: `campaign`.",
    ),
    WINDOW,
    DAYS_KEY,
    now(
        "spread",
        Form::Duration,
        "4 hours",
        "Texts go out evenly over that time, so that replies do not swamp the desk. Default: as fast as the rate allows.",
    ),
    now(
        "late",
        Form::Duration,
        "2 hours",
        "How late a launch may still begin. Default: to the end of its window; without one, 24 hours.",
    ),
    EXPIRES,
    now("again", Form::Again(AGAIN), "after 30 days", MAY_ENTER_TWICE),
];

const AGAIN: &[&str] = &["never", "always"];
const MAY_ENTER_TWICE: &str =
    "May a person enter twice: `never`, `always`, or `after` a time. Who is still inside never is.";

/// Hours for texts.
pub(super) const WINDOW: Key = now(
    "window",
    Form::Window,
    "10:00-20:00",
    "The hours in which texts may go out, on the recipient's clock; answers to a reply go at once. Default: all day.",
);
/// Weekdays for texts.
pub(super) const DAYS_KEY: Key = now(
    "days",
    Form::OneOrList(&Form::Day),
    "[mon, tue]",
    "The weekdays on which texts may go out, on the recipient's clock. Default: every day.",
);
/// Until when a text may go.
pub(super) const EXPIRES: Key = now(
    "expires",
    Form::Duration,
    "6 hours",
    "What could not be sent within that time is not sent, and counted. Default: it never expires.",
);

/// What begins a campaign for one person.
pub(super) static TRIGGER: Object = Object {
    one_of: &["event", "joins", "keyword"],
    ..object("`trigger`", TRIGGER_KEYS)
};
/// What carries values.
const EVENTS: &[&str] = &["event"];
static TRIGGER_KEYS: &[Key] = &[
    now(
        "event",
        Form::Word,
        "order-shipped",
        "The event of the API that begins it.",
    ),
    now(
        "key",
        Form::Word,
        "order_id",
        "The value of the event that tells passages apart: another key is another passage. Default: one passage a person.",
    )
    .beside(EVENTS),
    now(
        "where",
        Form::OneOrList(&Form::Condition),
        "total > 50",
        "Which events begin it: of several conditions all must hold. Default: every one.",
    )
    .beside(EVENTS),
    now(
        "joins",
        Form::Name,
        "newsletter",
        "The stored list of crier.yaml whose new people begin it.",
    ),
    now(
        "keyword",
        Form::Word,
        "JOIN",
        "The text that begins it for whoever sends it.",
    ),
    now(
        "again",
        Form::Again(&["never", "always", "restart"]),
        "restart",
        "May a person enter twice: `never`, `always`, or `after` a time; `restart` ends the passage with the same key.",
    ),
    WINDOW,
    DAYS_KEY,
    EXPIRES,
];

/// A point on the recipient's clock, by a column.
pub(super) static MOMENT: Object = Object {
    required: &[Required { key: "date", or: &[] }],
    ..object("a moment", MOMENT_KEYS)
};
static MOMENT_KEYS: &[Key] = &[
    now(
        "date",
        Form::Word,
        "starts",
        "The field with the day, or the day and its time.",
    ),
    now(
        "before",
        Form::Duration,
        "1 day",
        "So long before it. Default: on the day.",
    ),
    now(
        "after",
        Form::Duration,
        "1 day",
        "So long after it. Default: on the day.",
    ),
    now(
        "at",
        Form::TimeOfDay,
        "\"18:00\"",
        "The time of that day, on the recipient's clock. Default: the time of the field.",
    ),
];

/// The weekdays, as written.
pub static DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Of a call.
pub(super) static METHODS: &[Choice] = &[
    word("GET"),
    word("POST"),
    word("PUT"),
    word("PATCH"),
    word("DELETE"),
];
