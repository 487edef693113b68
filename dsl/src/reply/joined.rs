//! Long replies that come in parts, each by itself, in any order, some twice: put together when all are there, or when it
//! is no use to wait. Instants are arguments.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

/// How long the others are waited for after the first part.
pub const PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// Stands for parts that did not come.
const GAP: &str = "…";

/// One part of a text, as it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<K> {
    /// Who wrote to which sender.
    pub key: K,
    /// The provider's, of this part.
    pub id: String,
    /// What all parts of one text have in common; telephones begin anew after 255 or 65,535.
    pub reference: u16,
    /// From 1.
    pub index: u8,
    /// How many there are.
    pub of: u8,
    /// What stands in it.
    pub text: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// A text, put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined<K> {
    /// Who wrote to which sender.
    pub key: K,
    /// That of the first part which is there: the same however often the text is put together.
    pub id: String,
    /// With `…` where parts are missing.
    pub text: String,
    /// When the first part came.
    pub received_at: DateTime<Utc>,
    /// Nothing is missing.
    pub whole: bool,
}

/// Parts of texts that are not whole yet. A text that was given away is remembered as long as it would have been waited
/// for, so that a part that is repeated does not begin it anew.
#[derive(Debug, Clone)]
pub struct Waiting<K> {
    patience: TimeDelta,
    texts: BTreeMap<(K, u16, u8), Parts>,
}

impl<K: Ord + Clone> Waiting<K> {
    /// Waits so long after the first part of a text.
    pub fn new(patience: TimeDelta) -> Waiting<K> {
        Waiting {
            patience,
            texts: BTreeMap::new(),
        }
    }

    /// Takes a part; gives the text that it makes whole. What is no part of several, or says of itself what cannot be, is a
    /// text of its own: nothing is lost.
    pub fn take(&mut self, part: Part<K>) -> Option<Joined<K>> {
        let Part {
            key,
            id,
            reference,
            index,
            of,
            text,
            received_at,
        } = part;
        if of < 2 || index == 0 || index > of {
            return Some(Joined {
                key,
                id,
                text,
                received_at,
                whole: of < 2,
            });
        }
        let parts = self.texts.entry((key.clone(), reference, of));
        let parts = parts.or_insert_with(|| Parts::new(of, received_at));
        parts.put(index, (id, text), received_at);
        parts.finish().map(|(id, text)| Joined {
            key,
            id,
            text,
            received_at: parts.first_at,
            whole: true,
        })
    }

    /// What was waited for long enough by `now`, as far as it came, the oldest first.
    pub fn overdue(&mut self, now: DateTime<Utc>) -> Vec<Joined<K>> {
        let due = |parts: &mut Parts| parts.first_at + self.patience <= now;
        let mut due: Vec<_> = self.texts.extract_if(.., |_, parts| due(parts)).collect();
        due.retain(|(_, parts)| !parts.given);
        due.sort_by_key(|(_, parts)| parts.first_at);
        let joined = due.into_iter().map(|((key, _, _), parts)| {
            let (id, text) = parts.text();
            Joined {
                key,
                id,
                text,
                received_at: parts.first_at,
                whole: false,
            }
        });
        joined.collect()
    }

    /// When to ask again; none when nothing is waited for.
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        let waiting = self.texts.values().filter(|parts| !parts.given);
        waiting.map(|parts| parts.first_at + self.patience).min()
    }
}

/// The parts of one text.
#[derive(Debug, Clone)]
struct Parts {
    /// The id and the text of each.
    texts: Vec<Option<(String, String)>>,
    first_at: DateTime<Utc>,
    /// It was whole.
    given: bool,
}

impl Parts {
    fn new(of: u8, first_at: DateTime<Utc>) -> Parts {
        Parts {
            texts: vec![None; usize::from(of)],
            first_at,
            given: false,
        }
    }

    /// Repeated, the first stays.
    fn put(&mut self, index: u8, text: (String, String), received_at: DateTime<Utc>) {
        self.texts[usize::from(index) - 1].get_or_insert(text);
        self.first_at = self.first_at.min(received_at);
    }

