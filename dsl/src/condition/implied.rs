//! Whether one condition holds wherever another does, as far as both are alike: the same tests, ranges of numbers within each
//! other, lists of texts. What is not seen is never claimed.

use super::evaluate::Happening;
use super::expression::Comparison;
use super::lower::{Lower, range};
use super::program::{Number, Test, Text};
use super::{Scope, Stage};

/// Lists of conditions that are held against each other, at most, and steps of one comparison.
const MOST: usize = 64;
const MOST_STEPS: usize = 2_000;

/// Lists of conditions of one place, read together. Of one that is wrong nothing is known: that is told elsewhere.
pub(crate) struct Together(Vec<Option<Vec<Test>>>);

impl Together {
    /// Reads them; of a list all must hold.
    pub(crate) fn new<'a>(
        lists: impl IntoIterator<Item = Vec<&'a str>>,
        scope: &Scope,
        stage: Stage,
    ) -> Together {
        let (mut names, mut happenings) = (vec![], vec![]);
        let lists = lists.into_iter().take(MOST);
        let made = lists.map(|sources| read(&sources, scope, stage, &mut names, &mut happenings));
        Together(made.collect())
    }

    /// Whether the second holds whenever the first does.
    pub(crate) fn follows(&self, first: usize, second: usize) -> bool {
        let of = |at: usize| self.0.get(at).and_then(Option::as_ref);
        let (Some(first), Some(second)) = (of(first), of(second)) else {
            return false;
        };
        let mut steps = MOST_STEPS;
        let mut any = |wanted: &Test| first.iter().any(|given| follows(given, wanted, &mut steps));
        second.iter().all(&mut any)
    }

    /// Whether one of the two holds of everybody: the second is the contrary of the first, and both are always decided.
    pub(crate) fn halves(&self, first: usize, second: usize) -> bool {
        let one = |at: usize| match self.0.get(at) {
            Some(Some(tests)) if tests.len() == 1 => tests.first(),
            _ => None,
        };
        let is_not = |of: &Test, not: &Test| matches!(not, Test::Not(inner) if **inner == *of);
        let (Some(first), Some(second)) = (one(first), one(second)) else {
            return false;
        };
        is_decided(first) && (is_not(first, second) || is_not(second, first))
    }
}

fn read(
    sources: &[&str],
    scope: &Scope,
    stage: Stage,
    names: &mut Vec<String>,
    happenings: &mut Vec<Happening>,
) -> Option<Vec<Test>> {
    let mut found = vec![];
    let tests = sources.iter().map(|source| {
        let mut lower = Lower {
            source,
            scope,
            stage,
            names,
            happenings,
            found: &mut found,
        };
        lower.whole(|_| None)
    });
    let tests = tests.collect::<Option<Vec<Test>>>()?;
    let clean = !tests.is_empty() && !found.iter().any(|d| d.is_error());
    clean.then_some(tests)
}

/// Whether a test comes out for everybody: texts, tags and what happened are never undecided.
fn is_decided(test: &Test) -> bool {
    match test {
        Test::Not(inner) => is_decided(inner),
        Test::All(tests) | Test::Any(tests) => tests.iter().all(is_decided),
        Test::SameTruth(left, right) => is_decided(left) && is_decided(right),
        Test::Constant(_)
        | Test::SameText(..)
        | Test::TextIn(..)
        | Test::Tagged(_)
        | Test::Happened(_)
        | Test::Empty(_) => true,
        Test::Flag(_) | Test::Numbers(..) | Test::Days(..) | Test::Times(..) => false,
    }
}

/// Whether `wanted` holds whenever `given` does.
fn follows(given: &Test, wanted: &Test, steps: &mut usize) -> bool {
    if *steps == 0 {
        return false;
    }
    *steps -= 1;
    if given == wanted {
        return true;
    }
    match (given, wanted) {
        (_, Test::All(all)) => all.iter().all(|wanted| follows(given, wanted, steps)),
        (Test::Any(any), _) => any.iter().all(|given| follows(given, wanted, steps)),
        (_, Test::Any(any)) if any.iter().any(|wanted| follows(given, wanted, steps)) => true,
        (Test::All(all), _) => all.iter().any(|given| follows(given, wanted, steps)),
        // A text that is one thing is not another.
        (_, Test::Not(inner)) if excludes(given, inner) => true,
        (Test::Not(given), Test::Not(wanted)) => follows(wanted, given, steps),
        (Test::Numbers(..), Test::Numbers(..)) => within(given, wanted),
        (_, Test::TextIn(value, list)) => {
            texts(given).is_some_and(|(of, texts)| of == value && texts.iter().all(|text| has(list, text)))
        }
        _ => false,
    }
}

