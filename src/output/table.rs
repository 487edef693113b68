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

fn empty() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(WIDTH);
    }
    table
}

/// Off a terminal.
const WIDTH: u16 = 100;
