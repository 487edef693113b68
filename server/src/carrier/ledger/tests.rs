use expect_test::expect;
use proptest::prelude::{any, proptest};

use super::*;

fn text(reference: &str, fate: Fate, fault: Option<Fault>) -> String {
    let mut record = String::new();
    let at = DateTime::from_timestamp_millis(1_760_000_000_123).expect("an instant");
    let to = PhoneNumber::from_u64(14_155_550_101).expect("a number");
    let text_hash = text_hash("Doors open at 8");
    let line = Line::Text {
        fate,
        fault,
        reference,
        to,
        text_hash,
        sender: "front desk",
    };
    write(&mut record, at, &line);
    record
}

fn entries(ledger: &str) -> Vec<Result<Entry, String>> {
    let entries = Entries::of(ledger.as_bytes());
    entries
        .map(|entry| entry.map_err(|error| error.to_string()))
        .collect()
}

fn sample() -> String {
    let at = DateTime::from_timestamp_millis(1_760_000_000_000).expect("an instant");
    let mut switches = Switches::default();
    switches
        .change([("reply-text", "tab\tand\nline")])
        .expect("switches");
    let mut record = String::new();
    write(&mut record, at, &Line::Started(&switches));
    record += &text("A1", Fate::Taken, Some(Fault::ServerErrorButSent));
    record += &text("A2", Fate::Refused(Code::NoCredit), None);
    record += &text("A3", Fate::Lost, Some(Fault::ResetNeverSent));
    write(&mut record, at, &Line::Acknowledged(&[(0, 0), (12, 3)]));
    write(&mut record, at, &Line::Switched(&Switches::default()));
    record
}

#[test]
fn a_line_is_a_text_and_a_text_a_line() {
    let sample = sample();
    let shown: Vec<&str> = sample.lines().skip(1).take(4).collect();
    expect![[r#"
        text	1760000000123	taken	5xx-but-sent	A1	14155550101	HASH	front desk
        text	1760000000123	no-credit	-	A2	14155550101	HASH	front desk
        text	1760000000123	lost	reset-never-sent	A3	14155550101	HASH	front desk
        ack	1760000000000	0.0,12.3"#]]
    .assert_eq(
        &shown
            .join("\n")
            .replace(&format!("{:016x}", text_hash("Doors open at 8")), "HASH"),
    );
    let read: Vec<Entry> = entries(&sample)
        .into_iter()
        .map(|entry| entry.expect("a line of the ledger"))
        .collect();
    assert_eq!(read.len(), 6);
    assert!(
        matches!(&read[0], Entry::Started(_, switches) if switches.reply_text == "tab\tand\nline"),
        "{read:?}"
    );
    assert!(matches!(&read[4], Entry::Acknowledged(_, items) if *items == [(0, 0), (12, 3)]));
}

#[test]
fn wherever_a_kill_cuts_it_the_whole_lines_are_read() {
    let sample = sample();
    for cut in 0..=sample.len() {
        let whole = sample.as_bytes()[..cut]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let read = entries(&sample[..cut]);
        assert_eq!(read.len(), whole, "{cut}");
        assert!(read.iter().all(Result::is_ok), "{cut}: {read:?}");
    }
}

#[test]
fn a_line_that_is_none_is_named() {
    for line in [
        "",
        "text",
        "text\t1\ttaken",
        "hello\t1\t",
        "ack\t1\tx",
        "start\t1\t{\"no\":1}",
    ] {
        let read = entries(&format!("{}{line}\n", text("A", Fate::Taken, None)));
        assert_eq!(read[1], Err("line 2 is no line of a ledger".to_owned()), "{line}");
    }
}

#[test]
fn a_torn_line_is_cut_off_and_the_next_one_stands_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("below/carrier.ledger");
    let (mut ledger, before) = Ledger::open(&path).expect("a ledger");
    assert_eq!(before.count(), 0);
    ledger.append(&text("A1", Fate::Taken, None)).expect("written");
    ledger.append("text\t17600000").expect("written");
    assert!(matches!(Ledger::open(&path), Err(LedgerError::Held { .. })));
    drop(ledger);
    let (mut ledger, before) = Ledger::open(&path).expect("a ledger");
    assert_eq!(before.filter(Result::is_ok).count(), 1);
    ledger.append(&text("A2", Fate::Taken, None)).expect("written");
    let references: Vec<String> = read_ledger(&path)
        .expect("a ledger")
        .into_iter()
        .map(|entry| match entry {
            Entry::Text(text) => text.reference,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(references, ["A1", "A2"]);
}

#[test]
fn a_torn_line_longer_than_a_block_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("carrier.ledger");
    let whole = text("A1", Fate::Taken, None);
    std::fs::write(&path, format!("{whole}{}", "x".repeat(200_000))).expect("written");
    let (mut ledger, _) = Ledger::open(&path).expect("a ledger");
    ledger.append("").expect("cut");
    assert_eq!(std::fs::read_to_string(&path).expect("readable"), whole);
}

#[test]
fn a_file_that_is_no_ledger_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes");
    for content in [
        "notes without an end of line",
        "starter",
        "notes\nand more of them",
        "SQLite format 3\0\n\0\0",
    ] {
        std::fs::write(&path, content).expect("written");
        let read = Ledger::open(&path).and_then(|(_, mut entries)| entries.next().transpose());
        assert!(
            matches!(
                read,
                Err(LedgerError::Foreign { .. } | LedgerError::Line { number: 1 })
            ),
            "{content:?}"
        );
        assert_eq!(std::fs::read_to_string(&path).expect("readable"), content);
    }
}

proptest! {
    #[test]
    fn no_file_is_read_as_what_it_is_not(lines in "((text|ack|start|switches)\t[0-9]{1,14}\t[a-z0-9.,{}\t-]{0,40}\n){1,3}", noise: Vec<u8>) {
        let entries = Entries::of(lines.as_bytes()).chain(Entries::of(noise.as_slice()));
        for entry in entries {
            if let Err(error) = entry {
                assert!(matches!(error, LedgerError::Line { .. }), "{error}");
            }
        }
    }

    #[test]
    fn every_text_comes_back(millis in 0..4_000_000_000_000_i64, text_hash: u64, digits in 1_000_000..999_999_999_999_999_u64, reference in "[^\\pC]{1,40}", sender in "[^\\pC]{0,40}", code in any::<bool>()) {
        let at = DateTime::from_timestamp_millis(millis).expect("an instant");
        let to = PhoneNumber::from_u64(digits).expect("a number");
        let (fate, fault) = if code { (Fate::Refused(Code::Landline), None) } else { (Fate::Lost, Some(Fault::Redirect)) };
        let mut record = String::new();
        write(&mut record, at, &Line::Text { fate, fault, reference: &reference, to, text_hash, sender: &sender });
        let expected = TextEntry { at, fate, fault, reference, to, text_hash, sender };
        assert_eq!(entries(&record), [Ok(Entry::Text(expected))]);
    }
}
