//! Makes the project of crier.yaml, and checks that what it names exists.

use std::collections::BTreeMap;

use super::consent;
use super::hosts;
use super::inboxes;
use super::languages::repeated;
use super::night;
use super::one_number;
use super::opt_in;
use super::rates;
use super::replies::unknown_inbox;
use crate::campaign::Replies;
use crate::diagnostic::Diagnostic;
use crate::project::{
    DEFAULT_STORE, ListFile, OptIn, Policy, Project, REPLIES_WITHIN, Sender, SharedReplies,
};
use crate::scalar::Share;
use crate::tree::Node;
use crate::values::Language;
use crate::written::campaign::ReplyTo;
use crate::written::campaign::{Message, Texts};
use crate::written::nearest::{Guess, Words, listed, these_are};
use crate::written::project::{self as written, Address};
use crate::written::{Spanned, is_name, own_entries, reading, slug, text};

/// The numbers in it are read in the region of the project.
type Region = Option<sms::Region>;

/// Everything that crier.yaml names and does not have.
pub(super) fn check(file: &written::Project, found: &mut Vec<Diagnostic>) {
    let region = file.region.as_ref().map(|region| region.value);
    repeated(&file.languages, found);
    for sender in &file.senders {
        unknown_providers(file, sender, found);
        repeated_providers(sender, found);
        bad_sender(sender, region, found);
        found.extend(countries_apart(sender, &file.policy));
        found.extend(rates::of_sender(file, sender));
    }
    if let Some(sender) = &file.sender {
        let names = || file.senders.iter().map(|sender| sender.name.value.as_str());
        if !names().any(|name| name == sender.value) && is_name(&sender.value) {
            let message = format!("sender \"{}\" does not exist", sender.value);
            found.push(unknown(
                "unknown-sender",
                sender,
                message,
                names().collect(),
                "senders",
            ));
        }
    }
    if let Some(Spanned {
        value: ReplyTo::Inbox(name),
        span,
    }) = &file.replies
    {
        let names: Vec<&str> = file
            .inboxes
            .iter()
            .map(|inbox| inbox.name.value.as_str())
            .collect();
        found.extend(unknown_inbox(name, span.clone(), &names));
    }
    found.extend(everybody_held_out(&file.policy));
    hosts::of_policy(&file.policy.hosts, found);
    night::of_policy(file.policy.quiet_hours.as_ref(), found);
    inboxes::check(file, found);
    consent::check(file, found);
    opt_in::check(file, found);
    one_number::check(file, found);
}

/// A control group of all leaves nobody to text.
fn everybody_held_out(policy: &written::Policy) -> Option<Diagnostic> {
    let group = policy.control_group.as_ref()?;
    let message = "everybody is in the control group, so nobody would be texted";
    let help = "write a share below the whole, such as `5%`, or leave the key out";
    (group.value == Share::WHOLE)
        .then(|| Diagnostic::error("bad-share", group.span.clone(), message).help(help))
}

/// What of the lists can be read, and the databases that they name.
pub(super) fn of_lists(root: Option<&Node>, found: &mut Vec<Diagnostic>) {
    let of = |key| {
        root.and_then(|root| root.get(key))
            .into_iter()
            .flat_map(own_entries)
    };
    let databases: Vec<&str> = of("databases").map(|entry| entry.key.text.as_str()).collect();
    for list in of("lists") {
        reading::check(&list.value, found);
        let database = text(&list.value, "database").filter(|name| is_name(&name.value));
        if let Some(name) = database.filter(|name| !databases.contains(&name.value.as_str())) {
            let message = format!("database \"{}\" does not exist", name.value);
            let names = databases.clone();
            found.push(unknown("unknown-database", &name, message, names, "databases"));
        }
    }
}

/// A sender that may text nobody whom the policy lets be texted.
fn countries_apart(sender: &written::Sender, policy: &written::Policy) -> Option<Diagnostic> {
    let (first, allowed) = (sender.countries.first()?, policy.countries.first()?);
    let is_allowed =
        |country: &Spanned<sms::Region>| policy.countries.iter().any(|own| own.value == country.value);
    if sender.countries.iter().any(is_allowed) {
        return None;
    }
    let shown = |all: &[Spanned<sms::Region>]| listed(all.iter().map(|country| country.value.as_str()));
    let message = format!(
        "sender \"{}\" texts nobody: only {}, where the policy lets nobody be texted",
        sender.name.value,
        shown(&sender.countries)
    );
    let help = format!(
        "name a country in both: the policy has {}",
        shown(&policy.countries)
    );
    Some(
        Diagnostic::warning("countries-apart", first.span.clone(), message)
            .also(allowed.span.clone(), "the countries of the policy")
            .help(help),
    )
}

