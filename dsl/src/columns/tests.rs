use expect_test::{Expect, expect};

use super::*;
use crate::project::Consent;

fn list(columns: &[(&str, &str)], consent: Option<Consent>) -> ListFile {
    ListFile {
        is_stored: false,
        path: "lists/x.csv".into(),
        name: None,
        consent,
        reading: Default::default(),
        columns: columns
            .iter()
            .map(|(ours, theirs)| ((*ours).into(), (*theirs).into()))
            .collect(),
        query: None,
    }
}

fn owned(header: &[&str]) -> Vec<String> {
    header.iter().map(|name| (*name).to_owned()).collect()
}

fn check(columns: &[(&str, &str)], header: &[&str], expected: Expect) {
    expected.assert_eq(&match resolve(&list(columns, None), &owned(header)) {
        Ok(Columns { phone, values }) => format!("phone {phone}; {values:?}"),
        Err(e) => format!("{e}; {}", e.help()),
    });
}

#[test]
fn phone_column_is_found_by_its_usual_names() {
    for name in [
        "phone",
        "Phone Number",
        " phone_number ",
        "MOBILE",
        "Mobile-Phone",
        "Cellulare",
        "Téléphone",
        "Portable",
        "Numéro de téléphone",
        "Handy",
        "Telefon-Nr.",
        "Móvil",
        "Telemóvel",
        "Телефон",
        "电话",
        "携帯電話",
        "Tel.",
        "Мобильный телефон",
        "Τηλέφωνο",
        "n. telefono",
    ] {
        let list = ListFile {
            is_stored: false,
            path: "x".into(),
            name: None,
            consent: None,
            reading: Default::default(),
            columns: BTreeMap::new(),
            query: None,
        };
        let header = ["name".to_owned(), name.to_owned()];
        assert_eq!(resolve(&list, &header).map(|c| c.phone), Ok(1), "{name}");
    }
}

#[test]
fn every_usual_name_is_folded_and_stands_once() {
    for (at, name) in phone_names::USUAL.iter().enumerate() {
        assert_eq!(fold(name), **name);
        assert!(!phone_names::USUAL[..at].contains(name), "{name} stands twice");
    }
}

#[test]
fn names_that_merely_contain_phone_are_not_phone_columns() {
    check(
        &[],
        &["phone model", "has_phone", "smartphone"],
        expect![[
            r#"no column is known to hold phone numbers; say which it is, such as `columns: {phone: "phone model"}`; the columns are "phone model", "has_phone", "smartphone""#
        ]],
    );
}

#[test]
fn two_phone_columns_are_unclear() {
    check(
        &[],
        &["Telefono", "Nome", "Cellulare"],
        expect![[
            r#"the phone numbers may be in any of the columns "Telefono", "Cellulare"; say which it is, such as `columns: {phone: "Telefono"}`"#
        ]],
    );
}

