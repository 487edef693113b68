//! Placeholders as other tools write them: `{name}`, `%name%`, `[[name]]`, and signs of HTML. People would read them as they
//! stand.

use std::borrow::Cow;
use std::ops::Range;

use super::{Context, audience, templates};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tree::Positions;
use crate::written::campaign::Value;
use crate::written::nearest::same_word;

mod html;

pub(super) fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, texts) in context.written.all_texts() {
        for value in texts.values() {
            one(context, value, found);
            found.extend(one_too_many(context, value));
            found.extend(html::first(context, value));
        }
    }
}

fn one(context: &Context<'_>, value: &Value, found: &mut Vec<Diagnostic>) {
    let mut all = placeholders(&value.text).into_iter().peekable();
    if all.peek().is_none() {
        return;
    }
    let positions = Positions::new(context.text, &value.node);
    let mut asked = false;
    for Foreign { name, span, sure } in all {
        let word = liquid(&value.text[span.clone()]);
        // What closes it, or begins the other half, is told with it.
        if asked && word.is_some_and(|(word, _)| matches!(word, "else" | "elsif" | "endif" | "end")) {
            continue;
        }
        if let Some(("if", of)) = word {
            asked = true;
            let message = "`{%` is sent as it stands: crier writes a choice in double braces";
            found.push(
                Diagnostic::warning("foreign-placeholder", positions.span(span), message)
                    .help(format!("write `{{{{#if {of}}}}}…{{{{/if}}}}`")),
            );
            continue;
        }
        let known = known(context, &name).filter(|_| !name.is_empty());
        if known.is_none() && !sure {
            continue;
        }
        let written = &value.text[span.clone()];
        let message = format!("`{written}` is sent as it stands: crier writes a value in double braces");
        let span = positions.span(span);
        let diagnostic = Diagnostic::warning("foreign-placeholder", span.clone(), message);
        found.push(match known {
            Some(known) => {
                let right = format!("{{{{{known}}}}}");
                diagnostic
                    .help(format!("write `{right}`"))
                    .replace(span, right, Applicability::Unsure)
            }
            None => {
                diagnostic.help("a value is written `{{first_name}}`, by the name of its column or field")
            }
        });
    }
}

/// The first word of `{% if city %}`, and what stands behind it.
fn liquid(written: &str) -> Option<(&str, &str)> {
    let inside = written.strip_prefix("{%")?.strip_suffix("%}")?;
    let inside = inside.trim_matches(['-', ' ']);
    Some(
        inside
            .split_once(' ')
            .map_or((inside, ""), |(word, of)| (word, of.trim())),
    )
}

/// A brace behind the two that close a value.
fn one_too_many(context: &Context<'_>, value: &Value) -> Vec<Diagnostic> {
    let all = extra_braces(&value.text);
    if all.is_empty() {
        return vec![];
    }
    let positions = Positions::new(context.text, &value.node);
    let told = |(tag, extra): (Range<usize>, Range<usize>)| {
        let (tag, written) = (&value.text[tag], &value.text[extra.clone()]);
        let message = format!("the `{written}` behind `{tag}` is sent as it stands");
        let span = positions.span(extra);
        Diagnostic::warning("foreign-placeholder", span.clone(), message)
            .label("one too many")
            .help(format!("write `{tag}`"))
            .replace(span, "", Applicability::Unsure)
    };
    all.into_iter().map(told).collect()
}

/// The tags of a text behind which a brace stands that closes nothing, each with what is too much.
fn extra_braces(text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let mut all = vec![];
    if !text.contains("}}}") {
        return all;
    }
    let (mut at, mut open) = (0, 0_usize);
    while let Some(begin) = text[at..].find("{{").map(|next| at + next) {
        for c in text[at..begin].chars() {
            match c {
                '{' => open += 1,
                '}' => open = open.saturating_sub(1),
                _ => {}
            }
        }
        let Some(end) = text[begin..].find("}}").map(|end| begin + end + 2) else {
            break;
        };
        // Those of a value in a value are closed behind it.
        let inside = &text[begin + 2..end];
        if inside.contains("{{") {
            open += inside.matches('{').count();
        }
        let is_triple = text[begin..].starts_with("{{{") && text[end..].starts_with('}');
        let end = end + usize::from(is_triple);
        let behind = text[end..].len() - text[end..].trim_start_matches('}').len();
        let extra = behind.saturating_sub(open);
        open = open.saturating_sub(behind);
        if extra > 0 && !text[begin..].starts_with("{{!") {
            all.push((begin..end, end + behind - extra..end + behind));
        }
        at = end + behind;
    }
    all
}

