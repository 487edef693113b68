use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::values::parse_decimal;

fn check(kind: FieldType, format: Option<&str>, language: &str, texts: &[&str], expected: Expect) {
    let line = |text: &&str| {
        let format = format.and_then(DateFormat::parse);
        let value = read(text, kind, format, language);
        format!(
            "{} -> {}\n",
            text.escape_debug(),
            value.as_deref().unwrap_or("nothing")
        )
    };
    expected.assert_eq(&texts.iter().map(line).collect::<String>());
}

#[test]
fn whole_numbers() {
    let texts = [
        "3",
        " 3! ",
        "3 please",
        "+3",
        "-3",
        "\u{2212}3",
        "007",
        "３",
        "3.",
        "(3)",
        "3 people",
        "2 or 3",
        "three",
        "",
        "1.000.000",
        "1.000",
        "1,000",
        "1.00.000",
        "99999999999999999999",
        "3\nSent from my iPhone",
        "2026-12-01",
        "10:30",
    ];
    check(
        FieldType::Int,
        None,
        "en",
        &texts,
        expect![[r#"
            3 -> 3
             3!  -> 3
            3 please -> 3
            +3 -> 3
            -3 -> -3
            −3 -> -3
            007 -> 7
            ３ -> 3
            3. -> 3
            (3) -> 3
            3 people -> nothing
            2 or 3 -> nothing
            three -> nothing
             -> nothing
            1.000.000 -> 1000000
            1.000 -> nothing
            1,000 -> nothing
            1.00.000 -> nothing
            99999999999999999999 -> nothing
            3\nSent from my iPhone -> 3
            2026-12-01 -> nothing
            10:30 -> nothing
        "#]],
    );
}

#[test]
fn numbers_with_a_comma_or_a_point() {
    let texts = [
        "2.5",
        "2,5",
        "2,50 €",
        "-0,5",
        "3",
        "1.234,56",
        "1,234.56",
        "1.234.567,8",
        "1,234",
        "1.234",
        "0,125",
        "12,3456",
        "1'234.50",
        "1.2.3",
        "1,2,3",
        "1234,567",
        ",5",
        "5,",
        "1e3",
    ];
    check(
        FieldType::Number,
        None,
        "it",
        &texts,
        expect![[r#"
            2.5 -> 2.5
            2,5 -> 2.5
            2,50 € -> 2.50
            -0,5 -> -0.5
            3 -> 3
            1.234,56 -> 1234.56
            1,234.56 -> 1234.56
            1.234.567,8 -> 1234567.8
            1,234 -> 1.234
            1.234 -> nothing
            0,125 -> 0.125
            12,3456 -> 12.3456
            1\'234.50 -> 1234.50
            1.2.3 -> nothing
            1,2,3 -> nothing
            1234,567 -> 1234.567
            ,5 -> nothing
            5, -> 5
            1e3 -> nothing
        "#]],
    );
    check(
        FieldType::Number,
        None,
        "en-GB",
        &["1,234", "1.234"],
        expect![[r#"
            1,234 -> nothing
            1.234 -> 1.234
        "#]],
    );
    check(
        FieldType::Number,
        None,
        "fr",
        &["1,234", "1.234"],
        expect![[r#"
            1,234 -> 1.234
            1.234 -> 1.234
        "#]],
    );
}

#[test]
fn yes_and_no_of_the_language() {
    let texts = [
        "Sì!!",
        "sì, grazie",
        "si si",
        "certo",
        "ok",
        "yes",
        "NO",
        "no grazie",
        "1",
        "0",
        "👍🏽",
        "👎",
        "forse",
        "sì e no",
        "non si può",
        "",
    ];
    check(
        FieldType::Bool,
        None,
        "it",
        &texts,
        expect![[r#"
            Sì!! -> true
            sì, grazie -> true
            si si -> true
            certo -> true
            ok -> true
            yes -> true
            NO -> false
            no grazie -> false
            1 -> true
            0 -> false
            👍🏽 -> true
            👎 -> false
            forse -> nothing
            sì e no -> nothing
            non si può -> nothing
             -> nothing
        "#]],
    );
    check(
        FieldType::Bool,
        None,
        "pl",
        &["tak", "nie", "no"],
        expect![[r#"
            tak -> true
            nie -> false
            no -> nothing
        "#]],
    );
    check(
        FieldType::Bool,
        None,
        "da",
        &["ja tak", "nej tak", "tak"],
        expect![[r#"
            ja tak -> true
            nej tak -> false
            tak -> nothing
        "#]],
    );
    check(
        FieldType::Bool,
        None,
        "no",
        &["Ja, takk", "nei"],
        expect![[r#"
            Ja, takk -> true
            nei -> false
        "#]],
    );
    check(
        FieldType::Bool,
        None,
        "el",
        &["ΝΑΙ", "όχι", "ναι ευχαριστώ"],
        expect![[r#"
            ΝΑΙ -> true
            όχι -> false
            ναι ευχαριστώ -> true
        "#]],
    );
    check(
        FieldType::Bool,
        None,
        "is",
        &["yes", "ja"],
        expect![[r#"
            yes -> true
            ja -> nothing
        "#]],
    );
}

#[test]
fn days_and_times() {
    let days = [
        "2026-12-01",
        "2026-12-01.",
        "1/12/2026",
        "01/12/2026",
        "2026-02-30",
        "tomorrow",
        "01/12/2026 10:00",
    ];
    check(
        FieldType::Date,
        None,
        "it",
        &days,
        expect![[r#"
            2026-12-01 -> 2026-12-01
            2026-12-01. -> 2026-12-01
            1/12/2026 -> nothing
            01/12/2026 -> nothing
            2026-02-30 -> nothing
            tomorrow -> nothing
            01/12/2026 10:00 -> nothing
        "#]],
    );
    check(
        FieldType::Date,
        Some("DD/MM/YYYY"),
        "it",
        &days,
        expect![[r#"
            2026-12-01 -> 01/12/2026
            2026-12-01. -> 01/12/2026
            1/12/2026 -> 01/12/2026
            01/12/2026 -> 01/12/2026
            2026-02-30 -> nothing
            tomorrow -> nothing
            01/12/2026 10:00 -> nothing
        "#]],
    );
    check(
        FieldType::Date,
        Some("D.M.YYYY"),
        "de",
        &["1.12.2026", "01.12.2026.", "2026-12-01"],
        expect![[r#"
            1.12.2026 -> 1.12.2026
            01.12.2026. -> 1.12.2026
            2026-12-01 -> 1.12.2026
        "#]],
    );
    let times = [
        "2026-12-01 10:00",
        "2026-12-01T10:00Z",
        "10:00",
        "01/12/2026 10:05",
        "2026-12-01 10:00 thanks",
    ];
    check(
        FieldType::Time,
        None,
        "it",
        &times,
        expect![[r#"
            2026-12-01 10:00 -> 2026-12-01 10:00
            2026-12-01T10:00Z -> 2026-12-01T10:00Z
            10:00 -> nothing
            01/12/2026 10:05 -> nothing
            2026-12-01 10:00 thanks -> 2026-12-01 10:00
        "#]],
    );
    check(
        FieldType::Time,
        Some("DD/MM/YYYY HH:MM"),
        "it",
        &times,
        expect![[r#"
            2026-12-01 10:00 -> 01/12/2026 10:00
            2026-12-01T10:00Z -> nothing
            10:00 -> nothing
            01/12/2026 10:05 -> 01/12/2026 10:05
            2026-12-01 10:00 thanks -> 01/12/2026 10:00
        "#]],
    );
}

#[test]
fn texts() {
    let texts = [
        "  Roma\r\n",
        "\u{202A}Roma\u{202C}",
        "Roma, please",
        "Roma\n--\nAda",
        "👩\u{200D}👧",
        " \u{200B} ",
    ];
    check(
        FieldType::Text,
        None,
        "it",
        &texts,
        expect![[r#"
              Roma\r\n -> Roma
            \u{202a}Roma\u{202c} -> Roma
            Roma, please -> Roma, please
            Roma\n--\nAda -> Roma
            👩\u{200d}👧 -> 👩‍👧
             \u{200b}  -> nothing
        "#]],
    );
}

proptest! {
    /// Whatever is read can be stored in a column of that type.
    #[test]
    fn value_fits_its_type(text in any::<String>(), dense in "[0-9.,:+ '-]{0,14}", language in "(it|en|pl|xx)") {
        let kinds = FieldType::NAMES.map(|name| FieldType::parse(name).expect("a type"));
        for (kind, text) in kinds.iter().flat_map(|kind| [(kind, &text), (kind, &dense)]) {
            let value = read(text, *kind, None, &language);
            prop_assert!(value.is_none_or(|value| kind.accepts(&value)), "{} {:?}", kind, text);
        }
    }

    #[test]
    fn cell_of_a_column_reads_as_itself(number in any::<i64>(), cents in 0_u8..100) {
        let number = number.to_string();
        prop_assert_eq!(read(&number, FieldType::Int, None, "it"), Some(number.clone()));
        let sum = format!("{number}.{cents:02}");
        let fits = parse_decimal(&sum).is_some();
        prop_assert_eq!(read(&sum, FieldType::Number, None, "it"), fits.then_some(sum));
    }
}
