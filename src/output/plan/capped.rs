//! Whom `frequency` holds up at their first text, as far as a plan knows.

use engine::plan::Capped;
use serde_json::json;

use crate::output::{number, time};

/// For people; none where it holds nobody up.
pub fn text(capped: &Capped) -> Option<String> {
    let line = |n: u64, what: String| {
        let who = match n {
            1 => "1 person has".to_owned(),
            n => format!("{} people have", number(n)),
        };
        format!("{who} had as many texts as it lets through: {what}")
    };
    let deferred = capped.goes_at.map(|(first, last)| {
        let when = match first == last {
            true => format!("{} at the earliest", time(first)),
            false => format!("from {} to {}", time(first), time(last)),
        };
        line(capped.deferred, format!("the first text goes later, {when}"))
    });
    let missed = (capped.missed > 0).then(|| line(capped.missed, "the first text does not go".to_owned()));
    let lines: Vec<String> = deferred.into_iter().chain(missed).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// For programs.
pub fn json(capped: &Capped) -> serde_json::Value {
    let (from, to) = capped.goes_at.unzip();
    json!({ "deferred": capped.deferred, "from": from, "to": to, "missed": capped.missed })
}
