//! What a line of a story names exists, and can come about in this campaign: texts, links, lists, fields, inboxes, events,
//! addresses.

use super::super::{Context, moments, replies, stored_lists};
use super::{EXPECTED, tags, unknown};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::written::campaign::{Line, OPT_OUT_LINK, Sent, Step, Verb, flattened, own_texts};
use crate::written::nearest::{Guess, listed, slip_of};
use crate::written::{Spanned, one_or_list, spanned, texts};

/// What a line names, thing by thing.
pub(super) fn check(context: &Context<'_>, line: &Line, found: &mut Vec<Diagnostic>) {
    match line.verb.value.as_str() {
        "joined" | "left" => {
            let lists = one_or_list(&line.value).into_iter().filter_map(spanned);
            found.extend(lists.filter_map(|list| stored_lists::one(context, &list)));
            return;
        }
        "set" => {
            let values = texts(&line.value).into_iter();
            found.extend(values.filter_map(|(name, _)| moments::given(context, &name)));
            return;
        }
        "tagged" => {
            let tags = one_or_list(&line.value).into_iter().filter_map(spanned);
            found.extend(tags.filter_map(|tag| misspelt_tag(context, &tag)));
            return;
        }
        "calls" => {
            let url = line.value.get("url").and_then(spanned);
            found.extend(url.and_then(|url| never_called(context, &url)));
            return;
        }
        _ => {}
    }
    let Some(what) = &line.what else { return };
    match line.verb.value.as_str() {
        "expect" => {
            let projects = context.project.messages.iter().map(String::as_str);
            let others: Vec<&str> = projects.chain(EXPECTED.iter().copied()).collect();
            found.extend(no_such_text(context, what, &others, found));
        }
        "receipt" => {
            let of = line.node.get("of").and_then(spanned);
            found.extend(of.and_then(|of| no_such_text(context, &of, &[], found)));
        }
        "clicks" => {
            let links = context.written.links.iter().map(|(name, _)| name.value.as_str());
            // It is in no text unless one says so.
            let opts_out = context.text.contains("link opt_out") || what.value == OPT_OUT_LINK;
            let names: Vec<&str> = links.chain(opts_out.then_some(OPT_OUT_LINK)).collect();
            if !names.contains(&what.value.as_str()) {
                let help = "a text has one by `{{link tickets}}`, and `links` says where it leads";
                found.push(unknown("unknown-link", "link", what, &names, help));
            }
        }
        "notified" | "forwarded" => {
            let names: Vec<&str> = context.project.inboxes.keys().map(String::as_str).collect();
            if !what.value.contains('@') {
                found.extend(replies::unknown_inbox(&what.value, what.span.clone(), &names));
            }
        }
        "event" => found.extend(misspelt_event(context, what)),
        _ => {}
    }
}

/// An event that nothing of the campaign asks for is heard all the same, for what it carries; one that is a slip of the
/// trigger's is meant to be that. Those of conditions are told where all files are known.
fn misspelt_event(context: &Context<'_>, event: &Spanned<String>) -> Option<Diagnostic> {
    let begins = context.written.trigger.as_ref()?.event.as_ref()?;
    let message = format!("nothing in this campaign asks for the event \"{}\"", event.value);
    slip(event, [begins.value.as_str()], message)
}

/// Tags that steps give, with commas between them, or one that is a slip of one of those.
fn misspelt_tag(context: &Context<'_>, tag: &Spanned<String>) -> Option<Diagnostic> {
    let given = tags::given(context);
    if given.contains(tag.value.as_str()) {
        return None;
    }
    if let Some(several) = tags::several_in_one(tag, &given) {
        return Some(several);
    }
    let message = format!("no step of this campaign gives the tag \"{}\"", tag.value);
    slip(tag, given, message)
}

/// A warning about a word that is, by a slip of the keyboard, one of those that are known.
pub(super) fn slip<'a>(
    word: &Spanned<String>,
    known: impl IntoIterator<Item = &'a str> + Clone,
    message: String,
) -> Option<Diagnostic> {
    let meant = slip_of(&word.value, known)?;
    let found = Diagnostic::warning("unknown-value", word.span.clone(), message);
    Some(Guess::unsure(Some(meant)).tell(found, String::new))
}

