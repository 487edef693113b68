//! The keys of steps and of rules. What a step can do, a rule can do too.

use super::super::key::{Form, Key, KeyKind, Object, Required, join, map, now, object};
use super::campaign::author;
use super::messages::{MEDIA, TEXT};
use super::schedule::{EXPIRES, METHODS, MOMENT, WINDOW};

/// Steps in order.
pub(super) static STEPS: Form = Form::List(&Form::Object(&STEP));

/// One step, or several in order.
static STEP_OR_STEPS: Form = Form::OneOrList(&Form::Object(&STEP));

/// One step.
static STEP: Object = Object {
    one_of: VERBS,
    ..object("a step", &STEP_KEYS)
};
static STEP_KEYS: [Key; DEED_COUNT + DETAIL_COUNT] = join(&DEEDS, &DETAILS);

/// What a step can do: each has exactly one of these.
pub(crate) static VERBS: &[&str] = &[
    "send", "ask", "wait", "await", "choose", "split", "tag", "untag", "set", "join", "leave", "forward",
    "notify", "call", "start", "repeat", "finish",
];

const DEED_COUNT: usize = 17;
const DETAIL_COUNT: usize = 14;
const CHOICE_COUNT: usize = 2 + DEED_COUNT + DETAIL_COUNT;

static DEEDS: [Key; DEED_COUNT] = [
    now(
        "send",
        Form::Either(SENT),
        "invite",
        "Sends a message by its name, or `{ text: … }`.",
    ),
    now(
        "wait",
        Form::Either(WAIT),
        "2 days",
        "Goes on after this time; days are counted on the recipient's clock, hours are elapsed time.",
    ),
    now(
        "ask",
        Form::Either(SENT),
        "invite",
        "Sends a message and waits for a reply, as long as `for` says.",
    ),
    now(
        "await",
        Form::OneOrList(&Form::Condition),
        "clicked(\"tickets\")",
        "Waits for something to happen, as long as `for` says; what has happened already passes at once.",
    ),
    now(
        "choose",
        CHOICES,
        "[{ when: age > 18, send: adult }, { otherwise: { send: minor } }]",
        "Goes the way of the first rule that holds.",
    ),
    now(
        "split",
        Form::Object(&ARMS),
        "{ a: { share: 50%, do: { send: calm } }, b: { share: 50%, do: { send: urgent } } }",
        "Sends each person down one of several paths, drawn by a hash.",
    ),
    now(
        "tag",
        Form::Word,
        "coming",
        "Puts a tag on the person, kept across campaigns.",
    ),
    now("untag", Form::Word, "coming", "Takes a tag off the person."),
    now(
        "set",
        Form::Object(&SET),
        "{ city: Roma }",
        "Keeps values of the person across campaigns; they win over columns, and may be templates.",
    ),
    now(
        "join",
        Form::Name,
        "newsletter",
        "Puts the person on a stored list of crier.yaml.",
    ),
    now(
        "leave",
        Form::Name,
        "newsletter",
        "Takes the person off a stored list of crier.yaml.",
    ),
    now(
        "forward",
        Form::Inbox,
        "box-office",
        "Hands the reply to an inbox or an address.",
    ),
    now(
        "notify",
        Form::Object(&NOTIFY),
        "{ to: desk, text: \"{{phone}} called\" }",
        "Sends a text of ours to an inbox.",
    ),
    now(
        "call",
        Form::Object(&CALL),
        "{ url: \"https://api.arena.example/seats\" }",
        "Calls an allowed host over HTTP; retried with an idempotency key.",
    ),
    now(
        "start",
        Form::Name,
        "welcome",
        "Enrols the person in another campaign.",
    ),
    now(
        "repeat",
        Form::Object(&REPEAT),
        "{ times: 3, every: 1 day, until: replied(), do: { send: reminder } }",
        "Does steps again and again, at most so many times.",
    ),
    now(
        "finish",
        Form::Word,
        "declined",
        "Ends the passage, for this reason.",
    ),
];

/// The verbs that send a message, that wait for something, that ask, and that wait for what may have happened.
const SENDS: &[&str] = &["send", "ask"];
const WAITS: &[&str] = &["ask", "await"];
const ASKS: &[&str] = &["ask"];
const AWAITS: &[&str] = &["await"];

