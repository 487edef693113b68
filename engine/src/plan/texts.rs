//! The parts of each text of a plan: of every send, in every variant and language, how many people get it, the row that is
//! worst, and who gets it in UCS-2. Sums, first rows and largest numbers only, so that it costs little and adds up in any
//! order.

use dsl::campaign::Campaign;
use serde::{Deserialize, Serialize};

use super::row::PlannedRow;
use super::seen::Place;

/// A send in one variant and language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextParts {
    /// The message's name.
    pub message: String,
    /// The variant's name, where the message has several.
    #[serde(default)]
    pub variant: Option<String>,
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

/// The texts of a campaign, send by send and variant by variant, each in the order of the languages.
pub(super) fn of(campaign: &Campaign) -> Vec<TextParts> {
    let mut texts = vec![];
    for (_, message) in campaign.program.sends() {
        let message = &campaign.messages[message];
        for variant in &message.variants {
            texts.extend(campaign.languages.iter().map(|language| TextParts {
                message: message.name.clone(),
                variant: variant.name.clone(),
                language: language.to_string(),
                ..TextParts::default()
            }));
        }
    }
    texts
}

/// Counts a person of a campaign.
pub(super) fn take(texts: &mut [TextParts], campaign: &Campaign, planned: &PlannedRow, place: Place) {
    let languages = campaign.languages.len();
    let language = usize::from(planned.member.language);
    let mut first = 0;
    for (send, ((_, message), own)) in campaign.program.sends().zip(&planned.sends).enumerate() {
        let at = first + own.variant * languages + language;
        first += campaign.messages[message].variants.len() * languages;
        if planned.barred.contains(&send) {
            continue;
        }
        let text = &mut texts[at];
        text.people += 1;
        text.parts += u64::from(own.parts);
        if text.most.is_none_or(|(most, _)| own.parts > most) {
            text.most = Some((own.parts, place));
        }
        if let Some((_, character)) = planned.ucs2.iter().find(|(of, _)| *of == send) {
            text.ucs2 += 1;
            text.ucs2_first = text.ucs2_first.or(Some((*character, place)));
        }
    }
}
