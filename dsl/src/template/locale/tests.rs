use chrono_tz::{Europe, Tz};

use super::super::Template;
use super::*;

fn rendered(source: &str, language: &str, value: &str) -> String {
    let language = Language::new(language).expect("a tag");
    let zone: Tz = Europe::Rome;
    match Template::compile_for(source, &language, zone) {
        Ok(template) => match template.render(&vec![("x", value)]) {
            Ok(text) => text,
            Err(error) => format!("left out: {error}"),
        },
        Err(error) => format!("error: {error}"),
    }
}

/// Source, language and value, and what comes of them.
fn check(table: &[(&str, &str, &str, &str)]) {
    for (source, language, value, expected) in table {
        let text = rendered(source, language, value);
        assert_eq!(text, *expected, "{source} {language} {value}");
    }
}

#[test]
fn dates_take_the_form_of_the_language() {
    let table = [
        ("{{date x}}", "en", "2026-12-01", "December 1, 2026"),
        (
            "{{date x}}",
            "en-gb",
            "2026-12-01 09:05",
            "1 December 2026, 09:05",
        ),
        (
            "{{date x}}",
            "en",
            "2026-12-01 21:05",
            "December 1, 2026, 9:05 PM",
        ),
        (
            "{{date x}}",
            "en-us",
            "2026-12-01 00:05",
            "December 1, 2026, 12:05 AM",
        ),
        ("{{date x}}", "it", "2026-12-01 10:00", "1 dicembre 2026 10:00"),
        (
            "{{date x}}",
            "it",
            "2026-12-01T10:00:00Z",
            "1 dicembre 2026 11:00",
        ),
        ("{{date x}}", "fr-be", "2026-08-15", "15 août 2026"),
        ("{{date x}}", "es", "2026-12-01", "1 de diciembre de 2026"),
        ("{{date x}}", "de", "2026-03-02", "2. März 2026"),
        ("{{date x}}", "ja", "2026-03-02", "2026年3月2日"),
        ("{{date x \"day\"}}", "it", "2026-12-01 10:00", "1 dicembre 2026"),
        ("{{date x \"time\"}}", "fi", "2026-12-01 09:30", "9.30"),
        (
            "{{date x \"time\"}}",
            "it",
            "2026-12-01",
            "left out: x is not a time",
        ),
        ("{{date x \"weekday\"}}", "it", "2026-12-01", "martedì"),
        ("{{upper (date x \"weekday\")}}", "en", "2026-12-06", "SUNDAY"),
        ("{{date x \"short\"}}", "en", "2026-12-01", "Dec 1, 2026"),
        ("{{date x \"short\"}}", "de", "2026-12-01", "01.12.2026"),
        ("{{date x \"short\"}}", "ru", "2026-12-01", "1 дек. 2026 г."),
        ("{{date x}}", "it", "01/12/2026", "left out: x is not a date"),
        ("{{date x}}", "it", "2026-02-30", "left out: x is not a date"),
        ("{{date x}}", "it", "", "left out: x is empty"),
        ("{{#if (date x)}}a{{else}}b{{/if}}", "it", " ", "b"),
    ];
    check(&table);
}

#[test]
fn numbers_and_sums_take_the_form_of_the_language() {
    let table = [
        ("{{number x}}", "en", "1234567.5", "1,234,567.5"),
        ("{{number x}}", "it", "-1234.50", "-1.234,50"),
        ("{{number x}}", "fr", "12345", "12 345"),
        ("{{number x}}", "es", "1234", "1234"),
        ("{{number x}}", "es", "12345", "12.345"),
        ("{{number x}}", "de-ch", "12345", "12'345"),
        ("{{number x}}", "it", "0", "0"),
        ("{{number x}}", "it", "12,5", "left out: x is not a number"),
        ("{{number x}}", "it", "", "left out: x is empty"),
        ("{{money x}}", "en", "99.5 EUR", "€99.50"),
        ("{{money x}}", "it", "1500 EUR", "1.500 €"),
        ("{{money x}}", "nl", "99.50 EUR", "€ 99,50"),
        ("{{money x}}", "en", "-3 USD", "-$3"),
        ("{{money x}}", "en-ca", "3 USD", "USD 3"),
        ("{{money x}}", "pl", "12345.67 PLN", "12 345,67 PLN"),
        ("{{money x}}", "it", "99.50", "left out: x is not a sum of money"),
        (
            "{{money x}}",
            "it",
            "1.000 EUR",
            "left out: x is not a sum of money",
        ),
        ("{{money x}}", "it", "5 euro", "left out: x is not a sum of money"),
    ];
    check(&table);
}

