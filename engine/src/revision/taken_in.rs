//! What a passage takes in of an event: that it happened, where a condition names it, and what it carries.

use dsl::condition::Happening;

use super::Revision;

/// What counts of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// A condition asks for it.
    pub by_name: bool,
    /// What of it is the value of something that the campaign uses.
    pub fields: Vec<String>,
}

impl TakenIn {
    /// Whether nothing does.
    pub fn is_nothing(&self) -> bool {
        !self.by_name && self.fields.is_empty()
    }
}

impl Revision {
    /// What counts of an event that carries these values.
    pub fn takes_in(&self, event: &str, carried: &[(String, String)]) -> TakenIn {
        if !self.asks.events {
            return TakenIn::default();
        }
        let asked = |happening: &Happening| matches!(happening, Happening::Event(name) if name == event);
        let mut happenings = self.campaign.conditions().flat_map(|one| one.happenings());
        let used = |field: &str, value: &str| self.positions.contains_key(field) && self.fits(field, value);
        let fields = carried.iter().filter(|(field, value)| used(field, value));
        TakenIn {
            by_name: happenings.any(asked),
            fields: fields.map(|(field, _)| field.clone()).collect(),
        }
    }
}
