//! The numbers already seen, with the list and line of their first row: 12 bytes and a control byte each.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use serde::{Deserialize, Serialize};

/// A table doubles when it is full, and holds both sizes while it does: several do that one after the other. Few, since
/// a large table goes back to the system when it is freed, and small ones leave holes.
const SHARDS: usize = 4;

pub(super) struct Seen {
    shards: [HashTable<Entry>; SHARDS],
    hasher: DefaultHashBuilder,
}

impl Default for Seen {
    fn default() -> Seen {
        Seen {
            shards: std::array::from_fn(|_| HashTable::new()),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

/// Bytes, not integers, so that an entry has 12 of them and no padding.
struct Entry {
    phone: Phone,
    line: [u8; 4],
    list: u8,
}

/// A number of at most 15 digits, which fit 50 bits.
type Phone = [u8; 7];

fn short(phone: u64) -> Phone {
    let [a, b, c, d, e, f, g, _] = phone.to_le_bytes();
    [a, b, c, d, e, f, g]
}

fn long([a, b, c, d, e, f, g]: Phone) -> u64 {
    u64::from_le_bytes([a, b, c, d, e, f, g, 0])
}

/// A row of one of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Which of the lists, from 0; the 256th and later ones count as the 256th.
    pub list: usize,
    /// Of the file, from 1.
    pub line: u64,
}

impl Place {
    /// As the store keeps it: the list in the upper bits, the line in the lower 40.
    pub(super) fn code(self) -> u64 {
        ((self.list as u64) << 40) | self.line
    }
}

impl Seen {
    /// The first row of a number; none when this is the first, which is remembered.
    pub(super) fn first_row(&mut self, phone: u64, place: Place) -> Option<Place> {
        let hash = self.hasher.hash_one(phone);
        // The tables use the bits at both ends.
        let shard = usize::try_from(hash >> 40).unwrap_or(0) % SHARDS;
        let table = &mut self.shards[shard];
        let phone = short(phone);
        if let Some(entry) = table.find(hash, |entry| entry.phone == phone) {
            let line = u32::from_le_bytes(entry.line).into();
            return Some(Place {
                list: entry.list.into(),
                line,
            });
        }
        let line = u32::try_from(place.line).unwrap_or(u32::MAX).to_le_bytes();
        let list = u8::try_from(place.list).unwrap_or(u8::MAX);
        let hasher = &self.hasher;
        table.insert_unique(hash, Entry { phone, line, list }, |entry| {
            hasher.hash_one(long(entry.phone))
        });
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_rows_of_a_number_name_the_first() {
        let mut seen = Seen::default();
        let rows = [
            (14155550100, 0, 2),
            (14155550101, 0, 3),
            (14155550100, 0, 4),
            (14155550101, 1, 2),
        ];
        let first: Vec<_> = rows
            .map(|(phone, list, line)| seen.first_row(phone, Place { list, line }))
            .into();
        let at = |line| Some(Place { list: 0, line });
        assert_eq!(first, [None, None, at(2), at(3)]);
        assert_eq!(size_of::<Entry>(), 12);
    }
}
