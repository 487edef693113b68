//! The keys of steps and of rules for replies.

use super::super::key::{Form, Key, KeyKind, Object, later, map, now, object};
use super::campaign::author;
use super::messages::TEXT;
use super::schedule::{METHODS, MOMENT};

/// Steps in order.
pub(super) const STEPS: Form = Form::List(&Form::Object(&STEP));

/// One step.
static STEP: Object = Object {
    title: "a step",
    keys: STEP_KEYS,
    open: None,
    required: &[],
    one_of: VERBS,
};

/// What a step can do: each has exactly one of these.
static VERBS: &[&str] = &[
    "send", "ask", "wait", "await", "choose", "split", "tag", "untag", "set", "join", "leave", "forward",
    "notify", "call", "start", "repeat", "finish",
];

static STEP_KEYS: &[Key] = &[
    now(
        "send",
        Form::Either(SENT),
        "invite",
        "Sends a message by its name, or `{ text: … }`.",
    ),
    now("wait", Form::Either(WAIT), "2 days", "Goes on after this time."),
    later(
        "ask",
        Form::Either(SENT),
        "invite",
        "Sends and waits for a reply.",
    ),
    later(
        "await",
        Form::OneOrList(&Form::Condition),
        "clicked(\"tickets\")",
        "Waits for something to happen.",
    ),
    later(
        "choose",
        Form::List(&Form::Object(&RULE)),
        "[{ when: age > 18, send: adult }]",
        "The first rule that holds.",
    ),
    later(
        "split",
        Form::Object(&ARMS),
        "{ a: { share: 50%, do: … } }",
        "Draws a path by a hash.",
    ),
    later(
        "tag",
        Form::Word,
        "coming",
        "On the person, kept across campaigns.",
    ),
    later("untag", Form::Word, "coming", "Takes a tag away."),
    later(
        "set",
        Form::Object(&SET),
        "{ city: Roma }",
        "On the person, kept across campaigns.",
    ),
    later("join", Form::Name, "newsletter", "A stored list."),
    later("leave", Form::Name, "newsletter", "A stored list."),
    later("forward", Form::Word, "box-office", "The reply, to an inbox."),
    later(
        "notify",
        Form::Object(&NOTIFY),
        "{ to: desk, text: … }",
        "A text of ours, to an inbox.",
    ),
    later(
        "call",
        Form::Object(&CALL),
        "{ url: … }",
        "HTTP to an allowed host.",
    ),
    later(
        "start",
        Form::Name,
        "welcome",
        "Enrols the person in another campaign.",
    ),
    later(
        "repeat",
        Form::Object(&REPEAT),
        "{ times: 3, every: 1 day, do: … }",
        "Always bounded.",
    ),
    later("finish", Form::Word, "declined", "Ends the passage."),
    now(
        "id",
        Form::Name,
        "reminder",
        "Names the step, so that it can be moved.",
    ),
    later(
        "when",
        Form::OneOrList(&Form::Condition),
        "age > 18",
        "Only if all hold.",
    ),
    later(
        "unless",
        Form::OneOrList(&Form::Condition),
        "replied()",
        "Not if they hold.",
    ),
    later("sender", Form::Name, "arena", "Another sender, for this step."),
    later(
        "window",
        Form::Window,
        "10:00-20:00",
        "Hours, on the recipient's clock.",
    ),
    later("at", Form::Either(AT), "\"18:00\"", "A moment."),
    later(
        "expires",
        Form::Duration,
        "6 hours",
        "What could not be sent by then is not sent.",
    ),
    later("for", Form::Duration, "2 days", "How long to wait for it."),
    later(
        "answers",
        Form::List(&Form::Object(&RULE)),
        "[{ words: [\"yes\"], tag: coming }]",
        "What replies do.",
    ),
    later("save", Form::Word, "city", "The field the reply is kept in."),
    later(
        "unclear",
        Form::Either(SENT),
        "again",
        "Asks again, at most twice.",
    ),
    later(
        "remind",
        Form::Object(&REMIND),
        "{ after: 1 day, send: reminder }",
        "Before the time is over.",
    ),
    later("then", Form::Any, "{ send: thanks }", "When it has happened."),
    later("silence", Form::Any, "{ send: reminder }", "When it has not."),
];

