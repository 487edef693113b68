//! Characters that are there and not seen: marks of direction, joiners, variation selectors, soft hyphens. They come
//! along when people copy numbers and words out of other programs. From DerivedCoreProperties.txt of Unicode 16.

/// Whether a character has the property Default_Ignorable_Code_Point. Spaces are not among these.
pub fn is_invisible(c: char) -> bool {
    !c.is_ascii() && RANGES.iter().any(|&(first, last)| (first..=last).contains(&c))
}

/// First and last of each run, unassigned places included.
const RANGES: [(char, char); 17] = [
    ('\u{00AD}', '\u{00AD}'),
    ('\u{034F}', '\u{034F}'),
    ('\u{061C}', '\u{061C}'),
    ('\u{115F}', '\u{1160}'),
    ('\u{17B4}', '\u{17B5}'),
    ('\u{180B}', '\u{180F}'),
    ('\u{200B}', '\u{200F}'),
    ('\u{202A}', '\u{202E}'),
    ('\u{2060}', '\u{206F}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{FE00}', '\u{FE0F}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{FFA0}', '\u{FFA0}'),
    ('\u{FFF0}', '\u{FFF8}'),
    ('\u{1BCA0}', '\u{1BCA3}'),
    ('\u{1D173}', '\u{1D17A}'),
    ('\u{E0000}', '\u{E0FFF}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_invisible_and_letters_spaces_and_emoji_are_not() {
        for c in [
            '\u{200E}',
            '\u{2068}',
            '\u{FE0D}',
            '\u{00AD}',
            '\u{FEFF}',
            '\u{E0041}',
        ] {
            assert!(is_invisible(c), "{c:?}");
        }
        for c in ['a', ' ', '\u{00A0}', '\u{0301}', '\u{1F600}', '\u{FE10}', '\0'] {
            assert!(!is_invisible(c), "{c:?}");
        }
    }
}
