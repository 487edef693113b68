//! Block style: a line after the other, by its indentation.

use std::ops::Range;

use super::{Container, Entry, Mark, Shape, Sketch, Slot};

/// Maps and lists inside each other, at most; what is deeper is not looked at.
pub(super) const DEEPEST: usize = crate::tree::DEEPEST;

/// A container that is open, and the last thing in it.
struct Frame {
    container: usize,
    last: Slot,
    /// The last thing has a scalar.
    filled: bool,
}

pub(super) struct Scan<'a> {
    pub text: &'a str,
    pub cursor: usize,
    pub sketch: Sketch,
    pub mark: Option<Mark>,
    stack: Vec<Frame>,
}

impl<'a> Scan<'a> {
    pub fn new(text: &'a str, cursor: usize) -> Scan<'a> {
        Scan {
            text,
            cursor,
            sketch: Sketch::default(),
            mark: None,
            stack: vec![],
        }
    }

    pub fn all(&mut self) {
        let mut at = 0;
        loop {
            let end = self.line_end(at);
            let line = &self.text[at..end];
            let content = line.trim_start_matches(' ');
            let indent = line.len() - content.len();
            if content.trim().is_empty() {
                if (at..=end).contains(&self.cursor) {
                    self.blank(self.cursor - at);
                }
                at = self.next_line(end);
            } else if content.starts_with('#') || (indent == 0 && is_document_line(content)) {
                at = self.next_line(end);
            } else {
                at = self.line(at + indent, indent);
            }
            if at > self.text.len() || (at == self.text.len() && !self.ends_with_break()) {
                break;
            }
            if at == self.text.len() {
                if self.cursor == at {
                    self.blank(0);
                }
                break;
            }
        }
    }

    fn ends_with_break(&self) -> bool {
        self.text.is_empty() || self.text.ends_with(['\n', '\r'])
    }

    /// Where the line ends that a byte is in, before its break.
    pub fn line_end(&self, at: usize) -> usize {
        self.text[at..]
            .find(['\n', '\r'])
            .map_or(self.text.len(), |i| at + i)
    }

    /// Behind the break at a byte; past the text where there is none.
    pub fn next_line(&self, end: usize) -> usize {
        match &self.text[end..] {
            rest if rest.starts_with("\r\n") => end + 2,
            "" => self.text.len() + 1,
            _ => end + 1,
        }
    }

    /// The cursor on an empty line.
    fn blank(&mut self, column: usize) {
        let word = self.cursor..self.cursor;
        let column_of = |frame: &Frame| self.sketch.containers[frame.container].column;
        let open = self.stack.iter().rposition(|frame| column_of(frame) <= column);
        let Some(at) = open else {
            let container = self.stack.first().map(|frame| frame.container);
            self.mark = Some(Mark::Key {
                container,
                word,
                has_colon: false,
                flow: false,
            });
            return;
        };
        let mut frame = &self.stack[at];
        // A list may stand as far left as its key: what follows is a key beside that one.
        if at > 0 && column_of(&self.stack[at - 1]) == column {
            frame = &self.stack[at - 1];
        }
        let container = &self.sketch.containers[frame.container];
        self.mark = Some(match container.shape {
            Shape::Map if container.column == column => Mark::Key {
                container: Some(frame.container),
                word,
                has_colon: false,
                flow: false,
            },
            Shape::List if container.column == column => {
                let slot = container.parent;
                Mark::Start { slot, word }
            }
            Shape::Map | Shape::List if frame.filled => return,
            Shape::Map | Shape::List => Mark::Start {
                slot: Some(frame.last),
                word,
            },
        });
    }

    /// A line with something on it; gives where to go on.
    fn line(&mut self, mut at: usize, mut column: usize) -> usize {
        loop {
            let end = self.line_end(at);
            let rest = &self.text[at..end];
            if !(rest == "-" || rest.starts_with("- ")) {
                break;
            }
            let list = self.container(Shape::List, column);
            self.set_last(Slot::Item(list), false);
            let content = rest[1..].trim_start_matches(' ');
            let skipped = rest.len() - content.len();
            if content.trim_end().is_empty() || content.starts_with('#') || self.stack.len() > DEEPEST {
                if (at + 1..=end).contains(&self.cursor) && !content.starts_with('#') {
                    let (slot, word) = (Some(Slot::Item(list)), self.cursor..self.cursor);
                    self.mark = Some(Mark::Start { slot, word });
                }
                return self.next_line(end);
            }
            (at, column) = (at + skipped, column + skipped);
        }
        match key(self.text, at..self.line_end(at)) {
            Some((key, name, colon)) => self.entry(key, name, colon, column),
            None => self.lone(at, column),
        }
    }

    /// `key: …`.
    fn entry(&mut self, key: Range<usize>, name: String, colon: usize, column: usize) -> usize {
        let map = self.container(Shape::Map, column);
        if (key.start..=key.end).contains(&self.cursor) {
            let (container, word) = (Some(map), key.clone());
            self.mark = Some(Mark::Key {
                container,
                word,
                has_colon: true,
                flow: false,
            });
        }
        let slot = self.sketch.add(map, name, key, colon + 1);
        self.set_last(slot, false);
        self.value(colon + 1, slot, column)
    }

    /// Something on a line of its own that is no key: yet, or not at all.
    fn lone(&mut self, at: usize, column: usize) -> usize {
        self.leave(column, false);
        let (end, cursor) = (self.content_end(at), self.cursor);
        let top = self.stack.last();
        let map = top.filter(|frame| self.sketch.containers[frame.container].column == column);
        let opens = self.text[at..].starts_with(['{', '[', '"', '\'', '|', '>']);
        match (map, top) {
            (Some(frame), _) if !opens => {
                let word = at..word_end(self.text, at, end);
                if (word.start..=word.end).contains(&cursor) {
                    let container = Some(frame.container);
                    self.mark = Some(Mark::Key {
                        container,
                        word,
                        has_colon: false,
                        flow: false,
                    });
                }
                self.next_line(self.line_end(at))
            }
            (None, Some(frame)) if !opens => {
                let (slot, filled) = (frame.last, frame.filled);
                let mut word = at..end;
                if let (Slot::Entry(entry), true) = (slot, filled) {
                    let value = &mut self.sketch.entries[entry].value;
                    *value = value.start..end;
                    word.start = value.start;
                }
                // What is still to come stands behind a space.
                let behind = &self.text[end..self.line_end(at)];
                let reach = if behind.trim().is_empty() {
                    end + behind.len()
                } else {
                    end
                };
                if (at..=reach).contains(&cursor) {
                    word.end = word.end.max(cursor);
                    self.mark = Some(match filled {
                        true => Mark::Value {
                            slot: Some(slot),
                            word,
                            quote: None,
                            flow: false,
                        },
                        false => Mark::Start {
                            slot: Some(slot),
                            word,
                        },
                    });
                }
                self.next_line(self.line_end(at))
            }
            (_, Some(frame)) => {
                let slot = frame.last;
                self.value(at, slot, column.saturating_sub(1))
            }
            (_, None) => {
                let word = at..word_end(self.text, at, end);
                if (word.start..=word.end).contains(&cursor) {
                    self.mark = Some(Mark::Key {
                        container: None,
                        word,
                        has_colon: false,
                        flow: false,
                    });
                }
                self.next_line(self.line_end(at))
            }
        }
    }

    /// Where what stands on a line ends, without white space and comments.
    fn content_end(&self, at: usize) -> usize {
        let line = &self.text[at..self.line_end(at)];
        let line = line.find(" #").map_or(line, |i| &line[..i]);
        at + line.trim_end().len()
    }

    /// Leaves the containers that a line of this indentation is not in.
    fn leave(&mut self, column: usize, dash: bool) {
        while let Some(frame) = self.stack.last() {
            let container = &self.sketch.containers[frame.container];
            let beside = container.column == column && container.shape == Shape::List && !dash;
            if container.column > column || beside && self.stack.len() > 1 {
                self.stack.pop();
            } else {
                break;
            }
        }
    }

    /// The container that a key or a dash at this column is in.
    fn container(&mut self, shape: Shape, column: usize) -> usize {
        self.leave(column, shape == Shape::List);
        if let Some(frame) = self.stack.last() {
            let container = &self.sketch.containers[frame.container];
            if container.column == column && container.shape == shape {
                return frame.container;
            }
        }
        let parent = self.stack.last().map(|frame| frame.last);
        let container = self.sketch.open(parent, shape, column);
        let last = Slot::Item(container);
        self.stack.push(Frame {
            container,
            last,
            filled: false,
        });
        container
    }

    fn set_last(&mut self, slot: Slot, is_filled: bool) {
        if let Some(frame) = self.stack.last_mut() {
            (frame.last, frame.filled) = (slot, is_filled);
        }
    }

    /// A value behind its key; `column` is the key's. Gives where to go on.
    fn value(&mut self, at: usize, slot: Slot, column: usize) -> usize {
        let end = self.line_end(at);
        let mut rest = self.text[at..end].trim_start_matches(' ');
        while rest.starts_with(['&', '!']) && rest.contains(' ') {
            rest = rest.trim_start_matches(|c| c != ' ').trim_start_matches(' ');
        }
        let start = end - rest.len();
        let filled = !rest.is_empty() && !rest.starts_with('#');
        self.set_last(slot, filled);
        match rest.chars().next() {
            None | Some('#') => {
                if (at..=start).contains(&self.cursor) {
                    let word = self.cursor..self.cursor;
                    self.mark = Some(Mark::Value {
                        slot: Some(slot),
                        word,
                        quote: None,
                        flow: false,
                    });
                }
                self.next_line(end)
            }
            Some('|' | '>') => self.block(start, slot, column),
            Some(quote @ ('"' | '\'')) => {
                let (word, after) = self.quoted(start, quote, column);
                self.sketch.fill(slot, start..after);
                if (word.start..=word.end).contains(&self.cursor) {
                    let quote = Some(quote);
                    self.mark = Some(Mark::Value {
                        slot: Some(slot),
                        word,
                        quote,
                        flow: false,
                    });
                }
                self.next_line(self.line_end(after))
            }
            Some('{' | '[') => self.flow(start, slot, column),
            Some(_) => {
                let word = start..self.content_end(start);
                self.sketch.fill(slot, word.clone());
                let reach = self.text[word.end..end].len() - self.text[word.end..end].trim_start().len();
                if (at..=word.end + reach).contains(&self.cursor) {
                    let word = word.start.min(self.cursor)..word.end.max(self.cursor);
                    self.mark = Some(Mark::Value {
                        slot: Some(slot),
                        word,
                        quote: None,
                        flow: false,
                    });
                }
                self.next_line(end)
            }
        }
    }

    /// A text after `|` or `>`: all lines that stand further in than the key.
    fn block(&mut self, at: usize, slot: Slot, column: usize) -> usize {
        let header = self.line_end(at);
        let (mut next, mut end) = (self.next_line(header), header);
        while next < self.text.len() {
            let line_end = self.line_end(next);
            let line = &self.text[next..line_end];
            let content = line.trim_start_matches(' ');
            if !content.trim().is_empty() && line.len() - content.len() <= column {
                break;
            }
            end = line_end;
            next = self.next_line(line_end);
        }
        self.sketch.fill(slot, at..end);
        if end > header && (header + 1..=end).contains(&self.cursor) {
            let word = self.next_line(header)..end;
            self.mark = Some(Mark::Value {
                slot: Some(slot),
                word,
                quote: None,
                flow: false,
            });
        }
        next
    }

    /// What stands between quotes, and where it goes on behind them. One that is not closed ends with its line, or with
    /// the lines that stand further in than the key.
    pub fn quoted(&self, at: usize, quote: char, column: usize) -> (Range<usize>, usize) {
        let (start, mut from) = (at + 1, at + 1);
        loop {
            let end = self.line_end(from);
            if let Some(close) = closing(&self.text[from..end], quote) {
                return (start..from + close, from + close + 1);
            }
            let next = self.next_line(end);
            if next > self.text.len() || self.is_over(next, column) {
                return (start..end, end);
            }
            from = next;
        }
    }

    /// Whether a value that began in a line of this indentation cannot go on in the line at a byte.
    pub fn is_over(&self, at: usize, column: usize) -> bool {
        let lines = &self.text[at..];
        let content = lines.trim_start_matches([' ', '\n', '\r']);
        if content.is_empty() || content.starts_with(['}', ']']) {
            return content.is_empty();
        }
        super::column(self.text, self.text.len() - content.len()) <= column
    }
}

impl Sketch {
    pub(super) fn open(&mut self, parent: Option<Slot>, shape: Shape, column: usize) -> usize {
        self.containers.push(Container {
            parent,
            shape,
            column,
        });
        self.containers.len() - 1
    }

