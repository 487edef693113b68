use proptest::prelude::*;

use super::*;

fn value(text: &str) -> Node {
    let (tree, found) = parse(text);
    assert!(found.is_empty(), "{found:?}");
    tree.root
        .expect("it has a root")
        .get("a")
        .expect("it has the key")
        .clone()
}

/// Every character of the scalar `a` beside what the file has at its place.
fn places(file: &str) -> Vec<(char, String)> {
    let node = value(file);
    let positions = Positions::new(file, &node);
    let text = node.text().expect("it is a scalar").to_owned();
    let each = text.char_indices().map(|(i, c)| {
        let span = positions.span(i..i + c.len_utf8());
        (c, file[span].to_owned())
    });
    each.collect()
}

#[test]
fn characters_are_found_where_they_are_written() {
    let files = [
        "a: uno due",
        "a: uno\n  due\n\n  tre # no\n",
        "a: 'it''s\n  two\n\n  three'\n",
        "a: \"it's\n  two\n\n\n  three\"\n",
        "a: |\n  uno\n    due\n\n  tre\n",
        "a: |+\n  uno\n\n\n",
        "a: >-\n  uno\n  due\n\n  tre\n    quattro\n  cinque\n",
        "a: >\r\n  uno\r\n  due\r\n",
        "a: \"😀 è\r\n  due\"\r\n",
        "a: |\n  uno",
        "a: |2\n    uno\n  due\n",
    ];
    for file in files {
        for (c, written) in places(file).into_iter().filter(|(c, _)| !c.is_whitespace()) {
            let doubled = c == '\'' && written.starts_with("''");
            assert!(
                doubled || written.starts_with(c),
                "{c:?} is not {written:?} in {file:?}"
            );
        }
    }
}

#[test]
fn an_escape_is_one_place() {
    let file = r#"a: "x\u00e8\tz\x41 \uD83D\uDE00!""#;
    let shown: Vec<String> = places(file)
        .into_iter()
        .map(|(c, written)| format!("{c:?} {written}"))
        .collect();
    let expected = [
        "'x' x",
        r"'è' \u00e8",
        r"'\t' \t",
        "'z' z",
        r"'A' \x41",
        "' '  ",
        r"'😀' \uD83D\uDE00",
        "'!' !",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn spans_end_where_the_eye_does() {
    let file = "a: |\n  uno\n  due\n\n\nb: [1,\n  2]\nc:\n  d: e\n\nf: g\n";
    let (tree, _) = parse(file);
    let root = tree.root.expect("it has a root");
    let span = |key: &str| &file[root.get(key).expect("it is there").span.clone()];
    assert_eq!(span("a"), "uno\n  due");
    assert_eq!(span("b"), "[1,\n  2]");
    assert_eq!(span("c"), "d: e");
}

#[test]
fn what_was_read_before_a_fault_is_kept() {
    let (tree, found) = parse("a: 1\nb: [2, 3\nc: 4\n");
    assert_eq!(found.len(), 1);
    assert!(!tree.whole);
    let root = tree.root.expect("it has a root");
    assert_eq!(root.get("a").and_then(Node::text), Some("1"));
    assert_eq!(root.get("b").map(|b| b.items()[0].text()), Some(Some("2")));
}

#[test]
fn an_alias_is_what_it_names() {
    let (tree, found) = parse("a: &x [1, 2]\nb: [*x, *x]\n");
    assert!(found.is_empty());
    let root = tree.root.expect("it has a root");
    let b = root.get("b").expect("it is there");
    assert_eq!(b.items()[1].items()[1].text(), Some("2"));
}

#[test]
fn aliases_cannot_nest_deeper_than_what_is_written() {
    let mut text = String::from("k0: &k0 [1]\n");
    for i in 1..200 {
        text.push_str(&format!("k{i}: &k{i} [*k{}]\n", i - 1));
    }
    let (_, found) = parse(&text);
    assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), ["too-deep"]);
}

#[test]
fn bytes_become_text_without_their_mark() {
    assert_eq!(decode_text(b"\xef\xbb\xbfa: 1\r\n").as_deref(), Ok("a: 1\r\n"));
    let error = decode_text(b"\xef\xbb\xbfa\xff").expect_err("it is not UTF-8");
    assert_eq!(
        error.message,
        "the file is not UTF-8: byte 0xFF at offset 4, line 1"
    );
}

proptest! {
    #[test]
    fn double_quoted_characters_are_found(text in "[a-z \\\\\"'#:{}😀è]{1,20}") {
        let quoted = format!("a: \"{}\"\n", text.replace('\\', "\\\\").replace('"', "\\\""));
        for (c, written) in places(&quoted) {
            let escaped = format!("\\{c}");
            prop_assert!(written == c.to_string() || written == escaped);
        }
    }

    #[test]
    fn block_characters_are_found(lines in prop::collection::vec("[a-z😀è]{1,6}( [a-z]{1,4})?", 1..6)) {
        for style in ["|", "|-", ">", ">-"] {
            let file = format!("a: {style}\n  {}\n", lines.join("\n  "));
            for (c, written) in places(&file).into_iter().filter(|(c, _)| !c.is_whitespace()) {
                prop_assert_eq!(written, c.to_string());
            }
        }
    }
}
