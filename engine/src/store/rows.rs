//! What the store's numbers mean, and the shapes of rows that several deeds share.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::{Failure, StoreError};
use crate::advance::Place;
use crate::ids::{CohortId, DESK_RUN, LaunchId};
use crate::member::{Doubt, Encoded, Member};

/// What a message came to, as far as we know. It only rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageState {
    /// Definitely not taken so far; it will be tried again.
    Attempting = 0,
    /// It cannot be known whether the provider took it.
    Unknown = 1,
    /// Refused, or given up.
    Rejected = 2,
    /// Taken by the provider.
    Accepted = 3,
    /// The carrier gave up in time.
    Expired = 4,
    /// The carrier says it did not arrive.
    Undelivered = 5,
    /// The carrier says it arrived.
    Delivered = 6,
}

impl MessageState {
    /// All, from the lowest.
    pub const ALL: [MessageState; 7] = [
        MessageState::Attempting,
        MessageState::Unknown,
        MessageState::Rejected,
        MessageState::Accepted,
        MessageState::Expired,
        MessageState::Undelivered,
        MessageState::Delivered,
    ];

    /// The word for it, in JSON and for people.
    pub fn word(self) -> &'static str {
        match self {
            MessageState::Attempting => "attempting",
            MessageState::Unknown => "unknown",
            MessageState::Rejected => "rejected",
            MessageState::Accepted => "accepted",
            MessageState::Expired => "expired",
            MessageState::Undelivered => "undelivered",
            MessageState::Delivered => "delivered",
        }
    }

    pub(super) fn from_row(number: i64) -> Result<MessageState, StoreError> {
        let found = Self::ALL.into_iter().find(|state| *state as i64 == number);
        found.ok_or_else(|| corrupt(format!("message state {number}")))
    }
}

/// What a cohort is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CohortKind {
    /// People on their way.
    Passage = 0,
    /// The answer to a reply: one person, whose first value is the text. It moves nobody and goes first.
    Answer = 1,
}

/// The visit of an answer that goes to somebody who opted out too; that of others is 0.
pub const OWED: u32 = 1;
/// The same of the confirmation of an opt-out, which is none of the answers of an hour.
pub const CONFIRMS: u32 = 2;
/// The same of the confirmation that somebody who had opted out gets texts again.
pub const WELCOMES: u32 = 3;

impl CohortKind {
    pub(super) fn from_row(number: i64) -> Result<CohortKind, StoreError> {
        match number {
            0 => Ok(CohortKind::Passage),
            1 => Ok(CohortKind::Answer),
            _ => Err(corrupt(format!("cohort kind {number}"))),
        }
    }
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextKind {
    /// Of a step.
    Step,
    /// The answer to a reply.
    Answer,
    /// A reply or a note for the phone of an inbox.
    Desk,
}

impl TextKind {
    /// Of a cohort of this kind and run.
    pub fn of(kind: CohortKind, run: u32) -> TextKind {
        match kind {
            CohortKind::Passage => TextKind::Step,
            CohortKind::Answer if run == DESK_RUN => TextKind::Desk,
            CohortKind::Answer => TextKind::Answer,
        }
    }

    /// As programs read it.
    pub fn word(self) -> &'static str {
        match self {
            TextKind::Step => "text",
            TextKind::Answer => "answer",
            TextKind::Desk => "desk",
        }
    }
}

/// The state of a message `m` of a launch `l`, as it is told: what was to be tried once more, and was not before the launch
/// was cancelled, is refused still.
pub(super) const TOLD_STATE: &str =
    "case when m.state = 0 and m.attempts = 0 and l.state = 3 then 2 else m.state end";

/// What the message of a row is, which has its cohort's kind and run.
pub(super) fn text_kind(row: &SqliteRow) -> Result<TextKind, Failure> {
    let kind = CohortKind::from_row(row.try_get("kind")?)?;
    Ok(TextKind::of(kind, small(row.try_get("run")?, "run")?))
}

/// What the members of a cohort come to their turn for. Nobody in a cohort is there for another reason, so that what
/// may still be done of a launch that was cancelled, and who stands among the messages already, is a question of cohorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// What the step does, for the first time.
    First = 0,
    /// A message goes once more.
    Again = 1,
    /// The provider is asked whether it took a message. Nothing is submitted.
    LookUp = 2,
    /// A message that may have been taken goes once more, to a provider that refuses what it has: it is paid once.
    Resubmit = 3,
}

impl Turn {
    /// What a member's next turn is for.
    pub fn of(member: &Member) -> Turn {
        match member.pending {
            None => Turn::First,
            Some(pending) => match pending.doubt {
                Doubt::LookUp => Turn::LookUp,
                Doubt::Refused => Turn::Resubmit,
                Doubt::None | Doubt::Resent => Turn::Again,
            },
        }
    }

