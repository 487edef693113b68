use expect_test::{Expect, expect};

use super::*;

/// Sets by one line of YAML each and says what differs from a carrier without trouble.
fn check(lines: &[&str], expected: Expect) {
    let told = lines.iter().map(|line| {
        let mut switches = Switches::default();
        let told = match yaml_pairs(line).and_then(|pairs| switches.change(pairs)) {
            Ok(()) => differences(&switches),
            Err(error) => error
                .to_string()
                .split("; the switches are")
                .next()
                .expect("a sentence")
                .to_owned(),
        };
        format!("{line} -> {told}\n")
    });
    expected.assert_eq(&told.collect::<String>());
}

fn differences(switches: &Switches) -> String {
    let before = Switches::default().values();
    let changed = switches
        .values()
        .into_iter()
        .zip(before)
        .filter(|(now, before)| now != before);
    let told: Vec<String> = changed
        .map(|((name, text), _)| format!("{name}={text}"))
        .collect();
    told.join(" ")
}

#[test]
fn each_kind_of_value_has_its_forms() {
    check(
        &[
            "latency: 200 ms",
            "latency: 20ms..2s",
            "latency: 0",
            "receipt-late-by: 72 h",
            "latency: 200",
            "latency: 2 s..1 s",
            "latency: 99999999999999999999 s",
            "latency: 400 d",
            "429: 5%",
            "429: 0.05",
            "down: 503",
            "down: close",
            "down: maybe",
            "look-up: off",
            "look-up: false",
            "look-up: 1",
            "retry-after: none",
            "seed: 7",
            "seed: -1",
            "receipt-times: 100",
            "receipt-times: 101",
            "receipt-times: 0",
            "reply-text: STOP",
        ],
        expect![[r#"
            latency: 200 ms -> latency=200 ms
            latency: 20ms..2s -> latency=20 ms..2 s
            latency: 0 -> 
            receipt-late-by: 72 h -> 
            latency: 200 -> the switch latency cannot be "200": write a time as `200 ms`, `2 s`, `5 min`, `72 h` or `3 d`, or a range as `20 ms..2 s`
            latency: 2 s..1 s -> the switch latency cannot be "2 s..1 s": the range begins after its end
            latency: 99999999999999999999 s -> the switch latency cannot be "99999999999999999999 s": write a time as `200 ms`, `2 s`, `5 min`, `72 h` or `3 d`, or a range as `20 ms..2 s`
            latency: 400 d -> the switch latency cannot be "400 d": at most 366 days
            429: 5% -> 429=5%
            429: 0.05 -> the switch 429 cannot be "0.05": did you mean "5%"?
            down: 503 -> down=503
            down: close -> down=close
            down: maybe -> the switch down cannot be "maybe": write one of no, 503, close
            look-up: off -> look-up=off
            look-up: false -> look-up=off
            look-up: 1 -> the switch look-up cannot be "1": write `on` or `off`
            retry-after: none -> retry-after=none
            seed: 7 -> seed=7
            seed: -1 -> the switch seed cannot be "-1": write a whole number from 0
            receipt-times: 100 -> receipt-times=100
            receipt-times: 101 -> the switch receipt-times cannot be "101": write a whole number from 1 to 100
            receipt-times: 0 -> the switch receipt-times cannot be "0": write a whole number from 1 to 100
            reply-text: STOP -> reply-text=STOP
        "#]],
    );
}

#[test]
fn names_shapes_and_sums_are_held() {
    check(
        &[
            "latencyy: 1 s",
            "[latency]",
            "latency: [1 s]",
            "latency:",
            "",
            "{ 429: 60%, drip: 50% }",
            "{ landline: 60%, opted-out: 50% }",
            "{ 429: 60%, landline: 60%, unreachable: 60% }",
        ],
        expect![[r#"
            latencyy: 1 s -> there is no switch "latencyy"; did you mean "latency"?
            [latency] -> these are no switches: write a line `name: value` each
            latency: [1 s] -> these are no switches: write a line `name: value` each
            latency: -> these are no switches: write a line `name: value` each
             -> 
            { 429: 60%, drip: 50% } -> the troubles of a request exclude each other, and come to 110% together: at most 100%
            { landline: 60%, opted-out: 50% } -> unknown-number, landline and opted-out exclude each other, and come to 110% together: at most 100%
            { 429: 60%, landline: 60%, unreachable: 60% } -> 429=60% landline=60% unreachable=60%
        "#]],
    );
    let error = Switches::default()
        .change([("x", "1")])
        .expect_err("refused")
        .to_string();
    let names = Switches::NAMES.iter().map(|(name, _)| *name);
    names.for_each(|name| assert!(error.contains(name), "{name}: {error}"));
}

#[test]
fn what_is_shown_is_read_again_and_a_bad_one_changes_nothing() {
    let mut switches = Switches::default();
    let changes = [("429", "12.5%"), ("latency", "1 ms..90 s"), ("receipts", "off")];
    switches.change(changes).expect("switches");
    let mut again = Switches::default();
    again.change_by_json(&switches.json()).expect("switches");
    assert_eq!(again, switches);
    again.change([("seed", "9"), ("down", "x")]).expect_err("refused");
    assert_eq!(again, switches);
}

#[test]
fn every_fault_is_a_switch() {
    let faults = Switches::default().faults();
    assert_eq!(faults.len(), Fault::ALL.len());
    for (fault, _) in faults {
        let mut switches = Switches::default();
        switches.change([(fault.word(), "100%")]).expect("switches");
        let hit: Vec<Fault> = switches
            .faults()
            .iter()
            .filter(|(_, share)| share.0 > 0.0)
            .map(|(fault, _)| *fault)
            .collect();
        assert_eq!(hit, [fault]);
    }
}
