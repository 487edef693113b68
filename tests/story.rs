//! `crier test` as people and programs meet it: what is printed, what is written, which exit code.

mod project;

use std::process::Output;

use expect_test::{Expect, expect};
use project::{Folder, stderr, stdout};
use serde_json::Value;

const CAMPAIGN: &str = r#"# The box office.
audience: people.csv
schedule: 2026-12-01 10:00
purpose: service
languages: [en, es]
steps:
  - ask: invite
    for: 2 days
    answers:
      - words: ["yes"]
        send: kept
    silence: { send: reminder }
messages:
  invite: "{{first_name}}, the Foxes play the square on Sunday 20 December. Shall we keep a seat? Reply YES"
  kept: "Your seat is kept."
  reminder: "Still time."
"#;

const STORIES: &str = r#"tests:
  - test: a yes keeps a seat   # as it should
    person: { phone: "+12125550101", first_name: Ada }
    story:
      - expect: invite
      - reply: "Yes!"
      - expect: kept
  - test: silence is respected
    person: { phone: "+12125550101", first_name: Ada }
    story:
      - expect: invite
        parts: 2   # it is long
      - after: 2 days
      - expect: nothing
"#;

fn folder(stories: &str) -> Folder {
    let folder = Folder::new();
    folder.write("people.csv", "phone,first_name\n12,Nobody\n+12125550101,Ada\n");
    folder.write("test.campaign.yaml", &format!("{CAMPAIGN}{stories}"));
    folder
}

fn shown(output: &Output) -> String {
    format!(
        "exit {}\n{}--\n{}",
        output.status.code().unwrap_or(-1),
        stdout(output),
        stderr(output)
    )
}

fn check(folder: &Folder, args: &[&str], expected: Expect) {
    let output = folder.output(args);
    let wide = |text: &str| {
        text.lines()
            .find(|line| line.chars().count() > 80)
            .map(str::to_owned)
    };
    if !args.contains(&"--format") {
        assert_eq!(wide(&stdout(&output)), None);
    }
    expected.assert_eq(&shown(&output));
}

