//! Keys of crier.yaml that make no sense together: what is said of a list that is of another kind, and one secret in two
//! places.

use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Node};
use crate::written::nearest::{Guess, listed, nearest};
use crate::written::own_entries;
use crate::written::project::Project;

/// What a list is, by its key.
const KINDS: [(&str, &str); 3] = [
    ("file", "a file"),
    ("sql", "a query"),
    ("stored", "a stored list"),
];

/// Keys of a list that say something of some kinds only.
const OF_KINDS: [(&str, &[&str]); 8] = [
    ("columns", &["file", "sql"]),
    ("sheet", &["file"]),
    ("encoding", &["file"]),
    ("separator", &["file"]),
    ("header_row", &["file"]),
    ("database", &["sql"]),
    ("fields", &["sql"]),
    ("opt_in", &["stored"]),
];

pub(super) fn check(root: Option<&Node>, file: &Project, found: &mut Vec<Diagnostic>) {
    let Some(root) = root else { return };
    for list in below(root, "lists") {
        found.extend(of_list(&list.value));
    }
    for inbox in below(root, "inboxes") {
        found.extend(of_inbox(&inbox.value));
    }
    let maps = ["providers", "inboxes"]
        .into_iter()
        .flat_map(|key| below(root, key));
    let maps = maps.map(|entry| &entry.value).chain(root.get("mail"));
    for map in maps {
        found.extend(two_secrets(map, found));
    }
    found.extend(region_apart(file));
    found.extend(never_sent(file));
}

fn below<'a>(root: &'a Node, key: &str) -> impl Iterator<Item = &'a Entry> {
    root.get(key).into_iter().flat_map(own_entries)
}

/// What is said of a list of another kind. One of two kinds has been told.
fn of_list(list: &Node) -> Vec<Diagnostic> {
    let mut kinds = KINDS
        .iter()
        .filter_map(|(key, kind)| Some((list.entry(key)?, *kind)));
    let (Some((entry, kind)), None) = (kinds.next(), kinds.next()) else {
        return vec![];
    };
    if entry.key.text == "stored" && entry.value.text() == Some("false") {
        let message = "a list that is not stored comes from somewhere else, which is missing";
        let found = Diagnostic::error("missing-key", entry.key.span.clone(), message);
        return vec![found.help("write `file: lists/staff.csv` in its place, or `stored: true`")];
    }
    let others = OF_KINDS
        .iter()
        .filter(|(_, kinds)| !kinds.contains(&entry.key.text.as_str()));
    let told = others.filter_map(|(key, kinds)| {
        let other = list.entry(key)?;
        let message = format!("\"{key}\" says nothing of {kind}");
        let names = |kind: &&str| {
            KINDS
                .iter()
                .find(|(key, _)| key == kind)
                .map_or("", |(_, name)| *name)
        };
        let of: Vec<&str> = kinds.iter().map(names).collect();
        let help = match *key {
            "opt_in" => {
                "people join by a text what is kept with `stored: true`: leave one of the two out".to_owned()
            }
            _ => format!("it belongs to {}: leave it out", of.join(" or ")),
        };
        let found = Diagnostic::error("conflicting-keys", other.key.span.clone(), message);
        Some(
            found
                .also(entry.key.span.clone(), format!("this is {kind}"))
                .help(help),
        )
    });
    told.collect()
}

/// Only what goes to a webhook is signed.
fn of_inbox(inbox: &Node) -> Option<Diagnostic> {
    let other = ["email", "phone", "slack_url_env", "slack_url_file"];
    let other = other.iter().find_map(|key| inbox.entry(key))?;
    let secret = ["secret_env", "secret_file"]
        .iter()
        .find_map(|key| inbox.entry(key))?;
    let message = format!(
        "\"{}\" signs what goes to a webhook, and this is none",
        secret.key.text
    );
    let found = Diagnostic::error("conflicting-keys", secret.key.span.clone(), message);
    Some(
        found
            .also(other.key.span.clone(), "it goes here")
            .help("leave it out"),
    )
}

/// `password_env` beside `password_file`: only one of them can be the secret.
fn two_secrets(map: &Node, found: &[Diagnostic]) -> Option<Diagnostic> {
    let of_env = own_entries(map).filter(|entry| entry.key.text.ends_with("_env"));
    let mut pairs = of_env.filter_map(|env| {
        let stem = env.key.text.strip_suffix("_env")?;
        Some((env, map.entry(&format!("{stem}_file"))?))
    });
    let (env, file) = pairs.next()?;
    let (first, second) = match env.key.span.start < file.key.span.start {
        true => (env, file),
        false => (file, env),
    };
    let is_told = found.iter().any(|d| d.span == second.key.span);
    let message = format!(
        "both \"{}\" and \"{}\" say where the secret is",
        first.key.text, second.key.text
    );
    let found = Diagnostic::error("conflicting-keys", second.key.span.clone(), message)
        .label("one too many")
        .also(first.key.span.clone(), "the first")
        .help("keep one of them");
    (!is_told).then_some(found)
}

/// Numbers without a country code are of a country where nobody may be texted.
fn region_apart(file: &Project) -> Option<Diagnostic> {
    let region = file.region.as_ref()?;
    let countries = &file.policy.countries;
    let first = countries.first()?;
    if countries.iter().any(|country| country.value == region.value) {
        return None;
    }
    let message = format!(
        "numbers without a country code are read as those of \"{}\", where the policy lets nobody be texted",
        region.value.as_str()
    );
    let all = listed(countries.iter().map(|country| country.value.as_str()));
    Some(
        Diagnostic::warning("countries-apart", region.span.clone(), message)
            .also(first.span.clone(), "the countries of the policy")
            .help(format!(
                "the policy has {all}: state one of them as `region`, or leave it out"
            )),
    )
}

/// Texts of the project that nothing sends: the program sends those that it has names for.
fn never_sent(file: &Project) -> Vec<Diagnostic> {
    let of_lists = file.lists.iter().flat_map(|list| list.opt_in.messages());
    let steps = file
        .rules
        .iter()
        .flat_map(|rule| crate::written::campaign::flattened(&rule.steps));
    let of_rules = steps.flat_map(|step| step.sent()).filter_map(|sent| sent.name());
    let sent: Vec<&str> = of_lists.chain(of_rules).map(|name| name.value.as_str()).collect();
    let idle = file.messages.iter().filter(|message| {
        let name = message.name.value.as_str();
        crate::written::is_name(name) && !sent.contains(&name) && !matches!(name, "opt-out" | "help")
    });
    let told = idle.map(|message| {
        let name = &message.name.value;
        let text = format!("nothing sends the message \"{name}\" of crier.yaml");
        let found = Diagnostic::warning("message-never-sent", message.name.span.clone(), text);
        guess(name).tell(found, || {
            "texts here are `opt-out`, `help`, and what `opt_in` and `replies` name; a campaign has its own".into()
        })
    });
    told.collect()
}

/// The answer that was probably meant.
fn guess(name: &str) -> Guess {
    let plain = name.replace('-', "");
    let meant = match plain.as_str() {
        "optout" | "stop" | "unsubscribe" => Some("opt-out"),
        _ => nearest(name, ["opt-out", "help"]),
    };
    Guess::unsure(meant)
}
