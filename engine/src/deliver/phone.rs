//! What a phone at a desk is texted. It goes as any text does: through the sender of the project, under an intent of its own.

use super::{Delivery, ItemKind};

/// Letters of such a text, at most: about three parts.
const MOST: usize = 450;

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
    match whole.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}...", &whole[..at]),
        None => whole,
    }
}
