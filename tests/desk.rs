//! What `crier run`, `inbox` and `why` say of notes on their way to people at a desk, with the binary and a mail server on this
//! machine.

mod project;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use expect_test::expect;

use project::{Folder, phone, stderr, stdout};

/// Each gets a text, and the office a note about each.
const NOTES: &str = "\
audience: people.csv
schedule: now
steps:
  - send: { en: \"Doors open at 8, {{first_name}}. STOP to opt out\" }
  - notify: { to: office, text: \"Told {{first_name}}\" }
replies: none
";

/// The office is this, and what else crier.yaml says.
fn folder(people: u64, office: &str, more: &str) -> Folder {
    let folder = Folder::of_people(people, "1000/s");
    folder.write("test.campaign.yaml", NOTES);
    let text = folder.read("crier.yaml");
    let text = text.replace("email: office@test.example", office);
    let text = text.replace("delivered: 90%, replies: 5%", "delivered: 100%, replies: 0%");
    folder.write("crier.yaml", &(text + more));
    folder
}

/// What a command says of the office, on stdout and stderr, without times.
fn said(folder: &Folder, args: &[&str]) -> String {
    let output = folder
        .crier(args)
        .env("COLUMNS", "200")
        .output()
        .expect("crier starts");
    let all = format!("{}{}", stdout(&output), stderr(&output));
    let of_desks = |line: &&str| {
        let words = ["office", "note", "desk (test", "Told", "crier inbox", "WARN"];
        words.iter().any(|word| line.contains(word))
    };
    let mut told: String = all
        .lines()
        .filter(of_desks)
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect();
    // Receipts come as the machine is fast.
    for (pattern, word) in [
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME"),
        (r"message \d+, \w+", "message N, STATE"),
    ] {
        let pattern = regex::Regex::new(pattern).expect("a pattern");
        told = pattern.replace_all(&told, word).into_owned();
    }
    told
}

/// A mail server that answers these commands so (the empty one is its greeting) and takes all else. Of `DATA` the answer is to the
/// whole mail: an empty one never comes. It tells of each mail.
fn mail_server(answers: &'static [(&'static str, &'static str)]) -> (String, mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let (tell, mails) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let tell = tell.clone();
            std::thread::spawn(move || serve(&stream, answers, &tell));
        }
    });
    (
        format!("mail: {{ smtp: \"smtp://127.0.0.1:{port}\", from: crier@test.example }}\n"),
        mails,
    )
}

/// None: whoever was served is gone.
fn serve(stream: &TcpStream, answers: &[(&str, &str)], tell: &mpsc::Sender<()>) -> Option<()> {
    let mut out = stream;
    let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes()).ok();
    let answer = |verb: &str| {
        answers
            .iter()
            .find(|(of, _)| *of == verb)
            .map(|(_, answer)| *answer)
    };
    say(answer("").unwrap_or("220 test"))?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(Ok(line)) = lines.next() {
        let verb = line.get(..4).unwrap_or_default();
        if verb == "DATA" {
            say("354 go")?;
            lines.find(|line| line.as_ref().is_ok_and(|line| line == "."));
            let _ = tell.send(());
        }
        match answer(verb) {
            Some("") => {}
            answer => say(answer.unwrap_or("250 yes"))?,
        }
    }
    Some(())
}

