//! What a condition waits for can come about: some file sets the tag, some trigger or story names the event.

use std::collections::BTreeSet;

use super::{Across, Outline, Whole, outline};
use crate::diagnostic::Diagnostic;
use crate::written::nearest::{did_you_mean, slip_of};

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    if !whole.is_sound() {
        return;
    }
    let all = || whole.campaigns.iter();
    let of_rules = whole.steps_of_rules();
    let of_rules = of_rules.iter().filter_map(|step| outline::tag(step));
    let set: BTreeSet<String> = all().flat_map(|c| c.sets.clone()).chain(of_rules).collect();
    let set: BTreeSet<&str> = set.iter().map(String::as_str).collect();
    let happens: BTreeSet<&str> = all().flat_map(|c| &c.happens).map(String::as_str).collect();
    for (campaign, found) in whole.campaigns.iter().zip(&mut across.campaigns) {
        for tag in campaign
            .tags
            .iter()
            .filter(|tag| !set.contains(tag.text.as_str()))
        {
            let message = format!("no file of this project sets the tag \"{}\"", tag.text);
            let help = did_you_mean(slip(&tag.text, &set), || {
                format!("a step sets it: `tag: {}`", tag.text)
            });
            found.push(Diagnostic::warning("tag-never-set", tag.span.clone(), message).help(help));
        }
        for event in campaign
            .events
            .iter()
            .filter(|event| !happens.contains(event.text.as_str()))
        {
            let message = format!(
                "no trigger or story of this project names the event \"{}\"",
                event.text
            );
            let help = did_you_mean(slip(&event.text, &happens), || {
                format!("show in a story what it does: `- event: {}`", event.text)
            });
            found.push(Diagnostic::warning("event-never-named", event.span.clone(), message).help(help));
        }
    }
}

/// One sentence about an event that no campaign asks for or begins by; none where one does.
pub fn unheard<'a>(event: &str, campaigns: impl Iterator<Item = &'a Outline>) -> Option<String> {
    let of = |campaign: &'a Outline| {
        let asked = campaign.events.iter().map(|event| event.text.as_str());
        asked.chain(campaign.happens.iter().map(String::as_str))
    };
    let known: BTreeSet<&str> = campaigns.flat_map(of).collect();
    if known.contains(event) {
        return None;
    }
    let meant = did_you_mean(slip(event, &known), || "it is kept all the same".to_owned());
    Some(format!(
        "no campaign of this project asks for the event \"{event}\"; {meant}"
    ))
}

/// Names of events and tags are alike in a project (`appointment-booked`), so that only a slip of the keyboard is one.
fn slip<'a>(word: &str, known: &BTreeSet<&'a str>) -> Option<&'a str> {
    slip_of(word, known.iter().copied())
}
