//! Where in the file each byte of a scalar's text stands. The text is decoded a second time, in the parser's way, with
//! the place kept beside each character; where the two ever disagree, places fall back to the whole scalar.

use std::ops::Range;

use super::{Node, Scalar, Style};

/// The places of one scalar's text.
#[derive(Debug, Clone)]
pub struct Positions {
    /// For each byte of the text, the byte of the file; one more for the end.
    starts: Vec<usize>,
    whole: Range<usize>,
}

/// One decoded character and the bytes it is written with.
struct Unit {
    decoded: char,
    written: Range<usize>,
}

impl Positions {
    /// The places of a scalar of this file.
    pub fn new(file: &str, node: &Node) -> Positions {
        let whole = node.span.clone();
        let starts = node.scalar().and_then(|scalar| places(file, scalar, &whole));
        Positions {
            starts: starts.unwrap_or_default(),
            whole,
        }
    }

    /// The bytes of the file for bytes of the text.
    pub fn span(&self, text: Range<usize>) -> Range<usize> {
        match (self.starts.get(text.start), self.starts.get(text.end)) {
            (Some(from), Some(to)) if from <= to => *from..*to,
            _ => self.whole.clone(),
        }
    }
}

/// None where decoding does not give the text that the parser gave.
fn places(file: &str, scalar: &Scalar, span: &Range<usize>) -> Option<Vec<usize>> {
    let units = match scalar.style {
        Style::Plain => flow(file, span.clone(), Style::Plain),
        Style::Single | Style::Double => {
            let inside = span.start + 1..span.end.checked_sub(1)?.max(span.start + 1);
            flow(file, inside, scalar.style)
        }
        Style::Literal | Style::Folded => block(file, scalar, span),
    };
    let mut starts = Vec::with_capacity(scalar.text.len() + 1);
    let mut end = span.start;
    let mut units = units.into_iter();
    for c in scalar.text.chars() {
        match units.next() {
            Some(unit) if unit.decoded == c => {
                starts.extend(std::iter::repeat_n(unit.written.start, c.len_utf8()));
                end = unit.written.end;
            }
            // The parser adds a line break at the end of a file; nothing is written there.
            None if c == '\n' => starts.push(end),
            Some(_) | None => return None,
        }
    }
    starts.push(end);
    Some(starts)
}

/// Plain and quoted texts: escapes, and lines that are folded into one.
fn flow(file: &str, span: Range<usize>, style: Style) -> Vec<Unit> {
    let mut units = vec![];
    let mut at = span.start;
    while at < span.end {
        let rest = &file[at..span.end];
        let step = match fold(rest) {
            Some(fold) => {
                units.extend(fold.units(at));
                fold.length
            }
            None => {
                let (decoded, length) = one(rest, style);
                units.extend(decoded.map(|decoded| Unit {
                    decoded,
                    written: at..at + length,
                }));
                length
            }
        };
        at += step;
    }
    units
}

/// A line break with the white space around it.
struct Fold {
    length: usize,
    breaks: usize,
}

impl Fold {
    /// One break is a space, each further one a line break.
    fn units(&self, at: usize) -> impl Iterator<Item = Unit> {
        let c = if self.breaks == 1 { ' ' } else { '\n' };
        let written = at..at + self.length;
        std::iter::repeat_n(c, self.breaks.saturating_sub(1).max(1)).map(move |decoded| Unit {
            decoded,
            written: written.clone(),
        })
    }
}

fn fold(rest: &str) -> Option<Fold> {
    let blank = rest.trim_start_matches([' ', '\t', '\r', '\n']);
    let length = rest.len() - blank.len();
    let breaks = rest[..length].matches('\n').count();
    (breaks > 0).then_some(Fold { length, breaks })
}

/// The next character of a line, and the bytes it takes. None: it stands for nothing.
fn one(rest: &str, style: Style) -> (Option<char>, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    match style {
        Style::Single if rest.starts_with("''") => (Some('\''), 2),
        Style::Double if first == '\\' => escape(rest),
        Style::Single | Style::Double | Style::Plain | Style::Literal | Style::Folded => {
            (Some(first), first.len_utf8())
        }
    }
}

fn escape(rest: &str) -> (Option<char>, usize) {
    let Some(mark) = rest[1..].chars().next() else {
        return (Some('\\'), 1);
    };
    if mark == '\n' || mark == '\r' {
        let after = rest[1..].trim_start_matches(['\r', '\n', ' ', '\t']);
        return (None, rest.len() - after.len());
    }
    let digits = match mark {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return (Some(escaped(mark)), 1 + mark.len_utf8()),
    };
    match hex(rest, 2, digits) {
        // Two halves of one character beyond the first plane.
        Some(high @ 0xD800..=0xDBFF) => {
            let low = hex(rest, 8, 4).unwrap_or(0xDC00);
            let code = 0x10000 + ((high - 0xD800) << 10) + (low.saturating_sub(0xDC00) & 0x3FF);
            (char::from_u32(code), 12.min(rest.len()))
        }
        Some(code) => (char::from_u32(code), (2 + digits).min(rest.len())),
        None => (Some(mark), 1 + mark.len_utf8()),
    }
}

fn hex(rest: &str, from: usize, digits: usize) -> Option<u32> {
    u32::from_str_radix(rest.get(from..from + digits)?, 16).ok()
}

fn escaped(mark: char) -> char {
    match mark {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0b',
        'f' => '\x0c',
        'r' => '\r',
        'e' => '\x1b',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        other => other,
    }
}

/// Texts after `|` and `>`. Each line loses its indentation; the parser's text says which line breaks became spaces.
fn block(file: &str, scalar: &Scalar, span: &Range<usize>) -> Vec<Unit> {
    let line_start = file[..span.start].rfind('\n').map_or(0, |i| i + 1);
    let indent = span.start - line_start;
    let mut wanted = scalar.text.chars().peekable();
    let mut units = vec![];
    let mut at = line_start;
    for line in file[line_start..].split_inclusive('\n') {
        if wanted.peek().is_none() {
            break;
        }
        let body = line.trim_end_matches(['\n', '\r']);
        let blank = body.len() - body.trim_start_matches(' ').len();
        let skipped = blank.min(indent);
        for (i, c) in body[skipped..].char_indices() {
            let from = at + skipped + i;
            units.push(Unit {
                decoded: c,
                written: from..from + c.len_utf8(),
            });
            wanted.next();
        }
        if let Some(c) = wanted.next_if(|c| matches!(c, ' ' | '\n')) {
            units.push(Unit {
                decoded: c,
                written: at + body.len()..at + line.len(),
            });
        }
        at += line.len();
    }
    units
}
