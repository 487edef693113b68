//! Makes the campaign as meant of one that has no errors.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::{Context, narrowing, project, sender};
use crate::campaign::{Amount, Audience, Campaign, Field, Instruction, Limits, Message, Replies, Schedule};
use crate::scalar::Share;
use crate::template::Template;
use crate::values::Language;
use crate::written::Spanned;
use crate::written::campaign::{self as written, Sent, Start, Texts, Verb};

/// Past this share of bad rows a column is probably wrong.
const MOST_INVALID: Share = Share(0.2);

/// None where something is missing that a check should have named.
pub(super) fn campaign(context: &Context<'_>) -> Option<Campaign> {
    let file = context.written;
    let timezone = file.timezone.as_ref().map(|zone| zone.value);
    let timezone = timezone.or(context.project.timezone).unwrap_or(chrono_tz::UTC);
    let (messages, program) = program(context, timezone)?;
    let value = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone());
    Some(Campaign {
        name: value(&file.name).unwrap_or_else(|| context.file_name.to_owned()),
        description: value(&file.description),
        owner: value(&file.owner),
        purpose: file.meant_purpose(),
        sender: sender::of(context)?.to_owned(),
        timezone,
        languages: context.languages.clone(),
        audience: audience(context)?,
        fields: file.fields.iter().map(|f| field(f, &context.languages)).collect(),
        schedule: match file.schedule.as_ref()?.start.as_ref()?.value {
            Start::Now => Schedule::Now,
            Start::At(time) => Schedule::At(time.resolve(timezone)),
            Start::TimeOfDay => return None,
        },
        messages,
        program,
        replies: replies(context),
        limits: limits(&file.limits),
        smart: context.project.smart,
    })
}

fn audience(context: &Context<'_>) -> Option<Audience> {
    let written = &context.written.audience;
    let files = |lists: &[super::List<'_>]| lists.iter().map(|list| list.file.clone()).collect();
    let audience = Audience {
        from: files(&context.from),
        except: files(&context.except),
        region: written
            .region
            .as_ref()
            .map(|region| region.value)
            .or(context.project.region),
        consent: needed_consent(context),
        filter: narrowing::filter(context),
        sample: amount(written.sample.as_ref()),
        holdout: amount(written.holdout.as_ref()),
        keeps_landlines: written.keeps_landlines,
        most_invalid: written
            .most_invalid
            .as_ref()
            .map_or(MOST_INVALID, |most| most.value),
    };
    (!audience.from.is_empty()).then_some(audience)
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
        default,
    }
}

fn program(context: &Context<'_>, zone: Tz) -> Option<(Vec<Message>, Vec<Instruction>)> {
    let file = context.written;
    let all = file.message.iter().chain(&file.messages);
    let mut messages = vec![];
    for message in all {
        let [(_, texts)] = message.texts().try_into().ok()?;
        let texts = templates(texts, &context.languages, zone)?;
        messages.push(Message {
            name: message.name.value.clone(),
            texts,
        });
    }
    let mut program = vec![];
    if file.message.is_some() {
        program.push(Instruction::Send { message: 0 });
    }
    for (i, step) in file.steps.iter().enumerate() {
        program.push(match &step.verb {
            Verb::Send(Sent::Name(name)) => Instruction::Send {
                message: messages.iter().position(|message| message.name == name.value)?,
            },
            Verb::Send(Sent::Texts(texts)) => {
                let texts = templates(texts, &context.languages, zone)?;
                let name = inline_name(step, i, &messages);
                messages.push(Message { name, texts });
                Instruction::Send {
                    message: messages.len() - 1,
                }
            }
            Verb::Wait(time) => Instruction::Wait(*time),
            Verb::Ask(_)
            | Verb::WaitUntil { .. }
            | Verb::Await(_)
            | Verb::Choose(_)
            | Verb::Split(_)
            | Verb::Tag(_)
            | Verb::Untag(_)
            | Verb::Set(_)
            | Verb::Join(_)
            | Verb::Leave(_)
            | Verb::Forward(_)
            | Verb::Notify { .. }
            | Verb::Call(_)
            | Verb::Start(_)
            | Verb::Repeat { .. }
            | Verb::Finish(_)
            | Verb::Other => return None,
        });
    }
    program.push(Instruction::Finish);
    Some((messages, program))
}

/// The id of the step, else its number; never a name that a message has.
fn inline_name(step: &written::Step, index: usize, messages: &[Message]) -> String {
    let own = step.id.as_ref().map(|id| id.value.clone());
    let mut name = own.unwrap_or_else(|| format!("step-{}", index + 1));
    while messages.iter().any(|message| message.name == name) {
        name.push_str("-text");
    }
    name
}

fn templates(texts: &Texts, languages: &[Language], zone: Tz) -> Option<Vec<Template>> {
    let one = |language| Template::compile_for(&texts.of(language)?.text, language, zone).ok();
    languages.iter().map(one).collect()
}

fn replies(context: &Context<'_>) -> Replies {
    let own = context
        .written
        .replies
        .as_ref()
        .and_then(|replies| match replies {
            written::Replies::To(to) => Some(project::meant_replies(&to.value)),
            written::Replies::Nobody(_) | written::Replies::Rules(_) => None,
        });
    own.or_else(|| context.project.replies.clone())
        .unwrap_or(Replies::Kept)
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
    }
}
