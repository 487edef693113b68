//! `crier rehearse` as it is typed: the example projects, models, pictures, and what cannot be rehearsed.

mod project;

use std::path::Path;

use expect_test::{Expect, expect};
use project::{Folder, stderr, stdout};
use serde_json::Value;

/// The example projects, without a store beside them.
fn example() -> Folder {
    let folder = Folder::new();
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns"),
        folder.path(),
    );
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true if entry.file_name() != ".crier" => copy(&path, &to),
            true => {}
            false => {
                std::fs::copy(&path, &to).expect("copied");
            }
        }
    }
}

fn check(folder: &Folder, args: &[&str], expected: Expect) {
    let output = folder.output(args);
    let code = output.status.code();
    let lines = |text: String| {
        text.lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect::<String>()
    };
    let shown = format!(
        "exit {code:?}\n{}--\n{}",
        lines(stdout(&output)),
        lines(stderr(&output))
    );
    expected.assert_eq(&shown);
}

const AT: [&str; 2] = ["--at", "2026-12-01 10:00"];

#[test]
fn a_rehearsal_says_when_texts_go_and_what_comes_back() {
    let folder = example();
    let concert = ["rehearse", "concert.campaign.yaml", "--seed", "3"];
    check(
        &folder,
        &[&concert[..], &AT].concat(),
        expect![[r#"
            exit Some(0)
             campaign  winter-concert (seed 3)
             people    16 of 24 rows; 8 left out by the plan
             begins    2026-12-01 10:00:00 EST
             texts     32, 96.9% of them arrive; from 2026-12-01 10:00:00 EST to 2026-12-03 10:00:00 EST
             ends      2026-12-03 10:00:00 EST, after 2 days
             parts     32 with no automatic answers
             money     0.2528 USD
             replies   4: 4 to people, 0 answered by themselves
             opt-outs  0 (0.0% of the texts)
             waited    no text

            step                  message    texts parts first               last                deferred without
            step invite           invitation 16    16    2026-12-01 10:00:00 2026-12-01 10:00:00 0        0
            step how-to-get-there bus        16    16    2026-12-03 10:00:00 2026-12-03 10:00:00 0        0

               number what        why
                   16 finished    the end of the steps
                    2 not planned no valid number
                    1 not planned duplicate of an earlier row
                    1 not planned city is empty
                    1 not planned in the except list staff
                    1 not planned seats is not of its type
                    1 not planned landline
                    1 not planned text longer than limits.parts

            texts an hour, and replies
            2026-12-01 10:00 ████████████████████████████████████████████ 16 +4
            2026-12-03 10:00 ████████████████████████████████████████████ 16
            --
        "#]],
    );
}

#[test]
fn a_question_of_the_town_is_rehearsed_with_a_model() {
    let folder = example();
    folder.write(
        "people.yaml",
        "replies: 70%\nopt_outs: 3%\nfree: 10%\nafter: 40 minutes\nmessages: { invitation: { words: { \"yes\": 3, \"no\": 1 } } }\n",
    );
    let town = ["rehearse", "town/concert.campaign.yaml", "--model", "people.yaml"];
    check(
        &folder,
        &[&town[..], &AT].concat(),
        expect![[r#"
            exit Some(0)
             campaign   winter-concert (seed 0)
             people     13 of 24 rows; 11 left out by the plan
             begins     2026-12-01 10:00 on each recipient's clock
             texts      30, 93.3% of them arrive; from 2026-12-01 10:08:46 EST to 2026-12-19 12:00:00 EST
             ends       2026-12-19 12:00:00 EST, after 18 days
             parts      40 with 10 automatic answers
             money      0.316 USD
             replies    23: 2 to people, 21 answered by themselves
             opt-outs   2 (6.7% of the texts)
             waited     no text
             not known  what other campaigns sent, which `frequency` counts

            step                    message    texts parts first               last                deferred without
            step invite             invitation 13    13    2026-12-01 10:08:46 2026-12-01 11:49:48 0        0
            step invite, remind     reminder   3     3     2026-12-03 10:09:00 2026-12-03 11:36:00 0        0
            step invite, answer 1.2 seats-kept 7     7     2026-12-01 11:14:35 2026-12-01 19:22:14 0        0
            step how-to-get-there   bus        7     7     2026-12-19 12:00:00 2026-12-19 12:00:00 0        0
            reply rule 1.1          prices     8     8     2026-12-01 11:56:53 2026-12-20 10:51:44 0        0

               number what        why
                    7 finished    the end of the steps
                    4 finished    declined
                    4 not planned `where` does not hold
                    2 left        opted out
                    2 not planned no valid number
                    1 not planned duplicate of an earlier row
                    1 not planned city is empty
                    1 not planned in the except list staff
                    1 not planned held out, to compare with
                    1 not planned landline

            variant  people reach the goal
            calm     5      0                  0.0%
            urgent   8      0                  0.0%
            held out 1      not known: no text

            texts an hour, and replies
            2026-12-01 10:00 ████████████▋ 4 +1
            2026-12-01 11:00 ████████████████████████████████████████████ 14 +4
            2026-12-01 12:00 ███▎ 1 +3
            2026-12-01 13:00 ███▎ 1 +1
            2026-12-01 14:00 ███▎ 1 +1
            2026-12-01 16:00 ███▎ 1 +1
            2026-12-01 17:00 0 +1
            2026-12-01 18:00 0 +1
            2026-12-01 19:00 ██████▍ 2 +2
            2026-12-03 10:00 ██████▍ 2 +1
            2026-12-03 11:00 ██████▍ 2 +2
            2026-12-19 12:00 ██████████████████████████████████▋ 11 +4
            2026-12-20 10:00 ███▎ 1 +1
            --
        "#]],
    );
}

#[test]
fn the_document_is_the_same_on_any_number_of_cores_and_adds_up() {
    let folder = example();
    let args = [&["rehearse", "hello.campaign.yaml", "--format", "json"][..], &AT].concat();
    let on = |cores: &str| {
        let mut command = folder.crier(&args);
        let output = command
            .env("RAYON_NUM_THREADS", cores)
            .output()
            .expect("crier runs");
        assert!(output.status.success());
        stdout(&output)
    };
    let document = on("1");
    assert_eq!(document, on("2"));
    assert_eq!(document, on("3"));
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let rehearsal = &document["rehearsal"];
    let sum = |key: &str| {
        let hours = rehearsal["hours"].as_array().expect("a list");
        hours.iter().filter_map(|hour| hour[key].as_u64()).sum::<u64>()
    };
    for key in ["texts", "answers", "parts", "replies", "desk", "opt_outs"] {
        assert_eq!(rehearsal["total"][key].as_u64(), Some(sum(key)), "{key}");
    }
    assert_eq!(rehearsal["plan"]["people"], rehearsal["people"]);
    assert_eq!(rehearsal["total"]["texts"], 972);
}

#[test]
fn a_picture_is_well_formed() {
    let folder = example();
    let args = ["rehearse", "hello.campaign.yaml", "--svg", "hello.svg"];
    assert!(folder.output(&[&args[..], &AT].concat()).status.success());
    let svg = folder.read("hello.svg");
    assert!(
        svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""),
        "{svg}"
    );
    let mut open: Vec<&str> = vec![];
    for tag in svg.split('<').skip(1) {
        let (tag, rest) = tag.split_once('>').expect("a tag ends");
        assert!(!rest.contains(['&', '>']), "{rest}");
        let name = tag
            .split([' ', '/'])
            .find(|name| !name.is_empty())
            .expect("a name");
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name)),
            (false, true) => {}
            (false, false) => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for words in [
        "hello: texts and replies an hour",
        "time, on the campaign&apos;s clock",
        "messages an hour",
    ] {
        let words = words.replace("&apos;", "'");
        assert!(svg.contains(&words), "{words}");
    }
}

#[test]
fn what_cannot_be_rehearsed_says_why() {
    let folder = example();
    folder.write("bad.yaml", "replys: 3%\n");
    folder.write("other.yaml", "messages: { invitation: { replies: 3% } }\n");
    check(
        &folder,
        &["rehearse", "hello.campaign.yaml", "--model", "bad.yaml"],
        expect![[r#"
            exit Some(1)
            --
            error[unknown-key]: "replys" is not a key of a model
             --> bad.yaml:1:1
              |
            1 | replys: 3%
              | ^^^^^^ unknown key
              |
            help: did you mean "replies"?
              |
            1 - replys: 3%
            1 + replies: 3%
              |

        "#]],
    );
    check(
        &folder,
        &["rehearse", "hello.campaign.yaml", "--model", "other.yaml"],
        expect![[r#"
            exit Some(1)
            --
            error[unknown-message]: the campaign has no message "invitation"
             --> other.yaml:1:13
              |
            1 | messages: { invitation: { replies: 3% } }
              |             ^^^^^^^^^^
              |
              = help: it has "message"

        "#]],
    );
    check(
        &folder,
        &["rehearse", "hello.campaign.yaml", "--model", "none.yaml"],
        expect![[r#"
            exit Some(2)
            --
            error: cannot read none.yaml: No such file or directory (os error 2)
        "#]],
    );
    check(
        &folder,
        &["rehearse", "hello.campaign.yaml", "--at", "noon"],
        expect![[r#"
            exit Some(2)
            --
            error: --at: "noon" is not a time; write a time as in 2026-12-01 10:00
        "#]],
    );
    check(
        &folder,
        &["rehearse", "hello.campaign.yaml", "--fit"],
        expect![[r#"
            exit Some(2)
            --
            error: there is no store at .crier/crier.db: nothing has been sent from this project yet; `crier run FILE` makes it
        "#]],
    );
    check(
        &folder,
        &["rehearse", "hello.campaign.yaml", "--fit", "--model", "bad.yaml"],
        expect![[r#"
            exit Some(2)
            --
            error: the argument '--fit' cannot be used with '--model <FILE>'

            Usage: crier rehearse --fit <FILE>

            For more information, try '--help'.
        "#]],
    );
    check(
        &folder,
        &["rehearse", "town/newsletter.campaign.yaml"],
        expect![[r#"
            exit Some(1)
            --
            error: people come into this campaign by its trigger: say with `--people FILE` who comes, a CSV whose columns hold what the event brings
        "#]],
    );
    check(
        &folder,
        &[
            "rehearse",
            "town/newsletter.campaign.yaml",
            "--people",
            "none.csv",
        ],
        expect![[r#"
            exit Some(2)
            --
            error: cannot read none.csv: No such file or directory (os error 2)
        "#]],
    );
}

/// Each line of a file is an event; `where` of the trigger decides whom it lets in.
#[test]
fn a_campaign_that_an_event_begins_is_rehearsed_with_a_file_of_events() {
    let folder = example();
    let appointment = [
        "rehearse",
        "town/appointment.campaign.yaml",
        "--people",
        "town/lists/appointments.csv",
    ];
    check(
        &folder,
        &[&appointment[..], &AT].concat(),
        expect![[r#"
            exit Some(0)
             campaign  appointment (seed 0)
             people    20
             begins    2026-12-01 10:00:00 EST
             texts     60, 98.3% of them arrive; from 2026-12-01 10:00:00 EST to 2026-12-05 18:00:00 EST
             ends      2026-12-05 18:00:00 EST, after 4 days
             parts     60 with no automatic answers
             money     0.474 USD
             replies   2: 2 to people, 0 answered by themselves
             opt-outs  0 (0.0% of the texts)
             waited    no text

            step               message       texts parts first               last                deferred without
            step 2             will-you-come 20    20    2026-12-01 10:00:00 2026-12-04 13:00:00 0        0
            step 2, silence 1  last-call     20    20    2026-12-01 18:00:00 2026-12-04 21:00:00 0        0
            step 2, answer 1.2 confirmed     0     0     -                   -                   0        0
            step 2, answer 2.2 given-back    0     0     -                   -                   0        0
            step 2, answer 3.2 we-call       0     0     -                   -                   0        0
            step 4             thanks        20    20    2026-12-02 11:00:00 2026-12-05 18:00:00 0        0

               number what     why
                   20 finished the end of the steps

            texts every 2 hours, and replies
            2026-12-01 10:00 ██████████████████████████▌ 3
            2026-12-01 12:00 █████████████████▋ 2
            2026-12-01 18:00 ██████████████████████████▌ 3
            2026-12-01 20:00 █████████████████▋ 2
            2026-12-02 10:00 ████████████████████████████████████████████ 5
            2026-12-02 12:00 ██████████████████████████▌ 3
            2026-12-02 16:00 ████████▉ 1
            2026-12-02 18:00 ███████████████████████████████████▎ 4
            2026-12-02 20:00 █████████████████▋ 2
            2026-12-03 10:00 ██████████████████████████▌ 3
            2026-12-03 12:00 █████████████████▋ 2
            2026-12-03 14:00 █████████████████▋ 2
            2026-12-03 16:00 █████████████████▋ 2
            2026-12-03 18:00 ███████████████████████████████████▎ 4
            2026-12-03 20:00 █████████████████▋ 2
            2026-12-04 10:00 ██████████████████████████▌ 3
            2026-12-04 12:00 ███████████████████████████████████▎ 4
            2026-12-04 16:00 ████████▉ 1
            2026-12-04 18:00 ███████████████████████████████████▎ 4
            2026-12-04 20:00 ██████████████████████████▌ 3
            2026-12-05 10:00 █████████████████▋ 2 +1
            2026-12-05 14:00 ████████▉ 1
            2026-12-05 16:00 ████████▉ 1 +1
            2026-12-05 18:00 ████████▉ 1
            --
        "#]],
    );
    let text = folder.read("town/appointment.campaign.yaml");
    let narrowed = text.replace(
        "  key: appointment_id\n",
        "  key: appointment_id\n  where: doctor == \"Dr. Lee\"\n",
    );
    folder.write("town/appointment.campaign.yaml", &narrowed);
    let output = folder.output(&[&appointment[..], &AT, &["--format", "json"]].concat());
    let told: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    expect![[r#"{"filtered":13}"#]].assert_eq(&told["rehearsal"]["not_entered"].to_string());
}

/// The people of a file agreed to what those agreed to for whom they stand; where nobody did, that is said.
#[test]
fn people_of_a_file_consent_as_those_they_stand_for() {
    let folder = example();
    folder.write(
        "town/n.csv",
        "phone,language,agreed\n+12125550101,en,yes\n+12125550102,es,no\n",
    );
    let people = |file: &str| -> Vec<String> {
        let typed = [
            "rehearse",
            file,
            "--people",
            "town/n.csv",
            "--at",
            "2026-12-01 10:00",
        ];
        typed.map(str::to_owned).to_vec()
    };
    let counted = |file: &str| {
        let args = [people(file), vec!["--format".to_owned(), "json".to_owned()]].concat();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = folder.output(&args);
        let document: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        match &document["rehearsal"]["people"] {
            Value::Null => format!(
                "{file}: {}\n",
                document["error"]["message"].as_str().unwrap_or("?")
            ),
            people => format!("{file}: {people} people\n"),
        }
    };
    let project = std::fs::read_to_string(folder.path().join("town/crier.yaml")).expect("readable");
    let project = project.replacen(
        "lists:\n",
        "lists:\n  fans: { stored: true, consent: { kind: opt_in, source: the shop } }\n",
        1,
    );
    folder.write("town/crier.yaml", &project);
    let campaign = |begins: &str| {
        format!(
            "purpose: marketing\nsender: square\nlanguages: [en]\n{begins}\nmessage: \"Sale. STOP to opt out\"\n"
        )
    };
    folder.write("town/joined.campaign.yaml", &campaign("trigger: { joins: fans }"));
    folder.write(
        "town/bought.campaign.yaml",
        &campaign("trigger: { event: bought }"),
    );
    folder.write(
        "town/listed.campaign.yaml",
        &campaign(
            "schedule: 2026-12-01 10:00\naudience: { from: fans, consent: { kind: opt_in, source: x } }",
        ),
    );
    folder.write(
        "town/columned.campaign.yaml",
        &campaign("schedule: 2026-12-01 10:00\naudience: customers"),
    );
    let files = ["newsletter", "joined", "listed", "columned", "bought"];
    let told = files.map(|name| counted(&format!("town/{name}.campaign.yaml")));
    expect![[r#"
        town/newsletter.campaign.yaml: 2 people
        town/joined.campaign.yaml: 2 people
        town/listed.campaign.yaml: 2 people
        town/columned.campaign.yaml: 1 people
        town/bought.campaign.yaml: nobody to send to: every row of the lists is left out: no consent, which the policy asks for (2)
    "#]]
    .assert_eq(&told.concat());
    let bought = people("town/bought.campaign.yaml");
    let bought: Vec<&str> = bought.iter().map(String::as_str).collect();
    check(
        &folder,
        &bought,
        expect![[r#"
            exit Some(1)
            --
            warning[nobody-consents]: marketing needs the consent "opt_in", and no list says
                                      that these people gave it: nobody enters
             --> town/bought.campaign.yaml:4:1
              |
            4 | trigger: { event: bought }
              | ^^^^^^^
              |
              = help: name an `audience` whose list has `consent`, begin it by a
                      `keyword`, or state its `purpose`

            error: nobody to send to: every row of the lists is left out: no consent, which the policy asks for (2)
        "#]],
    );
}

/// Who comes of a query is not known here; a file anywhere on this machine can stand for it.
#[test]
fn people_of_a_file_stand_for_those_of_a_query() {
    let folder = Folder::new();
    folder.write(
        "p/crier.yaml",
        "crier: 1\ndatabases: { crm: { url_env: CRM } }\n\
         lists: { vip: { sql: select phone from vip, fields: { phone: text } } }\n\
         providers: { trial: { kind: simulated } }\n\
         senders: { desk: { number: \"+390612345678\", provider: trial } }\nsender: desk\n",
    );
    folder.write(
        "p/all.campaign.yaml",
        "audience: vip\npurpose: service\nschedule: now\nmessage: Hello\nreplies: none\n",
    );
    folder.write("people.csv", "phone\n+393331234567\n");
    check(
        &folder,
        &["rehearse", "p/all.campaign.yaml"],
        expect![[r#"
        exit Some(1)
        --
        error: the audience is in no file: a rehearsal reads lists from files and those that are stored; say with `--people FILE` who is texted
    "#]],
    );
    let of_file = ["rehearse", "p/all.campaign.yaml", "--people", "people.csv"];
    check(
        &folder,
        &[&of_file[..], &AT].concat(),
        expect![[r#"
        exit Some(0)
         campaign  all (seed 0)
         people    1
         begins    2026-12-01 10:00:00 UTC
         texts     1, 100.0% of them arrive; from 2026-12-01 10:00:00 UTC to 2026-12-01 10:00:00 UTC
         ends      2026-12-01 10:00:00 UTC, after 0 s
         parts     1 with no automatic answers
         money     unknown: no prices
         replies   0: 0 to people, 0 answered by themselves
         opt-outs  0 (0.0% of the texts)
         waited    no text

        step         message texts parts first               last                deferred without
        step message message 1     1     2026-12-01 10:00:00 2026-12-01 10:00:00 0        0

           number what     why
                1 finished the end of the steps

        texts an hour, and replies
        2026-12-01 10:00 ████████████████████████████████████████████ 1
        --
    "#]],
    );
}

/// Of those to whom it comes before it does on the campaign's own clock nobody is too late.
#[test]
fn on_the_recipients_clocks_nobody_is_left_out_for_being_early() {
    let folder = Folder::new();
    folder.write("people.csv", "phone\n+6421123456\n+393331234567\n");
    folder.write(
        "early.campaign.yaml",
        "audience: people.csv\ntimezone: Europe/Rome\npurpose: service\nreplies: none\n\
         schedule: { at: 2026-12-28 22:30, clock: recipient, late: 30 minutes }\nmessage: Hello\n",
    );
    let rehearsal = folder.output(&["rehearse", "early.campaign.yaml"]);
    let people = stdout(&rehearsal).lines().nth(1).map(str::to_owned);
    expect![" people    2"].assert_eq(&people.unwrap_or_default());
}
