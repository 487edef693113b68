//! The parts of each text of a plan, beside those that it can have whatever the list holds.

use std::collections::BTreeSet;

use dsl::bounds::{Bound, Bounds, TextBound};
use engine::plan::{LongValues, Place, Summary, TextParts, TooLong};
use engine::revision::Revision;
use serde_json::{Value, json};

use crate::output::{counted, folded, number, table};

/// The texts of the campaign, each variant of its own: the parts here, at most, and who gets it in UCS-2. A message that
/// goes out twice to the same people stands there once.
pub(super) fn table(summary: &Summary, revision: &Revision) -> Option<String> {
    shown(summary, revision, true)
}

/// The same of a campaign whose people come one at a time, so that of nobody is known what they get.
pub fn bounds_table(revision: &Revision) -> Option<String> {
    shown(&Summary::of(&revision.campaign), revision, false)
}

/// The bounds of a campaign whose people come one at a time, for programs.
pub fn bounds_json(revision: &Revision) -> Value {
    let one = |(text, bound): &(&TextParts, Bound)| {
        json!({
            "message": text.message,
            "variant": text.variant,
            "language": text.language,
            "bound": bound_json(bound),
        })
    };
    let summary = Summary::of(&revision.campaign);
    bounded(&summary, revision).iter().map(one).collect()
}

fn shown(summary: &Summary, revision: &Revision, of_people: bool) -> Option<String> {
    let mut texts = bounded(summary, revision);
    for at in (1..texts.len()).rev() {
        if texts[..at].iter().any(|(earlier, _)| *earlier == texts[at].0) {
            texts.remove(at);
        }
    }
    let varied = texts.iter().any(|(text, _)| text.variant.is_some());
    let variant = |text: &TextParts| varied.then(|| text.variant.clone().unwrap_or_default());
    let rows = texts.iter().map(|(text, bound)| {
        let names = [
            Some(text.message.clone()),
            variant(text),
            Some(text.language.clone()),
        ];
        let here = of_people.then(|| here(text, summary));
        let told = [here, Some(at_most(bound)), Some(ucs2(text, bound, summary))];
        names.into_iter().chain(told).flatten().collect()
    });
    let heads = ["text", "variant", "language", "parts here", "at most", "UCS-2"];
    let heads = heads
        .into_iter()
        .filter(|head| (varied || *head != "variant") && (of_people || *head != "parts here"));
    let shown = table::of(&Vec::from_iter(heads), rows);
    let note = unbounded(texts.iter().map(|(_, bound)| bound), BY_FIELDS);
    (!texts.is_empty()).then(|| shown + &note.unwrap_or_default())
}

/// What bounds the texts of a campaign.
pub const BY_FIELDS: &str = "say under `fields` how long these are, with `longest`";
/// What bounds those of crier.yaml.
pub const BY_CAMPAIGNS: &str = "only a campaign says under `fields` how long these are";

/// Which fields leave texts without a bound.
fn unbounded<'a>(bounds: impl Iterator<Item = &'a Bound>, remedy: &str) -> Option<String> {
    let names = bounds.flat_map(|bound| bound.unbounded_by.iter().map(String::as_str));
    let names = BTreeSet::from_iter(names);
    (!names.is_empty()).then(|| {
        let names = Vec::from_iter(names).join(", ");
        let note = format!("unbounded: {remedy}: {names}");
        format!("\n{}", folded(&note, "    "))
    })
}

/// The bounds of the texts of a file, whatever its lists hold, as comments at the end of it.
pub fn bounds_comments(texts: &[TextBound], remedy: &str) -> Option<String> {
    let varied = texts.iter().any(|text| text.variant.is_some());
    let spoken = texts.iter().any(|text| text.language.is_some());
    let rows = texts.iter().map(|text| {
        let language = || text.language.as_ref().map_or(String::new(), ToString::to_string);
        let names = [
            Some(text.message.clone()),
            varied.then(|| text.variant.clone().unwrap_or_default()),
            spoken.then(language),
        ];
        let parts = [text.bound.least.to_string(), at_most(&text.bound)];
        names.into_iter().flatten().chain(parts).collect()
    });
    let heads = [
        Some("text"),
        varied.then_some("variant"),
        spoken.then_some("language"),
        Some("parts at least"),
        Some("at most"),
    ];
    let shown = table::of(&Vec::from_iter(heads.into_iter().flatten()), rows);
    let note = unbounded(texts.iter().map(|text| &text.bound), remedy).unwrap_or_default();
    let comment = |line: &str| format!("# {line}").trim_end().to_owned();
    let lines = shown.lines().chain(note.lines()).map(comment);
    (!texts.is_empty()).then(|| lines.collect::<Vec<_>>().join("\n"))
}

