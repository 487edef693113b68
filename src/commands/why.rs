//! `crier why`: all that is known of a number, in the order it happened.

mod events;
mod had;

use std::collections::HashMap;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use dsl::project::Project;
use engine::advance::{Place, WaitsFor, waits_for};
use engine::calendar::TimeClass;
use engine::clock::{Clock, SystemClock};
use engine::ids::LaunchId;
use engine::left_out::LeftOut;
use engine::plan::list_and_line;
use engine::store::{
    Access, Alarm, Began, Beginning, ErrandState, Happened, KeptDelivery, KeptReply, LaunchRow, ListChange,
    ListHow, Of, PersonMessage, PersonStory, Store, Turn, WaitingFor, launch_subject,
};
use serde_json::json;
use sms::PhoneNumber;

use super::inbox::Went;
use super::steps::Steps;
use super::{Failure, inbox, number_typed, open_store, project_of};
use crate::cli::{Format, Why};
use crate::output::{self, trigger::Until};

pub(super) async fn run(args: &Why) -> Result<ExitCode, Failure> {
    let project = project_of(&args.place, args.format)?;
    let number = number_typed(&args.phone, &project)?;
    let store = open_store(&project, Access::Read).await?;
    let story = store.person(number).await?;
    let went = Went {
        replies: store.deliveries_from(number).await?,
        notices: store.deliveries_about(number).await?,
    };
    let alarms = store.alarms().await?;
    let launches = store.launches(None).await?;
    let met = |launch: &&LaunchRow| {
        let skipped = story.skipped.iter().map(|skipped| skipped.launch);
        let waiting = story.waiting.iter().map(|waiting| waiting.launch);
        let met = story
            .events
            .iter()
            .flat_map(|(_, launches)| launches.iter().copied());
        let mut all = skipped.chain(waiting).chain(met);
        all.any(|id| id == launch.id)
    };
    let steps = Steps::of(&store, launches.iter().filter(met)).await?;
    let names = launches.into_iter().map(|launch| (launch.id, launch)).collect();
    let now = SystemClock::new().now();
    let mut waits = vec![];
    for waiting in &story.waiting {
        waits.push(waits_of(&store, &steps, waiting, number, now).await?);
    }
    let settings = project.project.as_ref().expect("the project is valid");
    match args.format {
        Format::Json => output::json(&as_json(
            number,
            (&story, &went),
            (&names, &steps, &waits),
            &alarms,
            settings,
        )),
        Format::Full => {
            output::line(&as_text(
                number,
                (&story, &went),
                (&names, &steps, &waits),
                &alarms,
                settings,
                now,
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What somebody waits for whose turn is ahead; none where it has come, or nothing comes any more.
async fn waits_of(
    store: &Store,
    steps: &Steps,
    waiting: &WaitingFor,
    phone: PhoneNumber,
    now: DateTime<Utc>,
) -> Result<Option<WaitsFor>, Failure> {
    let is_ahead = waiting.due_at > now && !waiting.under_way && !waiting.is_settled;
    let Some(revision) = steps.revision(waiting.launch) else {
        return Ok(None);
    };
    if !is_ahead || waiting.cancelled_at.is_some() || waiting.turn == Turn::LookUp {
        return Ok(None);
    }
    let of = Of {
        launch: waiting.launch,
        campaign: &revision.campaign,
        asks: &store.asks(revision),
    };
    let mut known = store.known(of, &[(waiting.run, phone)]).await?;
    let mut known = known.remove(&(waiting.run, phone.as_u64())).unwrap_or_default();
    known.zones = TimeClass::beside(&waiting.time_class, revision.campaign.timezone.name());
    let place = Place {
        step: waiting.step,
        visit: waiting.visit,
    };
    let again = waiting.turn != Turn::First;
    let waits = waits_for(revision, (place, again), &known, waiting.due_at, now);
    Ok(Some(waits))
}

/// What a reply was taken for.
fn meaning(reply: &KeptReply) -> String {
    let code = reply.meaning.code();
    match reply.meaning.reaction_to() {
        Some(message) => format!("{code} to message {}", message.0),
        None => code.to_owned(),
    }
}

type Names = HashMap<LaunchId, LaunchRow>;

fn name(names: &Names, launch: LaunchId) -> String {
    let campaign = names
        .get(&launch)
        .map(|row| format!("{}, ", row.campaign))
        .unwrap_or_default();
    format!("{campaign}launch {launch}")
}

/// The list and line of somebody left out by the plan.
fn place(names: &Names, launch: LaunchId, row: u64) -> Option<(String, u64)> {
    let (list, line) = list_and_line(row)?;
    let file = names
        .get(&launch)
        .and_then(|launch| launch.summary.files.get(list));
    Some((file.map(|file| file.path.clone()).unwrap_or_default(), line))
}

/// Whether somebody waits behind what stands still.
fn is_behind(waiting: &WaitingFor, alarm: &Alarm, project: &Project) -> bool {
    let sender = project.senders.get(&waiting.sender);
    let providers = sender
        .into_iter()
        .flat_map(|sender| std::iter::once(&sender.provider).chain(&sender.then));
    let asks = waiting.turn == Turn::LookUp;
    let subject = |provider: &String| match asks {
        true => vec![format!("provider {provider}"), format!("look-ups at {provider}")],
        false => vec![format!("provider {provider}")],
    };
    let mut subjects = providers.flat_map(subject).chain([
        format!("sender {}", waiting.sender),
        launch_subject(waiting.launch),
    ]);
    waiting.cancelled_at.is_none() && subjects.any(|subject| subject == alarm.subject)
}

fn as_text(
    phone: PhoneNumber,
    (story, went): (&PersonStory, &Went),
    (names, steps, waits): (&Names, &Steps, &[Option<WaitsFor>]),
    alarms: &[Alarm],
    project: &Project,
    now: DateTime<Utc>,
) -> String {
    let mut events = vec![];
    for message in &story.messages {
        let what = message.kind.word();
        let text = message.text.as_deref().map(output::one_line).unwrap_or_default();
        let told = told(message);
        let line = format!(
            "{what} ({}, {}): {text}\n{told}",
            name(names, message.launch),
            message.sender
        );
        events.push((message.sent_at, line));
    }
    for reply in &story.replies {
        let text = output::one_line(&reply.text);
        events.push((
            reply.received_at,
            format!(
                "reply to {} ({}): {text}{}",
                reply.sender,
                meaning(reply),
                handed_on(went.of_reply(reply))
            ),
        ));
    }
    for (launch, row, reason, at) in &story.left_out {
        let place = place(names, *launch, *row)
            .map(|(file, line)| format!(", {file}:{line}"))
            .unwrap_or_default();
        events.push((
            *at,
            format!("left out ({}{place}): {reason}", name(names, *launch)),
        ));
    }
    for skipped in &story.skipped {
        let step = steps.name(skipped.launch, skipped.step);
        let launch = name(names, skipped.launch);
        let line = match &skipped.reason {
            // A confirmation is of no step.
            LeftOut::Overtaken => format!("not sent ({launch}): {}", skipped.reason),
            reason => format!("passed over at {step} ({launch}): {reason}"),
        };
        events.push((skipped.at, line));
    }
    for (launch, reason, at) in &story.ends {
        events.push((
            *at,
            format!("the passage ended ({}): {reason}", name(names, *launch)),
        ));
    }
    for (launch, at) in &story.goals {
        events.push((*at, format!("reached the goal ({})", name(names, *launch))));
    }
    for (waiting, waits) in story.waiting.iter().zip(waits) {
        let step = steps.name(waiting.launch, waiting.step);
        let launch = name(names, waiting.launch);
        let (at, line) = match waiting.cancelled_at {
            // What came of its text stands above.
            Some(_) if waiting.is_settled => continue,
            None if waiting.is_settled => (
                waiting.due_at,
                format!("goes on from {step} with `crier run` ({launch})"),
            ),
            cancelled if waiting.under_way || waiting.turn == Turn::LookUp => {
                let line = if waiting.under_way {
                    "is being submitted; if no `crier run` is running it is in doubt, and the next one settles it"
                } else {
                    "is looked up at the provider by `crier run`: nobody knows whether it was taken"
                };
                let cancelled =
                    cancelled.map(|at| format!("; the launch was cancelled {}", output::time(at)));
                let cancelled = cancelled.unwrap_or_default();
                (waiting.due_at, format!("{step} ({launch}) {line}{cancelled}"))
            }
            Some(at) => (at, format!("was not sent {step} ({launch}): it was cancelled")),
            None if waiting.due_at <= now => {
                let held = alarms.iter().any(|alarm| is_behind(waiting, alarm, project));
                let turn = if held {
                    ""
                } else {
                    ", and waits its turn in `crier run`"
                };
                (
                    waiting.due_at,
                    format!("is due since then{turn}: {step} ({launch})"),
                )
            }
            None => {
                let why = waits.map(|waits| format!(": {waits}")).unwrap_or_default();
                (
                    waiting.due_at,
                    format!("waits until then for {step} ({launch}){why}"),
                )
            }
        };
        events.push((at, line));
        for alarm in alarms.iter().filter(|alarm| is_behind(waiting, alarm, project)) {
            events.push((
                alarm.since,
                format!("held up ({}): {}", alarm.subject, alarm.reason),
            ));
        }
    }
    for errand in &story.errands {
        let launch = name(names, errand.launch);
        let said = errand
            .said
            .as_ref()
            .map(|said| format!(": {said}"))
            .unwrap_or_default();
        let times = output::counted(u64::from(errand.attempts), "attempt", "attempts");
        let next = match errand.state {
            ErrandState::Due => format!(", next {}", output::time(errand.at)),
            ErrandState::Done | ErrandState::GivenUp => format!(" {}", output::time(errand.at)),
        };
        let state = errand.state.word();
        let what = output::one_line(&errand.what);
        let line = format!("call ({launch}): {what}\n{state}{next}{said} ({times})");
        events.push((errand.written_at, line));
    }
    for change in &story.lists {
        events.push((change.at, change_line(change, names)));
    }
    for beginning in &story.happened {
        events.push((beginning.happening.at, beginning_line(beginning, names, now)));
    }
    events.extend(events::lines(story, names, steps));
    events.extend(had::lines(story, names));
    for notice in &story.notices {
        let (launch, to) = (name(names, notice.launch), &notice.inbox);
        let text = output::one_line(&notice.text);
        events.push((
            notice.at,
            format!(
                "note to {to} ({launch}): {text}{}",
                handed_on(went.of_notice(notice))
            ),
        ));
    }
    if let Some((reason, at, evidence)) = &story.suppression {
        let evidence = output::one_line(evidence);
        events.push((
            *at,
            format!("texted no more, in the whole project ({reason}: {evidence:?})"),
        ));
    }
    if events.is_empty() {
        return format!("{phone}: nothing is known of this number; it was in no launch of this project");
    }
    events.sort_by_key(|(at, _)| *at);
    let lines = events.iter().flat_map(|(at, event)| {
        let time = format!("  {}  ", output::time(*at));
        let heads = std::iter::once(time.as_str()).chain(std::iter::repeat(INDENT));
        let lines = event
            .lines()
            .zip(heads)
            .map(|(line, head)| output::folded(&format!("{head}{line}"), INDENT));
        lines.collect::<Vec<_>>()
    });
    let now = had::now(story).map(|now| output::folded(&format!("  now {now}"), INDENT));
    let lines: Vec<String> = now.into_iter().chain(lines).collect();
    format!("{phone}\n{}", lines.join("\n"))
}

/// Somebody joined a list or left it, with what is known of how.
fn change_line(change: &ListChange, names: &Names) -> String {
    let did = if change.joined { "joined" } else { "left" };
    let by = match (change.how, change.launch) {
        (ListHow::Step, Some(launch)) => format!("by a step of {}", name(names, launch)),
        (ListHow::Step, None) => "by a step".to_owned(),
        (ListHow::Keyword, _) => "by its word".to_owned(),
        (ListHow::OptOut, _) => "by an opt-out".to_owned(),
    };
    let said = change.said.as_deref().map(output::one_line);
    let said = said.map(|said| format!("; wrote {said:?}")).unwrap_or_default();
    let message = change
        .message
        .map(|message| format!("; the last text was message {message}"));
    format!(
        "{did} the list {}, {by}{said}{}",
        change.list,
        message.unwrap_or_default()
    )
}

/// What happened, and what it began.
fn beginning_line(beginning: &Beginning, names: &Names, now: DateTime<Utc>) -> String {
    let fields = carried(&beginning.happening.fields);
    let what = match &beginning.happening.what {
        Happened::Event(name) => format!("event {name}{fields}"),
        Happened::Joined(list) => format!("joined the list {list}"),
        Happened::Started { campaign, by } => {
            format!("started in {campaign}, by a step of {}", name(names, *by))
        }
        Happened::Wrote(campaign) => format!("sent the word of {campaign}"),
    };
    let began = match &beginning.began {
        // Where the campaign begins at a time that is ahead.
        Began::Passage { launch, at, .. } if *at > now => {
            format!("enters {}, at {}", name(names, *launch), output::time(*at))
        }
        Began::Passage { launch, at, .. } => {
            format!("entered {}, {}", name(names, *launch), output::time(*at))
        }
        Began::Nothing(reason, _) => format!("did not enter {}: {reason}", beginning.campaign),
        Began::Later => {
            let until = until(&beginning.campaign, names);
            output::trigger::waits(&beginning.campaign, until)
        }
    };
    format!("{what}\n{began}")
}

/// What something that happened carries.
fn carried(fields: &[(String, String)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    match fields.is_empty() {
        true => String::new(),
        false => format!(" ({})", output::one_line(&fields.join(", "))),
    }
}

/// Where a reply or a note went, on a line of its own; nothing where nobody was to have it.
fn handed_on(went: &[KeptDelivery]) -> String {
    let lines = went.iter().map(|one| {
        format!(
            "\nto {}: {}",
            output::one_line(&one.inbox),
            inbox::told(std::slice::from_ref(one))
        )
    });
    lines.collect()
}

/// What somebody waits for who is still to enter a campaign.
fn until(campaign: &str, names: &Names) -> Until {
    let mut launches: Vec<&LaunchRow> = names.values().collect();
    launches.sort_by_key(|row| std::cmp::Reverse(row.id.0));
    Until::of(campaign, launches)
}

/// As wide as a time at the head of an event.
const INDENT: &str = "    ";

fn told(message: &PersonMessage) -> String {
    let reason = message
        .reason
        .as_ref()
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    let parts = output::counted(u64::from(message.parts), "part", "parts");
    // A later try left it in the state that an earlier one brought.
    let since = match message.state_at < message.sent_at {
        true => "since ",
        false => "",
    };
    let again = match message.resent {
        0 => String::new(),
        1 => "; sent once more, since nobody knew whether the first was taken".to_owned(),
        n => format!("; sent {n} times more, since nobody knew whether it was taken"),
    };
    format!(
        "{} {since}{}{reason} ({parts}, message {}){again}",
        message.state.word(),
        output::time(message.state_at),
        message.id
    )
}

fn as_json(
    phone: PhoneNumber,
    (story, went): (&PersonStory, &Went),
    (names, steps, waits): (&Names, &Steps, &[Option<WaitsFor>]),
    alarms: &[Alarm],
    project: &Project,
) -> serde_json::Value {
    let campaign = |launch: &LaunchId| names.get(launch).map(|row| row.campaign.clone());
    let messages = story.messages.iter().map(|message| {
        json!({
            "id": message.id.0,
            "campaign": campaign(&message.launch),
            "launch": message.launch.0,
            "kind": message.kind.word(),
            "step": message.step,
            "sender": message.sender,
            "state": message.state.word(),
            "parts": message.parts,
            "attempts": message.attempts,
            "sent_once_more": message.resent,
            "sent_at": message.sent_at,
            "state_at": message.state_at,
            "reason": message.reason,
            "text": message.text,
        })
    });
    let left_out = story.left_out.iter().map(|(launch, row, reason, at)| {
        let (file, line) = place(names, *launch, *row).unzip();
        json!({
            "campaign": campaign(launch), "launch": launch.0, "file": file, "line": line,
            "reason": reason.code(), "at": at,
        })
    });
    let skipped = story.skipped.iter().map(|skipped| {
        json!({
            "campaign": campaign(&skipped.launch), "launch": skipped.launch.0, "step": skipped.step,
            "reason": skipped.reason.code(), "at": skipped.at,
        })
    });
    let waiting = story.waiting.iter().zip(waits).map(|(waiting, waits)| {
        let behind = alarms.iter().filter(|alarm| is_behind(waiting, alarm, project));
        let held_up_by = behind.map(|alarm| {
            json!({
                "subject": alarm.subject, "reason": alarm.reason, "since": alarm.since, "retry_at": alarm.retry_at,
            })
        });
        json!({
            "campaign": campaign(&waiting.launch), "launch": waiting.launch.0, "step": waiting.step,
            "due_at": waiting.due_at, "under_way": waiting.under_way, "cancelled_at": waiting.cancelled_at,
            "waits_for": waits.map(WaitsFor::code), "held_up_by": held_up_by.collect::<Vec<_>>(),
        })
    });
    let [tags, values, past] = had::as_json(story, names);
    json!({
        "format_version": output::FORMAT_VERSION,
        "phone": phone.to_string(),
        "tags": tags,
        "values": values,
        "past": past,
        "suppressed": story.suppression.as_ref().map(|(reason, at, evidence)| {
            json!({ "reason": reason, "at": at, "evidence": evidence })
        }),
        "messages": messages.collect::<Vec<_>>(),
        "replies": story.replies.iter().map(|reply| inbox::with(inbox::as_json(reply), went.of_reply(reply))).collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
        "passed_over": skipped.collect::<Vec<_>>(),
        "ended": story.ends.iter().map(|(launch, reason, at)| json!({
            "campaign": campaign(launch), "launch": launch.0, "reason": reason, "at": at,
        })).collect::<Vec<_>>(),
        "goals": story.goals.iter().map(|(launch, at)| json!({
            "campaign": campaign(launch), "launch": launch.0, "at": at,
        })).collect::<Vec<_>>(),
        "waiting": waiting.collect::<Vec<_>>(),
        "calls": story.errands.iter().map(|errand| json!({
            "campaign": campaign(&errand.launch), "launch": errand.launch.0, "what": errand.what,
            "state": errand.state.word(), "attempts": errand.attempts, "written_at": errand.written_at, "at": errand.at,
            "said": errand.said,
        })).collect::<Vec<_>>(),
        "lists": story.lists.iter().map(|change| json!({
            "list": change.list, "joined": change.joined, "how": change.how.code(), "at": change.at,
            "campaign": change.launch.as_ref().and_then(campaign), "launch": change.launch.map(|launch| launch.0),
            "said": change.said, "message": change.message.map(|message| message.0),
        })).collect::<Vec<_>>(),
        "happened": story.happened.iter().map(|one| beginning_json(one, names)).collect::<Vec<_>>(),
        "events": events::as_json(story, names, steps),
        "notes": story.notices.iter().map(|notice| inbox::with(inbox::notice_json(notice), went.of_notice(notice))).collect::<Vec<_>>(),
    })
}

fn beginning_json(beginning: &Beginning, names: &Names) -> serde_json::Value {
    let happening = &beginning.happening;
    let fields: serde_json::Map<_, _> = happening
        .fields
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let (kind, what) = match &happening.what {
        Happened::Event(name) => ("event", name),
        Happened::Joined(list) => ("joined", list),
        Happened::Started { campaign, .. } => ("started", campaign),
        Happened::Wrote(campaign) => ("keyword", campaign),
    };
    let (launch, reason) = match &beginning.began {
        Began::Passage { launch, .. } => (Some(launch.0), None),
        Began::Nothing(reason, _) => (None, Some(reason.code())),
        Began::Later if until(&beginning.campaign, names) == Until::Never => {
            (None, Some(LeftOut::Cancelled.code()))
        }
        Began::Later => (None, None),
    };
    let by = match &happening.what {
        Happened::Started { by, .. } => Some(by.0),
        Happened::Event(_) | Happened::Joined(_) | Happened::Wrote(_) => None,
    };
    json!({
        "kind": kind, "name": what, "fields": fields, "at": happening.at, "campaign": beginning.campaign, "by": by,
        "launch": launch, "not_entered": reason, "waits": beginning.began == Began::Later && reason.is_none(),
    })
}