fn unknown_providers(file: &written::Project, sender: &written::Sender, found: &mut Vec<Diagnostic>) {
    let names = || file.providers.iter().map(|provider| provider.name.value.as_str());
    for provider in sender.provider.iter().chain(&sender.then) {
        if names().any(|name| name == provider.value) || !is_name(&provider.value) {
            continue;
        }
        let message = format!("provider \"{}\" does not exist", provider.value);
        found.push(unknown(
            "unknown-provider",
            provider,
            message,
            names().collect(),
            "providers",
        ));
    }
}

/// A provider that is away does not come back by being asked a second time.
fn repeated_providers(sender: &written::Sender, found: &mut Vec<Diagnostic>) {
    let mut line: Vec<&Spanned<String>> = sender.provider.iter().collect();
    for provider in &sender.then {
        let Some(first) = line.iter().find(|before| before.value == provider.value) else {
            line.push(provider);
            continue;
        };
        let message = format!(
            "provider \"{}\" stands twice in the line of this sender",
            provider.value
        );
        found.push(
            Diagnostic::error("provider-repeated", provider.span.clone(), message)
                .label("again")
                .also(first.span.clone(), "its first place")
                .help("`then` names other providers, each once, in the order in which they take over"),
        );
    }
}

/// A name that does not exist. `what` it is the name of is in the plural.
pub(super) fn unknown(
    code: &'static str,
    name: &Spanned<String>,
    message: String,
    names: Vec<&str>,
    what: &str,
) -> Diagnostic {
    let found = Diagnostic::error(code, name.span.clone(), message);
    Guess::among(&name.value, names.iter().copied(), Words::Author).tell(found, || match names.is_empty() {
        true => format!("add it under `{what}` in crier.yaml"),
        false => these_are((what.strip_suffix('s').unwrap_or(what), what), &names),
    })
}

fn bad_sender(sender: &written::Sender, region: Region, found: &mut Vec<Diagnostic>) {
    let Some(address) = &sender.address else {
        return;
    };
    if let Err(error) = address.value.parse(region) {
        let told = Diagnostic::error("bad-sender", address.span.clone(), error.to_string());
        found.push(match &address.value {
            Address::Number(number) => inboxes::with_a_plus(told, number),
            Address::ShortCode(_) => told.help("write the digits in quotes, such as \"48555\""),
            Address::Alphanumeric(_) => told.help("write a short name, such as `ARENA`"),
        });
    }
    let is_name = matches!(address.value, Address::Alphanumeric(_));
    if let Some(receives) = sender
        .receives
        .as_ref()
        .filter(|receives| receives.value && is_name)
    {
        let message = "a name cannot be replied to, so this sender cannot receive";
        found.push(
            Diagnostic::error("bad-sender", receives.span.clone(), message)
                .also(address.span.clone(), "a name")
                .help("remove `receives`, or use a number or a short code"),
        );
    }
}

impl Address {
    pub(super) fn parse(&self, region: Region) -> Result<sms::SenderAddress, sms::SenderError> {
        match self {
            Address::Number(text) => sms::SenderAddress::number(text, region),
            Address::ShortCode(text) => sms::SenderAddress::short_code(text),
            Address::Alphanumeric(text) => sms::SenderAddress::alphanumeric(text),
        }
    }
}

/// The project, with whatever of it is well written.
pub(super) fn outline(file: &written::Project, folder_name: &str) -> Project {
    let region = file.region.as_ref().map(|region| region.value);
    let named = |name: &Spanned<String>| name.value.clone();
    let senders = file
        .senders
        .iter()
        .filter_map(|s| Some((named(&s.name), sender(s, region)?)));
    let providers = file.providers.iter();
    let providers = providers.filter_map(|p| Some((named(&p.name), p.settings.clone()?)));
    let inboxes = file.inboxes.iter();
    let inboxes = inboxes.map(|inbox| (named(&inbox.name), inboxes::meant(inbox, region)));
    Project {
        name: file
            .name
            .as_ref()
            .map_or_else(|| name_of_folder(folder_name), named),
        store: file.store.as_ref().map_or_else(|| DEFAULT_STORE.into(), named),
        region,
        timezone: file.timezone.as_ref().map(|zone| zone.value),
        languages: file
            .languages
            .iter()
            .map(|language| language.value.clone())
            .collect(),
        sender: file.sender.as_ref().map(named),
        lists: file.lists.iter().map(|l| (named(&l.name), list(l))).collect(),
        providers: providers.collect(),
        real_providers: file
            .providers
            .iter()
            .filter(|provider| provider.is_real)
            .map(|provider| named(&provider.name))
            .collect(),
        senders: senders.collect(),
        inboxes: inboxes.collect(),
        mail: file.mail.as_ref().and_then(inboxes::meant_mail),
        replies: file.replies.as_ref().map(|replies| meant_replies(&replies.value)),
        replies_within: file
            .replies_within
            .as_ref()
            .map_or(REPLIES_WITHIN, |within| within.value.long()),
        prices: file.prices.as_ref().map(named),
        smart: file.smart.unwrap_or(true),
        policy: policy(&file.policy),
        stored_lists: file
            .lists
            .iter()
            .filter(|list| list.stored)
            .map(|list| named(&list.name))
            .collect(),
        opt_ins: file.lists.iter().filter_map(opt_in).collect(),
        messages: file.messages.iter().map(|message| named(&message.name)).collect(),
        texts: file
            .messages
            .iter()
            .map(|message| (named(&message.name), own_texts(message, file)))
            .collect(),
        shared: SharedReplies {
            rules: file.rules.clone(),
            messages: match file.rules.is_empty() {
                true => vec![],
                false => file.messages.clone(),
            },
        },
    }
}

