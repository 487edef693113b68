//! Where spaces that do not break stand for spaces of YAML: before a line's key or dash, behind these, around what
//! brackets hold. Those in texts are left alone: in quotes, in blocks, between words.

use std::ops::Range;

use super::{SPACES, is_space};

/// Each run of them, in order.
pub(super) fn of(text: &str) -> Vec<Range<usize>> {
    let mut scan = Scan {
        text,
        found: vec![],
        block: None,
        quote: None,
        brackets: vec![],
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end_matches(['\n', '\r']).len();
        scan.line(start, end);
        start += line.len();
    }
    scan.found
}

struct Scan<'a> {
    text: &'a str,
    found: Vec<Range<usize>>,
    /// The column of the key whose block text goes on.
    block: Option<usize>,
    /// The quote of a text that goes on.
    quote: Option<char>,
    /// Those that are open.
    brackets: Vec<char>,
}

impl Scan<'_> {
    fn line(&mut self, start: usize, end: usize) {
        if self.quote.is_some() || !self.brackets.is_empty() {
            return self.inside(start, end);
        }
        let first = self.behind_spaces(start, end);
        if self.is_of_block(start, first, end) {
            return;
        }
        let (mut at, mut gaps) = self.dashes(first, end);
        if let Some(colon) = self.colon(at, end) {
            let name = self.text[at..colon].trim_end_matches(is_space).len();
            let next = self.behind_spaces(colon + 1, end);
            gaps.extend([at + name..colon, colon + 1..next]);
            at = next;
        }
        if !gaps.is_empty() {
            self.take(start..first);
            gaps.into_iter().for_each(|gap| self.take(gap));
        }
        match self.text[at..end].chars().next() {
            Some('|' | '>') => self.block = Some(self.text[start..first].chars().count()),
            Some('"' | '\'' | '{' | '[') => self.inside(at, end),
            _ => {}
        }
    }

    /// Whether a line goes on with a block text, whose first character is at `first`.
    fn is_of_block(&mut self, start: usize, first: usize, end: usize) -> bool {
        let Some(key) = self.block else {
            return false;
        };
        let line = &self.text[start..end];
        let spaces = line.bytes().take_while(|b| *b == b' ').count();
        let is_text = first == end || spaces > key;
        let is_indented = !is_text && line[..first - start].chars().count() > key;
        if is_indented {
            self.take(start..first);
        } else if !is_text {
            self.block = None;
        }
        is_text || is_indented
    }

    /// What stands behind the dashes that a line begins with, and the spaces behind each of them.
    fn dashes(&self, mut at: usize, end: usize) -> (usize, Vec<Range<usize>>) {
        let mut gaps = vec![];
        while let Some(behind) = self.text[at..end].strip_prefix('-') {
            if !behind.is_empty() && !behind.starts_with(is_space) {
                break;
            }
            let next = self.behind_spaces(at + 1, end);
            gaps.push(at + 1..next);
            at = next;
        }
        (at, gaps)
    }

    /// The colon behind the key that a line begins with.
    fn colon(&self, at: usize, end: usize) -> Option<usize> {
        let rest = &self.text[at..end];
        let name = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].find(quote)? + 2,
            _ => rest.find(|c| !is_of_name(c)).filter(|length| *length > 0)?,
        };
        let colon = self.behind_spaces(at + name, end);
        let behind = self.text[colon..end].strip_prefix(':')?;
        (behind.is_empty() || behind.starts_with(is_space)).then_some(colon)
    }

    /// A part of a line that begins in quotes or brackets, or with them.
    fn inside(&mut self, start: usize, end: usize) {
        let mut characters = self.text[start..end].char_indices().map(|(i, c)| (start + i, c));
        while let Some((at, c)) = characters.next() {
            match (self.quote, c) {
                (Some('"'), '\\') => {
                    characters.next();
                }
                (Some(quote), c) => self.quote = self.quote.filter(|_| c != quote),
                (None, '"' | '\'') if self.begins(start, at) => self.quote = Some(c),
                (None, '{' | '[') => self.brackets.push(c),
                (None, '}' | ']') => {
                    self.brackets.pop();
                }
                (None, c) if SPACES.contains(&c) && self.is_between(start, at, end) => {
                    self.take(at..at + c.len_utf8());
                }
                _ => {}
            }
        }
    }

    /// Whether a quote is the first character of a value or a key.
    fn begins(&self, start: usize, at: usize) -> bool {
        let before = self.text[start..at].trim_end_matches(is_space);
        before.is_empty() || before.ends_with(['{', '[', ',', ':'])
    }

    /// Whether a space outside of quotes stands beside a mark of YAML.
    fn is_between(&self, start: usize, at: usize, end: usize) -> bool {
        let before = self.text[start..at].trim_end_matches(is_space);
        let after = self.text[at..end].trim_start_matches(is_space);
        let is_key = |text: &str| {
            let name = text.trim_start_matches(is_of_name);
            name.len() < text.len() && name.trim_start_matches(is_space).starts_with(':')
        };
        match before.chars().next_back() {
            None | Some('{' | '[' | '}' | ']' | '"' | '\'') => true,
            Some(',') => self.brackets.last() == Some(&'[') || is_key(after),
            Some(':') => {
                let key = before[..before.len() - 1].trim_end_matches(is_of_name);
                self.begins(start, start + key.len())
            }
            Some(_) => after.is_empty() || after.starts_with(['}', ']']),
        }
    }

    fn behind_spaces(&self, at: usize, end: usize) -> usize {
        end - self.text[at..end].trim_start_matches(is_space).len()
    }

    /// Takes up those that stand in a part of the text.
    fn take(&mut self, part: Range<usize>) {
        for (i, c) in self.text[part.clone()].char_indices() {
            if !SPACES.contains(&c) {
                continue;
            }
            let at = part.start + i;
            match self.found.last_mut().filter(|last| last.end == at) {
                Some(last) => last.end = at + c.len_utf8(),
                None => self.found.push(at..at + c.len_utf8()),
            }
        }
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text with `~` for a space that does not break, and with `^` for each that is taken for one of YAML.
    fn check(text: &str, expected: &str) {
        let text = text.replace('~', "\u{a0}");
        let mut shown = text.clone();
        for place in of(&text).into_iter().rev() {
            let count = text[place.clone()].chars().count();
            shown.replace_range(place, &"^".repeat(count));
        }
        assert_eq!(shown.replace('\u{a0}', "~"), expected);
    }

    #[test]
    fn spaces_of_yaml_are_told_from_those_of_texts() {
        for (text, expected) in [
            ("message:~\"Hi~you\"", "message:^\"Hi~you\""),
            ("a:~Hi~you,~x: b", "a:^Hi~you,~x: b"),
            ("a:\n~~b~: x~y\n", "a:\n^^b^: x~y\n"),
            ("  -~send:~a~", "  -^send:^a~"),
            ("-~ - it", "-^ - it"),
            ("~- wait:~~1 day", "^- wait:^^1 day"),
            ("a: |\n  x~y\n  ~z\n~ b: x\n", "a: |\n  x~y\n  ~z\n^ b: x\n"),
            ("a: |\n~~x\n~~y\nb: c", "a: |\n^^x\n^^y\nb: c"),
            ("a: \"x\n  ~y:~z\"\nb:~c", "a: \"x\n  ~y:~z\"\nb:^c"),
            ("a: {~b:~c~d,~e: f~}", "a: {^b:^c~d,^e: f^}"),
            ("a: [it,~en,\n ~fr~]~", "a: [it,^en,\n ^fr^]^"),
            (
                "a: { b: 'x,~y: z', c: it's,~so }",
                "a: { b: 'x,~y: z', c: it's,~so }",
            ),
            ("a: \"x\"~", "a: \"x\"^"),
            ("\"a\"~: x", "\"a\"^: x"),
            ("a: Hi\n  ~you", "a: Hi\n  ~you"),
            ("# a:~b", "# a:~b"),
        ] {
            check(text, expected);
        }
    }
}
