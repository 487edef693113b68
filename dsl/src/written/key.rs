//! What the tables of keys are made of. A key is written down once, with its form and its meaning; reading, checking, the
//! schema and the reference all work from that.

/// A map with known keys.
#[derive(Debug)]
pub struct Object {
    /// As messages call it: `a step`, `` `limits` ``.
    pub title: &'static str,
    /// The keys of the language, in the order of the reference.
    pub keys: &'static [Key],
    /// Keys that the author chooses, such as languages or names.
    pub open: Option<Open>,
    /// What must be there.
    pub required: &'static [Required],
    /// Exactly one of these must be there; empty: no such rule.
    pub one_of: &'static [&'static str],
    /// Any of these does where none of `one_of` is there.
    pub or: &'static [&'static str],
    /// What a key asks for beside itself: of the others any.
    pub together: &'static [(&'static str, &'static [&'static str])],
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As written.
    pub name: &'static str,
    /// Whether this version does it.
    pub status: Status,
    /// What its value is.
    pub form: Form,
    /// A value as one would write it.
    pub example: &'static str,
    /// Meaning and default, one line.
    pub doc: &'static str,
    /// Of a key that stands beside one of several: beside which of them; empty: beside any.
    pub beside: &'static [&'static str],
}

/// Whether a part of the language works in this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It does.
    Now,
    /// It is in the language, and an error for the time being.
    Later,
}

/// Keys that the author chooses.
#[derive(Debug)]
pub struct Open {
    /// What a key is.
    pub key: KeyKind,
    /// What each value is.
    pub form: &'static Form,
}

/// What the author's keys are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// `[a-z][a-z0-9-]*`.
    Name,
    /// A language tag.
    Language,
    /// Anything: a column.
    Word,
}

