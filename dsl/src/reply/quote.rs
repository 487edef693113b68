//! What a text quotes of another: quotation marks of every kind, quotations that were cut short or came through an alphabet
//! that lacks characters. Compared are letters and digits, folded.

use std::ops::Range;

use super::fold::folded;

/// Quotation marks that are looked at from either end: more stand in no reaction, and each pair is a comparison.
const MOST_MARKS: usize = 12;
/// Letters that a quotation needs which is cut, and says so.
const LEAST_CUT: usize = 4;
/// Letters that a quotation needs whose marks may be none: `?` is what gateways make of characters that they do not know.
const LEAST_WEAK: usize = 8;
/// Letters that a quotation needs which ends too early without saying so.
const LEAST_SILENT: usize = 12;
/// One letter in so many may be lost or another.
const TOLERANCE: usize = 10;

/// A text, taken apart at its quotation marks.
pub(super) struct Quoting<'t> {
    text: &'t str,
    letters: Vec<char>,
    marks: Vec<Mark>,
}

#[derive(Clone, Copy)]
struct Mark {
    start: usize,
    end: usize,
    /// How many letters stand before it.
    at: usize,
    /// Certainly a quotation mark. A gateway that does not know one mark of a pair does not know the other either.
    strong: bool,
}

/// A part of a text that stands in marks.
pub(super) struct Quotation<'t> {
    /// The whole message.
    pub text: &'t str,
    pub before: &'t str,
    pub after: &'t str,
    inside: &'t str,
    letters: &'t [char],
    weak: bool,
    /// There is no mark at its end.
    open: bool,
}

/// The letters of a text of ours.
pub(super) fn letters(text: &str) -> Vec<char> {
    text.chars()
        .flat_map(folded)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

impl<'t> Quoting<'t> {
    pub fn new(text: &'t str) -> Quoting<'t> {
        let mut quoting = Quoting {
            text,
            letters: vec![],
            marks: vec![],
        };
        for (start, c) in text.char_indices() {
            let strong = is_quote(c);
            if strong || matches!(c, '?' | '_' | '\u{FFFD}') {
                quoting.marks.push(Mark {
                    start,
                    end: start + c.len_utf8(),
                    at: quoting.letters.len(),
                    strong,
                });
            }
            let letters = folded(c).filter(|c| c.is_alphanumeric());
            quoting.letters.extend(letters);
        }
        quoting
    }

    /// All that may be a quotation, the widest first.
    pub fn quotations(&self) -> impl Iterator<Item = Quotation<'_>> {
        let first = &self.marks[..self.marks.len().min(MOST_MARKS)];
        first.iter().flat_map(|open| {
            let closing = self.closing(*open);
            closing.map(|close| self.between(*open, close))
        })
    }

    /// Those in marks that certainly are some, up to the last of them.
    pub fn in_marks(&self) -> impl Iterator<Item = Quotation<'_>> {
        let last = self.marks.iter().rposition(|mark| mark.strong);
        let marks = self.marks[..last.map_or(0, |last| last + 1)].iter();
        let opening = marks.filter(|mark| mark.strong).take(MOST_MARKS);
        opening.map(move |open| match last {
            Some(last) if self.marks[last].start > open.start => self.between(*open, self.marks[last]),
            Some(_) | None => self.between(*open, self.end()),
        })
    }

    /// Where a quotation may end that begins there, the last place first. Without a mark behind it, it was cut with the
    /// message.
    fn closing(&self, open: Mark) -> impl Iterator<Item = Mark> {
        let behind = move |mark: &&Mark| mark.at > open.at && mark.strong == open.strong;
        let marks = self.marks.iter().rev().take(MOST_MARKS).filter(behind);
        let is_open = open.strong && marks.clone().next().is_none();
        is_open.then(|| self.end()).into_iter().chain(marks.copied())
    }

    fn end(&self) -> Mark {
        Mark {
            start: self.text.len(),
            end: self.text.len(),
            at: self.letters.len(),
            strong: true,
        }
    }

    fn between(&self, open: Mark, close: Mark) -> Quotation<'_> {
        let inside: Range<usize> = open.end..close.start;
        Quotation {
            text: self.text,
            before: &self.text[..open.start],
            after: &self.text[close.end..],
            inside: self.text[inside].trim(),
            letters: &self.letters[open.at..close.at],
            weak: !open.strong || !close.strong,
            open: close.start == self.text.len(),
        }
    }
}

impl Quotation<'_> {
    /// Whether it quotes a text with these letters, or a part of it.
    pub fn is_of(&self, sent: &[char]) -> bool {
        let quoted = self.letters;
        if quoted.is_empty() || (self.weak && quoted.len() < LEAST_WEAK) {
            return false;
        }
        let cut = |dots: &str| self.inside.starts_with(dots);
        let cut_before = cut("...") || cut("\u{2026}");
        let cut_after = self.open || self.inside.ends_with("...") || self.inside.ends_with('\u{2026}');
        let least = match (cut_before || cut_after, self.open) {
            (true, false) => LEAST_CUT,
            (_, _) => LEAST_SILENT,
        };
        let long = quoted.len() >= least;
        let part = || match (cut_before, cut_after) {
            (true, true) => sent.windows(quoted.len()).any(|window| window == quoted),
            (true, false) => sent.ends_with(quoted),
            (false, _) => sent.starts_with(quoted) || is_like(quoted, &sent[..quoted.len().min(sent.len())]),
        };
        quoted == sent || (long && (part() || is_like(quoted, sent)))
    }
}

/// Whether two texts differ in few letters.
fn is_like(one: &[char], other: &[char]) -> bool {
    let most = one.len().max(other.len()) / TOLERANCE;
    if most == 0 || one.len().abs_diff(other.len()) > most {
        return false;
    }
    let text = |letters: &[char]| letters.iter().collect::<String>();
    strsim::levenshtein(&text(one), &text(other)) <= most
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\u{AB}' | '\u{BB}' | '\u{201C}'..='\u{201F}' | '\u{2039}' | '\u{203A}' | '\u{300C}'..='\u{300F}' | '\u{FF02}'
    )
}
