//! A breaker: stops what goes through a provider account, or from a sender, while that takes nothing; then lets one text
//! through to find out, and more and more once that is taken. Pure: the time is handed in.

use std::time::Duration;

/// So many requests in a row without a word on what became of them open it.
const SILENT_REQUESTS: u32 = 5;
/// So many requests in a row of which nothing was taken open it: one now and then is no outage.
const AWAY_REQUESTS: u32 = 3;
/// The first pause; it doubles with each that follows.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The first pause of what a person must mend, such as an account without credit.
const FIRST_STOP: Duration = Duration::from_secs(15);
/// The longest pause of that kind.
const LONGEST_STOP: Duration = Duration::from_secs(300);
/// The longest that a provider may ask us to wait.
const LONGEST_ASKED: Duration = Duration::from_secs(3_600);

/// What a breaker is told of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It works.
    Works,
    /// There was no word on what became of the request.
    Silent,
    /// It could not take the request: nothing was taken.
    Away,
    /// It is stopped until a person mends it: nothing was taken.
    Stopped,
    /// It asks to slow down, for so long if it said so.
    SlowDown(Option<Duration>),
}

/// One breaker. Closed when made.
#[derive(Debug, Clone, Default)]
pub struct Breaker {
    /// Silent requests in a row.
    silent: u32,
    /// Requests in a row that could not be taken.
    away: u32,
    /// Pauses in a row.
    pauses: u32,
    /// Nothing goes through before.
    open_until: Duration,
    /// Texts that may go through together, while it comes back; none: as many as there are.
    ramp: Option<usize>,
    /// What was let through to find out is under way.
    probing: bool,
}

impl Breaker {
    /// When something may go through again: now or earlier when it may.
    pub fn open_until(&self) -> Duration {
        self.open_until
    }

    /// Whether nothing may go through, because of a pause or because the answer of what was let through is awaited.
    pub fn is_shut(&self, now: Duration) -> bool {
        self.probing || now < self.open_until
    }

    /// How many texts may go through together; none: as many as there are.
    pub fn most(&self) -> Option<usize> {
        self.ramp
    }

    /// Texts are let through. While it comes back no others are until these are answered.
    pub fn let_through(&mut self) {
        self.probing = self.ramp.is_some();
    }

    /// What was let through did not go after all, or ended without a sign.
    pub fn never_mind(&mut self) {
        self.probing = false;
    }

    /// Takes a sign; says whether it is shut because of it.
    pub fn take(&mut self, sign: Sign, now: Duration) -> bool {
        match sign {
            Sign::Works => {
                self.probing = false;
                // Whatever else there is, these are none in a row any more.
                (self.silent, self.away) = (0, 0);
                // What was under way before a pause and is taken during it says nothing of what the pause is for.
                if now >= self.open_until {
                    self.works();
                }
                false
            }
            Sign::Silent => {
                self.silent += 1;
                self.fails(self.silent >= SILENT_REQUESTS, now)
            }
            Sign::Away => {
                self.away += 1;
                self.fails(self.away >= AWAY_REQUESTS, now)
            }
            Sign::Stopped => {
                self.pause(now, FIRST_STOP, LONGEST_STOP);
                true
            }
            Sign::SlowDown(asked) => {
                match asked {
                    Some(asked) => self.open_until = self.open_until.max(now + asked.min(LONGEST_ASKED)),
                    None => self.pause(now, jittered(FIRST_PAUSE, now), LONGEST_PAUSE),
                }
                self.probing = false;
                true
            }
        }
    }

    /// Twice as much as the last time may go through, until it is a window's worth.
    fn works(&mut self) {
        const ENOUGH: usize = 256;
        self.pauses = 0;
        self.ramp = self.ramp.map(|ramp| ramp * 2).filter(|ramp| *ramp < ENOUGH);
    }

    /// A request failed, and perhaps enough of them did. While it comes back one is enough.
    fn fails(&mut self, enough: bool, now: Duration) -> bool {
        let opens = enough || self.ramp.is_some();
        if opens {
            self.pause(now, FIRST_PAUSE, LONGEST_PAUSE);
        }
        opens
    }

