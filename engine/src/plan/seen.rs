//! The numbers already seen, with the list and line of their first row: 13 bytes and a control byte each.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

#[derive(Default)]
pub(super) struct Seen {
    table: HashTable<Entry>,
    hasher: DefaultHashBuilder,
}

/// Bytes, not integers, so that an entry has 13 of them and no padding.
struct Entry {
    phone: [u8; 8],
    line: [u8; 4],
    list: u8,
}

/// A row of one of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
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
        let phone = phone.to_le_bytes();
        if let Some(entry) = self.table.find(hash, |entry| entry.phone == phone) {
            let line = u32::from_le_bytes(entry.line).into();
            return Some(Place {
                list: entry.list.into(),
                line,
            });
        }
        let line = u32::try_from(place.line).unwrap_or(u32::MAX).to_le_bytes();
        let list = u8::try_from(place.list).unwrap_or(u8::MAX);
        let hasher = &self.hasher;
        self.table
            .insert_unique(hash, Entry { phone, line, list }, |entry| {
                hasher.hash_one(u64::from_le_bytes(entry.phone))
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
        assert_eq!(size_of::<Entry>(), 13);
    }
}
