//! The line as it is once it is repaired, cut to what fits.

use std::ops::Range;

use annotate_snippets::{Patch, Snippet};
use textwrap::core::display_width;

use super::excerpt::Piece;
use super::places::{Places, clamp};
use crate::diagnostic::Suggestion;

/// Stands for what is cut off.
const CUT: &str = "\u{2026}";

/// A repair in its lines.
pub(super) fn show<'a>(
    fix: &'a Suggestion,
    path: &'a str,
    places: &Places<'a>,
    width: usize,
) -> Snippet<'a, Patch<'a>> {
    let span = clamp(places.text, &fix.span);
    // What is replaced is small, or told in words.
    let piece = Piece::lines(places, std::slice::from_ref(&span));
    let piece = piece.unwrap_or_else(|| Piece::around(places, &span));
    let own = piece.span(&span);
    let (changed, by) = differing(piece.text, &own, &fix.replacement);
    let lines = piece.text.lines().count().max(fix.replacement.lines().count());
    let last = piece.line + lines.saturating_sub(1);
    let before = last.to_string().len() + " + ".len();
    let room = width.saturating_sub(before);
    let one = cut(piece.text, &changed, by, room);
    if let Some(cut) = one.or_else(|| cut_lines(piece.text, &own, &fix.replacement, room)) {
        let snippet = Snippet::source(cut.text).line_start(piece.line).path(path);
        return snippet.patch(Patch::new(cut.span, cut.replacement));
    }
    let snippet = Snippet::source(piece.text).line_start(piece.line).path(path);
    snippet.patch(Patch::new(own, fix.replacement.as_str()))
}

/// What of a repair differs from what stands there: of a long text that may be a sign or two.
fn differing<'a>(text: &str, span: &Range<usize>, replacement: &'a str) -> (Range<usize>, &'a str) {
    let replaced = text.get(span.clone()).unwrap_or_default();
    let same = |(one, other): &(char, char)| one == other;
    let before = replaced.chars().zip(replacement.chars()).take_while(same);
    let before: usize = before.map(|(c, _)| c.len_utf8()).sum();
    let (replaced, replacement) = (&replaced[before..], &replacement[before..]);
    let after = replaced
        .chars()
        .rev()
        .zip(replacement.chars().rev())
        .take_while(same);
    let after: usize = after.map(|(c, _)| c.len_utf8()).sum();
    let end = replacement.len() - after;
    (span.start + before..span.end - after, &replacement[..end])
}

/// Lines without what does not fit.
struct Cut {
    text: String,
    span: Range<usize>,
    replacement: String,
}

/// None where all of it fits, or there are several lines.
fn cut(text: &str, span: &Range<usize>, replacement: &str, room: usize) -> Option<Cut> {
    let line = text.trim_end_matches(['\n', '\r']);
    let [before, replaced, after] = [
        line.get(..span.start)?,
        line.get(span.clone())?,
        line.get(span.end..)?,
    ];
    let of_replaced = display_width(replaced).max(display_width(replacement));
    let around = display_width(before) + display_width(after);
    if line.contains('\n') || replacement.contains('\n') || around + of_replaced <= room {
        return None;
    }
    // What is replaced comes first; what stands around it has the rest, the beginning of the line as much as it can.
    let of_replaced = of_replaced.min(room * 3 / 4);
    let rest = room.saturating_sub(of_replaced);
    let of_after = display_width(after).min(rest / 2);
    let of_before = display_width(before).min(rest - of_after);
    let of_after = display_width(after).min(rest - of_before);
    let text = [
        end(before, of_before),
        middle(replaced, of_replaced),
        begin(after, of_after),
    ];
    Some(Cut {
        span: text[0].len()..text[0].len() + text[1].len(),
        text: text.concat(),
        replacement: middle(replacement, of_replaced),
    })
}

/// Lines of a repair that are shown, at most.
const MOST_LINES: usize = 24;

/// Several lines, each cut at its end, and the last ones where there are too many. None where all of them fit.
fn cut_lines(text: &str, span: &Range<usize>, replacement: &str, room: usize) -> Option<Cut> {
    let [before, after] = [text.get(..span.start)?, text.get(span.end..)?];
    let repaired = [before, replacement, after].concat();
    let is_wide = |line: &str| display_width(line) > room;
    let is_long = text.lines().count().max(repaired.lines().count()) > MOST_LINES;
    if !is_long && !text.lines().chain(repaired.lines()).any(is_wide) {
        return None;
    }
    let cut = |text: &str| {
        let lines = text.lines().take(MOST_LINES).map(|line| begin(line, room));
        let rest = (text.lines().count() > MOST_LINES).then(|| CUT.to_owned());
        lines.chain(rest).collect::<Vec<_>>().join("\n")
    };
    let text = cut(text);
    Some(Cut {
        span: 0..text.len(),
        replacement: cut(&repaired),
        text,
    })
}

/// As much of the beginning of a text as fits.
fn begin(text: &str, room: usize) -> String {
    if display_width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if display_width(&kept) + display_width(c.encode_utf8(&mut [0; 4])) >= room {
            break;
        }
        kept.push(c);
    }
    kept + CUT
}

/// As much of its end.
fn end(text: &str, room: usize) -> String {
    if display_width(text) <= room {
        return text.to_owned();
    }
    let backwards: String = text.chars().rev().collect();
    begin(&backwards, room).chars().rev().collect()
}

/// As much of both.
fn middle(text: &str, room: usize) -> String {
    if display_width(text) <= room {
        return text.to_owned();
    }
    let half = room.div_ceil(2);
    let (first, last) = text.split_at(text.floor_char_boundary(text.len() / 2));
    begin(first, half) + end(last, room - half).trim_start_matches(CUT)
}