#[test]
fn a_story_that_differs_is_shown_with_its_place() {
    check(
        &folder(STORIES),
        &["test"],
        expect![[r#"
            exit 1
            test.campaign.yaml
              ok      a yes keeps a seat
              FAILED  silence is respected
                Tuesday, 1 December 2026
                05:00  the passage begins
                05:00  < invite (1 part): Ada, the Foxes play the square on Sunday 20
                         December. Shall we keep a seat? Reply YES
            error[story-differs]: "invite" has 1 part, not 2
              --> test.campaign.yaml:28:16
               |
            28 |         parts: 2   # it is long
               |                ^
               |
               = help: it says: Ada, the Foxes play the square on Sunday 20 December.
                       Shall we keep a seat? Reply YES

            --
            1 of 2 stories failed
        "#]],
    );
}

/// The name of a story, and a condition that is longer than a line.
const LONG: &str =
    "a person of the city who was at the square last year and said yes is asked first of all people";

#[test]
fn what_is_long_is_folded_to_a_page_and_whole_for_programs() {
    let folder = folder(&STORIES.replace("a yes keeps a seat", LONG));
    check(
        &folder,
        &["test", "--filter", "asked first"],
        expect![[r#"
        exit 0
        test.campaign.yaml
          ok      a person of the city who was at the square last year and said yes is
                  asked first of all people
        --
        1 story passed
    "#]],
    );
    let json = stdout(&folder.output(&["test", "--format", "json"]));
    assert!(json.contains(LONG), "{json}");
    let when = format!("    when: first_name == \"{LONG}\" || first_name == \"Ada\"\n");
    folder.write(
        "test.campaign.yaml",
        &CAMPAIGN.replace("    for: 2 days\n", &format!("    for: 2 days\n{when}")),
    );
    check(
        &folder,
        &["expand", "--program", "test.campaign.yaml"],
        expect![[r#"
            exit 0
               0  step-1              when first_name == "a person of the city who was at
                    the square last year and said yes is asked first of all people" ||
                    first_name == "Ada"; else to 11
               1  step-1              send invite
               2  step-1              open the question
               3  step-1              listen for 2 days; silence: to 4; step-1.answers.1:
                    its words or pattern: to 7
               4  step-1              close the question
               5  step-1.silence.1    send reminder
               6  step-1              go to 11
               7  step-1.answers.1    close the question
               8  step-1.answers.1.1  send kept, as an answer
               9  step-1.answers.1    go to 11
              10  step-1              close the question
              11  end                 finish
            --
        "#]],
    );
}

#[test]
fn advice_on_stories_is_left_out_where_nothing_of_them_is_run() {
    let folder = folder(
        "tests:\n  - test: nothing\n    person: { phone: \"+12125550101\", first_name: Ada }\n    story:\n      - reply: \"Yes\"\n",
    );
    let with_wait = folder
        .read("test.campaign.yaml")
        .replace("messages:", "  - wait: 2 days\nmessages:");
    folder.write("test.campaign.yaml", &with_wait);
    let codes = |args: &[&str]| -> Vec<String> {
        let output = folder.output(args);
        let all = stderr(&output) + &stdout(&output);
        let of_line = |line: &str| Some(line.strip_prefix("warning[")?.split_once(']')?.0.to_owned());
        all.lines().filter_map(of_line).collect()
    };
    assert_eq!(codes(&["validate"]), ["wait-at-end", "story-shows-nothing"]);
    assert_eq!(codes(&["plan", "test.campaign.yaml"]), ["wait-at-end"]);
}

#[test]
fn stories_that_pass_are_a_line_each_and_a_transcript_where_it_is_asked_for() {
    let folder = folder(STORIES);
    check(
        &folder,
        &["test", "-k", "yes"],
        expect![[r#"
        exit 0
        test.campaign.yaml
          ok      a yes keeps a seat
        --
        1 story passed
    "#]],
    );
    check(
        &folder,
        &["test", "-k", "yes", "--transcript"],
        expect![[r#"
        exit 0
        test.campaign.yaml
          ok      a yes keeps a seat
            Tuesday, 1 December 2026
            05:00  the passage begins
            05:00  < invite (1 part): Ada, the Foxes play the square on Sunday 20
                     December. Shall we keep a seat? Reply YES
            05:00  > Yes!
            05:00  < kept (1 part): Your seat is kept.
            05:00  the passage ends
        --
        1 story passed
    "#]],
    );
    check(
        &folder,
        &["test", "-k", "nobody"],
        expect![[r#"
            exit 1
            --
            no story has "nobody" in its name
        "#]],
    );
}

#[test]
fn what_no_story_walked_fails_where_coverage_is_asked_for() {
    check(
        &folder(STORIES),
        &["test", "--coverage", "-k", "yes"],
        expect![[r#"
        exit 1
        test.campaign.yaml
          ok      a yes keeps a seat
          4 of 8 walked
            not walked  silence of step 1
            not walked  step 1, silence 1 (send reminder)
            not walked  language es
            not walked  a clock change
        --
        1 story passed; 50% walked
    "#]],
    );
}

#[test]
fn stories_are_written_anew_and_comments_stay() {
    let folder = folder(STORIES);
    check(
        &folder,
        &["test", "--update"],
        expect![[r#"
        exit 0
        test.campaign.yaml
          ok      a yes keeps a seat
          ok      silence is respected
        --
        test.campaign.yaml: stories written anew
        2 stories passed
    "#]],
    );
    let text = folder.read("test.campaign.yaml");
    expect![[r#"
        tests:
          - test: a yes keeps a seat   # as it should
            person: { phone: "+12125550101", first_name: Ada }
            story:
              - expect: invite
              - reply: "Yes!"
              - expect: kept
          - test: silence is respected
            person: { phone: "+12125550101", first_name: Ada }
            story:
              - expect: invite
                parts: 1   # it is long
              - after: 2 days
              - expect: reminder
    "#]]
    .assert_eq(text.strip_prefix(CAMPAIGN).expect("only the stories change"));
    check(
        &folder,
        &["test", "--update"],
        expect![[r#"
        exit 0
        test.campaign.yaml
          ok      a yes keeps a seat
          ok      silence is respected
        --
        2 stories passed
    "#]],
    );
    assert_eq!(folder.read("test.campaign.yaml"), text);
}

#[test]
fn programs_read_the_same() {
    let folder = folder(STORIES);
    let output = folder.output(&["test", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    expect![[r#"
        {
          "campaigns": [
            {
              "coverage": {
                "not_walked": [
                  "silence of step 1",
                  "step 1, silence 1 (send reminder)",
                  "language es",
                  "a clock change"
                ],
                "total": 8
              },
              "path": "test.campaign.yaml",
              "stories": [
                {
                  "failure": null,
                  "name": "a yes keeps a seat",
                  "passed": true,
                  "transcript": [
                    {
                      "at": "2026-12-01T10:00:00Z",
                      "what": "the passage begins"
                    },
                    {
                      "at": "2026-12-01T10:00:00Z",
                      "what": "< invite (1 part): Ada, the Foxes play the square on Sunday 20 December. Shall we keep a seat? Reply YES"
                    },
                    {
                      "at": "2026-12-01T10:00:00Z",
                      "what": "> Yes!"
                    },
                    {
                      "at": "2026-12-01T10:00:00Z",
                      "what": "< kept (1 part): Your seat is kept."
                    },
                    {
                      "at": "2026-12-01T10:00:00Z",
                      "what": "the passage ends"
                    }
                  ]
                },
                {
                  "failure": {
                    "code": "story-differs",
                    "column": 16,
                    "help": "it says: Ada, the Foxes play the square on Sunday 20 December. Shall we keep a seat? Reply YES",
                    "line": 28,
                    "message": "\"invite\" has 1 part, not 2"
                  },
                  "name": "silence is respected",
                  "passed": false,
                  "transcript": [
                    {
                      "at": "2026-12-01T10:00:00Z",
                      "what": "the passage begins"
                    },
                    {
                      "at": "2026-12-01T10:00:00Z",
                      "what": "< invite (1 part): Ada, the Foxes play the square on Sunday 20 December. Shall we keep a seat? Reply YES"
                    }
                  ]
                }
              ]
            }
          ],
          "format_version": "1.0"
        }
    "#]].assert_eq(&format!("{json:#}\n"));
    let output = folder.output(&["test", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(1));
    expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="crier test" tests="2" skipped="0" failures="1" errors="0">
            <testsuite name="test.campaign.yaml" tests="2" skipped="0" errors="0" failures="1">
                <testcase name="a yes keeps a seat" classname="test.campaign.yaml"/>
                <testcase name="silence is respected" classname="test.campaign.yaml">
                    <failure message="&quot;invite&quot; has 1 part, not 2">    Tuesday, 1 December 2026
            05:00  the passage begins
            05:00  &lt; invite (1 part): Ada, the Foxes play the square on Sunday 20
                     December. Shall we keep a seat? Reply YES
        &quot;invite&quot; has 1 part, not 2
        it says: Ada, the Foxes play the square on Sunday 20 December. Shall we keep a seat? Reply YES</failure>
                </testcase>
            </testsuite>
        </testsuites>
    "#]].assert_eq(&stdout(&output));
}

#[test]
fn a_campaign_with_errors_has_no_stories_to_play() {
    let folder = folder(
        "tests:\n  - test: it\n    person: { phone: \"+12125550101\" }\n    story: [{ expect: invit }]\n",
    );
    check(
        &folder,
        &["test"],
        expect![[r#"
        exit 1
        --
        error[unknown-message]: message "invit" does not exist
          --> test.campaign.yaml:20:23
           |
        20 |     story: [{ expect: invit }]
           |                       ^^^^^
           |
        help: did you mean "invite"?
           |
        20 |     story: [{ expect: invite }]
           |                            +

    "#]],
    );
}

#[test]
fn stories_may_stand_in_a_file_of_their_own() {
    let folder = folder("tests: stories/invite.yaml   # by Ada\nreplies: desk@arena.example\n");
    let stories: String = STORIES
        .lines()
        .skip(1)
        .map(|line| format!("{}\n", &line[2..]))
        .collect();
    folder.write("stories/invite.yaml", &format!("# Who comes.\n{stories}"));
    check(
        &folder,
        &["test"],
        expect![[r#"
        exit 1
        stories/invite.yaml
          ok      a yes keeps a seat
          FAILED  silence is respected
            Tuesday, 1 December 2026
            05:00  the passage begins
            05:00  < invite (1 part): Ada, the Foxes play the square on Sunday 20
                     December. Shall we keep a seat? Reply YES
        error[story-differs]: "invite" has 1 part, not 2
          --> stories/invite.yaml:12:14
           |
        12 |       parts: 2   # it is long
           |              ^
           |
           = help: it says: Ada, the Foxes play the square on Sunday 20 December.
                   Shall we keep a seat? Reply YES

        --
        1 of 2 stories failed
    "#]],
    );
    check(
        &folder,
        &["test", "--update"],
        expect![[r#"
        exit 0
        stories/invite.yaml
          ok      a yes keeps a seat
          ok      silence is respected
        --
        stories/invite.yaml: stories written anew
        2 stories passed
    "#]],
    );
    expect![[r##"
        # Who comes.
        - test: a yes keeps a seat   # as it should
          person: { phone: "+12125550101", first_name: Ada }
          story:
            - expect: invite
            - reply: "Yes!"
            - expect: kept
        - test: silence is respected
          person: { phone: "+12125550101", first_name: Ada }
          story:
            - expect: invite
              parts: 1   # it is long
            - after: 2 days
            - expect: reminder
    "##]]
    .assert_eq(&folder.read("stories/invite.yaml"));
    folder.write(
        "stories/invite.yaml",
        "[\n  { \"test\": \"as JSON\", \"person\": { \"phone\": \"+12125550101\", \"first_name\": \"Ada\" },\n    \"story\": [{ \"expect\": \"invite\" }] }\n]\n",
    );
    check(
        &folder,
        &["test"],
        expect![[r#"
        exit 0
        stories/invite.yaml
          ok      as JSON
        --
        1 story passed
    "#]],
    );
    folder.write(
        "stories/invite.yaml",
        "- test: it\n  person: { phone: \"+12125550101\" }\n  storey: []\n",
    );
    check(
        &folder,
        &["test"],
        expect![[r#"
        exit 1
        --
        error[unknown-key]: "storey" is not a key of a test
         --> stories/invite.yaml:3:3
          |
        3 |   storey: []
          |   ^^^^^^ unknown key
          |
        help: did you mean "story"?
          |
        3 -   storey: []
        3 +   story: []
          |

    "#]],
    );
}

/// The names of stories, each once.
fn names(stories: &str) -> std::collections::BTreeSet<&str> {
    let lines = stories.lines().map(str::trim_start);
    lines.filter(|line| line.starts_with("- test: ")).collect()
}

#[test]
fn what_the_store_has_of_somebody_becomes_a_story() {
    let folder = Folder::of_people(3, "100/s");
    let simulated = folder.read("crier.yaml").replace("replies: 5%", "replies: 100%");
    folder.write("crier.yaml", &simulated);
    assert!(folder.run("test.campaign.yaml").status.success());
    let phone = project::phone(1).to_string();
    let output = folder.output(&["test", "--record", &phone, "test.campaign.yaml"]);
    assert!(output.status.success(), "{output:?}");
    let file = folder.read("test.campaign.yaml");
    let story = file.split_once("tests:\n").expect("there is one now").1;
    let lines: Vec<&str> = story
        .lines()
        .filter(|line| !line.contains("at: ") && !line.contains("- test: "))
        .collect();
    expect![[r#"
            person: { phone: "+12023201000", first_name: "Person 1" }
            story:
              - expect: message
                text: "Doors open at 8, Person 1. STOP to opt out"
              - reply: "What time?""#]]
    .assert_eq(&textwrap::dedent(&lines.join("\n")));
    let output = folder.output(&["test"]);
    assert!(output.status.success(), "{}", shown(&output));
    // Once more it is another story, and where the stories stand in a file of their own it goes there.
    let output = folder.output(&["test", "--record", &phone, "test.campaign.yaml"]);
    assert!(output.status.success(), "{output:?}");
    let (campaign, stories) = {
        let file = folder.read("test.campaign.yaml");
        let (campaign, stories) = file.split_once("tests:\n").expect("there are some now");
        (campaign.to_owned(), textwrap::dedent(stories))
    };
    assert_eq!(names(&stories).len(), 2, "{stories}");
    folder.write("stories.yaml", &stories);
    folder.write("test.campaign.yaml", &format!("{campaign}tests: stories.yaml\n"));
    let output = folder.output(&["test", "--record", &phone, "test.campaign.yaml"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(stderr(&output), "stories.yaml: a story more\n");
    assert_eq!(names(&folder.read("stories.yaml")).len(), 3);
    let output = folder.output(&["test"]);
    assert!(output.status.success(), "{}", shown(&output));
    check(
        &folder,
        &["test", "--record", "+12125550199", "test.campaign.yaml"],
        expect![[r#"
            exit 1
            --
            error: +12125550199 got no text of test
        "#]],
    );
    check(
        &folder,
        &["test", "--record", "+12125550199"],
        expect![[r#"
        exit 2
        --
        error: name the campaign whose story it is: crier test --record PHONE FILE
    "#]],
    );
}

/// Of what happened the last is shown, before the difference.
#[test]
fn of_a_long_transcript_the_last_is_shown() {
    let folder = Folder::new();
    folder.write("people.csv", "phone\n+12125550101\n");
    let campaign = "audience: people.csv\nschedule: { cron: \"0 10 * * *\", again: always }\npurpose: service\n\
                    steps: [{ send: hi, when: tagged(\"vip\") }]\nmessages: { hi: Hi }\ntests:\n  - test: nobody\n    \
                    person: { phone: \"+12125550101\" }\n    at: 2026-12-01 09:00\n    story: [{ expect: hi }]\n";
    folder.write("test.campaign.yaml", campaign);
    let told = stdout(&folder.output(&["test"]));
    let left_out = told.lines().find(|line| line.contains("left out before this"));
    assert_eq!(
        (told.lines().count() < 90, left_out.is_some()),
        (true, true),
        "{told}"
    );
}
