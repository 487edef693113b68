//! What a story says of the person, of inboxes and of the end, against what is so.

use dsl::campaign::story::{Assertion, Scene};

use super::{Failure, Play, edits};
use crate::advance::Change;
use crate::play::word;
use crate::stage::Happened;

impl Play<'_> {
    /// All of these tags or lists. `of`: the name that such a change is about.
    pub(super) fn all(
        &mut self,
        scene: &Scene,
        names: &[String],
        what: &str,
        of: impl Fn(&Change) -> Option<&String>,
    ) -> Result<(), Failure> {
        let holds = |name: &str| match what {
            "tag" => self.stage.person().tags.contains(name),
            "list joined" => self.stage.is_joined(name) == Some(true),
            _ => self.stage.is_joined(name) == Some(false),
        };
        let Some(missing) = names.iter().find(|name| !holds(name)) else {
            return Ok(());
        };
        // What is so instead; else there is nothing to say.
        let changes = self.stage.log().iter().rev();
        let changed = changes.filter_map(|entry| match &entry.what {
            Happened::Changed(change) => of(change),
            _ => None,
        });
        let other = changed.into_iter().find(|own| holds(own) && !names.contains(own));
        let kept: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|name| holds(name))
            .collect();
        let edit = match (&kept[..], other) {
            ([], Some(other)) => Some(edits::names(self.file, &scene.value, word(other))),
            ([], None) => edits::without(self.file, &scene.whole),
            ([one], _) => Some(edits::names(self.file, &scene.value, word(one))),
            (several, _) => {
                let several: Vec<String> = several.iter().map(|one| word(one)).collect();
                let several = format!("[{}]", several.join(", "));
                Some(edits::names(self.file, &scene.value, several))
            }
        };
        let tags: Vec<&str> = self.stage.person().tags.iter().map(String::as_str).collect();
        let help = match what {
            "tag" if tags.is_empty() => "the person has no tags".to_owned(),
            "tag" => format!("the person has {}", tags.join(", ")),
            _ => "no step did that by now".to_owned(),
        };
        let message = format!("no {what} \"{missing}\"");
        self.edits.extend(edit);
        Err(Failure::new(scene.value.clone(), message, help))
    }

    /// Fields have these values.
    pub(super) fn values(&mut self, scene: &Scene, asserted: &[Assertion]) -> Result<(), Failure> {
        let has = |field: &str| self.stage.value(field).unwrap_or_default();
        let differs = |one: &&Assertion| has(&one.field) != one.value;
        let Some(first) = asserted.iter().find(differs) else {
            return Ok(());
        };
        let message = format!("{} is not \"{}\"", first.field, first.value);
        let help = match has(&first.field) {
            "" => "the person has none, and no step set it".to_owned(),
            has => format!("it is \"{has}\""),
        };
        let edit = match (has(&first.field), asserted) {
            ("", [_]) => edits::without(self.file, &scene.whole),
            (has, _) => Some(edits::value(&first.span, edits::quoted(has))),
        };
        self.edits.extend(edit);
        Err(Failure::new(scene.value.clone(), message, help))
    }

    /// An inbox got something that the story has not come to.
    pub(super) fn told(
        &mut self,
        scene: &Scene,
        inbox: &str,
        what: &str,
        of: impl Fn(&Happened) -> Option<String>,
    ) -> Result<(), Failure> {
        let entries = self.stage.log().iter().zip(0..);
        let tellings: Vec<(String, usize)> = entries
            .filter(|(_, at)| !self.told.contains(at))
            .filter_map(|(entry, at)| Some((of(&entry.what)?, at)))
            .collect();
        if let Some((_, at)) = tellings.iter().find(|(to, _)| to == inbox) {
            self.told.insert(*at);
            return Ok(());
        }
        let (message, help) = match tellings.into_iter().next() {
            Some((to, _)) => {
                let message = format!("\"{to}\" got {what}, not \"{inbox}\"");
                self.edits.push(edits::value(&scene.value, word(&to)));
                (message, "write the inbox that gets it")
            }
            None => {
                self.edits.extend(edits::without(self.file, &scene.whole));
                let message = format!("\"{inbox}\" did not get {what}");
                (message, "no step did that by now")
            }
        };
        Err(Failure::new(scene.value.clone(), message, help))
    }

    /// The passage ended for this reason.
    pub(super) fn finished(&mut self, scene: &Scene, reason: &str) -> Result<(), Failure> {
        let reasons: Vec<String> = self.stage.finished().map(str::to_owned).collect();
        if reasons.iter().any(|own| own == reason) {
            return Ok(());
        }
        let (edit, help) = match reasons.last() {
            Some(own) => {
                let edit = edits::value(&scene.value, word(own));
                (Some(edit), format!("it ended with \"{own}\""))
            }
            None => {
                let edit = edits::without(self.file, &scene.whole);
                (edit, "the passage has not ended with a reason".to_owned())
            }
        };
        self.edits.extend(edit);
        let message = format!("the passage did not end with \"{reason}\"");
        Err(Failure::new(scene.value.clone(), message, help))
    }
}
