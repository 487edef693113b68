//! Confirmations of a STOP and of a START that no longer hold when their turn comes: a busy provider may take them in any
//! order, and a person must read last what holds. It is asked in the commit that claims them.

use std::collections::{BTreeSet, HashMap};

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::Failure;
use super::claim::ClaimedCohort;
use super::rows::{CONFIRMS, CohortKind, WELCOMES, corrupt, phone_number, size};
use crate::ids::{CohortId, MessageId};
use crate::member::{self, Doubt, Member};

/// Numbers of one statement.
const NUMBERS: usize = 500;

/// Finds who of these said otherwise since, or the same once more.
pub(super) async fn find_overtaken(
    connection: &mut SqliteConnection,
    claimed: &mut [ClaimedCohort],
) -> Result<(), Failure> {
    let numbers: BTreeSet<i64> = claimed
        .iter()
        .flat_map(|cohort| confirming(cohort).map(|index| phone_number(cohort.members[index].phone)))
        .collect();
    let (mut stopped, mut latest) = (BTreeSet::new(), HashMap::new());
    for numbers in Vec::from_iter(numbers).chunks(NUMBERS) {
        stopped.extend(read_stopped(connection, numbers).await?);
        read_latest(connection, numbers, &mut latest).await?;
    }
    for cohort in claimed {
        let says_stopped = cohort.place.visit == CONFIRMS;
        let is_overtaken = |index: &usize| {
            let member = &cohort.members[*index];
            let phone = phone_number(member.phone);
            let later = latest.get(&phone).copied();
            stopped.contains(&phone) != says_stopped || later > Some(first_id(member, cohort.id, *index))
        };
        cohort.overtaken = confirming(cohort).filter(is_overtaken).collect();
    }
    Ok(())
}

/// Members of a cohort of confirmations that are about to go. What may have been taken is asked about first.
fn confirming(cohort: &ClaimedCohort) -> impl Iterator<Item = usize> {
    let is_one = cohort.kind == CohortKind::Answer && matches!(cohort.place.visit, CONFIRMS | WELCOMES);
    let left = match is_one && !cohort.in_doubt {
        true => cohort.done..cohort.members.len(),
        false => 0..0,
    };
    left.filter(|index| cohort.members[*index].doubt() != Doubt::LookUp)
}

/// The message as it was written first: in the order in which the replies were folded.
fn first_id(member: &Member, cohort: CohortId, index: usize) -> MessageId {
    let own = || cohort.message(u16::try_from(index).unwrap_or(u16::MAX));
    member.pending.map_or_else(own, |pending| pending.message)
}

async fn read_stopped(connection: &mut SqliteConnection, numbers: &[i64]) -> Result<Vec<i64>, Failure> {
    let mut select = QueryBuilder::<Sqlite>::new("select phone from suppression where phone in (");
    push_all(&mut select, numbers);
    Ok(select.build_query_scalar().fetch_all(connection).await?)
}

/// The latest confirmation of each that is not settled.
async fn read_latest(
    connection: &mut SqliteConnection,
    numbers: &[i64],
    latest: &mut HashMap<i64, MessageId>,
) -> Result<(), Failure> {
    let mut select = QueryBuilder::<Sqlite>::new(
        "select c.id, c.done, m.members from cohort c join cohort_members m on m.id = c.id
         where c.kind = 1 and c.state <> 1 and c.visit in (",
    );
    select.push_bind(CONFIRMS).push(", ").push_bind(WELCOMES);
    select.push(") and c.phone_lo in (");
    push_all(&mut select, numbers);
    for row in select.build().fetch_all(connection).await? {
        let (id, done) = (CohortId(row.try_get("id")?), size(row.try_get("done")?)?);
        let members = member::decode(row.try_get("members")?).map_err(|error| corrupt(error.to_string()))?;
        for (index, member) in members.iter().enumerate().skip(done) {
            let first = first_id(member, id, index);
            let of_phone = latest.entry(phone_number(member.phone)).or_insert(first);
            *of_phone = first.max(*of_phone);
        }
    }
    Ok(())
}

fn push_all(select: &mut QueryBuilder<Sqlite>, numbers: &[i64]) {
    let mut values = select.separated(", ");
    numbers.iter().for_each(|number| {
        values.push_bind(*number);
    });
    select.push(")");
}