/// A key that must be there, unless one of the others is.
#[derive(Debug)]
pub struct Required {
    /// The key.
    pub key: &'static str,
    /// Any of these stands in for it.
    pub or: &'static [&'static str],
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// Free text for people.
    Text,
    /// A text that is sent: a template.
    Message,
    /// A column, a word of a reply, an URL: text that is compared or handed on.
    Word,
    /// `[a-z][a-z0-9-]*`.
    Name,
    /// An e-mail address.
    Address,
    /// A path inside the project.
    Path,
    /// The number 1.
    Version,
    /// `true` or `false`.
    Flag,
    /// A whole number, zero or more.
    Count,
    /// A whole number above zero.
    Positive,
    /// A whole number above zero, at most this.
    UpTo(u32),
    /// `2 days`.
    Duration,
    /// `500 ms`, `2 seconds`.
    Timeout,
    /// `2 days`, or a moment, which comes later.
    Wait,
    /// `2026-12-01 10:00`.
    Time,
    /// `now`, or a time.
    Start,
    /// As [`Form::Start`], or `18:00` where a column gives the day.
    At,
    /// `18:00`.
    TimeOfDay,
    /// `18:00`, or a time.
    Moment,
    /// `2026-12-01`, or a time.
    Date,
    /// Five fields: minute, hour, day, month, weekday.
    Cron,
    /// One of these words, or `after 30 days`.
    Again(&'static [&'static str]),
    /// `21:00-08:00`.
    Window,
    /// `50/s`.
    Rate,
    /// `500 EUR`, or `500 EUR per month`.
    Budget,
    /// `4 per 7 days`.
    Frequency,
    /// `https://arena.example/t`; path and query may be templates.
    Url,
    /// `http://127.0.0.1:8025`.
    LocalUrl,
    /// `5%`.
    Share,
    /// `500`, or a share.
    Sample,
    /// A telephone number; whether it is one is asked where the region is known.
    Phone,
    /// 3 to 8 digits; looked into where senders are.
    ShortCode,
    /// A name that texts come from, at most 11 characters; looked into where senders are.
    SenderName,
    /// An IANA zone.
    Zone,
    /// A language tag.
    Language,
    /// An ISO country.
    Region,
    /// A weekday.
    Day,
    /// A condition, of the part of CEL that the language has: [`crate::condition`].
    Condition,
    /// One of these words.
    OneOf(&'static [Choice]),
    /// A path, or the name of a list of crier.yaml.
    Source,
    /// As [`Form::Source`], or a condition such as `tagged("x")`.
    Leaver,
    /// An address or the name of an inbox, or `none`.
    ReplyTo,
    /// An address or the name of an inbox.
    Inbox,
    /// A list.
    List(&'static Form),
    /// One, or a list.
    OneOrList(&'static Form),
    /// A map.
    Object(&'static Object),
    /// A scalar, or a map or list: the first that has the shape of the value.
    Either(&'static [Form]),
    /// A map whose keys depend on one of them.
    ByKind(&'static [KindOf]),
    /// Not looked into.
    Any,
}

/// One word of [`Form::OneOf`].
#[derive(Debug)]
pub struct Choice {
    /// The word.
    pub word: &'static str,
    /// Whether this version does it.
    pub status: Status,
}

/// What a map is for one value of its key `kind`.
#[derive(Debug)]
pub struct KindOf {
    /// The value.
    pub kind: &'static str,
    /// The keys; none: it is for a later version.
    pub object: Option<&'static Object>,
}

/// A key that works.
pub(super) const fn now(name: &'static str, form: Form, example: &'static str, doc: &'static str) -> Key {
    Key {
        name,
        status: Status::Now,
        form,
        example,
        doc,
        beside: &[],
    }
}

/// A key of a later version.
pub(super) const fn later(name: &'static str, form: Form, example: &'static str, doc: &'static str) -> Key {
    Key {
        name,
        status: Status::Later,
        form,
        example,
        doc,
        beside: &[],
    }
}

impl Key {
    /// A key that has a meaning beside these only.
    pub(super) const fn beside(mut self, those: &'static [&'static str]) -> Key {
        self.beside = those;
        self
    }
}

/// A map of these keys alone.
pub(super) const fn object(title: &'static str, keys: &'static [Key]) -> Object {
    Object {
        title,
        keys,
        open: None,
        required: &[],
        one_of: &[],
        or: &[],
        together: &[],
    }
}

/// A map from what the author chooses.
pub(super) const fn map(title: &'static str, key: KeyKind, form: &'static Form) -> Object {
    Object {
        title,
        keys: &[],
        open: Some(Open { key, form }),
        required: &[],
        one_of: &[],
        or: &[],
        together: &[],
    }
}

/// The keys of two tables as one; `N` is the number of both.
pub(super) const fn join<const A: usize, const B: usize, const N: usize>(
    first: &[Key; A],
    second: &[Key; B],
) -> [Key; N] {
    assert!(
        A + B == N && A > 0,
        "the length of the whole is that of its parts"
    );
    let mut all = [first[0]; N];
    let mut i = 0;
    while i < N {
        all[i] = if i < A { first[i] } else { second[i - A] };
        i += 1;
    }
    all
}

/// A word that works.
pub(super) const fn word(word: &'static str) -> Choice {
    Choice {
        word,
        status: Status::Now,
    }
}

impl Form {
    /// Whether it stands in one word or text, and holds no other form.
    pub fn is_scalar(&self) -> bool {
        match self {
            Form::Text
            | Form::Message
            | Form::Word
            | Form::Name
            | Form::Address
            | Form::Path
            | Form::Version
            | Form::Flag
            | Form::Count
            | Form::Positive
            | Form::UpTo(_)
            | Form::Duration
            | Form::Timeout
            | Form::Wait
            | Form::Time
            | Form::Start
            | Form::At
            | Form::TimeOfDay
            | Form::Moment
            | Form::Date
            | Form::Cron
            | Form::Again(_)
            | Form::Window
            | Form::Rate
            | Form::Budget
            | Form::Frequency
            | Form::Url
            | Form::LocalUrl
            | Form::Share
            | Form::Sample
            | Form::Phone
            | Form::ShortCode
            | Form::SenderName
            | Form::Zone
            | Form::Language
            | Form::Region
            | Form::Day
            | Form::Condition
            | Form::OneOf(_)
            | Form::Source
            | Form::Leaver
            | Form::ReplyTo
            | Form::Inbox => true,
            Form::List(_)
            | Form::OneOrList(_)
            | Form::Object(_)
            | Form::Either(_)
            | Form::ByKind(_)
            | Form::Any => false,
        }
    }

    /// With its article, as messages say it.
    pub fn expected(&self) -> String {
        let fixed = match self {
            Form::Text | Form::Message | Form::Word => "a text",
            Form::Name => "a name",
            Form::Address => "an e-mail address",
            Form::Path => "a path",
            Form::Version => "the number 1",
            Form::Flag => "`true` or `false`",
            Form::Count => "a whole number",
            Form::Positive => "a whole number above zero",
            Form::UpTo(most) => return format!("a whole number from 1 to {most}"),
            Form::Duration | Form::Wait => "a duration",
            Form::Timeout => "a time-out",
            Form::Time | Form::At => "a time",
            Form::Start => "`now` or a time",
            Form::TimeOfDay => "a time of day",
            Form::Moment => "a time of day, or a time",
            Form::Date => "a day",
            Form::Cron => "the five fields of a cron",
            Form::Again(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                return format!("{}, or `after` a time", words.join(", "));
            }
            Form::Window => "a window of the day",
            Form::Rate => "a rate",
            Form::Budget => "a sum of money",
            Form::Frequency => "a number of texts in a time",
            Form::Url | Form::LocalUrl => "an URL",
            Form::Share => "a share",
            Form::Sample => "a number of people or a share",
            Form::Phone => "a phone number",
            Form::ShortCode => "a short code",
            Form::SenderName => "the name of a sender",
            Form::Zone => "a time zone",
            Form::Language => "a language",
            Form::Region => "a country",
            Form::Day => "a weekday",
            Form::Condition => "a condition",
            Form::Source => "a path or the name of a list",
            Form::Leaver => "a path, the name of a list, or a condition",
            Form::ReplyTo | Form::Inbox => "an address or the name of an inbox",
            Form::Any => "a value",
            Form::ByKind(_) => "a map with the key `kind`",
            Form::OneOf(choices) => {
                let words: Vec<String> = choices.iter().map(|c| format!("`{}`", c.word)).collect();
                return words.join(", ");
            }
            Form::List(item) => return format!("a list, each item {}", item.expected()),
            Form::OneOrList(item) => return format!("{}, or a list of such", item.expected()),
            Form::Object(object) => return format!("a map of {}", object.contents()),
            Form::Either(forms) => {
                let all: Vec<String> = forms.iter().map(Form::expected).collect();
                return all.join(", or ");
            }
        };
        fixed.into()
    }
}

impl Object {
    /// What stands in it, in a few words.
    fn contents(&self) -> String {
        match (&self.open, self.keys) {
            (Some(open), []) => match open.key {
                KeyKind::Name | KeyKind::Word => "your own keys".into(),
                KeyKind::Language => "languages".into(),
            },
            (_, keys) => {
                let working = keys.iter().filter(|key| key.status == Status::Now).count();
                let of_use = |key: &&Key| working == 0 || key.status == Status::Now;
                let shown = keys.iter().filter(of_use).take(3);
                let shown: Vec<String> = shown.map(|key| format!("`{}`", key.name)).collect();
                let more = if working > 3 { " and so on" } else { "" };
                format!("{}{more}", shown.join(", "))
            }
        }
    }

    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}
