//! Conditions: which people a campaign, a step or a rule is for. The language is a closed part of CEL, read by a parser of
//! its own (the library's knows no names beyond ASCII, points by characters, and overflows the stack on brackets), typed
//! against a [`Scope`], and run for every person without parsing anything again. Pure.
//!
//! Three-valued: a value that is empty or not of its type leaves undecided what depends on it. A text can always be
//! compared: empty, it is "". What is decided whatever that value is, is decided: `false && x` fails, `true || x` holds.
//! Numbers are exact, whole ones and decimals alike, and `/` divides as on paper. Texts are compared letter for letter and
//! have no order.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;

mod date_format;
mod evaluate;
mod expression;
mod functions;
mod implied;
mod lower;
mod mentions;
mod parse;
mod program;
mod scan;
mod scope;

pub use date_format::DateFormat;
pub use evaluate::{Facts, Happening, Verdict};
pub(crate) use functions::FUNCTIONS;
pub(crate) use implied::{Together, holds_at_first, never_begins};
pub(crate) use mentions::{Basis, Mention, bases, mentions};
pub(crate) use scan::STRAIGHT_QUOTES;
pub use scope::{BuiltIn, Columns, Declared, Scope, Stage};
pub(crate) use scope::{Named, WORDS};

use evaluate::Asked;
use expression::Kind;
use lower::Lower;
use program::Test;

/// Bytes a condition may have at most.
pub const MOST_SOURCE: usize = 16 * 1024;

/// One condition, or several that must all hold, ready to be asked. Cloning is cheap; any number of threads may share it.
#[derive(Clone)]
pub struct Condition(Arc<Compiled>);

struct Compiled {
    sources: Vec<String>,
    names: Vec<String>,
    happenings: Vec<Happening>,
    test: Test,
}

impl Condition {
    /// Reads a condition and holds it against its scope. Errors: everything that is wrong, with places in bytes of `source`.
    pub fn compile(source: &str, scope: &Scope, stage: Stage) -> Result<Condition, Vec<Diagnostic>> {
        Condition::compile_all(&[source], scope, stage)
            .map_err(|found| found.into_iter().map(|(_, d)| d).collect())
    }

    /// As [`Self::compile`], for conditions that must all hold. Errors come with the index of the condition they are of.
    pub fn compile_all(
        sources: &[&str],
        scope: &Scope,
        stage: Stage,
    ) -> Result<Condition, Vec<(usize, Diagnostic)>> {
        let (mut names, mut happenings, mut all) = (vec![], vec![], vec![]);
        let mut tests = vec![];
        for (at, source) in sources.iter().enumerate() {
            let mut found = vec![];
            let mut lower = Lower {
                source,
                scope,
                stage,
                names: &mut names,
                happenings: &mut happenings,
                found: &mut found,
            };
            tests.extend(lower.whole(|_| None));
            all.extend(found.into_iter().map(|found| (at, found)));
        }
        if all.iter().any(|(_, found)| found.is_error()) {
            return Err(all);
        }
        let test = match tests.len() {
            1 => tests.swap_remove(0),
            _ => Test::All(tests),
        };
        Ok(Condition(Arc::new(Compiled {
            sources: sources.iter().map(|&source| source.to_owned()).collect(),
            names,
            happenings,
            test,
        })))
    }

    /// As written, several joined by `&&` and brackets.
    pub fn source(&self) -> String {
        match self.0.sources.as_slice() {
            [one] => one.clone(),
            several => {
                let several: Vec<String> = several.iter().map(|source| format!("({source})")).collect();
                several.join(" && ")
            }
        }
    }

    /// The fields and columns that it asks about, each once; [`Facts::value`] is asked by the place in this list.
    pub fn names(&self) -> &[String] {
        &self.0.names
    }

    /// What may have happened that it asks about, each once.
    pub fn happenings(&self) -> &[Happening] {
        &self.0.happenings
    }

    /// Whether it asks for tags or for what happened, which only a store can tell.
    pub fn asks_the_store(&self) -> bool {
        self.0.test.asks_the_store()
    }

