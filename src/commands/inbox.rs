//! `crier inbox`: the replies that people sent, and the notes of campaigns.

use std::process::ExitCode;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use engine::load::LoadedProject;
use engine::store::{Access, KeptReply, Notice, ReplyFilter, ReplyMeaning, Store};
use serde_json::json;

use super::{Failure, open_store, project_of};
use crate::cli::{Format, Inbox};
use crate::output::{self, table};

pub(super) async fn run(args: &Inbox) -> Result<ExitCode, Failure> {
    let project = project_of(&args.place, args.format)?;
    let store = open_store(&project, Access::Read).await?;
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
    match args.format {
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "replies": replies.iter().map(as_json).collect::<Vec<_>>(),
            "notes": notices.iter().map(notice_json).collect::<Vec<_>>(),
        })),
        Format::Full if replies.is_empty() && notices.is_empty() => output::line("no replies"),
        Format::Full => {
            let of_replies = replies.iter().map(|reply| (reply.received_at, row(reply)));
            let of_notices = notices.iter().map(|notice| (notice.at, notice_row(notice)));
            let mut rows: Vec<(DateTime<Utc>, Vec<String>)> = of_replies.chain(of_notices).collect();
            rows.sort_by_key(|(at, _)| *at);
            output::line(&table::of(
                &["received", "from", "inbox", "text"],
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

fn row(reply: &KeptReply) -> Vec<String> {
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
    ]
}

/// A text of ours about somebody.
fn notice_row(notice: &Notice) -> Vec<String> {
    let text = output::one_line(&notice.text);
    vec![
        output::time(notice.at),
        notice.phone.to_string(),
        notice.inbox.clone(),
        format!("{text} (a note of the campaign)"),
    ]
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
