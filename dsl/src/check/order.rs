//! Conditions ask for what can have happened by then: a message or a link that is sent only later, or by nobody, is none of
//! it. Walks the steps as people do; what rules for replies send may come at any time.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::awaited::inside;
use super::conditions::scope;
use super::{Context, never_in_time, templates};
use crate::condition::{Basis, Happening, bases, holds_at_first};
use crate::diagnostic::{Diagnostic, Severity};
use crate::written::Spanned;
use crate::written::campaign::{Campaign, Message, OPT_OUT_LINK, Rule, Sent, Start, Step, Verb, flattened};

mod sendings;

use sendings::{Sendings, Since};

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let written = context.written;
    let mut all = all_of(written);
    let mut walk = Walk {
        context,
        messages: written.messages_by_name(),
        faulty: faulty(found),
        all: all.clone(),
        by_steps: by_steps(written),
        missed: BTreeSet::new(),
        found: vec![],
    };
    let mut so_far = begun(written);
    so_far.join(at_any_time(written));
    walk.steps(&written.steps, &mut so_far);
    for rule in written.rules() {
        walk.conditions(&rule.when, &all);
        let before = all.mark();
        walk.steps(&rule.steps, &mut all);
        all.back_to(before);
    }
    if let Some(goal) = &written.goal {
        walk.conditions(&goal.when, &all);
    }
    for (name, exit) in &written.exits {
        walk.conditions(exit, &all);
        walk.leaves_at_once(name, exit);
    }
    walk.unused_links();
    found.append(&mut walk.found);
}

/// What the short form sends, before any step.
fn begun(written: &Campaign) -> Sendings {
    let mut begun = Sendings::default();
    if let Some(message) = &written.message {
        let texts = message.texts().into_iter().map(|(_, texts)| texts);
        begun.add(&message.name.value, &message.name.span, texts);
    }
    begun
}

/// What rules for replies send. Who replies has got a text already, so it is none that is the first.
fn at_any_time(written: &Campaign) -> Since {
    let mut sent = Sendings::default();
    let nothing = sent.mark();
    let messages = written.messages_by_name();
    for rule in written.rules() {
        sent.add_all(&messages, &rule.steps);
    }
    sent.any = false;
    sent.back_to(nothing)
}

/// All that is ever sent.
fn all_of(written: &Campaign) -> Sendings {
    let mut all = begun(written);
    let messages = written.messages_by_name();
    all.add_all(&messages, &written.steps);
    for rule in written.rules() {
        all.add_all(&messages, &rule.steps);
    }
    all
}

/// What steps send by themselves: all but answers to what somebody wrote.
fn by_steps(written: &Campaign) -> BTreeSet<&str> {
    let steps = flattened(&written.steps).into_iter();
    let sent = steps.flat_map(|step| {
        let unclear = match &step.verb {
            Verb::Ask(ask) => ask.unclear.as_ref(),
            _ => None,
        };
        let own = step.sent().into_iter();
        let own = own.filter(move |sent| unclear.is_none_or(|unclear| !std::ptr::eq(*sent, unclear)));
        own.filter_map(|sent| match sent {
            Sent::Name(name) => Some(&name.value),
            Sent::Texts(_) => step.id.as_ref().map(|id| &id.value),
        })
    });
    let begun = written.message.iter().map(|message| &message.name.value);
    sent.chain(begun).map(String::as_str).collect()
}

/// Whether an answer arrived is not kept: it belongs to no step.
fn only_answers(name: &str, at: Range<usize>, sent: &Range<usize>) -> Diagnostic {
    let message = format!("`delivered(\"{name}\")` never holds: \"{name}\" only answers what people write");
    Diagnostic::error("constant-condition", at, message)
        .also(sent.clone(), "sent as an answer here")
        .help("ask for a text that a step sends by itself: receipts of answers are not heard")
}

