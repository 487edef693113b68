//! What commands print: data on stdout, talk on stderr; colours where the terminal takes them.

pub mod compare;
pub mod diagnostics;
pub mod diff;
pub mod explain;
pub mod plan;
pub mod play;
pub mod progress;
pub mod rehearse;
pub mod report;
pub mod story;
pub mod table;
pub mod trigger;

use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use engine::store::OCCURRENCE;

use crate::commands::Failure;

/// Of every JSON shape. The minor number grows when something is added, the major when something else changes.
pub const FORMAT_VERSION: &str = "1.0";

const ERROR: Style = AnsiColor::Red.on_default().bold();

/// So many of all, in percent.
pub fn percent(of: u64, all: u64) -> String {
    match all {
        0 => "0%".to_owned(),
        all => format!("{:.1}%", of as f64 * 100.0 / all as f64),
    }
}

/// Says on stderr what went wrong, with what caused it.
pub fn error(failure: &Failure) {
    if let Some(error) = failure.error() {
        let sentence = folded(&format!("error: {error:#}"), "  ");
        let rest = sentence.strip_prefix("error").unwrap_or(&sentence);
        told(&format!("{ERROR}error{ERROR:#}{rest}\n"));
    }
}

/// What went wrong, as a document for programs on stdout. A command that found something has printed its own.
pub fn json_error(failure: &Failure) {
    if let Some(error) = failure.error() {
        json(&serde_json::json!({
            "format_version": FORMAT_VERSION,
            "error": { "exit_code": failure.code(), "message": format!("{error:#}") },
        }));
    }
}

/// Data on stdout.
pub fn line(text: &str) {
    lines(&format!("{text}\n"));
}

/// Data on stdout that ends its lines itself; nothing where there is none.
pub fn lines(text: &str) {
    note(anstream::stdout().write_all(text.as_bytes()));
}

/// Talk on stderr. Nobody can be told that nobody can be told anything.
fn told(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Why data did not get out, the first time that it did not.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// A command goes on when its output has no room, so that what it does is done whole. Whoever stopped reading has what they want.
fn note(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = LOST.set(error);
    }
}

/// Why not all of the data got out; none: it did.
pub fn lost() -> Option<&'static io::Error> {
    note(io::stdout().flush());
    LOST.get()
}

/// Columns of the terminal; none off one, where nothing is folded.
pub fn width() -> Option<usize> {
    comfy_table::Table::new().width().map(usize::from).map(sensible)
}

/// Columns for a terminal that says so many. One without a size, as CI and `script` make it, says 0.
fn sensible(columns: usize) -> usize {
    match columns {
        0 => PAGE,
        columns => columns.max(NARROWEST),
    }
}

/// A sentence folded to the terminal, what follows the first line indented.
pub fn folded(text: &str, indent: &str) -> String {
    match width() {
        Some(width) => textwrap::fill(text, textwrap::Options::new(width).subsequent_indent(indent)),
        None => text.to_owned(),
    }
}

/// Columns where no terminal says how many.
const PAGE: usize = 80;
/// In fewer nothing can be read.
const NARROWEST: usize = 40;

/// A line of a text for people, folded to the terminal and off one to a page, what follows its first line indented.
pub fn paged(text: &str, indent: usize) -> String {
    let indent = " ".repeat(indent);
    let options = textwrap::Options::new(width().unwrap_or(PAGE)).subsequent_indent(&indent);
    textwrap::fill(text, options)
}

/// Talk on stderr.
pub fn say(text: &str) {
    told(&format!("{}\n", folded(text, "")));
}

/// A JSON document on stdout.
pub fn json(value: &serde_json::Value) {
    line(&format!("{value:#}"));
}

/// Logs on stderr: warnings, or more when asked. `CRIER_LOG` says it in tracing's own words.
pub fn start_log(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let filter = std::env::var("CRIER_LOG").unwrap_or_else(|_| format!("{level},sqlx=error"));
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_default();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .without_time()
        .with_target(false)
        // It would tell them where they could not be written.
        .log_internal_errors(false)
        .init();
}

