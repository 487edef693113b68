//! Every place of a file that uses a name.

use super::Document;
use super::names::{self, Named};

/// All places of the name at a byte, where it is given too, in order; empty where there is no name.
pub fn references(document: &Document<'_>, byte: usize) -> Vec<Named> {
    let all = names::all(document);
    let Some(asked) = names::at(all, byte) else {
        return vec![];
    };
    all.iter().filter(|named| named.is_same(asked)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::testing::{CAMPAIGN, asked, shown};

    fn check(place: &str, expected: &[&str]) {
        let (before, after) = place.split_once('|').expect("a cursor");
        let marked = CAMPAIGN.replacen(&format!("{before}{after}"), place, 1);
        let found = asked(&marked, |document, byte| {
            let all = references(document, byte).into_iter();
            all.map(|named| shown(document.text, &named.span).trim().to_owned())
                .collect::<Vec<_>>()
        });
        assert_eq!(found, expected, "{place}");
    }

    #[test]
    fn every_use_is_found_in_order() {
        check(
            "  invi|te:",
            &[
                "- send: [invite]",
                "when: delivered(\"[invite]\") && !clicked(\"tickets\") && city == \"Roma\"",
                "[invite]: \"Hello {{first_name}} {{link tickets}}\"",
                "- expect: [invite]",
            ],
        );
        check(
            "  tick|ets:",
            &[
                "when: delivered(\"invite\") && !clicked(\"[tickets]\") && city == \"Roma\"",
                "[tickets]: https://square.example/t",
                "invite: \"Hello {{first_name}} {{link [tickets]}}\"",
            ],
        );
        check("purpose: mark|eting", &[]);
    }
}