#[test]
fn mapped_phone_column_wins() {
    check(
        &[("phone", "Cellulare"), ("first_name", "Nome")],
        &["Telefono", " Nome ", "Cellulare"],
        expect![[r#"phone 2; {"Cellulare": 2, "Nome": 1, "Telefono": 0, "first_name": 1, "phone": 2}"#]],
    );
}

#[test]
fn our_name_wins_over_a_column_of_that_name() {
    check(
        &[("first_name", "Nome")],
        &["phone", "first_name", "Nome"],
        expect![[r#"phone 0; {"Nome": 2, "first_name": 2, "phone": 0}"#]],
    );
}

#[test]
fn missing_column_names_the_nearest() {
    check(
        &[("first_name", "nome")],
        &["phone", "Nome"],
        expect![[r#"column "nome", which "first_name" is read from, does not exist; did you mean "Nome"?"#]],
    );
    check(
        &[("zone", "Citta")],
        &["phone", "Città"],
        expect![[r#"column "Citta", which "zone" is read from, does not exist; did you mean "Città"?"#]],
    );
    check(
        &[("zone", "Paese")],
        &["phone", "Nome"],
        expect![[
            r#"column "Paese", which "zone" is read from, does not exist; the columns are "phone", "Nome""#
        ]],
    );
    check(
        &[("phone", "Mobile")],
        &["phone", "Nome"],
        expect![[
            r#"column "Mobile", which "phone" is read from, does not exist; the columns are "phone", "Nome""#
        ]],
    );
}

#[test]
fn doubled_header_is_refused() {
    check(
        &[],
        &["phone", "name", "phone"],
        expect![[r#"column "phone" appears twice (columns 1 and 3); give each column a name of its own"#]],
    );
    check(
        &[],
        &[" Phone ", "name", "phone"],
        expect![[r#"column "Phone" appears twice (columns 1 and 3); give each column a name of its own"#]],
    );
    check(
        &[("phone", "phone")],
        &["phone", "name", "Name"],
        expect![[r#"column "name" appears twice (columns 2 and 3); give each column a name of its own"#]],
    );
}

#[test]
fn columns_without_a_name_are_left_alone() {
    check(
        &[],
        &["phone", "", "name", " ", ""],
        expect![[r#"phone 0; {"name": 2, "phone": 0}"#]],
    );
    check(
        &[],
        &["", ""],
        expect![
            "no column is known to hold phone numbers; the first row of the file must name its columns, such as `phone,first_name`"
        ],
    );
    check(
        &[],
        &[],
        expect![
            "no column is known to hold phone numbers; the first row of the file must name its columns, such as `phone,first_name`"
        ],
    );
}

#[test]
fn what_is_no_list_is_told_by_its_first_line() {
    check(
        &[],
        &["version https://git-lfs.github.com/spec/v1"],
        expect![
            "the file is a Git LFS pointer, not the list; run `git lfs pull`, which puts the list in its place"
        ],
    );
    check(
        &[("phone", "Mobile")],
        &["<!DOCTYPE html><html lang=\"en\">", "phone"],
        expect![
            "the file is a page of the web, not the list; what answered was a page, perhaps one to log in by: open the file, and save the list itself as CSV"
        ],
    );
    check(
        &[],
        &["Customers of December", "", ""],
        expect![[
            r#"no column is known to hold phone numbers; is "Customers of December" a title? the first line of the file must name its columns, such as `phone,first_name`; if it is the column of the numbers, say which it is, such as `columns: {phone: "Customers of December"}`"#
        ]],
    );
}

#[test]
fn all_that_does_not_fit_is_told_and_nothing_that_follows() {
    let of = |columns: &[(&str, &str)], header: &[&str]| {
        let consent = Consent {
            kind: "opt_in".into(),
            source: None,
            column: Some("agreed".into()),
            date: None,
        };
        let list = list(columns, Some(consent));
        let faults = resolve_all(&list, &owned(header)).err().unwrap_or_default();
        faults
            .iter()
            .map(|fault| format!("{fault}\n"))
            .collect::<String>()
    };
    type Row = (
        &'static [(&'static str, &'static str)],
        &'static [&'static str],
        Expect,
    );
    let table: &[Row] = &[
        (
            &[("a", "A"), ("b", "B")],
            &["phone", "A"],
            expect![[r#"
            column "B", which "b" is read from, does not exist
            column "agreed", which "consent" is read from, does not exist
        "#]],
        ),
        // What the consent names is one of ours, and that has been told.
        (
            &[("agreed", "Yes"), ("phone", "Tel")],
            &["phone", "A"],
            expect![[r#"
            column "Yes", which "agreed" is read from, does not exist
            column "Tel", which "phone" is read from, does not exist
        "#]],
        ),
        // The first line is a person.
        (
            &[("a", "A")],
            &["Ada", "+393331234567"],
            expect![[r#"
            no column is known to hold phone numbers
        "#]],
        ),
        (
            &[("a", "A")],
            &["phone", "name", "Phone"],
            expect![[r#"
            column "phone" appears twice (columns 1 and 3)
            column "A", which "a" is read from, does not exist
            column "agreed", which "consent" is read from, does not exist
        "#]],
        ),
    ];
    for (columns, header, expected) in table {
        expected.assert_eq(&of(columns, header));
    }
}
