//! The program of a campaign: its steps as one flat list of instructions, so that where a person stands is one small
//! value. Steps keep a stable id; the engine walks the list, and nothing else decides what comes next.

use std::time::Duration;

use crate::condition::Condition;
use crate::reply::Matcher;
use crate::scalar::{Share, WaitTime, Window, WrittenTime};
use crate::template::Template;

/// An index into [`Program::instructions`].
pub type Address = u16;

/// The steps of a campaign, and the rules of its `replies`.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// In the order of the file. The last of the steps is a [`Deed::Finish`]; what rules do comes after it.
    pub instructions: Vec<Instruction>,
    /// The rules for replies that no open question took, in order: the campaign's own, then the project's.
    pub rules: Vec<Rule>,
    /// How many of them are the campaign's own.
    pub own_rules: usize,
}

/// One thing that happens to a person.
#[derive(Debug, Clone)]
pub struct Instruction {
    /// The step it comes from: its `id`, else its place in the file (`2`, `2.answers.1`). Several instructions may come
    /// from one step.
    pub step: String,
    /// What it does.
    pub deed: Deed,
}

/// What an instruction does. Where it names no address, the next instruction follows.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Sends a message.
    Send(Send),
    /// Goes on after this time.
    Wait {
        /// How long, or until when.
        until: Until,
        /// Where those go on for whom the moment was past when their passage began: the next wait, or the end of the list.
        too_late: Address,
    },
    /// Where a wait for the day of a field leads: nobody else comes here, so that whoever stands here follows the field.
    Arrive(Moment),
    /// A question begins: its count of unclear replies starts at none.
    Open,
    /// Waits for a reply.
    Listen(Box<Listen>),
    /// A question ends.
    Close,
    /// Waits until it holds; at once where it does already.
    Await {
        /// What is waited for.
        what: Condition,
        /// For so long.
        within: WaitTime,
        /// Where the passage goes on when that time is over.
        silence: Address,
    },
    /// Passes over a step unless its conditions hold.
    Check {
        /// Must hold.
        when: Option<Condition>,
        /// Must not hold.
        unless: Option<Condition>,
        /// Behind the step.
        otherwise: Address,
    },
    /// Goes the way of the first condition that holds.
    Choose {
        /// In order.
        ways: Vec<(Condition, Address)>,
        /// Where none holds.
        otherwise: Address,
    },
    /// Goes a way that is drawn.
    Split {
        /// Of the draw.
        name: String,
        /// In order; their shares make a whole.
        arms: Vec<Arm>,
    },
    /// Puts a tag on the person.
    Tag(String),
    /// Takes it away.
    Untag(String),
    /// Gives fields values.
    Set(Vec<(String, Localised)>),
    /// Puts the person on a stored list.
    Join(String),
    /// Takes the person off it.
    Leave(String),
    /// Hands the latest reply to an inbox.
    Forward(Inbox),
    /// Sends a text of ours to an inbox.
    Notify {
        /// Where to.
        to: Inbox,
        /// What.
        text: Localised,
    },
    /// Calls a host.
    Call(Box<Call>),
    /// Enrols the person in another campaign.
    Start(String),
    /// Rounds begin.
    Repeat {
        /// At most so many, above zero.
        times: u16,
    },
    /// A round begins.
    Round {
        /// At most so many, above zero.
        times: u16,
        /// There are no more where this holds.
        until: Option<Condition>,
        /// Behind the rounds.
        end: Address,
    },
    /// A round is over; the next begins after this time.
    Again {
        /// At most so many, above zero.
        times: u16,
        /// From one to the next.
        every: WaitTime,
        /// The [`Deed::Round`].
        round: Address,
    },
    /// Goes on elsewhere.
    Goto(Address),
    /// What a rule for replies does ends here; the passage stays where it is.
    Return,
    /// The passage ends, for this reason.
    Finish(Option<String>),
}

/// Sends a message.
#[derive(Debug, Clone)]
pub struct Send {
    /// An index into [`super::Campaign::messages`].
    pub message: usize,
    /// Another sender than the campaign's.
    pub sender: Option<String>,
    /// The countries that its sender may text, where the campaign has people elsewhere; none: all of theirs.
    pub countries: Option<Vec<sms::Region>>,
    /// Other hours than the campaign's.
    pub window: Option<Window>,
    /// It must go within this time, or not at all.
    pub expires: Option<WaitTime>,
    /// It answers a reply: quiet hours, window and frequency do not hold it.
    pub answers: bool,
    /// The [`Deed::Listen`] of a question that is open while this goes.
    pub question: Option<Address>,
    /// Where the passage goes on when this does not go: behind the question that it would have asked; none: at the next
    /// instruction.
    pub passed_over: Option<Address>,
}

