//! Finds the tags of a template and the words in them, with their places, which the parser of Handlebars does not keep.
//! It also says in plain words what is wrong with the usual broken tags, and bounds nesting, since that parser recurses.
//! What passes here is still parsed by Handlebars: this module never decides what a tag means.

use std::ops::Range;

use super::TemplateError;

/// Blocks in blocks, and brackets in one tag.
const MOST_NESTED: usize = 32;

/// The places of all words in tags that may be names, in the order of the text. Comments, strings, closing tags and the
/// word `else` are left out.
pub(super) fn scan(source: &str) -> Result<Vec<Range<usize>>, TemplateError> {
    let mut scan = Scan {
        source,
        words: vec![],
        open: vec![],
    };
    let mut at = 0;
    while let Some(open) = next_tag(source, at) {
        at = scan.tag(open)?;
    }
    match scan.open.pop() {
        Some((name, tag)) => {
            let name = &source[name];
            let message = format!(
                "\"{}\" is not closed: \"{{{{/{name}}}}}\" is missing",
                &source[tag.clone()]
            );
            Err(TemplateError::at(tag, message).in_helper(name).in_block())
        }
        None => Ok(scan.words),
    }
}

/// Where the next `{{` is that no single backslash takes its meaning. Several backslashes are one that is text.
fn next_tag(source: &str, mut from: usize) -> Option<usize> {
    loop {
        let at = from + source[from..].find("{{")?;
        let text = &source[from..at];
        let backslashes = text.len() - text.trim_end_matches('\\').len();
        if backslashes != 1 {
            return Some(at);
        }
        from = at + 2;
        if source[from..].starts_with("{{") {
            from += 2;
        }
    }
}

struct Scan<'a> {
    source: &'a str,
    words: Vec<Range<usize>>,
    /// The name and the whole opening tag of each block around.
    open: Vec<(Range<usize>, Range<usize>)>,
}

