//! What a phone at a desk is texted. It goes as any text does: through the sender of the project, under an intent of its own.

use sms::parts::measure;

use super::{Delivery, ItemKind};

/// Parts of such a text, at most.
const MOST: u32 = 3;
/// What stands where a text is cut.
const CUT: &str = "...";

/// What a phone is told of a delivery.
pub fn text_of(delivery: &Delivery) -> String {
    let item = &delivery.item;
    let whole = match &item.kind {
        ItemKind::Reply { flagged, .. } => {
            let stop = if *flagged { " (an opt-out word?)" } else { "" };
            format!("{}{stop}: {}", item.phone, item.text)
        }
        ItemKind::Note => item.text.clone(),
    };
    cut(whole)
}

/// The text, or as much of it as fits. Its beginning may need a smaller alphabet than all of it.
fn cut(whole: String) -> String {
    let fits = |text: &str| measure(text).part_count <= MOST;
    if fits(&whole) {
        return whole;
    }
    let ends: Vec<usize> = whole.char_indices().map(|(at, _)| at).collect();
    // A longer beginning never has fewer parts.
    let many = ends.partition_point(|end| fits(&format!("{}{CUT}", &whole[..*end])));
    let end = ends[many.saturating_sub(1)];
    format!("{}{CUT}", &whole[..end])
}
