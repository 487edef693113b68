//! The keys of stories.

use super::super::key::{Form, Key, KeyKind, Object, Open, Required, map, now, object, word};

/// A path, or stories.
pub(super) const TESTS: &[Form] = &[Form::Path, Form::List(&Form::Object(&TEST))];

static TEST: Object = Object {
    required: &[
        Required { key: "test", or: &[] },
        Required {
            key: "story",
            or: &[],
        },
    ],
    ..object("a test", TEST_KEYS)
};
pub(crate) static TEST_KEYS: &[Key] = &[
    now(
        "test",
        Form::Text,
        "a yes keeps a seat",
        "What it shows, in a sentence.",
    ),
    now(
        "person",
        Form::Object(&PERSON),
        "{ phone: \"+393331234567\", language: it, age: 30 }",
        "The person of the story: values by column, beside the keys below.",
    ),
    now(
        "at",
        Form::Time,
        "2026-12-01 09:00",
        "When it begins. Default: the schedule, where that is a time.",
    ),
    now(
        "event",
        Form::Either(EVENT),
        "{ name: order-shipped, fields: { order_id: \"77\" } }",
        "The event that begins a campaign with a trigger.",
    ),
    now(
        "story",
        Form::List(&Form::Object(&SCENE)),
        "[{ expect: invite }, { reply: \"yes\" }, { expect: thanks }]",
        "What happens, line by line.",
    ),
];

/// What somebody has by column or field, and beside.
static PERSON: Object = Object {
    open: Some(Open {
        key: KeyKind::Word,
        form: &Form::Text,
    }),
    ..object("`person`", PERSON_KEYS)
};
static PERSON_KEYS: &[Key] = &[
    now(
        "tags",
        Form::OneOrList(&Form::Word),
        "[vip, press]",
        "The tags that the person has when the story begins, whoever put them there. Never a column.",
    ),
    now(
        "variant",
        Form::Word,
        "calm",
        "The variant of the texts, or the way of a `split`, that the person gets; else it is drawn.",
    ),
];

/// Values by column or field.
static VALUES: Object = map("values", KeyKind::Word, &Form::Text);

const EVENT: &[Form] = &[Form::Word, Form::Object(&EVENT_MAP)];
static EVENT_MAP: Object = Object {
    required: &[Required { key: "name", or: &[] }],
    ..object("`event`", EVENT_KEYS)
};
static EVENT_KEYS: &[Key] = &[
    now("name", Form::Word, "order-shipped", "The name of the event."),
    now(
        "fields",
        Form::Object(&VALUES),
        "{ order_id: \"77\" }",
        "What it carries; these values win over columns. Default: nothing.",
    ),
];

/// What a line of a story can say: each says one thing.
pub(crate) static SAID: &[&str] = &[
    "expect",
    "reply",
    "says",
    "receipt",
    "clicks",
    "event",
    "calls",
    "after",
    "tagged",
    "joined",
    "left",
    "set",
    "notified",
    "forwarded",
    "finished",
];
/// What is said of a text that must come.
const EXPECTS: &[&str] = &["expect"];
/// What is said of a receipt.
const RECEIPT: &[&str] = &["receipt"];
static SCENE: Object = Object {
    one_of: SAID,
    ..object("a line of a story", SCENES)
};
static SCENES: &[Key] = &[
    now(
        "expect",
        Form::Name,
        "invite",
        "The text that must come next: a message, `opt-out`, `opt-in`, `help`, or `nothing`.",
    ),
    now(
        "text",
        Form::Text,
        "\"Doors open at nine\"",
        "What the expected text must say, word for word. Default: anything.",
    )
    .beside(EXPECTS),
    now(
        "parts",
        Form::Positive,
        "1",
        "How many parts the expected text must have. Default: any number.",
    )
    .beside(EXPECTS),
    now(
        "at",
        Form::Moment,
        "2026-12-01 09:00",
        "When the expected text must come, on the person's clock. Default: at any time.",
    )
    .beside(EXPECTS),
    now(
        "between",
        Form::Window,
        "09:00-21:00",
        "The hours in which the expected text must come, on the person's clock. Default: all day.",
    )
    .beside(EXPECTS),
    now(
        "reply",
        Form::Text,
        "\"yes\"",
        "What the person answers to the latest text.",
    ),
    now(
        "says",
        Form::Text,
        "\"hello\"",
        "A text of the person that nobody asked for.",
    ),
    now(
        "receipt",
        Form::OneOf(&[word("delivered"), word("undelivered")]),
        "delivered",
        "What the carrier says of a text.",
    ),
    now(
        "of",
        Form::Name,
        "invite",
        "The message that the receipt is of. Default: the latest text.",
    )
    .beside(RECEIPT),
    now("clicks", Form::Word, "tickets", "The link that the person opens."),
    now(
        "event",
        Form::Either(EVENT),
        "ordered",
        "An event of the API, by name, or with what it carries.",
    ),
    now(
        "calls",
        Form::Object(&CALLED),
        "{ url: \"https://api.arena.example/seats\", answer: 200 }",
        "The request that must be made, and the answer that it gets.",
    ),
    now(
        "after",
        Form::Duration,
        "2 days",
        "Runs the clock, its end included.",
    ),
    now(
        "tagged",
        Form::OneOrList(&Form::Word),
        "coming",
        "Tags that the person must have.",
    ),
    now(
        "joined",
        Form::OneOrList(&Form::Name),
        "newsletter",
        "Lists that the person must have joined.",
    ),
    now(
        "left",
        Form::OneOrList(&Form::Name),
        "newsletter",
        "Lists that the person must have left.",
    ),
    now(
        "set",
        Form::Object(&VALUES),
        "{ city: Roma }",
        "Values that the person must have.",
    ),
    now(
        "notified",
        Form::Inbox,
        "desk",
        "The inbox that must have got a text of ours.",
    ),
    now(
        "forwarded",
        Form::Inbox,
        "desk",
        "The inbox that must have got the reply.",
    ),
    now(
        "finished",
        Form::Word,
        "declined",
        "The reason with which the passage must have ended.",
    ),
];
static CALLED: Object = Object {
    required: &[Required { key: "url", or: &[] }],
    ..object(
        "`calls`",
        &[
            now(
                "url",
                Form::Url,
                "https://api.arena.example/seats",
                "The address that must be called.",
            ),
            now(
                "answer",
                Form::Any,
                "200",
                "What it answers: a status, or a body. Default: 200 without a body.",
            ),
        ],
    )
};
