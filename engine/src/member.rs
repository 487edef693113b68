//! The members of a cohort, and their compressed form in the store: columns, not rows, so that neighbours resemble
//! each other. Ordered by phone.

use serde::{Deserialize, Serialize};
use sms::PhoneNumber;

use crate::ids::MessageId;

/// One person in a cohort, as frozen at launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub phone: PhoneNumber,
    /// An index into the campaign's languages.
    pub language: u8,
    /// An index into the launch's tariffs; none where no price is known.
    pub tariff: Option<u8>,
    /// The values that texts use, in the order of [`crate::texts::variables`].
    pub values: Vec<Box<str>>,
    /// The message that was tried already and has no final answer.
    pub pending: Option<Pending>,
}

/// A message on its way through retries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Kept through departures, so that a provider sees one reference.
    pub message: MessageId,
    /// How often it was submitted, or looked up.
    pub attempts: u8,
    /// How often the process ended while it was under way.
    pub crashes: u8,
    /// Whether an earlier submit may have been taken, and what is done about that.
    pub doubt: Doubt,
    /// It was sent again although an earlier submit may have been taken, for once.
    pub resent: bool,
    /// Whom it was submitted to last: 0 the sender's provider, then those of its `then`.
    pub route: u8,
}

/// What is known of the earlier submits of a message that is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doubt {
    /// They were definitely not taken.
    None,
    /// The last may have been taken: it is looked up before anything else.
    LookUp,
    /// One may have been taken, and the text is sent again all the same: the provider refuses a reference that it has.
    Refused,
    /// One may have been taken, and the text is sent again all the same, once: the campaign says `in_doubt: resend`.
    Resent,
}

impl Doubt {
    /// Whether an earlier submit may have been taken.
    pub fn is_any(self) -> bool {
        match self {
            Doubt::None => false,
            Doubt::LookUp | Doubt::Refused | Doubt::Resent => true,
        }
    }
}

impl Member {
    /// Somebody of whom nothing but the number is known.
    pub fn unlisted(phone: PhoneNumber) -> Member {
        Member {
            phone,
            language: 0,
            tariff: None,
            values: vec![],
            pending: None,
        }
    }

    /// How often the pending message was submitted; 0 when there is none.
    pub fn attempts(&self) -> u8 {
        self.pending.map_or(0, |pending| pending.attempts)
    }

    /// What is known of the earlier submits of the pending message.
    pub fn doubt(&self) -> Doubt {
        self.pending.map_or(Doubt::None, |pending| pending.doubt)
    }

    /// Whether the pending message was sent again, or is now, although an earlier submit may have been taken.
    pub fn is_resent(&self) -> bool {
        self.pending
            .is_some_and(|pending| pending.resent || pending.doubt == Doubt::Resent)
    }

    /// How often the process ended while the pending message was under way.
    pub fn crashes(&self) -> u8 {
        self.pending.map_or(0, |pending| pending.crashes)
    }
}

/// Why a member list of the store cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The compressed frame is damaged.
    #[error("member list does not decompress")]
    Compression(#[source] std::io::Error),
    /// The frame holds something else.
    #[error("member list does not decode")]
    Encoding(#[source] postcard::Error),
    /// Columns of different length, or a phone that is none.
    #[error("member list is inconsistent")]
    Inconsistent,
}

#[derive(Default, Serialize, Deserialize)]
struct Columns<'a> {
    /// The first phone, then differences.
    phones: Vec<u64>,
    languages: Vec<u8>,
    /// 0: none.
    tariffs: Vec<u8>,
    /// Value after value, member after member.
    #[serde(borrow)]
    values: Vec<&'a str>,
    pending: Vec<(u16, Pending)>,
}

/// The level of zstd at which 1,000 members take about 0.2 ms.
const LEVEL: i32 = 1;

/// A list of members in its compressed form.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// How many.
    pub len: usize,
    /// The lowest and the highest number; none where there are no members.
    pub phones: Option<(PhoneNumber, PhoneNumber)>,
    /// What [`decode`] reads.
    pub bytes: Vec<u8>,
}

impl Encoded {
    /// Of members that are ordered by phone. Where some have fewer values than others (answers to people inside and outside of
    /// a campaign go together), empty ones stand for those that are missing.
    pub fn of(members: &[Member]) -> Encoded {
        let mut encoder = Encoder::default();
        let width = members.iter().map(|m| m.values.len()).max().unwrap_or(0);
        for m in members {
            let values = m.values.iter().map(|v| &**v);
            let values = values.chain(std::iter::repeat("")).take(width);
            encoder.push(m.phone, m.language, m.tariff, values);
        }
        encoder.columns.pending = (0..)
            .zip(members)
            .filter_map(|(i, m)| Some((i, m.pending?)))
            .collect();
        encoder.finish()
    }
}

/// Takes members one by one, ordered by phone, without a [`Member`] of each.
#[derive(Default)]
pub struct Encoder<'a> {
    columns: Columns<'a>,
    phones: Option<(PhoneNumber, PhoneNumber)>,
}

