//! The simulated carrier as a process: what it knows after a kill, how it is changed while it runs, and that its page in
//! docs/ names what there is.

mod project;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, Utc};
use expect_test::expect;
use project::{Folder, signal, stderr, stdout};
use serde_json::{Value, json};
use server::carrier::ledger::{Entry, Fate};
use server::carrier::switches::yaml_pairs;
use server::carrier::{Switches, read_ledger};

/// A carrier that runs; killed when it is dropped.
struct Running {
    process: Child,
    address: String,
}

impl Running {
    /// On a port of its own, with the ledger of the folder.
    fn start(folder: &Folder, switches: &[&str]) -> Running {
        let mut args = vec!["carrier", "--port", "0"];
        switches
            .iter()
            .for_each(|switch| args.extend(["--switch", switch]));
        let mut command: Command = folder.crier(&args);
        let mut process = command.stderr(Stdio::piped()).spawn().expect("crier starts");
        let mut talk = BufReader::new(process.stderr.take().expect("it is piped"));
        let mut line = String::new();
        talk.read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
        Running { process, address }
    }

    /// The body of the answer; none where there is no whole one.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Option<Value> {
        let body = body.to_string();
        let length = body.len();
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a socket");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: carrier\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (_, body) = answer.split_once("\r\n\r\n")?;
        serde_json::from_str(body).ok()
    }

    fn submit(&self, references: &[&str]) -> Option<Value> {
        let text = |reference: &&str| json!({ "reference": reference, "to": "+14155550101", "sender": "desk", "text": "Hi" });
        let messages: Vec<Value> = references.iter().map(text).collect();
        self.ask("POST", "/messages", &json!({ "messages": messages }))
    }

    fn inbound(&self) -> Value {
        self.ask("GET", "/inbound?limit=10", &json!({}))
            .expect("an answer")
    }

    /// As `kill -9` does.
    fn kill(mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The references that a page tells of.
fn told(page: &Value) -> Vec<&str> {
    let inbound = page["inbound"].as_array().expect("a page");
    let references = inbound.iter().map(|said| &said["receipt"]["reference"]);
    references.filter_map(Value::as_str).collect()
}

#[test]
fn killed_and_started_again_it_knows_what_it_took_and_whom_it_has_not_told() {
    let folder = Folder::new();
    let switches = ["receipt-delay=0s"];
    let carrier = Running::start(&folder, &switches);
    assert!(carrier.submit(&["A1", "A2"]).is_some());
    let page = carrier.inbound();
    assert_eq!(told(&page), ["A1", "A2"]);
    carrier.ask("POST", "/inbound/acknowledge", &json!({ "mark": page["mark"] }));
    assert!(carrier.submit(&["A3"]).is_some());
    let missed = carrier.inbound();
    assert_eq!(told(&missed), ["A3"]);
    carrier.ask("PATCH", "/switches", &json!({ "accept-then-reset": "100%" }));
    assert_eq!(carrier.submit(&["A4"]), None);
    carrier.kill();

    let carrier = Running::start(&folder, &switches);
    let asked = json!({ "references": ["A1", "A2", "A3", "A4", "B1"] });
    let found = carrier.ask("POST", "/look-up", &asked);
    assert_eq!(found, Some(json!({ "known": ["A1", "A2", "A3", "A4"] })));
    carrier.ask("POST", "/inbound/acknowledge", &json!({ "mark": missed["mark"] }));
    let again = carrier.inbound();
    assert_eq!(
        told(&again),
        ["A3", "A4"],
        "a mark of the earlier run acknowledges nothing"
    );
    let ledger = read_ledger(&folder.path().join(".crier/carrier.ledger")).expect("a ledger");
    let taken = ledger.iter().filter_map(|entry| match entry {
        Entry::Text(text) => (text.fate == Fate::Taken).then_some(text.reference.as_str()),
        Entry::Started(..) | Entry::Switched(..) | Entry::Acknowledged(..) => None,
    });
    assert_eq!(taken.collect::<Vec<_>>(), ["A1", "A2", "A3", "A4"]);
}

#[test]
fn a_carrier_that_runs_is_changed_and_shown() {
    let folder = Folder::new();
    let carrier = Running::start(&folder, &["429=100%", "latency=1ms"]);
    carrier.submit(&["A1", "A2"]);
    let url = format!("http://{}", carrier.address);
    folder.write("well.yaml", "429: 0%\nseed: 9\n");
    let at = |args: &[&str]| {
        let output = folder.output(&[&["carrier", "--at", &url], args].concat());
        format!(
            "exit {:?}\n{}{}",
            output.status.code(),
            stdout(&output),
            stderr(&output)
        )
    };
    let told = [
        at(&[]),
        at(&["--switches", "well.yaml", "--switch", "seed=8"]),
        at(&["--switch", "429=lots"]),
    ];
    expect![[r#"
        exit Some(0)
         texts submitted                    2
         taken                              0
         taken twice                        0
         lost                               0
         throttled                          2 refused
         429                                2 met it
         receipts and replies to come       0
         receipts and replies acknowledged  0

         latency  1 ms
         429      100%
        --
        exit Some(0)
         texts submitted                    2
         taken                              0
         taken twice                        0
         lost                               0
         throttled                          2 refused
         429                                2 met it
         receipts and replies to come       0
         receipts and replies acknowledged  0

         seed     8
         latency  1 ms
        --
        exit Some(2)
        error: the switch 429 cannot be "lots": write a percentage from 0 to 100: `1%`, `2.5%`
    "#]]
    .assert_eq(&told.join("--\n"));
    let shown: Value = serde_json::from_str(&stdout(
        &folder.output(&["carrier", "--at", &url, "--format", "json"]),
    ))
    .expect("JSON");
    assert_eq!(
        (&shown["switches"]["seed"], &shown["stats"]["texts"]),
        (&json!("8"), &json!(2))
    );
}

#[test]
fn what_cannot_be_is_said_at_once() {
    let folder = Folder::new();
    let carrier = Running::start(&folder, &[]);
    folder.write("bad.yaml", "latency: fast\n");
    folder.write("other.ledger", "no ledger\n");
    let port = carrier.address.rsplit_once(':').expect("an address").1;
    let tries: [&[&str]; 8] = [
        &["--port", "0"],
        &["--port", port, "--ledger", "new.ledger"],
        &["--port", "0", "--ledger", "other.ledger"],
        &["--switches", "bad.yaml"],
        &["--switches", "none.yaml"],
        &["--switch", "latency"],
        &["--at", "127.0.0.1"],
        &["--callback", "nowhere"],
    ];
    let told = tries.map(|args| {
        let output = folder.output(&[&["carrier"], args].concat());
        let said = stderr(&output).replace(port, "PORT");
        format!("exit {:?} {}", output.status.code(), said)
    });
    expect![[r#"
        exit Some(3) error: another carrier writes the ledger .crier/carrier.ledger: end it, or name another file with `--ledger`
        exit Some(2) error: cannot listen on 127.0.0.1:PORT; choose another port with `--port`, 0 for any that is free: Address already in use (os error 98)
        exit Some(2) error: the ledger other.ledger cannot be read: line 1 is no line of a ledger
        exit Some(2) error: bad.yaml: the switch latency cannot be "fast": write a time as `200 ms`, `2 s`, `5 min`, `72 h` or `3 d`, or a range as `20 ms..2 s`
        exit Some(2) error: cannot read none.yaml: No such file or directory (os error 2)
        exit Some(2) error: "latency" sets no switch: write name=value, such as latency=200ms
        exit Some(2) error: "127.0.0.1" is no address such as http://127.0.0.1:8025
        exit Some(2) error: "nowhere" is no address such as http://127.0.0.1:8025
    "#]].assert_eq(&told.concat());
}

/// A campaign over so many people that goes by this carrier, one request at a time of so many texts.
fn campaign_by(carrier: &str, people: u64, batch: u64) -> Folder {
    let folder = Folder::of_people(people, "1000/s");
    let account = format!(
        "{{ kind: carrier, url: \"http://{carrier}\", in_flight: 1, batch: {batch}, timeout: 2 seconds, server_errors: not-sent }}"
    );
    let project = folder.read("crier.yaml");
    let (before, rest) = project.split_once("{ kind: simulated").expect("a provider");
    let (_, after) = rest.split_once('}').expect("its end");
    folder.write("crier.yaml", &format!("{before}{account}{after}"));
    folder
}

/// A run that goes on, once the carrier has so many texts.
fn run_until(folder: &Folder, carrier: &Running, texts: u64) -> Child {
    let mut command = folder.crier(&["run", "test.campaign.yaml", "--receipts", "1", "--format", "json"]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = command.spawn().expect("crier starts");
    let has = || carrier.ask("GET", "/stats", &json!({})).expect("an answer")["texts"].as_u64();
    while has() < Some(texts) {
        std::thread::sleep(Duration::from_millis(5));
    }
    run
}

#[test]
fn what_a_cancelled_launch_left_in_doubt_is_settled_before_the_next_and_told() {
    let folder = Folder::new();
    let carrier = Running::start(&folder, &["accept-then-hang=100%"]);
    let project = campaign_by(&carrier.address, 5, 5);
    let mut run = run_until(&project, &carrier, 5);
    assert!(project.output(&["cancel", "test"]).status.success());
    run.kill().expect("it runs");
    run.wait().expect("it ends");
    carrier.ask("PATCH", "/switches", &json!({ "accept-then-hang": "0%" }));
    let again = ["run", "test.campaign.yaml", "--again", "--receipts", "4"];
    let output = project.output(&again);
    let said = stderr(&output).replace('\n', " ");
    let told = [
        "launch 1 of test was cancelled with 5 texts in doubt: that is settled before anybody is texted anew, in 4 s at most",
        "launch 1 of test: nothing of it is in doubt any more",
    ];
    for told in told {
        assert!(said.contains(told), "{said}");
    }
    assert!(stdout(&output).contains("launch 2 of test: done"), "{output:?}");
    let status = project.output(&["status", "test", "--format", "json"]);
    let status: Value = serde_json::from_slice(&status.stdout).expect("JSON");
    let accepted = |launch: usize| status["launches"][launch]["accepted"].as_u64();
    assert_eq!((accepted(0), accepted(1)), (Some(5), Some(5)));
}

#[test]
fn after_a_cancel_nothing_goes_but_what_is_on_the_wire() {
    let folder = Folder::new();
    let carrier = Running::start(&folder, &["latency=20ms"]);
    let project = campaign_by(&carrier.address, 300, 1);
    let run = run_until(&project, &carrier, 5);
    assert!(project.output(&["cancel", "test"]).status.success());
    let cancelled_at = Utc::now();
    let output = run.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let report = &report["report"];
    let ledger = read_ledger(&folder.path().join(".crier/carrier.ledger")).expect("a ledger");
    let after = |time: DateTime<Utc>| {
        let late = |entry: &&Entry| matches!(entry, Entry::Text(text) if text.at > time);
        ledger.iter().filter(late).count() as u64
    };
    // One is on the wire, and one may have asked right before.
    assert!(after(cancelled_at) <= 2, "{} went", after(cancelled_at));
    let ended_at = report["ended_at"].as_str().expect("a time");
    let late = after(ended_at.parse().expect("a time"));
    let told = report["sent_after_end"].as_u64().expect("a number");
    // What was on the wire already was submitted before.
    assert!(
        (told..=told + 1).contains(&late),
        "{late} went, and {told} are told"
    );
    let texts = [&report["accepted"], &report["waiting"]].map(|n| n.as_u64().expect("a number"));
    assert_eq!(
        (texts[0] + texts[1], &report["rejected"]),
        (300, &json!(0)),
        "{report:#}"
    );
}

#[test]
fn a_second_signal_says_that_nothing_is_lost_and_what_goes_on() {
    let folder = Folder::new();
    let carrier = Running::start(&folder, &["accept-then-hang=100%"]);
    let project = campaign_by(&carrier.address, 5, 5);
    let mut run = run_until(&project, &carrier, 5);
    signal(&run, "-INT");
    let mut said = BufReader::new(run.stderr.take().expect("it is piped")).lines();
    let stopping = said.any(|line| line.expect("text").starts_with("stopping:"));
    assert!(stopping, "it says so");
    signal(&run, "-INT");
    let rest: Vec<String> = said.map(|line| line.expect("text")).collect();
    let rest = rest.join(" ");
    assert!(
        rest.contains("stopped without a report; nothing is lost")
            && rest.contains("settled when `crier run test.campaign.yaml` goes on"),
        "{rest}"
    );
    assert_eq!(run.wait().expect("it ends").code(), Some(130));
}

#[test]
fn while_nothing_is_taken_the_run_says_so_and_when_it_asks_again() {
    let folder = Folder::new();
    let carrier = Running::start(&folder, &["down=503"]);
    let project = campaign_by(&carrier.address, 5, 5);
    let (run, mut lines) = project.begin_run();
    let told = "nothing is taken now (`crier status` says why); tried again at ";
    assert!(lines.any(|line| line.contains(told)), "it says so");
    carrier.ask("PATCH", "/switches", &json!({ "down": "no" }));
    assert!(lines.any(|line| line.starts_with("5 of 5")), "it goes on");
    signal(&run, "-INT");
    drop(lines);
    run.wait_with_output().expect("it ends");
}

/// The page of docs/.
fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/carrier.md");
    std::fs::read_to_string(path).expect("the page")
}

/// Every switch that a table of docs/carrier.md names, with the default that it says.
fn documented() -> Vec<(String, String)> {
    let page = page();
    let cells = |line: &str| -> Option<(String, String)> {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let (name, default) = (cells.next()?.strip_suffix('`')?, cells.next()?);
        let default = if default == "empty" { "" } else { default };
        Some((name.to_owned(), default.trim_matches('`').to_owned()))
    };
    let switches = page
        .split("\n## ")
        .find(|section| section.starts_with("The switches"));
    switches.expect("the section").lines().filter_map(cells).collect()
}

#[test]
fn the_page_names_every_switch_with_its_default() {
    let switches = Switches::default().values().into_iter();
    let mut expected: Vec<(String, String)> = switches
        .map(|(name, default)| (name.to_owned(), default))
        .collect();
    let mut documented = documented();
    expected.sort();
    documented.sort();
    assert_eq!(documented, expected);
}

#[test]
fn the_examples_of_the_page_are_valid() {
    let page = page();
    let examples: Vec<&str> = page
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    let (projects, switches): (Vec<&str>, Vec<&str>) = examples
        .into_iter()
        .partition(|example| example.contains("providers:"));
    assert_eq!((projects.len(), switches.len()), (1, 1));
    let folder = Folder::new();
    folder.write("crier.yaml", projects[0]);
    folder.write(
        "hello.campaign.yaml",
        "audience: people.csv\nschedule: now\nmessage: \"Doors open at 8. STOP to opt out\"\n",
    );
    folder.write("people.csv", "phone\n+12015550123\n");
    let output = folder.output(&["validate", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let pairs = yaml_pairs(switches[0]).expect("switches");
    Switches::default().change(pairs).expect("switches that exist");
}
