//! The text that a person gets, with its parts.

use super::{Known, variant_of};
use crate::left_out::LeftOut;
use crate::member::Member;
use crate::revision::Revision;

/// The text of a message for a person, and its parts; or why this person gets none.
pub fn text_for(
    revision: &Revision,
    message: usize,
    member: &Member,
    known: &Known,
) -> Result<(String, u32), LeftOut> {
    let variant = variant_of(revision, message, member, known);
    text_of(revision, [message, variant], member, known)
}

/// The same of one variant of a message.
pub(crate) fn text_of(
    revision: &Revision,
    of: [usize; 2],
    member: &Member,
    known: &Known,
) -> Result<(String, u32), LeftOut> {
    let text = revision.render_variant(of, member, known)?;
    let parts = sms::parts::measure(&text).part_count;
    match revision.campaign.limits.parts {
        Some(most) if parts > most.get() => Err(LeftOut::TooManyParts),
        Some(_) | None => Ok((text, parts)),
    }
}
