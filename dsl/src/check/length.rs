//! Texts fit the parts that are allowed, and none costs twice as much for a character that has a plain twin.

use std::ops::Range;

use sms::alphabet::septets;
use sms::invisible::is_invisible;
use sms::smart;

use super::{Context, foreign};
use crate::bounds::Bounds;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::{Positions, Style};
use crate::values::Language;
use crate::written::campaign::Value;
use crate::written::quoted;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let bounds = Bounds::new(context.written, context.project.smart);
    for (_, texts) in context.written.all_texts() {
        for (languages, value) in texts.spoken(&context.languages) {
            let long = too_long(context, (&languages, value), &bounds);
            let switch = switches(context, value);
            found.extend(match (long, switch) {
                (Some(long), Some(switch)) => Some(for_a_character(long, switch)),
                (long, switch) => long.or(switch),
            });
        }
    }
}

/// A text that is too long, and UCS-2 for what has a plain way to write it.
fn for_a_character(long: Diagnostic, switch: Diagnostic) -> Diagnostic {
    let help = [switch.help, long.help.clone()];
    let help: Vec<String> = help.into_iter().flatten().collect();
    let long = long.help(help.join("; else "));
    match switch.suggestion {
        Some(suggestion) => long.replace(suggestion.span, suggestion.replacement, suggestion.applicability),
        None => long,
    }
}

/// The longest values are taken for ordinary letters: one of `[` and `€` alone is no reason for a warning. The bound that holds
/// whatever they are made of is shown by the plan.
fn too_long(
    context: &Context<'_>,
    (languages, value): (&[Language], &Value),
    bounds: &Bounds,
) -> Option<Diagnostic> {
    let limit = context.written.limits.parts.as_ref()?;
    let text = foreign::as_meant(&value.text);
    let parts = bounds.of_text(&text, languages)?;
    let most = limit.value.get();
    let forced = parts.forced_by.map_or(String::new(), |c| {
        format!("; {c:?} makes it UCS-2, with 70 characters a part")
    });
    if parts.least > most {
        let message = format!(
            "the text has {} parts at least, and the limit is {most}: nobody would get it{forced}",
            parts.least
        );
        return Some(
            Diagnostic::error("text-too-long", value.node.span.clone(), message)
                .also(limit.span.clone(), "the limit")
                .help("shorten it, or raise `limits.parts`"),
        );
    }
    let longest = parts.ordinary.filter(|longest| *longest > most)?;
    let message =
        format!("with the longest values the text has {longest} parts, and the limit is {most}{forced}");
    // Where it is long because there is a value, a shorter value changes nothing.
    let shortest = bounds.with_short_values().of_text(&text, languages)?;
    let truncate = match shortest.ordinary.is_some_and(|shortest| shortest <= most) {
        true => "use `truncate`, ",
        false => "",
    };
    let help =
        format!("people whose text is longer are left out: shorten it, {truncate}or raise `limits.parts`");
    Some(
        Diagnostic::warning("text-too-long", value.node.span.clone(), message)
            .also(limit.span.clone(), "the limit")
            .help(help),
    )
}

/// A text in a language that GSM-7 cannot write is meant to be UCS-2: only what has a plain way to write it is told. What
/// is swapped by itself once the rest is plain is to blame for nothing.
fn switches(context: &Context<'_>, value: &Value) -> Option<Diagnostic> {
    let text = value.text.as_str();
    let swapped = |c: char| context.project.smart && smart::twin(c).is_some();
    let forces = |c: &char| septets(*c).is_none() && !swapped(*c);
    let outside: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| forces(c)).collect();
    let ((first, _), (last, end)) = (outside.first()?, outside.last()?);
    if !outside
        .iter()
        .all(|(_, c)| plain_way(*c).is_some() || is_picture(*c))
    {
        return None;
    }
    let mut named: Vec<char> = vec![];
    for (_, c) in &outside {
        if !named.contains(c) && !is_invisible(*c) {
            named.push(*c);
        }
    }
    let span = *first..last + end.len_utf8();
    let in_gsm = |c: char| {
        if forces(&c) {
            in_gsm(c)
        } else {
            Some(c.to_string())
        }
    };
    let told = Switch {
        value,
        plain: text[span.clone()].chars().filter_map(in_gsm).collect(),
        named: if named.is_empty() { vec![*end] } else { named },
        place: Positions::new(context.text, &value.node).span(span.clone()),
        written: &text[span],
        cost: cost(text),
    };
    Some(told.diagnostic(context.text))
}

/// What it costs that a text is UCS-2.
fn cost(text: &str) -> String {
    let rest: String = text.chars().filter_map(in_gsm).collect();
    let (now, then) = (sms::parts::measure(text), sms::parts::measure(&rest));
    match now.part_count > then.part_count {
        true => format!("{} parts instead of {}", now.part_count, then.part_count),
        false => "70 characters a part instead of 160".to_owned(),
    }
}

