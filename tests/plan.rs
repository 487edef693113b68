//! What a plan says of each text: its parts here, at most, and who gets it in UCS-2.

mod project;

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use project::{Folder, stdout};
use serde_json::Value;

/// Rows of two lists, the second with a name that no GSM-7 text holds.
const LISTS: [(&str, &str); 2] = [
    (
        "a.csv",
        "phone,first_name\n+12125550101,Ada\n+12125550102,Bo\n+12125550103,Cy\n+12125550104,Di\n",
    ),
    (
        "b.csv",
        "phone,first_name\n+12125550105,Ed\n+12125550106,Ольга\n+12125550107,Flo\n",
    ),
];

fn folder(messages: &str) -> Folder {
    let folder = Folder::of_people(0, "100/s");
    for (path, rows) in LISTS {
        folder.write(path, rows);
    }
    let head = "audience: { from: [a.csv, b.csv] }\nschedule: now\nreplies: none\n\
                fields: { first_name: { longest: 20 } }\n";
    folder.write("test.campaign.yaml", &format!("{head}{messages}"));
    folder
}

/// The texts of the plan, and what is said of their alphabet.
fn check(messages: &str, expected: Expect) {
    let folder = folder(messages);
    let told = stdout(&folder.output(&["plan", "test.campaign.yaml"]));
    let texts = told.split("\n\n").skip(1);
    let lines: Vec<&str> = texts.flat_map(str::lines).map(str::trim_end).collect();
    expected.assert_eq(&(lines.join("\n") + "\n"));
    bounds_agree(&folder);
}

/// What `expand` says of a text, `plan` says of it.
fn bounds_agree(folder: &Folder) {
    let json = |command: &str| -> Value {
        let output = folder.output(&[command, "test.campaign.yaml", "--format", "json"]);
        serde_json::from_str(&stdout(&output)).expect("JSON")
    };
    let of = |texts: &Value| -> BTreeSet<String> {
        let texts = texts.as_array().expect("a list").iter();
        texts
            .map(|text| format!("{} {} {}", text["message"], text["variant"], text["bound"]))
            .collect()
    };
    assert_eq!(of(&json("expand")["bounds"]), of(&json("plan")["plan"]["texts"]));
}

