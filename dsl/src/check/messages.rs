//! Messages have a text, are sent by something, and what is sent exists.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::most::MOST;
use super::{Context, EXPECTED};
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Node};
use crate::values::Language;
use crate::written::campaign::{Message, Sent, Texts, Verb};
use crate::written::nearest::{Guess, Words, nearest, these_are};
use crate::written::{Spanned, own_entries};

/// Misspelt names that are held against messages that nobody sends.
const MOST_SLIPS: usize = 20;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    both_forms(context, found);
    found.extend(context.written.messages.iter().filter_map(reserved));
    let short = context.written.message.as_ref();
    let twice = |short: &Message| called_message(short, &context.written.messages);
    found.extend(short.and_then(twice));
    let before = found.len();
    sent_exist(context, found);
    // What a step names may be meant to be one that nothing sends, where it is like none.
    let is_unclear = |d: &Diagnostic| d.code == "unknown-message" && d.suggestion.is_none();
    if !found[before..].iter().any(is_unclear) {
        never_sent(context, found);
    }
}

/// What is sent exists, and every text says something.
pub(super) fn sent_exist(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let all: Vec<&str> = names(context).collect();
    let known: BTreeSet<&str> = all.iter().copied().collect();
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for name in sent(context) {
        *uses.entry(&name.value).or_default() += 1;
    }
    for name in sent(context).filter(|name| !known.contains(name.value.as_str())) {
        unknown(&all, name, uses[name.value.as_str()], found);
    }
    two_bodies(context, found);
    for (_, texts) in context.written.all_texts() {
        empty(texts, found);
    }
    found.extend(empty_notes(context));
    found.extend(media_alone(context));
}

/// Files without a text: where nothing but a text can go, nothing would.
fn media_alone(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut bodies = vec![];
    if let Some(root) = context.root {
        bodies_in(root, &mut bodies);
    }
    let says = |entry: &&Entry| !matches!(entry.key.text.as_str(), "media" | "share");
    let alone = bodies
        .iter()
        .filter(|body| !body.entries().iter().any(|entry| says(&entry)));
    let media = alone.filter_map(|body| body.entry("media"));
    let message = "the message has files and no text, and where an MMS cannot go it is the text that goes";
    let told = media.map(|media| {
        Diagnostic::error("empty-message", media.key.span.clone(), message).help("add `text: …`")
    });
    told.collect()
}

/// Everything that stands where a message does.
fn bodies_in<'a>(node: &'a Node, bodies: &mut Vec<&'a Node>) {
    for entry in own_entries(node) {
        match entry.key.text.as_str() {
            // What these hold has names of the author's.
            "call" | "set" | "labels" | "fields" | "tests" => continue,
            "message" | "send" | "ask" | "unclear" => bodies.push(&entry.value),
            "messages" | "variants" => bodies.extend(entry.value.entries().iter().map(|entry| &entry.value)),
            _ => {}
        }
        bodies_in(&entry.value, bodies);
    }
    node.items().iter().for_each(|item| bodies_in(item, bodies));
}

fn names<'a>(context: &'a Context<'_>) -> impl Iterator<Item = &'a str> {
    // The one text of the short form is called `message`.
    let messages = context.written.all_messages();
    messages.map(|message| message.name.value.as_str())
}

/// Every name of a message that a step sends.
fn sent<'a>(context: &'a Context<'_>) -> impl Iterator<Item = &'a Spanned<String>> {
    let steps = context.written.all_steps().into_iter();
    steps.flat_map(|step| step.sent()).filter_map(Sent::name)
}

fn both_forms(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(message), Some(steps)) = (&context.written.message, &context.written.steps_key) else {
        return;
    };
    let span = message.name.span.clone();
    found.push(
        Diagnostic::error(
            "message-and-steps",
            span,
            "\"message\" and \"steps\" cannot stand together",
        )
        .label("one text, sent once")
        .also(steps.clone(), "several steps")
        .help("move the text to `messages`, and send it by its name in a step"),
    );
}

fn reserved(message: &Message) -> Option<Diagnostic> {
    Some(no_name_of_ours(&message.name)?.help("give the message another name"))
}

/// Names by which stories call what no text is.
pub(super) fn no_name_of_ours(name: &Spanned<String>) -> Option<Diagnostic> {
    let (span, name) = (name.span.clone(), name.value.as_str());
    let what = match name {
        "nothing" => "that no text comes",
        _ if EXPECTED.contains(&name) => "an answer of the program, whose text stands in crier.yaml",
        _ => return None,
    };
    let text = format!("\"{name}\" is what stories call {what}");
    Some(Diagnostic::error("bad-name", span, text))
}

/// The text of the short form is called `message` by everything that names messages, so no other may be.
fn called_message(short: &Message, messages: &[Message]) -> Option<Diagnostic> {
    let other = messages
        .iter()
        .find(|other| other.name.value == short.name.value)?;
    let message = "\"message\" is the name of the text under `message`";
    let found = Diagnostic::error("bad-name", other.name.span.clone(), message)
        .label("another of that name")
        .also(short.name.span.clone(), "this one");
    Some(found.help("give it another name, or remove one of the two"))
}