/// A character as GSM-7 writes it; none for a picture.
fn in_gsm(c: char) -> Option<String> {
    match septets(c) {
        Some(_) => Some(c.to_string()),
        None => plain_way(c),
    }
}

/// The characters that make a text UCS-2.
struct Switch<'a> {
    value: &'a Value,
    /// Each once, in order.
    named: Vec<char>,
    /// From the first of them to the last, in the file.
    place: Range<usize>,
    /// The text there.
    written: &'a str,
    /// The text there in GSM-7; what is swapped by itself stands as it is.
    plain: String,
    cost: String,
}

impl Switch<'_> {
    fn diagnostic(&self, file: &str) -> Diagnostic {
        let all = self.named.iter().map(|c| format!("{c:?}"));
        let verb = if self.named.len() == 1 { "makes" } else { "make" };
        let message = format!("{} {verb} the text UCS-2: {}", in_a_row(all.collect()), self.cost);
        let found = Diagnostic::warning("switches-to-ucs2", self.place.clone(), message);
        let pairs: Option<Vec<(char, String)>> = self
            .named
            .iter()
            .map(|c| plain_way(*c).map(|plain| (*c, plain)))
            .collect();
        let found = match pairs.as_deref() {
            None if self.named.len() == 1 => {
                return found.help("leave it out, or keep it if it is worth the price");
            }
            None => {
                return found
                    .help("only without all of them it is GSM-7: keep them if they are worth the price");
            }
            Some([(_, plain)]) => found.help(format!("GSM-7 has {plain:?}")),
            Some(pairs) => {
                let pairs = pairs.iter().map(|(c, plain)| format!("{plain:?} for {c:?}"));
                found.help(format!("GSM-7 has {}", in_a_row(pairs.collect())))
            }
        };
        // Only where the file has the text letter for letter.
        match file.get(self.place.clone()) == Some(self.written) {
            true => self.replaced(file, found),
            false => found,
        }
    }

    /// As the quotes around the text ask for it.
    fn replaced(&self, file: &str, found: Diagnostic) -> Diagnostic {
        let whole = &self.value.node.span;
        let plain = self.plain.as_str();
        let marks = |text: &str| {
            text.chars()
                .filter(|c| c.is_ascii_punctuation() || *c == ' ')
                .count()
        };
        let replace = |plain: String| {
            found
                .clone()
                .replace(self.place.clone(), plain, Applicability::Unsure)
        };
        match self.value.node.scalar().map(|scalar| scalar.style) {
            Some(Style::Double) => replace(plain.replace('"', "\\\"")),
            Some(Style::Single) => replace(plain.replace('\'', "''")),
            // What takes the place of a dash, a space or a quote may be a mark of YAML.
            Some(Style::Plain) if marks(plain) > marks(self.written) => {
                let written = file.get(whole.clone()).unwrap_or_default();
                let before = &file[whole.start..self.place.start];
                let all = format!("{before}{plain}{}", &file[self.place.end..whole.end]);
                match written == self.value.text {
                    true => found.replace(whole.clone(), quoted(&all), Applicability::Unsure),
                    false => found,
                }
            }
            Some(Style::Plain | Style::Literal | Style::Folded) | None => replace(plain.to_owned()),
        }
    }
}

fn in_a_row(mut all: Vec<String>) -> String {
    let last = all.pop().unwrap_or_default();
    match all.is_empty() {
        true => last,
        false => format!("{} and {last}", all.join(", ")),
    }
}

/// Letters that are no letter with an accent, in those of GSM-7.
const LIGATURES: [(char, &str); 7] = [
    ('\u{153}', "oe"),
    ('\u{152}', "OE"),
    ('\u{142}', "l"),
    ('\u{141}', "L"),
    ('\u{111}', "d"),
    ('\u{110}', "D"),
    ('\u{131}', "i"),
];

/// How GSM-7 writes a character that it does not have: its plain twin, or the letter without its accent.
fn plain_way(c: char) -> Option<String> {
    if let Some(twin) = smart::twin(c) {
        return Some(twin.to_owned());
    }
    if let Some((_, letters)) = LIGATURES.iter().find(|(own, _)| *own == c) {
        return Some((*letters).to_owned());
    }
    if c == '\t' {
        return Some(" ".to_owned());
    }
    use unicode_normalization::UnicodeNormalization;
    let base = c
        .nfd()
        .next()
        .filter(|base| *base != c && septets(*base).is_some())?;
    Some(base.to_string())
}

fn is_picture(c: char) -> bool {
    matches!(c, '\u{200D}' | '\u{20E3}' | '\u{2190}'..='\u{27BF}' | '\u{2900}'..='\u{2BFF}' | '\u{FE0E}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}')
}
