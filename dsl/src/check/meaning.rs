//! Makes the campaign as meant of one that has no errors.

use std::collections::BTreeMap;

use super::{Context, narrowing, project, sender};
use crate::campaign::{
    Amount, Audience, Campaign, Canary, Field, Goal, Halt, Limits, Link, Priority, Purpose, Replies,
};
use crate::condition::DateFormat;
use crate::project::{ListFile, OptIn, Sender};
use crate::scalar::Share;
use crate::template::Template;
use crate::values::Language;
use crate::written::Spanned;
use crate::written::campaign as written;

mod call;
mod messages;
mod moment;
mod program;
mod schedule;
mod stories;

/// Past this share of bad rows a column is probably wrong.
const MOST_INVALID: Share = Share(0.2);

/// None where something is missing that a check should have named.
pub(super) fn campaign(context: &Context<'_>) -> Option<Campaign> {
    let file = context.written;
    let timezone = file.timezone.as_ref().map(|zone| zone.value);
    let timezone = timezone.or(context.project.timezone).unwrap_or(chrono_tz::UTC);
    let mut compiler = program::Compiler::new(context, timezone)?;
    let program = compiler.program()?;
    let exits = exits(&compiler, file)?;
    let goal = match &file.goal {
        Some(goal) => Some(Goal {
            when: compiler.condition(&goal.when)??,
            within: goal.within.as_ref().map(|time| time.value),
        }),
        None => None,
    };
    let messages = compiler.messages.all;
    let value = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone());
    Some(Campaign {
        name: value(&file.name).unwrap_or_else(|| context.file_name.to_owned()),
        description: value(&file.description),
        owner: value(&file.owner),
        purpose: file.meant_purpose(),
        urgent: file.urgent.is_some() || file.meant_purpose() == Purpose::Emergency,
        priority: match file.priority.as_ref().map(|priority| priority.value.as_str()) {
            Some("low") => Priority::Low,
            Some("high") => Priority::High,
            Some(_) | None => Priority::Normal,
        },
        sender: sender::of(context)?.to_owned(),
        timezone,
        languages: context.languages.clone(),
        audience: audience(context),
        fields: file.fields.iter().map(|f| field(f, &context.languages)).collect(),
        schedule: schedule::begin(context, timezone)?,
        pace: schedule::pace(context),
        messages,
        links: links(file)?,
        program,
        goal,
        exits,
        opt_out_words: opt_out_words(context),
        answers: context.project.texts.clone(),
        opt_ins: opt_ins(context),
        replies: replies(context),
        replies_within: context.project.replies_within,
        limits: limits(&file.limits),
        stories: file.tests.iter().map(stories::meant).collect::<Option<_>>()?,
        smart: context.project.smart,
    })
}

fn exits(
    compiler: &program::Compiler<'_>,
    file: &written::Campaign,
) -> Option<Vec<(String, crate::condition::Condition)>> {
    let one = |(reason, conditions): &(Spanned<String>, Vec<Spanned<String>>)| {
        Some((reason.value.clone(), compiler.condition(conditions)??))
    };
    file.exits.iter().map(one).collect()
}

fn links(file: &written::Campaign) -> Option<Vec<Link>> {
    let one = |(name, url): &(Spanned<String>, written::Value)| {
        Some(Link {
            name: name.value.clone(),
            url: Template::compile(&url.text).ok()?,
        })
    };
    file.links.iter().map(one).collect()
}

