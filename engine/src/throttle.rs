//! Rates: parts a second of a sender, its provider account and the campaign, on a monotonic clock. What was taken is
//! paid for before more is given, so that in any second no more goes out than one second's worth and a window.

use std::collections::HashMap;
use std::time::Duration;

/// A window lasts about this long on a sender with a rate.
pub const WINDOW: Duration = Duration::from_millis(250);

/// One rate.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    /// Above zero.
    per_second: f64,
    /// When everything taken is paid for.
    free_at: Duration,
}

/// The rates by name, each shared by all that it limits.
#[derive(Debug, Default)]
pub struct Buckets {
    by_name: HashMap<String, Bucket>,
}

impl Buckets {
    /// Adds a rate; of two of one name the last holds, and what was taken from the first is still to be paid for.
    pub fn add(&mut self, name: String, per_second: f64) {
        let bucket = self.by_name.entry(name).or_insert(Bucket {
            per_second,
            free_at: Duration::ZERO,
        });
        bucket.per_second = per_second;
    }

    /// When the buckets of these names are all free; zero for names that have no rate.
    pub fn free_at(&self, names: &[String]) -> Duration {
        let buckets = names.iter().filter_map(|name| self.by_name.get(name));
        buckets
            .map(|bucket| bucket.free_at)
            .max()
            .unwrap_or(Duration::ZERO)
    }

    /// Takes parts out of each bucket.
    pub fn take(&mut self, names: &[String], parts: u64, now: Duration) {
        for name in names {
            if let Some(bucket) = self.by_name.get_mut(name) {
                let seconds = parts as f64 / bucket.per_second;
                bucket.free_at = bucket.free_at.max(now) + Duration::from_secs_f64(seconds.min(1e9));
            }
        }
    }

    /// The slowest of these rates.
    pub fn per_second(&self, names: &[String]) -> Option<f64> {
        names
            .iter()
            .filter_map(|name| self.by_name.get(name))
            .map(|b| b.per_second)
            .min_by(f64::total_cmp)
    }

    /// Members of a window: what goes out in [`WINDOW`], between 1 and `most`.
    pub fn window(&self, names: &[String], most: usize) -> usize {
        let Some(rate) = self.per_second(names) else {
            return most;
        };
        let members = rate * WINDOW.as_secs_f64();
        // Asked of every lane at every turn: a count down from `most` is seen in a profile.
        let (mut least, mut most) = (1, most.max(1));
        while least < most {
            let middle = (least + most).div_ceil(2);
            match middle as f64 <= members {
                true => least = middle,
                false => most = middle - 1,
            }
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn no_second_holds_more_than_the_slowest_rate() {
        let mut buckets = Buckets::default();
        buckets.add("sender".into(), 10.0);
        buckets.add("account".into(), 100.0);
        let both = names(&["sender", "account", "campaign"]);
        let (mut now, mut sent) = (Duration::ZERO, vec![]);
        while now < Duration::from_secs(10) {
            now = now.max(buckets.free_at(&both));
            buckets.take(&both, 2, now);
            sent.push(now);
        }
        for from in &sent {
            let within = sent
                .iter()
                .filter(|at| *at >= from && **at < *from + Duration::from_secs(1))
                .count();
            assert!(within * 2 <= 10, "{within} windows of 2 parts from {from:?}");
        }
        assert_eq!(buckets.window(&both, 500), 2);
        for (rate, most, expected) in [
            (1.0, 500, 1),
            (4.0, 500, 1),
            (8.0, 500, 2),
            (11.9, 500, 2),
            (1_999.0, 500, 499),
            (2_000.0, 500, 500),
            (9e9, 500, 500),
            (100.0, 1, 1),
        ] {
            buckets.add("own".into(), rate);
            assert_eq!(buckets.window(&names(&["own"]), most), expected, "{rate} {most}");
        }
        assert_eq!(buckets.window(&names(&["account"]), 500), 25);
        assert_eq!(buckets.window(&names(&["other"]), 500), 500);
    }
}
