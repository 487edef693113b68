use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Setting, plan};

/// A phone cell: good in several spellings, repeated, a landline, or none at all.
fn phone_cell() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0_u64..40).prop_map(|n| format!("+3933312345{n:02}")),
        2 => (0_u64..40).prop_map(|n| format!("333 12345{n:02}")),
        1 => (0_u64..40).prop_map(|n| format!("3933312345{n:02}.0")),
        1 => (0_u64..9).prop_map(|n| format!("+39061234567{n}")),
        1 => "[^\"]{0,12}",
        1 => Just(String::new()),
    ]
}

fn value_cell() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[A-Za-z]{1,12}", 1 => Just(String::new()), 1 => "[^\"]{0,90}", 1 => Just("\u{1F600}".repeat(50))]
}

/// A row: mostly of three cells, quoted.
fn row() -> impl Strategy<Value = String> {
    let quoted = |cell: String| format!("\"{cell}\"");
    prop_oneof![
        12 => (phone_cell(), value_cell(), value_cell()).prop_map(move |(a, b, c)| [a, b, c].map(quoted).join(",")),
        1 => (phone_cell(), value_cell()).prop_map(move |(a, b)| [a, b].map(quoted).join(",")),
        1 => Just(String::new()),
    ]
}

const CAMPAIGN: &str = "
audience: { from: [people.csv, more.csv], except: [staff.csv], region: IT, invalid: { most: 100% } }
schedule: now
languages: [it, en]
fields: { name: { default: { it: amico, en: friend } } }
message: { it: \"Ciao {{name}}. STOP\", en: \"Hi {{name}}. STOP\" }
limits: { parts: 1 }
";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_row_is_a_person_or_has_a_reason(
        rows in prop::collection::vec(row(), 0..60),
        more in prop::collection::vec(row(), 0..20),
        suppressed in prop::collection::btree_set((0_u64..40).prop_map(|n| 393_331_234_500 + n), 0..8),
    ) {
        let file = |header: &str, rows: &[String]| format!("{header}\n{}\n", rows.join("\n"));
        let (people, more) = (file("phone,name,note", &rows), file("phone,name,language", &more));
        let files: [(&str, &[u8]); 3] = [
            ("people.csv", people.as_bytes()),
            ("more.csv", more.as_bytes()),
            ("staff.csv", b"phone\n+39 333 1234501\n3331234502\n"),
        ];
        let suppressed: Vec<u64> = suppressed.into_iter().collect();
        let setting = Setting { campaign: CAMPAIGN, files: &files, suppressed: &suppressed, ..Setting::default() };
        let planned = plan(setting).expect("a plan");
        let summary = &planned.summary;
        prop_assert_eq!(summary.rows, summary.people + summary.left_out_rows());
        prop_assert_eq!(summary.rows, summary.files.iter().map(|file| file.rows).sum::<u64>());
        prop_assert_eq!(summary.people, planned.people.len() as u64);
        // Those left out are told one by one, but for rows without a number.
        let count = |code: &str| summary.left_out.get(code).copied().unwrap_or(0);
        let bad = count("invalid-number") + count("unreadable-row");
        prop_assert_eq!(summary.left_out_rows() - bad, planned.left_out.len() as u64);
        prop_assert_eq!(bad, summary.bad_rows.len() as u64);
        let parts: u32 = planned.people.iter().flat_map(|person| &person.parts).sum();
        prop_assert_eq!(summary.parts, u64::from(parts));
        prop_assert_eq!(summary.languages.values().sum::<u64>(), summary.people);
        let phones: BTreeSet<u64> = planned.people.iter().map(|person| person.member.phone.as_u64()).collect();
        prop_assert_eq!(phones.len(), planned.people.len(), "everybody once");
        prop_assert!(suppressed.iter().chain(&[393_331_234_501, 393_331_234_502]).all(|out| !phones.contains(out)));
    }
}
