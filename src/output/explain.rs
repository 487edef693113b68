//! The pages of the codes, for a terminal of 80 columns and for programs.

use dsl::codes::Page;
use dsl::codes::page::{Bytes, File};
use dsl::diagnostic::Severity;
use serde_json::{Value, json};

use super::FORMAT_VERSION;

/// Columns; a page is as wide everywhere.
const WIDTH: usize = 80;

/// Every code with its meaning, a line each where it fits.
pub fn list(pages: impl Iterator<Item = Page<'static>>) -> String {
    let pages: Vec<Page<'_>> = pages.collect();
    let longest = pages.iter().map(|page| page.code.len()).max().unwrap_or(0);
    let line = |page: &Page<'_>| {
        let begin = format!("{:<longest$}  ", page.code);
        let behind = " ".repeat(longest + 2);
        folded(page.meaning, &begin, &behind)
    };
    pages.iter().map(line).collect()
}

/// A page.
pub fn page(page: &Page<'_>) -> String {
    let mut out = format!("{}[{}]\n\n", severity(page.severity), page.code);
    out.push_str(&folded(page.meaning, "", ""));
    for paragraph in page.cause.split("\n\n") {
        out.push('\n');
        out.push_str(&folded(&paragraph.replace('\n', " "), "", ""));
    }
    out.push_str("\nThis fails:\n");
    page.failing.iter().for_each(|file| out.push_str(&shown(file)));
    out.push_str("\ncrier prints:\n\n");
    // As wide as a terminal already.
    out.push_str(page.printed.trim_end());
    out.push('\n');
    out.push('\n');
    out.push_str(&folded(&page.remedy.replace('\n', " "), "", ""));
    page.repaired.iter().for_each(|file| out.push_str(&shown(file)));
    out
}

fn shown(file: &File<'_>) -> String {
    if file.language == "link" {
        return format!("\n  {} -> {}\n", file.path, file.text.trim_end());
    }
    let mut out = format!("\n  {}\n", file.path);
    for line in file.text.lines() {
        out.push_str(format!("    {line}").trim_end());
        out.push('\n');
    }
    match file.bytes {
        Bytes::Padded | Bytes::Repeated => out.push_str("    ...\n"),
        Bytes::Shown | Bytes::Latin1 => {}
    }
    out
}

fn folded(text: &str, begin: &str, behind: &str) -> String {
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(begin)
        .subsequent_indent(behind)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut out = textwrap::fill(text, options);
    out.push('\n');
    out
}

/// Every code for programs.
pub fn list_json(pages: impl Iterator<Item = Page<'static>>) -> Value {
    let codes = pages.map(
        |page| json!({ "code": page.code, "severity": severity(page.severity), "meaning": page.meaning }),
    );
    json!({ "format_version": FORMAT_VERSION, "codes": codes.collect::<Vec<_>>() })
}

/// A page for programs.
pub fn page_json(page: &Page<'_>) -> Value {
    let files = |files: &[File<'_>]| -> Vec<Value> {
        let file = |file: &File<'_>| json!({ "path": file.path, "text": file.text });
        files.iter().map(file).collect()
    };
    json!({
        "format_version": FORMAT_VERSION,
        "code": page.code,
        "severity": severity(page.severity),
        "meaning": page.meaning,
        "cause": page.cause,
        "failing": files(&page.failing),
        "printed": page.printed,
        "remedy": page.remedy,
        "repaired": files(&page.repaired),
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
