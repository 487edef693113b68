//! A line of the ledger: written and read. A field never holds a tab or a line's end, since the carrier refuses
//! references and senders that do.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use sms::PhoneNumber;

use super::{Entry, Fate, TextEntry};
use crate::carrier::codes;
use crate::carrier::fault::Fault;
use crate::carrier::switches::Switches;

/// How lines begin.
pub(super) const KINDS: [&str; 4] = ["start\t", "switches\t", "text\t", "ack\t"];

/// An event that is to be written: what [`Entry`] is, of borrowed parts.
pub(in crate::carrier) enum Line<'a> {
    Started(&'a Switches),
    Switched(&'a Switches),
    Text {
        fate: Fate,
        fault: Option<Fault>,
        reference: &'a str,
        to: PhoneNumber,
        text_hash: u64,
        sender: &'a str,
    },
    Acknowledged(&'a [(u64, u16)]),
}

/// Adds the line of an event, with its end.
pub(in crate::carrier) fn write(record: &mut String, at: DateTime<Utc>, line: &Line) {
    let at = at.timestamp_millis();
    let written = match line {
        Line::Started(switches) => writeln!(record, "start\t{at}\t{}", switches.json()),
        Line::Switched(switches) => writeln!(record, "switches\t{at}\t{}", switches.json()),
        Line::Text {
            fate,
            fault,
            reference,
            to,
            text_hash,
            sender,
        } => {
            let (fate, fault) = (fate_word(*fate), fault.map_or("-", Fault::word));
            let digits = to.as_u64();
            writeln!(
                record,
                "text\t{at}\t{fate}\t{fault}\t{reference}\t{digits}\t{text_hash:016x}\t{sender}"
            )
        }
        Line::Acknowledged(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|(text, index)| format!("{text}.{index}"))
                .collect();
            writeln!(record, "ack\t{at}\t{}", items.join(","))
        }
    };
    written.expect("a String takes everything");
}

/// The event of a line without its end; none when it is no such line.
pub(super) fn read(line: &str) -> Option<Entry> {
    let mut fields = line.split('\t');
    let kind = fields.next()?;
    let at = DateTime::from_timestamp_millis(fields.next()?.parse().ok()?)?;
    let entry = match kind {
        "start" => Entry::Started(at, switches(fields.next()?)?),
        "switches" => Entry::Switched(at, switches(fields.next()?)?),
        "text" => Entry::Text(TextEntry {
            at,
            fate: fate(fields.next()?)?,
            fault: fault(fields.next()?)?,
            reference: fields.next()?.to_owned(),
            to: PhoneNumber::from_u64(fields.next()?.parse().ok()?)?,
            text_hash: u64::from_str_radix(fields.next()?, 16).ok()?,
            sender: fields.next()?.to_owned(),
        }),
        "ack" => Entry::Acknowledged(
            at,
            fields.next()?.split(',').map(item).collect::<Option<Vec<_>>>()?,
        ),
        _ => return None,
    };
    fields.next().is_none().then_some(entry)
}

fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Taken => "taken",
        Fate::Refused(code) => codes::word(code),
        Fate::Lost => "lost",
    }
}

fn fate(word: &str) -> Option<Fate> {
    match word {
        "taken" => Some(Fate::Taken),
        "lost" => Some(Fate::Lost),
        word => codes::code(word).map(Fate::Refused),
    }
}

fn fault(word: &str) -> Option<Option<Fault>> {
    match word {
        "-" => Some(None),
        word => Fault::of(word).map(Some),
    }
}

fn item(written: &str) -> Option<(u64, u16)> {
    let (text, index) = written.split_once('.')?;
    Some((text.parse().ok()?, index.parse().ok()?))
}

fn switches(json: &str) -> Option<Box<Switches>> {
    let mut switches = Switches::default();
    switches.change_by_json(&serde_json::from_str(json).ok()?).ok()?;
    Some(Box::new(switches))
}