    /// The text, once, when all is there.
    fn finish(&mut self) -> Option<(String, String)> {
        let whole = !self.given && self.texts.iter().all(Option::is_some);
        self.given |= whole;
        whole.then(|| self.text())
    }

    /// The id of the first part that is there, and all of the text.
    fn text(&self) -> (String, String) {
        let mut joined = String::new();
        for text in self.texts.chunk_by(|a, b| a.is_none() && b.is_none()) {
            joined.push_str(text[0].as_ref().map_or(GAP, |(_, text)| text));
        }
        let id = self.texts.iter().flatten().next().map(|(id, _)| id.clone());
        (id.unwrap_or_default(), joined)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).expect("in range")
    }

    fn part(reference: u16, (index, of): (u8, u8), text: &str, second: i64) -> Part<&'static str> {
        Part {
            key: "ada",
            id: format!("{reference}-{index}"),
            reference,
            index,
            of,
            text: text.to_owned(),
            received_at: at(second),
        }
    }

    fn shown(joined: Joined<&str>) -> String {
        let Joined {
            id,
            text,
            whole,
            received_at,
            ..
        } = joined;
        format!("{id} {text:?} whole: {whole} of {}\n", received_at.timestamp())
    }

    /// Feeds the parts in order, then asks at the second given.
    fn check(parts: &[Part<&'static str>], second: i64, expected: expect_test::Expect) {
        let mut waiting = Waiting::new(PATIENCE);
        let mut lines: String = parts
            .iter()
            .cloned()
            .filter_map(|part| waiting.take(part))
            .map(shown)
            .collect();
        lines += &waiting
            .overdue(at(second))
            .into_iter()
            .map(shown)
            .collect::<String>();
        lines += &format!("next at {:?}", waiting.next_at().map(|at| at.timestamp()));
        expected.assert_eq(&lines);
    }

    #[test]
    fn parts_come_in_any_order_and_repeated() {
        let parts = [
            part(7, (3, 3), "c", 0),
            part(7, (1, 3), "a", 1),
            part(7, (1, 3), "a", 2),
            part(8, (1, 2), "x", 2),
            part(7, (2, 3), "b", 3),
            part(7, (2, 3), "b", 4),
            part(8, (2, 2), "y", 5),
        ];
        check(
            &parts,
            29,
            expect![[r#"
                7-1 "abc" whole: true of 0
                8-1 "xy" whole: true of 2
                next at None"#]],
        );
    }

    #[test]
    fn what_is_missing_is_a_gap_when_the_time_is_over() {
        let parts = [
            part(7, (4, 5), "d", 0),
            part(7, (1, 5), "a", 1),
            part(9, (2, 2), "z", 10),
        ];
        check(&parts, 29, expect!["next at Some(30)"]);
        check(
            &parts,
            30,
            expect![[r#"
                7-1 "a…d…" whole: false of 0
                next at Some(40)"#]],
        );
        check(
            &parts,
            40,
            expect![[r#"
                7-1 "a…d…" whole: false of 0
                9-2 "…z" whole: false of 10
                next at None"#]],
        );
    }

    #[test]
    fn what_cannot_be_a_part_is_a_text() {
        let parts = [
            part(7, (1, 1), "alone", 0),
            part(7, (0, 0), "none", 0),
            part(7, (0, 2), "zeroth", 0),
            part(7, (3, 2), "third of two", 0),
        ];
        check(
            &parts,
            60,
            expect![[r#"
                7-1 "alone" whole: true of 0
                7-0 "none" whole: true of 0
                7-0 "zeroth" whole: false of 0
                7-3 "third of two" whole: false of 0
                next at None"#]],
        );
    }

    proptest! {
        #[test]
        fn any_order_makes_the_same_text(order in Just((1_u8..=5).collect::<Vec<_>>()).prop_shuffle(), twice in 0_usize..5) {
            let mut waiting = Waiting::new(PATIENCE);
            let mut given = vec![];
            for index in order.iter().chain(&order[..twice]) {
                given.extend(waiting.take(part(1, (*index, 5), &index.to_string(), i64::from(*index))));
            }
            prop_assert_eq!(given.len(), 1);
            prop_assert_eq!(&given[0].text, "12345");
            prop_assert!(waiting.overdue(at(1000)).is_empty());
        }
    }
}
