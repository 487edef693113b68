//! Halts a launch of which more is refused, does not arrive or opts out than its campaign allows.

use super::launched::Launched;
use super::{Executor, Step};
use crate::halt::{ENOUGH, Tally, halts};
use crate::ids::LaunchId;
use crate::store::{Alarm, LaunchState, launch_subject};

impl Executor {
    /// Halts the launches of which what came back passes a share that their campaigns allow.
    pub(super) fn halt_if_passed(&mut self) {
        let living: Vec<LaunchId> = self.living().collect();
        for id in living {
            self.halt_after(id, ENOUGH);
        }
    }

    /// The same of one launch once there were so many messages; whether it is halted now.
    pub(super) fn halt_after(&mut self, id: LaunchId, enough: u64) -> bool {
        let launched = self.of(id);
        if launched.state != LaunchState::Running {
            return false;
        }
        let halt = &launched.revision.campaign.limits.halt;
        let before = launched.row.halt_tally;
        let Some(reason) = before.and_then(|before| halts(halt, launched.tally(), before, enough)) else {
            return false;
        };
        tracing::warn!(launch.id = id.0, reason, "launch halted");
        let alarm = Alarm {
            subject: launch_subject(id),
            reason: format!(
                "{reason}; what was under way came in besides: look into it, then `crier resume {name}` or `crier cancel {name}`",
                name = launched.row.campaign
            ),
            since: self.clock.now(),
            retry_at: None,
        };
        self.changed(id, LaunchState::Halted);
        self.of_mut(id).halting = true;
        let store = self.store.clone();
        self.deed(id, async move {
            store.halt(id, alarm).await?;
            Ok(Step::Halted(id, store.launch_state(id).await?))
        });
        true
    }

    /// Somebody resumed it after a halt, and knew what it had come to by then.
    pub(super) fn count_from_here(&mut self, id: LaunchId) {
        let launched = self.of_mut(id);
        let tally = launched.tally();
        launched.row.halt_tally = Some(tally);
        let store = self.store.clone();
        self.deed(id, async move {
            store.set_halt_tally(id, tally).await?;
            Ok(Step::Noted)
        });
    }
}

impl Launched {
    fn tally(&self) -> Tally {
        Tally {
            taken: self.progress.accepted,
            refused: self.progress.rejected,
            undelivered: self.progress.undelivered,
            opt_outs: self.progress.opt_outs,
        }
    }
}