impl<'a> Encoder<'a> {
    /// Adds a member that was not tried yet, with as many values as the others.
    pub fn push(
        &mut self,
        phone: PhoneNumber,
        language: u8,
        tariff: Option<u8>,
        values: impl Iterator<Item = &'a str>,
    ) {
        let (first, last) = self
            .phones
            .map_or((phone, 0), |(first, last)| (first, last.as_u64()));
        self.phones = Some((first, phone));
        self.columns.phones.push(phone.as_u64().wrapping_sub(last));
        self.columns.languages.push(language);
        self.columns.tariffs.push(tariff.map_or(0, |t| t + 1));
        self.columns.values.extend(values);
    }

    /// Compresses them.
    pub fn finish(self) -> Encoded {
        let plain = postcard::to_allocvec(&self.columns).expect("plain columns encode");
        Encoded {
            len: self.columns.phones.len(),
            phones: self.phones,
            bytes: zstd::bulk::compress(&plain, LEVEL).expect("memory compresses into memory"),
        }
    }
}

/// Compresses a list of members that is ordered by phone, as [`Encoded::of`] does.
pub fn encode(members: &[Member]) -> Vec<u8> {
    Encoded::of(members).bytes
}

/// Reads what [`encode`] wrote.
pub fn decode(bytes: &[u8]) -> Result<Vec<Member>, CodecError> {
    let plain = zstd::stream::decode_all(bytes).map_err(CodecError::Compression)?;
    let columns: Columns<'_> = postcard::from_bytes(&plain).map_err(CodecError::Encoding)?;
    let n = columns.phones.len();
    let width = columns.values.len().checked_div(n).unwrap_or(0);
    if columns.languages.len() != n || columns.tariffs.len() != n || columns.values.len() != n * width {
        return Err(CodecError::Inconsistent);
    }
    let mut values = columns.values.into_iter().map(Box::from);
    let mut phone = 0_u64;
    let mut members = Vec::with_capacity(n);
    for ((delta, language), tariff) in columns
        .phones
        .into_iter()
        .zip(columns.languages)
        .zip(columns.tariffs)
    {
        phone = phone.wrapping_add(delta);
        members.push(Member {
            phone: PhoneNumber::from_u64(phone).ok_or(CodecError::Inconsistent)?,
            language,
            tariff: tariff.checked_sub(1),
            values: values.by_ref().take(width).collect(),
            pending: None,
        });
    }
    for (index, pending) in columns.pending {
        members
            .get_mut(usize::from(index))
            .ok_or(CodecError::Inconsistent)?
            .pending = Some(pending);
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(phone: u64, values: &[&str], pending: Option<Pending>) -> Member {
        Member {
            phone: PhoneNumber::from_u64(phone).expect("a number of 11 digits"),
            language: 1,
            tariff: Some(0),
            values: values.iter().map(|v| Box::from(*v)).collect(),
            pending,
        }
    }

    #[test]
    fn members_come_back_as_they_went() {
        let pending = |doubt, route| Pending {
            message: MessageId(77 << 20),
            attempts: 2,
            crashes: 1,
            doubt,
            resent: false,
            route,
        };
        let tried =
            |n: u64, doubt, route| member(14155550101 + n, &["Zoë 😀", "x"], Some(pending(doubt, route)));
        let lists = [
            vec![],
            vec![member(14155550100, &[], None)],
            vec![
                member(14155550100, &["Ada", ""], None),
                tried(0, Doubt::None, 0),
                tried(1, Doubt::LookUp, 1),
                tried(2, Doubt::Refused, 2),
                tried(3, Doubt::Resent, u8::MAX),
            ],
        ];
        for list in lists {
            assert_eq!(decode(&encode(&list)).expect("what we wrote"), list);
        }
    }

    #[test]
    fn whoever_has_fewer_values_takes_none_of_somebody_else() {
        let list = [
            member(14155550100, &["You get no more"], None),
            member(14155550101, &["You get no more", "Ada", "Rome"], None),
            member(14155550102, &[], None),
        ];
        let back = decode(&encode(&list)).expect("what we wrote");
        let values: Vec<Vec<&str>> = back
            .iter()
            .map(|m| m.values.iter().map(|v| &**v).collect())
            .collect();
        assert_eq!(
            values,
            [
                ["You get no more", "", ""],
                ["You get no more", "Ada", "Rome"],
                ["", "", ""]
            ]
        );
    }

    #[test]
    fn whoever_was_not_tried_is_in_no_doubt() {
        let fresh = member(14155550100, &[], None);
        assert_eq!(
            (fresh.attempts(), fresh.crashes(), fresh.doubt()),
            (0, 0, Doubt::None)
        );
        let any = [Doubt::None, Doubt::LookUp, Doubt::Refused, Doubt::Resent].map(Doubt::is_any);
        assert_eq!(any, [false, true, true, true]);
    }

    #[test]
    fn damaged_list_is_an_error() {
        let good = encode(&[member(14155550100, &["Ada"], None)]);
        for cut in 0..good.len() {
            assert!(decode(&good[..cut]).is_err(), "cut at {cut}");
        }
    }
}
