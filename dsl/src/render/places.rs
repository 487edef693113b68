//! Lines and columns of the bytes of a file, looked up in an index: a line may have a megabyte, and a thousand findings.

use std::ops::Range;

/// Bytes of a block: so many are counted for a place, at most.
const BLOCK: usize = 1 << 10;
/// Encodes a byte-order mark, which counts for nothing.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A text, and what is known of its places.
pub(super) struct Places<'a> {
    /// The text.
    pub text: &'a str,
    /// The byte that each line begins at.
    lines: Vec<usize>,
    /// Characters before each block.
    blocks: Vec<usize>,
}

impl<'a> Places<'a> {
    pub fn new(text: &'a str) -> Places<'a> {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let mut blocks = vec![0];
        let mut start = 0;
        while start + BLOCK <= text.len() {
            let before = blocks.last().copied().unwrap_or(0);
            blocks.push(before + counted(text, start..start + BLOCK));
            start += BLOCK;
        }
        Places {
            text,
            lines: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect(),
            blocks,
        }
    }

    /// The line and the column of a byte, both from 1, the column in characters. A byte-order mark counts for nothing.
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let byte = floor(self.text, byte);
        let line = self.line(byte);
        (line + 1, self.characters(self.lines[line]..byte) + 1)
    }

    /// The byte that the line of a byte begins at.
    pub fn line_start(&self, byte: usize) -> usize {
        self.lines[self.line(byte)]
    }

    /// The byte behind the line of a byte, its line break included.
    pub fn line_end(&self, byte: usize) -> usize {
        let next = self.lines.get(self.line(byte) + 1);
        next.copied().unwrap_or(self.text.len())
    }

    /// The line of a byte, from 0.
    pub fn line(&self, byte: usize) -> usize {
        self.lines.partition_point(|start| *start <= byte) - 1
    }

    /// Each line with its line break.
    pub fn lines(&self) -> impl Iterator<Item = &'a str> {
        self.text.split_inclusive('\n')
    }

    /// Characters of a range of whole ones.
    pub fn characters(&self, range: Range<usize>) -> usize {
        self.before(range.end) - self.before(range.start)
    }

    fn before(&self, byte: usize) -> usize {
        let block = byte / BLOCK;
        self.blocks[block] + counted(self.text, block * BLOCK..byte)
    }
}

/// Characters that begin in a range of bytes.
fn counted(text: &str, range: Range<usize>) -> usize {
    let bytes = text.as_bytes();
    let all = bytes[range.clone()].iter().filter(|b| **b & 0xc0 != 0x80).count();
    let is_mark = |at: &usize| bytes[*at] == MARK[0] && bytes[*at..].starts_with(MARK);
    all - range.filter(is_mark).count()
}

/// The nearest span that lies in the text, at borders of characters.
pub(super) fn clamp(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = floor(text, span.start);
    let end = floor(text, span.end.max(span.start));
    start..end.max(start)
}

/// The last border of characters that is not behind `byte`.
pub(super) fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;

    proptest! {
        #[test]
        fn an_index_says_what_counting_says(text in "[a-c é😀\u{feff}\n]{0,1500}", byte in 0_usize..4_000) {
            let places = Places::new(&text);
            let before = &text[..floor(&text, byte)];
            let own = before.rsplit('\n').next().unwrap_or_default();
            let column = own.chars().filter(|c| *c != '\u{feff}').count() + 1;
            prop_assert_eq!(places.position(byte), (before.matches('\n').count() + 1, column));
        }
    }
}