    pub(super) fn from_row(number: i64) -> Result<Turn, StoreError> {
        match number {
            0 => Ok(Turn::First),
            1 => Ok(Turn::Again),
            2 => Ok(Turn::LookUp),
            3 => Ok(Turn::Resubmit),
            _ => Err(corrupt(format!("turn {number}"))),
        }
    }
}

/// A cohort to be written. Members are ordered by phone, never none, never over 4,096.
#[derive(Debug, Clone)]
pub struct NewCohort<M = Vec<Member>> {
    /// Of this launch.
    pub launch: LaunchId,
    /// The run of 2^20 audience rows that its members stood in.
    pub run: u32,
    /// Passage or answer.
    pub kind: CohortKind,
    /// Where its members are.
    pub place: Place,
    /// What for.
    pub turn: Turn,
    /// When it runs; on a slot.
    pub due_at: DateTime<Utc>,
    /// The sender's name in crier.yaml.
    pub sender: String,
    /// The set of zones its members may be in.
    pub time_class: String,
    /// Who.
    pub members: M,
}

impl NewCohort {
    /// With its members compressed.
    pub fn encoded(self) -> NewCohort<Encoded> {
        let members = Encoded::of(&self.members);
        NewCohort {
            launch: self.launch,
            run: self.run,
            kind: self.kind,
            place: self.place,
            turn: self.turn,
            due_at: self.due_at,
            sender: self.sender,
            time_class: self.time_class,
            members,
        }
    }
}

/// A cohort with its id and its members compressed: what the insert needs.
pub(super) struct CohortRow {
    pub id: CohortId,
    pub cohort: NewCohort<Encoded>,
}

impl CohortRow {
    pub fn new(id: CohortId, cohort: NewCohort) -> CohortRow {
        let cohort = cohort.encoded();
        CohortRow { id, cohort }
    }
}

/// Rows of one statement: SQLite takes 32,766 values.
const ROWS: usize = 500;

/// Writes cohorts and their members.
pub(super) async fn insert_cohorts(
    connection: &mut SqliteConnection,
    rows: &[CohortRow],
) -> Result<(), sqlx::Error> {
    for rows in rows.chunks(ROWS) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "insert into cohort (id, launch_id, run, kind, step, visit, turn, due_at, n, phone_lo, phone_hi, sender, time_class) ",
        );
        insert.push_values(rows, |mut row, CohortRow { id, cohort }| {
            let phones = cohort.members.phones;
            let (lowest, highest) = phones.map_or((0, 0), |(a, b)| (phone_number(a), phone_number(b)));
            row.push_bind(id.0)
                .push_bind(cohort.launch.0)
                .push_bind(cohort.run)
                .push_bind(cohort.kind as i64)
                .push_bind(cohort.place.step)
                .push_bind(cohort.place.visit)
                .push_bind(cohort.turn as i64)
                .push_bind(millis(cohort.due_at))
                .push_bind(count(cohort.members.len))
                .push_bind(lowest)
                .push_bind(highest)
                .push_bind(&cohort.sender)
                .push_bind(&cohort.time_class);
        });
        insert.build().execute(&mut *connection).await?;
        let mut insert = QueryBuilder::<Sqlite>::new("insert into cohort_members (id, members) ");
        insert.push_values(rows, |mut row, CohortRow { id, cohort }| {
            row.push_bind(id.0).push_bind(cohort.members.bytes.as_slice());
        });
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Milliseconds since 1970.
pub(super) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// The instant of so many milliseconds since 1970.
pub(super) fn instant(millis: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| corrupt(format!("instant {millis}")))
}

/// A phone as SQLite's integer: 15 digits fit 63 bits.
pub(super) fn phone_number(phone: PhoneNumber) -> i64 {
    i64::try_from(phone.as_u64()).expect("15 digits fit an i64")
}

/// The phone of a row.
pub(super) fn phone(number: i64) -> Result<PhoneNumber, StoreError> {
    let phone = u64::try_from(number).ok().and_then(PhoneNumber::from_u64);
    phone.ok_or_else(|| corrupt("a phone number".to_owned()))
}

/// A length as SQLite's integer.
pub(super) fn count(n: usize) -> i64 {
    i64::try_from(n).expect("a length in memory fits an i64")
}

/// A count of a row.
pub(super) fn size(n: i64) -> Result<usize, StoreError> {
    usize::try_from(n).map_err(|_| corrupt(format!("count {n}")))
}

/// Any other small number of a row.
pub(super) fn small<T: TryFrom<i64>>(n: i64, what: &str) -> Result<T, StoreError> {
    T::try_from(n).map_err(|_| corrupt(format!("{what} {n}")))
}

pub(super) fn corrupt(what: String) -> StoreError {
    StoreError::Corrupt { what }
}

/// The members of a cohort that left it, of a column `departed` that lists them.
pub(super) fn departed(row: &SqliteRow) -> Result<Vec<usize>, Failure> {
    let departed: Option<String> = row.try_get("departed")?;
    let members = departed.iter().flat_map(|members| members.split(','));
    Ok(members.filter_map(|member| member.parse().ok()).collect())
}
