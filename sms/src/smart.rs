//! Typographic marks in plain ones, where that makes a whole text GSM-7: curly quotes, dashes, ellipses, odd spaces. What
//! has no plain twin is left alone, and so is then the whole text.

use std::borrow::Cow;

use crate::alphabet::first_outside;
use crate::invisible::is_invisible;

/// The text with plain marks, if it is GSM-7 then; else as it is.
pub fn plain(text: &str) -> Cow<'_, str> {
    if first_outside(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut swapped = String::with_capacity(text.len());
    for c in text.chars() {
        match twin(c) {
            Some(twin) => swapped.push_str(twin),
            None => swapped.push(c),
        }
    }
    match first_outside(&swapped) {
        None => Cow::Owned(swapped),
        Some(_) => Cow::Borrowed(text),
    }
}

/// The plain mark for a typographic one.
pub fn twin(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{2033}' | '\u{00AB}' | '\u{00BB}' => "\"",
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{2032}' | '\u{00B4}' | '`' => "'",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2026}' => "...",
        '\u{00A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => " ",
        c if is_invisible(c) => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_are_swapped_where_the_whole_text_becomes_plain() {
        let table = [
            ("It\u{2019}s \u{201C}on\u{201D}\u{2026}", "It's \"on\"..."),
            ("10\u{00A0}\u{2013} 12", "10 - 12"),
            ("caff\u{00E8} \u{2014} 1 \u{20AC}", "caff\u{00E8} - 1 \u{20AC}"),
            // An emoji makes it UCS-2 all the same: nothing is gained.
            ("It\u{2019}s on \u{1F389}", "It\u{2019}s on \u{1F389}"),
            (
                "\u{041F}\u{0440}\u{0438}\u{0432}\u{0435}\u{0442} \u{2013} 1",
                "\u{041F}\u{0440}\u{0438}\u{0432}\u{0435}\u{0442} \u{2013} 1",
            ),
            ("plain", "plain"),
        ];
        for (text, expected) in table {
            assert_eq!(plain(text), expected);
        }
    }
}
