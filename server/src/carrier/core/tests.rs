use expect_test::{Expect, expect};

use super::*;
use crate::carrier::ledger::Entries;
use crate::carrier::testing::{at, submit, switches, told};
use engine::provider::carrier::wire::Status;

const BATCH: [&str; 3] = ["A1", "A2", "A3"];

/// Submits a batch of three under one set of switches each: what is answered, the ledger, and what comes in.
fn check(cases: &[&[(&str, &str)]], expected: Expect) {
    let told = cases.iter().map(|changes| {
        let mut carrier = Carrier::new(switches(changes));
        let reaction = carrier.submit(&submit(&BATCH), at(0));
        let switched: Vec<String> = changes
            .iter()
            .map(|(name, text)| format!("{name}={text}"))
            .collect();
        format!(
            "{}\n  wire: {}\n  ledger: {}\n  inbound: {}\n",
            switched.join(" "),
            wire(&reaction.action),
            fates(&reaction.record),
            told(&carrier.inbound(100, at(60)).inbound).join(", "),
        )
    });
    expected.assert_eq(&told.collect::<String>());
}

fn wire(action: &Action) -> String {
    let (after, answer) = match action {
        Action::Reset(after) => return format!("reset after {after:?}"),
        Action::Hang => return "hang".to_owned(),
        Action::Answer(after, answer) => (after, answer),
    };
    let body = match &answer.body {
        Body::Submitted(submitted) => {
            let verdicts = submitted.messages.iter().map(|verdict| match verdict.status {
                Status::Accepted => format!("{} accepted", verdict.reference),
                Status::Queued => format!("{} queued", verdict.reference),
                Status::Refused => format!(
                    "{} {:?}",
                    verdict.reference,
                    verdict.code.expect("a refusal has a code")
                ),
            });
            verdicts.collect::<Vec<_>>().join(", ")
        }
        Body::LookedUp(found) => format!("known {:?}", found.known),
        Body::Trouble(trouble) => format!("{:?}: {}", trouble.code, trouble.reason),
        Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Body::Huge => "50 MB".to_owned(),
    };
    let drip = answer
        .drip
        .map_or(String::new(), |every| format!(" a byte every {every:?}"));
    let headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, text)| format!(" {name}: {text}"))
        .collect();
    let after = if after.is_zero() {
        String::new()
    } else {
        format!(" after {after:?}")
    };
    format!("{}{after}{drip}{} [{body}]", answer.status, headers.concat())
}

fn fates(record: &str) -> String {
    let fates = Entries::of(record.as_bytes()).map(|entry| match entry.expect("a line of the ledger") {
        Entry::Text(text) => format!("{} {:?}", text.reference, text.fate),
        other => format!("{other:?}"),
    });
    fates.collect::<Vec<_>>().join(", ")
}

