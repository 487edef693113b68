//! `crier inbox`: the replies that people sent.

use std::process::ExitCode;

use anyhow::anyhow;
use engine::load::LoadedProject;
use engine::store::{Access, KeptReply, ReplyFilter, ReplyMeaning, Store};
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
    let replies = store.replies(filter).await?;
    if replies.is_empty() {
        known(args, &project, &store).await?;
    }
    match args.format {
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "replies": replies.iter().map(as_json).collect::<Vec<_>>(),
        })),
        Format::Full if replies.is_empty() => output::line("no replies"),
        Format::Full => output::line(&table::of(
            &["received", "from", "inbox", "text"],
            replies.iter().map(row),
        )),
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
        ReplyMeaning::Answer => " (answered)",
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