/// The text with the braces that are of the full width of a letter as they are meant: what follows from them is no fault of
/// its own.
pub(super) fn as_meant(text: &str) -> Cow<'_, str> {
    if !text.contains(WIDE) {
        return Cow::Borrowed(text);
    }
    let mut meant = text.to_owned();
    for foreign in placeholders(text).into_iter().rev() {
        if text[foreign.span.clone()].starts_with(WIDE) {
            meant.replace_range(
                foreign.span,
                &format!("{{{{{}}}}}", templates::in_template(&foreign.name)),
            );
        }
    }
    Cow::Owned(meant)
}

/// A brace of the full width of a letter.
const WIDE: char = '\u{ff5b}';

/// The field or column of that name, as a template writes it; letter case and marks between words do not count.
pub(super) fn known(context: &Context<'_>, name: &str) -> Option<String> {
    let fields = context.written.field_names();
    let columns = context.from.iter().flat_map(audience::sure_names);
    let all = fields.chain(columns).chain(templates::BUILT_IN.iter().copied());
    let all: Vec<&str> = all.collect();
    let exact = all.iter().find(|known| **known == name);
    let alike = || all.iter().find(|known| same_word(known, name));
    exact.or_else(alike).map(|known| templates::in_template(known))
}

struct Foreign {
    name: String,
    span: Range<usize>,
    /// Nothing else looks like that.
    sure: bool,
}

/// Marks around a name, longer ones first.
const MARKS: &[(&str, &str, bool)] = &[
    ("{%", "%}", true),
    ("<%", "%>", true),
    ("[[", "]]", true),
    ("<<", ">>", true),
    ("${", "}", true),
    ("%{", "}", true),
    ("*|", "|*", true),
    ("#{", "}", true),
    // Of the full width of a letter.
    ("\u{ff5b}\u{ff5b}", "\u{ff5d}\u{ff5d}", true),
    ("\u{ff5b}", "\u{ff5d}", false),
    // A brace is missing.
    ("{", "}}", true),
    ("{", "}", true),
    ("%%", "%%", true),
    ("%", "%", false),
    ("[", "]", false),
    ("#", "#", false),
    ("<", ">", false),
];

/// All that look like one, in order; what stands in double braces is ours.
fn placeholders(text: &str) -> Vec<Foreign> {
    let mut all = vec![];
    let mut at = 0;
    while let Some(next) = text[at..].find(['{', '%', '[', '$', '*', '<', '#', '}', '@', '\u{ff5b}']) {
        at += next;
        let rest = &text[at..];
        if rest.starts_with("{{") {
            at += rest.find("}}").map_or(rest.len(), |end| end + 2);
            continue;
        }
        if rest.starts_with("}}") {
            all.extend(closed_only(text, at));
            at += 2;
            continue;
        }
        let Some((length, foreign)) = numbered(text, at)
            .or_else(|| begins(rest, at))
            .or_else(|| with_sign(rest, at))
        else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        all.push(foreign);
        at += length;
    }
    all
}

/// `first_name}}`.
fn closed_only(text: &str, at: usize) -> Option<Foreign> {
    let before = text[..at].trim_end();
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let name = &before[before.trim_end_matches(is_part).len()..];
    is_name(name).then(|| Foreign {
        name: name.to_owned(),
        span: before.len() - name.len()..at + 2,
        sure: true,
    })
}

fn begins(rest: &str, at: usize) -> Option<(usize, Foreign)> {
    MARKS.iter().find_map(|(open, close, sure)| {
        let inner = rest.strip_prefix(open)?;
        let end = inner.find(close)?;
        let name = inner[..end].trim().trim_start_matches(['=', '-']).trim_start();
        let length = open.len() + end + close.len();
        // What stands between these signs is a program.
        let is_code = open.ends_with('%') && close.starts_with('%') && open.len() > 1 && *open != "%%";
        (is_name(name) || is_code && !name.contains('\n')).then(|| {
            let foreign = Foreign {
                name: name.to_owned(),
                span: at..at + length,
                sure: *sure || *open == "[" && is_loud(name),
            };
            (length, foreign)
        })
    })
}

