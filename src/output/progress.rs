//! How far a run is: a bar on a terminal, a line a second elsewhere. On stderr.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use engine::execute::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{number, say, time};

/// Shows the progress of an execution.
pub struct Shown {
    /// None where it depends on what people do.
    total: Option<u64>,
    bar: Option<ProgressBar>,
    said_at: Option<Instant>,
    last: Option<String>,
    paused: bool,
}

impl Shown {
    /// For so many messages; none: as many as it takes.
    pub fn new(total: Option<u64>) -> Shown {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
            let template = match total {
                Some(_) => "{bar:24} {pos}/{len}  {msg}",
                None => "{spinner} {pos}  {msg}",
            };
            let style = ProgressStyle::with_template(template);
            bar.set_style(style.expect("the template is fixed").progress_chars("=> "));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Shown {
            total,
            bar,
            said_at: None,
            last: None,
            paused: false,
        }
    }

    /// Shows it, if it is time.
    pub fn update(&mut self, progress: &Progress) {
        self.say_pause(progress);
        let message = message(progress);
        match &self.bar {
            Some(bar) => {
                bar.set_position(
                    (progress.accepted + progress.rejected + progress.in_doubt)
                        .min(self.total.unwrap_or(u64::MAX)),
                );
                bar.set_message(message);
            }
            None => self.line(progress, message),
        }
    }

    fn line(&mut self, progress: &Progress, message: String) {
        let due = self
            .said_at
            .is_none_or(|at| at.elapsed() >= Duration::from_secs(1));
        let of = self
            .total
            .map_or(String::new(), |total| format!(" of {}", number(total)));
        let line = format!("{}{of}  {message}", number(progress.accepted));
        // What did not change is not said again.
        if due && self.last.as_ref() != Some(&line) {
            say(&line);
            self.said_at = Some(Instant::now());
            self.last = Some(line);
        }
    }

    fn say_pause(&mut self, progress: &Progress) {
        if progress.paused == self.paused {
            return;
        }
        self.paused = progress.paused;
        let sentence = if self.paused {
            "paused: waiting for `crier resume`"
        } else {
            "resumed"
        };
        match &self.bar {
            Some(bar) => bar.println(sentence),
            None => say(sentence),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn message(progress: &Progress) -> String {
    if let Some(at) = progress.shut_until {
        return format!(
            "nothing is taken now (`crier status` says why); tried again at {}",
            time(at)
        );
    }
    if let Some(due) = progress.next_due {
        return format!("waiting until {}", time(due));
    }
    let mut pieces = vec![
        format!("receipts {}", number(progress.receipts)),
        format!("replies {}", number(progress.replies)),
    ];
    for (what, n) in [("rejected", progress.rejected), ("in doubt", progress.in_doubt)] {
        if n > 0 {
            pieces.push(format!("{what} {}", number(n)));
        }
    }
    pieces.join("  ")
}
