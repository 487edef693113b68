use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_assume, prop_oneof, proptest};

use super::helpers::Change;
use super::*;

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect()
}

fn rendered(source: &str, values: &dyn Values) -> String {
    match Template::compile(source).map(|t| t.render(values)) {
        Ok(Ok(text)) => text,
        Ok(Err(e)) => format!("left out: {e}"),
        Err(e) => format!("error at {}..{}: {e}", e.offset, e.offset + e.len),
    }
}

/// Handlebars itself, strict and without escaping, with the helpers that change values.
fn by_handlebars(source: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    let mut registry = handlebars::Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(handlebars::no_escape);
    for (name, change) in [
        ("upper", Change::Upper),
        ("lower", Change::Lower),
        ("title", Change::Title),
    ] {
        let helper = move |h: &handlebars::Helper<'_>,
                           _: &handlebars::Handlebars<'_>,
                           _: &handlebars::Context,
                           _: &mut handlebars::RenderContext<'_, '_>,
                           out: &mut dyn handlebars::Output|
              -> handlebars::HelperResult {
            let value = h
                .param(0)
                .map(|p| p.value().as_str().unwrap_or_default().to_owned())
                .unwrap_or_default();
            out.write(&change.apply(&value))?;
            Ok(())
        };
        registry.register_helper(name, Box::new(helper));
    }
    registry
        .render_template(source, values)
        .map(|text| text.trim_end().to_owned())
        .map_err(|e| e.to_string())
}

