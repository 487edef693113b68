//! `crier play` at a terminal that types by itself: what is shown, and what becomes of it.

mod project;

use std::io::Write;
use std::process::{Output, Stdio};

use expect_test::expect;
use project::{Folder, stderr, stdout};

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

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("people.csv", "phone,first_name\n12,Nobody\n+12125550101,Ada\n");
    folder.write("test.campaign.yaml", CAMPAIGN);
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

/// Lines typed one after the other.
fn play(folder: &Folder, args: &[&str], typed: &str) -> Output {
    let mut command = folder.crier(&["play", "test.campaign.yaml"]);
    let mut child = command
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(typed.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[test]
fn whoever_plays_a_campaign_is_its_recipient_and_keeps_the_session_as_a_story() {
    let folder = folder();
    let typed = "What time?\n/wait 1 day\n/receipt delivered\nyes\n/click x\n/save\n/save asks, then comes\n/save other.yaml\n/quit\n";
    expect![[r#"
        exit 0
            Tuesday, 1 December 2026
            05:00  the passage begins
            05:00  < invite (1 part): Ada, the Foxes play the square on Sunday 20
                     December. Shall we keep a seat? Reply YES
            05:00  > What time?
            05:00  the reply goes to the inbox
            Wednesday, 2 December 2026
            05:00  the text is delivered
            05:00  > yes
            05:00  < kept (1 part): Your seat is kept.
            05:00  the passage ends
        - test: "as it was played"
          person: { phone: "+12125550101", first_name: "Ada" }
          at: 2026-12-01 05:00
          story:
            - expect: invite
            - reply: "What time?"
            - after: 1 day
            - receipt: delivered
            - reply: "yes"
            - expect: kept
        --
        test, as phone +12125550101, first_name Ada, the first of the lists whom it texts
        it is Tue 1 Dec 2026, 05:00; /help lists what can be typed
        it is Wed 2 Dec 2026, 05:00
        no text has come with the link "x"
        test.campaign.yaml: a story more
        other.yaml: a story more
    "#]]
    .assert_eq(&shown(&play(&folder, &[], typed)));
    let text = folder.read("test.campaign.yaml");
    expect![[r#"

        tests:
          - test: "asks, then comes"
            person: { phone: "+12125550101", first_name: "Ada" }
            at: 2026-12-01 05:00
            story:
              - expect: invite
              - reply: "What time?"
              - after: 1 day
              - receipt: delivered
              - reply: "yes"
              - expect: kept
    "#]]
    .assert_eq(text.strip_prefix(CAMPAIGN).expect("only the story is new"));
    assert!(
        folder
            .read("other.yaml")
            .starts_with("- test: \"as it was played\"\n")
    );
    expect![[r#"
        exit 0
        test.campaign.yaml
          ok      asks, then comes
        --
        1 story passed
    "#]]
    .assert_eq(&shown(&folder.output(&["test"])));
}

#[test]
fn a_person_and_a_time_can_be_named() {
    let stranger = [
        "--person",
        "phone=+12125550102",
        "--person",
        "first_name=Bo",
        "--at",
        "2027-01-01 12:00",
    ];
    expect![[r#"
        exit 0
            Friday, 1 January 2027
            12:00  the passage begins
            12:00  < invite (1 part): Bo, the Foxes play the square on Sunday 20
                     December. Shall we keep a seat? Reply YES
            Sunday, 3 January 2027
            12:00  < reminder (1 part): Still time.
            12:00  the passage ends
        --
        test, as phone +12125550102, first_name Bo
        it is Fri 1 Jan 2027, 12:00; /help lists what can be typed
        What can be typed:
          any text                  what the person answers
          /wait 2 days              run the clock
          /next                     run the clock to the next text
          /click LINK               open a link of a text
          /event NAME field=value   an event of the API
          /receipt delivered        what the carrier says of the latest text; undelivered;
                                    of an earlier one with its name behind it
          /who                      the person, as it stands
          /save                     print all of it as a story; /save NAME puts it into
                                    the campaign, /save FILE.yaml into that file
          /quit                     leave
    "#]]
    .assert_eq(&shown(&play(&folder(), &stranger, "/next\n/help\n")));
    let nobody = folder();
    nobody.write("people.csv", "phone,first_name\n");
    expect![[r#"
        exit 2
        --
        error: no list has somebody whom this campaign texts; say who it is: --person phone=… --person first_name=…
    "#]]
    .assert_eq(&shown(&play(&nobody, &[], "/quit\n")));
    expect![[r#"
        exit 2
        --
        error: "12" is too short for a phone number; write all its digits
    "#]]
    .assert_eq(&shown(&play(&nobody, &["--person", "phone=12"], "")));
    expect![[r#"
        exit 2
        --
        error: --person Ada: write it as first_name=Ada
    "#]]
    .assert_eq(&shown(&play(&nobody, &["--person", "Ada"], "")));
}

#[test]
fn a_tag_from_before_is_given_and_kept_in_the_story() {
    let folder = folder();
    let tagged = CAMPAIGN.replace(
        "    for: 2 days\n",
        "    for: 2 days\n    when: tagged(\"vip\")\n",
    );
    folder.write("test.campaign.yaml", &tagged);
    let output = play(
        &folder,
        &["--tag", "vip", "--tag", "vpi"],
        "/who\n/save\n/save a friend\n/quit\n",
    );
    expect![[r#"
        exit 0
            Tuesday, 1 December 2026
            05:00  the passage begins
            05:00  < invite (1 part): Ada, the Foxes play the square on Sunday 20
                     December. Shall we keep a seat? Reply YES
        - test: "as it was played"
          person: { phone: "+12125550101", first_name: "Ada", tags: [vip, vpi] }
          at: 2026-12-01 05:00
          story:
            - expect: invite
        --
        nothing in the campaign asks for the tag vpi; did you mean vip?
        test, as phone +12125550101, first_name Ada, the first of the lists whom it texts
        it is Tue 1 Dec 2026, 05:00; /help lists what can be typed
        phone: +12125550101
        first_name: Ada
        tagged vip, vpi
        it is Tue 1 Dec 2026, 05:00 (America/New_York)
        test.campaign.yaml: a story more
    "#]]
    .assert_eq(&shown(&output));
    let output = folder.output(&["test", "--transcript"]);
    expect![[r#"
        exit 0
        test.campaign.yaml
          ok      a friend
            Tuesday, 1 December 2026
            05:00  the passage begins
            05:00  < invite (1 part): Ada, the Foxes play the square on Sunday 20
                     December. Shall we keep a seat? Reply YES
        --
        1 story passed
    "#]]
    .assert_eq(&shown(&output));
}