/// How long, or until when.
#[derive(Debug, Clone, PartialEq)]
pub enum Until {
    /// So long.
    Over(WaitTime),
    /// Until then.
    At(Moment),
}

/// A point on the recipient's clock.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment {
    /// The next such minute of the day, below 1,440.
    TimeOfDay(u32),
    /// A time.
    Time(WrittenTime),
    /// By a field.
    Day {
        /// Of type `date` or `time`.
        field: String,
        /// From its day or time.
        shift: Shift,
        /// The minute of that day, below 1,440; none: that of the field, or midnight.
        at: Option<u32>,
    },
}

/// How far from a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shift {
    /// On it.
    #[default]
    None,
    /// So long before it.
    Before(WaitTime),
    /// So long after it.
    After(WaitTime),
}

/// Waits for a reply.
#[derive(Debug, Clone)]
pub struct Listen {
    /// For so long.
    pub within: WaitTime,
    /// What replies do; the first that holds.
    pub answers: Vec<Rule>,
    /// What is sent after a reply that no answer takes, at most [`UNCLEAR`] times; an index into the messages.
    pub unclear: Option<usize>,
    /// The field that keeps the reply.
    pub save: Option<String>,
    /// Where the passage goes on after a reply where there are no `answers`.
    pub replied: Address,
    /// Where the passage goes on when nobody replied in time.
    pub silence: Address,
}

/// How often a question is asked again.
pub const UNCLEAR: u16 = 2;

/// A rule for replies.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its place: `2.answers.1`, `replies.3`.
    pub step: String,
    /// When it holds.
    pub test: Test,
    /// What `save` keeps in place of the reply.
    pub value: Option<String>,
    /// Where what it does begins.
    pub then: Address,
}

/// When a rule holds.
#[derive(Debug, Clone)]
pub enum Test {
    /// The reply has one of these words, or matches the pattern.
    Reply(Matcher),
    /// The condition holds.
    When(Condition),
    /// No rule before it holds.
    Otherwise,
}

/// A way of a draw.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// How many go it.
    pub share: Share,
    /// Where it begins.
    pub then: Address,
}

/// A text for each language of the campaign, in the same order.
#[derive(Debug, Clone)]
pub struct Localised(pub Vec<Template>);

/// Where replies and texts of ours go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbox {
    /// A key of [`crate::project::Project::inboxes`].
    Name(String),
    /// An e-mail address.
    Address(String),
}

/// A call over HTTP.
#[derive(Debug, Clone)]
pub struct Call {
    /// Path and query may be templates, whose values are percent-encoded.
    pub url: Template,
    /// In capitals.
    pub method: String,
    /// As JSON; texts in it may be templates.
    pub body: Option<Body>,
    /// The field that keeps something of the answer.
    pub save: Option<String>,
    /// An answer is waited for so long.
    pub timeout: Duration,
}

/// A body as JSON.
#[derive(Debug, Clone)]
pub enum Body {
    /// A text with values in it.
    Text(Template),
    /// A number, a truth value or null, as it stands.
    Plain(String),
    /// In order.
    List(Vec<Body>),
    /// In order.
    Map(Vec<(String, Body)>),
}

impl Deed {
    /// The conditions that it asks, in order.
    fn conditions(&self) -> Vec<&Condition> {
        match self {
            Deed::Await { what, .. } => vec![what],
            Deed::Check { when, unless, .. } => when.iter().chain(unless).collect(),
            Deed::Choose { ways, .. } => ways.iter().map(|(condition, _)| condition).collect(),
            Deed::Round { until, .. } => until.iter().collect(),
            Deed::Listen(listen) => {
                let tests = listen.answers.iter().map(|rule| &rule.test);
                tests.filter_map(Test::condition).collect()
            }
            Deed::Send(_)
            | Deed::Wait { .. }
            | Deed::Arrive(_)
            | Deed::Open
            | Deed::Close
            | Deed::Split { .. }
            | Deed::Tag(_)
            | Deed::Untag(_)
            | Deed::Set(_)
            | Deed::Join(_)
            | Deed::Leave(_)
            | Deed::Forward(_)
            | Deed::Notify { .. }
            | Deed::Call(_)
            | Deed::Start(_)
            | Deed::Repeat { .. }
            | Deed::Again { .. }
            | Deed::Goto(_)
            | Deed::Return
            | Deed::Finish(_) => vec![],
        }
    }
}

