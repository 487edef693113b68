//! A model of people, for a rehearsal: read as the files of a campaign are, and held against the campaign. What its figures
//! mean is the engine's.

use std::ops::Range;

use crate::campaign::{Campaign, Deed, Schedule, Trigger};
use crate::check::Checked;
use crate::condition::Happening;
use crate::diagnostic::Diagnostic;
use crate::scalar::{Rate, Share, WaitTime};
use crate::tree::{Kind, Node};
use crate::written::nearest::{Guess, listed, nearest};
use crate::written::{Read, Spanned, key_of, own_entries, parsed, spanned, tables};

/// What a model says; none of it need be there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    /// Texts that arrive.
    pub delivered: Option<Share>,
    /// Half of the receipts have come within this.
    pub receipts_after: Option<WaitTime>,
    /// What people do about any text.
    pub all: Habit,
    /// What they do about one message, by its name.
    pub messages: Vec<(String, Habit)>,
    /// Who opens a link, by its name.
    pub clicks: Vec<(String, Once)>,
    /// What an API would tell, by the event's name.
    pub events: Vec<(String, Once)>,
    /// People who enter in a time.
    pub arrivals: Option<Rate>,
}

/// What people do about a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Habit {
    /// Texts that are answered, by something else than an opt-out.
    pub replies: Option<Share>,
    /// Texts that are answered by an opt-out.
    pub opt_outs: Option<Share>,
    /// Of the replies, those that no rule expects.
    pub free: Option<Share>,
    /// Half of the replies have come within this.
    pub after: Option<WaitTime>,
    /// What is said, by how often to each other. Empty: nothing is said of it.
    pub words: Vec<(String, u32)>,
}

/// What people do once.
#[derive(Debug, Clone, PartialEq)]
pub struct Once {
    /// How many of those who got a text.
    pub share: Share,
    /// Half of them within this.
    pub after: Option<WaitTime>,
    /// What it carries: of each field one of its values.
    pub fields: Vec<(String, Vec<String>)>,
}

/// Reads a model for a campaign. The value is there where nothing is wrong with it. `others`: the replies and opt-outs of what
/// it does not say.
pub fn check_model(text: &str, campaign: &Campaign, others: [Share; 2]) -> Checked<Model> {
    let read = Read::new(text, &tables::MODEL);
    let says_nothing = |root: &Node| matches!(&root.kind, Kind::Map(entries) if entries.is_empty());
    if read.tree.whole && read.tree.root.as_ref().is_none_or(says_nothing) {
        return Checked {
            value: Some(Model::default()),
            diagnostics: vec![],
            later: vec![],
        };
    }
    let mut found = read.found.clone();
    let mut value = None;
    if let Some(root) = read.tree.root.as_ref() {
        value = Some(model(root));
        against(root, campaign, others, &mut found);
    }
    found.sort_by_key(|diagnostic| diagnostic.span.start);
    Checked {
        value: value.filter(|_| !found.iter().any(Diagnostic::is_error)),
        diagnostics: found,
        later: vec![],
    }
}

/// The events that a campaign asks for, and that which begins it.
pub fn events_of(campaign: &Campaign) -> Vec<String> {
    let asked = campaign.conditions().flat_map(|condition| condition.happenings());
    let mut events: Vec<String> = asked
        .filter_map(|happening| match happening {
            Happening::Event(name) => Some(name.clone()),
            Happening::Delivered(_)
            | Happening::Clicked(_)
            | Happening::Replied
            | Happening::Answered(_)
            | Happening::Received(..) => None,
        })
        .collect();
    if let Schedule::Trigger(Trigger::Event { name, .. }) = &campaign.schedule {
        events.push(name.clone());
    }
    events.sort_unstable();
    events.dedup();
    events
}

fn share(node: &Node, key: &str) -> Option<Share> {
    parsed(node, key, |text| Share::parse(text).ok()).map(|share| share.value)
}

fn time(node: &Node, key: &str) -> Option<WaitTime> {
    parsed(node, key, |text| WaitTime::parse(text).ok()).map(|time| time.value)
}

fn model(root: &Node) -> Model {
    Model {
        delivered: share(root, "delivered"),
        receipts_after: time(root, "receipts_after"),
        all: habit(root),
        messages: named(root, "messages", |node| Some(habit(node))),
        clicks: named(root, "clicks", once),
        events: named(root, "events", once),
        arrivals: parsed(root, "arrivals", |text| Rate::parse(text).ok()).map(|rate| rate.value),
    }
}

fn habit(node: &Node) -> Habit {
    let words = node.get("words").into_iter().flat_map(own_entries);
    let words = words.filter_map(|word| Some((word.key.text.clone(), word.value.text()?.parse().ok()?)));
    Habit {
        replies: share(node, "replies"),
        opt_outs: share(node, "opt_outs"),
        free: share(node, "free"),
        after: time(node, "after"),
        words: by_name(words),
    }
}

