//! What no story of a campaign walked: steps, answers, silences, texts to unclear replies, languages, variants, clock changes.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Offset, TimeZone};
use dsl::campaign::Deed;
use dsl::campaign::program::{Address, Listen, Rule, Until};

use super::Played;
use crate::advance::Walked;
use crate::revision::Revision;
use crate::stage::Happened;

/// What there is to walk in a campaign, and what of it was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// All there is.
    pub total: usize,
    /// In the order of the file.
    pub unwalked: Vec<Unwalked>,
}

/// Something that no story walked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unwalked {
    /// A step: its `id`, else its place; and what it does.
    Step(String, String),
    /// An answer or a rule for replies.
    Answer(String),
    /// A question, or what is waited for, that ends in silence.
    Silence(String),
    /// A way of a draw: of which step, and its name.
    Arm(String, String),
    /// A language.
    Language(String),
    /// A variant of a message.
    Variant(String, String),
    /// A clock change, in a campaign that goes by the clock of its people.
    ClockChange,
}

impl fmt::Display for Unwalked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unwalked::Step(step, does) => write!(f, "{} ({does})", place_of(step)),
            Unwalked::Answer(rule) => f.write_str(&place_of(rule)),
            Unwalked::Silence(step) => write!(f, "silence of {}", place_of(step)),
            Unwalked::Arm(step, arm) => write!(f, "way {arm} of {}", place_of(step)),
            Unwalked::Language(language) => write!(f, "language {language}"),
            Unwalked::Variant(message, variant) => write!(f, "variant {variant} of {message}"),
            Unwalked::ClockChange => f.write_str("a clock change"),
        }
    }
}

/// The place of a step as people say it: `step 3`, `step 3, answer 1.2`, `step invite`, `reply rule 2 of crier.yaml`.
pub fn place_of(step: &str) -> String {
    if let Some(of_project) = step.strip_prefix("crier.yaml.") {
        return format!("{} of crier.yaml", place_of(of_project));
    }
    let mut said = String::new();
    for piece in step.split('.') {
        let number = |piece: &str| piece.chars().all(|c| c.is_ascii_digit());
        let (before, piece) = match piece {
            "answers" => (", ", "answer"),
            "replies" => ("", "reply rule"),
            piece if said.is_empty() => ("step ", piece.strip_prefix("step-").unwrap_or(piece)),
            piece if number(piece) && said.ends_with(|c: char| c.is_ascii_digit()) => (".", piece),
            piece if number(piece) => (" ", piece),
            piece => (", ", piece),
        };
        said += before;
        said += piece;
    }
    said
}

/// What a step does, as its author writes it.
fn does(revision: &Revision, deed: &Deed) -> String {
    match deed {
        Deed::Send(send) => format!("send {}", revision.campaign.messages[send.message].name),
        Deed::Wait { .. } => "wait".into(),
        Deed::Await { .. } => "await".into(),
        Deed::Choose { .. } => "choose".into(),
        Deed::Tag(tag) => format!("tag {tag}"),
        Deed::Untag(tag) => format!("untag {tag}"),
        Deed::Set(values) => {
            let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
            format!("set {}", names.join(", "))
        }
        Deed::Join(list) => format!("join {list}"),
        Deed::Leave(list) => format!("leave {list}"),
        Deed::Forward(to) => format!("forward to {to}"),
        Deed::Notify { to, .. } => format!("notify {to}"),
        Deed::Call(_) => "call".into(),
        Deed::Start(campaign) => format!("start {campaign}"),
        Deed::Repeat { .. } => "repeat".into(),
        Deed::Finish(reason) => format!("finish {}", reason.as_deref().unwrap_or_default())
            .trim()
            .to_owned(),
        Deed::Arrive(_)
        | Deed::Open
        | Deed::Listen(_)
        | Deed::Close
        | Deed::Check { .. }
        | Deed::Split { .. }
        | Deed::Round { .. }
        | Deed::Again { .. }
        | Deed::Goto(_)
        | Deed::Return => String::new(),
    }
}

impl Coverage {
    /// Of all stories of a campaign.
    pub fn of(revision: &Revision, stories: &[Played]) -> Coverage {
        let mut walked = Walked::default();
        for story in stories {
            walked.instructions.extend(&story.walked.instructions);
            walked.silences.extend(&story.walked.silences);
            walked.unclear.extend(&story.walked.unclear);
        }
        let mut coverage = Coverage::default();
        coverage.steps(revision, &walked);
        coverage.languages(revision, stories);
        coverage.variants(revision, stories);
        if goes_by_the_clock(revision) {
            coverage.one(stories.iter().any(changes_clock), || Unwalked::ClockChange);
        }
        coverage
    }

    fn one(&mut self, walked: bool, what: impl FnOnce() -> Unwalked) {
        self.total += 1;
        if !walked {
            self.unwalked.push(what());
        }
    }