    /// Whether it asks for tags.
    pub fn asks_for_tags(&self) -> bool {
        self.0.test.any(&|test| matches!(test, Test::Tagged(_)))
    }

    /// The tags that it asks for, each once; none where a value of the person says which.
    pub fn tags(&self) -> Option<BTreeSet<String>> {
        let mut tags = Some(BTreeSet::new());
        self.0.test.tags(&mut tags);
        tags
    }

    /// Whether it asks for the text of the latest reply.
    pub fn asks_for_reply(&self) -> bool {
        self.0.test.any(&Test::names_reply)
    }

    /// Whether it goes by the clock of the person: their zone, the day that it is there, or a time that states no offset.
    pub fn asks_for_clock(&self) -> bool {
        self.0.test.any(&Test::names_clock)
    }

    /// What it says of a person.
    pub fn evaluate<'c>(&'c self, facts: &dyn Facts) -> Verdict<'c> {
        let asked = Asked {
            facts,
            condition: self,
        };
        match self.0.test.ask(&asked) {
            Ok(true) => Verdict::Holds,
            Ok(false) => Verdict::Fails,
            Err(name) => Verdict::Undecided(name),
        }
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Condition").field(&self.source()).finish()
    }
}

/// What leaves people out under `except`, beside paths and lists: one of `answered`, `received` and `tagged`, alone. Says
/// everything that is wrong, with places in bytes of `source`.
pub(crate) fn check_leaver(source: &str, scope: &Scope) -> Vec<Diagnostic> {
    let negated = source.strip_prefix("not ").or_else(|| source.strip_prefix('!'));
    if let Some(asked) = negated.filter(|asked| !asked.starts_with('(')) {
        let message = "`except` says who goes, and cannot be turned round";
        let help = format!("who stays stands in `where`: `where: {}`", asked.trim());
        return vec![Diagnostic::error("ill-typed-condition", 0..source.len(), message).help(help)];
    }
    check(source, scope, Stage::Before, |kind| match kind {
        Kind::Call { name, .. } if matches!(name.as_str(), "answered" | "received" | "tagged") => None,
        _ => Some("`except` leaves people out by a path, a list, `answered`, `received` or `tagged` alone"),
    })
}

/// Everything that is wrong with a condition, with places in bytes of `source`.
pub(crate) fn check_condition(source: &str, scope: &Scope, stage: Stage) -> Vec<Diagnostic> {
    check(source, scope, stage, |_| None)
}

fn check(
    source: &str,
    scope: &Scope,
    stage: Stage,
    refuse: impl Fn(&Kind) -> Option<&'static str>,
) -> Vec<Diagnostic> {
    let mut found = vec![];
    let mut lower = Lower {
        source,
        scope,
        stage,
        names: &mut vec![],
        happenings: &mut vec![],
        found: &mut found,
    };
    lower.whole(refuse);
    found
}

impl Lower<'_> {
    /// The whole condition. `refuse` says why a kind of expression cannot stand alone here.
    fn whole(&mut self, refuse: impl Fn(&Kind) -> Option<&'static str>) -> Option<Test> {
        if self.source.len() > MOST_SOURCE {
            let message = format!("the condition is longer than {} KiB", MOST_SOURCE / 1024);
            let end = self.source.chars().next().map_or(0, char::len_utf8);
            let help = "make several conditions of it: those of a list must all hold";
            self.found
                .push(Diagnostic::error("not-cel", 0..end, message).help(help));
            return None;
        }
        let lexemes = scan::scan(self.source, self.found)?;
        let scope = self.scope;
        let known = move |name: &str| scope.has(name);
        let expression = parse::parse(self.source, &lexemes, &known, self.found)?;
        if let Some(why) = refuse(&expression.kind) {
            let help = "any other condition goes into `where`, which says who stays: `where: !(…)`";
            let found = Diagnostic::error("ill-typed-condition", expression.span, why);
            self.found.push(found.help(help));
            return None;
        }
        self.truth(&expression)
    }
}

#[cfg(test)]
mod tests;
