//! What conditions say of people, and what is found in them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use expect_test::{Expect, expect};
use proptest::prelude::{any, prop, proptest};

use super::{BuiltIn, Columns, Condition, DateFormat, Declared, Facts, Happening, Scope, Stage, Verdict};
use crate::values::FieldType;

fn scope() -> Scope {
    let plain = |kind| Declared { kind, format: None };
    let fields = [
        ("age", plain(FieldType::Int)),
        ("total", plain(FieldType::Number)),
        ("vip", plain(FieldType::Bool)),
        ("expires", plain(FieldType::Date)),
        ("starts", plain(FieldType::Time)),
        (
            "nato",
            Declared {
                kind: FieldType::Date,
                format: DateFormat::parse("DD/MM/YYYY"),
            },
        ),
    ];
    let names = ["city", "età", "Data di nascita", "first-name", "zona"];
    Scope {
        fields: fields.map(|(name, field)| (name.to_owned(), field)).into(),
        lists: vec![Columns {
            list: "a.csv".into(),
            names: names.map(str::to_owned).into(),
        }],
        open: false,
        messages: BTreeSet::from(["invite".to_owned()]),
        links: BTreeSet::from(["tickets".to_owned()]),
        draws: vec![
            vec!["calm".to_owned(), "loud".to_owned()],
            vec!["loud".to_owned(), "tea".to_owned()],
        ],
        languages: vec![],
        any_campaign: false,
    }
}

/// A person of 2026-12-01 23:30 UTC in Rome, where it is the second already.
struct Person<'a> {
    names: &'a [String],
    values: BTreeMap<&'a str, &'a str>,
}

impl Facts for Person<'_> {
    fn value(&self, at: usize) -> &str {
        self.values
            .get(self.names[at].as_str())
            .copied()
            .unwrap_or_default()
    }
    fn built_in(&self, name: BuiltIn) -> &str {
        match name {
            BuiltIn::Phone => "+393331234567",
            BuiltIn::Country => "IT",
            BuiltIn::Language => "it",
            BuiltIn::Timezone => "Europe/Rome",
            BuiltIn::Variant => "calm",
            BuiltIn::Reply => "",
        }
    }
    fn drawn(&self, among: &str) -> &str {
        match among {
            "tea" => "tea",
            _ => "calm",
        }
    }
    fn tagged(&self, tag: &str) -> bool {
        tag == "coming"
    }
    fn happened(&self, what: &Happening) -> bool {
        matches!(what, Happening::Replied) || *what == Happening::Clicked("tickets".into())
    }
    fn today(&self) -> NaiveDate {
        "2026-12-02".parse().expect("a date")
    }
    fn now(&self) -> DateTime<Utc> {
        "2026-12-01T23:30:00Z".parse().expect("an instant")
    }
    fn zone(&self) -> Tz {
        chrono_tz::Europe::Rome
    }
}

fn verdict(condition: &Condition, values: &[(&str, &str)]) -> String {
    let person = Person {
        names: condition.names(),
        values: values.iter().copied().collect(),
    };
    match condition.evaluate(&person) {
        Verdict::Holds => "holds".into(),
        Verdict::Fails => "fails".into(),
        Verdict::Undecided(name) => format!("undecided: {name}"),
    }
}

fn check(values: &[(&str, &str)], sources: &[&str], expected: Expect) {
    let line = |source: &&str| match Condition::compile(source, &scope(), Stage::Within) {
        Ok(condition) => format!("{source} -> {}\n", verdict(&condition, values)),
        Err(found) => format!("{source} -> {found:#?}\n"),
    };
    expected.assert_eq(&sources.iter().map(line).collect::<String>());
}

