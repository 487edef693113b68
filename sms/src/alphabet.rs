//! Which alphabet a text needs: GSM-7 where every character is in its default or extension table, UCS-2 otherwise.
//! The tables are those of 3GPP TS 23.038 section 6.2.1, where 0x09 is capital Ç. No national shift tables, and
//! nothing is replaced here.

use std::fmt;

/// How the characters of a message travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Seven bits a character; those of the extension table take two places.
    Gsm7,
    /// Sixteen bits; characters beyond U+FFFF, such as emoji, take two places.
    Ucs2,
}

impl Encoding {
    /// The places a character takes, in septets or UTF-16 units: 1 or 2. In GSM-7, a character that is in neither table
    /// counts as 1.
    pub fn cost(self, c: char) -> usize {
        match self {
            Encoding::Gsm7 => septets(c).unwrap_or(1),
            Encoding::Ucs2 => c.len_utf16(),
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Encoding::Gsm7 => "GSM-7",
            Encoding::Ucs2 => "UCS-2",
        })
    }
}

/// The septets of a character: 1 from the default table, 2 from the extension table, none outside GSM-7.
pub fn septets(c: char) -> Option<usize> {
    let cost = match u8::try_from(u32::from(c)) {
        Ok(byte) => latin_septets(byte),
        Err(_) => match c {
            'Δ' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' => 1,
            '€' => 2,
            _ => 0,
        },
    };
    (cost > 0).then_some(cost)
}

/// The first character outside GSM-7, and its position counted in characters from 0.
pub fn first_outside(text: &str) -> Option<(usize, char)> {
    text.chars().enumerate().find(|&(_, c)| septets(c).is_none())
}

/// The septets of a character below U+0100; 0 where it is in neither table.
pub(crate) fn latin_septets(byte: u8) -> usize {
    usize::from(LATIN[usize::from(byte)])
}

const LATIN: [u8; 256] = latin_table();

const fn latin_table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = match code {
            0x0C | 0x5B..=0x5E | 0x7B..=0x7E => 2,
            0x0A | 0x0D | 0x20..=0x5A | 0x5F | 0x61..=0x7A => 1,
            // ¡ £ ¤ ¥ § ¿ Ä Å Æ Ç É Ñ Ö Ø Ü ß
            0xA1 | 0xA3..=0xA5 | 0xA7 | 0xBF | 0xC4..=0xC7 | 0xC9 | 0xD1 | 0xD6 | 0xD8 | 0xDC | 0xDF => 1,
            // à ä å æ è é ì ñ ò ö ø ù ü
            0xE0 | 0xE4..=0xE6 | 0xE8 | 0xE9 | 0xEC | 0xF1 | 0xF2 | 0xF6 | 0xF8 | 0xF9 | 0xFC => 1,
            _ => 0,
        };
        code += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The default table as TS 23.038 prints it, column by column, without ESC.
    const DEFAULT: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
        ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    #[test]
    fn default_table_has_127_characters_of_one_septet_and_the_extension_ten_of_two() {
        let with = |n| ('\0'..=char::MAX).filter(move |&c| septets(c) == Some(n));
        let mut expected: Vec<char> = DEFAULT.chars().collect();
        expected.sort_unstable();
        assert_eq!(expected.len(), 127);
        assert_eq!(with(1).collect::<Vec<_>>(), expected);
        assert_eq!(with(2).collect::<String>(), "\u{C}[\\]^{|}~€");
    }

    #[test]
    fn place_outside_is_counted_in_characters() {
        assert_eq!(first_outside("però `"), Some((5, '`')));
        assert_eq!(first_outside("perç\t"), Some((3, 'ç')));
        assert_eq!(first_outside("Ça va è"), None);
    }
}
