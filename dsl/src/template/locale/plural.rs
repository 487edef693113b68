//! Which of its words a language takes for a whole number: the plural rules of the CLDR. A million has no word of its own.

/// Languages that count alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum Plural {
    /// One word for all.
    None,
    /// 1, others.
    One,
    /// 0 and 1, others.
    ZeroOne,
    /// 1, 21, 31 …, others.
    Icelandic,
    /// 1, 2 to 4, others.
    Czech,
    /// 1, 2 to 4, 22 …, others.
    Polish,
    /// 1, 21 …, 2 to 4, 22 …, others.
    Russian,
    /// As Russian; its last word is called `other`.
    Serbian,
    /// 1, 101 …, 2, 102 …, 3 and 4, 103 …, others.
    Slovenian,
    /// 1, 0 and 2 to 19, 101 …, others.
    Romanian,
    /// 1, 21 …, 2 to 9, 22 …, others.
    Lithuanian,
    /// 0, 10 to 20, 30 …, then 1, 21 …, then others.
    Latvian,
}

impl Plural {
    /// Of a name in the table.
    pub(super) fn parse(name: &str) -> Option<Plural> {
        match name {
            "none" => Some(Plural::None),
            "one" => Some(Plural::One),
            "zero-one" => Some(Plural::ZeroOne),
            "icelandic" => Some(Plural::Icelandic),
            "czech" => Some(Plural::Czech),
            "polish" => Some(Plural::Polish),
            "russian" => Some(Plural::Russian),
            "serbian" => Some(Plural::Serbian),
            "slovenian" => Some(Plural::Slovenian),
            "romanian" => Some(Plural::Romanian),
            "lithuanian" => Some(Plural::Lithuanian),
            "latvian" => Some(Plural::Latvian),
            _ => None,
        }
    }

    /// Numbers of which each takes another word, one for each word, in the order in which the words are written.
    pub(in crate::template) fn examples(self) -> &'static [u64] {
        match self {
            Plural::None => &[5],
            Plural::One | Plural::ZeroOne | Plural::Icelandic => &[1, 5],
            Plural::Czech | Plural::Polish | Plural::Russian | Plural::Serbian => &[1, 2, 5],
            Plural::Slovenian => &[1, 2, 3, 5],
            Plural::Romanian | Plural::Lithuanian => &[1, 2, 20],
            Plural::Latvian => &[0, 1, 2],
        }
    }

    /// Which word a number takes.
    pub(in crate::template) fn word(self, n: u64) -> usize {
        let (ten, hundred) = (n % 10, n % 100);
        let ones = ten == 1 && hundred != 11;
        let few = (2..=4).contains(&ten) && !(12..=14).contains(&hundred);
        let teens = (11..=19).contains(&hundred);
        match self {
            Plural::None => 0,
            Plural::One => first([n == 1]),
            Plural::ZeroOne => first([n < 2]),
            Plural::Icelandic => first([ones]),
            Plural::Czech => first([n == 1, (2..=4).contains(&n)]),
            Plural::Polish => first([n == 1, few]),
            Plural::Russian | Plural::Serbian => first([ones, few]),
            Plural::Slovenian => first([hundred == 1, hundred == 2, matches!(hundred, 3 | 4)]),
            Plural::Romanian => first([n == 1, n == 0 || (1..=19).contains(&hundred)]),
            Plural::Lithuanian => first([ones, ten > 1 && !teens]),
            Plural::Latvian => first([ten == 0 || teens, ones]),
        }
    }
}

/// Which of the cases holds first; else the one after them.
fn first<const N: usize>(cases: [bool; N]) -> usize {
    cases.iter().position(|holds| *holds).unwrap_or(N)
}