fn audience(context: &Context<'_>) -> Audience {
    let written = &context.written.audience;
    let files = |lists: &[super::List<'_>]| lists.iter().map(|list| list.file.clone()).collect();
    Audience {
        from: match context.from.is_empty() {
            true => joined(context),
            false => files(&context.from),
        },
        except: files(&context.except),
        region: written
            .region
            .as_ref()
            .map(|region| region.value)
            .or(context.project.region),
        consent: needed_consent(context),
        countries: countries(context),
        control_group: control_group(context),
        filter: narrowing::filter(context),
        leavers: narrowing::leavers(context),
        sample: amount(written.sample.as_ref()),
        holdout: amount(written.holdout.as_ref()),
        keeps_landlines: written.keeps_landlines,
        most_invalid: written
            .most_invalid
            .as_ref()
            .map_or(MOST_INVALID, |most| most.value),
    }
}

/// Who joins a list is on it: that is the audience where none is stated.
fn joined(context: &Context<'_>) -> Vec<ListFile> {
    let trigger = context.written.trigger.as_ref();
    let joins = trigger.and_then(|trigger| trigger.joins.as_ref());
    let list = joins.and_then(|list| context.project.lists.get(&list.value));
    list.cloned().into_iter().collect()
}

/// Where both the policy and the senders name countries, those that both name. What one of several senders may not text
/// another may: that is asked of each text.
fn countries(context: &Context<'_>) -> Option<Vec<sms::Region>> {
    let senders = sender::all(context).into_iter();
    let senders: Vec<&Sender> = senders
        .filter_map(|name| context.project.senders.get(name))
        .collect();
    let anywhere = senders.iter().any(|sender| sender.countries.is_empty());
    let mut of_senders: Vec<sms::Region> = vec![];
    for country in senders.iter().flat_map(|sender| &sender.countries) {
        if !anywhere && !of_senders.contains(country) {
            of_senders.push(*country);
        }
    }
    let of_policy = &context.project.policy.countries[..];
    match (of_policy, &of_senders[..]) {
        ([], []) => None,
        (one, []) | ([], one) => Some(one.to_vec()),
        (one, other) => Some(
            one.iter()
                .filter(|country| other.contains(country))
                .copied()
                .collect(),
        ),
    }
}

fn control_group(context: &Context<'_>) -> Option<Share> {
    let is_marketing = context.written.meant_purpose() == Purpose::Marketing;
    context.project.policy.control_group.filter(|_| is_marketing)
}

fn needed_consent(context: &Context<'_>) -> Option<String> {
    let purpose = context.written.meant_purpose();
    context.project.policy.consent.of(purpose).map(str::to_owned)
}

fn amount(text: Option<&Spanned<String>>) -> Option<Amount> {
    let text = text?.value.as_str();
    let people = text.parse().ok().map(Amount::People);
    people.or_else(|| Share::parse(text).ok().map(Amount::Share))
}

fn field(field: &written::Field, languages: &[Language]) -> Field {
    let mut default = BTreeMap::new();
    for language in languages {
        if let Some(value) = field.default.as_ref().and_then(|texts| texts.of(language)) {
            default.insert(language.clone(), value.text.clone());
        }
    }
    Field {
        name: field.name.value.clone(),
        kind: field.kind,
        format: field
            .format
            .as_ref()
            .and_then(|format| DateFormat::parse(&format.value)),
        set_by_steps: field.set_by_steps,
        longest: field.longest.as_ref().map(|longest| longest.value),
        default,
    }
}

fn replies(context: &Context<'_>) -> Replies {
    let own = context
        .written
        .replies
        .as_ref()
        .and_then(|replies| match replies {
            written::Replies::To(to) => Some(project::meant_replies(&to.value)),
            written::Replies::Nobody(_) => Some(Replies::Nobody),
            written::Replies::Rules(_) => None,
        });
    own.or_else(|| context.project.replies.clone())
        .unwrap_or(Replies::Kept)
}

fn opt_ins(context: &Context<'_>) -> Vec<OptIn> {
    let project = context.project;
    let own = sender::of(context);
    let heard = |opt_in: &&OptIn| opt_in.sender.as_deref().or_else(|| project.default_sender()) == own;
    project.opt_ins.iter().filter(heard).cloned().collect()
}

fn opt_out_words(context: &Context<'_>) -> Vec<String> {
    let own = context
        .written
        .limits
        .opt_out_words
        .iter()
        .map(|word| &word.value);
    context
        .project
        .policy
        .opt_out_words
        .iter()
        .chain(own)
        .cloned()
        .collect()
}

fn limits(limits: &written::Limits) -> Limits {
    Limits {
        budget: limits.budget.as_ref().map(|budget| budget.value),
        parts: limits.parts.as_ref().map(|parts| parts.value),
        rate: limits.rate.as_ref().map(|rate| rate.value),
        in_doubt: limits
            .in_doubt
            .as_ref()
            .map_or_else(Default::default, |doubt| doubt.value),
        canary: canary(limits),
        halt: Halt {
            opt_outs: limits.halt_opt_outs.as_ref().map(|share| share.value),
            failures: limits.halt_failures.as_ref().map(|share| share.value),
            undelivered: limits.halt_undelivered.as_ref().map(|share| share.value),
        },
    }
}

fn canary(limits: &written::Limits) -> Option<Canary> {
    Some(Canary {
        share: limits.canary_share.as_ref()?.value,
        watch: limits.canary_watch.as_ref()?.value,
    })
}
