//! The texts of crier.yaml are there in each language that campaigns speak: who gets another one cannot read it.

use std::collections::BTreeSet;

use super::{Across, Whole};
use crate::diagnostic::Diagnostic;
use crate::values::Language;
use crate::written::Spanned;
use crate::written::campaign::Texts;
use crate::written::nearest::listed;

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    let Some(file) = whole.file else { return };
    let asked = whole.asked().filter(|campaign| campaign.sound);
    let of_campaigns = asked.flat_map(|campaign| &campaign.languages);
    let spoken: BTreeSet<&Language> = of_campaigns.chain(&whole.project.languages).collect();
    for message in &file.written().messages {
        for (_, texts) in message.texts() {
            across.project.extend(lacks(&message.name, texts, &spoken));
        }
    }
}

fn lacks(name: &Spanned<String>, texts: &Texts, spoken: &BTreeSet<&Language>) -> Option<Diagnostic> {
    let Texts::ByLanguage(all) = texts else {
        return None;
    };
    let (first, _) = all.first()?;
    let lacking = spoken.iter().filter(|language| texts.of(language).is_none());
    let lacking: Vec<&str> = lacking.map(|language| language.as_str()).collect();
    if lacking.is_empty() {
        return None;
    }
    let message = format!(
        "\"{}\" has no text for {}, which campaigns speak: those people get that for \"{}\"",
        name.value,
        listed(lacking.iter().copied()),
        first.value
    );
    let found = Diagnostic::warning("language-missing", name.span.clone(), message);
    Some(
        found
            .label("a language is missing")
            .help("write it in each language of the campaigns"),
    )
}