/// What a message of the project says.
fn own_texts(message: &Message, file: &written::Project) -> Vec<(Language, String)> {
    let first = file.languages.first().map(|language| language.value.clone());
    let first = first.or_else(|| Language::new(super::languages::DEFAULT));
    let all = message.texts().into_iter().flat_map(|(_, texts)| match texts {
        Texts::One(value) => first
            .iter()
            .map(|language| (language.clone(), value.text.clone()))
            .collect(),
        Texts::ByLanguage(all) => all
            .iter()
            .filter_map(|(language, value)| Some((Language::new(&language.value)?, value.text.clone())))
            .collect::<Vec<_>>(),
    });
    all.collect()
}

fn policy(written: &written::Policy) -> Policy {
    let words = |words: &[Spanned<String>]| words.iter().map(|word| word.value.clone()).collect();
    Policy {
        quiet_hours: written.quiet_hours.as_ref().map(|hours| hours.value),
        frequency: written.frequency.as_ref().map(|frequency| frequency.value),
        countries: countries(&written.countries),
        control_group: written.control_group.as_ref().map(|share| share.value),
        hosts: written
            .hosts
            .iter()
            .map(|host| hosts::bare(&host.value).unwrap_or_else(|| host.value.clone()))
            .collect(),
        opt_out_words: words(&written.opt_out_words),
        consent: written.consent.clone(),
    }
}

fn countries(written: &[Spanned<sms::Region>]) -> Vec<sms::Region> {
    written.iter().map(|country| country.value).collect()
}

/// Where replies go, as meant.
pub(super) fn meant_replies(replies: &ReplyTo) -> Replies {
    match replies {
        ReplyTo::Address(address) => Replies::Address(address.clone()),
        ReplyTo::Inbox(name) => Replies::Inbox(name.clone()),
    }
}

fn name_of_folder(folder: &str) -> String {
    let slug = slug(folder);
    if is_name(&slug) { slug } else { "project".into() }
}

fn list(list: &written::List) -> ListFile {
    let columns: BTreeMap<String, String> = list
        .columns
        .iter()
        .map(|(ours, theirs)| (ours.value.clone(), theirs.value.clone()))
        .collect();
    ListFile {
        is_stored: list.stored,
        path: list
            .file
            .as_ref()
            .map(|file| file.value.clone())
            .unwrap_or_default(),
        name: Some(list.name.value.clone()),
        columns,
        consent: list.consent.clone(),
        reading: list.reading.clone(),
        query: list.query.clone(),
    }
}

/// How people join a list by a text, where they can.
fn opt_in(list: &written::List) -> Option<OptIn> {
    let named = |name: &Option<Spanned<String>>| name.as_ref().map(|name| name.value.clone());
    let written = &list.opt_in;
    Some(OptIn {
        list: list.name.value.clone(),
        keyword: named(&written.keyword)?,
        sender: named(&written.sender),
        confirm: named(&written.confirm),
        welcome: named(&written.welcome),
    })
}

fn sender(sender: &written::Sender, region: Region) -> Option<Sender> {
    let address = sender.address.as_ref()?.value.parse(region).ok()?;
    let can_receive = address.can_receive();
    Some(Sender {
        provider: sender.provider.as_ref()?.value.clone(),
        then: sender.then.iter().map(|name| name.value.clone()).collect(),
        rate: sender.rate.as_ref().map(|rate| rate.value),
        receives: sender.receives.as_ref().is_none_or(|receives| receives.value) && can_receive,
        countries: countries(&sender.countries),
        address,
    })
}
