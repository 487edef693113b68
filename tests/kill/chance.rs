//! Chance that can be repeated: a seed that is printed, and what is drawn from it.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The seed of this run: `CRIER_SEED`, else the moment.
pub fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let given = std::env::var("CRIER_SEED").ok();
        let given = given.map(|seed| seed.parse().expect("CRIER_SEED is a number"));
        given.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            u64::from(now.expect("it is later than 1970").subsec_nanos())
        })
    })
}

/// Xorshift: enough for moments.
pub struct Chance(u64);

impl Chance {
    /// Of the seed, for a test of this name.
    pub fn of(name: &str) -> Chance {
        let mut x = seed().wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        for byte in name.bytes() {
            x = next(x ^ (u64::from(byte) << 17));
        }
        Chance(x | 1)
    }

    /// Less than `most`, which is not zero.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = next(self.0);
        (self.0 >> 11) % most
    }

    /// A time from `least` on, shorter than `most`.
    pub fn between(&mut self, least: Duration, most: Duration) -> Duration {
        let span = u64::try_from((most - least).as_millis()).expect("short").max(1);
        least + Duration::from_millis(self.below(span))
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        let index = self.below(u64::try_from(of.len()).expect("few"));
        of[usize::try_from(index).expect("few")]
    }
}

fn next(mut x: u64) -> u64 {
    x ^= x << 13;
    x ^= x >> 7;
    x ^ (x << 17)
}
