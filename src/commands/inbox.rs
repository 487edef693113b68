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
    let most = usize::try_from(filter.most).unwrap_or(usize::MAX);
    let notices = store.notices(&filter).await?;
    let replies = store.replies(filter).await?;
    let (replies, notices) = latest(replies, notices, most);
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

/// The latest of both together; each has the latest last.
fn latest(
    mut replies: Vec<KeptReply>,
    mut notices: Vec<Notice>,
    most: usize,
) -> (Vec<KeptReply>, Vec<Notice>) {
    let replied = replies.iter().map(|reply| (reply.received_at, true));
    let noted = notices.iter().map(|notice| (notice.at, false));
    let mut all: Vec<(DateTime<Utc>, bool)> = replied.chain(noted).collect();
    all.sort_by_key(|(at, _)| *at);
    let over = &all[..all.len().saturating_sub(most)];
    let of_replies = over.iter().filter(|(_, is_reply)| *is_reply).count();
    replies.drain(..of_replies);
    notices.drain(..over.len() - of_replies);
    (replies, notices)
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
        ReplyMeaning::Answer => " (taken by a question or a rule)",
        ReplyMeaning::OptIn => " (opted in again)",
        ReplyMeaning::Help => " (asked for help, and was answered)",
        ReplyMeaning::Reaction(_) => " (a reaction)",
        ReplyMeaning::Automatic => " (an automatic reply)",
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
pub(super) struct Went {
    pub replies: BTreeMap<i64, Vec<KeptDelivery>>,
    pub notices: BTreeMap<i64, Vec<KeptDelivery>>,
}

impl Went {
    pub fn of_reply(&self, reply: &KeptReply) -> &[KeptDelivery] {
        self.replies.get(&reply.id).map_or(&[], Vec::as_slice)
    }

    pub fn of_notice(&self, notice: &Notice) -> &[KeptDelivery] {
        self.notices.get(&notice.id).map_or(&[], Vec::as_slice)
    }
}

/// Where one went, in words; nothing where nobody was to have it.
pub(super) fn told(went: &[KeptDelivery]) -> String {
    let one = |delivery: &KeptDelivery| {
        let said = delivery.said.as_deref().map(output::one_line).unwrap_or_default();
        let inbox = output::one_line(&delivery.inbox);
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
            (DeliveryState::Waits, _) if delivery.stopped => {
                format!("waits, until `crier inbox {inbox} --retry`: the inbox is stopped")
            }
            (DeliveryState::Waits, _) if delivery.attempts == 0 => {
                "waits for the next `crier run`".to_owned()
            }
            (DeliveryState::Waits, _) => {
                let times = output::counted(u64::from(delivery.attempts), "time", "times");
                if delivery.said.is_none() {
                    // Nobody was told what came of the last one.
                    return format!(
                        "on its way, tried {times}; if no `crier run` is at work, the next one tries again"
                    );
                }
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
pub(super) fn with(mut item: serde_json::Value, went: &[KeptDelivery]) -> serde_json::Value {
    let one = |delivery: &KeptDelivery| {
        json!({
            "inbox": delivery.inbox,
            "state": delivery.state.word(),
            "attempts": delivery.attempts,
            "at": delivery.at,
            "said": delivery.said,
            "inbox_stopped": delivery.stopped,
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
        "reaction_to": reply.meaning.reaction_to().map(|message| message.0),
        "inbox": reply.inbox,
        "text": reply.text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::ids::{LaunchId, MessageId};
    use expect_test::expect;
    use sms::PhoneNumber;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::minutes(minute)
    }

    fn delivery(state: DeliveryState, attempts: u32, said: Option<&str>) -> KeptDelivery {
        KeptDelivery {
            inbox: "desk".into(),
            state,
            attempts,
            at: at(0),
            said: said.map(str::to_owned),
            stopped: false,
            message: None,
        }
    }

    #[test]
    fn where_one_went_is_told_as_it_is() {
        let waits = |attempts, said| delivery(DeliveryState::Waits, attempts, said);
        let texted = |state| KeptDelivery {
            message: Some((MessageId(9), state)),
            ..delivery(DeliveryState::Delivered, 1, None)
        };
        let table = [
            waits(0, None),
            waits(1, None),
            waits(2, Some("away \u{1b}[31m")),
            KeptDelivery {
                stopped: true,
                ..waits(2, Some("answered 410 Gone"))
            },
            delivery(DeliveryState::Delivered, 1, None),
            texted(None),
            texted(Some(MessageState::Rejected)),
            delivery(
                DeliveryState::Undelivered,
                1,
                Some("refused at RCPT TO: no such box"),
            ),
            delivery(DeliveryState::Kept, 0, Some("crier.yaml has no `mail`")),
        ];
        let lines: Vec<String> = table.iter().map(|one| told(std::slice::from_ref(one))).collect();
        expect![[r#"
            waits for the next `crier run`
            on its way, tried 1 time; if no `crier run` is at work, the next one tries again
            waits, tried 2 times, again from 1970-01-01 00:00:00 UTC: away �[31m
            waits, until `crier inbox desk --retry`: the inbox is stopped
            delivered 1970-01-01 00:00:00 UTC
            texted 1970-01-01 00:00:00 UTC, message 9, to be sent
            texted 1970-01-01 00:00:00 UTC, message 9, rejected
            undelivered since 1970-01-01 00:00:00 UTC: refused at RCPT TO: no such box
            stays here: crier.yaml has no `mail`"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn the_latest_are_those_of_both() {
        let phone = PhoneNumber::from_u64(12_015_550_100).expect("a number");
        let reply = |minute| KeptReply {
            id: minute,
            received_at: at(minute),
            phone,
            sender: "desk".into(),
            text: String::new(),
            launch: None,
            run: None,
            meaning: ReplyMeaning::Other,
            inbox: String::new(),
        };
        let notice = |minute| Notice {
            id: minute,
            launch: LaunchId(1),
            phone,
            inbox: "desk".into(),
            text: String::new(),
            at: at(minute),
        };
        let mut shown = vec![];
        for most in [0, 1, 3, 9] {
            let (replies, notices) = latest(
                vec![reply(1), reply(4), reply(5)],
                vec![notice(2), notice(3), notice(6)],
                most,
            );
            let replies: Vec<i64> = replies.iter().map(|one| one.id).collect();
            let notices: Vec<i64> = notices.iter().map(|one| one.id).collect();
            shown.push((replies, notices));
        }
        let expected = [
            (vec![], vec![]),
            (vec![], vec![6]),
            (vec![4, 5], vec![6]),
            (vec![1, 4, 5], vec![2, 3, 6]),
        ];
        assert_eq!(shown, expected);
    }
}
