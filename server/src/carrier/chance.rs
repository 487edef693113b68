//! Chance: a hash of the seed and of whom it is about. The same question gets the same answer, in any order, after any
//! kill.

use std::time::Duration;

use dsl::scalar::Share;

use super::switches::Span;

/// Draws of one hash, each from bytes of its own.
pub(super) struct Draws([u8; 64]);

impl Draws {
    /// Of what the draws are about, by a word for the question and its parts.
    pub(super) fn of(seed: u64, question: &str, parts: &[&[u8]]) -> Draws {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes());
        for part in std::iter::once(&question.as_bytes()).chain(parts) {
            // With its length, so that no two lists of parts are the same bytes.
            hasher
                .update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes())
                .update(part);
        }
        let mut bytes = [0; 64];
        hasher.finalize_xof().fill(&mut bytes);
        Draws(bytes)
    }

    /// 32 bits; of 16 draws.
    fn number(&self, index: usize) -> u32 {
        let bytes = &self.0[index * 4..index * 4 + 4];
        u32::from_le_bytes(bytes.try_into().expect("four bytes"))
    }

    /// At least 0 and less than 1.
    pub(super) fn unit(&self, index: usize) -> f64 {
        f64::from(self.number(index)) / 4_294_967_296.0
    }

    /// True with this probability.
    pub(super) fn hits(&self, index: usize, share: Share) -> bool {
        self.unit(index) < share.0
    }

    /// A time of the span.
    pub(super) fn within(&self, index: usize, span: Span) -> Duration {
        (span.most - span.least).mul_f64(self.unit(index)) + span.least
    }

    /// Less than `count`, which is not zero.
    pub(super) fn pick(&self, index: usize, count: usize) -> usize {
        usize::try_from(self.number(index)).unwrap_or(0) % count
    }

    /// The first choice whose share is hit, where each takes its part of the whole.
    pub(super) fn one_of<T: Copy>(&self, index: usize, choices: &[(T, Share)]) -> Option<T> {
        let unit = self.unit(index);
        let mut below = 0.0;
        choices
            .iter()
            .find(|(_, share)| {
                below += share.0;
                unit < below
            })
            .map(|(choice, _)| *choice)
    }
}

/// What stands in the ledger instead of a text.
pub fn text_hash(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("eight bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_kept_and_choices_share_one_whole() {
        let (mut hits, mut first, mut second) = (0, 0, 0);
        let choices = [("first", Share(0.25)), ("second", Share(0.5))];
        for n in 0..10_000_u64 {
            let draws = Draws::of(7, "test", &[&n.to_le_bytes()]);
            hits += u32::from(draws.hits(0, Share(0.1)));
            match draws.one_of(1, &choices) {
                Some("first") => first += 1,
                Some(_) => second += 1,
                None => {}
            }
            assert!(!draws.hits(2, Share::NONE) && draws.hits(2, Share::WHOLE));
        }
        assert!((900..1_100).contains(&hits), "{hits}");
        assert!((2_300..2_700).contains(&first), "{first}");
        assert!((4_800..5_200).contains(&second), "{second}");
    }

    #[test]
    fn the_parts_of_a_question_cannot_be_confused() {
        let unit = |parts: &[&[u8]]| Draws::of(0, "test", parts).number(0);
        assert_ne!(unit(&[b"ab", b"c"]), unit(&[b"a", b"bc"]));
    }
}
