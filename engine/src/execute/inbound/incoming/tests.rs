use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Batch, Incoming, Said, TEXTS};
use crate::provider::Inbound;

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn text(n: u64, id: &str, text: &str) -> Inbound {
    Inbound::Text {
        id: id.to_owned(),
        from: format!("+39333{n:07}").parse().expect("a number"),
        sender: "desk".to_owned(),
        text: text.to_owned(),
        part: None,
    }
}

fn said(inbound: Vec<Inbound>) -> Said {
    Said {
        provider: "trial".into(),
        at: START,
        inbound,
        mark: 1,
        is_again: false,
    }
}

/// The ids of the texts of a batch, and how far the inbox is folded with it.
fn ids(batch: Option<Batch>) -> (Vec<String>, Option<i64>) {
    let batch = batch.expect("something is folded");
    let inbound = batch.said.into_iter().flat_map(|said| said.inbound);
    let id = |inbound| match inbound {
        Inbound::Text { id, .. } => id,
        Inbound::Receipt { reference, .. } => reference,
    };
    (inbound.map(id).collect(), batch.up_to)
}

fn phone(n: u64) -> u64 {
    format!("39333{n:07}").parse().expect("digits")
}

/// Hundreds answer, and two of the last opt out, one of whom wrote before and writes after.
#[test]
fn who_may_have_opted_out_is_folded_first_and_gets_nothing_until_then() {
    let mut incoming = Incoming::default();
    let mut all: Vec<Inbound> = (0..400).map(|n| text(n, &format!("a{n}"), "yes")).collect();
    all.push(text(900, "b0", "who is this?"));
    all.extend((500..600).map(|n| text(n, &format!("c{n}"), "Bring a friend")));
    all.push(text(900, "b1", "Stop!"));
    all.push(text(901, "b2", "BASTA"));
    all.push(text(900, "b3", "please"));
    incoming.say(said(all));
    assert!(incoming.stops.has(phone(900)), "as soon as it is heard");
    assert!(incoming.stops.has(phone(901)));
    assert!(!incoming.stops.has(phone(0)));
    let kept = incoming.keep().expect("said");
    incoming.kept(kept, 7, Duration::ZERO);
    let (first, up_to) = ids(incoming.fold(Duration::ZERO, START, true));
    assert_eq!(first[..5], ["b0", "b1", "b2", "b3", "a0"]);
    assert_eq!((first.len(), up_to), (TEXTS, None));
    assert!(incoming.stops.has(phone(900)), "it is not folded yet");
    incoming.folded();
    assert!(!incoming.stops.has(phone(900)));
    let (second, up_to) = ids(incoming.fold(Duration::ZERO, START, true));
    assert_eq!((second.len(), up_to), (504 - TEXTS, Some(7)));
    incoming.folded();
    assert!(incoming.is_empty());
}

/// Texts that are to be folded again hold their number until they are, and are the later ones of what is folded.
#[test]
fn a_stop_that_is_postponed_still_holds() {
    let mut incoming = Incoming::default();
    incoming.say(said(vec![text(1, "a", "STOP")]));
    let kept = incoming.keep().expect("said");
    incoming.kept(kept, 1, Duration::ZERO);
    let batch = incoming.fold(Duration::ZERO, START, true).expect("folded");
    incoming.folded();
    incoming.postpone(batch.said, Duration::ZERO);
    assert!(incoming.stops.has(phone(1)));
    let later = Duration::from_secs(1);
    assert_eq!(
        ids(incoming.fold(later, START, true)),
        (vec!["a".to_owned()], Some(1))
    );
    incoming.folded();
    assert!(!incoming.stops.has(phone(1)));
}
