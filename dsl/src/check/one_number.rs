//! Two senders of crier.yaml are two numbers: of one alone each would count its own rate, and what people answer it could
//! be an answer to either.

use crate::diagnostic::Diagnostic;
use crate::written::project::{Project, Sender};

pub(super) fn check(file: &Project, found: &mut Vec<Diagnostic>) {
    let region = file.region.as_ref().map(|region| region.value);
    let mut seen: Vec<(&Sender, sms::SenderAddress)> = vec![];
    for sender in &file.senders {
        let address = sender.address.as_ref().map(|address| address.value.parse(region));
        // Of names nobody takes one for the other, since nobody answers them.
        let Some(Ok(address)) = address.filter(|address| address.as_ref().is_ok_and(|a| a.can_receive()))
        else {
            continue;
        };
        let is_one = |(other, its): &&(&Sender, sms::SenderAddress)| *its == address && meet(other, sender);
        match seen.iter().find(is_one) {
            Some((first, _)) => found.extend(told(first, sender, &address)),
            None => seen.push((sender, address)),
        }
    }
}

/// Whether both may text the same people: a short code is another one in another country.
fn meet(one: &Sender, other: &Sender) -> bool {
    let is_other = |own: &sms::Region| other.countries.iter().any(|country| country.value == *own);
    one.countries.is_empty()
        || other.countries.is_empty()
        || one.countries.iter().any(|country| is_other(&country.value))
}

fn told(first: &Sender, second: &Sender, address: &sms::SenderAddress) -> Option<Diagnostic> {
    let (one, two) = (&first.name.value, &second.name.value);
    let message = format!("senders \"{one}\" and \"{two}\" are one number, {address}");
    let span = |sender: &Sender| Some(sender.address.as_ref()?.span.clone());
    Some(
        Diagnostic::warning("sender-repeated", span(second)?, message)
            .label("again here")
            .also(span(first)?, "first here")
            .help("keep one of them, and name it in the campaigns of both; providers that take over stand under its `then`"),
    )
}
