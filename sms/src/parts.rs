//! Cuts a text into the parts that carriers transmit and bill. Rules: 3GPP TS 23.038 section 6.2.1 and TS 23.040
//! section 9.2.3.24.1, with an 8-bit reference. Takes the rendered text exactly as it is.

use crate::alphabet::{self, Encoding};
use crate::smart::twin;

/// Septets in a message of one part.
pub const LONE_SEPTETS: usize = 160;
/// Septets in each part of several.
pub const PART_SEPTETS: usize = 153;
/// UTF-16 units in a message of one part.
pub const LONE_UNITS: usize = 70;
/// UTF-16 units in each part of several.
pub const PART_UNITS: usize = 67;

/// A text, cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The alphabet that the text needs.
    pub encoding: Encoding,
    /// The cost of the whole text, in septets or UTF-16 units. Places that a cut leaves free are not in it.
    pub units: usize,
    /// The parts in order; joined they are the text. None for an empty text.
    pub texts: Vec<&'a str>,
}

/// What a text costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// The alphabet that the text needs.
    pub encoding: Encoding,
    /// The cost of the whole text, in septets or UTF-16 units. Places that a cut leaves free are not in it.
    pub units: usize,
    /// 0 for an empty text.
    pub part_count: u32,
    /// The first character outside GSM-7 and its position in characters from 0, one without a plain twin before all that
    /// have one; none where the encoding is GSM-7.
    pub forced_by: Option<(usize, char)>,
}

/// Cuts a text. A character that takes two places is never cut: it moves whole to the next part.
pub fn split(text: &str) -> Parts<'_> {
    let Measure { encoding, units, .. } = measure(text);
    let mut texts = Vec::with_capacity(units.div_ceil(encoding.part_limit()));
    let mut start = 0;
    for cut in cuts(text, encoding, units) {
        texts.push(&text[start..cut]);
        start = cut;
    }
    if start < text.len() {
        texts.push(&text[start..]);
    }
    Parts {
        encoding,
        units,
        texts,
    }
}

/// Counts what [`split`] would cut, without memory of its own.
pub fn measure(text: &str) -> Measure {
    let (encoding, units, forced_by) = match septets(text) {
        Some(septets) => (Encoding::Gsm7, septets, None),
        None => (
            Encoding::Ucs2,
            text.chars().map(char::len_utf16).sum(),
            forced_by(text),
        ),
    };
    let part_count = u32::try_from(part_count(text, encoding, units)).unwrap_or(u32::MAX);
    Measure {
        encoding,
        units,
        part_count,
        forced_by,
    }
}

/// What has a plain twin is swapped where nothing else is in the way, so that the rest is to blame.
fn forced_by(text: &str) -> Option<(usize, char)> {
    let stays = |c: char| alphabet::septets(c).is_none() && twin(c).is_none();
    let first = text.chars().enumerate().find(|(_, c)| stays(*c));
    first.or_else(|| alphabet::first_outside(text))
}

impl Encoding {
    /// The units that fit in a message of one part.
    pub fn lone_limit(self) -> usize {
        match self {
            Encoding::Gsm7 => LONE_SEPTETS,
            Encoding::Ucs2 => LONE_UNITS,
        }
    }

    /// The units that fit in each part of several.
    pub fn part_limit(self) -> usize {
        match self {
            Encoding::Gsm7 => PART_SEPTETS,
            Encoding::Ucs2 => PART_UNITS,
        }
    }
}

/// The cost of a text in GSM-7; none when it has a character outside. Nearly all texts are ASCII or nearly so.
fn septets(text: &str) -> Option<usize> {
    if !text.is_ascii() {
        return text.chars().map(alphabet::septets).sum();
    }
    let costs = text.bytes().map(alphabet::latin_septets);
    let (total, inside) = costs.fold((0, true), |(total, inside), cost| {
        (total + cost, inside & (cost > 0))
    });
    inside.then_some(total)
}

/// Of a text that costs `units` in all.
fn part_count(text: &str, encoding: Encoding, units: usize) -> usize {
    match units {
        0 => 0,
        _ if units <= encoding.lone_limit() => 1,
        // Every character takes one place, so no cut leaves one free.
        _ if units == text.len() && text.is_ascii() => units.div_ceil(encoding.part_limit()),
        _ => cuts(text, encoding, units).count() + 1,
    }
}