#[test]
fn a_person_with_every_value_is_decided() {
    let ada = [
        ("city", " Roma "),
        ("età", "giovane"),
        ("Data di nascita", "1990"),
        ("first-name", "Ada"),
        ("zona", "01"),
        ("age", "36"),
        ("total", "12.50"),
        ("vip", "Yes"),
        ("expires", "2026-12-05"),
        ("starts", "2026-12-02 10:30"),
        ("nato", "03/04/1990"),
    ];
    check(
        &ada,
        &[
            r#"city == "Roma""#,
            r#"city != 'Roma' || city in ["Latina", "Roma"]"#,
            r#"!(city in ["Latina"]) && zona == "01""#,
            r#"età == "giovane" && `Data di nascita` == "1990" && `first-name` == "Ada""#,
            r#"city == "\u0052oma""#,
            "age >= 18 && age < 65",
            "age + 1 == 37 && age * 2 - 2 == 70 && -age < 0",
            "age / 5 == 7.2 && age % 5 == 1 && 1 + 2 * 3 == age - 29",
            "total > 12 && total <= 12.50 && total < age",
            "age in [35, 36]",
            "vip && vip == true && !(vip == false)",
            r#"expires > today() && expires == date("2026-12-05")"#,
            "days_until(expires) == 3 && days_since(expires) == -3 && days_until(starts) == 0",
            "starts > now()",
            r#"nato < date("1990-04-04") && nato >= date("1990-04-03")"#,
            r#"tagged("coming") && "coming" in tags && !(city in tags)"#,
            r#"replied() && clicked("tickets") && !delivered("invite") && !answered("x") && !received("x", "2 days") && !event("y")"#,
            r#"variant == "tea" && variant == "calm" && !(variant in ["loud"])"#,
            r#"variant in ["loud", "tea"]"#,
            r#"country == "IT" && language == "it" && variant == "calm" && reply == "" && phone == "+393331234567""#,
            "empty(reply) && !empty(city)",
        ],
        expect![[r#"
            city == "Roma" -> holds
            city != 'Roma' || city in ["Latina", "Roma"] -> holds
            !(city in ["Latina"]) && zona == "01" -> holds
            età == "giovane" && `Data di nascita` == "1990" && `first-name` == "Ada" -> holds
            city == "\u0052oma" -> holds
            age >= 18 && age < 65 -> holds
            age + 1 == 37 && age * 2 - 2 == 70 && -age < 0 -> holds
            age / 5 == 7.2 && age % 5 == 1 && 1 + 2 * 3 == age - 29 -> holds
            total > 12 && total <= 12.50 && total < age -> holds
            age in [35, 36] -> holds
            vip && vip == true && !(vip == false) -> holds
            expires > today() && expires == date("2026-12-05") -> holds
            days_until(expires) == 3 && days_since(expires) == -3 && days_until(starts) == 0 -> holds
            starts > now() -> holds
            nato < date("1990-04-04") && nato >= date("1990-04-03") -> holds
            tagged("coming") && "coming" in tags && !(city in tags) -> holds
            replied() && clicked("tickets") && !delivered("invite") && !answered("x") && !received("x", "2 days") && !event("y") -> holds
            variant == "tea" && variant == "calm" && !(variant in ["loud"]) -> holds
            variant in ["loud", "tea"] -> holds
            country == "IT" && language == "it" && variant == "calm" && reply == "" && phone == "+393331234567" -> holds
            empty(reply) && !empty(city) -> holds
        "#]],
    );
}

#[test]
fn what_is_empty_or_of_another_type_leaves_undecided_what_depends_on_it() {
    check(
        &[
            ("age", "old"),
            ("vip", "  "),
            ("starts", "10:30"),
            ("total", "0"),
            ("nato", "1990-04-03"),
        ],
        &[
            r#"city == """#,
            "empty(city) && empty(expires) && empty(vip) && !empty(age)",
            "age > 3",
            "!(age > 3)",
            "age in [1, 2]",
            "vip",
            "vip == true",
            "expires < today()",
            "days_since(expires) > 3",
            "starts > now()",
            r#"nato < date("2000-01-01")"#,
            r#"vip && city == "Roma""#,
            r#"city == "Roma" && vip"#,
            r#"vip && city == """#,
            r#"vip || city == """#,
            r#"vip || age > 3 || city == "Roma""#,
            "!empty(vip) && vip",
            "1 / total > 3",
            "total * 79228162514264337593543950335 < 1 && total + 79228162514264337593543950335 > 1",
        ],
        expect![[r#"
            city == "" -> holds
            empty(city) && empty(expires) && empty(vip) && !empty(age) -> holds
            age > 3 -> undecided: age
            !(age > 3) -> undecided: age
            age in [1, 2] -> undecided: age
            vip -> undecided: vip
            vip == true -> undecided: vip
            expires < today() -> undecided: expires
            days_since(expires) > 3 -> undecided: expires
            starts > now() -> undecided: starts
            nato < date("2000-01-01") -> undecided: nato
            vip && city == "Roma" -> fails
            city == "Roma" && vip -> fails
            vip && city == "" -> undecided: vip
            vip || city == "" -> holds
            vip || age > 3 || city == "Roma" -> undecided: vip
            !empty(vip) && vip -> fails
            1 / total > 3 -> undecided: total
            total * 79228162514264337593543950335 < 1 && total + 79228162514264337593543950335 > 1 -> holds
        "#]],
    );
}

#[test]
fn conditions_of_a_list_must_all_hold_and_share_their_names() {
    let sources = [r#"city == "Roma" || age > 3"#, "age > 18"];
    let condition = Condition::compile_all(&sources, &scope(), Stage::Before).expect("no faults");
    assert_eq!(condition.names(), ["city", "age"]);
    assert_eq!(condition.source(), r#"(city == "Roma" || age > 3) && (age > 18)"#);
    assert_eq!(verdict(&condition, &[("age", "20")]), "holds");
    assert_eq!(verdict(&condition, &[("age", "4")]), "fails");
    assert_eq!(verdict(&condition, &[("city", "Roma")]), "undecided: age");
    let faults = Condition::compile_all(&["age > 3", "agee > 3"], &scope(), Stage::Before);
    let faults = faults.expect_err("a fault");
    assert_eq!(faults.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [1]);
}

#[test]
fn what_may_have_happened_is_listed_once() {
    let source = r#"clicked("tickets") || !clicked("tickets") && received("x", "2 days")"#;
    let condition = Condition::compile(source, &scope(), Stage::Within).expect("no faults");
    expect![[r#"[Clicked("tickets"), Received("x", Some(Days(2)))]"#]]
        .assert_eq(&format!("{:?}", condition.happenings()));
}

#[test]
fn any_name_may_be_a_column_where_the_scope_is_open() {
    let open = Scope {
        open: true,
        ..Scope::default()
    };
    assert!(Condition::compile(r#"whatever == "x""#, &open, Stage::Within).is_ok());
    let faults = Condition::compile("whatever > 3", &open, Stage::Within).expect_err("a text");
    assert_eq!(faults[0].code, "column-is-text");
}

#[test]
fn hostile_conditions_are_bounded() {
    for source in [
        "(".repeat(16_000),
        "[".repeat(16_000),
        "!".repeat(16_000),
        "-".repeat(16_000),
        "not ".repeat(4_000),
        "empty(".repeat(2_700),
        format!("{}vip{}", "(".repeat(8_000), ")".repeat(8_000)),
        format!("age{} > 3", " + 1".repeat(3_900)),
        format!("age{}", " < 3".repeat(3_900)),
        "age in ".repeat(2_300),
        "\"".repeat(16_001),
        "vip && ".repeat(200_000),
        "(".repeat(100_000),
    ] {
        let found = Condition::compile(&source, &scope(), Stage::Within).expect_err("faults");
        assert!(found.len() < 10_000, "{}", &source[..20]);
    }
    let wide = format!("vip{}", " && vip".repeat(2_000));
    assert!(Condition::compile(&wide, &scope(), Stage::Within).is_ok());
}

/// Every place is inside the condition, and what replaces a part can be read no worse.
fn holds(source: &str) {
    for stage in [Stage::Before, Stage::Within] {
        match Condition::compile(source, &scope(), stage) {
            Ok(condition) => drop(verdict(&condition, &[("age", "3")])),
            Err(found) => {
                assert!(!found.is_empty(), "{source}");
                for diagnostic in found {
                    assert!(
                        source.get(diagnostic.span.clone()).is_some(),
                        "{source}: {diagnostic:?}"
                    );
                    let suggested = diagnostic.suggestion.map(|suggestion| suggestion.span);
                    assert!(
                        suggested.is_none_or(|span| source.get(span).is_some()),
                        "{source}"
                    );
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_a_condition_or_has_faults_inside(source in any::<String>()) {
        holds(&source);
    }

    #[test]
    fn any_pieces_are_a_condition_or_have_faults_inside(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24)
    ) {
        holds(&pieces.concat());
        holds(&pieces.join(" "));
    }
}

const PIECES: [&str; 48] = [
    "age",
    "city",
    "età",
    "vip",
    "expires",
    "starts",
    "tags",
    "reply",
    "unknown",
    "and",
    "or",
    "not",
    "in",
    "is",
    "true",
    "null",
    "3",
    "3.5",
    "12,5",
    "2026-12-01",
    "\"Roma\"",
    "'😀'",
    "“x”",
    "`a b`",
    "\"",
    "\\",
    "(",
    ")",
    "[",
    "]",
    ",",
    "&&",
    "||",
    "!",
    "=",
    "==",
    "!=",
    "<",
    ">=",
    "+",
    "-",
    "/",
    "%",
    "empty(",
    "tagged(\"x\")",
    "date(\"2026-12-01\")",
    "days_until(",
    "now()",
];