#[test]
fn each_variant_stands_there_with_its_own_parts_bound_and_alphabet() {
    let long = "x".repeat(110);
    check(
        &format!(
            "message:\n  variants:\n    plain: {{ share: 50%, text: \"{long} {{{{first_name}}}}. STOP to opt out\" }}\n    \
             party: {{ share: 50%, text: \"🎉 {{{{first_name}}}}. STOP to opt out\" }}\n"
        ),
        expect![[r#"
            text    variant language parts here at most       UCS-2
            message plain   en       1          2, in UCS-2 3
            message party   en       1          1             all, by '🎉' of the text
            5 people's texts are not GSM-7 and hold 70 letters a part, not 160; the first is a.csv:3, by '🎉' (U+1F389)
        "#]],
    );
    check(
        "steps: [{ send: one }, { wait: 1 day }, { send: two }, { wait: 1 day }, { send: one }]\n\
         messages:\n  one: { variants: { calm: { share: 50%, text: \"Hi. STOP to opt out\" }, \
         loud: { share: 50%, text: \"Hi {{first_name}}! STOP to opt out\" } } }\n  two: \"Bye {{first_name}}\"\n",
        expect![[r#"
            text variant language parts here at most UCS-2
            one  calm    en       1          1
            one  loud    en       1          1
            two          en       1          1       1 person, by 'О' (b.csv:3)
            1 person's texts are not GSM-7 and hold 70 letters a part, not 160; the first is b.csv:3, by 'О' (U+041E)
        "#]],
    );
}

#[test]
fn all_get_it_in_ucs2_only_where_all_do() {
    check(
        "message: \"Hi 🎉. STOP to opt out\"\n",
        expect![[r#"
        text    language parts here at most UCS-2
        message en       1          1       all, by '🎉' of the text
        every text is UCS-2 by its own characters, and holds 70 letters a part, not 160
    "#]],
    );
    check(
        "message: \"Hi {{#if first_name}}{{first_name}}, this is for you{{else}}🎉{{/if}}. STOP to opt out\"\n",
        expect![[r#"
            text    language parts here at most UCS-2
            message en       1          2       1 person, by 'О' (b.csv:3)
            1 person's texts are not GSM-7 and hold 70 letters a part, not 160; the first is b.csv:3, by 'О' (U+041E)
        "#]],
    );
}

#[test]
fn a_value_that_is_longer_than_its_field_says_is_told_with_its_row() {
    let folder = folder("message: \"Hi {{first_name}}. STOP to opt out\"\n");
    folder.write(
        "b.csv",
        "phone,first_name\n+12125550105,[[[[[[[[[[[[[[[[[[[[\n+12125550106,Maximiliana Theodora\n+12125550107,Maximiliana Theodora II\n",
    );
    let told = stdout(&folder.output(&["plan", "test.campaign.yaml"]));
    let long: Vec<&str> = (told.split("\n\n"))
        .filter(|section| section.starts_with("values longer"))
        .collect();
    expect![[r#"
        values longer than their `longest`: "at most" does not hold for these rows
          b.csv:4: `first_name` has up to 23 characters, and its `longest` is 20
    "#]]
    .assert_eq(&(long.join("\n\n").trim_end().to_owned() + "\n"));
}

#[test]
fn of_whom_a_limit_leaves_out_the_longest_text_is_told_with_what_makes_it_so() {
    let text = "x".repeat(150);
    let folder = folder(&format!(
        "purpose: service\nlimits: {{ parts: 1 }}\nmessage: \"{{{{first_name}}}} {text}\"\n"
    ));
    folder.write(
        "b.csv",
        "phone,first_name\n+12125550105,Maximiliana\n+12125550106,Maximiliana Theodora\n+12125550107,Zo\u{eb}\n",
    );
    let told = stdout(&folder.output(&["plan", "test.campaign.yaml"]));
    let long: Vec<&str> = (told.split("\n\n"))
        .filter(|section| section.starts_with("texts longer"))
        .collect();
    expect![[r#"
        texts longer than `limits.parts`, which nobody gets
          b.csv:3: of 2 people the longest, "message", has 2 parts, with `first_name` of 20 characters
          b.csv:4: "message" has 3 parts, with `first_name` of 3 characters; 'ë' (U+00EB) makes it UCS-2, with 70 letters a part, not 160
    "#]].assert_eq(&(long.join("\n\n").trim_end().to_owned() + "\n"));
}

#[test]
fn of_a_campaign_with_a_trigger_the_bounds_are_there() {
    let folder = folder("");
    folder.write(
        "test.campaign.yaml",
        "trigger: { event: ordered }\npurpose: service\nreplies: none\nfields: { first_name: { longest: 20 }, day: date }\n\
         message: \"Hi {{first_name}}, {{date day}}. STOP to opt out\"\n",
    );
    let told = stdout(&folder.output(&["plan", "test.campaign.yaml"]));
    let texts: Vec<&str> = (told.split("\n\n").skip(1).flat_map(str::lines))
        .map(str::trim_end)
        .collect();
    expect![[r#"
        text    language at most       UCS-2
        message en       1, in UCS-2 2
    "#]]
    .assert_eq(&(texts.join("\n") + "\n"));
}

/// When the first text goes and when the last, by the steps and what the campaign's limits say.
#[test]
fn what_holds_a_text_up_is_told_as_it_is() {
    let when = |steps: &str| {
        let folder = folder(&format!(
            "{steps}\nmessages: {{ a: \"Hi. STOP to opt out\", b: Bye }}\n"
        ));
        let told = stdout(&folder.output(&["plan", "test.campaign.yaml"]));
        let line = told.lines().find(|line| line.starts_with(" when "));
        let line = line.expect("it says when").trim();
        let time = regex::Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC").expect("a pattern");
        time.replace_all(line, "TIME").into_owned()
    };
    let told = [
        "steps: [{ wait: 2 days }, { send: a }, { send: b }]",
        "steps: [{ send: a }, { wait: 1 day }, { send: b }]\nlimits: { frequency: { most: 1 per 7 days, over: wait } }",
        "steps: [{ send: a }, { wait: 1 day }, { send: b }]\nlimits: { frequency: { most: 1 per 7 days, over: skip } }",
    ]
    .map(when);
    expect![[r#"
        when      now, the first text TIME, the last text 0 s after the first (100 parts a second)
        when      now, the last text 24 h 0 min after the first, or later by `frequency` (100 parts a second)
        when      now, the last text 24 h 0 min after the first (100 parts a second)"#]]
    .assert_eq(&told.join("\n"));
}