/// What a story may lead to: the steps of the campaign, and those of the project's rules for replies.
pub(super) fn steps<'a>(context: &'a Context<'_>) -> Vec<&'a Step> {
    let rules = context.project.shared.rules.iter();
    let of_rules = rules.flat_map(|rule| flattened(&rule.steps));
    context.written.all_steps().into_iter().chain(of_rules).collect()
}

/// An address that no `call` can come to.
fn never_called(context: &Context<'_>, url: &Spanned<String>) -> Option<Diagnostic> {
    let steps = steps(context);
    let calls = steps.iter().filter_map(|step| match &step.verb {
        Verb::Call(call) => call.url.as_ref(),
        _ => None,
    });
    let addresses: Vec<&str> = calls.map(|url| url.text.as_str()).collect();
    if addresses.iter().any(|address| can_become(address, &url.value)) {
        return None;
    }
    let message = format!("no step calls {}", url.value);
    let found = Diagnostic::warning("story-impossible", url.span.clone(), message);
    Some(found.help(match addresses.as_slice() {
        [] => "nothing in this campaign calls: leave the line out".to_owned(),
        some => format!("what is called is {}", listed(some.iter().copied())),
    }))
}

/// Whether an address may become this one: what stands outside of its tags occurs there, in order.
fn can_become(template: &str, text: &str) -> bool {
    if !template.contains("{{") {
        return url::Url::parse(template) == url::Url::parse(text);
    }
    let mut pieces = template.split("{{");
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let literal = |piece: &'_ str| piece.rsplit("}}").next().map(str::to_owned).unwrap_or_default();
    let later: Vec<String> = pieces.map(literal).collect();
    let Some((last, between)) = later.split_last() else {
        return false;
    };
    for piece in between {
        let Some(at) = rest.find(piece.as_str()) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}

/// A name that no text has: none of a message, nor of a text that stands in a step.
fn no_such_text(
    context: &Context<'_>,
    what: &Spanned<String>,
    others: &[&str],
    found: &[Diagnostic],
) -> Option<Diagnostic> {
    let messages = context.written.all_messages();
    let messages = messages.map(|message| message.name.value.as_str());
    let own = own_texts::of(context.written);
    let own = own.iter().map(|(name, _)| name.as_str());
    let names: Vec<&str> = messages.chain(own).chain(others.iter().copied()).collect();
    if names.contains(&what.value.as_str()) {
        return None;
    }
    let steps = context.written.all_steps();
    let ids: Vec<&Spanned<String>> = steps.iter().filter_map(|step| step.id.as_ref()).collect();
    let step = steps
        .iter()
        .find(|step| step.id.as_ref().is_some_and(|id| id.value == what.value));
    match step {
        // A step with a fault in it may have no text for that alone.
        Some(_) if found.iter().any(Diagnostic::is_fault) => None,
        Some(step) => Some(of_a_step(step, what)),
        None if is_place(&what.value, &ids) => None,
        None => Some(unknown("unknown-message", "message", what, &names, "")),
    }
}

/// A step that sends a message by its name, or nothing.
fn of_a_step(step: &Step, what: &Spanned<String>) -> Diagnostic {
    let message = format!("\"{}\" is a step, and no text is called so", what.value);
    let found = Diagnostic::error("unknown-message", what.span.clone(), message);
    match step.sent().first() {
        Some(Sent::Name(name)) => found
            .also(name.span.clone(), "what it sends")
            .help(format!("name the text: {}", name.value))
            .replace(what.span.clone(), name.value.clone(), Applicability::Unsure),
        _ => found.help("the step sends nothing: name a message"),
    }
}

/// Whether it looks like the place of a step: `step-2`, `replies-1-1`, or below one with an id, `invite-answers-1-1`.
/// Whether a text stands there is known when the story is played.
fn is_place(name: &str, ids: &[&Spanned<String>]) -> bool {
    let numbered = name
        .strip_prefix("step-")
        .or_else(|| name.strip_prefix("replies-"));
    let below = |id: &&Spanned<String>| {
        let rest = name.strip_prefix(id.value.as_str());
        rest.is_some_and(|rest| rest.starts_with('-'))
    };
    numbered.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
        || ids.iter().any(below)
}
