//! A `crier run` that runs: injured by signals, watched for its memory, waited for.

use std::io::{Read, Seek};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How often a process is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// A process of ours; killed when it is dropped.
pub struct Run {
    child: Child,
    said: std::fs::File,
    ended: Option<ExitStatus>,
    /// The most memory it had at once, in KiB, as far as the system says.
    pub peak_kib: u64,
}

impl Run {
    /// Starts it. What it prints is kept.
    pub fn start(mut command: Command) -> Run {
        let said = tempfile::tempfile().expect("a file");
        let both = || said.try_clone().expect("a file");
        command
            .stdout(both())
            .stderr(both())
            .stdin(std::process::Stdio::null());
        Run {
            child: command.spawn().expect("crier starts"),
            said,
            ended: None,
            peak_kib: 0,
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.peak_kib = self.peak_kib.max(peak_kib(self.child.id()));
            self.ended = self.child.try_wait().expect("our child");
        }
        self.ended
    }

    /// Waits so long; says whether it ended meanwhile.
    pub async fn ends_within(&mut self, wait: Duration) -> bool {
        let deadline = Instant::now() + wait;
        while self.ended().is_none() && Instant::now() < deadline {
            tokio::time::sleep(LOOK).await;
        }
        self.ended.is_some()
    }

    /// Waits for its end, and gives the exit code as a shell tells it; none after a kill.
    ///
    /// # Panics
    /// When it takes longer.
    pub async fn ended_within(&mut self, patience: Duration) -> Option<i32> {
        if !self.ends_within(patience).await {
            self.kill().await;
            panic!(
                "crier had not ended after {patience:?}, and said:\n{}",
                self.said()
            );
        }
        self.code()
    }

    /// The exit code as a shell tells it; none while it runs and after a kill. A process that is interrupted before it
    /// listens for that (on a slow machine) is ended by the system, and a shell calls that 130 too.
    pub fn code(&self) -> Option<i32> {
        let status = self.ended?;
        let interrupted = status.signal() == Some(Signal::INT.as_raw());
        status.code().or(interrupted.then_some(130))
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.signal(Signal::KILL);
        // Nobody can refuse that one.
        while self.ended().is_none() {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// A signal; nothing where it has ended.
    pub fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            let pid = Pid::from_child(&self.child);
            kill_process(pid, signal).expect("our child, which is not waited for yet");
        }
    }

    /// The end of what it printed, on stdout and stderr.
    pub fn said(&mut self) -> String {
        let mut said = vec![];
        self.said.rewind().expect("a file");
        self.said.read_to_end(&mut said).expect("a file");
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.ended.is_none() {
            // It may have ended already.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// `VmHWM` of /proc; zero where there is none.
fn peak_kib(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
