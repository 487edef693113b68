//! Every sender and list of crier.yaml is used by somebody. A list that people join by a keyword is in use by that. While
//! a reference leads nowhere, it may be meant for what nobody uses.

use std::collections::BTreeSet;

use super::{Across, Outline, Whole, outline};
use crate::diagnostic::Diagnostic;
use crate::project::{ListFile, Project};

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    // Who asks about some campaigns does not ask what the others use.
    let asked_all = whole.asked().count() == whole.campaigns.len();
    let Some(file) = whole
        .file
        .filter(|_| whole.is_sound() && !whole.campaigns.is_empty() && asked_all)
    else {
        return;
    };
    let all = || whole.campaigns.iter();
    let own = all().filter_map(|campaign| campaign.sender.as_ref());
    let joined = whole
        .lists()
        .iter()
        .filter_map(|list| list.opt_in.sender.as_ref());
    let named = own.chain(all().flat_map(|campaign| &campaign.senders));
    let named = named.chain(whole.project.sender.as_ref());
    let senders: BTreeSet<&String> = named.chain(joined.map(|sender| &sender.value)).collect();
    let is_open = |sender: &&String| !whole.project.senders.contains_key(*sender);
    let senders_open = senders.iter().any(is_open);
    for sender in &file.written().senders {
        if !senders_open && !senders.contains(&sender.name.value) {
            let message = format!("no campaign sends from sender \"{}\"", sender.name.value);
            let help = "take it out, or name it in a campaign with `sender`";
            let found = Diagnostic::warning("unused-sender", sender.name.span.clone(), message);
            across.project.push(found.help(help));
        }
    }
    let of_rules = whole.steps_of_rules();
    let changed = of_rules.iter().filter_map(|step| outline::changed(step));
    let lists = all().flat_map(|campaign| &campaign.lists);
    let lists: BTreeSet<&String> = lists.chain(changed.map(|list| &list.value)).collect();
    let known = &whole.project.lists;
    let is_open = |list: &&String| !known.contains_key(*list) && !whole.project.stored_lists.contains(*list);
    let sources = || all().flat_map(|campaign| &campaign.sources);
    let lists_open = lists.iter().any(is_open) || sources().any(|path| whole.absent.contains_key(path));
    for list in whole.lists() {
        if !lists_open && !lists.contains(&list.name.value) && list.opt_in.keyword.is_none() {
            let message = format!("no campaign uses list \"{}\"", list.name.value);
            let help = "take it out, or name it in the `audience` of a campaign";
            let found = Diagnostic::warning("unused-list", list.name.span.clone(), message);
            across.project.push(found.help(help));
        }
    }
}

/// The files that campaigns take people from by their paths, where a list of crier.yaml is read by none of them: it may be
/// meant by a path that leads nowhere.
pub fn to_be_looked_for(project: &Project, campaigns: &[Outline]) -> BTreeSet<String> {
    let named: BTreeSet<&str> = campaigns
        .iter()
        .flat_map(|campaign| campaign.lists.iter().map(String::as_str))
        .collect();
    let is_unread =
        |(name, list): (&String, &ListFile)| !list.path.is_empty() && !named.contains(name.as_str());
    let unread = project.lists.iter().any(is_unread);
    let sources = campaigns.iter().filter(|_| unread);
    sources
        .flat_map(|campaign| campaign.sources.iter().cloned())
        .collect()
}
