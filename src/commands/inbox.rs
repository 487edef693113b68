//! `crier inbox`: the replies that people sent.

use std::process::ExitCode;

use engine::store::{Access, KeptReply, ReplyFilter, ReplyMeaning};
use serde_json::json;

use super::{Failure, open_store, project_of};
use crate::cli::{Format, Inbox};
use crate::output::{self, table};

pub(super) async fn run(args: &Inbox) -> Result<ExitCode, Failure> {
    let project = project_of(&args.place)?;
    let store = open_store(&project, Access::Read).await?;
    let filter = ReplyFilter {
        inbox: args.inbox.clone(),
        campaign: args.campaign.clone(),
        most: args.most,
    };
    let replies = store.replies(filter).await?;
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

fn row(reply: &KeptReply) -> Vec<String> {
    let mark = match reply.meaning {
        ReplyMeaning::OptOut => " (opted out)",
        ReplyMeaning::ContainsOptOut => " (contains an opt-out word: please read)",
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