/// What may stand beside a verb.
static DETAILS: [Key; DETAIL_COUNT] = [
    now(
        "id",
        Form::Name,
        "reminder",
        "Names the step, so that people on it can be moved when the file changes. Default: none.",
    ),
    WHEN,
    UNLESS,
    now(
        "sender",
        Form::Name,
        "arena",
        "Another sender of crier.yaml, for this step; texts under the `answers` of a question go by its own. Default: the campaign's.",
    )
    .beside(SENDS),
    WINDOW.beside(SENDS),
    now(
        "at",
        Form::Either(AT),
        "\"18:00\"",
        "The moment to send at: the next such time of day, a time, or one by a column. Default: at once.",
    )
    .beside(SENDS),
    EXPIRES.beside(SENDS),
    now(
        "for",
        Form::Duration,
        "2 days",
        "How long to wait for the reply, or for what is awaited.",
    )
    .beside(WAITS),
    now(
        "answers",
        REPLY_RULES,
        "[{ words: [\"yes\"], tag: coming }]",
        "What replies to the question do; the first rule that holds.",
    )
    .beside(ASKS),
    now(
        "save",
        Form::Word,
        "city",
        "The field that keeps the reply, which must be of its type. Default: it is not kept.",
    )
    .beside(ASKS),
    now(
        "unclear",
        Form::Either(SENT),
        "again",
        "Asks again with this message, at most twice, when no answer takes the reply. Default: the reply goes to `replies`.",
    )
    .beside(ASKS),
    now(
        "remind",
        Form::Object(&REMIND),
        "{ after: 1 day, send: reminder }",
        "Sends a message before the time is over, where no reply has come. Default: none.",
    )
    .beside(ASKS),
    now(
        "then",
        STEP_OR_STEPS,
        "{ send: thanks }",
        "What to do when it has happened, before the passage goes on below. Default: nothing.",
    )
    .beside(AWAITS),
    now(
        "silence",
        STEP_OR_STEPS,
        "{ send: reminder }",
        "What to do when the time is over, before the passage goes on below. Default: nothing.",
    )
    .beside(WAITS),
];

const WHEN: Key = now(
    "when",
    Form::OneOrList(&Form::Condition),
    "age > 18",
    "Only if this holds, of several conditions all. Default: always.",
);
const UNLESS: Key = now(
    "unless",
    Form::OneOrList(&Form::Condition),
    "replied()",
    "Not if this holds, of several conditions all. Default: always.",
);

/// Never a bare text, so that a misspelt name is caught.
const SENT: &[Form] = &[Form::Name, Form::Object(&SENT_MAP)];
static SENT_MAP: Object = author("`send`", KeyKind::Language, &Form::Message, SENT_KEYS);
static SENT_KEYS: &[Key] = &[
    now(
        "text",
        Form::Either(TEXT),
        "\"Doors open at nine\"",
        "The text, or a map of one for each language.",
    ),
    MEDIA,
];

const WAIT: &[Form] = &[Form::Wait, Form::Object(&MOMENT)];
const AT: &[Form] = &[Form::Moment, Form::Object(&MOMENT)];

static REMIND: Object = Object {
    required: &[needs("after"), needs("send")],
    ..object("`remind`", REMIND_KEYS)
};
static REMIND_KEYS: &[Key] = &[
    now("after", Form::Duration, "1 day", "So long after the question."),
    now("send", Form::Either(SENT), "reminder", "The message to send."),
];

static NOTIFY: Object = Object {
    required: &[needs("to"), needs("text")],
    ..object("`notify`", NOTIFY_KEYS)
};
static NOTIFY_KEYS: &[Key] = &[
    now("to", Form::Inbox, "desk", "An inbox, or an address."),
    now(
        "text",
        Form::Message,
        "\"{{phone}} called\"",
        "The text, a template.",
    ),
];

