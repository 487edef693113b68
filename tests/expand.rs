//! `crier expand`: the long form of a campaign, and how many parts its texts can have.

mod project;

use expect_test::expect;
use project::{Folder, stdout};
use serde_json::Value;

#[test]
fn the_long_form_for_programs_has_the_bounds_of_every_text_also_without_the_list() {
    let folder = Folder::of_people(1, "1000/s");
    folder.write(
        "bounds.campaign.yaml",
        "audience: elsewhere.csv\nschedule: now\nfields: { first_name: { longest: 12 } }\nmessage: \"Hi {{first_name}}. STOP to opt out\"\n",
    );
    let output = folder.output(&["expand", "bounds.campaign.yaml", "--format", "json"]);
    let value: Value = serde_json::from_slice(&output.stdout).expect("a document");
    expect![[r#"
        [
          {
            "bound": {
              "forced_by": null,
              "least": 1,
              "most": 1,
              "most_in_ucs2": 1,
              "unbounded_by": []
            },
            "language": null,
            "message": "message",
            "variant": null
          }
        ]
    "#]]
    .assert_eq(&format!("{:#}\n", value["bounds"]));
}

#[test]
fn the_long_form_ends_with_the_bounds_of_every_text() {
    let folder = Folder::of_people(1, "1000/s");
    folder.write(
        "bounds.campaign.yaml",
        "audience: elsewhere.csv\nschedule: now\nfields: { first_name: { longest: 80 } }\nlanguages: [en, it]\n\
         messages:\n  hi: { variants: { a: { share: 50%, text: \"Hi {{first_name}}. STOP to opt out\" }, \
         b: { share: 50%, en: \"Hi! STOP to opt out\", it: \"Ciao {{city}}! STOP per uscire\" } } }\n\
         steps:\n  - send: hi\n  - await: replied()\n    for: 1 day\n    silence: [{ send: { text: \"Bye\" } }]\n",
    );
    let output = folder.output(&["expand", "bounds.campaign.yaml"]);
    let long = stdout(&output);
    let (_, comments) = long.split_once("\n\n#").unwrap_or_default();
    expect![[r#"
         text             variant language parts at least at most
        # hi               a                1              2, in UCS-2 3
        # hi               b       en       1              1
        # hi               b       it       1              unbounded
        # step-2-silence-1                  1              1
        #
        # unbounded: say under `fields` how long these are, with `longest`: city
    "#]]
    .assert_eq(comments);
}

#[test]
fn the_long_form_of_a_project_is_one_and_has_the_bounds_of_its_texts() {
    let folder = Folder::of_people(1, "1000/s");
    let texts = "languages: [it, en]\nmessages: { hours: { it: \"Alle 9\", en: \"At 9, {{first_name}}\" } }\n\
        replies:\n  - words: [hours]\n    send: hours\n  - words: [place]\n    send: { text: \"The Arena\" }\n";
    let project = folder.read("crier.yaml") + texts;
    folder.write("crier.yaml", &project);
    let output = folder.output(&["expand", "crier.yaml"]);
    let long = stdout(&output);
    let (_, comments) = long.split_once("\n\n#").unwrap_or_default();
    expect![[r#"
         text        language parts at least at most
        # hours       it       1              1
        # hours       en       1              unbounded
        # replies-2-1          1              1
        #
        # unbounded: only a campaign says under `fields` how long these are: first_name
    "#]]
    .assert_eq(comments);
    // Read again, it is the same.
    folder.write("crier.yaml", &long);
    let (keys, _) = long.split_once("\n\n#").unwrap_or_default();
    let again = stdout(&folder.output(&["expand", "crier.yaml"]));
    let (same, _) = again.split_once("\n\n#").unwrap_or_default();
    let values = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        lines
            .map(|line| line.split("  #").next().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(values(keys), values(same));
    let output = folder.output(&["expand", "crier.yaml", "--format", "json"]);
    let value: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(value["project"]["smart"]["from"], "file");
    assert_eq!(value["bounds"][0]["message"], "hours");
}
