//! "Did you mean": which of the known words somebody was probably after.

use crate::diagnostic::{Applicability, Diagnostic};

/// Words that are looked at, at most: a file may name thousands, and misspell as many.
const MOST_KNOWN: usize = 300;

/// Marks that do not count, at most, in a word that is still near.
const FOLDED: usize = 4;

/// Letters of a word for which a near one is looked for, at most: nobody mistypes a longer one, and the look takes their square.
const LONGEST: usize = 64;

/// The known word that is nearest: letter case, `_` and `-` do not count, and there is at most one slip in three letters. Of
/// a long word only one that is the same but for these.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let length = folded.chars().count();
    let most = match length > LONGEST {
        true => 0,
        false => (length + 1) / 3,
    };
    let letters = Letters::of(&folded);
    known
        .into_iter()
        .take(MOST_KNOWN)
        .filter(|k| k.chars().count().abs_diff(length) <= most + FOLDED)
        .map(|k| (fold(k), k))
        .filter(|(target, _)| letters.apart(&Letters::of(target)) <= most)
        .map(|(target, k)| (distance(&folded, &target), k))
        .filter(|(distance, k)| *distance <= most && *distance < k.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// Slips between two words; of long ones only whether there are any.
fn distance(a: &str, b: &str) -> usize {
    match a.chars().count().max(b.chars().count()) > 2 * LONGEST {
        true => usize::from(a != b),
        false => strsim::osa_distance(a, b),
    }
}

/// How often each letter stands in a word, whatever its place; other alphabets share the places.
struct Letters([u16; 64]);

impl Letters {
    fn of(word: &str) -> Letters {
        let mut letters = Letters([0; 64]);
        for letter in word.chars() {
            let place = &mut letters.0[letter as usize % 64];
            *place = place.saturating_add(1);
        }
        letters
    }

    /// Slips between the two words, at the least: each mends one letter that is too many or too few.
    fn apart(&self, other: &Letters) -> usize {
        let (mut more, mut less) = (0, 0);
        for (a, b) in self.0.iter().zip(&other.0) {
            more += usize::from(a.saturating_sub(*b));
            less += usize::from(b.saturating_sub(*a));
        }
        more.max(less)
    }
}

/// Whether two words differ at most in letter case and in marks between their parts.
pub(crate) fn same_word(a: &str, b: &str) -> bool {
    fold(a) == fold(b)
}

fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().filter(|c| !matches!(c, '_' | '-' | ' ')) {
        match c.is_ascii() {
            true => folded.push(c.to_ascii_lowercase()),
            false => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// Whose words a guess is among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// The language's own: keys and the like, which are few and unlike each other.
    Language,
    /// The author's: names and columns, where `invite-1` stands beside `invite-2`.
    Author,
}

/// Whether a guess of [`nearest`] is a slip of the keyboard rather than another word: no other word is as near, and it
/// differs in marks that do not count, or, from four letters on, in two letters swapped, or one too many or too few. A
/// letter in the place of another is a slip only among the words of the language; a digit is never one.
pub(crate) fn is_slip<'a>(
    word: &str,
    meant: &str,
    known: impl IntoIterator<Item = &'a str>,
    words: Words,
) -> Applicability {
    let (folded, target) = (fold(word), fold(meant));
    let slips = distance(&folded, &target);
    let letters = Letters::of(&folded);
    let as_near = |k: &&str| {
        let other = fold(k);
        *k != meant && letters.apart(&Letters::of(&other)) <= slips && distance(&folded, &other) <= slips
    };
    if known.into_iter().take(MOST_KNOWN).any(|k| as_near(&k)) {
        return Applicability::Unsure;
    }
    let digits = |s: &str| s.chars().filter(char::is_ascii_digit).collect::<String>();
    let long = folded.chars().count().min(target.chars().count()) >= 4;
    let same_length = folded.chars().count() == target.chars().count();
    let swapped = strsim::levenshtein(&folded, &target) == 2;
    let small = slips == 1 && (!same_length || swapped || words == Words::Language);
    match slips == 0 || (long && small && digits(&folded) == digits(&target)) {
        true => Applicability::Safe,
        false => Applicability::Unsure,
    }
}

/// The one of the author's words that this is by a slip of the keyboard; none where it is one of them, or another word.
pub(crate) fn slip_of<'a, K>(word: &str, known: K) -> Option<&'a str>
where
    K: IntoIterator<Item = &'a str> + Clone,
{
    if known.clone().into_iter().any(|known| known == word) {
        return None;
    }
    let meant = nearest(word, known.clone())?;
    let is_sure = is_slip(word, meant, known, Words::Author) == Applicability::Safe;
    is_sure.then_some(meant)
}

/// What a word that nobody knows was probably meant to be, with its repair.
#[derive(Debug, Clone)]
pub(crate) struct Guess {
    meant: Option<String>,
    /// As it stands in the file; none: as it is.
    instead: Option<String>,
    sure: Applicability,
}

impl Guess {
    /// One that a person looks at: it decides who gets what.
    pub(crate) fn unsure(meant: Option<impl Into<String>>) -> Guess {
        Guess {
            meant: meant.map(Into::into),
            instead: None,
            sure: Applicability::Unsure,
        }
    }

    /// The nearest of the known words, put in its place unseen where it is a slip of the keyboard.
    pub(crate) fn among<'a, K>(word: &str, known: K, words: Words) -> Guess
    where
        K: IntoIterator<Item = &'a str> + Clone,
    {
        let meant = nearest(word, known.clone());
        let sure = meant.map_or(Applicability::Unsure, |meant| is_slip(word, meant, known, words));
        Guess {
            sure,
            ..Guess::unsure(meant)
        }
    }

    /// What was meant, where that is known.
    pub(crate) fn meant(&self) -> Option<&str> {
        self.meant.as_deref()
    }

    /// The same, for a person to look at.
    pub(crate) fn doubted(self) -> Guess {
        Guess {
            sure: Applicability::Unsure,
            ..self
        }
    }

    /// As it has to stand in the file, where that is not the word alone.
    pub(crate) fn written(mut self, write: impl FnOnce(&str) -> String) -> Guess {
        self.instead = self.meant.as_deref().map(write);
        self
    }

    /// Asks "did you mean" and offers the repair at the place of the diagnostic; without a guess it says something else.
    pub(crate) fn tell(self, found: Diagnostic, otherwise: impl FnOnce() -> String) -> Diagnostic {
        let found = found.help(did_you_mean(self.meant.as_deref(), otherwise));
        match self.instead.or(self.meant) {
            Some(instead) => {
                let span = found.span.clone();
                found.replace(span, instead, self.sure)
            }
            None => found,
        }
    }
}

/// `did you mean "x"?`, else the choices.
pub(crate) fn did_you_mean(nearest: Option<&str>, otherwise: impl FnOnce() -> String) -> String {
    match nearest {
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => otherwise(),
    }
}

/// All names of a kind, in a sentence: `the messages are "a" and "b"`, of one `the only message is "a"`.
pub(crate) fn these_are((one, many): (&str, &str), names: &[&str]) -> String {
    let all = listed(names.iter().copied());
    match names.len() {
        1 => format!("the only {one} is {all}"),
        _ => format!("the {many} are {all}"),
    }
}

/// As [`these_are`], where the kind goes without saying.
pub(crate) fn there_are(names: &[&str]) -> String {
    let all = listed(names.iter().copied());
    match names.len() {
        1 => format!("there is only {all}"),
        _ => format!("there are {all}"),
    }
}

/// `a`, `b` and `c`, each in double quotes; at most a dozen.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let shown: Vec<String> = names
        .by_ref()
        .take(12)
        .map(|name| format!("\"{name}\""))
        .collect();
    match (shown.as_slice(), names.count()) {
        ([], _) => "none".into(),
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (many, more) => format!("{} and {more} more", many.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_is_told_from_another_word() {
        let slips = |words, pairs: &[(&str, &str)], known: &[&str]| {
            let sure = |(word, meant): &(&str, &str)| is_slip(word, meant, known.iter().copied(), words);
            pairs.iter().map(sure).collect::<Vec<_>>()
        };
        let known = ["invite-1", "reminder", "vip-it", "members", "tag", "audience"];
        let certain = [
            ("Reminder", "reminder"),
            ("vip_it", "vip-it"),
            ("remidner", "reminder"),
            ("member", "members"),
        ];
        let guesses = [
            ("invite-2", "invite-1"),
            ("invite", "invite-1"),
            ("vip-at", "vip-it"),
            ("tga", "tag"),
            ("rimynder", "reminder"),
        ];
        assert_eq!(slips(Words::Author, &certain, &known), [Applicability::Safe; 4]);
        assert_eq!(slips(Words::Author, &guesses, &known), [Applicability::Unsure; 5]);
        let replaced = [("audiance", "audience")];
        assert_eq!(slips(Words::Author, &replaced, &known), [Applicability::Unsure]);
        assert_eq!(slips(Words::Language, &replaced, &known), [Applicability::Safe]);
        let tie = ["invite-it", "invite-at"];
        assert_eq!(
            slips(Words::Author, &[("invite-t", "invite-it")], &tie),
            [Applicability::Unsure]
        );
    }
}
