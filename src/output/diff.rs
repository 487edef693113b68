//! The difference between two texts, as `patch` reads it.

use anstyle::{AnsiColor, Style};
use similar::TextDiff;

const OUT: Style = AnsiColor::Red.on_default();
const IN: Style = AnsiColor::Green.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();

/// What changes in a file, with three lines around it; empty where nothing does. The stream strips the colours where
/// they are not wanted.
pub fn unified(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let plain = diff.unified_diff().header(name, name).to_string();
    let coloured = plain.split_inclusive('\n').map(|line| {
        let style = match line.chars().next() {
            Some('-') => OUT,
            Some('+') => IN,
            Some('@') => PLACE,
            Some(_) | None => return line.to_owned(),
        };
        let (text, end) = match line.strip_suffix('\n') {
            Some(text) => (text, "\n"),
            None => (line, ""),
        };
        format!("{style}{text}{style:#}{end}")
    });
    coloured.collect()
}
