//! What is said of a key in a map that has no such key: what it is meant to be where that is known, and never what leads
//! astray.

use super::support;

use std::fmt::Write;

use dsl::diagnostic::Applicability;
use expect_test::{Expect, expect};

const LISTS: &str = "audience: lists/customers.csv\n";
const NOW: &str = "schedule: now\n";
const TEXT: &str = "message: \"Doors open. STOP to opt out\"\n";
const STEPS: &str = "messages: { a: \"Doors. STOP to opt out\", b: \"Hi\" }\nsteps:\n  - send: a\n";
const PROJECT: &str = "crier: 1\nproviders: { sim: { kind: simulated } }\n";

/// Of each file, without what is no error: message, help, and what is offered.
fn check(name: &str, files: &[String], expected: Expect) {
    let mut table = String::new();
    for text in files {
        let (text, found) = support::check(name, text.as_bytes());
        let last = text.trim_end().lines().last().unwrap_or_default();
        writeln!(table, "{}", last.trim()).expect("a text takes all");
        for found in found.iter().filter(|found| found.is_error()) {
            let help = found.help.as_deref().unwrap_or("-");
            let offered = found.suggestion.as_ref().map_or(String::new(), |suggestion| {
                let sure = match suggestion.applicability {
                    Applicability::Safe => "safe",
                    Applicability::Unsure => "unsure",
                };
                format!(" [{sure}: {}]", suggestion.replacement)
            });
            writeln!(table, "  {}: {} | {help}{offered}", found.code, found.message)
                .expect("a text takes all");
        }
    }
    expected.assert_eq(&table);
}

fn campaigns(files: &[String], expected: Expect) {
    check("doors.campaign.yaml", files, expected);
}

fn projects(lines: &[&str], expected: Expect) {
    let files: Vec<String> = lines.iter().map(|line| format!("{PROJECT}{line}\n")).collect();
    check("keys.crier.yaml", &files, expected);
}