/// The byte positions at which a text is cut, which costs `units` in all.
fn cuts(text: &str, encoding: Encoding, units: usize) -> impl Iterator<Item = usize> {
    let text = if units <= encoding.lone_limit() { "" } else { text };
    let mut used = 0;
    text.char_indices().filter_map(move |(at, c)| {
        let cost = encoding.cost(c);
        let full = used + cost > encoding.part_limit();
        used = if full { cost } else { used + cost };
        full.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use Encoding::{Gsm7, Ucs2};

    /// The cost of each part.
    fn costs(parts: &Parts<'_>) -> Vec<usize> {
        parts
            .texts
            .iter()
            .map(|part| part.chars().map(|c| parts.encoding.cost(c)).sum())
            .collect()
    }

    fn check(text: &str, encoding: Encoding, units: usize, expected: &[usize]) {
        let parts = split(text);
        assert_eq!((parts.encoding, parts.units), (encoding, units), "{text}");
        assert_eq!(costs(&parts), expected, "{text}");
        assert_eq!(measure(text).part_count as usize, expected.len(), "{text}");
    }

    fn a(count: usize) -> String {
        "a".repeat(count)
    }

    #[test]
    fn empty_text_has_no_parts() {
        check("", Gsm7, 0, &[]);
    }

    #[test]
    fn limit_counts_septets_not_characters() {
        check(&a(160), Gsm7, 160, &[160]);
        check(&a(161), Gsm7, 161, &[153, 8]);
        check(&(a(159) + "\\"), Gsm7, 161, &[153, 8]);
        check(&a(306), Gsm7, 306, &[153, 153]);
        check(&a(307), Gsm7, 307, &[153, 153, 1]);
        check(&(a(158) + "€"), Gsm7, 160, &[160]);
    }

    #[test]
    fn escaped_character_moves_whole_to_the_next_part() {
        let three = "x".repeat(152) + "[" + &"y".repeat(152);
        check(&three, Gsm7, 306, &[152, 153, 1]);
        let two = "x".repeat(152) + "[" + &"y".repeat(151);
        check(&two, Gsm7, 305, &[152, 153]);
        assert!(split(&two).texts[1].starts_with('['));
    }

    #[test]
    fn surrogate_pair_moves_whole_to_the_next_part() {
        check(&("A".repeat(69) + "\u{1F600}"), Ucs2, 71, &[67, 4]);
        check(&"\u{1F433}".repeat(35), Ucs2, 70, &[70]);
        check(&"\u{1F631}".repeat(36), Ucs2, 72, &[66, 6]);
        let text = "A".repeat(66) + "\u{1F600}" + &"B".repeat(10);
        check(&text, Ucs2, 78, &[66, 12]);
        assert!(split(&text).texts[1].starts_with('\u{1F600}'));
    }

    #[test]
    fn look_alikes_outside_the_alphabet_are_named() {
        for inside in ['\u{00C7}', '\u{00E8}'] {
            let text = a(100) + &inside.to_string();
            check(&text, Gsm7, 101, &[101]);
            assert_eq!(measure(&text).forced_by, None);
        }
        for outside in ['\u{00E7}', '`', '\t'] {
            let text = a(100) + &outside.to_string();
            check(&text, Ucs2, 101, &[67, 34]);
            assert_eq!(measure(&text).forced_by, Some((100, outside)));
        }
    }

    #[test]
    fn marks_with_a_plain_twin_are_blamed_last() {
        let table = [
            ("it\u{2019}s \u{119}", (5, '\u{119}')),
            ("\u{119} it\u{2019}s", (0, '\u{119}')),
            ("it\u{2019}s", (2, '\u{2019}')),
            ("\u{201C}on\u{201D} \u{1F389}", (5, '\u{1F389}')),
        ];
        for (text, expected) in table {
            assert_eq!(measure(text).forced_by, Some(expected), "{text}");
        }
    }

    #[test]
    fn escape_itself_is_no_character() {
        check("\u{1B}", Ucs2, 1, &[1]);
    }

    /// Texts that are long, and dense in characters of two places.
    fn texts() -> impl Strategy<Value = String> {
        let gsm = prop::collection::vec(
            prop::sample::select(vec!["a", "[", "€", "è", "\n", "xyz"]),
            0..500,
        );
        let wide = prop::collection::vec(prop::sample::select(vec!["a", "\u{1F600}", "ç", "漢"]), 0..200);
        prop_oneof![
            gsm.prop_map(|v| v.concat()),
            wide.prop_map(|v| v.concat()),
            ".{0,200}"
        ]
    }

    proptest! {
        #[test]
        fn parts_join_to_the_text_and_keep_the_limit(text in texts()) {
            let parts = split(&text);
            let limit = match parts.texts.len() {
                0 | 1 => parts.encoding.lone_limit(),
                _ => parts.encoding.part_limit(),
            };
            prop_assert_eq!(parts.texts.concat(), text.as_str());
            prop_assert!(costs(&parts).iter().all(|&cost| 0 < cost && cost <= limit));
            prop_assert_eq!(costs(&parts).iter().sum::<usize>(), parts.units);
        }

        /// Encoded as a carrier does, no part ends inside a pair.
        #[test]
        fn no_pair_is_cut(text in texts()) {
            let parts = split(&text);
            let whole: Vec<u16> = text.encode_utf16().collect();
            let joined: Vec<u16> = parts.texts.iter().flat_map(|part| part.encode_utf16()).collect();
            prop_assert_eq!(whole, joined);
            for part in parts.texts {
                let units: Vec<u16> = part.encode_utf16().collect();
                prop_assert!(String::from_utf16(&units).is_ok());
            }
        }

        /// Full parts are full: the next character would not have fitted.
        #[test]
        fn parts_are_filled(text in texts()) {
            let parts = split(&text);
            for (part, next) in costs(&parts).iter().zip(parts.texts.iter().skip(1)) {
                let first = next.chars().next().map_or(0, |c| parts.encoding.cost(c));
                prop_assert!(part + first > parts.encoding.part_limit());
            }
        }

        #[test]
        fn measure_agrees_with_split(text in texts()) {
            let (measure, parts) = (measure(&text), split(&text));
            prop_assert_eq!((measure.encoding, measure.units), (parts.encoding, parts.units));
            prop_assert_eq!(measure.part_count as usize, parts.texts.len());
            prop_assert_eq!(measure.forced_by.is_some(), measure.encoding == Ucs2);
        }
    }
}