impl Scan<'_> {
    /// Reads the tag that opens at `open`; gives where it ends.
    fn tag(&mut self, open: usize) -> Result<usize, TemplateError> {
        let rest = &self.source[open..];
        if rest.starts_with("{{{{") {
            return Err(TemplateError::at(
                open..open + 4,
                "\"{{{{\" opens a raw block, which texts do not have",
            ));
        }
        if let Some(comment) = rest.strip_prefix("{{!") {
            return comment_end(comment)
                .map(|end| open + "{{!".len() + end)
                .ok_or_else(|| TemplateError::at(open..open + 3, "the comment is not closed by \"}}\""));
        }
        let inside = rest
            .trim_start_matches("{{")
            .trim_start_matches([' ', '\t', '\r', '\n', '~']);
        let closing = inside.starts_with('/');
        let body = open + rest.len() - inside.len() + usize::from(closing);
        let (end, words) = self.words_of(open, body)?;
        self.place(open..end, inside.chars().next(), words)?;
        Ok(end)
    }

    /// Keeps the block structure, and the words that may be names.
    fn place(
        &mut self,
        tag: Range<usize>,
        sigil: Option<char>,
        words: Vec<Range<usize>>,
    ) -> Result<(), TemplateError> {
        let shown = &self.source[tag.clone()];
        let first = words.first().map(|word| &self.source[word.clone()]);
        if let Some(error) = self.of_other_tools(&tag, sigil, &words) {
            return Err(error);
        }
        match (sigil, first) {
            (Some('/'), name) => return self.close(tag, name.unwrap_or_default()),
            (Some('#'), Some(_)) => self.open.push((words[0].clone(), tag.clone())),
            (Some('^'), _) | (_, Some("else")) if self.open.is_empty() => {
                let message = format!("\"{shown}\" stands in no block");
                return Err(TemplateError::at(tag, message).in_block());
            }
            (_, None) if shown.contains('|') => {
                let usage = "a helper stands first, `{{upper first_name}}`; what stands for an empty value is a \
                             `default` under `fields`";
                return Err(TemplateError {
                    usage: Some(usage),
                    ..TemplateError::at(tag.clone(), format!("\"{shown}\" passes a value on by `|`"))
                });
            }
            (_, None) if sigil != Some('^') => {
                return Err(TemplateError::at(tag, format!("\"{shown}\" names nothing")));
            }
            _ => {}
        }
        if self.open.len() > MOST_NESTED {
            return Err(TemplateError::at(tag, "blocks are nested too deeply"));
        }
        let skip = usize::from(first == Some("else"));
        self.words.extend(words.into_iter().skip(skip));
        Ok(())
    }

    /// The parts of a block as other tools write them: `{{#else}}`, `{{elseif city}}`, `{{endif}}`.
    fn of_other_tools(
        &self,
        tag: &Range<usize>,
        sigil: Option<char>,
        words: &[Range<usize>],
    ) -> Option<TemplateError> {
        let shown = &self.source[tag.clone()];
        let first = &self.source[words.first()?.clone()];
        let block = self.open.last().map(|(name, _)| &self.source[name.clone()]);
        let fault = |message: String| TemplateError::at(tag.clone(), message);
        match (sigil, first) {
            (Some('#' | '/'), "else") => {
                let error = fault(format!("\"{shown}\" begins or ends a block, and `else` is none"));
                Some(error.meant("{{else}}", "write `{{else}}`"))
            }
            (Some('#'), _) | (Some('/'), _) => None,
            (_, "elseif" | "elsif" | "elif") => {
                let asked = words.get(1).map(|word| &self.source[word.clone()]);
                let right = format!("{{{{else if {}}}}}", asked.unwrap_or("city"));
                let error = fault(format!("\"{first}\" is two words"));
                Some(error.meant(right, "write `{{else if city}}`"))
            }
            (_, "endif" | "endunless" | "endeach") if words.len() == 1 => {
                let error = fault(format!("\"{shown}\" ends no block"));
                let usage = "a block ends with its own name behind a slash: `{{/if}}`";
                Some(error.meant(format!("{{{{/{}}}}}", block?), usage))
            }
            _ => None,
        }
    }

    fn close(&mut self, tag: Range<usize>, name: &str) -> Result<(), TemplateError> {
        let shown = &self.source[tag.clone()];
        match self.open.pop() {
            None => Err(
                match self.words.iter().rfind(|word| self.lacks_its_sign(word, name)) {
                    Some(opens) => not_opened(name, opens.clone()),
                    None => TemplateError::at(tag, format!("\"{shown}\" closes nothing")).in_block(),
                },
            ),
            Some((open, _)) if &self.source[open.clone()] != name => {
                let open = &self.source[open];
                let message = format!("\"{shown}\" stands where \"{{{{/{open}}}}}\" is due");
                Err(TemplateError::at(tag, message).in_helper(open).in_block())
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether a word is the name of a block, first in a tag that opens none.
    fn lacks_its_sign(&self, word: &Range<usize>, name: &str) -> bool {
        let before = self.source[..word.start].trim_end_matches([' ', '~']);
        &self.source[word.clone()] == name && before.ends_with("{{")
    }

    /// The end of the tag, and its words.
    fn words_of(&self, open: usize, body: usize) -> Result<(usize, Vec<Range<usize>>), TemplateError> {
        let source = self.source;
        let (mut words, mut at, mut brackets) = (vec![], body, 0);
        while let Some(c) = source[at..].chars().next() {
            if source[at..].starts_with("}}") {
                let triple = source[open..].starts_with("{{{") && source[at..].starts_with("}}}");
                return Ok((at + 2 + usize::from(triple), words));
            }
            if source[at..].starts_with("{{") {
                break;
            }
            brackets += usize::from(matches!(c, '(' | '[' | '{'));
            if brackets > MOST_NESTED {
                return Err(TemplateError::at(open..at, "the tag has too many brackets"));
            }
            at = match c {
                '"' | '\'' => string_end(source, at),
                c if divides(c) => at + c.len_utf8(),
                _ => {
                    let end = word_end(source, at);
                    if !is_key(source, at..end) {
                        words.push(at..end);
                    }
                    end
                }
            };
        }
        Err(TemplateError::at(
            open..open + 2,
            "\"{{\" is not closed by \"}}\"",
        ))
    }
}

/// For the tag that a closing one belongs to, which lacks its `#`.
fn not_opened(name: &str, span: Range<usize>) -> TemplateError {
    let message = format!("\"{name}\" is a block: {{{{#{name} …}}}} … {{{{/{name}}}}}");
    TemplateError::at(span, message).in_helper(name)
}

/// What stands between words. `#` and the like stand before a name.
fn divides(c: char) -> bool {
    c.is_whitespace() || "(){}=|~#^&>*,\"'".contains(c)
}

/// In brackets everything up to the closing one belongs to the word.
fn word_end(source: &str, start: usize) -> usize {
    let mut at = start;
    while let Some(c) = source[at..].chars().next().filter(|c| !divides(*c)) {
        let closing = (c == '[').then(|| source[at..].find(']')).flatten();
        at += closing.unwrap_or(0).max(c.len_utf8() - 1) + 1;
    }
    at
}

/// `name=` of an option is no name of a value, and neither is what stands in `as |x|`.
fn is_key(source: &str, word: Range<usize>) -> bool {
    let next = source[word.end..].trim_start().chars().next();
    next == Some('=') || next == Some('|') || source[..word.start].trim_end().ends_with('|')
}

/// Behind the closing quote; where there is none, the quote is a character like others.
fn string_end(source: &str, start: usize) -> usize {
    let quote = source.as_bytes()[start];
    let mut escaped = false;
    for (i, byte) in source.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            byte if byte == quote => return i + 1,
            _ => {}
        }
    }
    start + 1
}

/// Where a comment ends, from behind its `{{!`. `{{!-- … --}}` may hold `}}`.
fn comment_end(comment: &str) -> Option<usize> {
    let long = comment.trim_start_matches([' ', '\t', '\r', '\n']);
    let skipped = comment.len() - long.len();
    let long_end = long
        .strip_prefix("--")
        .and_then(|text| text.find("--}}"))
        .map(|i| skipped + i + 6);
    long_end.or_else(|| comment.find("}}").map(|i| i + 2))
}
