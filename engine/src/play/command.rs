//! What somebody types who plays a person: a text, or a command behind a slash.

use dsl::campaign::story::Occurrence;
use dsl::scalar::{ScalarError, WaitTime};

/// What was typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A text of the person.
    Reply(String),
    /// `/wait 2 days`: the clock runs.
    Wait(WaitTime),
    /// `/next`: the clock runs to the next text.
    Next,
    /// `/click LINK`.
    Click(String),
    /// `/event NAME field=value field="two words"`.
    Event(Occurrence),
    /// `/receipt delivered`, or `undelivered`.
    Receipt {
        /// It arrived.
        delivered: bool,
        /// The message that it is of; none: the latest text.
        of: Option<String>,
    },
    /// `/save`, `/save NAME`, `/save FILE`: as a story.
    Save(Option<String>),
    /// `/who`: the person, as it stands.
    Who,
    /// `/help`.
    Help,
    /// `/quit`.
    Quit,
}

/// What was typed is no command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCommand {
    /// There is none of that name.
    #[error("there is no /{name}: {}", meant(name))]
    Unknown {
        /// As it was typed.
        name: String,
    },
    /// What it needs is missing, or something else.
    #[error("write it as `{0}`")]
    Form(&'static str),
    /// No time at all, or longer than the clock runs at once.
    #[error("\"{time}\" is {how}: /wait runs the clock from one second to ten years")]
    NoSuchWait {
        /// As it was typed.
        time: String,
        /// What is the matter with it.
        how: &'static str,
    },
}

impl Command {
    /// A line as it was typed; none where it is empty.
    pub fn parse(line: &str) -> Result<Option<Command>, NoCommand> {
        let line = line.trim();
        if line.is_empty() {
            return Ok(None);
        }
        let Some(typed) = line.strip_prefix('/') else {
            return Ok(Some(Command::Reply(line.to_owned())));
        };
        let (name, rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
        let rest = rest.trim();
        let some = |form| {
            Some(rest.to_owned())
                .filter(|rest| !rest.is_empty())
                .ok_or(NoCommand::Form(form))
        };
        Ok(Some(match name {
            "wait" => Command::Wait(WaitTime::parse(rest).map_err(no_wait)?),
            "next" => Command::Next,
            "click" => Command::Click(some("/click LINK")?),
            "event" => Command::Event(event(rest)?),
            "receipt" => receipt(rest).ok_or(NoCommand::Form("/receipt delivered"))?,
            "save" => Command::Save(some("").ok()),
            "who" => Command::Who,
            "help" => Command::Help,
            "quit" => Command::Quit,
            name => {
                return Err(NoCommand::Unknown {
                    name: name.to_owned(),
                });
            }
        }))
    }
}

fn no_wait(error: ScalarError) -> NoCommand {
    match error {
        ScalarError::DurationOutOfRange { text, how } => NoCommand::NoSuchWait { time: text, how },
        _ => NoCommand::Form("/wait 2 days"),
    }
}

fn receipt(typed: &str) -> Option<Command> {
    let mut words = typed.split_whitespace();
    let delivered = match words.next()? {
        "delivered" => true,
        "undelivered" => false,
        _ => return None,
    };
    let of = words.next().map(str::to_owned);
    let is_all = words.next().is_none();
    is_all.then_some(Command::Receipt { delivered, of })
}

/// Their names.
const NAMES: [&str; 9] = [
    "wait", "next", "click", "event", "receipt", "who", "save", "help", "quit",
];

/// What is said of a command that there is not.
fn meant(name: &str) -> String {
    match dsl::nearest(name, NAMES) {
        Some(nearest) => format!("did you mean /{nearest}?"),
        None => "/help lists what there is".to_owned(),
    }
}

fn event(typed: &str) -> Result<Occurrence, NoCommand> {
    let form = NoCommand::Form("/event NAME field=value");
    let mut words = words(typed).into_iter();
    let name = words
        .next()
        .filter(|name| !name.contains('='))
        .ok_or(form.clone())?;
    let field = |word: String| {
        let (field, value) = word.split_once('=')?;
        Some((field.to_owned(), value.to_owned()))
    };
    let fields = words.map(field).collect::<Option<_>>().ok_or(form)?;
    Ok(Occurrence { name, fields })
}

/// Words between spaces; in double quotes spaces belong to the word.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut inside) = (vec![], String::new(), false);
    for c in text.chars() {
        match c {
            '"' => inside = !inside,
            c if c.is_whitespace() && !inside => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}