/// The parts of each text for programs.
pub(super) fn json(summary: &Summary, revision: &Revision) -> Value {
    let row = |place: Place| (path(place, summary), place.line);
    let one = |(text, bound): &(&TextParts, Bound)| {
        json!({
            "message": text.message,
            "variant": text.variant,
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

/// Whose texts are not GSM-7, and why; none where all are.
pub(super) fn alphabet(summary: &Summary, revision: &Revision) -> Option<String> {
    let (line, character) = summary.ucs2_first?;
    let texts = bounded(summary, revision);
    let mut got = texts.iter().filter(|(text, _)| text.people > 0);
    if got.all(|(text, bound)| is_forced(text, bound)) {
        let told = "every text is UCS-2 by its own characters, and holds 70 letters a part, not 160";
        return Some(told.to_owned());
    }
    let whose = match summary.ucs2 {
        1 => "1 person's texts are".to_owned(),
        n => format!("{} people's texts are", number(n)),
    };
    let first = first_ucs2(summary);
    let row = first.map_or(format!("line {line}"), |place| row_of(place, summary));
    let code = u32::from(character);
    Some(format!(
        "{whose} not GSM-7 and hold 70 letters a part, not 160; the first is {row}, by {character:?} (U+{code:04X})"
    ))
}

/// The first row with a text that is not GSM-7.
pub(super) fn first_ucs2(summary: &Summary) -> Option<Place> {
    let (line, character) = summary.ucs2_first?;
    let mut places = summary.texts.iter().filter_map(|text| text.ucs2_first);
    let first = places.find(|(own, place)| (*own, place.line) == (character, line));
    first.map(|(_, place)| place)
}

/// The first row with the longest text.
pub(super) fn longest(summary: &Summary) -> Option<Place> {
    let (line, parts) = summary.longest?;
    let rows = summary.texts.iter().filter_map(|text| text.most);
    let own = rows.filter(|(most, place)| (place.line, *most) == (line, parts));
    own.map(|(_, place)| place).min_by_key(|place| place.list)
}

/// Values that are longer than their field says: for these rows "at most" does not hold.
pub(super) fn long(summary: &Summary) -> Option<String> {
    let line = |long: &LongValues| {
        let place = format!("{}:{}", path(long.first, summary), long.first.line);
        let many = match long.rows {
            1 => String::new(),
            n => format!(" of {} people, first here,", number(n)),
        };
        let (field, longest, most) = (&long.field, long.longest, long.most);
        folded(
            &format!(
                "  {place}: `{field}`{many} has up to {most} characters, and its `longest` is {longest}"
            ),
            "    ",
        )
    };
    let lines: Vec<String> = summary.long_values.iter().map(line).collect();
    let title = "values longer than their `longest`: \"at most\" does not hold for these rows";
    (!lines.is_empty()).then(|| format!("{title}\n{}", lines.join("\n")))
}

/// The same for programs.
pub(super) fn long_json(summary: &Summary) -> Value {
    let one = |long: &LongValues| {
        json!({
            "field": long.field, "longest": long.longest, "rows": long.rows, "most": long.most,
            "file": path(long.first, summary), "line": long.first.line,
        })
    };
    summary.long_values.iter().map(one).collect()
}

/// Whom `limits.parts` leaves out: whose text is the longest, and what makes it so long.
pub(super) fn too_long(summary: &Summary) -> Option<String> {
    let line = |long: &TooLong| {
        let place = format!("{}:{}", path(long.place, summary), long.place.line);
        let (message, parts) = (&long.message, long.parts);
        let value = long.value.as_ref();
        let value = value.map(|(name, length)| format!(", with `{name}` of {length} characters"));
        let value = value.unwrap_or_default();
        let ucs2 = long.character.map(|c| {
            let code = u32::from(c);
            format!("; {c:?} (U+{code:04X}) makes it UCS-2, with 70 letters a part, not 160")
        });
        let ucs2 = ucs2.unwrap_or_default();
        let told = match long.rows {
            1 => format!("  {place}: \"{message}\" has {parts} parts{value}{ucs2}"),
            n => {
                let n = number(n);
                format!("  {place}: of {n} people the longest, \"{message}\", has {parts} parts{value}{ucs2}")
            }
        };
        folded(&told, "    ")
    };
    let lines: Vec<String> = summary.too_long.iter().map(line).collect();
    let title = "texts longer than `limits.parts`, which nobody gets";
    (!lines.is_empty()).then(|| format!("{title}\n{}", lines.join("\n")))
}

/// The files that were read, for programs.
pub(super) fn files_json(summary: &Summary) -> Value {
    let files = summary.files.iter().map(|file| {
        json!({
            "path": file.path, "separator": file.separator, "encoding": file.encoding,
            "phone_column": file.phone_column, "rows": file.rows,
        })
    });
    files.collect()
}

/// What is too long, for programs.
pub(super) fn too_long_json(summary: &Summary) -> Value {
    let one = |long: &TooLong| {
        let value = long.value.as_ref();
        json!({
            "rows": long.rows, "message": long.message, "parts": long.parts, "character": long.character,
            "field": value.map(|(name, _)| name), "characters": value.map(|(_, length)| length),
            "file": path(long.place, summary), "line": long.place.line,
        })
    };
    summary.too_long.iter().map(one).collect()
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

/// Whether all who get a text get it in UCS-2, by a character that stands in it.
fn is_forced(text: &TextParts, bound: &Bound) -> bool {
    text.ucs2 == text.people && bound.forced_by.is_some()
}

/// Each text with its bound.
fn bounded<'a>(summary: &'a Summary, revision: &Revision) -> Vec<(&'a TextParts, Bound)> {
    let campaign = &revision.campaign;
    let bounds = Bounds::new(
        dsl::parse_campaign(&revision.source.campaign).written(),
        campaign.smart,
    );
    let bound = |text: &TextParts| {
        let message = campaign
            .messages
            .iter()
            .find(|message| message.name == text.message)?;
        let language = campaign
            .languages
            .iter()
            .position(|own| own.as_str() == text.language)?;
        let mut variants = message.variants.iter();
        let variant = variants.find(|variant| variant.name == text.variant)?;
        Some(bounds.of(variant.texts.get(language)?))
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
        // Of a text that nobody gets its own characters are known all the same.
        (_, Some(own)) if is_forced(text, bound) => format!("all, by {own:?} of the text"),
        (Some((character, place)), Some(_) | None) => {
            let people = counted(text.ucs2, "person", "people");
            format!("{people}, by {character:?} ({})", row_of(place, summary))
        }
        (None, _) => String::new(),
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
