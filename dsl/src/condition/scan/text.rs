//! Texts in quotes and names in backticks, with CEL's escapes. Curly quotes are named, and read as straight ones.

use crate::diagnostic::{Applicability, Diagnostic};

use super::{Scanner, Token};

/// How it is told that a text has other quotes than straight ones.
pub(crate) const STRAIGHT_QUOTES: &str = "texts stand in straight quotes";

/// What ends a text that this character begins.
pub(super) fn closing(first: char) -> Option<char> {
    match first {
        '"' | '\'' | '`' => Some(first),
        '“' | '”' | '„' => Some('”'),
        '‘' | '’' => Some('’'),
        '«' => Some('»'),
        _ => None,
    }
}

impl Scanner<'_> {
    /// None where it is not closed.
    pub(super) fn text(&mut self, first: char) -> Option<()> {
        let close = closing(first)?;
        let start = self.at;
        let straight = first == close && first.is_ascii();
        let Some((text, length)) = self.until(first.len_utf8(), close) else {
            return self.not_closed(first);
        };
        if let Some(refused) = text.as_ref().err() {
            let span = start + refused.start..start + refused.end;
            let message = format!("`{}` stands for no character", &self.source[span.clone()]);
            let help = "after `\\` stands a quote, `\\`, `n`, `t`, or `u` and four digits of a character";
            self.found
                .push(Diagnostic::error("not-cel", span, message).help(help));
            return None;
        }
        let text = text.unwrap_or_default();
        if !straight {
            self.curly(start..start + length, first, close);
        }
        let token = match first {
            '`' => Token::Name(text),
            _ => Token::Text(text),
        };
        self.push(token, length);
        Some(())
    }

    /// The text, or the bytes of an escape that is none, and the length with both quotes. None: it is not closed.
    fn until(&self, opening: usize, close: char) -> Option<(Result<String, std::ops::Range<usize>>, usize)> {
        let rest = self.rest();
        let mut text = String::new();
        let mut refused = None;
        let mut at = opening;
        loop {
            let c = rest[at..].chars().next()?;
            let length = c.len_utf8();
            if c == close || (close == '”' && c == '“') {
                let text = refused.map_or(Ok(text), Err);
                return Some((text, at + length));
            }
            if c != '\\' || close == '`' {
                text.push(c);
                at += length;
                continue;
            }
            let (escaped, length) = escape(&rest[at..]);
            match escaped {
                Some(c) => text.push(c),
                None => refused = refused.or(Some(at..at + length)),
            }
            at += length;
        }
    }

    fn not_closed(&mut self, first: char) -> Option<()> {
        let span = self.at..self.source.trim_end().len();
        let (what, mark) = match first {
            '`' => ("the name", "`"),
            '\'' => ("the text", "'"),
            _ => ("the text", "\""),
        };
        let message = format!("{what} that begins here is not closed");
        let help = format!("put {mark} at its end");
        let found = Diagnostic::error("not-cel", span, message).help(help);
        self.found.push(found);
        None
    }

    fn curly(&mut self, span: std::ops::Range<usize>, first: char, close: char) {
        let inside = &self.source[span.start + first.len_utf8()..span.end - close.len_utf8()];
        let message = format!("{STRAIGHT_QUOTES}, not in {first}{close}");
        let found = Diagnostic::error("not-cel", span.clone(), message);
        self.found.push(match inside.contains(['"', '\\']) {
            true => found.help("put \" before and after it"),
            false => found.help(format!("write `\"{inside}\"`")).replace(
                span,
                format!("\"{inside}\""),
                Applicability::Unsure,
            ),
        });
    }
}

/// What an escape stands for, and its bytes.
fn escape(rest: &str) -> (Option<char>, usize) {
    let Some(mark) = rest[1..].chars().next() else {
        return (None, 1);
    };
    let digits = match mark {
        '\\' | '"' | '\'' | '`' | '?' => return (Some(mark), 2),
        'n' => return (Some('\n'), 2),
        't' => return (Some('\t'), 2),
        'r' => return (Some('\r'), 2),
        'x' | 'X' => 2,
        'u' => 4,
        'U' => 8,
        _ => return (None, 1 + mark.len_utf8()),
    };
    let code = rest
        .get(2..2 + digits)
        .filter(|s| s.bytes().all(|b| b.is_ascii_hexdigit()));
    match code.and_then(|code| u32::from_str_radix(code, 16).ok()) {
        Some(code) => (char::from_u32(code), 2 + digits),
        None => (None, 2),
    }
}
