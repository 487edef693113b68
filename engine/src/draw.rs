//! Chance without chance: what is drawn for a person is a hash of what it is about, the same every time.

use sms::PhoneNumber;

/// The hash of a person for one matter (`salt`) of one campaign.
pub fn hash(salt: &str, campaign: &str, phone: PhoneNumber) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(salt.as_bytes()).update(b"\0");
    hasher.update(campaign.as_bytes()).update(b"\0");
    hasher.update(&phone.as_u64().to_le_bytes());
    let hash = hasher.finalize();
    let eight = hash.as_bytes().first_chunk().expect("a hash has 32 bytes");
    u64::from_le_bytes(*eight)
}

/// Four hashes of what happens to a person for the `nth` time, in one world (`seed`).
pub fn four(seed: u64, phone: PhoneNumber, nth: u16) -> [u64; 4] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(&phone.as_u64().to_le_bytes());
    hasher.update(&nth.to_le_bytes());
    let hash = hasher.finalize();
    let mut eights = hash.as_bytes().chunks_exact(8).map(|eight| {
        let eight = eight.try_into().expect("chunks of eight bytes");
        u64::from_le_bytes(eight)
    });
    std::array::from_fn(|_| eights.next().expect("a hash has 32 bytes"))
}

/// From 0 to 1. 53 bits are what a float holds exactly.
pub fn fraction(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

/// Which of several shares that make a whole a hash falls into; the last where rounding leaves a gap.
pub fn pick(hash: u64, shares: impl Iterator<Item = f64>) -> usize {
    let drawn = fraction(hash);
    let mut last = 0;
    let mut sum = 0.0;
    for (at, share) in shares.enumerate() {
        sum += share;
        last = at;
        if drawn < sum {
            return at;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_drawn_as_large_as_they_are_and_the_same_every_time() {
        let phone = |n: u64| PhoneNumber::from_u64(14_155_550_000 + n).expect("a number");
        let drawn = |n| pick(hash("invite", "winter", phone(n)), [0.5, 0.3, 0.2].into_iter());
        let mut counts = [0; 3];
        (0..10_000).for_each(|n| counts[drawn(n)] += 1);
        for (count, wanted) in counts.into_iter().zip([5_000_i32, 3_000, 2_000]) {
            let off: i32 = count - wanted;
            assert!(off.abs() < 200, "{counts:?}");
        }
        assert!((0..100).all(|n| drawn(n) == drawn(n)));
        assert_ne!(
            hash("invite", "winter", phone(1)),
            hash("invite", "summer", phone(1))
        );
    }
}
