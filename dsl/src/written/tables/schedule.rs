//! The keys of schedules, triggers and moments.

use super::super::key::{Choice, Form, Key, Object, later, now, object, word};

/// `now`, a time, or a map.
pub(super) const SCHEDULE: Form = Form::Either(&[Form::Start, Form::Object(&SCHEDULE_MAP)]);

static SCHEDULE_MAP: Object = object("`schedule`", SCHEDULE_KEYS);
static SCHEDULE_KEYS: &[Key] = &[
    now(
        "at",
        Form::At,
        "2026-12-01 10:00",
        "Once, on the campaign's clock.",
    ),
    later("cron", Form::Word, "\"0 10 * * MON\"", "Five fields, POSIX."),
    later("from", Form::Word, "2026-12-01", "The first day of a cron."),
    later("until", Form::Word, "2027-06-30", "The last day of a cron."),
    later(
        "date",
        Form::Word,
        "birthday",
        "A column, daily on the recipient's clock.",
    ),
    later("yearly", Form::Flag, "true", "The day, whatever its year."),
    later("before", Form::Duration, "30 days", "Before the date."),
    later("after", Form::Duration, "3 days", "After the date."),
    later(
        "clock",
        Form::OneOf(&[word("campaign"), word("recipient")]),
        "recipient",
        "Whose clock the times are on.",
    ),
    later(
        "window",
        Form::Window,
        "10:00-20:00",
        "Hours, on the recipient's clock.",
    ),
    later(
        "days",
        Form::OneOrList(&Form::Day),
        "[mon, tue]",
        "Weekdays, on the recipient's clock.",
    ),
    later("spread", Form::Duration, "4 hours", "Evenly over that time."),
    later(
        "late",
        Form::Duration,
        "2 hours",
        "How late a launch may still begin.",
    ),
    later(
        "expires",
        Form::Duration,
        "6 hours",
        "What could not be sent by then is not sent.",
    ),
    later("again", Form::Word, "never", "May a person enter twice."),
];

/// What begins a campaign for one person.
pub(super) static TRIGGER: Object = object(
    "`trigger`",
    &[
        later("event", Form::Word, "order-shipped", "An event of the API."),
        later("key", Form::Word, "order_id", "Another key is another passage."),
        later(
            "where",
            Form::OneOrList(&Form::Condition),
            "total > 50",
            "Which events.",
        ),
        later("joins", Form::Word, "newsletter", "Joining a list."),
        later("keyword", Form::Word, "JOIN", "A text nobody asked for."),
        later("again", Form::Word, "restart", "May a person enter twice."),
        later(
            "window",
            Form::Window,
            "10:00-20:00",
            "Hours, on the recipient's clock.",
        ),
        later(
            "days",
            Form::OneOrList(&Form::Day),
            "[mon, tue]",
            "Weekdays, on the recipient's clock.",
        ),
        later(
            "expires",
            Form::Duration,
            "6 hours",
            "What could not be sent by then is not sent.",
        ),
    ],
);

/// A point on the recipient's clock, by a column.
pub(super) static MOMENT: Object = object(
    "a moment",
    &[
        later("date", Form::Word, "starts", "A field."),
        later("before", Form::Duration, "1 day", "Before it."),
        later("after", Form::Duration, "1 day", "After it."),
        later("at", Form::TimeOfDay, "\"18:00\"", "When on that day."),
    ],
);

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