fn has(list: &[Box<str>], text: &str) -> bool {
    list.iter().any(|item| &**item == text)
}

/// The value of which a test says that it is one of some texts, and those.
fn texts(test: &Test) -> Option<(&Text, Vec<&str>)> {
    match test {
        Test::SameText(value, Text::Literal(text)) | Test::SameText(Text::Literal(text), value) => {
            Some((value, vec![text]))
        }
        Test::TextIn(value, list) => Some((value, list.iter().map(|text| &**text).collect())),
        Test::Empty(value) => Some((value, vec![""])),
        _ => None,
    }
}

/// Whether two tests want one value to be different texts.
fn excludes(given: &Test, other: &Test) -> bool {
    match (texts(given), texts(other)) {
        (Some((of, given)), Some((value, other))) => {
            of == value && given.iter().all(|text| !other.contains(text))
        }
        _ => false,
    }
}

/// Whether every number that the first takes is one that the second takes too.
fn within(given: &Test, wanted: &Test) -> bool {
    let (Some(given), Some(wanted)) = (range(given), range(wanted)) else {
        return differs(given, wanted);
    };
    given.of == wanted.of
        && (!wanted.is_low || given.is_low && given.is_above(&wanted))
        && (!wanted.is_high || given.is_high && given.is_below(&wanted))
}

/// Whether numbers of a range are never the one that is not wanted.
fn differs(given: &Test, wanted: &Test) -> bool {
    let Test::Numbers(Comparison::Differs, value, Number::Literal(not)) = wanted else {
        return false;
    };
    range(given).is_some_and(|given| given.of == value && !given.holds(not))
}

/// Whether conditions, which must all hold, surely do as long as what is new has not happened.
pub(crate) fn holds_at_first(sources: &[&str], scope: &Scope, is_new: &dyn Fn(&Happening) -> bool) -> bool {
    let tests = read(sources, scope, Stage::Within, &mut vec![], &mut vec![]);
    tests.is_some_and(|tests| tests.iter().all(|test| comes_out(test, true, is_new)))
}

/// Whether conditions, which must all hold, ask for nothing but that something has not happened: whatever happens, they
/// never come to hold.
pub(crate) fn never_begins(sources: &[&str], scope: &Scope) -> bool {
    let tests = read(sources, scope, Stage::Within, &mut vec![], &mut vec![]);
    tests.is_some_and(|tests| tests.iter().all(|test| only_ends(test, false)))
}

/// Whether a test surely comes out as `wanted` while what is new has not happened.
fn comes_out(test: &Test, wanted: bool, is_new: &dyn Fn(&Happening) -> bool) -> bool {
    match test {
        Test::Not(inner) => comes_out(inner, !wanted, is_new),
        Test::All(tests) if wanted => tests.iter().all(|test| comes_out(test, true, is_new)),
        Test::Any(tests) if !wanted => tests.iter().all(|test| comes_out(test, false, is_new)),
        Test::All(tests) | Test::Any(tests) => tests.iter().any(|test| comes_out(test, wanted, is_new)),
        Test::Happened(what) => !wanted && is_new(what),
        _ => false,
    }
}

/// Whether a test asks for nothing but what ends once something has happened. `turned`: its contrary is asked for.
fn only_ends(test: &Test, turned: bool) -> bool {
    match test {
        Test::Not(inner) => only_ends(inner, !turned),
        Test::All(tests) | Test::Any(tests) => tests.iter().all(|test| only_ends(test, turned)),
        // What was received lately is so no longer after a while.
        Test::Happened(what) => turned && !matches!(what, Happening::Received(_, Some(_))),
        _ => false,
    }
}
