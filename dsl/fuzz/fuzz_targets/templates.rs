//! A text as a template and as a condition: read, its names listed, run for a person. What must hold of any text: no
//! panic, every name stands where it is said to, every fault lies in the text, and what is rendered is bounded.

#![no_main]

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use dsl::condition::{BuiltIn, Condition, Facts, Happening, Scope, Stage};
use dsl::template::{MOST_RENDERED, Template, Values};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    template(text);
    condition(text);
});

fn template(text: &str) {
    match Template::compile(text) {
        Ok(template) => {
            for used in template.uses() {
                let written = text.get(used.span.clone()).expect("it lies in the text");
                assert!(written.contains(used.name.as_str()), "{used:?} in {text:?}");
            }
            if let Ok(rendered) = template.render(&Anybody) {
                assert!(rendered.len() <= MOST_RENDERED && rendered.trim_end().len() == rendered.len());
            }
        }
        Err(error) => assert!(text.get(error.offset..error.offset + error.len).is_some(), "{error:?} in {text:?}"),
    }
}

fn condition(text: &str) {
    let scope = Scope { open: true, ..Scope::default() };
    match Condition::compile(text, &scope, Stage::Within) {
        Ok(condition) => drop(condition.evaluate(&Anybody)),
        Err(found) => {
            for fault in found {
                let related = fault.related.iter().map(|(span, _)| span);
                let suggested = fault.suggestion.iter().map(|suggestion| &suggestion.span);
                for span in std::iter::once(&fault.span).chain(related).chain(suggested) {
                    assert!(text.get(span.clone()).is_some(), "{fault:?} is outside of {text:?}");
                }
            }
        }
    }
}

/// Somebody to whom every name is known; every third value is empty, and some have what templates and numbers are made of.
struct Anybody;

impl Values for Anybody {
    fn get(&self, name: &str) -> Option<&str> {
        Some(match name.len() % 3 {
            0 => "",
            1 => "Zoë {{name}} o'Neil 😀",
            _ => "12.50",
        })
    }
}

impl Facts for Anybody {
    fn value(&self, at: usize) -> &str {
        ["", "7", "2026-12-01", "true", "Roma"][at % 5]
    }
    fn built_in(&self, _: BuiltIn) -> &str {
        "+393331234567"
    }
    fn drawn<'a>(&'a self, _: &str) -> &'a str {
        "calm"
    }
    fn tagged(&self, tag: &str) -> bool {
        tag.len() % 2 == 0
    }
    fn happened(&self, what: &Happening) -> bool {
        matches!(what, Happening::Replied | Happening::Received(..))
    }
    fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_796_115_600, 0).expect("a time")
    }
    fn zone(&self) -> Tz {
        Tz::Europe__Rome
    }
}