#[test]
fn a_key_of_a_campaign_is_told_as_what_is_meant() {
    let beside = |line: &str| format!("{LISTS}{NOW}{TEXT}{line}\n");
    let mut files: Vec<String> = [
        "region: IT",
        "to: lists/customers.csv",
        "body: \"Hi\"",
        "sendAt: 2027-01-01 10:00",
        "goal: { when: replied(), for: 7 days }",
        "limits: { budget_per_month: 5 EUR }",
        "tests: [{ test: a, phone: \"+12125550101\", story: [{ expect: message }] }]",
        "replies: [{ words: [a], message: message }]",
    ]
    .map(beside)
    .to_vec();
    let in_place_of_text = [
        "testo: \"Hi. STOP to opt out\"",
        "texts: \"Hi. STOP to opt out\"",
        "messages: \"Hi. STOP to opt out\"",
        "mesage: \"Hi. STOP to opt out\"",
        "Message: \"Hi. STOP to opt out\"",
    ];
    files.extend(in_place_of_text.map(|line| format!("{LISTS}{NOW}{line}\n")));
    let in_place_of_time = [
        "sendAt: 2027-01-01 10:00",
        "trigger: 2027-01-01 10:00",
        "schedule: { at: 2027-01-01 10:00, start: 2027-01-01 10:00 }",
        "schedule: { start: 2027-01-01 10:00 }",
    ];
    files.extend(in_place_of_time.map(|line| format!("{LISTS}{TEXT}{line}\n")));
    files.push(format!(
        "{NOW}{TEXT}audience: {{ from: lists/customers.csv, phone: Mobile }}\n"
    ));
    campaigns(
        &files,
        expect![[r#"
        region: IT
          unknown-key: "region" is not a key of a campaign | that of these lists stands under `audience`, that of all campaigns in crier.yaml
        to: lists/customers.csv
          unknown-key: "to" is not a key of a campaign | is it meant to be "audience"? that is there already: keep one of them
        body: "Hi"
          unknown-key: "body" is not a key of a campaign | is it meant to be "message"? that is there already: keep one of them
        sendAt: 2027-01-01 10:00
          unknown-key: "sendAt" is not a key of a campaign | is it meant to be "schedule"? that is there already: keep one of them
        goal: { when: replied(), for: 7 days }
          unknown-key: "for" is not a key of `goal` | did you mean "within"? [unsure: within]
        limits: { budget_per_month: 5 EUR }
          unknown-key: "budget_per_month" is not a key of `limits` | did you mean "budget"? [unsure: budget]
        tests: [{ test: a, phone: "+12125550101", story: [{ expect: message }] }]
          test-needs-time: the schedule gives this story no time to begin at | add one: `at: 2026-12-01 09:00`
          unknown-key: "phone" is not a key of a test | it is the person's: `person: { phone: "+12125550101" }`
        replies: [{ words: [a], message: message }]
          unknown-key: "message" is not a key of a rule | did you mean "send"? [unsure: send]
        testo: "Hi. STOP to opt out"
          unknown-key: "testo" is not a key of a campaign | did you mean "message"? [unsure: message]
        texts: "Hi. STOP to opt out"
          unknown-key: "texts" is not a key of a campaign | did you mean "message"? [unsure: message]
        messages: "Hi. STOP to opt out"
          wrong-type: this is one text, which stands under "message", not under "messages" | write `message` in its place [unsure: message]
        mesage: "Hi. STOP to opt out"
          unknown-key: "mesage" is not a key of a campaign | did you mean "message"? [safe: message]
        Message: "Hi. STOP to opt out"
          unknown-key: "Message" is not a key of a campaign | did you mean "message"? [safe: message]
        sendAt: 2027-01-01 10:00
          unknown-key: "sendAt" is not a key of a campaign | did you mean "schedule"? [unsure: schedule]
        trigger: 2027-01-01 10:00
          wrong-type: this is a time, which stands under "schedule", not under "trigger" | write `schedule` in its place [unsure: schedule]
        schedule: { at: 2027-01-01 10:00, start: 2027-01-01 10:00 }
          unknown-key: "start" is not a key of `schedule` | did you mean "from"? [unsure: from]
        schedule: { start: 2027-01-01 10:00 }
          unknown-key: "start" is not a key of `schedule` | did you mean "at"? [unsure: at]
        audience: { from: lists/customers.csv, phone: Mobile }
          unknown-key: "phone" is not a key of `audience` | which column it is stands under `columns`: `columns: { phone: Mobile }`
    "#]],
    );
}

#[test]
fn a_key_of_a_step_is_told_as_what_is_meant() {
    let steps = [
        "- { ask: b, for: 2 days, replies: [{ words: [a], tag: x }] }",
        "- { ask: b, for: 2 days, no_reply: { send: a } }",
        "- { ask: b, for: 2 days, otherwise: { send: a } }",
        "- { ask: b, for: 2 days, timeout: { send: a } }",
        "- { ask: b, timeout: 2 days }",
        "- { send: a, message: b }",
        "- { send: a, text: \"Hi\" }",
        "- { text: \"Hi\" }",
        "- { pause: 2 days }",
        "- { add_tag: x }",
        "- { unset: city }",
    ];
    let files = steps.map(|step| format!("{LISTS}{NOW}{STEPS}  {step}\n"));
    campaigns(
        &files,
        expect![[r#"
        - { ask: b, for: 2 days, replies: [{ words: [a], tag: x }] }
          unknown-key: "replies" is not a key of a step | did you mean "answers"? [unsure: answers]
        - { ask: b, for: 2 days, no_reply: { send: a } }
          unknown-key: "no_reply" is not a key of a step | did you mean "silence"? [unsure: silence]
        - { ask: b, for: 2 days, otherwise: { send: a } }
          unknown-key: "otherwise" is not a key of a step | who does not answer goes on under `silence`; what no other answer takes is the last of `answers`: `- { otherwise: … }`
        - { ask: b, for: 2 days, timeout: { send: a } }
          unknown-key: "timeout" is not a key of a step | did you mean "silence"? [unsure: silence]
        - { ask: b, timeout: 2 days }
          unknown-key: "timeout" is not a key of a step | did you mean "for"? [unsure: for]
        - { send: a, message: b }
          unknown-key: "message" is not a key of a step | is it meant to be "send"? that is there already: keep one of them
        - { send: a, text: "Hi" }
          unknown-key: "text" is not a key of a step | it is a key of `send`: write it there
        - { text: "Hi" }
          unknown-step: there is no step "text" | it is a key of `send`: write it there
        - { pause: 2 days }
          unknown-step: there is no step "pause" | did you mean "wait"? [unsure: wait]
        - { add_tag: x }
          unknown-step: there is no step "add_tag" | did you mean "tag"? [unsure: tag]
        - { unset: city }
          unknown-step: there is no step "unset" | `untag: city` takes off a tag, `set: { city: … }` writes another value
    "#]],
    );
}

#[test]
fn a_key_of_a_project_is_told_as_what_is_meant() {
    let lines = [
        "lists: { l: { file: lists/customers.csv, phone: Mobile } }",
        "lists: { l: { query: \"select phone from x\" } }",
        "inboxes: { d: { number: \"+12125550100\" } }",
        "senders: { arena: { number: \"+12125550100\", provider: sim, kind: simulated } }",
        "senders: { arena: { number: \"+12125550100\", provider: sim, country: IT } }",
        "senders: { arena: { number: \"+12125550100\", provider: sim, fallback: sim } }",
        "senders: { arena: { number: \"+12125550100\", provider: sim, speed: 5/s } }",
        "policy: { quiet: 21:00-09:00 }",
        "policy: { opt_out: [basta] }",
        "store: { path: x.db }",
        "mail: { host: smtp.x, from: a@b.example }",
        "name: x",
        "pricing: prices.csv",
    ];
    projects(
        &lines,
        expect![[r#"
        lists: { l: { file: lists/customers.csv, phone: Mobile } }
          unknown-key: "phone" is not a key of a list | which column it is stands under `columns`: `columns: { phone: Mobile }`
        lists: { l: { query: "select phone from x" } }
          unknown-key: "query" is not a key of a list | did you mean "sql"? [unsure: sql]
        inboxes: { d: { number: "+12125550100" } }
          unknown-key: "number" is not a key of an inbox | did you mean "phone"? [unsure: phone]
        senders: { arena: { number: "+12125550100", provider: sim, kind: simulated } }
          unknown-key: "kind" is not a key of a sender | what it goes by is its `provider`, and the kind of that stands under `providers`
        senders: { arena: { number: "+12125550100", provider: sim, country: IT } }
          unknown-key: "country" is not a key of a sender | did you mean "countries"? [unsure: countries]
        senders: { arena: { number: "+12125550100", provider: sim, fallback: sim } }
          unknown-key: "fallback" is not a key of a sender | did you mean "then"? [unsure: then]
        senders: { arena: { number: "+12125550100", provider: sim, speed: 5/s } }
          unknown-key: "speed" is not a key of a sender | did you mean "rate"? [unsure: rate]
        policy: { quiet: 21:00-09:00 }
          unknown-key: "quiet" is not a key of `policy` | did you mean "quiet_hours"? [unsure: quiet_hours]
        policy: { opt_out: [basta] }
          unknown-key: "opt_out" is not a key of `policy` | did you mean "opt_out_words"? [unsure: opt_out_words]
        store: { path: x.db }
          unknown-key: "path" is not a key of `store` | did you mean "sqlite"? [unsure: sqlite]
        mail: { host: smtp.x, from: a@b.example }
          unknown-key: "host" is not a key of `mail` | did you mean "smtp"? [unsure: smtp]
        name: x
          unknown-key: "name" is not a key of crier.yaml | did you mean "project"? [unsure: project]
        pricing: prices.csv
          unknown-key: "pricing" is not a key of crier.yaml | did you mean "prices"? [unsure: prices]
    "#]],
    );
    let provider = |line: &str| format!("crier: 1\nproviders: {{ sim: {{ kind: simulated, {line} }} }}\n");
    let files = ["speed: 100/s", "speed: 100", "sede: 5", "rated: 5/s", "seeds: x"].map(provider);
    check(
        "keys.crier.yaml",
        &files,
        expect![[r#"
        providers: { sim: { kind: simulated, speed: 100/s } }
          unknown-key: "speed" is not a key of a simulated provider | did you mean "rate"? [unsure: rate]
        providers: { sim: { kind: simulated, speed: 100 } }
          unknown-key: "speed" is not a key of a simulated provider | did you mean "rate"? [unsure: rate]
        providers: { sim: { kind: simulated, sede: 5 } }
          unknown-key: "sede" is not a key of a simulated provider | did you mean "seed"? [safe: seed]
        providers: { sim: { kind: simulated, rated: 5/s } }
          unknown-key: "rated" is not a key of a simulated provider | did you mean "rate"? [safe: rate]
        providers: { sim: { kind: simulated, seeds: x } }
          unknown-key: "seeds" is not a key of a simulated provider | did you mean "seed"? [unsure: seed]
    "#]],
    );
}

#[test]
fn one_slip_is_told_once_and_what_is_offered_repairs_it() {
    let beside = |text: &str| format!("{LISTS}{NOW}{text}\n");
    let mut files: Vec<String> = [
        "message:\n  Doors open at nine: come\n  STOP to opt out",
        "message:\"Doors open. STOP to opt out\"",
        "audience:[lists/customers.csv]",
        "fields: { vip: { type: decimal, default: 2,5 } }\nmessage: \"Doors. STOP to opt out\"",
    ]
    .map(beside)
    .to_vec();
    let rules = [
        "        - otherwise:\n          send: b",
        "        - else:\n          send: b",
        "        - when: tagged(\"y\")\n          do:\n          send: b",
    ];
    let choose = |rule: &str| {
        let first = "  - choose:\n        - when: tagged(\"x\")\n          send: a\n";
        format!("{LISTS}{NOW}{STEPS}{first}{rule}\n")
    };
    files.extend(rules.map(choose));
    let schedules = [
        "schedule: { at: 2027-01-04 10:00, days: mon, tue }",
        "schedule: { at: 2027-01-04 10:00, days: mon, tue, wed }",
        "schedule:\n  at: 2027-01-04 10:00\n  days: mon, tue",
        "schedule: “2027-01-01 10:00”",
    ];
    files.extend(schedules.map(|schedule| format!("{LISTS}{TEXT}{schedule}\n")));
    let curly = [
        "timezone: “Europe/Rome”",
        "sender: “arena”",
        "languages: [“en”]",
        "replies: “none”",
        "limits: { rate: ‘5/s’ }",
    ];
    files.extend(curly.map(|line| format!("{LISTS}{NOW}{TEXT}{line}\n")));
    files.push(format!("{NOW}{TEXT}audience: “lists/customers.csv”\n"));
    files.push(format!("{NOW}{TEXT}audience: [\"+12125550101\"]\n"));
    files.push(format!(
        "{LISTS}{TEXT}fields: {{ born: datum }}\nschedule: {{ date: born, at: \"10:00\" }}\n"
    ));
    let words = [
        "fields: { data: { tipo: date, format: DD/MM/YYYY } }",
        "replies: desk(at)arena.example",
    ];
    files.extend(words.map(|line| format!("{LISTS}{NOW}{TEXT}{line}\n")));
    let days = ["days: [lun, mar]", "days: [mo, di]"];
    files.extend(days.map(|days| format!("{LISTS}{TEXT}schedule: {{ at: 2027-01-04 10:00, {days} }}\n")));
    files.push(format!("{LISTS}{NOW}{STEPS}  - wait: 18.00\n"));
    files.push(format!(
        "{LISTS}{NOW}{STEPS}  - send: b\n    when: days_until(city) > 3\nfields: {{ city: datum }}\n"
    ));
    files.push(format!(
        "{LISTS}{NOW}message: \"{{{{upper {{{{city}}}}}}}} STOP to opt out\"\n"
    ));
    campaigns(
        &files,
        expect![[r#"
            STOP to opt out
              quote-the-text: the text of "message" has a colon in it, which YAML reads as the end of a key | a text with a colon in it needs quotes [unsure: "Doors open at nine: come STOP to opt out"]
            message:"Doors open. STOP to opt out"
              invalid-yaml: a space is missing after `message:`, so that this is one word | a colon and a space stand behind each key [unsure: : ]
            audience:[lists/customers.csv]
              invalid-yaml: a space is missing after `audience:`, so that this is one word | a colon and a space stand behind each key [unsure: : ]
            message: "Doors. STOP to opt out"
              text-cut-by-comma: the text ends at the comma, so that "5" is read as a key | a point stands before decimals: `2.5` [unsure: 2.5]
            send: b
              wrong-type: what "otherwise" holds stands as far left as it | put two spaces before each of these lines [unsure:   send: b]
            send: b
              wrong-type: what "else" holds stands as far left as it | write `otherwise`, and put two spaces before each of these lines [unsure: otherwise:
                        send: b]
            send: b
              wrong-type: what "do" holds stands as far left as it | put two spaces before each of these lines [unsure:   send: b]
            schedule: { at: 2027-01-04 10:00, days: mon, tue }
              text-cut-by-comma: the text ends at the comma, so that "tue" is read as a key | a list stands in brackets: `[mon, tue]` [unsure: [mon, tue]]
            schedule: { at: 2027-01-04 10:00, days: mon, tue, wed }
              text-cut-by-comma: the text ends at the comma, so that "tue, wed" are read as keys | a list stands in brackets: `[mon, tue, wed]` [unsure: [mon, tue, wed]]
            days: mon, tue
              unknown-day: "mon, tue" is one text, with commas in it | a list stands in brackets [safe: [mon, tue]]
            schedule: “2027-01-01 10:00”
              quote-the-text: the curly quotes belong to the value | straight quotes stand around a value, or none [unsure: "2027-01-01 10:00"]
            timezone: “Europe/Rome”
              quote-the-text: the curly quotes belong to the value | straight quotes stand around a value, or none [unsure: "Europe/Rome"]
            sender: “arena”
              quote-the-text: the curly quotes belong to the value | straight quotes stand around a value, or none [unsure: "arena"]
            languages: [“en”]
              quote-the-text: the curly quotes belong to the value | straight quotes stand around a value, or none [unsure: "en"]
            replies: “none”
              quote-the-text: the curly quotes belong to the value | straight quotes stand around a value, or none [unsure: "none"]
            limits: { rate: ‘5/s’ }
              quote-the-text: the curly quotes belong to the value | straight quotes stand around a value, or none [unsure: "5/s"]
            audience: “lists/customers.csv”
              quote-the-text: the curly quotes belong to the value | straight quotes stand around a value, or none [unsure: "lists/customers.csv"]
            audience: ["+12125550101"]
              wrong-type: "audience" must be a path or the name of a list, or a map of `from`, `columns`, `region` and so on | people stand in a file, one a line below `phone`: `audience: lists/people.csv`
            schedule: { date: born, at: "10:00" }
              column-missing: field "born" is not a column of "lists/customers.csv" | the columns are "phone", "first_name", "city" and "age"; give the field a `default`, or say its column in `columns`
              unknown-value: "datum" is none of "text", "int", "decimal", "bool", "date" and "time" | did you mean "date"? [unsure: date]
            fields: { data: { tipo: date, format: DD/MM/YYYY } }
              column-missing: field "data" is not a column of "lists/customers.csv" | the columns are "phone", "first_name", "city" and "age"; give the field a `default`, or say its column in `columns`
              unknown-key: "tipo" is not a key of a field | did you mean "type"? [unsure: type]
            replies: desk(at)arena.example
              bad-address: "desk(at)arena.example" is not an e-mail address | did you mean "desk@arena.example"? [unsure: desk@arena.example]
            schedule: { at: 2027-01-04 10:00, days: [lun, mar] }
              unknown-day: "lun" is not a day | did you mean "mon"? [unsure: mon]
              unknown-day: "mar" is not a day | did you mean "tue"? [unsure: tue]
            schedule: { at: 2027-01-04 10:00, days: [mo, di] }
              unknown-day: "mo" is not a day | did you mean "mon"? [unsure: mon]
              unknown-day: "di" is not a day | did you mean "tue"? [unsure: tue]
            - wait: 18.00
              message-never-sent: nothing sends the message "b" | send it in a step (`- send: b`), or remove it
              bad-duration: "18.00" is not a duration | did you mean "18:00"? [unsure: 18:00]
            fields: { city: datum }
              unknown-value: "datum" is none of "text", "int", "decimal", "bool", "date" and "time" | did you mean "date"? [unsure: date]
            message: "{{upper {{city}}}} STOP to opt out"
              bad-template: "{{" is not closed by "}}" | a value is written `{{first_name}}`, a helper `{{upper first_name}}`
        "#]],
    );
    let lines = [
        "policy: { opt_out_words: stop it, basta }",
        "senders: { arena: { number: 12125550100, provider: sim } }",
        "senders: { arena: { number: 3331234567, provider: sim } }",
        "inboxes: { d: { phone: 12125550100 } }",
    ];
    projects(
        &lines,
        expect![[r#"
            policy: { opt_out_words: stop it, basta }
              text-cut-by-comma: the text ends at the comma, so that "basta" is read as a key | a list stands in brackets: `[stop it, basta]` [unsure: [stop it, basta]]
            senders: { arena: { number: 12125550100, provider: sim } }
              bad-sender: "12125550100" has no country code; write it as +12125550100 or set the region | write the full number in quotes: "+12125550100" [unsure: "+12125550100"]
            senders: { arena: { number: 3331234567, provider: sim } }
              bad-sender: "3331234567" has no country code; write it as +39... or set the region | write the full number in quotes, such as "+390612345678"
            inboxes: { d: { phone: 12125550100 } }
              bad-sender: "12125550100" has no country code; write it as +12125550100 or set the region | write the full number in quotes: "+12125550100" [unsure: "+12125550100"]
              sender-missing: no sender texts this number: crier.yaml names none for all | add one under `senders`
        "#]],
    );
}