    pub(super) fn add(&mut self, container: usize, name: String, key: Range<usize>, value: usize) -> Slot {
        let value = value..value;
        self.entries.push(Entry {
            container,
            name,
            key,
            value,
        });
        Slot::Entry(self.entries.len() - 1)
    }

    pub(super) fn fill(&mut self, slot: Slot, value: Range<usize>) {
        if let Slot::Entry(at) = slot {
            self.entries[at].value = value;
        }
    }
}

fn is_document_line(content: &str) -> bool {
    content.starts_with("---") || content.starts_with("...")
}

fn word_end(text: &str, at: usize, end: usize) -> usize {
    text[at..end].find(' ').map_or(end, |i| at + i)
}

/// The byte of the closing quote.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' if quote == '"' => drop(chars.next()),
            c if c == quote => {
                if quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'') {
                    chars.next();
                } else {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

/// The key that a line begins with, its name, and its colon.
fn key(text: &str, line: Range<usize>) -> Option<(Range<usize>, String, usize)> {
    let (start, content) = (line.start, &text[line]);
    let ends = |at: usize| matches!(content.as_bytes().get(at + 1), None | Some(b' ' | b'\t'));
    match content.chars().next()? {
        quote @ ('"' | '\'') => {
            let close = closing(&content[1..], quote)? + 1;
            let after = content[close + 1..].trim_start_matches(' ');
            let colon = content.len() - after.len();
            let found = after.starts_with(':') && ends(colon);
            let name = content[1..close].to_owned();
            found.then(|| (start..start + close + 1, name, start + colon))
        }
        '{' | '[' | '#' | '|' | '>' | '&' | '*' | '!' | '%' | '@' => None,
        _ => {
            let comment = content.find(" #").unwrap_or(content.len());
            let colon = content[..comment]
                .match_indices(':')
                .map(|(i, _)| i)
                .find(|i| ends(*i))?;
            let name = content[..colon].trim_end();
            Some((start..start + name.len(), name.to_owned(), start + colon))
        }
    }
}