#[test]
fn each_trouble_of_a_request() {
    check(
        &[
            &[],
            &[("latency", "200 ms")],
            &[("drip", "100%")],
            &[("5xx-but-sent", "100%")],
            &[("5xx-never-sent", "100%")],
            &[("accept-then-reset", "100%"), ("latency", "1 s")],
            &[("reset-never-sent", "100%")],
            &[("accept-then-hang", "100%")],
            &[("hang-never-sent", "100%")],
            &[("202-queued", "100%")],
            &[("200-hides-failure", "100%")],
            &[("batch-short", "100%")],
            &[("batch-reordered", "100%")],
            &[("garbage", "100%"), ("garbage-kind", "html")],
            &[("garbage", "100%"), ("garbage-kind", "bad-utf8")],
            &[("garbage", "100%"), ("garbage-kind", "huge")],
            &[("redirect", "100%")],
            &[("no-credit", "100%")],
            &[("spend-limit", "100%")],
            &[("account-barred", "100%")],
            &[("down", "503")],
            &[("down", "close")],
        ],
        expect![[r#"

              wire: 200 [A1 accepted, A2 accepted, A3 accepted]
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            latency=200 ms
              wire: 200 after 200ms [A1 accepted, A2 accepted, A3 accepted]
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            drip=100%
              wire: 200 a byte every 1s [A1 accepted, A2 accepted, A3 accepted]
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            5xx-but-sent=100%
              wire: 500 [Internal: trouble at the carrier]
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            5xx-never-sent=100%
              wire: 500 [Internal: trouble at the carrier]
              ledger: A1 Refused(Internal), A2 Refused(Internal), A3 Refused(Internal)
              inbound: 
            accept-then-reset=100% latency=1 s
              wire: reset after 1s
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            reset-never-sent=100%
              wire: reset after 0ns
              ledger: A1 Lost, A2 Lost, A3 Lost
              inbound: 
            accept-then-hang=100%
              wire: hang
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            hang-never-sent=100%
              wire: hang
              ledger: A1 Lost, A2 Lost, A3 Lost
              inbound: 
            202-queued=100%
              wire: 202 [A1 queued, A2 queued, A3 queued]
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            200-hides-failure=100%
              wire: 200 [A1 Internal, A2 Internal, A3 Internal]
              ledger: A1 Refused(Internal), A2 Refused(Internal), A3 Refused(Internal)
              inbound: 
            batch-short=100%
              wire: 200 [A1 accepted]
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            batch-reordered=100%
              wire: 200 [A3 accepted, A2 accepted, A1 accepted]
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            garbage=100% garbage-kind=html
              wire: 200 [<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>]
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            garbage=100% garbage-kind=bad-utf8
              wire: 200 [{"messages":[{"reference":"���("}]}]
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            garbage=100% garbage-kind=huge
              wire: 200 [50 MB]
              ledger: A1 Taken, A2 Taken, A3 Taken
              inbound: A3 delivered, A1 delivered, A2 delivered
            redirect=100%
              wire: 302 location: /moved []
              ledger: A1 Lost, A2 Lost, A3 Lost
              inbound: 
            no-credit=100%
              wire: 402 [NoCredit: the account has no credit]
              ledger: A1 Refused(NoCredit), A2 Refused(NoCredit), A3 Refused(NoCredit)
              inbound: 
            spend-limit=100%
              wire: 403 [SpendLimit: the account has reached its spend limit]
              ledger: A1 Refused(SpendLimit), A2 Refused(SpendLimit), A3 Refused(SpendLimit)
              inbound: 
            account-barred=100%
              wire: 401 [AccountBarred: the account is barred]
              ledger: A1 Refused(AccountBarred), A2 Refused(AccountBarred), A3 Refused(AccountBarred)
              inbound: 
            down=503
              wire: 503 [Internal: down for maintenance]
              ledger: 
              inbound: 
            down=close
              wire: reset after 0ns
              ledger: 
              inbound: 
        "#]],
    );
}

#[test]
fn each_form_of_retry_after() {
    let forms = ["seconds", "date", "ms", "none", "huge", "negative", "garbage"];
    let answers = forms.map(|form| {
        let changes = [
            ("429", "100%"),
            ("retry-after", form),
            ("retry-after-time", "1500 ms"),
        ];
        let reaction = Carrier::new(switches(&changes)).submit(&submit(&["A1"]), at(0));
        format!("{form}: {}\n", wire(&reaction.action))
    });
    expect![[r#"
        seconds: 429 retry-after: 2 [Throttled: too many requests]
        date: 429 retry-after: Thu, 09 Oct 2025 08:53:21 GMT [Throttled: too many requests]
        ms: 429 retry-after-ms: 1500 [Throttled: too many requests]
        none: 429 [Throttled: too many requests]
        huge: 429 retry-after: 999999999999 [Throttled: too many requests]
        negative: 429 retry-after: -5 [Throttled: too many requests]
        garbage: 429 retry-after: soon [Throttled: too many requests]
    "#]]
    .assert_eq(&answers.concat());
}

#[test]
fn each_refusal_of_a_text() {
    check(
        &[
            &[("sender-barred", "100%")],
            &[("unknown-number", "100%")],
            &[("landline", "100%")],
            &[("opted-out", "100%")],
            &[("unreachable", "100%")],
            &[("content", "100%")],
            &[("unknown-number", "50%"), ("landline", "50%")],
        ],
        expect![[r#"
            sender-barred=100%
              wire: 200 [A1 SenderBarred, A2 SenderBarred, A3 SenderBarred]
              ledger: A1 Refused(SenderBarred), A2 Refused(SenderBarred), A3 Refused(SenderBarred)
              inbound: 
            unknown-number=100%
              wire: 200 [A1 UnknownNumber, A2 UnknownNumber, A3 UnknownNumber]
              ledger: A1 Refused(UnknownNumber), A2 Refused(UnknownNumber), A3 Refused(UnknownNumber)
              inbound: 
            landline=100%
              wire: 200 [A1 Landline, A2 Landline, A3 Landline]
              ledger: A1 Refused(Landline), A2 Refused(Landline), A3 Refused(Landline)
              inbound: 
            opted-out=100%
              wire: 200 [A1 OptedOut, A2 OptedOut, A3 OptedOut]
              ledger: A1 Refused(OptedOut), A2 Refused(OptedOut), A3 Refused(OptedOut)
              inbound: 
            unreachable=100%
              wire: 200 [A1 Unreachable, A2 Unreachable, A3 Unreachable]
              ledger: A1 Refused(Unreachable), A2 Refused(Unreachable), A3 Refused(Unreachable)
              inbound: 
            content=100%
              wire: 200 [A1 Content, A2 Content, A3 Content]
              ledger: A1 Refused(Content), A2 Refused(Content), A3 Refused(Content)
              inbound: 
            unknown-number=50% landline=50%
              wire: 200 [A1 UnknownNumber, A2 UnknownNumber, A3 Landline]
              ledger: A1 Refused(UnknownNumber), A2 Refused(UnknownNumber), A3 Refused(Landline)
              inbound: 
        "#]],
    );
}

#[test]
fn a_reference_that_was_taken_is_refused_or_taken_again() {
    let answers = ["on", "off"].map(|on| {
        let mut carrier = Carrier::new(switches(&[("refuse-duplicate-ref", on)]));
        let first = wire(&carrier.submit(&submit(&["A1", "A2"]), at(0)).action);
        let second = wire(&carrier.submit(&submit(&["A2", "A3", "A3"]), at(1)).action);
        format!(
            "{on}: {first} {second}, {} duplicates\n",
            carrier.stats().duplicates
        )
    });
    expect![[r#"
        on: 200 [A1 accepted, A2 accepted] 200 [A2 DuplicateReference, A3 accepted, A3 DuplicateReference], 0 duplicates
        off: 200 [A1 accepted, A2 accepted] 200 [A2 accepted, A3 accepted, A3 accepted], 2 duplicates
    "#]].assert_eq(&answers.concat());
}

#[test]
fn what_was_taken_is_found_whatever_was_answered() {
    let ask = |changes: &[(&str, &str)]| {
        let mut carrier = Carrier::new(switches(changes));
        carrier.submit(&submit(&["A1"]), at(0));
        let references = vec!["A1".to_owned(), "B1".to_owned()];
        format!("{changes:?} {}\n", wire(&carrier.look_up(&LookUp { references })))
    };
    let answers = [
        ask(&[]),
        ask(&[("accept-then-hang", "100%")]),
        ask(&[("hang-never-sent", "100%")]),
        ask(&[("look-up", "off")]),
        ask(&[("look-up-fails", "100%")]),
        ask(&[("down", "close")]),
    ];
    expect![[r#"
        [] 200 [known ["A1"]]
        [("accept-then-hang", "100%")] 200 [known ["A1"]]
        [("hang-never-sent", "100%")] 200 [known []]
        [("look-up", "off")] 404 [Internal: this carrier cannot be asked]
        [("look-up-fails", "100%")] 503 [Internal: the look-up fails]
        [("down", "close")] reset after 0ns
    "#]]
    .assert_eq(&answers.concat());
}

#[test]
fn a_request_that_is_not_one_of_ours_is_refused_as_a_whole() {
    let refused = |change: fn(&mut Submit)| {
        let mut request = submit(&["A1", "A2"]);
        change(&mut request);
        let reaction = Carrier::default().submit(&request, at(0));
        assert_eq!(reaction.record, "");
        format!("{}\n", wire(&reaction.action))
    };
    let answers = [
        refused(|request| request.messages.clear()),
        refused(|request| request.messages[1].reference.clear()),
        refused(|request| request.messages[1].sender = "front\tdesk".into()),
        refused(|request| request.messages[1].to = "4155550101".into()),
        refused(|request| request.messages[1].to = "+12".into()),
    ];
    expect![[r#"
        400 [Content: a request has at least one message]
        400 [Content: reference and sender are at most 200 bytes without control characters]
        400 [Content: reference and sender are at most 200 bytes without control characters]
        400 [Content: a number is a plus and 7 to 15 digits]
        400 [Content: a number is a plus and 7 to 15 digits]
    "#]]
    .assert_eq(&answers.concat());
}

#[test]
fn trouble_may_have_an_end() {
    let mut carrier = Carrier::new(switches(&[("429", "100%"), ("first", "2")]));
    let status = |carrier: &mut Carrier| match carrier.submit(&submit(&["A1"]), at(0)).action {
        Action::Answer(_, answer) => answer.status,
        other => panic!("{other:?}"),
    };
    let before = [(); 3].map(|()| status(&mut carrier));
    carrier.switch(switches(&[("429", "100%"), ("first", "1")]), at(1));
    let after = [(); 2].map(|()| status(&mut carrier));
    assert_eq!((before, after), ([429, 429, 200], [429, 200]));
}

#[test]
fn a_request_tried_again_has_another_chance() {
    let mut carrier = Carrier::new(switches(&[("5xx-never-sent", "50%")]));
    let mut statuses = (0..20).map(|_| wire(&carrier.submit(&submit(&["A1"]), at(0)).action)[..1].to_owned());
    let all: String = statuses.by_ref().collect();
    assert!(all.contains('2') && all.contains('5'), "{all}");
}

#[test]
fn pages_begin_with_the_earliest_until_they_are_acknowledged() {
    let mut carrier = Carrier::new(switches(&[("receipt-delay", "2 s")]));
    carrier.submit(&submit(&["A1", "A2"]), at(0));
    carrier.submit(&submit(&["A3"]), at(5));
    let mut log = vec![];
    let mut page = |carrier: &mut Carrier, limit, now| {
        let page = carrier.inbound(limit, at(now));
        log.push(format!(
            "{now} s: {} mark {} next {:?}\n",
            told(&page.inbound).join(", "),
            page.mark,
            page.next_in_ms
        ));
        page.mark
    };
    page(&mut carrier, 9, 1);
    page(&mut carrier, 1, 2);
    let mark = page(&mut carrier, 1, 2);
    let acknowledged = carrier.acknowledge(mark, at(2));
    assert_eq!(carrier.acknowledge(mark, at(2)), "", "once is enough");
    page(&mut carrier, 9, 3);
    let mark = page(&mut carrier, 9, 7);
    carrier.acknowledge(mark, at(7));
    page(&mut carrier, 9, 7);
    expect![[r#"
        1 s:  mark 0 next Some(1000)
        2 s: A1 delivered mark 1 next Some(0)
        2 s: A1 delivered mark 1 next Some(0)
        3 s: A2 delivered mark 2 next Some(4000)
        7 s: A2 delivered, A3 delivered mark 3 next None
        7 s:  mark 3 next None
        ack	1760000002000	0.0
    "#]]
    .assert_eq(&(log.concat() + &acknowledged));
    let stats = carrier.stats();
    assert_eq!((stats.inbound_pending, stats.inbound_acknowledged), (0, 3));
}

#[test]
fn a_carrier_of_its_ledger_goes_on_where_it_was() {
    let changes = [
        ("receipt-delay", "1 s"),
        ("replies", "50%"),
        ("receipt-repeated", "50%"),
        ("unreachable", "30%"),
    ];
    let mut carrier = Carrier::new(switches(&changes));
    let mut ledger = carrier.start(at(0));
    for n in 0..40 {
        let references = [format!("A{n}"), format!("B{n}")];
        let references: Vec<&str> = references.iter().map(String::as_str).collect();
        ledger += &carrier.submit(&submit(&references), at(n)).record;
        if n % 10 == 9 {
            let mark = carrier.inbound(7, at(n)).mark;
            ledger += &carrier.acknowledge(mark, at(n));
        }
        if n == 20 {
            ledger += &carrier.switch(switches(&[("delivered", "0%"), ("reply-text", "no")]), at(n));
        }
    }
    let stale = carrier.inbound(10, at(100)).mark;
    let now = carrier.switches().clone();
    let mut again = Carrier::restore(now, Entries::of(ledger.as_bytes())).expect("a ledger of its own");
    let requests = carrier.stats().requests;
    assert_eq!(
        Stats {
            requests,
            ..again.stats()
        },
        carrier.stats()
    );
    let said = |carrier: &mut Carrier| {
        let mut said = told(&carrier.inbound(10_000, at(100)).inbound);
        said.sort();
        said
    };
    assert_eq!(said(&mut again), said(&mut carrier));
    assert!(!said(&mut again).is_empty());
    let references: Vec<String> = (0..40).map(|n| format!("A{n}")).collect();
    let request = LookUp { references };
    assert_eq!(again.look_up(&request), carrier.look_up(&request));
    assert_eq!(again.acknowledge(stale, at(100)), "", "a mark of an earlier run");
}

#[test]
fn outcomes_depend_on_no_reference_and_no_order() {
    let changes = [("delivered", "50%"), ("replies", "50%"), ("receipt-lost", "20%")];
    let story = |prefix: &str, backwards: bool| {
        let mut carrier = Carrier::new(switches(&changes));
        let mut request = submit(&[""; 200]);
        for (n, text) in request.messages.iter_mut().enumerate() {
            text.reference = format!("{prefix}{n}");
            text.to = format!("+1415555{:04}", 100 + n);
        }
        if backwards {
            request.messages.reverse();
        }
        carrier.submit(&request, at(0));
        let mut told = told(&carrier.inbound(1_000, at(60)).inbound);
        told.sort();
        told.iter()
            .map(|said| said.replace(prefix, ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(story("A", false), story("B", true));
}