#[test]
fn each_is_told_where_it_went_and_what_goes_on_with_it() {
    let (refuses, _) = mail_server(&[("RCPT", "550 no such box\u{1b}[31m \u{202e}evil")]);
    let (wants_none_of_ours, _) = mail_server(&[("MAIL", "550 not from you")]);
    let (takes, _) = mail_server(&[]);
    let email = "email: office@test.example";
    let cases = [
        (email, refuses),
        (email, wants_none_of_ours),
        (email, takes),
        ("phone: \"+12125550190\"", String::new()),
    ];
    let each = cases.map(|(office, more)| {
        std::thread::spawn(move || {
            let folder = folder(1, office, &more);
            let number = phone(0).to_string();
            let commands = [
                &["run", "test.campaign.yaml", "--receipts", "0"][..],
                &["inbox"],
                &["why", &number],
                &["why", "+12125550190"],
            ];
            let told = commands.map(|args| format!("{}:\n{}", args[0], said(&folder, args)));
            told.concat()
        })
    });
    let told = each.map(|one| one.join().expect("told")).join("\n");
    expect![[r#"
        run:
         WARN not delivered inbox="office" delivery.id=1 said=refused at RCPT TO: permanent error (550): no such box�[31m �evil
        1 reply or note undelivered: `crier inbox` says why; once that is put right, `crier inbox --retry` and a `crier run` try again
        inbox:
        TIME UTC +12013201000 office Told Person 0 (a note of the campaign) undelivered since TIME UTC: refused at RCPT TO: permanent error (550): no such box�[31m �evil
        why:
          TIME UTC  note to office (test, launch 1): Told Person 0
            to office: undelivered since TIME UTC: refused at RCPT TO: permanent error (550): no such box�[31m �evil
        why:

        run:
         WARN not delivered inbox="office" delivery.id=1 said=at MAIL FROM: permanent error (550): not from you
        1 reply or note to be delivered: `crier inbox` says why, and any `crier run` of this project goes on with that
        inbox:
        TIME UTC +12013201000 office Told Person 0 (a note of the campaign) waits, tried 1 time, again from TIME UTC: at MAIL FROM: permanent error (550): not from you
        why:
          TIME UTC  note to office (test, launch 1): Told Person 0
            to office: waits, tried 1 time, again from TIME UTC: at MAIL FROM: permanent error (550): not from you
        why:

        run:
        inbox:
        TIME UTC +12013201000 office Told Person 0 (a note of the campaign) delivered TIME UTC
        why:
          TIME UTC  note to office (test, launch 1): Told Person 0
            to office: delivered TIME UTC
        why:

        run:
        inbox:
        TIME UTC +12013201000 office Told Person 0 (a note of the campaign) texted TIME UTC, message N, STATE
        why:
          TIME UTC  note to office (test, launch 1): Told Person 0
            to office: texted TIME UTC, message N, STATE
        why:
          TIME UTC  desk (test, launch 1, desk): Told Person 0
    "#]].assert_eq(&told);
}

/// Whoever was killed has told nobody what came of it: the next run tries again, and does not end before.
#[test]
fn after_a_kill_the_next_run_delivers() {
    let (silent, mails) = mail_server(&[("DATA", "")]);
    let folder = folder(3, "email: office@test.example", &silent);
    let (mut run, lines) = folder.begin_run();
    for _ in 0..3 {
        mails.recv().expect("it is at work");
    }
    run.kill().expect("it runs");
    run.wait().expect("it ended");
    drop(lines);
    assert!(said(&folder, &["inbox"]).contains("on its way, tried 1 time"));
    let (takes, mails) = mail_server(&[]);
    let text = folder.read("crier.yaml").replace(&silent, &takes);
    folder.write("crier.yaml", &text);
    let said = said(&folder, &["run", "test.campaign.yaml", "--receipts", "0"]);
    assert_eq!(mails.try_iter().count(), 3, "{said}");
    assert!(!said.contains("to be delivered"), "{said}");
}

/// Tags and values, as they stand and as they were given.
#[test]
fn what_somebody_has_is_told() {
    let folder = folder(1, "email: office@test.example", "");
    folder.write(
        "test.campaign.yaml",
        "audience: people.csv\nschedule: now\nfields: { seat: { from: campaign } }\nsteps:\n  - tag: asked\n  \
         - tag: new\n  - set: { seat: A1 }\n  - send: { en: \"Doors open at 8. STOP to opt out\" }\n  \
         - untag: new\n  - set: { seat: B2 }\n",
    );
    let number = phone(0).to_string();
    folder.output(&["run", "test.campaign.yaml", "--receipts", "0"]);
    let why = stdout(&folder.output(&["why", &number]));
    let time = regex::Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC").expect("a pattern");
    let why = time.replace_all(&why, "TIME");
    let had = why
        .lines()
        .filter(|line| line.contains("tagged") || line.contains("seat"));
    expect![[r#"
          now tagged asked; seat is "B2"
          TIME  tagged new (test, launch 1)
          TIME  seat is "A1" (test, launch 1)
          TIME  tagged asked (test, launch 1)
          TIME  no longer tagged new (test, launch 1)
          TIME  seat is "B2" (test, launch 1)"#]]
    .assert_eq(&had.map(str::trim).collect::<Vec<_>>().join("\n"));
}
