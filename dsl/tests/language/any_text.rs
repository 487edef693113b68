//! No text makes the language panic, point outside of the file, or make a campaign of a file with errors.

use super::support;

use proptest::prelude::*;

fn holds(name: &str, bytes: &[u8]) {
    let (text, found) = support::check(name, bytes);
    for diagnostic in &found {
        let mut spans = vec![diagnostic.span.clone()];
        spans.extend(diagnostic.related.iter().map(|(span, _)| span.clone()));
        spans.extend(
            diagnostic
                .suggestion
                .iter()
                .map(|suggestion| suggestion.span.clone()),
        );
        for span in spans {
            assert!(text.get(span).is_some(), "{diagnostic:?} is outside of {text:?}");
        }
    }
}

#[test]
fn every_prefix_of_every_file_is_read() {
    for folder in ["err", "ok"] {
        for path in support::files(folder) {
            let name = support::name(&path);
            let bytes = std::fs::read(&path).expect("it can be read");
            for end in 0..bytes.len() {
                holds(&name, &bytes[..end]);
            }
        }
    }
}

/// What YAML and the language are sensitive to.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "audience",
        "schedule",
        "message",
        "steps",
        "messages",
        "send",
        "wait",
        "text",
        "it",
        "en",
        "now",
        ": ",
        ":",
        "- ",
        "-",
        "\n",
        "\n  ",
        "\r\n",
        "\t",
        " ",
        "[",
        "]",
        "{",
        "}",
        "{{",
        "}}",
        ",",
        "\"",
        "'",
        "|",
        ">",
        "|-",
        "#",
        " #",
        "*a",
        "&a ",
        "!t ",
        "<<: ",
        "%",
        "@",
        "\\",
        "\\u00e8",
        "?",
        "---",
        "...",
        "😀",
        "è",
        "\u{feff}",
        "\u{0}",
        "2 days",
        "lists/customers.csv",
        "first_name",
    ];
    prop_oneof![
        4 => prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,4}",
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        holds("any.campaign.yaml", &bytes);
        holds("any.crier.yaml", &bytes);
    }

    #[test]
    fn any_pieces_of_yaml_are_read(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        holds("any.campaign.yaml", text.as_bytes());
        holds("any.crier.yaml", text.as_bytes());
    }

    #[test]
    fn a_file_with_a_piece_put_in_is_read(at in 0usize..400, piece in piece(), which in 0usize..100) {
        let files = support::files("ok");
        let path = &files[which % files.len()];
        let mut text = std::fs::read_to_string(path).expect("it can be read");
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &piece);
        holds(&support::name(path), text.as_bytes());
    }
}
