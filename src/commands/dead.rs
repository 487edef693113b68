//! `crier dead`: the messages of a campaign that were given up; and has them tried again.

use std::process::ExitCode;

use anyhow::anyhow;
use engine::clock::{Clock, SystemClock};
use engine::ids::MessageId;
use engine::store::{Access, DeadLetter, LaunchRow, LaunchState, Store, TextKind};
use serde_json::json;
use sms::PhoneNumber;

use super::steps::Steps;
use super::{Failure, named_campaign, number_typed, open_store};
use crate::cli::{Dead, Format};
use crate::output::{self, counted, time};

/// Letters of a launch that are shown.
const SHOWN: u32 = 1_000;

pub(super) async fn run(args: &Dead) -> Result<ExitCode, Failure> {
    let (campaign, project) = named_campaign(&args.campaign, &args.place, args.format)?;
    let of = args
        .phone
        .as_ref()
        .map(|typed| number_typed(typed, &project))
        .transpose()?;
    let access = if args.retry { Access::Execute } else { Access::Read };
    let store = open_store(&project, access).await?;
    let launches = store.launches(Some(&campaign)).await?;
    let Some(latest) = launches.first() else {
        return Err(Failure::Usage(anyhow!(
            "{campaign} was never launched from this project; see `crier status`"
        )));
    };
    if args.retry {
        retry(args, &store, latest, of).await
    } else {
        list(args, &store, &launches, of).await
    }
}

/// What was given up of a launch.
struct Letters<'a> {
    launch: &'a LaunchRow,
    /// How many, to whomever.
    all: u64,
    /// Those that are shown.
    shown: Vec<DeadLetter>,
}

/// Lists those of the latest launch, and of each earlier one that has some.
async fn list(
    args: &Dead,
    store: &Store,
    launches: &[LaunchRow],
    of: Option<PhoneNumber>,
) -> Result<ExitCode, Failure> {
    let mut lists = vec![];
    for (at, launch) in launches.iter().enumerate() {
        let all = store.dead_count(launch.id).await?;
        let shown = store.dead_letters(launch.id, of, MessageId(0), SHOWN).await?;
        if at == 0 || all > 0 {
            lists.push(Letters { launch, all, shown });
        }
    }
    match args.format {
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "campaign": launches[0].campaign,
            "launches": lists.iter().map(Letters::json).collect::<Vec<_>>(),
        })),
        Format::Full => {
            let steps = Steps::of(store, lists.iter().map(|letters| letters.launch)).await?;
            let texts: Vec<String> = lists.iter().map(|letters| letters.text(of, &steps)).collect();
            output::line(&texts.join("\n\n"));
            if !lists[0].shown.is_empty() {
                output::line(&format!("\n{}", hint(lists[0].launch, of)));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Letters<'_> {
    fn text(&self, of: Option<PhoneNumber>, steps: &Steps) -> String {
        let n = counted(self.all, "message", "messages");
        let to = of.map_or(String::new(), |of| format!(", {} to {of}", self.shown.len()));
        let head = format!(
            "launch {} of {}: {n} given up{to}",
            self.launch.id, self.launch.campaign
        );
        let lines = self.shown.iter().map(|letter| letter_line(letter, steps));
        let lines = std::iter::once(head).chain(lines);
        lines.collect::<Vec<_>>().join("\n")
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "launch": self.launch.id.0,
            "dead_letters": self.all,
            "shown": self.shown.iter().map(letter_json).collect::<Vec<_>>(),
        })
    }
}

/// How those of the latest launch can go after all.
fn hint(latest: &LaunchRow, of: Option<PhoneNumber>) -> String {
    if latest.state == LaunchState::Cancelled {
        return "it was cancelled: these go no more".to_owned();
    }
    let of = of.map_or(String::new(), |of| format!(" --phone {of}"));
    format!(
        "once the cause is mended: `crier dead {}{of} --retry`, then `crier run` of its file",
        latest.campaign
    )
}

/// Has those of the latest launch tried again: an earlier one is over for good.
async fn retry(
    args: &Dead,
    store: &Store,
    launch: &LaunchRow,
    of: Option<PhoneNumber>,
) -> Result<ExitCode, Failure> {
    if launch.state == LaunchState::Cancelled {
        return Err(Failure::Found(Some(anyhow!(
            "launch {} of {} was cancelled, and nothing of it is sent any more; `crier run --again` makes a new launch",
            launch.id,
            launch.campaign
        ))));
    }
    let retried = store.retry_dead(launch.id, of, SystemClock::new().now()).await?;
    // Whole cohorts that were set aside have no numbers to choose from.
    let taken_up = if of.is_none() {
        store.take_up_set_aside(launch.id).await?
    } else {
        0
    };
    match args.format {
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "campaign": launch.campaign,
            "launch": launch.id.0,
            "retried": retried,
            "taken_up": taken_up,
        })),
        Format::Full => output::line(&retry_line(launch, of, retried, taken_up)),
    }
    Ok(ExitCode::SUCCESS)
}

fn retry_line(launch: &LaunchRow, of: Option<PhoneNumber>, retried: u64, taken_up: u64) -> String {
    let set_aside = match taken_up {
        0 => None,
        n => Some(format!("{} that were set aside", counted(n, "person", "people"))),
    };
    let given_up = match retried {
        0 => None,
        n => Some(counted(n, "message", "messages")),
    };
    let going: Vec<String> = given_up.into_iter().chain(set_aside).collect();
    if going.is_empty() {
        let to = of.map_or(String::new(), |of| format!(" to {of}"));
        return format!(
            "nothing{to} of launch {} of {} was given up: there is nothing to try again",
            launch.id, launch.campaign
        );
    }
    format!(
        "{} will go again with the next `crier run` of {}",
        going.join(" and "),
        launch.campaign
    )
}

fn letter_line(letter: &DeadLetter, steps: &Steps) -> String {
    let what = match TextKind::of(letter.kind, letter.run) {
        TextKind::Step => steps.name(letter.launch, letter.place.step),
        TextKind::Answer => "an answer to a reply".to_owned(),
        TextKind::Desk => "for the phone of an inbox".to_owned(),
    };
    let line = format!(
        "  {}  message {}, {what}, {}: {}",
        letter.member.phone,
        letter.message,
        time(letter.at),
        letter.reason
    );
    output::folded(&line, "    ")
}

fn letter_json(letter: &DeadLetter) -> serde_json::Value {
    let kind = TextKind::of(letter.kind, letter.run).word();
    json!({
        "phone": letter.member.phone.to_string(), "message": letter.message.0, "kind": kind, "step": letter.place.step,
        "sender": letter.sender, "reason": letter.reason, "at": letter.at,
    })
}
