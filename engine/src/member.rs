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
    /// How often it was submitted.
    pub attempts: u8,
    /// It may have been taken: what is sent again is sent under `in_doubt: resend`.
    pub in_doubt: bool,
}

impl Member {
    /// How often the pending message was submitted; 0 when there is none.
    pub fn attempts(&self) -> u8 {
        self.pending.map_or(0, |pending| pending.attempts)
    }

    /// Whether a message to the member may have been taken already and is tried again all the same.
    pub fn is_in_doubt(&self) -> bool {
        self.pending.is_some_and(|pending| pending.in_doubt)
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

#[derive(Serialize, Deserialize)]
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

/// Compresses a list of members that is ordered by phone. Every member has as many values as the first.
pub fn encode(members: &[Member]) -> Vec<u8> {
    let mut last = 0;
    let phones = members.iter().map(|m| {
        let delta = m.phone.as_u64().wrapping_sub(last);
        last = m.phone.as_u64();
        delta
    });
    let columns = Columns {
        phones: phones.collect(),
        languages: members.iter().map(|m| m.language).collect(),
        tariffs: members.iter().map(|m| m.tariff.map_or(0, |t| t + 1)).collect(),
        values: members
            .iter()
            .flat_map(|m| m.values.iter().map(|v| &**v))
            .collect(),
        pending: (0..)
            .zip(members)
            .filter_map(|(i, m)| Some((i, m.pending?)))
            .collect(),
    };
    let plain = postcard::to_allocvec(&columns).expect("plain columns encode");
    zstd::bulk::compress(&plain, LEVEL).expect("memory compresses into memory")
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
        let pending = Pending {
            message: MessageId(77 << 20),
            attempts: 2,
            in_doubt: true,
        };
        let lists = [
            vec![],
            vec![member(14155550100, &[], None)],
            vec![
                member(14155550100, &["Ada", ""], None),
                member(14155550101, &["Zoë 😀", "x"], Some(pending)),
            ],
        ];
        for list in lists {
            assert_eq!(decode(&encode(&list)).expect("what we wrote"), list);
        }
    }

    #[test]
    fn damaged_list_is_an_error() {
        let good = encode(&[member(14155550100, &["Ada"], None)]);
        for cut in 0..good.len() {
            assert!(decode(&good[..cut]).is_err(), "cut at {cut}");
        }
    }
}