/// `{0}` and `%s`, by which programs name what comes first, or next.
fn numbered(text: &str, at: usize) -> Option<(usize, Foreign)> {
    let rest = &text[at..];
    let inside = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    let digits = |inside: &str| inside.len() == 1 && inside.bytes().all(|b| b.is_ascii_digit());
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let length = match inside.filter(|(inside, _)| digits(inside)) {
        Some((inside, _)) => inside.len() + 2,
        None => {
            let after = rest.strip_prefix("%s").or_else(|| rest.strip_prefix("%d"))?;
            let in_word = is_word(after.chars().next()) || is_word(text[..at].chars().next_back());
            (!in_word).then_some("%s".len())?
        }
    };
    let (name, span, sure) = (String::new(), at..at + length, true);
    Some((length, Foreign { name, span, sure }))
}

/// `$first_name`, `@first_name`: only what is a value by its name, since a sum begins so too, and who is addressed.
fn with_sign(rest: &str, at: usize) -> Option<(usize, Foreign)> {
    let inner = rest.strip_prefix(['$', '@'])?;
    let end = inner
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(inner.len());
    let name = &inner[..end];
    let span = at..at + 1 + end;
    is_name(name).then(|| {
        let (name, sure) = (name.to_owned(), false);
        (1 + end, Foreign { name, span, sure })
    })
}

/// Whether a word in capitals asks to be filled in: `[NAME]`.
fn is_loud(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "NAME", "SURNAME", "CITY", "DATE", "TIME", "CODE", "LINK", "URL", "EMAIL", "PHONE", "COMPANY",
        "AMOUNT",
    ];
    let capital = |c: char| c.is_ascii_uppercase() || matches!(c, '_' | ' ');
    let words = || name.split(['_', ' ']);
    name.chars().all(capital)
        && (NAMES.contains(&name) || words().count() > 1 && words().any(|word| NAMES.contains(&word)))
}

/// Whether it may be the name of a column: up to three words of letters.
fn is_name(name: &str) -> bool {
    let letters = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.');
    name.starts_with(char::is_alphabetic)
        && name.chars().all(letters)
        && name.chars().count() <= 40
        && name.split(' ').count() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brace_behind_a_value_is_one_too_many_where_none_is_open() {
        let table: &[(&str, &[&str])] = &[
            ("Hi {{name}}}, {{{city}}} {{{x}}}} {{y}}}}", &["}", "}", "}}"]),
            ("{for {{name}}} and {{name}} }", &[]),
            ("{{!-- }}} --}}{{a}}", &[]),
            ("{{#if a}}}{{/if}}", &["}"]),
            ("{{upper {{x}}}} {{upper {{{x}}}}}", &[]),
        ];
        for (text, extra) in table {
            let found = extra_braces(text).into_iter();
            let found: Vec<&str> = found.map(|(_, extra)| &text[extra]).collect();
            assert_eq!(&found, extra, "{text}");
        }
    }

    #[test]
    fn what_other_tools_write_is_told_from_other_signs() {
        let table: &[(&str, &[&str])] = &[
            (
                "Hi {name}, %name% [[first name]] ${n} *|FNAME|*",
                &["name", "name", "first name", "n", "FNAME"],
            ),
            ("Hi {{name}} and {{{name}}}, {{link x}}", &[]),
            ("50% off, 20% more", &[]),
            ("100%", &[]),
            ("{ 20 }, {}, :-{, {{", &[]),
            ("<b>", &["b"]),
            ("Hi <<name>>, #name#, @name: {0}", &["name", "name", "name", ""]),
            ("%s owes %d, 20%d", &["", ""]),
            ("Hi {name}} and #{name}", &["name", "name"]),
            ("Hi first_name}}, and {{a}} }}", &["first_name"]),
            (
                "{% if city == 'Roma' %}, <%= name %>",
                &["if city == 'Roma'", "name"],
            ),
            ("# 1, #one", &[]),
            (
                "\u{ff5b}\u{ff5b}first_name\u{ff5d}\u{ff5d}, \u{ff5b}1",
                &["first_name"],
            ),
        ];
        for (text, names) in table {
            let found = placeholders(text).into_iter();
            let found: Vec<(String, &str)> = found.map(|f| (f.name, &text[f.span])).collect();
            let found: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(&found, names, "{text}");
        }
    }
}