    /// Requests that were under way together and meet the same outage count it once.
    fn pause(&mut self, now: Duration, first: Duration, longest: Duration) {
        if now >= self.open_until {
            let pause = first.saturating_mul(1 << self.pauses.min(16)).min(longest);
            self.open_until = now + pause;
            self.pauses = self.pauses.saturating_add(1);
        }
        self.probing = false;
        self.ramp = Some(1);
    }
}

/// Between one and two times as long, so that accounts that were slowed down together do not come back together. The
/// draw is a hash of the moment.
fn jittered(pause: Duration, now: Duration) -> Duration {
    let hash = blake3::hash(&now.as_nanos().to_le_bytes());
    pause + pause * u32::from(hash.as_bytes()[0]) / 255
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    /// Tells the signs, each at its second, and says after each until when it is open and how much goes through.
    fn story(signs: &[(u64, Sign)]) -> String {
        let mut breaker = Breaker::default();
        let told = signs.iter().map(|(at, sign)| {
            breaker.take(*sign, seconds(*at));
            let most = breaker.most().map_or("all".to_owned(), |most| most.to_string());
            format!("{}:{most}", breaker.open_until().as_secs())
        });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn pauses_grow_and_trust_comes_back_in_steps() {
        use Sign::{Away, Silent, SlowDown, Stopped, Works};
        let table: [(&[(u64, Sign)], &str); 10] = [
            (&[(0, Works)], "0:all"),
            (
                &[(0, Silent), (0, Silent), (0, Silent), (0, Silent), (0, Silent)],
                "0:all 0:all 0:all 0:all 1:1",
            ),
            (&[(0, Silent), (0, Works), (0, Silent)], "0:all 0:all 0:all"),
            (
                &[(0, Away), (0, Away), (0, Away), (0, Away), (1, Away), (3, Away)],
                "0:all 0:all 1:1 1:1 3:1 7:1",
            ),
            // One now and then is no outage.
            (
                &[
                    (0, Away),
                    (0, Away),
                    (0, Works),
                    (0, Away),
                    (0, Silent),
                    (0, Away),
                    (0, Works),
                ],
                "0:all 0:all 0:all 0:all 0:all 0:all 0:all",
            ),
            (
                &[(0, Stopped), (15, Stopped), (45, Works), (46, Works)],
                "15:1 45:1 45:2 45:4",
            ),
            (
                &[(0, Away), (0, Away), (0, Away), (1, Silent)],
                "0:all 0:all 1:1 3:1",
            ),
            // Answers that are lost now and then while it asks to go slower are no outage.
            (
                &[
                    (0, SlowDown(Some(seconds(9)))),
                    (1, Silent),
                    (1, Silent),
                    (2, Works),
                    (2, Silent),
                    (3, Silent),
                    (3, Works),
                    (4, Silent),
                    (4, Silent),
                ],
                "9:all 9:all 9:all 9:all 9:all 9:all 9:all 9:all 9:all",
            ),
            (&[(0, Stopped), (1, Works), (15, Stopped)], "15:1 15:1 45:1"),
            (
                &[
                    (0, SlowDown(Some(seconds(30)))),
                    (0, SlowDown(Some(seconds(99_999)))),
                ],
                "30:all 3600:all",
            ),
        ];
        for (signs, expected) in table {
            assert_eq!(story(signs), expected, "{signs:?}");
        }
    }

    #[test]
    fn while_it_comes_back_one_is_under_way() {
        let mut breaker = Breaker::default();
        breaker.let_through();
        assert!(!breaker.is_shut(seconds(0)));
        breaker.take(Sign::Stopped, seconds(0));
        assert!(breaker.is_shut(seconds(14)) && !breaker.is_shut(seconds(15)));
        breaker.let_through();
        assert!(breaker.is_shut(seconds(15)));
        breaker.take(Sign::Works, seconds(15));
        assert!(!breaker.is_shut(seconds(15)));
    }

    #[test]
    fn trust_grows_twofold_until_all_may_go_and_is_lost_at_once() {
        use Sign::{Away, Silent, SlowDown, Works};
        let back: Vec<(u64, Sign)> = std::iter::once((0, SlowDown(None)))
            .chain((2..11).map(|at| (at, Works)))
            .collect();
        assert_eq!(story(&back), "1:1 1:2 1:4 1:8 1:16 1:32 1:64 1:128 1:all 1:all");
        // One request without a word is enough while it comes back, and its pause is the first again.
        let table: [(&[(u64, Sign)], &str); 2] = [
            (
                &[
                    (0, Away),
                    (0, Away),
                    (0, Away),
                    (1, Away),
                    (3, Works),
                    (4, Silent),
                ],
                "0:all 0:all 1:1 3:1 3:2 5:1",
            ),
            (
                &[
                    (0, Silent),
                    (0, Silent),
                    (0, Silent),
                    (0, Silent),
                    (0, Works),
                    (0, Silent),
                ],
                "0:all 0:all 0:all 0:all 0:all 0:all",
            ),
        ];
        for (signs, expected) in table {
            assert_eq!(story(signs), expected, "{signs:?}");
        }
    }

    /// The pauses that a sign makes when it comes right at the end of each.
    fn pauses(sign: Sign) -> Vec<u64> {
        let (mut breaker, mut now) = (Breaker::default(), seconds(0));
        for _ in 1..AWAY_REQUESTS {
            breaker.take(Sign::Away, now);
        }
        let mut pause = || {
            breaker.take(sign, now);
            let pause = breaker.open_until() - now;
            now = breaker.open_until();
            pause.as_secs()
        };
        (0..9).map(|_| pause()).collect()
    }

    #[test]
    fn pauses_have_an_upper_end() {
        assert_eq!(pauses(Sign::Away), [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(pauses(Sign::Stopped), [15, 30, 60, 120, 240, 300, 300, 300, 300]);
        let slowed = pauses(Sign::SlowDown(None));
        let ceilings = [2, 4, 8, 16, 32, 60, 60, 60, 60];
        let within = slowed.iter().zip(ceilings).all(|(pause, ceiling)| {
            let floor = if ceiling == 60 { 32 } else { ceiling / 2 };
            (floor..=ceiling).contains(pause)
        });
        assert!(within, "{slowed:?}");
    }

    #[test]
    fn what_a_provider_asks_for_never_shortens_a_pause() {
        use Sign::{SlowDown, Stopped};
        let table: [(&[(u64, Sign)], &str); 2] = [
            (&[(0, Stopped), (1, SlowDown(Some(seconds(5))))], "15:1 15:1"),
            (&[(0, Stopped), (1, SlowDown(Some(seconds(20))))], "15:1 21:1"),
        ];
        for (signs, expected) in table {
            assert_eq!(story(signs), expected, "{signs:?}");
        }
    }

    #[test]
    fn what_did_not_go_after_all_leaves_the_way_free() {
        let mut breaker = Breaker::default();
        breaker.take(Sign::Stopped, seconds(0));
        breaker.let_through();
        assert!(breaker.is_shut(seconds(20)));
        breaker.never_mind();
        assert!(!breaker.is_shut(seconds(20)));
        assert_eq!(breaker.most(), Some(1), "nothing is known yet");
    }

    fn signs() -> impl Strategy<Value = Vec<(u64, Sign)>> {
        let sign = prop_oneof![
            Just(Sign::Works),
            Just(Sign::Silent),
            Just(Sign::Away),
            Just(Sign::Stopped),
            prop::option::of(any::<u64>()).prop_map(|asked| Sign::SlowDown(asked.map(Duration::from_secs))),
        ];
        prop::collection::vec((0_u64..600, sign), 0..60)
    }

    proptest! {
        /// Every pause ends by itself, and an answer always ends the wait for it.
        #[test]
        fn a_breaker_opens_again_whatever_it_is_told(signs in signs()) {
            let (mut breaker, mut now) = (Breaker::default(), seconds(0));
            for (later, sign) in signs {
                now += seconds(later);
                breaker.let_through();
                breaker.take(sign, now);
                prop_assert!(breaker.open_until() <= now + LONGEST_ASKED);
                prop_assert!(!breaker.is_shut(breaker.open_until().max(now)));
                prop_assert!(breaker.most().is_none_or(|most| most > 0));
            }
        }
    }
}
