//! The ids of the store, and the reference by which a provider knows a message.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use sms::PhoneNumber;

/// One occurrence of a campaign. Serial, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaunchId(pub i64);

/// A cohort. Ids grow in time; the low 8 bits are free for a shard and 0 now; below 2^51.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CohortId(pub i64);

/// A message: the cohort whose intent was first committed for it, and the member's index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageId(pub i64);

/// Members of a cohort are counted in 12 bits.
pub const MOST_MEMBERS: usize = 4_096;

impl CohortId {
    /// The id after this one.
    pub fn next(self) -> CohortId {
        CohortId(self.0 + (1 << 8))
    }

    /// The id of the message that this cohort's step sends to its member `index` (below [`MOST_MEMBERS`]).
    pub fn message(self, index: u16) -> MessageId {
        debug_assert!(usize::from(index) < MOST_MEMBERS);
        MessageId(self.0 << 12 | i64::from(index))
    }
}

impl MessageId {
    /// The cohort whose intent was first committed for it.
    pub fn cohort(self) -> CohortId {
        CohortId(self.0 >> 12)
    }
}

impl fmt::Display for LaunchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Makes and reads references. The key is the store's own, so that a forged or mistaken reference is known.
#[derive(Clone)]
pub struct References {
    key: [u8; 32],
}

impl References {
    /// With the store's key.
    pub fn new(key: [u8; 32]) -> References {
        References { key }
    }

    /// The message's id and a 32-bit keyed tag, in base32: 20 letters and digits.
    pub fn of(&self, message: MessageId) -> String {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&message.0.to_be_bytes());
        bytes[8..].copy_from_slice(&self.tag(message));
        BASE32_NOPAD.encode(&bytes)
    }

    /// The message that a reference names; none when we did not make it.
    pub fn message(&self, reference: &str) -> Option<MessageId> {
        let bytes = BASE32_NOPAD.decode(reference.as_bytes()).ok()?;
        let bytes: [u8; 12] = bytes.try_into().ok()?;
        let (id, tag) = bytes.split_at(8);
        let message = MessageId(i64::from_be_bytes(id.try_into().ok()?));
        (self.tag(message) == tag).then_some(message)
    }

    /// The key of an errand, the same each time that it is tried: 20 letters and digits, and no reference of a message.
    pub fn of_errand(&self, errand: i64) -> String {
        self.named(b"errand", errand)
    }

    /// The key of a delivery, the same each time that it is tried: 20 letters and digits, and no reference of a message.
    pub fn of_delivery(&self, delivery: i64) -> String {
        self.named(b"delivery", delivery)
    }

    /// The key of all that is about one person, which does not say who that is.
    pub fn of_conversation(&self, phone: PhoneNumber) -> String {
        let hash = blake3::keyed_hash(&self.key, format!("conversation {phone}").as_bytes());
        BASE32_NOPAD.encode(&hash.as_bytes()[..12])
    }

    fn named(&self, what: &[u8], id: i64) -> String {
        let id = id.to_be_bytes();
        let hash = blake3::keyed_hash(&self.key, &[what, &id].concat());
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&id);
        bytes[8..].copy_from_slice(hash.as_bytes().first_chunk::<4>().expect("a hash has 32 bytes"));
        BASE32_NOPAD.encode(&bytes)
    }

    fn tag(&self, message: MessageId) -> [u8; 4] {
        let hash = blake3::keyed_hash(&self.key, &message.0.to_be_bytes());
        *hash.as_bytes().first_chunk().expect("a hash has 32 bytes")
    }
}

/// The run of what belongs to no passage: answers to people whom no campaign texted.
pub const NO_RUN: u32 = u32::MAX;
/// The run of texts to people at a desk, who are in no passage either.
pub const DESK_RUN: u32 = u32::MAX - 1;
/// The run of answers that a launch sends for the passage of another, which is not executed.
pub const OTHERS_RUN: u32 = u32::MAX - 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_names_its_message_and_a_forged_one_none() {
        let references = References::new([7; 32]);
        let message = CohortId(5 << 8).message(4_095);
        let reference = references.of(message);
        assert_eq!(reference.len(), 20);
        assert_eq!(references.message(&reference), Some(message));
        let forged = References::new([8; 32]).of(message);
        let errand = references.of_errand(message.0);
        for wrong in [
            forged.as_str(),
            errand.as_str(),
            "",
            "AAAA",
            "æ",
            &reference[..19],
        ] {
            assert_eq!(references.message(wrong), None, "{wrong}");
        }
    }
}
