//! CASES 2, 3 and 5, through the planner.

use expect_test::expect;

use super::{Setting, message, plan, plan_one, shown};

/// Any bad row is allowed, so that the plan shows them.
const IN_ITALY: &str = "audience: { from: people.csv, region: IT, invalid: { most: 100% } }
schedule: now
message: \"Ciao. STOP per uscire\"
";

fn in_italy(list: &str) -> String {
    let planned = plan_one(IN_ITALY, list);
    format!("{}{} repaired\n", shown(&planned), planned.summary.repaired)
}

#[test]
fn case_2_1_one_person_in_five_spellings() {
    let list = "phone\n\u{202A}+39 333 123 4567\u{202C}\n\u{200E}3331234567\n+39\u{A0}333\u{A0}1234567\n\
                \u{2068}+393331234567\u{2069}\n+3\u{FE0D}9 333 1234567\n";
    expect![[r#"
        5 rows, 1 people, 1 parts
        +393331234567 [] [1]
        row 3: +393331234567 left out: duplicate of an earlier row
        row 4: +393331234567 left out: duplicate of an earlier row
        row 5: +393331234567 left out: duplicate of an earlier row
        row 6: +393331234567 left out: duplicate of an earlier row
        row 3 repeats row 2
        row 4 repeats row 2
        row 5 repeats row 2
        row 6 repeats row 2
        0 repaired
    "#]]
    .assert_eq(&in_italy(list));
}

#[test]
fn case_2_2_spreadsheet_numbers() {
    expect![[r#"
        3 rows, 2 people, 2 parts
        +393331234567 [] [1]
        +393331234568 [] [1]
        people.csv:2: 3.93331E+11: "3.93331E+11" lost its digits in a spreadsheet; export the column as text
        2 repaired
    "#]]
    .assert_eq(&in_italy(
        "phone\n3.93331E+11\n3.93331234567E+11\n393331234568.0\n",
    ));
}

#[test]
fn case_2_3_leading_zero_and_dial_prefixes() {
    expect![[r#"
        4 rows, 2 people, 2 parts
        +393331234567 [] [1]
        +393331234568 [] [1]
        row 2: +390612345678 left out: landline
        row 3: +390612345679 left out: landline
        0 repaired
    "#]]
    .assert_eq(&in_italy(
        "phone\n0612345678\n+39 06 1234 5679\n3331234567\n00393331234568\n",
    ));
    let in_us = IN_ITALY.replace("region: IT", "region: US");
    let list = "phone\n011 39 333 123 4567\n0039 333 1234568\n";
    expect![[r#"
        2 rows, 1 people, 1 parts
        +393331234567 [] [1]
        people.csv:3: 0039 333 1234568: "0039 333 1234568" begins with 00, which does not dial abroad in region US; write +39
    "#]].assert_eq(&shown(&plan_one(&in_us, list)));
}

#[test]
fn toll_free_numbers_are_no_landlines() {
    expect![[r#"
        4 rows, 1 people, 1 parts
        +393331234567 [] [1]
        row 2: +39800123456 left out: toll-free or another special number, no mobile
        row 3: +18005550199 left out: toll-free or another special number, no mobile
        row 4: +80012345678 left out: toll-free or another special number, no mobile
        0 repaired
    "#]]
    .assert_eq(&in_italy(
        "phone\n800 123456\n+18005550199\n+80012345678\n3331234567\n",
    ));
}

#[test]
fn case_2_4_letters_and_names_in_the_cell() {
    let list = "phone,name\nl333l234567,Ada\n3331234567 Mario,\nn/d,\n0,\n3331234567,Bo\n";
    expect![[r#"
        5 rows, 1 people, 1 parts
        +393331234567 [] [1]
        people.csv:2: l333l234567: "l333l234567" has letters in it; write the digits only
        people.csv:3: 3331234567 Mario: "3331234567 Mario" has letters in it; write the digits only
        people.csv:4: n/d: "n/d" has letters in it; write the digits only
        people.csv:5: 0: "0" is too short for a phone number; write all its digits
        0 repaired
    "#]]
    .assert_eq(&in_italy(list));
}

#[test]
fn case_2_5_one_person_in_many_rows() {
    let text = message("Hi. STOP to opt out", "").replace("people.csv", "{ from: people.csv, region: US }");
    let list = "phone\n+1 (415) 555-0134\n4155550134\n1-415-555-0134\n415.555.0134 \n";
    expect![[r#"
        4 rows, 1 people, 1 parts
        +14155550134 [] [1]
        row 3: +14155550134 left out: duplicate of an earlier row
        row 4: +14155550134 left out: duplicate of an earlier row
        row 5: +14155550134 left out: duplicate of an earlier row
        row 3 repeats row 2
        row 4 repeats row 2
        row 5 repeats row 2
    "#]]
    .assert_eq(&shown(&plan_one(&text, list)));
    let files: [(&str, &[u8]); 1] = [("people.csv", list.as_bytes())];
    let stopped = Setting {
        campaign: &text,
        files: &files,
        suppressed: &[14155550134],
        ..Setting::default()
    };
    expect![[r#"
        4 rows, 0 people, 0 parts
        row 2: +14155550134 left out: opted out
        row 3: +14155550134 left out: duplicate of an earlier row
        row 4: +14155550134 left out: duplicate of an earlier row
        row 5: +14155550134 left out: duplicate of an earlier row
        row 3 repeats row 2
        row 4 repeats row 2
        row 5 repeats row 2
    "#]]
    .assert_eq(&shown(&plan(stopped).expect("a plan")));
}

#[test]
fn case_3_1_byte_order_mark() {
    for list in [
        "\u{FEFF}phone,name\r\n+393331234567,Anna\r\n",
        "\u{FEFF}\"phone\",name\r\n+393331234567,Anna\r\n",
    ] {
        let planned = plan_one(&message("Ciao {{name}}. STOP", ""), list);
        assert_eq!(
            shown(&planned),
            "1 rows, 1 people, 1 parts\n+393331234567 [\"Anna\"] [1]\n"
        );
        assert_eq!(planned.summary.files[0].phone_column, "phone");
    }
}

#[test]
fn case_3_2_semicolons_and_a_line_break_inside_quotes() {
    let list = "phone;name;note\r\n+393331234567;\"Rossi\r\nMario\";\"a;b\"\r\n+393331234568;Bo;x\r\n";
    let text = message("{{name}}/{{note}} STOP", "");
    let planned = plan_one(&text, list);
    expect![[r#"
        2 rows, 2 people, 2 parts
        +393331234567 ["Rossi\r\nMario", "a;b"] [1]
        +393331234568 ["Bo", "x"] [1]
    "#]]
    .assert_eq(&shown(&planned));
    assert_eq!(planned.summary.files[0].separator, ';');
    let typed = message("{{name}}/{{note}} STOP", "fields: { note: int }\n");
    let list = "phone;name;note\r\n+393331234567;\"Rossi\r\nMario\";1\r\n+393331234568;Bo;x\r\n";
    expect![[r#"
        2 rows, 1 people, 1 parts
        +393331234567 ["Rossi\r\nMario", "1"] [1]
        row 4: +393331234568 left out: note is not of its type
    "#]]
    .assert_eq(&shown(&plan_one(&typed, list)));
}

#[test]
fn case_3_4_nul_in_one_of_a_thousand_rows() {
    let row = |n: u64| match n {
        500 => "+14155550500,An\0na\n".to_owned(),
        n => format!("+1415555{n:04},Anna\n"),
    };
    let list: String = std::iter::once("phone,name\n".to_owned())
        .chain((1..=1_000).map(row))
        .collect();
    let planned = plan_one(&message("Hi {{name}}. STOP", ""), &list);
    assert_eq!((planned.summary.rows, planned.summary.people), (1_000, 999));
    let bad: Vec<String> = planned
        .summary
        .bad_rows
        .iter()
        .map(|bad| format!("{}: {} ({})", bad.line, bad.reason, bad.text))
        .collect();
    expect![[r#"501: a NUL in line 501, byte 9008 of the file (+14155550500,An\u{0}na)"#]]
        .assert_eq(&bad.join("\n"));
}

#[test]
fn case_5_1_values_arrive_byte_for_byte() {
    let name = "D'Angelo & Figli <3 \"x\" = \u{60}y\u{60}";
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    let list = format!("phone,name\n+393331234567,{quoted}\n");
    let planned = plan_one(&message("Ciao {{name}}. STOP", ""), &list);
    assert_eq!(&*planned.people[0].member.values[0], name);
    // With letters of GSM-7 alone, padded to 160 septets: one part, no entity.
    let name = "D'Angelo & Figli <3 \"x\" = 'y'";
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    let list = format!("phone,name\n+393331234567,{quoted}\n");
    let fixed = "Ciao . STOP".len();
    let pad = "x".repeat(160 - fixed - name.len());
    let parts = |pad: &str| {
        plan_one(&message(&format!("Ciao {{{{name}}}}{pad}. STOP"), ""), &list)
            .summary
            .parts
    };
    assert_eq!((parts(&pad), parts(&format!("{pad}x"))), (1, 2));
}

#[test]
fn case_5_2_an_empty_value_leaves_its_row_out() {
    let list = "phone,first_name\n+393331234567,Anna\n+393331234568,\n";
    expect![[r#"
        2 rows, 1 people, 1 parts
        +393331234567 ["Anna"] [1]
        row 3: +393331234568 left out: first_name is empty
    "#]]
    .assert_eq(&shown(&plan_one(
        &message("Ciao {{first_name}}, a domani. STOP", ""),
        list,
    )));
}

#[test]
fn case_5_3_a_template_in_a_value_is_text() {
    let text = message("Ciao {{name}}, codice {{code}}. STOP", "");
    let list = "phone,name,code\n+393331234567,{{code}},9173\n+393331234568,{{#each this}}x{{/each}},9174\n";
    let files: [(&str, &[u8]); 1] = [("people.csv", list.as_bytes())];
    let (_, revision) = super::campaign_of(None, &text, &[("people.csv", "phone,name,code")]);
    let planned = plan(Setting {
        campaign: &text,
        files: &files,
        ..Setting::default()
    })
    .expect("a plan");
    let texts: Vec<String> = planned
        .people
        .iter()
        .map(|person| {
            revision
                .render(0, &person.member, &crate::advance::NOTHING)
                .expect("a text")
        })
        .collect();
    assert_eq!(
        texts,
        [
            "Ciao {{code}}, codice 9173. STOP",
            "Ciao {{#each this}}x{{/each}}, codice 9174. STOP"
        ]
    );
}

const CASE_5_4: &str = "phone,name\n+393331234567,Anna\n+393331234568,Massimiliano Bo\n+393331234569,Zoë\n";

#[test]
fn case_5_4_parts_are_counted_row_by_row() {
    let text = message(&format!("{} {{{{name}}}}", "x".repeat(145)), "purpose: service\n");
    let planned = plan_one(&text, CASE_5_4);
    expect![[r#"
        3 rows, 3 people, 6 parts
        +393331234567 ["Anna"] [1]
        +393331234568 ["Massimiliano Bo"] [2]
        +393331234569 ["Zoë"] [3]
    "#]]
    .assert_eq(&shown(&planned));
    let summary = planned.summary;
    // 149 UCS-2 units in line 4 of the file, for the letter that GSM-7 lacks.
    assert_eq!(
        (summary.ucs2, summary.ucs2_first, summary.longest),
        (1, Some((4, 'ë')), Some((4, 3)))
    );
}

#[test]
fn case_5_4_a_limit_leaves_out_the_longer_rows_alone() {
    let text = message(
        &format!("{} {{{{name}}}}", "x".repeat(145)),
        "purpose: service\nlimits: { parts: 2 }\n",
    );
    expect![[r#"
        3 rows, 2 people, 3 parts
        +393331234567 ["Anna"] [1]
        +393331234568 ["Massimiliano Bo"] [2]
        row 4: +393331234569 left out: text longer than limits.parts
    "#]]
    .assert_eq(&shown(&plan_one(&text, CASE_5_4)));
}