impl Test {
    fn condition(&self) -> Option<&Condition> {
        match self {
            Test::When(condition) => Some(condition),
            Test::Reply(_) | Test::Otherwise => None,
        }
    }
}

impl Moment {
    /// The field that gives the day.
    pub fn field(&self) -> Option<&str> {
        match self {
            Moment::TimeOfDay(_) | Moment::Time(_) => None,
            Moment::Day { field, .. } => Some(field),
        }
    }
}

impl std::fmt::Display for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Inbox::Name(name) => f.write_str(name),
            Inbox::Address(address) => f.write_str(address),
        }
    }
}

impl Program {
    /// The instruction at an address of this program.
    pub fn at(&self, address: Address) -> &Instruction {
        &self.instructions[usize::from(address)]
    }

    /// The instructions of the steps; what rules for replies do comes after them.
    fn steps(&self) -> impl Iterator<Item = &Instruction> {
        let rules = self.rules.iter().map(|rule| usize::from(rule.then)).min();
        self.instructions.iter().take(rules.unwrap_or(usize::MAX))
    }

    /// The rules of the campaign.
    pub fn own_rules(&self) -> &[Rule] {
        &self.rules[..self.own_rules]
    }

    /// The rules of the project, for replies that the campaign does not take.
    pub fn project_rules(&self) -> &[Rule] {
        &self.rules[self.own_rules..]
    }

    /// The instructions of the campaign; what rules of the project do comes after them.
    pub fn own_instructions(&self) -> &[Instruction] {
        let rules = self.project_rules().first();
        let end = rules.map_or(self.instructions.len(), |rule| usize::from(rule.then));
        &self.instructions[..end]
    }

    /// Whether people wait before anything else.
    pub fn waits_first(&self) -> bool {
        self.instructions
            .first()
            .is_some_and(|one| matches!(one.deed, Deed::Wait { .. }))
    }

    /// Whether a text may have gone before somebody comes to a step: one stands before it, or they were here before.
    pub fn texts_before(&self, address: Address, visit: u32) -> bool {
        let before = &self.instructions[..usize::from(address)];
        visit > 0 || before.iter().any(|one| matches!(one.deed, Deed::Send(_)))
    }

    /// Every condition of the steps, of their answers and of the rules.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let steps = self.instructions.iter().flat_map(|one| one.deed.conditions());
        steps.chain(self.rules.iter().filter_map(|rule| rule.test.condition()))
    }

    /// Whether everybody goes through all of it: nothing depends on what a person does or is.
    pub fn is_straight(&self) -> bool {
        let straight = |deed: &Deed| {
            matches!(
                deed,
                Deed::Send(_) | Deed::Wait { .. } | Deed::Arrive(_) | Deed::Tag(_) | Deed::Finish(_)
            )
        };
        self.steps().all(|one| straight(&one.deed))
    }

    /// Every text that a step sends, in the order of the file, by address and message.
    pub fn sends(&self) -> impl Iterator<Item = (Address, usize)> + '_ {
        let steps = self.steps().count();
        self.all_sends().filter(move |(at, _)| usize::from(*at) < steps)
    }

    /// How often somebody comes to an address at most: the rounds that it stands in, multiplied.
    pub fn most_rounds(&self, address: Address) -> u64 {
        let behind = self.instructions.iter().skip(usize::from(address));
        let around = behind.filter_map(|one| match &one.deed {
            Deed::Again { times, round, .. } if *round < address => Some(u64::from(*times)),
            _ => None,
        });
        around.product()
    }

    /// The same, and those of rules for replies behind them.
    pub fn all_sends(&self) -> impl Iterator<Item = (Address, usize)> + '_ {
        let all = (0..).zip(&self.instructions);
        all.filter_map(|(at, one)| match &one.deed {
            Deed::Send(send) => Some((at, send.message)),
            _ => None,
        })
    }
}
