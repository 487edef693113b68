//! `crier inbox`: the replies that people sent, and the notes of campaigns; where each went, and what is to go again.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use engine::clock::{Clock, SystemClock};
use engine::load::LoadedProject;
use engine::store::{
    Access, DeliveryState, KeptDelivery, KeptReply, MessageState, Notice, ReplyFilter, ReplyMeaning, Store,
};
use serde_json::json;

use super::{Failure, open_store, project_of};
use crate::cli::{Format, Inbox};
use crate::output::{self, table};

pub(super) async fn run(args: &Inbox) -> Result<ExitCode, Failure> {
    let project = project_of(&args.place, args.format)?;
    let store = open_store(&project, Access::Read).await?;
    if args.retry {
        return retry(args, &project, &store).await;
    }
    let filter = ReplyFilter {
        inbox: args.inbox.clone(),
        campaign: args.campaign.clone(),
        most: args.most,
    };
    let notices = store.notices(&filter).await?;
    let replies = store.replies(filter).await?;
    if replies.is_empty() && notices.is_empty() {
        known(args, &project, &store).await?;
    }
    let went = Went {
        replies: store
            .deliveries_of_replies(replies.first().map_or(0, |reply| reply.id))
            .await?,
        notices: store
            .deliveries_of_notices(notices.first().map_or(0, |notice| notice.id))
            .await?,
    };
    match args.format {
        Format::Json => {
            let replies = replies
                .iter()
                .map(|reply| with(as_json(reply), went.of_reply(reply)));
            let notices = notices
                .iter()
                .map(|notice| with(notice_json(notice), went.of_notice(notice)));
            output::json(&json!({
                "format_version": output::FORMAT_VERSION,
                "replies": replies.collect::<Vec<_>>(),
                "notes": notices.collect::<Vec<_>>(),
            }));
        }
        Format::Full if replies.is_empty() && notices.is_empty() => output::line("no replies"),
        Format::Full => {
            let of_replies = replies
                .iter()
                .map(|reply| (reply.received_at, row(reply, went.of_reply(reply))));
            let of_notices = notices
                .iter()
                .map(|notice| (notice.at, notice_row(notice, went.of_notice(notice))));
            let mut rows: Vec<(DateTime<Utc>, Vec<String>)> = of_replies.chain(of_notices).collect();
            rows.sort_by_key(|(at, _)| *at);
            output::line(&table::of(
                &["received", "from", "inbox", "text", "went"],
                rows.into_iter().map(|(_, row)| row),
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A misspelt name must not look like an empty inbox.
async fn known(args: &Inbox, project: &LoadedProject, store: &Store) -> Result<(), Failure> {
    let inboxes = project.project.as_ref().map(|project| &project.inboxes);
    if let Some(name) = args.inbox.as_ref().filter(|name| !name.contains('@'))
        && !inboxes.is_some_and(|inboxes| inboxes.contains_key(name))
    {
        return Err(Failure::Usage(anyhow!(
            "there is no inbox {name:?} in crier.yaml"
        )));
    }
    if let Some(name) = &args.campaign
        && store.launches(Some(name)).await?.is_empty()
    {
        return Err(Failure::Usage(anyhow!(
            "{name} was never launched from this project; see `crier status`"
        )));
    }
    Ok(())
}

fn row(reply: &KeptReply, went: &[KeptDelivery]) -> Vec<String> {
    let mark = match reply.meaning {
        ReplyMeaning::OptOut => " (opted out)",
        ReplyMeaning::ContainsOptOut => " (contains an opt-out word: please read)",
        ReplyMeaning::Answer => " (taken by a rule)",
        ReplyMeaning::OptIn => " (opted in again)",
        ReplyMeaning::Other => "",
    };
    let text = output::one_line(&reply.text);
    vec![
        output::time(reply.received_at),
        reply.phone.to_string(),
        reply.inbox.clone(),
        format!("{text}{mark}"),
        told(went),
    ]
}

/// A text of ours about somebody.
fn notice_row(notice: &Notice, went: &[KeptDelivery]) -> Vec<String> {
    let text = output::one_line(&notice.text);
    vec![
        output::time(notice.at),
        notice.phone.to_string(),
        notice.inbox.clone(),
        format!("{text} (a note of the campaign)"),
        told(went),
    ]
}

/// Where replies and notes went, by their ids.
struct Went {
    replies: BTreeMap<i64, Vec<KeptDelivery>>,
    notices: BTreeMap<i64, Vec<KeptDelivery>>,
}

impl Went {
    fn of_reply(&self, reply: &KeptReply) -> &[KeptDelivery] {
        self.replies.get(&reply.id).map_or(&[], Vec::as_slice)
    }

    fn of_notice(&self, notice: &Notice) -> &[KeptDelivery] {
        self.notices.get(&notice.id).map_or(&[], Vec::as_slice)
    }
}

/// Where one went, in words; nothing where nobody was to have it.
fn told(went: &[KeptDelivery]) -> String {
    let one = |delivery: &KeptDelivery| {
        let said = delivery.said.as_deref().unwrap_or_default();
        let at = output::time(delivery.at);
        match (delivery.state, delivery.message) {
            (DeliveryState::Delivered, Some((message, state))) => {
                let state = state.map_or("to be sent", |state| state.word());
                let why = if said.is_empty() {
                    String::new()
                } else {
                    format!(": {said}")
                };
                format!("texted {at}, message {message}, {state}{why}")
            }
            (DeliveryState::Delivered, None) => format!("delivered {at}"),
            (DeliveryState::Waits, _) if delivery.attempts == 0 => {
                "waits for the next `crier run`".to_owned()
            }
            (DeliveryState::Waits, _) => {
                let times = output::counted(u64::from(delivery.attempts), "time", "times");
                format!("waits, tried {times}, again from {at}: {said}")
            }
            (DeliveryState::Undelivered, _) => format!("undelivered since {at}: {said}"),
            (DeliveryState::Kept, _) => format!("stays here: {said}"),
        }
    };
    let lines: Vec<String> = went
        .iter()
        .map(|delivery| match went.len() {
            1 => one(delivery),
            _ => format!("{}: {}", delivery.inbox, one(delivery)),
        })
        .collect();
    lines.join("; ")
}

/// A reply or a note with where it went.
fn with(mut item: serde_json::Value, went: &[KeptDelivery]) -> serde_json::Value {
    let one = |delivery: &KeptDelivery| {
        json!({
            "inbox": delivery.inbox,
            "state": delivery.state.word(),
            "attempts": delivery.attempts,
            "at": delivery.at,
            "said": delivery.said,
            "message": delivery.message.map(|(message, _)| message.0),
            "message_state": delivery.message.and_then(|(_, state)| state).map(MessageState::word),
        })
    };
    item["deliveries"] = went.iter().map(one).collect();
    item
}

/// Has everything go again that did not arrive.
async fn retry(args: &Inbox, project: &LoadedProject, store: &Store) -> Result<ExitCode, Failure> {
    known(args, project, store).await?;
    let now = SystemClock::new().now();
    let again = store.retry_deliveries(args.inbox.clone(), now).await?;
    match args.format {
        Format::Json => output::json(&json!({ "format_version": output::FORMAT_VERSION, "retried": again })),
        Format::Full => output::line(&format!(
            "{} with the next `crier run`",
            match again {
                0 => "nothing is undelivered; an inbox that was stopped goes on".to_owned(),
                1 => "one goes again".to_owned(),
                n => format!("{n} go again"),
            }
        )),
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn notice_json(notice: &Notice) -> serde_json::Value {
    json!({
        "id": notice.id,
        "at": notice.at,
        "about": notice.phone.to_string(),
        "launch": notice.launch.0,
        "inbox": notice.inbox,
        "text": notice.text,
    })
}

pub(super) fn as_json(reply: &KeptReply) -> serde_json::Value {
    json!({
        "id": reply.id,
        "received_at": reply.received_at,
        "from": reply.phone.to_string(),
        "sender": reply.sender,
        "launch": reply.launch.map(|launch| launch.0),
        "meaning": reply.meaning.code(),
        "inbox": reply.inbox,
        "text": reply.text,
    })
}
