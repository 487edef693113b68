use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;
use crate::parse_campaign;

const FIELDS: &str =
    "fields: { name: { longest: 10 }, city: { longest: 4, default: Milano }, age: { type: int, longest: 3 } }
";

fn check(more: &str, expected: Expect) {
    let file = parse_campaign(&format!("{FIELDS}{more}"));
    let mut out = String::new();
    for text in bounds(&file, &Project::without_file("fixture")) {
        let TextBound {
            message,
            variant,
            language,
            bound,
        } = text;
        let names = [Some(message), variant, language.map(|l| l.to_string())];
        let names: Vec<String> = names.into_iter().flatten().collect();
        let _ = writeln!(
            out,
            "{}: {} to {:?} ({:?} in ordinary letters, {:?} in UCS-2), unbounded by {:?}, forced by {:?}",
            names.join(" "),
            bound.least,
            bound.most,
            bound.ordinary,
            bound.most_in_ucs2,
            bound.unbounded_by,
            bound.forced_by
        );
    }
    expected.assert_eq(&out);
}

#[test]
fn every_text_of_every_message_variant_and_language_has_its_bound() {
    let long = "x".repeat(152);
    let messages = format!(
        r#"messages:
  plain: "{long}"
  named: "{long} {{{{name}}}}"
  aged: "{long} {{{{age}}}}"
  filled: {{ it: "{long} {{{{city}}}}", en: "Hi {{{{surname}}}}, {{{{other}}}}" }}
  short: "Hi {{{{truncate surname 3}}}}"
  varied: {{ variants: {{ calm: {{ share: 50%, it: "Ciao", en: "Hi" }}, loud: {{ share: 50%, text: "Ho 👍 {{{{name}}}}" }} }} }}
steps:
  - send: plain
  - {{ send: {{ text: "Hello" }}, id: hello }}
  - send: {{ it: "Ciao", en: "“Hi”" }}
"#
    );
    check(
        &messages,
        expect![[r#"
            plain: 1 to Some(1) (Some(1) in ordinary letters, None in UCS-2), unbounded by [], forced by None
            named: 1 to Some(2) (Some(2) in ordinary letters, Some(3) in UCS-2), unbounded by [], forced by None
            aged: 1 to Some(1) (Some(1) in ordinary letters, None in UCS-2), unbounded by [], forced by None
            filled it: 1 to Some(2) (Some(1) in ordinary letters, Some(3) in UCS-2), unbounded by [], forced by None
            filled en: 1 to None (None in ordinary letters, None in UCS-2), unbounded by ["other", "surname"], forced by None
            short: 1 to Some(1) (Some(1) in ordinary letters, Some(1) in UCS-2), unbounded by [], forced by None
            varied calm it: 1 to Some(1) (Some(1) in ordinary letters, None in UCS-2), unbounded by [], forced by None
            varied calm en: 1 to Some(1) (Some(1) in ordinary letters, None in UCS-2), unbounded by [], forced by None
            varied loud: 1 to Some(1) (Some(1) in ordinary letters, None in UCS-2), unbounded by [], forced by Some('👍')
            hello: 1 to Some(1) (Some(1) in ordinary letters, None in UCS-2), unbounded by [], forced by None
            step-3 it: 1 to Some(1) (Some(1) in ordinary letters, None in UCS-2), unbounded by [], forced by None
            step-3 en: 1 to Some(1) (Some(1) in ordinary letters, None in UCS-2), unbounded by [], forced by None
        "#]],
    );
}

#[test]
fn a_text_for_all_has_the_bound_of_its_longest_language() {
    let long = "x".repeat(147);
    check(
        &format!("languages: [en, ja]\nmessage: \"{long} {{{{date starts}}}}\"\n"),
        expect![[r#"
            message: 1 to Some(3) (Some(3) in ordinary letters, Some(3) in UCS-2), unbounded by [], forced by None
        "#]],
    );
}

#[test]
fn no_text_has_more_parts_than_its_bound() {
    let pieces = [
        "{{name}}",
        "{{upper name}}",
        "{{lower name}}",
        "{{title name}}",
        "{{truncate name 3}}",
        "{{upper (truncate name 3)}}",
        "{{truncate (upper name) 12}}",
        "{{#if name}}{{name}}{{else}}nobody{{/if}}",
        "{{#if city}}[[[[{{else}}xxxxx{{/if}} {{name}}",
        "{{#if city}}Ř{{else}}a longer branch{{/if}} {{name}}",
        "“{{name}}”…",
    ];
    let letters = [
        "x", "[", "€", "ß", "ò", "ş", "ΐ", "ﬃ", "İ", "😀", "a-", "…xxx", "“",
    ];
    for piece in pieces {
        let file = parse_campaign(FIELDS);
        let bounds = Bounds::new(file.written(), true);
        for own in (40..=160).step_by(4) {
            let text = format!("{}{piece}", "x".repeat(own));
            let bound = bounds.of_text(&text, &[]).expect("a template");
            let template = Template::compile(&text).expect("a template");
            for letter in letters {
                let name: String = letter.chars().cycle().take(10).collect();
                if characters(&name) > 10 {
                    continue;
                }
                for city in ["", "Rome"] {
                    let values = vec![("name", name.as_str()), ("city", city)];
                    let rendered = template.render(&values).expect("it has its values");
                    let measured = measure(&smart::plain(&rendered));
                    let most = match measured.forced_by {
                        Some(_) => bound.most.max(bound.most_in_ucs2),
                        None => bound.most,
                    };
                    assert!(
                        Some(measured.part_count) <= most,
                        "{own} x and {piece} of {name:?}: {bound:?}"
                    );
                }
            }
        }
    }
}
