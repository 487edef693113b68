//! Draws of a seed: the same seed draws the same, on any machine.

use std::time::Duration;

/// A sequence of draws (splitmix64).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Of a seed and of what is drawn for, so that one more draw there changes nothing here.
    pub fn of(seed: u64, question: u64) -> Chance {
        let mut chance = Chance(seed ^ question.wrapping_mul(0xd6e8_feb8_6659_fd93));
        chance.number();
        chance
    }

    /// 64 bits.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// At least `least` and less than `end`.
    pub fn within(&mut self, least: u64, end: u64) -> u64 {
        least + self.number() % (end - least)
    }

    /// True once in so many.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.number().is_multiple_of(n)
    }

    /// One of these.
    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        let index = self.within(0, u64::try_from(choices.len()).expect("few"));
        choices[usize::try_from(index).expect("few")].clone()
    }

    /// A time between these: short ones are as likely as long ones, by their logarithm.
    pub fn time(&mut self, least: Duration, most: Duration) -> Duration {
        let (least, most) = (least.as_secs_f64(), most.as_secs_f64());
        let unit = self.within(0, 1 << 32) as f64 / 4_294_967_296.0;
        Duration::from_secs_f64(least * (most / least).powf(unit))
    }
}
