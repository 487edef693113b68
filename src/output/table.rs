//! Tables without lines, as wide as the terminal.

use comfy_table::{Cell, ContentArrangement, Table, presets};

/// Columns under their headings.
pub fn of(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = empty();
    table.set_header(headings.iter().map(Cell::new));
    table.add_rows(rows);
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
    if table.width().is_some() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table
}
