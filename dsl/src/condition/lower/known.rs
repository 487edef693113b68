//! Names that every campaign has and whose values are known: countries, languages and time zones. A text that is none of
//! them is the value of nobody.

use super::{Applicability, BuiltIn, Diagnostic, Expression, Kind, Lower, Text, Value};
use crate::values::Language;
use crate::written::nearest::{Guess, nearest, there_are};
use crate::written::{language_called, zone_of_city};

impl Lower<'_> {
    /// Tells of a text that nobody has as this value. `piece` is what the text is written as.
    pub(super) fn held_by_nobody(&mut self, value: &Value, piece: &Expression) {
        let (Value::Text(of), Kind::Text(text)) = (value, &piece.kind) else {
            return;
        };
        let Text::BuiltIn(name) = of else {
            let found = padded(of, text, piece);
            return self.found.extend(found);
        };
        let Some((what, meant, help)) = none_of(*name, text) else {
            let found = self.not_of_campaign(*name, text, piece);
            return self.found.extend(found);
        };
        let message = format!("\"{text}\" is not {what}, so nobody has it");
        let found = Diagnostic::error("unknown-value", piece.span.clone(), message);
        let guess = Guess::unsure(meant).written(|meant| format!("\"{meant}\""));
        self.found.push(guess.tell(found, || help.to_owned()));
    }

    /// A variant that nobody is given, or a language that no text of the campaign has.
    fn not_of_campaign(&self, name: BuiltIn, text: &str, piece: &Expression) -> Option<Diagnostic> {
        let scope = self.scope;
        let (code, message, names): (_, _, Vec<&str>) = match name {
            BuiltIn::Variant if !scope.any_campaign => (
                "unknown-variant",
                format!("variant \"{text}\" does not exist"),
                scope.draws.iter().flatten().map(String::as_str).collect(),
            ),
            BuiltIn::Language if !scope.languages.is_empty() => (
                "unknown-value",
                format!("\"{text}\" is not a language of this campaign, so nobody has it"),
                scope.languages.iter().map(String::as_str).collect(),
            ),
            _ => return None,
        };
        if text.is_empty() || names.contains(&text) {
            return self.drawn_twice(text, piece).filter(|_| name == BuiltIn::Variant);
        }
        // People of other languages get the first of the campaign, which its author may know.
        let found = match name {
            BuiltIn::Language => Diagnostic::warning(code, piece.span.clone(), message),
            _ => Diagnostic::error(code, piece.span.clone(), message),
        };
        let meant = nearest(text, names.iter().copied()).filter(|_| name == BuiltIn::Variant);
        let guess = Guess::unsure(meant).written(|meant| format!("\"{meant}\""));
        Some(guess.tell(found, || match names.is_empty() {
            true => "no message has variants, and no step draws a way".to_owned(),
            false => there_are(&names),
        }))
    }

    /// A variant of several messages, of which each is drawn for itself: that of another may be another.
    fn drawn_twice(&self, text: &str, piece: &Expression) -> Option<Diagnostic> {
        let several = self.scope.draws_that_have(text);
        let message = format!("\"{text}\" is in {several} draws, and this asks for the first of them");
        let found = Diagnostic::warning("variant-in-two-draws", piece.span.clone(), message);
        let help = "each message and `split` draws for itself; give their variants names of their own";
        (several > 1).then(|| found.help(help))
    }
}

/// A text with white space at its ends, which no value has when it is compared.
fn padded(of: &Text, text: &str, piece: &Expression) -> Option<Diagnostic> {
    let trimmed = text.trim();
    let is_value = matches!(of, Text::Value(_));
    (is_value && trimmed != text).then(|| {
        let message = "values are compared without the white space at their ends, so nobody has this";
        let found = Diagnostic::error("unknown-value", piece.span.clone(), message);
        let meant = format!("\"{trimmed}\"");
        found.replace(piece.span.clone(), meant, Applicability::Unsure)
    })
}

/// The number as people have it, where a text is one that lacks its plus or has signs in between.
fn number(text: &str) -> Option<String> {
    // Whether it exists is not asked: it has its form.
    if let Ok(number) = text.parse::<sms::PhoneNumber>() {
        return Some(number.to_string());
    }
    let international = text.trim_start().trim_start_matches("00");
    let spellings = [text.to_owned(), format!("+{international}")].into_iter();
    let mut read = spellings.filter_map(|text| sms::PhoneNumber::parse(&text, None).ok());
    read.next().map(|parsed| parsed.number.to_string())
}

/// What the text is not, what may be meant, and how one is written. None where people may have it, or have nothing.
fn none_of(name: BuiltIn, text: &str) -> Option<(&'static str, Option<String>, &'static str)> {
    if text.is_empty() {
        return None;
    }
    let (what, meant, help) = match name {
        BuiltIn::Country => {
            let region = if text == "UK" { "GB" } else { text };
            let meant = sms::Region::new(region).map(|region| region.as_str().to_owned());
            let help = "write its ISO code, two capital letters such as `\"IT\"`";
            ("the ISO code of a country in capitals", meant, help)
        }
        BuiltIn::Language => {
            let meant = Language::new(text).map(|language| language.as_str().to_owned());
            let meant = meant.or_else(|| language_called(text).map(str::to_owned));
            let help = "write its tag in small letters, such as `\"it\"`";
            ("the tag of a language in small letters", meant, help)
        }
        BuiltIn::Timezone => {
            let zone = text.parse::<chrono_tz::Tz>();
            let meant = zone.map_or_else(|_| zone_of_city(text), |_| Some(text));
            let help = "write a zone of the IANA table, such as `\"Europe/Rome\"`";
            ("a time zone", meant.map(str::to_owned), help)
        }
        BuiltIn::Phone => {
            let help = "write all of it, with its country code: `\"+393331234567\"`";
            ("a phone number with its country code", number(text), help)
        }
        BuiltIn::Variant | BuiltIn::Reply => return None,
    };
    (meant.as_deref() != Some(text)).then_some((what, meant, help))
}