/// The clock that instants are shown on: the project's, or the campaign's where the command is about one.
static CLOCK: OnceLock<Tz> = OnceLock::new();

/// Shows instants on this clock; the first one holds.
pub fn use_clock(zone: Tz) {
    // A command reads one campaign or one project: there is no second clock.
    let _ = CLOCK.set(zone);
}

/// An instant, with the name of the clock it is shown on.
pub fn time(at: DateTime<Utc>) -> String {
    let zone = CLOCK.get().copied().unwrap_or(Tz::UTC);
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// An instant on the clock that instants are shown on.
pub fn local(at: DateTime<Utc>) -> NaiveDateTime {
    let zone = CLOCK.get().copied().unwrap_or(Tz::UTC);
    at.with_timezone(&zone).naive_local()
}

/// The name of a tick; where the clock leaves that time out, with the time at which it comes.
pub fn tick(name: &str, due_at: DateTime<Utc>) -> String {
    let zone = CLOCK.get().copied().unwrap_or(Tz::UTC);
    tick_on(zone, name, due_at)
}

fn tick_on(zone: Tz, name: &str, due_at: DateTime<Utc>) -> String {
    let comes = due_at.with_timezone(&zone).naive_local();
    let named = NaiveDateTime::parse_from_str(name, OCCURRENCE).ok();
    let is_left_out = |named: &NaiveDateTime| {
        // Of a campaign with another clock it is a time like any other.
        let moved = comes - *named;
        zone.from_local_datetime(named).earliest().is_none()
            && moved > TimeDelta::zero()
            && moved <= TimeDelta::hours(2)
    };
    match named.filter(is_left_out) {
        None => name.to_owned(),
        Some(_) => engine::schedule::moved(name, comes),
    }
}

/// A number with its thousands apart.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 part`, `2 parts`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A text that somebody else wrote, on one line and without what a terminal would obey.
pub fn one_line(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' => '⏎',
        // Marks that turn the direction of what follows would turn ours too.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().filter(|c| *c != '\r').map(shown).collect()
}

/// A time as a person says it.
pub fn span(time: chrono::TimeDelta) -> String {
    let seconds = time.num_seconds().max(0);
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_that_the_clocks_leave_out_says_when_it_comes() {
        let rome = chrono_tz::Europe::Rome;
        let told = |name, due: &str| tick_on(rome, name, due.parse().expect("an instant"));
        let table = [
            told("2026-03-29 02:30", "2026-03-29T01:30:00Z"),
            told("2026-03-29 03:30", "2026-03-29T01:30:00Z"),
            // On the recipients' clocks it is due where the day begins first; in New York that night is like any other.
            told("2026-03-29 02:30", "2026-03-28T12:30:00Z"),
            told("2026-03-29 02:30", "2026-03-29T06:30:00Z"),
        ];
        assert_eq!(
            table,
            [
                "2026-03-29 02:30 (at 03:30: the clocks change)",
                "2026-03-29 03:30",
                "2026-03-29 02:30",
                "2026-03-29 02:30",
            ]
        );
    }

    #[test]
    fn a_terminal_without_a_size_is_a_page_and_one_that_is_too_narrow_is_not_followed() {
        assert_eq!([0, 1, 39, 40, 100].map(sensible), [80, 40, 40, 40, 100]);
    }

    #[test]
    fn numbers_and_texts_are_shown_for_people() {
        let numbers = [0, 999, 1_000, 12_345, 1_234_567].map(number);
        assert_eq!(numbers, ["0", "999", "1,000", "12,345", "1,234,567"]);
        assert_eq!(one_line("a\r\nb\u{1b}[31m"), "a⏎b\u{fffd}[31m");
        assert_eq!(
            one_line("a\u{202e}b\u{2066}c 👨\u{200d}👩"),
            "a\u{fffd}b\u{fffd}c 👨\u{200d}👩"
        );
        let spans = [0, 90, 600, 9_000, 200_000].map(|s| span(chrono::TimeDelta::seconds(s)));
        assert_eq!(spans, ["0 s", "90 s", "10 min", "2 h 30 min", "2 days"]);
    }
}
