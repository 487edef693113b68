//! Halts a launch of which more is refused, does not arrive or opts out than its campaign allows.

use super::{Executor, Step};
use crate::halt::{Tally, halts};
use crate::store::{Alarm, LaunchState, launch_subject};

impl Executor {
    /// Halts the launch where what came back passes a share that its campaign allows.
    pub(super) fn halt_if_passed(&mut self) {
        if self.state != LaunchState::Running {
            return;
        }
        let tally = Tally {
            taken: self.progress.accepted,
            refused: self.progress.rejected,
            undelivered: self.progress.undelivered,
            opt_outs: self.progress.opt_outs,
        };
        let halt = &self.revision.campaign.limits.halt;
        let Some(reason) = halts(halt, tally, self.launch.halt_tally) else {
            return;
        };
        tracing::warn!(launch.id = self.launch.id.0, reason, "launch halted");
        self.changed(LaunchState::Halted);
        self.halting = true;
        self.launch.halt_tally = tally;
        let alarm = Alarm {
            subject: launch_subject(self.launch.id),
            reason: format!(
                "{reason}: look into it, then `crier resume {name}` or `crier cancel {name}`",
                name = self.launch.campaign
            ),
            since: self.clock.now(),
            retry_at: None,
        };
        let (store, launch) = (self.store.clone(), self.launch.id);
        self.work.deed(async move {
            store.halt(launch, tally, alarm).await?;
            Ok(Step::Halted(store.launch_state(launch).await?))
        });
    }
}