struct Walk<'a> {
    context: &'a Context<'a>,
    messages: HashMap<&'a str, &'a Message>,
    /// Where other checks have found faults: a condition with one of them has been spoken of.
    faulty: Vec<Range<usize>>,
    /// All that is ever sent.
    all: Sendings,
    /// Messages that steps send, of which a receipt is heard.
    by_steps: BTreeSet<&'a str>,
    /// Links that conditions ask for, and that no text has.
    missed: BTreeSet<String>,
    found: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn steps(&mut self, steps: &[Step], so_far: &mut Sendings) {
        for step in steps {
            self.conditions(&step.when, so_far);
            self.conditions(&step.unless, so_far);
            match &step.verb {
                Verb::Await(branches) => self.conditions(&branches.what, so_far),
                Verb::Choose(rules) => rules.iter().for_each(|rule| self.conditions(&rule.when, so_far)),
                Verb::Repeat { until, body, .. } => {
                    // A later round knows what the earlier ones sent.
                    so_far.add_all(&self.messages, body);
                    self.conditions(until, so_far);
                }
                _ => {}
            }
            so_far.add_own(&self.messages, step);
            if let Verb::Ask(ask) = &step.verb {
                ask.answers
                    .iter()
                    .for_each(|rule: &Rule| self.conditions(&rule.when, so_far));
            }
            // Each way knows what was sent before it, and not what the others send.
            let mut on_ways = vec![];
            for way in step.inner() {
                let before = so_far.mark();
                self.steps(way, so_far);
                on_ways.push(so_far.back_to(before));
            }
            on_ways.into_iter().for_each(|way| so_far.join(way));
        }
    }

    fn conditions(&mut self, conditions: &[Spanned<String>], so_far: &Sendings) {
        let is_told = |at: &Range<usize>| {
            self.faulty
                .iter()
                .any(|d| at.start <= d.start && d.start < at.end)
        };
        let conditions: Vec<_> = conditions.iter().filter(|one| !is_told(&one.span)).collect();
        for condition in conditions {
            for (basis, span) in bases(&condition.value) {
                let at = inside(self.context.text, condition, span);
                let told = self.judge(&basis, at, so_far);
                if let (Basis::Call(_, Some(name)), Some("link-never-sent")) =
                    (&basis, told.as_ref().map(|d| d.code))
                {
                    self.missed.insert(name.clone());
                }
                self.found.extend(told);
            }
        }
    }

    /// An exit that holds of everybody before the first text: it is looked at before each.
    fn leaves_at_once(&mut self, name: &Spanned<String>, exit: &[Spanned<String>]) {
        let (Some(root), Some(first)) = (self.context.root, exit.first()) else {
            return;
        };
        let written = self.context.written;
        let is_new = |what: &Happening| match what {
            Happening::Delivered(_) | Happening::Clicked(_) => true,
            // Who begins by a text has written before.
            Happening::Replied => written.trigger.is_none(),
            // One may come before a first text that is waited for.
            Happening::Event(_) => written.trigger.is_none() && never_in_time::sends_first(self.context),
            Happening::Answered(_) | Happening::Received(..) => false,
        };
        let sources: Vec<&str> = exit.iter().map(|one| one.value.as_str()).collect();
        if !holds_at_first(&sources, &scope::of(self.context, root), &is_new) {
            return;
        }
        let message = format!("`{}` holds before the first text, so nobody gets any", name.value);
        let help = "an exit is for what happens, such as `replied()`; who stays silent goes another way behind \
                    `await` or `ask`, under `silence`";
        self.found.push(
            Diagnostic::error("asked-too-early", first.span.clone(), message)
                .label("so from the beginning")
                .help(help),
        );
    }

    fn judge(&self, basis: &Basis, at: Range<usize>, so_far: &Sendings) -> Option<Diagnostic> {
        match basis {
            Basis::Call(function, Some(name)) if function == "delivered" => {
                let later = self.all.messages.get(name)?;
                if !self.by_steps.contains(name.as_str()) {
                    return Some(only_answers(name, at, later));
                }
                (!so_far.messages.contains_key(name))
                    .then(|| too_early(&format!("message \"{name}\""), at, later))
            }
            Basis::Call(function, Some(name)) if function == "clicked" => self.clicked(name, at, so_far),
            Basis::Call(function, None) if function == "replied" => self.replied("replied()", at, so_far),
            Basis::Name(name) if name == "reply" => self.replied("reply", at, so_far),
            Basis::Call(function, Some(name)) if function == "answered" && *name == self.own_name() => {
                // Who gets it again may have answered it before.
                let found = self
                    .replied("answered(…)", at, so_far)
                    .filter(|_| self.is_once())?;
                let help =
                    "in the steps it is about an earlier launch of this campaign: wait for `replied()`";
                let severity = Severity::Warning;
                Some(Diagnostic {
                    severity,
                    ..found.help(help)
                })
            }
            Basis::Call(..) | Basis::Name(_) => None,
        }
    }

    fn clicked(&self, link: &str, at: Range<usize>, so_far: &Sendings) -> Option<Diagnostic> {
        let mut known = self
            .context
            .written
            .links
            .iter()
            .map(|(name, _)| name.value.as_str());
        let is_known = known.any(|own| own == link) || link == OPT_OUT_LINK;
        if so_far.links.contains_key(link) || so_far.unclear || !is_known {
            return None;
        }
        if let Some(later) = self.all.links.get(link) {
            return Some(too_early(&format!("link \"{link}\""), at, later));
        }
        // One that stands in a message that nothing sends is told there.
        if templates::used_links(self.context).is_none_or(|used| used.contains(link)) {
            return None;
        }
        let message = format!("no text has the link \"{link}\", so nobody opens it");
        let help = format!("put it into a text: `{{{{link {link}}}}}`");
        (!self.all.unclear).then(|| Diagnostic::error("link-never-sent", at, message).help(help))
    }

    /// Links that nothing has, whatever is sent: that nobody opens one is told where it is asked for.
    fn unused_links(&mut self) {
        let links = &self.context.written.links;
        let Some(used) = templates::used_links(self.context).filter(|_| !links.is_empty()) else {
            return;
        };
        let unused = links.iter().map(|(name, _)| name);
        let unused = unused.filter(|name| !used.contains(&name.value) && !self.missed.contains(&name.value));
        // Another of the name of ours has been told.
        let unused = unused.filter(|name| name.value != OPT_OUT_LINK);
        let told = unused.map(|name| {
            let message = format!("no text has the link \"{}\"", name.value);
            let help = format!("put it into a text: `{{{{link {}}}}}`, or remove it", name.value);
            Diagnostic::warning("link-never-sent", name.span.clone(), message).help(help)
        });
        self.found.extend(told);
    }

    /// Nobody replies to what was not sent; who begins by a text has written before.
    fn replied(&self, what: &str, at: Range<usize>, so_far: &Sendings) -> Option<Diagnostic> {
        if so_far.any || !self.all.any || self.context.written.trigger.is_some() {
            return None;
        }
        let message = format!("`{what}` is asked before the first text, so there is no reply yet");
        let help = "put it behind the step that sends the first text";
        Some(
            Diagnostic::error("asked-too-early", at, message)
                .label("nothing has been sent yet")
                .help(help),
        )
    }

    fn own_name(&self) -> &str {
        let stated = self.context.written.name.as_ref();
        stated.map_or(self.context.file_name, |name| &name.value)
    }

    fn is_once(&self) -> bool {
        let schedule = self.context.written.schedule.as_ref();
        let start = schedule.and_then(|schedule| schedule.start.as_ref());
        let timed = start.is_some_and(|start| matches!(start.value, Start::At(_) | Start::Now));
        timed && schedule.is_some_and(|schedule| schedule.cron.is_none())
    }
}

fn faulty(found: &[Diagnostic]) -> Vec<Range<usize>> {
    let faults = found.iter().filter(|d| d.is_fault());
    faults.map(|d| d.span.clone()).collect()
}

fn too_early(what: &str, at: Range<usize>, later: &Range<usize>) -> Diagnostic {
    let message = format!("{what} has not been sent when this is asked, so this never holds");
    let help = match later.start < at.start {
        true => {
            "who comes here goes another way than those who get it: ask behind both ways, or leave it out"
        }
        false => "put this behind the step that sends it",
    };
    Diagnostic::error("asked-too-early", at, message)
        .label("nobody here has it")
        .also(later.clone(), "sent here")
        .help(help)
}
