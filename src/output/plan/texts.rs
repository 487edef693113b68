//! The parts of each text of a plan, beside those that it can have whatever the list holds.

use std::collections::BTreeSet;

use dsl::bounds::{Bound, Bounds};
use engine::plan::{Place, Summary, TextParts};
use engine::revision::Revision;
use serde_json::{Value, json};

use crate::output::{counted, folded, table};

/// The texts of the campaign, each message once: its parts here, at most, and who gets it in UCS-2.
pub(super) fn table(summary: &Summary, revision: &Revision) -> Option<String> {
    let mut texts = bounded(summary, revision);
    let mut named = BTreeSet::new();
    texts.retain(|(text, _)| named.insert((&text.message, &text.language)));
    let rows = texts.iter().map(|(text, bound)| {
        vec![
            text.message.clone(),
            text.language.clone(),
            here(text, summary),
            at_most(bound),
            ucs2(text, bound, summary),
        ]
    });
    let shown = table::of(&["text", "language", "parts here", "at most", "UCS-2"], rows);
    let unbounded: BTreeSet<&str> = texts
        .iter()
        .flat_map(|(_, bound)| bound.unbounded_by.iter().map(String::as_str))
        .collect();
    let note = (!unbounded.is_empty()).then(|| {
        let names = Vec::from_iter(unbounded).join(", ");
        let note = format!("unbounded: say under `fields` how long these are, with `longest`: {names}");
        format!("\n{}", folded(&note, "    "))
    });
    (!texts.is_empty()).then(|| shown + &note.unwrap_or_default())
}

/// The parts of each text for programs.
pub(super) fn json(summary: &Summary, revision: &Revision) -> Value {
    let row = |place: Place| (path(place, summary), place.line);
    let one = |(text, bound): &(&TextParts, Bound)| {
        json!({
            "message": text.message,
            "language": text.language,
            "people": text.people,
            "parts": text.parts,
            "most": text.most.map(|(parts, place)| {
                let (file, line) = row(place);
                json!({ "parts": parts, "file": file, "line": line })
            }),
            "ucs2_people": text.ucs2,
            "ucs2_first": text.ucs2_first.map(|(character, place)| {
                let (file, line) = row(place);
                json!({ "character": character, "file": file, "line": line })
            }),
            "bound": bound_json(bound),
        })
    };
    bounded(summary, revision).iter().map(one).collect()
}

/// A bound for programs.
pub fn bound_json(bound: &Bound) -> Value {
    json!({
        "least": bound.least,
        "most": bound.most,
        "most_in_ucs2": bound.most_in_ucs2,
        "unbounded_by": bound.unbounded_by,
        "forced_by": bound.forced_by,
    })
}

/// Each text with its bound.
fn bounded<'a>(summary: &'a Summary, revision: &Revision) -> Vec<(&'a TextParts, Bound)> {
    let campaign = &revision.campaign;
    let bounds = Bounds::new(
        dsl::parse_campaign(&revision.source.campaign).written(),
        campaign.smart,
    );
    // Of several variants the longest.
    let bound = |text: &TextParts| {
        let message = campaign
            .messages
            .iter()
            .find(|message| message.name == text.message)?;
        let language = campaign
            .languages
            .iter()
            .position(|own| own.as_str() == text.language)?;
        let texts = message
            .variants
            .iter()
            .filter_map(|variant| variant.texts.get(language));
        texts
            .map(|text| bounds.of(text))
            .max_by_key(|bound| bound.most.unwrap_or(u32::MAX))
    };
    let texts = summary.texts.iter();
    texts.filter_map(|text| Some((text, bound(text)?))).collect()
}

fn here(text: &TextParts, summary: &Summary) -> String {
    match text.most {
        None => "nobody".to_owned(),
        // Everybody gets as many.
        Some((parts, _)) if text.parts == u64::from(parts) * text.people => parts.to_string(),
        Some((parts, place)) => format!("{parts} ({})", row_of(place, summary)),
    }
}

fn at_most(bound: &Bound) -> String {
    match (bound.most, bound.most_in_ucs2) {
        (None, _) => "unbounded".to_owned(),
        (Some(most), Some(in_ucs2)) if in_ucs2 > most => format!("{most}, in UCS-2 {in_ucs2}"),
        (Some(most), Some(_) | None) => most.to_string(),
    }
}

fn ucs2(text: &TextParts, bound: &Bound, summary: &Summary) -> String {
    match (text.ucs2_first, bound.forced_by) {
        (None, _) => String::new(),
        (Some(_), Some(own)) => format!("all, by {own:?} of the text"),
        (Some((character, place)), None) => {
            let people = counted(text.ucs2, "person", "people");
            format!("{people}, by {character:?} ({})", row_of(place, summary))
        }
    }
}

/// Where a row stands: its line, with the list where there are several.
pub(super) fn row_of(place: Place, summary: &Summary) -> String {
    match summary.files.len() {
        0 | 1 => format!("line {}", place.line),
        _ => format!("{}:{}", path(place, summary), place.line),
    }
}

pub(super) fn path(place: Place, summary: &Summary) -> &str {
    summary
        .files
        .get(place.list)
        .map_or("", |file| file.path.as_str())
}
