//! `crier play` on the campaigns of the town: what is shown, what is refused, and that each story it keeps passes.

mod project;

use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use expect_test::{Expect, expect};
use project::{Folder, stderr, stdout};

const TOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/campaigns/town");

/// A copy of the town.
fn town() -> Folder {
    let folder = Folder::new();
    copy(&folder, Path::new(TOWN));
    folder
}

fn copy(folder: &Folder, from: &Path) {
    for entry in std::fs::read_dir(from).expect("it is there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            copy(folder, &path);
        } else {
            let name = path.strip_prefix(TOWN).expect("of the town").to_string_lossy();
            folder.write_bytes(&name, &std::fs::read(&path).expect("readable"));
        }
    }
}

/// Lines typed one after the other; `args`: the campaign, then options.
fn played(folder: &Folder, args: &[&str], typed: &[&str]) -> Output {
    let mut child = folder
        .crier(&["play"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("crier starts");
    let mut stdin = child.stdin.take().expect("piped");
    // Where the arguments are refused nothing is read.
    let _ = stdin.write_all(typed.join("\n").as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn check(args: &[&str], typed: &[&str], expected: Expect) {
    let output = played(&town(), args, typed);
    let code = output.status.code().unwrap_or(-1);
    expected.assert_eq(&format!(
        "exit {code}\n{}--\n{}",
        stdout(&output),
        stderr(&output)
    ));
}

/// What is added to the campaign's file; the story passes.
fn kept(args: &[&str], typed: &[&str], expected: Expect) {
    let folder = town();
    let before = folder.read(args[0]);
    let output = played(&folder, args, typed);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let after = folder.read(args[0]);
    let added = after.strip_prefix(before.trim_end()).expect("the rest stays");
    // What is expected has no indentation of its own.
    expected.assert_eq(&textwrap::dedent(added));
    let tested = folder.output(&["test", args[0]]);
    assert_eq!(tested.status.code(), Some(0), "{}", stdout(&tested));
}

#[test]
fn the_first_of_the_list_is_played_and_said() {
    check(
        &["concert.campaign.yaml", "--variant", "urgent"],
        &[
            "/who",
            "Yes!",
            "/wait 1 day",
            "/wro",
            "/flights",
            "/who",
            "STOP",
            "/who",
        ],
        expect![[r#"
            exit 0
                Tuesday, 1 December 2026
                10:00  the passage begins
                10:00  < invitation (1 part, urgent): Ada, last seats for the Foxes, Sunday
                         20 December: https://crier.test/mzvse9 2 for you? Reply YES or NO.
                         STOP to opt out
                10:00  > Yes!
                10:00  tagged coming
                10:00  < seats-kept (1 part): Done: 2 seats at the box office until 7 pm.
                         See you on the square!
                Wednesday, 2 December 2026
                10:00  > STOP
                10:00  opted out
                10:00  < opt-out (1 part): You get no more texts from the town. START brings
                         them back.
                10:00  the passage ends: opted out
            --
            winter-concert, as phone +16465550101, city Albany, first_name Ada, language en, seats 2, variant urgent, the first of the lists whom it texts
            it is Tue 1 Dec 2026, 10:00; /help lists what can be typed
            phone: +16465550101
            city: Albany
            first_name: Ada
            language: en
            seats: 2
            variant: urgent
            it is Tue 1 Dec 2026, 10:00 (America/New_York)
            it is Wed 2 Dec 2026, 10:00
            there is no /wro: did you mean /who?
            there is no /flights: /help lists what there is
            phone: +16465550101
            city: Albany
            first_name: Ada
            language: en
            seats: 2
            variant: urgent
            tagged coming
            it is Wed 2 Dec 2026, 10:00 (America/New_York)
            phone: +16465550101
            city: Albany
            first_name: Ada
            language: en
            seats: 2
            variant: urgent
            tagged coming
            opted out
            it is Wed 2 Dec 2026, 10:00 (America/New_York)
        "#]],
    );
}

#[test]
fn an_event_begins_an_appointment() {
    kept(
        &[
            "appointment.campaign.yaml",
            "--person",
            "phone=+16465550150",
            "--at",
            "2027-03-01 09:00",
            "--event",
            "appointment-booked",
            "--field",
            "appointment_id=A1",
            "--field",
            "starts=2027-03-05 10:30",
            "--field",
            "doctor=Dr. Lee",
        ],
        &["/next", "3: \"later\", please", "/save asks: for # another time"],
        expect![[r#"

              - test: "asks: for # another time"
                person: { phone: "+16465550150" }
                at: 2027-03-01 09:00
                event: { name: appointment-booked, fields: { appointment_id: "A1", starts: "2027-03-05 10:30", doctor: "Dr. Lee" } }
                story:
                  - expect: will-you-come
                    at: 2027-03-04 10:00
                  - reply: "3: \"later\", please"
                  - expect: one-two-three
        "#]],
    );
}

#[test]
fn a_keyword_begins_the_letter_and_a_taken_name_gets_a_number() {
    let letter = [
        "newsletter.campaign.yaml",
        "--person",
        "phone=+19145550120",
        "--at",
        "2027-04-05 10:00",
    ];
    kept(
        &letter,
        &["join", "yes", "/save a no is a no"],
        expect![[r#"

              - test: "a no is a no 2"
                person: { phone: "+19145550120" }
                at: 2027-04-05 10:00
                story:
                  - reply: "join"
                  - expect: sure
                  - reply: "yes"
                  - expect: welcome
                  - joined: newsletter
        "#]],
    );
}

#[test]
fn every_campaign_of_the_town_can_be_played_and_its_story_passes() {
    let typed = [
        "/next",
        "/receipt delivered",
        "maybe?",
        "/next",
        "yes",
        "/wait 2 days",
        "/next",
        "stop",
        "/next",
        "/save zz",
    ];
    let mut campaigns = 0;
    for campaign in [
        "birthday",
        "concert",
        "flash-sale",
        "renewal",
        "storm-alert",
        "survey",
        "volunteers",
        "win-back",
    ] {
        let folder = town();
        let file = format!("{campaign}.campaign.yaml");
        let before = folder.read(&file);
        let output = played(&folder, &[&file, "--at", "2026-11-30 08:00"], &typed);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let after = folder.read(&file);
        assert!(
            after.starts_with(before.trim_end()) && after.contains("- test: \"zz\"\n"),
            "{}",
            stderr(&output)
        );
        let tested = folder.output(&["test", &file, "-k", "zz"]);
        assert_eq!(
            stderr(&tested),
            "1 story passed\n",
            "{campaign}: {}",
            stdout(&tested)
        );
        campaigns += 1;
    }
    assert_eq!(campaigns, 8);
}

#[test]
fn what_is_missing_or_misspelt_is_named() {
    let appointment = "appointment.campaign.yaml";
    let concert = "concert.campaign.yaml";
    check(
        &[appointment],
        &[],
        expect![[r#"
        exit 2
        --
        error: the campaign has no list; say who it is, and what the event carries: --person phone=… --event appointment-booked --field appointment_id=… --field doctor=… --field first_name=… --field starts=…
    "#]],
    );
    check(
        &["newsletter.campaign.yaml"],
        &[],
        expect![[r#"
        exit 2
        --
        error: the campaign has no list; say who it is: --person phone=…
    "#]],
    );
    check(
        &[concert, "--person", "first_nam=Ada"],
        &[],
        expect![[r#"
        exit 2
        --
        nothing in the campaign goes by first_nam; did you mean first_name?
        error: the person has no `phone`; say who it is: --person phone=… --person city=… --person first_name=… --person seats=…
    "#]],
    );
    check(
        &[concert, "--person", "Ada"],
        &[],
        expect![[r#"
        exit 2
        --
        error: --person Ada: write it as first_name=Ada
    "#]],
    );
    check(
        &[concert, "--person", "phone=1", "--person", "phone=2"],
        &[],
        expect![[r#"
            exit 2
            --
            error: --person names phone twice
        "#]],
    );
    check(
        &[concert, "--variant", "loud"],
        &[],
        expect![[r#"
        exit 2
        --
        error: variant "loud" does not exist; there are calm, urgent
    "#]],
    );
    check(
        &[concert, "--event", "ticket-bought"],
        &[],
        expect![[r#"
        exit 2
        --
        error: --event ticket-bought: no event begins this campaign; /event brings one while it runs
    "#]],
    );
    check(
        &[concert, "--at", "soon"],
        &[],
        expect![[r#"
        exit 2
        --
        error: --at soon: "soon" is not a time
    "#]],
    );
    check(
        &[appointment, "--person", "phone=+16465550150", "--event", "booked"],
        &[],
        expect![[r#"
            exit 2
            --
            error: --event booked: this campaign begins with the event appointment-booked
        "#]],
    );
}

#[test]
fn a_story_that_the_file_cannot_take_is_printed() {
    let folder = town();
    let with = |tests: &str| {
        let text = folder.read("storm-alert.campaign.yaml");
        let text = &text[..text.find("tests:").expect("it has stories")];
        folder.write("alert.campaign.yaml", &format!("{text}{tests}"));
        folder.read("alert.campaign.yaml")
    };
    let shown = |tests: &str, expected: Expect| {
        let before = with(tests);
        let output = played(&folder, &["alert.campaign.yaml"], &["/save all clear"]);
        assert_eq!(folder.read("alert.campaign.yaml"), before);
        let printed = stdout(&output);
        let printed = &printed[printed.find("- test").expect("the story")..];
        expected.assert_eq(&format!("{printed}--\n{}", stderr(&output)));
    };
    let one = "test: it, person: { phone: \"+16465550160\", zone: 1 }, story: [{ expect: nothing }]";
    shown(
        &format!("tests: [{{ {one} }}]\n"),
        expect![[r#"
            - test: "all clear"
              person: { phone: "+16465550160", language: "en", zone: "1" }
              at: 2027-01-10 17:00
              story:
                - expect: message
            --
            storm-alert, as phone +16465550160, language en, zone 1, the first of the lists whom it texts
            it is Sun 10 Jan 2027, 17:00; /help lists what can be typed
            alert.campaign.yaml: its `tests` are written in brackets, so put this there yourself
        "#]],
    );
    folder.write(
        "stories.yaml",
        "- test: it\n  person: { phone: \"+16465550160\", zone: 1 }\n  story: [{ expect: nothing }]\n",
    );
    shown(
        "tests: stories.yaml\n",
        expect![[r#"
            - test: "all clear"
              person: { phone: "+16465550160", language: "en", zone: "1" }
              at: 2027-01-10 17:00
              story:
                - expect: message
            --
            storm-alert, as phone +16465550160, language en, zone 1, the first of the lists whom it texts
            it is Sun 10 Jan 2027, 17:00; /help lists what can be typed
            alert.campaign.yaml: its `tests` stand in stories.yaml, so put this there yourself
        "#]],
    );
}
