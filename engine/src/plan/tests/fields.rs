use expect_test::expect;

use super::{message, plan_one, shown};

const LIST: &str = "phone,language,first_name,age\n\
    +393331234561,it,Ada,30\n\
    +393331234562,EN-gb,,31\n\
    +393331234563,it, ,32\n\
    +393331234564,de,,33\n\
    +393331234565,,Bo,thirty\n\
    +393331234566,en,Cy,\n\
    +393331234567,en,=A1,34\n";

#[test]
fn defaults_are_those_of_the_persons_language_and_cells_fit_their_type() {
    let text = "
audience: { from: people.csv, invalid: { most: 100% } }
schedule: now
languages: [it, en]
fields:
  first_name: { default: { it: amico, en: friend } }
  age: int
message: { it: \"Ciao {{first_name}}, {{age}} anni. STOP\", en: \"Hi {{first_name}}, {{age}}. STOP\" }
";
    let planned = plan_one(text, LIST);
    expect![[r#"
        7 rows, 4 people, 4 parts
        +393331234561 ["30", "Ada"] [1]
        +393331234562 ["31", "friend"] [1]
        +393331234563 ["32", "amico"] [1]
        +393331234564 ["33", "amico"] [1]
        row 6: +393331234565 left out: age is not of its type
        row 7: +393331234566 left out: age is empty
        row 8: +393331234567 left out: first_name is not of its type
    "#]]
    .assert_eq(&shown(&planned));
    expect![[r#"{"en": 1, "it": 3}"#]].assert_eq(&format!("{:?}", planned.summary.languages));
}

#[test]
fn a_value_that_only_a_condition_asks_for_may_be_empty() {
    let list = "phone,name\n+393331234561,Ada\n+393331234562,\n";
    let text = message("Ciao{{#if name}} {{name}}{{/if}}. STOP", "");
    expect![[r#"
        2 rows, 2 people, 2 parts
        +393331234561 ["Ada"] [1]
        +393331234562 [""] [1]
    "#]]
    .assert_eq(&shown(&plan_one(&text, list)));
}

#[test]
fn a_text_that_comes_to_nothing_leaves_its_row_out() {
    let list = "phone,name\n+393331234561,Ada\n+393331234562,\n";
    expect![[r#"
        2 rows, 1 people, 1 parts
        +393331234561 ["Ada"] [1]
        row 3: +393331234562 left out: text is empty
    "#]]
    .assert_eq(&shown(&plan_one(
        &message("{{#if name}}STOP{{/if}}", "purpose: service\n"),
        list,
    )));
}

#[test]
fn what_nobody_sees_is_cut_from_values_and_costs_no_part() {
    let list = format!(
        "phone,name\n+393331234561,\u{200B} {}\u{AD}\u{A0}\n",
        "a".repeat(150)
    );
    let planned = plan_one(&message("{{name}} STOP", ""), &list);
    assert_eq!((planned.summary.parts, planned.summary.ucs2), (1, 0));
}

#[test]
fn built_in_values_need_no_column() {
    let text = message(
        "{{phone}} {{country}} {{language}} {{timezone}} STOP",
        "timezone: Europe/Rome\n",
    );
    let (_, revision) = super::campaign_of(None, &text, &[("people.csv", "phone")]);
    let planned = plan_one(&text, "phone\n+393331234561\n");
    let rendered = revision
        .render(0, &planned.people[0].member, &crate::advance::NOTHING)
        .expect("a text");
    assert_eq!(rendered, "+393331234561 IT en Europe/Rome STOP");
}
