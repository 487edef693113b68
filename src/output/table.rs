//! Tables without lines, as wide as the terminal.

use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Table, presets};

use super::width;

/// Characters of a column that is never folded.
const SHORT: u16 = 10;

/// Columns under their headings.
pub fn of(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = empty();
    table.set_header(headings.iter().map(Cell::new));
    table.add_rows(rows);
    // What is short stays whole; what is long is folded where there is no room.
    let widths = table.column_max_content_widths();
    for (column, width) in table.column_iter_mut().zip(widths) {
        column.set_padding((0, 1));
        if width <= SHORT {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.trim_fmt()
}

/// A name and what is to be said of it, line by line.
pub fn pairs(rows: &[(&str, String)]) -> String {
    let mut table = empty();
    table.add_rows(
        rows.iter()
            .map(|(name, value)| vec![(*name).to_owned(), value.clone()]),
    );
    table.trim_fmt()
}

/// Off a terminal nothing is folded: a row is a line.
fn empty() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(width) = width() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    table
}
