//! Whom `frequency` holds up at their first text, as far as a plan knows, and to whom it cannot go in time.

use engine::plan::{Ahead, Capped, Summary};
use engine::revision::Revision;
use serde_json::json;

use crate::output::{counted, time};

/// For people; none where it holds nobody up.
pub fn text(capped: &Capped) -> Option<String> {
    let line = |n: u64, what: String| {
        let who = counted(n, "person has", "people have");
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

/// What is worth a look of the clocks of people.
pub fn clocks(summary: &Summary, revision: &Revision, ahead: Ahead) -> impl Iterator<Item = String> {
    let missed = summary.too_late_for_first(revision, ahead);
    let several = summary.in_several_zones();
    too_late(missed).into_iter().chain(on_several_clocks(several))
}

/// Of people whose first text expires before their hours open; none where nobody is.
fn too_late(people: u64) -> Option<String> {
    (people > 0).then(|| {
        let who = counted(people, "person does not get", "people do not get");
        format!("{who} the first text, which is counted here: their hours open only after it expires")
    })
}

/// Of people whose clock is not known; none where nobody is.
fn on_several_clocks(people: u64) -> Option<String> {
    (people > 0).then(|| {
        let who = counted(people, "person may be", "people may be");
        format!("{who} in several zones by the number: what goes by their clock waits for the last of them; a column `timezone` says in which they are")
    })
}

/// For programs.
pub fn json(capped: &Capped) -> serde_json::Value {
    let (from, to) = capped.goes_at.unzip();
    json!({ "deferred": capped.deferred, "from": from, "to": to, "missed": capped.missed })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn who_is_held_up_is_told_with_the_times() {
        let at = |text: &str| text.parse().expect("an instant");
        let (first, last) = (at("2026-12-01T09:00:00Z"), at("2026-12-01T11:00:00Z"));
        let of = |deferred, goes_at, missed| Capped {
            deferred,
            goes_at,
            missed,
        };
        let table = [
            of(0, None, 0),
            of(1, Some((first, first)), 0),
            of(1_204, Some((first, last)), 3),
            of(0, None, 1),
        ];
        let told = table.map(|capped| text(&capped).unwrap_or_else(|| "-".to_owned()));
        expect![[r#"
            -
            1 person has had as many texts as it lets through: the first text goes later, 2026-12-01 09:00:00 UTC at the earliest
            1,204 people have had as many texts as it lets through: the first text goes later, from 2026-12-01 09:00:00 UTC to 2026-12-01 11:00:00 UTC
            3 people have had as many texts as it lets through: the first text does not go
            1 person has had as many texts as it lets through: the first text does not go"#]]
        .assert_eq(&told.join("\n"));
    }
}
