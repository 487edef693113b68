use proptest::prelude::*;

use super::*;

/// Path, role and word of the `|`.
fn check(marked: &str, expected: &str) {
    let byte = marked.rfind('|').expect("a cursor");
    let text = format!("{}{}", &marked[..byte], &marked[byte + 1..]);
    let found = match Sketch::new(&text, byte).1 {
        None => "none".to_owned(),
        Some(spot) => {
            let path: Vec<&str> = spot
                .path
                .iter()
                .map(|segment| match segment {
                    Segment::Key(name) => name.as_str(),
                    Segment::Item => "-",
                })
                .collect();
            let word = text[spot.word.clone()].replace('\n', "/");
            let siblings: Vec<&str> = spot.siblings.iter().map(|(name, _)| name.as_str()).collect();
            let beside = if siblings.is_empty() {
                String::new()
            } else {
                format!(" beside {}", siblings.join(","))
            };
            format!("{:?} {} \"{word}\"{beside}", spot.role, path.join("."))
        }
    };
    assert_eq!(found, expected, "{marked:?}");
}

#[test]
fn block_style_is_read_by_indentation() {
    let table = [
        ("|", "Key  \"\""),
        ("a: 1\n|", "Key  \"\" beside a"),
        ("a: 1\nb|", "Key  \"b\" beside a"),
        ("a|: 1\nc: 2", "Key  \"a\" beside c"),
        ("a: |", "Value a \"\""),
        ("a:|", "Value a \"\""),
        ("a: x|y", "Value a \"xy\""),
        ("a: x| # note", "Value a \"x\""),
        ("a: x # no|te", "none"),
        ("a: \"x|\"", "Value a \"x\""),
        ("a: 'x''|y'", "Value a \"x''y\""),
        ("a:\n  |", "Start a \"\""),
        ("a:\n  b|", "Start a \"b\""),
        ("a:\n  b: 1\n  |", "Key a \"\" beside b"),
        ("a:\n  b: 1\n|", "Key  \"\" beside a"),
        ("a:\n  b: 1\n  |\n  c: 2\n", "Key a \"\" beside b,c"),
        ("a:\n  b:\n    |\nc: 1", "Start a.b \"\""),
        ("a:\n  - |", "Start a.- \"\""),
        ("a:\n  - b: 1\n    |", "Key a.- \"\" beside b"),
        ("a:\n  - b: 1\n  |", "Start a \"\""),
        ("a:\n- b: 1\n- c|: 2", "Key a.- \"c\""),
        ("a:\n- b: 1\n|", "Key  \"\" beside a"),
        ("a:\n- b: 1\nc: |", "Value c \"\" beside a"),
        ("a:\n  - - b: |", "Value a.-.-.b \"\""),
        (
            "a: |2\n  text\n  mo|re\nb: 1",
            "Value a \"  text/  more\" beside b",
        ),
        ("a: >\n  text\n\nb: |", "Value b \"\" beside a"),
        ("\"a b\": |", "Value a b \"\""),
        ("a: &x b|", "Value a \"b\""),
        ("# note\n---\na: |", "Value a \"\""),
        ("a: one\n  tw|o", "Value a \"one/  two\""),
        ("a:\r\n  b: |\r\n", "Value a.b \"\""),
    ];
    for (marked, expected) in table {
        check(marked, expected);
    }
}

#[test]
fn flow_style_is_read_by_brackets() {
    let table = [
        ("a: {|}", "Key a \"\""),
        ("a: { b: 1, | }", "Key a \"\" beside b"),
        ("a: { b: 1, c| }", "Key a \"c\" beside b"),
        ("a: { b: | }", "Value a.b \"\""),
        ("a: { b: x y| }", "Value a.b \"x y\""),
        ("a: { b: \"x, y|\" }", "Value a.b \"x, y\""),
        ("a: { b: 1 } |", "none"),
        ("a: [|]", "Value a.- \"\""),
        ("a: [x, y|]", "Value a.- \"y\""),
        ("a: [{ b: | }]", "Value a.-.b \"\""),
        ("a: { b: { c: 1 }, | }", "Key a \"\" beside b"),
        ("a: {\n  b: 1,\n  |\n}\n", "Key a \"\" beside b"),
        ("- { b: | }", "Value -.b \"\""),
        ("a:\n  - { b: 1 }\n  - { |", "Key a.- \"\""),
    ];
    for (marked, expected) in table {
        check(marked, expected);
    }
}

#[test]
fn what_is_never_closed_ends_with_its_indentation() {
    let table = [
        ("a: \"x\nb: |", "Value b \"\" beside a"),
        ("a: { b: 1\nc: |", "Value c \"\" beside a"),
        ("a: [x\nc:\n  d|", "Start c \"d\""),
        ("a: { b: \"x\nc: |", "Value c \"\" beside a"),
        ("a: \"x\n  y|\nb: 1", "Value a \"x/  y\" beside b"),
        ("a: b: |", "Value a \"b: \""),
    ];
    for (marked, expected) in table {
        check(marked, expected);
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "[ab:\\-{}\\[\\],\"'|>#&! \n\r\té]{0,60}", byte in 0usize..70) {
        let (_, spot) = Sketch::new(&text, byte);
        if let Some(spot) = spot {
            prop_assert!(text.get(spot.word.clone()).is_some());
            prop_assert!(spot.siblings.iter().all(|(_, value)| text.get(value.clone()).is_some()));
        }
    }
}

#[test]
fn deep_nesting_is_not_followed() {
    for text in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(50_000)] {
        Sketch::new(&text, text.len());
    }
}