    fn steps(&mut self, revision: &Revision, walked: &Walked) {
        let program = &revision.campaign.program;
        for (at, instruction) in (0..).zip(program.own_instructions()) {
            let done = |at: Address| walked.instructions.contains(&at);
            let step = &instruction.step;
            match &instruction.deed {
                // Scaffolding: no author wrote it.
                Deed::Check { .. }
                | Deed::Goto(_)
                | Deed::Open
                | Deed::Close
                | Deed::Return
                | Deed::Arrive(_)
                | Deed::Round { .. }
                | Deed::Again { .. } => continue,
                Deed::Finish(None) if step == "end" => continue,
                Deed::Listen(listen) => {
                    self.question(revision, (at, listen), step, walked);
                    continue;
                }
                Deed::Await { .. } => {
                    let silent = walked.silences.contains(&at);
                    self.one(silent, || Unwalked::Silence(step.clone()));
                }
                Deed::Split { arms, .. } => {
                    for arm in arms {
                        self.one(done(arm.then), || Unwalked::Arm(step.clone(), arm.name.clone()));
                    }
                    continue;
                }
                _ => {}
            }
            let does = || does(revision, &instruction.deed);
            self.one(done(at), || Unwalked::Step(step.clone(), does()));
        }
        // Those of the project are no campaign's to walk.
        self.rules(program.own_rules(), walked);
    }

    /// A question with a reminder listens twice: before the reminder, which is a step of its own, and after it.
    fn question(&mut self, revision: &Revision, own: (Address, &Listen), step: &str, walked: &Walked) {
        let (at, listen) = own;
        let all = (0..).zip(revision.campaign.program.own_instructions());
        let listens: Vec<Address> = all
            .filter(|(_, one)| matches!(&one.deed, Deed::Listen(one) if one.replied == listen.replied))
            .map(|(at, _)| at)
            .collect();
        if listens.last() == Some(&at) {
            self.one(walked.silences.contains(&at), || {
                Unwalked::Silence(step.to_owned())
            });
        }
        if listens.first() != Some(&at) {
            return;
        }
        if let Some(message) = listen.unclear {
            let name = &revision.campaign.messages[message].name;
            let asked = listens.iter().any(|at| walked.unclear.contains(at));
            self.one(asked, || {
                Unwalked::Step(format!("{step}.unclear"), format!("send {name}"))
            });
        }
        self.rules(&listen.answers, walked);
    }

    fn rules(&mut self, rules: &[Rule], walked: &Walked) {
        for rule in rules {
            let done = walked.instructions.contains(&rule.then);
            self.one(done, || Unwalked::Answer(rule.step.clone()));
        }
    }

    fn languages(&mut self, revision: &Revision, stories: &[Played]) {
        let languages = &revision.campaign.languages;
        if languages.len() < 2 {
            return;
        }
        for (language, at) in languages.iter().zip(0..) {
            let mut own = stories.iter().filter(|story| story.language == at);
            // Who gets no text hears no language.
            let spoken = own.any(|story| story.texts().next().is_some());
            self.one(spoken, || Unwalked::Language(language.to_string()));
        }
    }

    fn variants(&mut self, revision: &Revision, stories: &[Played]) {
        let entries = stories.iter().flat_map(|story| &story.log);
        let sent: BTreeSet<(&str, &str)> = entries
            .filter_map(|entry| match &entry.what {
                Happened::Sent(sent) => Some((sent.name.as_str(), sent.variant.as_deref()?)),
                _ => None,
            })
            .collect();
        for message in &revision.campaign.messages {
            let names = message
                .variants
                .iter()
                .filter_map(|variant| variant.name.as_deref());
            for variant in names {
                let walked = sent.contains(&(message.name.as_str(), variant));
                self.one(walked, || {
                    Unwalked::Variant(message.name.clone(), variant.to_owned())
                });
            }
        }
    }
}

/// Whether a wait of days, a moment or a question over days depends on the clock of its people.
fn goes_by_the_clock(revision: &Revision) -> bool {
    use dsl::scalar::WaitTime::Days;
    let program = &revision.campaign.program;
    program
        .instructions
        .iter()
        .any(|instruction| match &instruction.deed {
            Deed::Wait { until, .. } => matches!(until, Until::At(_) | Until::Over(Days(_))),
            Deed::Listen(listen) => matches!(listen.within, Days(_)),
            Deed::Await { within, .. } => matches!(within, Days(_)),
            _ => false,
        })
}

fn changes_clock(story: &Played) -> bool {
    let offset =
        |at: chrono::DateTime<chrono::Utc>| story.zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    // A clock goes forth and back within a story of a year: each day is looked at.
    let days = (story.ran.end - story.ran.start).num_days();
    let first = offset(story.ran.start);
    let later = (1..=days).map(|day| story.ran.start + chrono::TimeDelta::days(day));
    later.chain([story.ran.end]).any(|at| offset(at) != first)
}
