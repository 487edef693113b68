//! Texts fit the parts that are allowed, and none costs twice as much for a character that has a plain twin.

use sms::alphabet::{first_outside, septets};
use sms::smart;

use super::Context;
use crate::bounds::Bounds;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::Positions;
use crate::values::Language;
use crate::written::campaign::Value;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let bounds = Bounds::new(context.written, context.project.smart);
    for (_, texts) in context.written.all_texts() {
        for (languages, value) in texts.spoken(&context.languages) {
            too_long(context, (&languages, value), &bounds, found);
            switches(context, value, found);
        }
    }
}

fn too_long(
    context: &Context<'_>,
    (languages, value): (&[Language], &Value),
    bounds: &Bounds,
    found: &mut Vec<Diagnostic>,
) {
    let Some(limit) = &context.written.limits.parts else {
        return;
    };
    let Some(parts) = bounds.of_text(&value.text, languages) else {
        return;
    };
    let most = limit.value.get();
    let forced = parts.forced_by.map_or(String::new(), |c| {
        format!("; {c:?} makes it UCS-2, with 70 characters a part")
    });
    if parts.least > most {
        let message = format!(
            "the text has {} parts at least, and the limit is {most}: nobody would get it{forced}",
            parts.least
        );
        found.push(
            Diagnostic::error("text-too-long", value.node.span.clone(), message)
                .also(limit.span.clone(), "the limit")
                .help("shorten it, or raise `limits.parts`"),
        );
    } else if let Some(longest) = parts.most.filter(|longest| *longest > most) {
        let message =
            format!("with the longest values the text has {longest} parts, and the limit is {most}{forced}");
        found.push(
            Diagnostic::warning("text-too-long", value.node.span.clone(), message)
                .also(limit.span.clone(), "the limit")
                .help("people whose text is longer are left out: shorten it, use `truncate`, or raise `limits.parts`"),
        );
    }
}

/// A text in a language that GSM-7 cannot write is meant to be UCS-2: only what has a plain way to write it is told.
fn switches(context: &Context<'_>, value: &Value, found: &mut Vec<Diagnostic>) {
    let text = value.text.as_str();
    let shown = if context.project.smart {
        smart::plain(text)
    } else {
        text.into()
    };
    if first_outside(&shown).is_none() {
        return;
    }
    let outside = || shown.chars().filter(|c| septets(*c).is_none());
    let Some(first) = outside().next() else { return };
    if !outside().all(|c| plain_way(c).is_some() || is_picture(c)) {
        return;
    }
    let Some(at) = text.find(first) else { return };
    let place = Positions::new(context.text, &value.node).span(at..at + first.len_utf8());
    let rest: String = text
        .chars()
        .filter_map(|c| match septets(c) {
            Some(_) => Some(c.to_string()),
            None => plain_way(c),
        })
        .collect();
    let (now, then) = (sms::parts::measure(&shown), sms::parts::measure(&rest));
    let cost = match now.part_count > then.part_count {
        true => format!("{} parts instead of {}", now.part_count, then.part_count),
        false => "70 characters a part instead of 160".to_owned(),
    };
    let message = format!("{first:?} makes the text UCS-2: {cost}");
    let diagnostic = Diagnostic::warning("switches-to-ucs2", place.clone(), message);
    found.push(match plain_way(first) {
        Some(plain) => {
            diagnostic
                .help(format!("GSM-7 has {plain:?}"))
                .replace(place, plain, Applicability::Unsure)
        }
        None => diagnostic.help("leave it out, or keep it if it is worth the price"),
    });
}

/// How GSM-7 writes a character that it does not have: its plain twin, or the letter without its accent.
fn plain_way(c: char) -> Option<String> {
    if let Some(twin) = smart::twin(c) {
        return Some(twin.to_owned());
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