#[test]
fn words_follow_the_number() {
    let two = "{{plural x \"a\" \"b\"}}";
    let three = "{{plural x \"a\" \"b\" \"c\"}}";
    let table = [
        (two, "en", "a,b,b,b,b", "1 0 2 11 21"),
        (two, "fr", "a,a,b,b,b", "1 0 2 11 21"),
        (two, "is", "a,b,b,b,a", "1 0 2 11 21"),
        (three, "cs", "a,c,b,c,c", "1 0 4 12 22"),
        (three, "pl", "a,c,b,c,b,c", "1 0 4 12 22 21"),
        (three, "ru", "a,c,b,c,b,a", "1 0 4 12 22 21"),
        (three, "ro", "a,b,b,c,b", "1 0 19 20 101"),
        (three, "lt", "a,c,b,c,b,a", "1 0 4 12 22 21"),
        (three, "lv", "b,a,c,a,c,b", "1 0 4 12 22 21"),
        (
            "{{plural x \"a\" \"b\" \"c\" \"d\"}}",
            "sl",
            "a,d,b,c,a",
            "1 0 2 4 101",
        ),
        ("{{plural x \"a\"}}", "ja", "a,a", "1 2"),
        (two, "en", "left out: x is not a whole number", "1.5"),
        (two, "en", "left out: x is empty", ""),
    ];
    for (source, language, expected, numbers) in table {
        let words: Vec<String> = numbers
            .split(' ')
            .map(|n| rendered(source, language, n))
            .collect();
        assert_eq!(words.join(","), expected, "{source} {language}");
    }
}

#[test]
fn what_a_language_cannot_write_is_an_error() {
    let table = [
        (
            "{{date x}}",
            "sw",
            "error: how \"sw\" writes dates and numbers is not known: write the value as it stands",
        ),
        (
            "{{plural x \"a\" \"b\"}}",
            "pl",
            "error: \"plural\" takes 3 words in \"pl\": as with 1, with 2, with 5",
        ),
        (
            "{{plural x \"a\" \"b\"}}",
            "ja",
            "error: \"plural\" takes one word in \"ja\", which has no plural",
        ),
        (
            "{{date x \"month\"}}",
            "it",
            "error: \"date\" has no form \"month\": write day, time, weekday, short",
        ),
        (
            "{{date x 3}}",
            "it",
            "error: \"date\" takes a value, and a form in quotes: \"day\"",
        ),
        ("{{number x x}}", "it", "error: \"number\" takes one value"),
        ("{{money x y=1}}", "it", "error: \"money\" takes no options"),
        (
            "{{plural x}}",
            "it",
            "error: \"plural\" takes a value and the words for one and for many",
        ),
    ];
    for (source, language, expected) in table {
        assert_eq!(rendered(source, language, "1"), expected);
    }
}

#[test]
fn every_language_of_the_table_is_whole() {
    for locale in LOCALES.iter() {
        for pattern in [locale.day, locale.short, locale.time] {
            let fields = pattern.split('\'').step_by(2).flat_map(str::chars);
            let unknown: String = fields
                .filter(|c| c.is_ascii_alphabetic() && !"yMdHhma".contains(*c))
                .collect();
            assert_eq!(unknown, "", "{} {pattern}", locale.tag);
        }
        let of = |n: &u64| locale.plural.word(*n);
        let words: Vec<usize> = locale.plural.examples().iter().map(of).collect();
        assert_eq!(words, (0..words.len()).collect::<Vec<_>>(), "{}", locale.tag);
    }
    let hidden = |c: char| c.is_whitespace() && !matches!(c, ' ' | '\t' | '\n') || c == '’';
    assert_eq!(include_str!("formats.tsv").find(hidden), None);
}

#[test]
fn no_date_and_no_number_is_longer_than_its_bound() {
    for locale in LOCALES.iter() {
        let zone = Tz::UTC;
        for form in [
            DateForm::Whole,
            DateForm::Day,
            DateForm::Time,
            DateForm::Weekday,
            DateForm::Short,
        ] {
            let written = Written {
                form: Form::Date(form),
                locale,
                zone,
            };
            let longest = written.longest(None).expect("known");
            let most = sms::parts::measure(&longest);
            for month in 1..=12 {
                let text = written
                    .apply(&format!("2026-{month:02}-28 22:10"))
                    .expect("a date");
                let parts = sms::parts::measure(&text);
                assert!(parts.forced_by.is_none() || most.forced_by.is_some(), "{text}");
                let longest = written.longest(None).expect("known").chars().count();
                assert!(
                    text.chars().count() <= longest || parts.forced_by.is_none(),
                    "{text}"
                );
            }
        }
        for (form, value) in [
            (Form::Number, "-1234567"),
            (Form::Money, "12345 EUR"),
            (Form::Money, "1.5 PLN"),
        ] {
            let written = Written { form, locale, zone };
            let text = written.apply(value).expect("a number");
            let longest = written.longest(Some(value.len())).expect("known");
            assert!(text.chars().count() <= longest.chars().count(), "{text}");
        }
    }
}
