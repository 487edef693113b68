//! How fast texts came to the carrier, by its ledger.

use server::carrier::ledger::TextEntry;

/// The most texts of any second.
pub fn most_in_a_second(texts: &[&TextEntry]) -> usize {
    let mut at: Vec<i64> = texts.iter().map(|text| text.at.timestamp_millis()).collect();
    at.sort_unstable();
    let mut from = 0;
    let mut most = 0;
    for to in 0..at.len() {
        while at[to] - at[from] >= 1_000 {
            from += 1;
        }
        most = most.max(to - from + 1);
    }
    most
}
