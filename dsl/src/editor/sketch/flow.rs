//! Flow style: `{a: 1}` and `[a, b]`, over several lines too.

use std::ops::Range;

use super::lines::{DEEPEST, Scan};
use super::{Mark, Shape, Slot};

/// What comes next in a bracket.
#[derive(Clone, Copy)]
enum Due {
    Key,
    Value(Slot),
    /// A comma, or the end.
    Nothing,
}

struct Bracket {
    container: usize,
    due: Due,
}

impl Scan<'_> {
    /// From a bracket to its end; `column` is that of the key it belongs to. Gives where to go on.
    pub(super) fn flow(&mut self, at: usize, slot: Slot, column: usize) -> usize {
        let mut open: Vec<Bracket> = vec![];
        let mut at = at;
        loop {
            let rest = &self.text[at..];
            let Some(c) = rest.chars().next() else {
                return self.text.len() + 1;
            };
            let before = at;
            match c {
                '{' | '[' => {
                    let parent = match open.last() {
                        None => slot,
                        Some(Bracket {
                            due: Due::Value(slot),
                            ..
                        }) => *slot,
                        Some(Bracket { container, .. }) => Slot::Item(*container),
                    };
                    self.open_bracket(&mut open, parent, c == '{', column);
                    if open.len() > DEEPEST {
                        return self.next_line(self.line_end(at));
                    }
                    at += 1;
                }
                '}' | ']' => {
                    open.pop();
                    at += 1;
                    match open.last_mut() {
                        Some(bracket) => bracket.due = Due::Nothing,
                        None => return self.next_line(self.line_end(at)),
                    }
                }
                ',' => {
                    self.begin_anew(&mut open);
                    at += 1;
                }
                '\n' | '\r' => {
                    at = self.next_line(at);
                    if at >= self.text.len() || self.is_over(at, column) {
                        self.between(&open, before..before);
                        return at;
                    }
                }
                ' ' | '\t' | ':' => at += 1,
                '#' if self.text[..at].ends_with([' ', '\t']) => {
                    at = self.line_end(at);
                    continue;
                }
                _ => {
                    at = self.token(&mut open, at, column);
                    continue;
                }
            }
            self.between(&open, before + 1..at.max(before + 1));
        }
    }

    fn open_bracket(&mut self, open: &mut Vec<Bracket>, parent: Slot, map: bool, column: usize) {
        let shape = if map { Shape::Map } else { Shape::List };
        let container = self.sketch.open(Some(parent), shape, column);
        if let Some(around) = open.last_mut() {
            around.due = Due::Nothing;
        }
        let due = if map {
            Due::Key
        } else {
            Due::Value(Slot::Item(container))
        };
        open.push(Bracket { container, due });
    }

    fn begin_anew(&mut self, open: &mut [Bracket]) {
        if let Some(bracket) = open.last_mut() {
            bracket.due = match self.sketch.containers[bracket.container].shape {
                Shape::Map => Due::Key,
                Shape::List => Due::Value(Slot::Item(bracket.container)),
            };
        }
    }

    /// The cursor between two words.
    fn between(&mut self, open: &[Bracket], place: Range<usize>) {
        if !(place.start..=place.end).contains(&self.cursor) {
            return;
        }
        let word = self.cursor..self.cursor;
        match open.last().map(|bracket| (bracket.due, bracket.container)) {
            Some((due @ (Due::Key | Due::Value(_)), container)) => {
                self.mark = Some(mark(due, container, word, false, None));
            }
            Some((Due::Nothing, _)) | None => {}
        }
    }

    /// A word, quoted or not; gives where it ends.
    fn token(&mut self, open: &mut [Bracket], at: usize, column: usize) -> usize {
        let first = self.text[at..].chars().next().filter(|c| matches!(c, '"' | '\''));
        let (word, mut after) = match first {
            Some(quote) => self.quoted(at, quote, column),
            None => {
                let end = plain_end(self.text, at);
                (at..at + self.text[at..end].trim_end().len(), end)
            }
        };
        let Some(bracket) = open.last_mut() else {
            return after.max(at + 1);
        };
        let spaces = self.text[after..].len() - self.text[after..].trim_start_matches(' ').len();
        let has_colon = self.text[after + spaces..].starts_with(':');
        let reach = if first.is_some() { word.clone() } else { at..after };
        if (reach.start..=reach.end).contains(&self.cursor) {
            let shown = word.start..word.end.max(if first.is_some() { word.end } else { self.cursor });
            match bracket.due {
                due @ (Due::Key | Due::Value(_)) => {
                    self.mark = Some(mark(due, bracket.container, shown, has_colon, first));
                }
                Due::Nothing => {}
            }
        }
        match bracket.due {
            Due::Key if has_colon => {
                let name = self.text[word.clone()].to_owned();
                after += spaces + 1;
                let slot = self.sketch.add(bracket.container, name, word, after);
                bracket.due = Due::Value(slot);
                if self.cursor == after {
                    self.mark = Some(mark(bracket.due, bracket.container, after..after, false, None));
                }
            }
            Due::Value(slot) => {
                self.sketch
                    .fill(slot, at..after.min(at + self.text[at..after].trim_end().len()));
                bracket.due = Due::Nothing;
            }
            Due::Key | Due::Nothing => bracket.due = Due::Nothing,
        }
        after.max(at + 1)
    }
}

fn mark(due: Due, container: usize, word: Range<usize>, has_colon: bool, quote: Option<char>) -> Mark {
    match due {
        Due::Value(slot) => Mark::Value {
            slot: Some(slot),
            word,
            quote,
            flow: true,
        },
        Due::Key | Due::Nothing => {
            let container = Some(container);
            Mark::Key {
                container,
                word,
                has_colon,
                flow: true,
            }
        }
    }
}

/// Where an unquoted word ends: at a bracket, a comma, a colon with white space behind it, a comment, or its line.
fn plain_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let bytes = rest.as_bytes();
    let ends = |(i, byte): (usize, u8)| match byte {
        b',' | b'[' | b']' | b'{' | b'}' | b'\n' | b'\r' => true,
        b':' => matches!(
            bytes.get(i + 1),
            None | Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b'}' | b']')
        ),
        b'#' => i > 0 && matches!(bytes[i - 1], b' ' | b'\t'),
        _ => false,
    };
    let end = bytes.iter().copied().enumerate().position(ends);
    end.map_or(text.len(), |i| at + i)
}