static CALL: Object = Object {
    required: &[needs("url")],
    ..object("`call`", CALL_KEYS)
};
static CALL_KEYS: &[Key] = &[
    now(
        "url",
        Form::Url,
        "\"https://api.arena.example/seats/{{seat}}\"",
        "The address: scheme and host as they stand, path and query may be templates.",
    ),
    now(
        "method",
        Form::OneOf(METHODS),
        "PUT",
        "How it is called. Default: `POST`.",
    ),
    now(
        "body",
        Form::Any,
        "{ seat: \"{{seat}}\" }",
        "What is sent, as JSON; its texts may be templates. Default: nothing.",
    ),
    now(
        "save",
        Form::Any,
        "seat",
        "What to keep of the answer. Default: nothing.",
    ),
    now(
        "timeout",
        Form::Timeout,
        "5 seconds",
        "How long an answer is waited for. Default: `10 seconds`.",
    ),
];

static REPEAT: Object = Object {
    required: &[needs("times"), needs("every"), needs("do")],
    ..object("`repeat`", REPEAT_KEYS)
};
static REPEAT_KEYS: &[Key] = &[
    now(
        "times",
        Form::UpTo(65_535),
        "3",
        "How many rounds there are at most.",
    ),
    now(
        "every",
        Form::Duration,
        "1 day",
        "The time from the end of a round to the next.",
    ),
    now(
        "until",
        Form::OneOrList(&Form::Condition),
        "replied()",
        "Ends the rounds when this holds. Default: all rounds are done.",
    ),
    now("do", STEP_OR_STEPS, "{ send: reminder }", "The steps of a round."),
];

static ARMS: Object = map("`split`", KeyKind::Name, &Form::Object(&ARM));
static ARM: Object = Object {
    required: &[needs("share"), needs("do")],
    ..object("an arm", ARM_KEYS)
};
static ARM_KEYS: &[Key] = &[
    now(
        "share",
        Form::Share,
        "50%",
        "The share of people who go this way; all shares make 100%.",
    ),
    now("do", STEP_OR_STEPS, "{ send: invite }", "The steps of this way."),
];
static SET: Object = map("`set`", KeyKind::Word, &Form::Text);

/// Rules for replies, first that holds.
static REPLY_RULES: Form = Form::List(&REPLY_RULE);
/// One of them.
pub(super) static REPLY_RULE: Form = Form::Object(&RULE);

static RULE: Object = Object {
    one_of: DEEDS_OF_RULES,
    or: &["value"],
    ..object("a rule", &RULE_KEYS)
};
static RULE_KEYS: [Key; 3 + CHOICE_COUNT] = join(&RULE_HEAD, &CHOICE_KEYS);

static RULE_HEAD: [Key; 3] = [
    now(
        "words",
        Form::OneOrList(&Form::Word),
        "[\"yes\", si]",
        "Holds when the reply has one of these words or phrases, whatever their case and accents.",
    ),
    now(
        "pattern",
        Form::Word,
        "\"[0-9]+\"",
        "Holds when the reply matches this regular expression.",
    ),
    now(
        "value",
        Form::Text,
        "2",
        "What `save` of the question keeps. Default: the reply as it came.",
    ),
];

static CHOICES: Form = Form::List(&Form::Object(&CHOICE));

/// A rule of `choose`: it has no reply to look at.
static CHOICE: Object = Object {
    one_of: DEEDS_OF_RULES,
    ..object("a rule of `choose`", &CHOICE_KEYS)
};
static CHOICE_KEYS: [Key; CHOICE_COUNT] = {
    let beside: [Key; DEED_COUNT + DETAIL_COUNT] = join(&DEEDS, &DETAILS);
    join(&RULE_TAIL, &beside)
};

static RULE_TAIL: [Key; 2] = [
    now(
        "do",
        STEP_OR_STEPS,
        "[{ tag: coming }, { send: thanks }]",
        "What to do: a step, or several in order.",
    ),
    now(
        "otherwise",
        STEP_OR_STEPS,
        "{ forward: box-office }",
        "What to do when no rule before it holds; always the last.",
    ),
];

/// What a rule can do: each has exactly one of these.
static DEEDS_OF_RULES: &[&str] = &[
    "do",
    "otherwise",
    "send",
    "ask",
    "wait",
    "await",
    "choose",
    "split",
    "tag",
    "untag",
    "set",
    "join",
    "leave",
    "forward",
    "notify",
    "call",
    "start",
    "repeat",
    "finish",
];

const fn needs(key: &'static str) -> Required {
    Required { key, or: &[] }
}
