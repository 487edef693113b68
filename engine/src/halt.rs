//! When a launch is halted: shares of what it has come to, held against those that its campaign allows. Pure.

use dsl::campaign::Halt;
use dsl::scalar::Share;
use serde::{Deserialize, Serialize};

/// So many messages are waited for, before a share says anything.
pub const ENOUGH: u64 = 100;

/// What a launch has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Messages that providers took.
    pub taken: u64,
    /// Messages that were refused for ever or given up.
    pub refused: u64,
    /// Messages that were taken and did not arrive.
    pub undelivered: u64,
    /// People who opted out.
    pub opt_outs: u64,
}

impl Tally {
    /// What came after an earlier one.
    fn since(self, before: Tally) -> Tally {
        Tally {
            taken: self.taken.saturating_sub(before.taken),
            refused: self.refused.saturating_sub(before.refused),
            undelivered: self.undelivered.saturating_sub(before.undelivered),
            opt_outs: self.opt_outs.saturating_sub(before.opt_outs),
        }
    }
}

/// Why a launch is to be halted; none: it goes on, or there were not `enough` messages yet. What it had come to when it was
/// resumed `before` is not held against it once more: whoever resumed it knew.
pub fn halts(halt: &Halt, tally: Tally, before: Tally, enough: u64) -> Option<String> {
    let tally = tally.since(before);
    let all = tally.taken + tally.refused;
    if all < enough {
        return None;
    }
    let shares = [
        (
            halt.opt_outs,
            tally.opt_outs,
            tally.taken,
            "texted opted out",
            "opt_outs",
        ),
        (
            halt.failures,
            tally.refused,
            all,
            "messages were refused",
            "failures",
        ),
        (
            halt.undelivered,
            tally.undelivered,
            tally.taken,
            "messages did not arrive",
            "undelivered",
        ),
    ];
    shares.into_iter().find_map(|(most, n, of, what, key)| {
        let most = most.filter(|most| passes(n, of, *most))?;
        Some(format!(
            "{n} of {of} {what}, more than {most} (`limits.halt.{key}`)"
        ))
    })
}

fn passes(n: u64, of: u64, most: Share) -> bool {
    n as f64 > most.0 * of as f64
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_share_that_is_passed_halts_after_a_hundred_messages() {
        let halt = Halt {
            opt_outs: Some(Share(0.02)),
            failures: Some(Share(0.1)),
            undelivered: Some(Share(0.5)),
        };
        let tally = |[taken, refused, undelivered, opt_outs]: [u64; 4]| Tally {
            taken,
            refused,
            undelivered,
            opt_outs,
        };
        let table = [
            ([99, 0, 0, 99], [0; 4]),
            ([100, 0, 0, 2], [0; 4]),
            ([100, 0, 0, 3], [0; 4]),
            ([90, 10, 0, 0], [0; 4]),
            ([89, 11, 0, 0], [0; 4]),
            ([100, 0, 51, 0], [0; 4]),
            ([0, 100, 0, 0], [0; 4]),
            ([199, 0, 0, 9], [100, 0, 0, 3]),
            ([200, 0, 0, 5], [100, 0, 0, 3]),
            ([200, 0, 0, 6], [100, 0, 0, 3]),
        ];
        let lines = table.map(|(now, before)| {
            let told =
                halts(&halt, tally(now), tally(before), ENOUGH).unwrap_or_else(|| "goes on".to_owned());
            format!("{now:?} since {before:?}: {told}\n")
        });
        expect![[r#"
            [99, 0, 0, 99] since [0, 0, 0, 0]: goes on
            [100, 0, 0, 2] since [0, 0, 0, 0]: goes on
            [100, 0, 0, 3] since [0, 0, 0, 0]: 3 of 100 texted opted out, more than 2% (`limits.halt.opt_outs`)
            [90, 10, 0, 0] since [0, 0, 0, 0]: goes on
            [89, 11, 0, 0] since [0, 0, 0, 0]: 11 of 100 messages were refused, more than 10% (`limits.halt.failures`)
            [100, 0, 51, 0] since [0, 0, 0, 0]: 51 of 100 messages did not arrive, more than 50% (`limits.halt.undelivered`)
            [0, 100, 0, 0] since [0, 0, 0, 0]: 100 of 100 messages were refused, more than 10% (`limits.halt.failures`)
            [199, 0, 0, 9] since [100, 0, 0, 3]: goes on
            [200, 0, 0, 5] since [100, 0, 0, 3]: goes on
            [200, 0, 0, 6] since [100, 0, 0, 3]: 3 of 100 texted opted out, more than 2% (`limits.halt.opt_outs`)
        "#]].assert_eq(&lines.concat());
        assert_eq!(
            halts(
                &Halt::default(),
                tally([100, 100, 100, 100]),
                tally([0; 4]),
                ENOUGH
            ),
            None
        );
    }
}
