//! The parts of each text of a plan: of every send in every language how many people get it, the row that is worst, and
//! who gets it in UCS-2. Sums, first rows and largest numbers only, so that it costs little and adds up in any order.

use dsl::campaign::Campaign;
use serde::{Deserialize, Serialize};

use super::row::PlannedRow;
use super::seen::Place;

/// A send in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextParts {
    /// The message's name.
    pub message: String,
    /// Of the campaign.
    pub language: String,
    /// Who gets it.
    pub people: u64,
    /// Parts over all of them.
    pub parts: u64,
    /// The most parts that one of them gets, and the first row with so many.
    pub most: Option<(u32, Place)>,
    /// Those of them whose text is UCS-2.
    pub ucs2: u64,
    /// The first character that forces it (as [`sms::Measure`] says), and its row.
    pub ucs2_first: Option<(char, Place)>,
}

/// The texts of a campaign, send by send, each in the order of the languages.
pub(super) fn of(campaign: &Campaign) -> Vec<TextParts> {
    let sends = campaign.program.sends();
    let texts = sends.flat_map(|(_, message)| {
        campaign.languages.iter().map(move |language| TextParts {
            message: campaign.messages[message].name.clone(),
            language: language.to_string(),
            ..TextParts::default()
        })
    });
    texts.collect()
}

/// Counts a person of a campaign of so many languages.
pub(super) fn take(texts: &mut [TextParts], languages: usize, planned: &PlannedRow, place: Place) {
    let language = usize::from(planned.member.language);
    let own = texts.iter_mut().skip(language).step_by(languages);
    for ((text, parts), send) in own.zip(&planned.parts).zip(0..) {
        if planned.barred.contains(&send) {
            continue;
        }
        text.people += 1;
        text.parts += u64::from(*parts);
        if text.most.is_none_or(|(most, _)| *parts > most) {
            text.most = Some((*parts, place));
        }
    }
    for (send, character) in &planned.ucs2 {
        let text = &mut texts[send * languages + language];
        text.ucs2 += 1;
        text.ucs2_first = text.ucs2_first.or(Some((*character, place)));
    }
}
