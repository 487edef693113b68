//! The numbers already seen, with the line of their first row: 12 bytes and a control byte each.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

#[derive(Default)]
pub(super) struct Seen {
    table: HashTable<Entry>,
    hasher: DefaultHashBuilder,
}

/// Bytes, not integers, so that an entry has 12 of them and no padding.
struct Entry {
    phone: [u8; 8],
    line: [u8; 4],
}

impl Seen {
    /// The line of the first row of a number; none when this is the first, which is remembered.
    pub(super) fn first_row(&mut self, phone: u64, line: u64) -> Option<u64> {
        let hash = self.hasher.hash_one(phone);
        let phone = phone.to_le_bytes();
        if let Some(entry) = self.table.find(hash, |entry| entry.phone == phone) {
            return Some(u64::from(u32::from_le_bytes(entry.line)));
        }
        let line = u32::try_from(line).unwrap_or(u32::MAX).to_le_bytes();
        let hasher = &self.hasher;
        self.table.insert_unique(hash, Entry { phone, line }, |entry| {
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
        let rows = [(14155550100, 2), (14155550101, 3), (14155550100, 4), (14155550100, 5)];
        let first: Vec<_> = rows.map(|(phone, line)| seen.first_row(phone, line)).into();
        assert_eq!(first, [None, None, Some(2), Some(2)]);
        assert_eq!(size_of::<Entry>(), 12);
    }
}
