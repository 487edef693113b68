//! Who it was: the columns of the person and what was set of them, as they were when the passage began, and the tags that
//! the campaign asks for.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, Utc};
use dsl::campaign::story::Occurrence;

use super::Passage;
use crate::ids::LaunchId;
use crate::plan::of_lists;
use crate::play::asked_tags;
use crate::store::{Happened, Past};

/// Values of a person by column or field, the number first.
type Values = Vec<(String, String)>;

impl Passage {
    /// The tags of the person from before, as far as the campaign asks for them.
    pub(super) fn tags(&self) -> BTreeSet<String> {
        let asked = asked_tags(&self.revision);
        let is_asked = |tag: &String| asked.as_ref().is_none_or(|asked| asked.contains(tag));
        let kept = self.known.tags.iter();
        let before = kept.filter(|kept| self.is_before(kept.launch, kept.at));
        let past = self.had().filter(|past| past.value.is_none());
        let all = before.map(|kept| &kept.tag).chain(past.map(|past| &past.name));
        all.filter(|tag| is_asked(tag)).cloned().collect()
    }

    /// The person, as the lists say and as it was; `event`: what that carries says it itself.
    pub(super) fn person(
        &self,
        folder: &Path,
        tags: &BTreeSet<String>,
        event: Option<&Occurrence>,
    ) -> Values {
        let row = of_lists(&self.revision, folder, (self.number, tags), self.since());
        let mut person = row.unwrap_or_else(|| vec![("phone".to_owned(), self.number.to_string())]);
        self.add_brought(&mut person);
        let carries = |name: &str| event.is_some_and(|event| event.fields.iter().any(|(own, _)| own == name));
        self.add_frozen(&mut person, carries);
        self.add_kept(&mut person);
        person
    }

    /// What the person had when it began, and has no more.
    fn had(&self) -> impl Iterator<Item = &Past> {
        self.known.past.iter().filter(|past| {
            let (given, gone) = (past.given, past.gone);
            self.is_before(given.launch, given.at) && !self.is_before(gone.launch, gone.at)
        })
    }

    /// Whether that launch gave it before this passage could have: another one by the first text, its own by the beginning.
    fn is_before(&self, launch: LaunchId, at: DateTime<Utc>) -> bool {
        let first = self.texts().map(|message| message.sent_at).min();
        match launch == self.launch.id {
            true => at < self.since(),
            false => first.is_none_or(|first| at <= first),
        }
    }

    /// Whom a step of another campaign started has what that knew of them, where the campaign uses it and their own row says
    /// nothing.
    fn add_brought(&self, person: &mut Values) {
        let Some((began, _)) = self.beginning() else {
            return;
        };
        if !matches!(began.happening.what, Happened::Started { .. }) {
            return;
        }
        for (name, value) in began.happening.fields.iter().filter(|(name, _)| name != "phone") {
            let is_empty = |own: &str| own.trim().is_empty();
            let own = person.iter().find(|(column, _)| column == name);
            if own.map_or(self.asks_for(name), |(_, own)| is_empty(own)) {
                set(person, name, value);
            }
        }
    }

    /// What texts and conditions use was frozen when the passage began, whatever the list says by now.
    fn add_frozen(&self, person: &mut Values, carries: impl Fn(&str) -> bool) {
        let Some(member) = &self.member else { return };
        let campaign = &self.revision.campaign;
        let Some(language) = campaign.languages.get(usize::from(member.language)) else {
            return;
        };
        let spoken = value(person, "language").map_or(0, |own| campaign.language_index(own));
        if spoken != usize::from(member.language) && !carries("language") {
            set(person, "language", language.as_str());
        }
        for (name, frozen) in self.revision.variables.iter().zip(&member.values) {
            let default = self
                .revision
                .field(name)
                .and_then(|field| field.default.get(language));
            let own = value(person, name).unwrap_or_default().trim();
            let stands = own == &**frozen || (own.is_empty() && default.is_some_and(|own| **own == **frozen));
            if !stands && !carries(name) {
                set(person, name, frozen);
            }
        }
    }

    /// What others had set before wins over the row.
    fn add_kept(&self, person: &mut Values) {
        let kept = self.known.values.iter();
        let before = kept.filter(|kept| self.is_before(kept.launch, kept.at));
        let before = before.map(|kept| (&kept.field, &kept.value));
        let past = self
            .had()
            .filter_map(|past| Some((&past.name, past.value.as_ref()?)));
        for (field, kept) in before.chain(past) {
            if value(person, field).is_some() || self.asks_for(field) {
                set(person, field, kept);
            }
        }
    }

    /// Whether the campaign asks for a value of a person.
    fn asks_for(&self, name: &str) -> bool {
        let filter = self.revision.campaign.audience.filter.iter();
        let mut filter = filter.flat_map(|filter| filter.names());
        ["language", "timezone"].contains(&name)
            || self.revision.variables.iter().any(|own| own == name)
            || filter.any(|own| own == name)
    }
}

fn value<'a>(person: &'a Values, name: &str) -> Option<&'a str> {
    let found = person.iter().find(|(column, _)| column == name);
    found.map(|(_, value)| value.as_str())
}

/// What is set to nothing is not said.
fn set(person: &mut Values, name: &str, value: &str) {
    match person.iter_mut().find(|(column, _)| column == name) {
        _ if value.is_empty() => person.retain(|(column, _)| column != name),
        Some((_, own)) => value.clone_into(own),
        None => person.push((name.to_owned(), value.to_owned())),
    }
}
