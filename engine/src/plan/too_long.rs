//! Who is left out for `limits.parts`: the plan says of the longest text of theirs whose it is, and what makes it so long. Those
//! whose text is not GSM-7 are told apart.

use dsl::bounds::characters;
use dsl::campaign::Deed;
use serde::{Deserialize, Serialize};
use sms::PhoneNumber;
use sms::parts::measure;

use super::row::{Frozen, member_of_row};
use super::seen::Place;
use crate::advance::{NOTHING, may_text, variant_of};
use crate::audience::Row;
use crate::member::Member;
use crate::revision::Revision;

/// People whose texts are too long, and the longest of these texts; of several the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooLong {
    /// People.
    pub rows: u64,
    /// The message.
    pub message: String,
    /// Its parts.
    pub parts: u32,
    /// Whose it is.
    pub place: Place,
    /// The first character that makes it UCS-2; none where it is GSM-7.
    pub character: Option<char>,
    /// The name of the longest value in it, with its characters; none where it has no values.
    pub value: Option<(String, usize)>,
}

impl TooLong {
    /// Of two texts with as many parts the one with the longer value is the longer.
    fn size(&self) -> (u32, usize) {
        (self.parts, self.value.as_ref().map_or(0, |(_, length)| *length))
    }
}

/// Of a row that is left out for it.
pub(super) fn of_row(
    revision: &Revision,
    frozen: &Frozen,
    (phone, row): (PhoneNumber, &Row),
    place: Place,
) -> Option<TooLong> {
    let member = member_of_row(revision, frozen, phone, row).ok()?;
    let program = &revision.campaign.program;
    let sends = program.sends().filter(|(at, _)| match &program.at(*at).deed {
        Deed::Send(deed) => may_text(deed, phone),
        _ => true,
    });
    let texts = sends.filter_map(|(_, message)| of_text(revision, message, &member, place));
    texts.reduce(|longest, next| match next.size() > longest.size() {
        true => next,
        false => longest,
    })
}

fn of_text(revision: &Revision, message: usize, member: &Member, place: Place) -> Option<TooLong> {
    let variant = variant_of(revision, message, member, &NOTHING);
    let text = revision
        .render_variant([message, variant], member, &NOTHING)
        .ok()?;
    let measured = measure(&text);
    let own = &revision.campaign.messages[message];
    let template = own
        .variants
        .get(variant)?
        .texts
        .get(usize::from(member.language))?;
    let uses = template.uses();
    let values = revision.variables.iter().zip(&member.values);
    let values = values.filter(|(name, _)| uses.iter().any(|used| used.name == **name));
    let longest = values.map(|(name, value)| (name.clone(), characters(value)));
    Some(TooLong {
        rows: 1,
        message: own.name.clone(),
        parts: measured.part_count,
        place,
        character: measured.forced_by.map(|(_, character)| character),
        value: longest.max_by_key(|(_, length)| *length),
    })
}

/// Counts a person.
pub(super) fn note(all: &mut Vec<TooLong>, next: TooLong) {
    let is_like = |own: &&mut TooLong| own.character.is_some() == next.character.is_some();
    match all.iter_mut().find(is_like) {
        Some(own) if next.size() > own.size() => {
            let rows = own.rows + 1;
            *own = TooLong { rows, ..next };
        }
        Some(own) => own.rows += 1,
        None => all.push(next),
    }
}
