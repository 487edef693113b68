//! Changes of a text: which bytes become what. Whoever changes a file says it in these, so that nothing else of the
//! file is touched.

use std::ops::Range;

/// Put this text in the place of these bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the text; empty to insert.
    pub span: Range<usize>,
    /// What belongs there.
    pub replacement: String,
}

impl Edit {
    /// Put `replacement` in the place of `span`.
    pub fn new(span: Range<usize>, replacement: impl Into<String>) -> Edit {
        let replacement = replacement.into();
        Edit { span, replacement }
    }
}

/// The text with these edits made, and how many were. An edit that overlaps one before it, is the same as it, or lies
/// outside of the text or within a character is left out.
pub fn apply(text: &str, mut edits: Vec<Edit>) -> (String, usize) {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let (mut changed, mut at, mut made) = (String::with_capacity(text.len()), 0, 0);
    for edit in edits {
        let taken = made > 0 && edit.span.start <= at && edit.span.is_empty();
        let kept = text
            .get(at..edit.span.start)
            .filter(|_| !taken && text.get(edit.span.clone()).is_some());
        if let Some(kept) = kept {
            changed.push_str(kept);
            changed.push_str(&edit.replacement);
            (at, made) = (edit.span.end, made + 1);
        }
    }
    changed.push_str(&text[at..]);
    (changed, made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(edits: &[(Range<usize>, &str)], expected: (&str, usize)) {
        let edits = edits.iter().map(|(span, to)| Edit::new(span.clone(), *to));
        let (text, made) = apply("aé cd", edits.collect());
        assert_eq!((text.as_str(), made), expected);
    }

    #[test]
    fn edits_are_made_where_they_fit_and_do_not_overlap() {
        check(&[], ("aé cd", 0));
        check(&[(4..5, "X"), (0..1, "")], ("é Xd", 2));
        check(&[(0..3, "b"), (1..4, "no")], ("b cd", 1));
        check(&[(0..1, "b"), (0..1, "b")], ("bé cd", 1));
        check(&[(3..3, "!"), (3..3, "!")], ("aé! cd", 1));
        check(&[(2..3, "no"), (9..12, "no"), (6..6, "end")], ("aé cdend", 1));
    }
}