#[test]
fn texts_are_rendered_as_handlebars_does() {
    let data = values(&[
        ("name", "Ada"),
        ("city", "Roma"),
        ("none", ""),
        ("Data di nascita", "1990"),
        ("é", "è"),
    ]);
    let sources = [
        "Ciao {{name}}, a {{ city }}!",
        "{{{name}}} {{&name}} {{this.name}} {{./name}} {{@root.name}} {{[name]}} {{[Data di nascita]}} {{é}}",
        "{{#if name}}a{{else}}b{{/if}}{{#if none}}a{{else}}b{{/if}}{{#if none}}a{{^}}b{{/if}}",
        "{{#unless name}}a{{else}}b{{/unless}}{{#unless none}}a{{else}}b{{/unless}}",
        "{{#if none}}1{{else if name}}2{{else}}3{{/if}}",
        "{{#if none}}1{{else if none}}2{{else if city}}3{{else}}4{{/if}}",
        "{{#if none}}1{{else if none}}2{{/if}}.",
        "{{#if name}}{{#if city}}both{{else}}one{{/if}}{{/if}}",
        "a {{~name~}} b {{~ city}} c {{name ~}}  \n d",
        "x {{~#if name~}} y {{~else~}} z {{~/if~}} w",
        "x\n{{#if name}}\n  yes\n{{else}}\n  no\n{{/if}}\ny",
        "x\r\n{{#if none}}\r\n  yes\r\n{{else}}\r\n  no\r\n{{/if}}\r\ny",
        "{{! a }}x{{!-- b }} {{name}} --}}y",
        "a\n{{! a line of its own }}\nb",
        "{{#if true}}t{{/if}}{{#if 0}}z{{else}}n{{/if}}{{#if \"\"}}e{{else}}n{{/if}}{{#if \"x\"}}x{{/if}}{{#if null}}n{{/if}}",
        "{{upper name}} {{lower name}} {{title \"l'uva }} passa\"}} {{upper 'it\\'s'}}",
        "{{upper (lower name)}}{{#if (upper none)}}a{{else}}b{{/if}}{{#unless (lower name)}}x{{/unless}}",
        "\\{{name}} \\\\{{name}} \\\\\\{{name}} a\\b",
        "plain } text { with }} braces",
        "trailing   \n\n ",
        "",
    ];
    for source in sources {
        assert_eq!(
            Ok(rendered(source, &data)),
            by_handlebars(source, &data),
            "{source}"
        );
    }
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z \\n\\\\{}~\"']{0,4}",
        prop_oneof![
            Just(""),
            Just(" "),
            Just("\n"),
            Just(" \n"),
            Just("\\"),
            Just("}}"),
            Just("  ")
        ]
        .prop_map(String::from),
        (
            "~?",
            prop_oneof![
                Just("name"),
                Just("upper name"),
                Just("lower (title name)"),
                Just("[a b]")
            ],
            "~?"
        )
            .prop_map(|(l, x, r)| format!("{{{{{l}{x}{r}}}}}")),
        "[a-z }]{0,3}".prop_map(|c| format!("{{{{!--{c}--}}}}")),
        "[a-z ]{0,3}".prop_map(|c| format!("{{{{!{c}}}}}")),
        Just("{{{name}}}".to_owned()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    let leaf = proptest::collection::vec(piece(), 0..4).prop_map(|p| p.concat());
    leaf.prop_recursive(3, 12, 3, |inner| {
        let test = prop_oneof![Just("name"), Just("none"), Just("(upper none)"), Just("true")];
        let tildes = ("~?", "~?", "~?", "~?", "~?", "~?");
        (
            inner.clone(),
            inner.clone(),
            inner,
            test,
            tildes,
            any::<bool>(),
            0..3_u8,
        )
            .prop_map(|(before, yes, no, test, (a, b, c, d, e, f), positive, form)| {
                let name = if positive { "if" } else { "unless" };
                let middle = match form {
                    0 => String::new(),
                    1 => format!("{{{{{c}else{d}}}}}{no}"),
                    _ => format!("{{{{{c}else if name{d}}}}}{no}"),
                };
                format!("{before}{{{{{a}#{name} {test}{b}}}}}{yes}{middle}{{{{{e}/{name}{f}}}}}{before}")
            })
    })
}

proptest! {
    #[test]
    fn what_both_accept_both_render_alike(source in text(), name in "[A-Za-z{}&<'\"\\\\ \u{0}é😀]{0,6}[a-z]") {
        // A brace before an `{{else}}` makes `{{{else}}}`: Handlebars takes it for a branch, and we for a value of that name.
        let is_joined = source.contains("{{{else") || source.contains("{{{~else");
        prop_assume!(!is_joined);
        let data = values(&[("name", &name), ("none", ""), ("a b", "x")]);
        let ours = Template::compile(&source);
        match by_handlebars(&source, &data) {
            Ok(theirs) => prop_assert_eq!(ours.expect("handlebars takes it").render(&data), Ok(theirs)),
            Err(_) => prop_assert_eq!(ours.map(|_| ()).is_err(), true),
        }
    }

    #[test]
    fn any_text_is_a_template_or_an_error_within_it(source in "([{}\\\\~#/^&>*!=|() \n]|name|else|if|as|\\[x y\\]|\"|'|[0-9]|é){0,24}") {
        match Template::compile(&source) {
            Ok(template) => {
                for used in template.uses() {
                    let shown = source.get(used.span.clone()).unwrap_or_default();
                    prop_assert_eq!(shown.contains(used.name.as_str()), true, "{:?} at {:?}", used, shown);
                }
                let _ = template.render(&values(&[("name", "x")]));
            }
            Err(e) => prop_assert_eq!(source.get(e.offset..e.offset + e.len).is_some(), true),
        }
    }
}

#[test]
fn values_are_data_byte_for_byte() {
    let name = "D'Angelo & Figli <3 \"x\" = `y`";
    let data = values(&[
        ("name", name),
        ("code", "9173"),
        ("evil", "{{code}}"),
        ("each", "{{#each this}}x{{/each}}"),
    ]);
    assert_eq!(rendered("Ciao {{name}}", &data), format!("Ciao {name}"));
    assert_eq!(
        rendered("{{#if name}}{{name}}{{/if}}{{{name}}}", &data),
        format!("{name}{name}")
    );
    assert_eq!(
        rendered("Ciao {{evil}}, codice {{code}}", &data),
        "Ciao {{code}}, codice 9173"
    );
    assert_eq!(
        rendered("{{each}}{{evil}}", &data),
        "{{#each this}}x{{/each}}{{code}}"
    );
    let control = values(&[("x", "a\u{0}b\u{7}\r\nc")]);
    assert_eq!(rendered("{{x}}.", &control), "a\u{0}b\u{7}\r\nc.");
}

#[test]
fn empty_value_leaves_the_person_out_and_a_condition_does_not() {
    let data = values(&[("name", ""), ("city", "Roma")]);
    let mut lines = String::new();
    for source in [
        "Ciao {{name}}, a domani",
        "{{upper name}}",
        "{{truncate (title name) 3}}",
        "{{#if name}}{{name}}{{else}}you{{/if}}",
        "{{#if (upper name)}}a{{else}}b{{/if}}",
        "{{nome}}",
        "{{#if nome}}a{{/if}}",
        "{{shout city}}",
        "{{#each city}}{{name}}{{/each}}",
        "{{> footer}}",
        "{{city}} \n\t",
    ] {
        lines += &format!("{source:?} -> {:?}\n", rendered(source, &data));
    }
    expect![[r#"
        "Ciao {{name}}, a domani" -> "left out: name is empty"
        "{{upper name}}" -> "left out: name is empty"
        "{{truncate (title name) 3}}" -> "left out: name is empty"
        "{{#if name}}{{name}}{{else}}you{{/if}}" -> "you"
        "{{#if (upper name)}}a{{else}}b{{/if}}" -> "b"
        "{{nome}}" -> "left out: nome does not exist"
        "{{#if nome}}a{{/if}}" -> "left out: nome does not exist"
        "{{shout city}}" -> "left out: shout does not exist"
        "{{#each city}}{{name}}{{/each}}" -> "left out: each does not exist"
        "{{> footer}}" -> "left out: footer does not exist"
        "{{city}} \n\t" -> "Roma"
    "#]]
    .assert_eq(&lines);
}

#[test]
fn rendered_text_is_bounded() {
    let long = "x".repeat(MOST_RENDERED);
    let data = values(&[("x", &long)]);
    let template = Template::compile("{{x}}").expect("a template");
    assert_eq!(template.render(&data).map(|t| t.len()), Ok(MOST_RENDERED));
    let template = Template::compile("{{x}}{{x}}").expect("a template");
    assert_eq!(template.render(&data), Err(RenderError::TooLong));
}

#[test]
fn nesting_and_length_are_bounded() {
    for source in [
        "{{#if a}}".repeat(7_000),
        format!("{}x{}", "{{#if a}}".repeat(40), "{{/if}}".repeat(40)),
        format!("{{{{upper {}x{}}}}}", "(".repeat(9_000), ")".repeat(9_000)),
        format!("{{{{upper {}", "[".repeat(60_000)),
        format!("{{{{upper {}1{}}}}}", "[1,".repeat(9_000), "]".repeat(9_000)),
        "x".repeat(MOST_SOURCE + 1),
    ] {
        assert!(Template::compile(&source).is_err());
    }
}

#[test]
fn broken_templates_say_what_is_broken() {
    let sources = [
        "Ciao {{name",
        "Ciao {{name}, a domani {{city}}",
        "Ciao {{}}",
        "{{#if name}}a",
        "{{#if name}}a{{/unless}}",
        "a{{/if}}",
        "{{#if name}}a{{/if}}{{/if}}",
        "a{{else}}b",
        "{{#if}}a{{/if}}",
        "{{#if a b}}c{{/if}}",
        "{{#if a includeZero=true}}c{{/if}}",
        "{{if name}}",
        "{{#upper name}}a{{/upper}}",
        "{{upper name city}}",
        "{{truncate name}}",
        "{{truncate name 0}}",
        "{{truncate name \"3\"}}",
        "{{upper [1,2]}}",
        "{{{{raw}}}}x{{{{/raw}}}}",
        "{{!-- never closed",
        "È {{l'amico}}",
        "Ciao\n{{nome + cognome}}",
        "{{nome, cognome}}",
        "{{name.}}",
        "{{{name}}",
        "{{~! x ~}}",
        "Ciao {{up@er (lower name)}}",
    ];
    let lines = sources.map(|s| format!("{s:?} -> {}\n", rendered(s, &values(&[]))));
    expect![[r#"
        "Ciao {{name" -> error at 5..7: "{{" is not closed by "}}"
        "Ciao {{name}, a domani {{city}}" -> error at 5..7: "{{" is not closed by "}}"
        "Ciao {{}}" -> error at 5..9: "{{}}" names nothing
        "{{#if name}}a" -> error at 0..12: "{{#if name}}" is not closed: "{{/if}}" is missing
        "{{#if name}}a{{/unless}}" -> error at 13..24: "{{/unless}}" stands where "{{/if}}" is due
        "a{{/if}}" -> error at 1..8: "{{/if}}" closes nothing
        "{{#if name}}a{{/if}}{{/if}}" -> error at 20..27: "{{/if}}" closes nothing
        "a{{else}}b" -> error at 1..9: "{{else}}" stands in no block
        "{{#if}}a{{/if}}" -> error at 3..5: "if" takes one value and no options
        "{{#if a b}}c{{/if}}" -> error at 3..5: "if" takes one value and no options
        "{{#if a includeZero=true}}c{{/if}}" -> error at 3..5: "if" takes one value and no options
        "{{if name}}" -> error at 2..4: "if" is a block: {{#if …}} … {{/if}}
        "{{#upper name}}a{{/upper}}" -> error at 3..8: "upper" is not a block: write {{upper …}}
        "{{upper name city}}" -> error at 2..7: "upper" takes one value
        "{{truncate name}}" -> error at 2..10: "truncate" takes a value and a number of characters from 1
        "{{truncate name 0}}" -> error at 2..10: "truncate" takes a value and a number of characters from 1
        "{{truncate name \"3\"}}" -> error at 2..10: "truncate" takes a value and a number of characters from 1
        "{{upper [1,2]}}" -> error at 2..7: a list or a map cannot stand in a text
        "{{{{raw}}}}x{{{{/raw}}}}" -> error at 0..4: "{{{{" opens a raw block, which texts do not have
        "{{!-- never closed" -> error at 0..3: the comment is not closed by "}}"
        "È {{l'amico}}" -> error at 3..14: "{{l'amico}}" is not a value or a helper with its values
        "Ciao\n{{nome + cognome}}" -> error at 5..23: "{{nome + cognome}}" is not a value or a helper with its values
        "{{nome, cognome}}" -> error at 0..17: "{{nome, cognome}}" is not a value or a helper with its values
        "{{name.}}" -> error at 0..9: "{{name.}}" is not a value or a helper with its values
        "{{{name}}" -> error at 1..9: "{{name}}" is not a value or a helper with its values
        "{{~! x ~}}" -> error at 0..10: "{{~! x ~}}" is not a value or a helper with its values
        "Ciao {{up@er (lower name)}}" -> error at 7..12: "up@er" is not a name
    "#]].assert_eq(&lines.concat());
}

fn check_uses(source: &str, expected: Expect) {
    let template = Template::compile(source).expect("a template");
    let line = |used: &Use| format!("{:?} {} {:?}\n", used.kind, used.name, &source[used.span.clone()]);
    expected.assert_eq(&template.uses().iter().map(line).collect::<String>());
}

#[test]
fn names_are_listed_with_their_places() {
    check_uses(
        "{{!name}} \\{{name}} {{name}} {{#if (upper city)}}{{truncate name 5}}{{else if name}}{{[Data di nascita]}}{{else}}{{{ city }}}{{/if}}",
        expect![[r#"
            Variable name "name"
            Helper if "if"
            Helper upper "upper"
            Variable city "city"
            Helper truncate "truncate"
            Variable name "name"
            Helper if "if"
            Variable name "name"
            Variable Data di nascita "[Data di nascita]"
            Variable city "city"
        "#]],
    );
    check_uses(
        "{{upper upper}} {{~title \"name\" ~}} {{this.name}} {{a.b}} {{../x}} {{@index}}",
        expect![[r#"
        Helper upper "upper"
        Variable upper "upper"
        Helper title "title"
        Variable name "this.name"
        Variable a.b "a.b"
        Variable ../x "../x"
        Variable @index "@index"
    "#]],
    );
}

#[test]
fn what_an_unknown_helper_takes_is_not_listed() {
    check_uses(
        "{{link tickets}} {{first name}} {{#each xs as |x|}}{{x}}{{/each}} {{> foot}} {{* deco x}}",
        expect![[r#"
            Helper link "link"
            Link tickets "tickets"
            Helper first "first"
            Helper each "each"
            Variable xs "xs"
            Partial foot "foot"
            Helper deco "deco"
        "#]],
    );
}

#[test]
fn in_each_the_item_is_no_value_of_the_person() {
    check_uses(
        "{{#each xs}}{{this}} {{this.a}} {{@index}} {{upper b}}{{#if @last}}{{shout c}}{{/if}}{{else}}{{d}}{{/each}}{{this}}",
        expect![[r#"
            Helper each "each"
            Variable xs "xs"
            Helper upper "upper"
            Variable b "b"
            Helper if "if"
            Helper shout "shout"
            Variable d "d"
            Variable this "this"
        "#]],
    );
    check_uses(
        "{{#each xs as |x i|}}{{x.a}}{{i}}{{#each x.ys}}{{this}}{{x}}{{/each}}{{/each}}{{x}}",
        expect![[r#"
            Helper each "each"
            Variable xs "xs"
            Helper each "each"
            Variable x "x"
        "#]],
    );
}

#[test]
fn helpers_are_known_later_or_unknown() {
    assert_eq!(helper_status("if"), HelperStatus::Known);
    assert_eq!(helper_status("link"), HelperStatus::Later);
    for name in ["with", "lookup", "log", "inline", "eq", ""] {
        assert_eq!(helper_status(name), HelperStatus::Unknown, "{name}");
    }
}

#[test]
fn templates_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    let template = Template::compile("{{name}}").expect("a template");
    shared(&template);
    assert_eq!(format!("{template:?}"), "Template(\"{{name}}\")");
}
