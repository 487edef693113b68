//! `crier dead`: the messages of a campaign that were given up; and has them tried again.

use std::process::ExitCode;

use anyhow::anyhow;
use engine::clock::{Clock, SystemClock};
use engine::ids::MessageId;
use engine::store::{Access, DeadLetter, LaunchRow, LaunchState, Store};
use serde_json::json;
use sms::PhoneNumber;

use super::{Failure, named_campaign, number_typed, open_store};
use crate::cli::{Dead, Format};
use crate::output::{self, counted, time};

/// Letters that are shown.
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
    let Some(launch) = store.launches(Some(&campaign)).await?.into_iter().next() else {
        return Err(Failure::Usage(anyhow!(
            "{campaign} was never launched from this project; see `crier status`"
        )));
    };
    if args.retry {
        retry(args, &store, &launch, of).await
    } else {
        list(args, &store, &launch, of).await
    }
}

async fn list(
    args: &Dead,
    store: &Store,
    launch: &LaunchRow,
    of: Option<PhoneNumber>,
) -> Result<ExitCode, Failure> {
    let all = store.dead_count(launch.id).await?;
    let letters = store.dead_letters(launch.id, of, MessageId(0), SHOWN).await?;
    match args.format {
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "campaign": launch.campaign,
            "launch": launch.id.0,
            "dead_letters": all,
            "shown": letters.iter().map(letter_json).collect::<Vec<_>>(),
        })),
        Format::Full => {
            let n = counted(all, "message", "messages");
            let shown = of.map_or(String::new(), |of| format!(", {} to {of}", letters.len()));
            output::line(&format!(
                "launch {} of {}: {n} given up{shown}",
                launch.id, launch.campaign
            ));
            letters
                .iter()
                .for_each(|letter| output::line(&letter_line(letter)));
            if !letters.is_empty() {
                let of = of.map_or(String::new(), |of| format!(" --phone {of}"));
                output::line(&format!(
                    "\nonce the cause is mended: `crier dead {}{of} --retry`, then `crier run` of its file",
                    launch.campaign
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

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
        Format::Full => output::line(&format!(
            "{} and {} that were set aside go again with the next `crier run` of {}",
            counted(retried, "message", "messages"),
            counted(taken_up, "person", "people"),
            launch.campaign
        )),
    }
    Ok(ExitCode::SUCCESS)
}

fn letter_line(letter: &DeadLetter) -> String {
    let line = format!(
        "  {}  message {}, step {}, {}: {}",
        letter.member.phone,
        letter.message,
        letter.place.step + 1,
        time(letter.at),
        letter.reason
    );
    output::folded(&line, "    ")
}

fn letter_json(letter: &DeadLetter) -> serde_json::Value {
    json!({
        "phone": letter.member.phone.to_string(), "message": letter.message.0, "step": letter.place.step,
        "sender": letter.sender, "reason": letter.reason, "at": letter.at,
    })
}