/// Whether that is told of it ([`called_message`]).
fn called_message_too(context: &Context<'_>, name: &str) -> bool {
    let short = context.written.message.as_ref();
    short.is_some_and(|short| short.name.value == name)
}

/// A message says one thing wherever it stands: `text`, or texts by language, or `variants`.
fn two_bodies(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut messages = vec![];
    if let Some(root) = context.root {
        bodies_in(root, &mut messages);
    }
    // A key of steps that stands in a text by mistake, as `for`, may look like a language, and is told as what it is.
    let is_told = |of: &Diagnostic| {
        let mut told = found[..context.of_reading].iter().filter(|d| d.is_fault());
        let is_key = |span: &Range<usize>| *span == of.span || of.related.iter().any(|(own, _)| own == span);
        told.any(|told| is_key(&told.span))
    };
    let two = messages.into_iter().filter_map(two_bodies_of);
    let two: Vec<Diagnostic> = two.filter(|of| !is_told(of)).collect();
    found.extend(two);
}

fn two_bodies_of(message: &Node) -> Option<Diagnostic> {
    let is_of_itself = |key: &str| matches!(key, "text" | "variants");
    let is_language = |key: &str| Language::new(key).is_some();
    let is_body = |entry: &&Entry| is_of_itself(&entry.key.text) || is_language(&entry.key.text);
    let mut bodies = own_entries(message).filter(is_body);
    let first = bodies.next()?;
    let are_two = |other: &&Entry| is_of_itself(&first.key.text) || is_of_itself(&other.key.text);
    let other = bodies.find(are_two)?;
    let text = format!(
        "a message says \"{}\" or \"{}\", and one of them would be lost",
        first.key.text, other.key.text
    );
    let found = Diagnostic::error("conflicting-keys", other.key.span.clone(), text)
        .also(first.key.span.clone(), "the other");
    Some(found.help("keep one: `text`, texts by language, or `variants`"))
}

/// `known`: the messages that there are. `uses`: how often the name is sent.
fn unknown(known: &[&str], name: &Spanned<String>, uses: usize, found: &mut Vec<Diagnostic>) {
    if !crate::written::is_name(&name.value) {
        return;
    }
    let message = format!("message \"{}\" does not exist", name.value);
    let diagnostic = Diagnostic::error("unknown-message", name.span.clone(), message);
    // What is not told of needs no guess.
    let known_to_guess = if found.len() < MOST { known.len() } else { 0 };
    let guess = Guess::among(
        &name.value,
        known.iter().copied().take(known_to_guess),
        Words::Author,
    );
    // Used twice, it is rather the message that is misspelt; so it is where its own name is none.
    let guess = match uses > 1 || guess.meant().is_some_and(|meant| !crate::written::is_name(meant)) {
        true => guess.doubted(),
        false => guess,
    };
    found.push(guess.tell(diagnostic, || match known.is_empty() {
        true => "write it under `messages`, or send a text with `send: { text: … }`".into(),
        false => these_are(("message", "messages"), known),
    }));
}

/// Texts that say nothing.
fn empty(texts: &Texts, found: &mut Vec<Diagnostic>) {
    for value in texts.values().into_iter().filter(|value| value.text.is_empty()) {
        let message = "the text is empty, and an empty text is never sent";
        found.push(
            Diagnostic::error("empty-message", value.node.span.clone(), message).help("write the text here"),
        );
    }
}

/// Notes that say nothing.
fn empty_notes(context: &Context<'_>) -> Vec<Diagnostic> {
    let steps = context.written.all_steps().into_iter();
    let notes = steps.filter_map(|step| match &step.verb {
        Verb::Notify { text, .. } => text.as_ref(),
        _ => None,
    });
    let message = "the text is empty, so whoever gets it is told nothing";
    let told = notes.filter(|value| value.text.is_empty()).map(|value| {
        Diagnostic::error("empty-message", value.node.span.clone(), message).help("write the text here")
    });
    told.collect()
}

/// Unless a step is slipped so that this message is the one it means.
fn never_sent(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let known: BTreeSet<&str> = names(context).collect();
    let mentioned: BTreeSet<&str> = sent(context).map(|name| name.value.as_str()).collect();
    let dangling = mentioned.iter().filter(|name| !known.contains(*name));
    let dangling: Vec<&&str> = dangling.take(MOST_SLIPS).collect();
    // Without steps there is nothing that could send them, which has been told.
    let sends = context.written.steps_key.is_some() || context.written.message.is_some();
    for message in context.written.messages.iter().filter(|_| sends) {
        let name = message.name.value.as_str();
        let slip = dangling.iter().any(|other| nearest(other, [name]).is_some());
        let is_told = called_message_too(context, name);
        if mentioned.contains(name) || slip || is_told {
            continue;
        }
        found.push(
            Diagnostic::error(
                "message-never-sent",
                message.name.span.clone(),
                format!("nothing sends the message \"{name}\""),
            )
            .help(format!("send it in a step (`- send: {name}`), or remove it")),
        );
    }
}
