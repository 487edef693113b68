//! The keys of stories.

use super::super::key::{Form, Key, KeyKind, Object, later, map, object};

/// A path, or stories.
pub(super) static TESTS: &[Form] = &[Form::Path, Form::List(&Form::Object(&TEST))];

static TEST: Object = object(
    "a test",
    &[
        later("test", Form::Text, "a yes keeps a seat", "What it shows."),
        later(
            "person",
            Form::Object(&PERSON),
            "{ phone: \"+393331234567\" }",
            "Columns, and optionally `variant`.",
        ),
        later(
            "at",
            Form::Time,
            "2026-12-01 09:00",
            "When it begins. Default: the schedule.",
        ),
        later("event", Form::Any, "{ name: order-shipped }", "What begins it."),
        later(
            "story",
            Form::List(&Form::Object(&SCENE)),
            "[{ expect: invite }]",
            "What happens.",
        ),
    ],
);
static PERSON: Object = map("`person`", KeyKind::Word, &Form::Any);
static SCENE: Object = object("a line of a story", SCENES);
static SCENES: &[Key] = &[
    later(
        "expect",
        Form::Word,
        "invite",
        "A message, `opt-out`, `help` or `nothing`.",
    ),
    later("text", Form::Text, "\"Hello\"", "The text it must be."),
    later("parts", Form::Positive, "1", "The parts it must have."),
    later("at", Form::Any, "2026-12-01 09:00", "When it must come."),
    later("between", Form::Window, "09:00-21:00", "When it must come."),
    later("reply", Form::Text, "\"yes\"", "What the person answers."),
    later("says", Form::Text, "\"hello\"", "A text nobody asked for."),
    later("receipt", Form::Word, "delivered", "What the carrier says."),
    later("clicks", Form::Word, "tickets", "A link."),
    later("event", Form::Any, "ordered", "An event."),
    later(
        "calls",
        Form::Any,
        "{ url: …, answer: 200 }",
        "What is called, and its answer.",
    ),
    later("after", Form::Duration, "2 days", "Runs the clock."),
    later("tagged", Form::Any, "coming", "What must be tagged."),
    later("joined", Form::Any, "newsletter", "What must be joined."),
    later("left", Form::Any, "newsletter", "What must be left."),
    later("set", Form::Any, "{ city: Roma }", "What must be set."),
    later("notified", Form::Any, "desk", "Which inbox."),
    later("forwarded", Form::Any, "desk", "Which inbox."),
    later("finished", Form::Any, "declined", "How it must end."),
];
