//! What a cancelled launch left in doubt is settled before anybody is texted anew: by the look-ups that are still to come, for
//! as long as receipts are awaited. Where nothing is left, or the provider cannot be asked, it takes no time.

use chrono::TimeDelta;
use engine::execute::{End, Executions, Launching, Told, execute_all, feed};
use engine::store::LaunchRow;

use super::{Failure, Running, ended};
use crate::output::{self, counted, number, span};

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// Nothing more is to be looked up, or patience is over.
    Over,
    /// Somebody stopped it.
    Interrupted,
}

pub(super) async fn settle(running: &Running<'_>, cancelled: &LaunchRow) -> Result<Settled, Failure> {
    let totals = running.store.totals(cancelled.id).await?;
    let doubts = totals.asked + totals.answers_asked + totals.under_way;
    if doubts == 0 {
        return Ok(Settled::Over);
    }
    let what = format!("launch {} of {}", cancelled.id, cancelled.campaign);
    let patience = TimeDelta::from_std(running.args.receipts).unwrap_or(TimeDelta::MAX);
    output::say(&format!(
        "{what} was cancelled with {} in doubt: that is settled before anybody is texted anew, in {} at most (`--receipts`)",
        counted(doubts, "text", "texts"),
        span(patience)
    ));
    if execute_it(running, cancelled).await? == End::Interrupted {
        return Ok(Settled::Interrupted);
    }
    let totals = running.store.totals(cancelled.id).await?;
    output::say(&match totals.unknown() {
        0 => format!("{what}: nothing of it is in doubt any more"),
        left => format!(
            "{what}: {} in doubt, as `crier status {}` says; a receipt still settles that",
            match left {
                1 => "one text stays".to_owned(),
                left => format!("{} texts stay", number(left)),
            },
            cancelled.campaign
        ),
    });
    Ok(Settled::Over)
}

/// Looks up what is to be looked up of it.
async fn execute_it(running: &Running<'_>, cancelled: &LaunchRow) -> Result<End, Failure> {
    let (adder, launches) = feed();
    let launching = Launching {
        only_settles: true,
        ..running.launching(cancelled).await?
    };
    // The other end is at hand.
    let _ = adder.add(launching);
    drop(adder);
    let executions = Executions {
        store: running.store.clone(),
        clock: running.clock.clone(),
        launches,
        // The launch that comes after delivers.
        courier: None,
        stop: running.stop.clone(),
    };
    ended(async move {
        let mut end = End::Interrupted;
        execute_all(executions, &mut |told| {
            if let Told::Ended(_, ended) = told {
                end = ended;
            }
        })
        .await?;
        Ok(end)
    })
    .await
}