fn once(node: &Node) -> Option<Once> {
    let fields = node.get("fields").into_iter().flat_map(own_entries);
    Some(Once {
        share: share(node, "share")?,
        after: time(node, "after"),
        fields: by_name(fields.map(|field| {
            let values = field.value.items().iter().filter_map(spanned);
            (field.key.text.clone(), values.map(|value| value.value).collect())
        })),
    })
}

fn named<T>(root: &Node, key: &str, read: impl Fn(&Node) -> Option<T>) -> Vec<(String, T)> {
    let entries = root.get(key).into_iter().flat_map(own_entries);
    by_name(entries.filter_map(|entry| Some((entry.key.text.clone(), read(&entry.value)?))))
}

/// In whatever order they stand, the same is drawn.
fn by_name<T>(all: impl Iterator<Item = (String, T)>) -> Vec<(String, T)> {
    let mut all: Vec<(String, T)> = all.collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all
}

/// Everything that the campaign does not have, and figures that do not go together.
fn against(root: &Node, campaign: &Campaign, others: [Share; 2], found: &mut Vec<Diagnostic>) {
    let messages: Vec<&str> = campaign.messages.iter().map(|one| one.name.as_str()).collect();
    let links: Vec<&str> = campaign.links.iter().map(|one| one.name.as_str()).collect();
    let events = events_of(campaign);
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let fields: Vec<&str> = campaign.fields.iter().map(|one| one.name.as_str()).collect();
    unknown(root, "messages", ("unknown-message", "message", &messages), found);
    unknown(root, "clicks", ("unknown-link", "link", &links), found);
    // Where a wait follows a day an event of any name may change it.
    let mut deeds = campaign.program.instructions.iter();
    if !deeds.any(|one| matches!(one.deed, Deed::Arrive(_))) {
        unknown(root, "events", ("unknown-value", "event", &events), found);
    }
    for event in root.get("events").into_iter().flat_map(own_entries) {
        unknown(&event.value, "fields", ("unknown-field", "field", &fields), found);
    }
    let own = root.get("messages").into_iter().flat_map(own_entries);
    let own = own.map(|entry| (&entry.value, key_of(entry).span));
    for (node, at) in std::iter::once((root, 0..0)).chain(own) {
        found.extend(more_than_all(root, node, at, others));
        found.extend(weightless(node));
    }
    let arrivals = root.entry("arrivals");
    if let Some(arrivals) = arrivals.filter(|_| !matches!(campaign.schedule, Schedule::Trigger(_))) {
        let message = "people of this campaign come by its schedule, not at a rate";
        let found_here = Diagnostic::error("conflicting-keys", arrivals.key.span.clone(), message);
        found.push(found_here.help("leave it out: a rate is for those whom a `trigger` enters"));
    }
}

/// Names under a key that the campaign does not have.
fn unknown(
    node: &Node,
    key: &str,
    (code, what, known): (&'static str, &str, &[&str]),
    found: &mut Vec<Diagnostic>,
) {
    for entry in node.get(key).into_iter().flat_map(own_entries) {
        let Spanned { value, span } = key_of(entry);
        if known.contains(&value.as_str()) {
            continue;
        }
        let message = format!("the campaign has no {what} \"{value}\"");
        let guess = Guess::unsure(nearest(&value, known.iter().copied()));
        found.push(
            guess.tell(Diagnostic::error(code, span, message), || match known {
                [] => format!("it has none: leave {value} out"),
                known => format!("it has {}", listed(known.iter().copied())),
            }),
        );
    }
}

/// More people who write than there are; what a message does not say is said for all.
fn more_than_all(root: &Node, node: &Node, at: Range<usize>, others: [Share; 2]) -> Option<Diagnostic> {
    let of = |key, other: Share| share(node, key).or_else(|| share(root, key)).unwrap_or(other).0;
    let own = ["replies", "opt_outs"].map(|key| node.entry(key));
    let last = own.iter().flatten().max_by_key(|entry| entry.key.span.start)?;
    if of("replies", others[0]) + of("opt_outs", others[1]) <= 1.0 + 1e-9 {
        return None;
    }
    let message = "`replies` and `opt_outs` are more than 100% together";
    let found = Diagnostic::error("bad-share", last.value.span.clone(), message);
    let found = match at.is_empty() {
        true => found,
        false => found.also(at, "of this message"),
    };
    Some(found.help("they are shares of the same texts: make one of them smaller"))
}

fn weightless(node: &Node) -> Option<Diagnostic> {
    let words = node.entry("words")?;
    let mut weights = own_entries(&words.value).peekable();
    weights.peek()?;
    let is_zero = |text: &str| text.parse() == Ok(0);
    let none = weights.all(|word| word.value.text().is_some_and(is_zero));
    none.then(|| {
        let message = "at least one of the words needs a weight above 0";
        Diagnostic::error("bad-share", words.key.span.clone(), message)
            .help("a weight says how often a word is said beside the others: `{ \"yes\": 3, \"no\": 1 }`")
    })
}