/// Never a bare text, so that a misspelt name is caught.
static SENT: &[Form] = &[Form::Name, Form::Object(&SENT_MAP)];
static SENT_MAP: Object = author("`send`", KeyKind::Language, &Form::Message, SENT_KEYS);
static SENT_KEYS: &[Key] = &[
    now(
        "text",
        Form::Either(TEXT),
        "\"Doors open at nine\"",
        "The text, or one for each language.",
    ),
    later(
        "media",
        Form::OneOrList(&Form::Path),
        "[poster.jpg]",
        "Makes it MMS.",
    ),
];

static WAIT: &[Form] = &[
    Form::Wait,
    Form::LaterPart {
        what: "waiting for a moment",
        form: &Form::Object(&MOMENT),
    },
];
static AT: &[Form] = &[Form::Word, Form::Object(&MOMENT)];

static REMIND: Object = object(
    "`remind`",
    &[
        later("after", Form::Duration, "1 day", "After the question."),
        later("send", Form::Either(SENT), "reminder", "What to send."),
    ],
);
static NOTIFY: Object = object(
    "`notify`",
    &[
        later("to", Form::Word, "desk", "An inbox."),
        later("text", Form::Message, "\"{{first_name}} called\"", "The text."),
    ],
);
static CALL: Object = object(
    "`call`",
    &[
        later(
            "url",
            Form::Word,
            "https://api.arena.example/seats",
            "Scheme and host are literal.",
        ),
        later("method", Form::OneOf(METHODS), "POST", "Default: `POST`."),
        later("body", Form::Any, "{ seat: \"{{seat}}\" }", "JSON."),
        later("save", Form::Any, "seat", "What to keep of the answer."),
        later("timeout", Form::Duration, "10 seconds", "How long to wait."),
    ],
);
static REPEAT: Object = object(
    "`repeat`",
    &[
        later("times", Form::Positive, "3", "At most."),
        later("every", Form::Duration, "1 day", "Between two rounds."),
        later(
            "until",
            Form::OneOrList(&Form::Condition),
            "replied()",
            "Ends it.",
        ),
        later("do", Form::Any, "{ send: reminder }", "The steps."),
    ],
);
static ARMS: Object = map("`split`", KeyKind::Name, &Form::Object(&ARM));
static ARM: Object = object(
    "an arm",
    &[
        later("share", Form::Share, "50%", "Shares make 100%."),
        later("do", Form::Any, "{ send: invite }", "The steps."),
    ],
);
static SET: Object = map("`set`", KeyKind::Word, &Form::Any);

/// Rules, first that holds.
pub(super) const REPLY_RULES: Form = Form::List(&Form::Object(&RULE));

static RULE: Object = object(
    "a rule",
    &[
        later(
            "words",
            Form::OneOrList(&Form::Word),
            "[\"yes\", si]",
            "Whole words or phrases.",
        ),
        later("pattern", Form::Word, "\"[0-9]+\"", "A regular expression."),
        later(
            "when",
            Form::OneOrList(&Form::Condition),
            "age > 18",
            "A condition.",
        ),
        later(
            "unless",
            Form::OneOrList(&Form::Condition),
            "age > 18",
            "A condition.",
        ),
        later("value", Form::Any, "2", "What `save` keeps."),
        later("do", Form::Any, "[{ send: thanks }]", "The steps."),
        later(
            "otherwise",
            Form::Any,
            "{ forward: box-office }",
            "What nothing else took.",
        ),
        later("send", Form::Either(SENT), "thanks", "Sends a message."),
        later("ask", Form::Any, "city", "Asks on."),
        later("wait", Form::Any, "2 days", "Waits."),
        later("await", Form::Any, "replied()", "Waits for something to happen."),
        later("choose", Form::Any, "[]", "The first rule that holds."),
        later("split", Form::Any, "{}", "Draws a path."),
        later("tag", Form::Word, "coming", "On the person."),
        later("untag", Form::Word, "coming", "Takes a tag away."),
        later("set", Form::Any, "{ city: Roma }", "On the person."),
        later("join", Form::Name, "newsletter", "A stored list."),
        later("leave", Form::Name, "newsletter", "A stored list."),
        later("forward", Form::Word, "box-office", "The reply, to an inbox."),
        later(
            "notify",
            Form::Object(&NOTIFY),
            "{ to: desk, text: … }",
            "A text of ours, to an inbox.",
        ),
        later(
            "call",
            Form::Object(&CALL),
            "{ url: … }",
            "HTTP to an allowed host.",
        ),
        later(
            "start",
            Form::Name,
            "welcome",
            "Enrols the person in another campaign.",
        ),
        later("repeat", Form::Object(&REPEAT), "{ times: 3 }", "Always bounded."),
        later("finish", Form::Word, "declined", "Ends the passage."),
    ],
);
