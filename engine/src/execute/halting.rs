//! Halts a launch of which more is refused, does not arrive or opts out than its campaign allows.

use super::{Executor, Step};
use crate::halt::{ENOUGH, Tally, halts};
use crate::store::{Alarm, LaunchState, launch_subject};

impl Executor {
    /// Halts the launch where what came back passes a share that its campaign allows.
    pub(super) fn halt_if_passed(&mut self) {
        self.halt_after(ENOUGH);
    }

    /// The same once there were so many messages; whether it is halted now.
    pub(super) fn halt_after(&mut self, enough: u64) -> bool {
        if self.state != LaunchState::Running {
            return false;
        }
        let halt = &self.revision.campaign.limits.halt;
        let before = self.launch.halt_tally;
        let Some(reason) = before.and_then(|before| halts(halt, self.tally(), before, enough)) else {
            return false;
        };
        tracing::warn!(launch.id = self.launch.id.0, reason, "launch halted");
        self.changed(LaunchState::Halted);
        self.halting = true;
        let alarm = Alarm {
            subject: launch_subject(self.launch.id),
            reason: format!(
                "{reason}; what was under way came in besides: look into it, then `crier resume {name}` or `crier cancel {name}`",
                name = self.launch.campaign
            ),
            since: self.clock.now(),
            retry_at: None,
        };
        let (store, launch) = (self.store.clone(), self.launch.id);
        self.work.deed(async move {
            store.halt(launch, alarm).await?;
            Ok(Step::Halted(store.launch_state(launch).await?))
        });
        true
    }

    /// Somebody resumed it after a halt, and knew what it had come to by then.
    pub(super) fn count_from_here(&mut self) {
        let tally = self.tally();
        self.launch.halt_tally = Some(tally);
        let (store, launch) = (self.store.clone(), self.launch.id);
        self.work.deed(async move {
            store.set_halt_tally(launch, tally).await?;
            Ok(Step::Noted)
        });
    }

    fn tally(&self) -> Tally {
        Tally {
            taken: self.progress.accepted,
            refused: self.progress.rejected,
            undelivered: self.progress.undelivered,
            opt_outs: self.progress.opt_outs,
        }
    }
}
