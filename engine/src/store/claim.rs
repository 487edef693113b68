//! Takes due cohorts: by members, not by cohorts, in one transaction with the lease and the first intent.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::canary::HELD;
use super::delivery::take_over;
use super::overtaken::find_overtaken;
use super::record::{Progress, suppressed_since};
use super::rows::{CohortKind, MessageState, Turn, corrupt, count, instant, millis, phone, size, small};
use super::{Failure, Store, StoreError};
use crate::advance::Place;
use crate::ids::{CohortId, LaunchId, MessageId};
use crate::member::{self, Doubt, Member, Pending};

/// What to take.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Of this launch. While it is not running no passage is taken; of one that was cancelled what an earlier process left
    /// in doubt, and what is to be looked up.
    pub launch: LaunchId,
    /// Of this sender.
    pub sender: String,
    /// Answers to replies, or passages.
    pub kind: CohortKind,
    /// Only what costs nothing more: what an earlier process left in doubt, what is to be looked up or submitted again to a
    /// provider that refuses what it has.
    pub only_doubts: bool,
    /// Due by then.
    pub now: DateTime<Utc>,
    /// Cohorts are taken until they hold so many members.
    pub members: usize,
    /// Whether so many get their intent at once; else it is given by a later record.
    pub intent: bool,
    /// Whom the intent goes to: 0 the sender's provider, then those of its `then`.
    pub route: u8,
    /// The last change of the suppressions that the caller knows.
    pub suppressions_known: i64,
}

/// A cohort that this process holds.
#[derive(Debug, Clone)]
pub struct ClaimedCohort {
    /// Its id.
    pub id: CohortId,
    /// Of this launch.
    pub launch: LaunchId,
    /// Of this run.
    pub run: u32,
    /// Passage or answer.
    pub kind: CohortKind,
    /// Where its members are.
    pub place: Place,
    /// What for.
    pub turn: Turn,
    /// When that came due.
    pub due_at: DateTime<Utc>,
    /// Of this claim: a record under an older fence is refused.
    pub fence: i64,
    /// All of its members.
    pub members: Vec<Member>,
    /// Members before this index are settled.
    pub done: usize,
    /// Members before this index may have been submitted.
    pub intent_to: usize,
    /// When they were free to go.
    pub intended_at: DateTime<Utc>,
    /// Members that left before their turn.
    pub departed: BTreeSet<usize>,
    /// Members whose text a later one of theirs makes untrue: it does not go.
    pub overtaken: BTreeSet<usize>,
    /// What is known of the members between `done` and `intent_to` that an earlier process submitted. Empty when the
    /// intent is of this claim.
    pub known: HashMap<usize, Known>,
    /// The intent is an earlier process's: those of whom nothing is known are in doubt.
    pub in_doubt: bool,
    /// Whom the intent went to.
    pub route: u8,
    /// Processes ended with it, or with one of its members: its members go one at a time, with nothing else under way.
    pub alone: bool,
    /// The sender.
    pub sender: String,
    /// The set of zones.
    pub time_class: String,
}

/// What the store knows of a message that was submitted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// As far as it is known.
    pub state: MessageState,
    /// When the last answer was recorded.
    pub sent_at: DateTime<Utc>,
    /// False when only a receipt is known: it proves that the provider took the text, and the answer is still to be
    /// recorded.
    pub recorded: bool,
}

/// At most so many cohorts are taken at once: as many as a window has members.
const MOST_COHORTS: i64 = 500;
/// Cohorts that are asked about together.
const MOST_IDS: usize = 500;
/// A cohort that was claimed so often without a record goes alone: processes seem to end with it.
const WORN: i64 = 4;
/// The same of a cohort that was claimed so often without a record that it is set aside.
const WORN_OUT: i64 = 12;
/// How many people of a launch are in cohorts that are set aside.
const SET_ASIDE: &str = "select coalesce(sum(n - done - (select count(*) from departure d
        where d.cohort_id = cohort.id and d.member >= cohort.done)), 0)
    from cohort where launch_id = ? and state = 2 and kind = 0";
/// A message that was under way at so many ends of a process goes alone.
const CRASHES: u8 = 2;

impl Store {
    /// Gives up the leases of a process that ended, of cohorts and of deliveries. Only the executing process calls it, when it
    /// begins. Cohorts that process after process ended with are set aside, each with an alarm.
    pub async fn recover_leases(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    take_over(connection, now).await?;
                    recover_leases(connection, None, now).await
                })
            })
            .await
    }

    /// The same of one launch, of which the executing process holds nothing.
    pub async fn recover_leases_of(&self, launch: LaunchId, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| Box::pin(recover_leases(connection, Some(launch), now)))
            .await
    }

    /// Puts the cohorts of a launch that were set aside back among those that are due; how many people that are.
    pub async fn take_up_set_aside(&self, launch: LaunchId) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| Box::pin(take_up_set_aside(connection, launch)))
            .await
    }

    /// Takes due cohorts, the earliest first, until they hold `members`; commits the lease, the next fence and the
    /// intent of the first window. A cohort whose earlier intent is not settled gets no new one. The suppressions that
    /// came after those known are read in the same transaction.
    pub async fn claim_due(&self, claim: Claim) -> Result<(Vec<ClaimedCohort>, Vec<(i64, u64)>), StoreError> {
        self.writer
            .write(move |connection| Box::pin(claim_due(connection, claim)))
            .await
    }

    /// When the next cohort that a claim would take comes due, whatever its `now`; none where no process and no canary lets
    /// any go.
    pub async fn next_due(&self, claim: &Claim) -> Result<Option<DateTime<Utc>>, StoreError> {
        let query = match claim.kind {
            CohortKind::Passage => {
                "select due_at from cohort where launch_id = ?1 and sender = ?2 and state = 0 and lease_until = 0
                 and kind = 0 and due_at < ?3 and (intent_to > done or turn = 2
                   or ((?4 = 0 or turn = 3) and exists (select 1 from launch where id = ?1 and state <> 3)))
                 order by due_at limit 1"
            }
            CohortKind::Answer => {
                "select due_at from cohort where launch_id = ?1 and sender = ?2 and state = 0 and lease_until = 0
                 and kind = 1 and due_at < ?3 order by due_at limit 1"
            }
        };
        let query = sqlx::query_scalar(query)
            .bind(claim.launch.0)
            .bind(&claim.sender)
            .bind(HELD);
        let query = match claim.kind {
            CohortKind::Passage => query.bind(claim.only_doubts),
            CohortKind::Answer => query,
        };
        let due: Option<i64> = query
            .fetch_optional(&self.readers)
            .await
            .map_err(|error| self.error(error))?;
        due.map(instant).transpose()
    }

    /// The launches of cohorts.
    pub async fn launches_of(
        &self,
        cohorts: Vec<CohortId>,
    ) -> Result<HashMap<CohortId, LaunchId>, StoreError> {
        let mut launches = HashMap::with_capacity(cohorts.len());
        for cohorts in cohorts.chunks(MOST_IDS) {
            let mut select = QueryBuilder::<Sqlite>::new("select id, launch_id from cohort where id in (");
            let mut values = select.separated(", ");
            cohorts.iter().for_each(|id| {
                values.push_bind(id.0);
            });
            select.push(")");
            let rows = select
                .build_query_as::<(i64, i64)>()
                .fetch_all(&self.readers)
                .await;
            let rows = rows.map_err(|error| self.error(error))?;
            launches.extend(
                rows.into_iter()
                    .map(|(id, launch)| (CohortId(id), LaunchId(launch))),
            );
        }
        Ok(launches)
    }

    /// The senders that have cohorts left in a launch.
    pub async fn senders_due(&self, launch: LaunchId) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar("select distinct sender from cohort where launch_id = ? and state = 0")
            .bind(launch.0)
            .fetch_all(&self.readers)
            .await
            .map_err(|error| self.error(error))
    }

    /// Puts cohorts back that were claimed and not finished. Those whose fence moved on are left alone.
    pub async fn release(&self, cohorts: Vec<(CohortId, i64)>) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for (id, fence) in cohorts {
                        sqlx::query(
                            "update cohort set lease_until = 0, claims = 0 where id = ? and fence = ?",
                        )
                        .bind(id.0)
                        .bind(fence)
                        .execute(&mut *connection)
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// Of one launch, or of all.
async fn recover_leases(
    connection: &mut SqliteConnection,
    launch: Option<LaunchId>,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let launch = launch.map(|launch| launch.0);
    sqlx::query(
        "insert into alarm (subject, reason, since)
         select 'cohort ' || id, 'set aside: ' || claims || ' processes ended with it', ?1 from cohort
         where state = 0 and lease_until <> 0 and claims >= ?2 and launch_id = coalesce(?3, launch_id)
         on conflict do nothing",
    )
    .bind(millis(now))
    .bind(WORN_OUT)
    .bind(launch)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "update cohort set lease_until = 0, state = iif(claims >= ?1, 2, 0)
         where state = 0 and lease_until <> 0 and launch_id = coalesce(?2, launch_id)",
    )
    .bind(WORN_OUT)
    .bind(launch)
    .execute(connection)
    .await?;
    Ok(())
}

async fn take_up_set_aside(connection: &mut SqliteConnection, launch: LaunchId) -> Result<u64, Failure> {
    let people: i64 = sqlx::query_scalar(SET_ASIDE)
        .bind(launch.0)
        .fetch_one(&mut *connection)
        .await?;
    for statement in [
        "delete from alarm where subject in (select 'cohort ' || id from cohort where launch_id = ? and state = 2)",
        "update launch set state = 1, ended_at = null where id = ? and state = 4
         and exists (select 1 from cohort where launch_id = launch.id and state = 2)",
        "update cohort set state = 0, claims = 0 where launch_id = ? and state = 2",
    ] {
        sqlx::query(statement)
            .bind(launch.0)
            .execute(&mut *connection)
            .await?;
    }
    Ok(small(people, "count")?)
}

async fn claim_due(
    connection: &mut SqliteConnection,
    claim: Claim,
) -> Result<(Vec<ClaimedCohort>, Vec<(i64, u64)>), Failure> {
    let suppressed = suppressed_since(connection, claim.suppressions_known).await?;
    // Of a limit that is a parameter alone SQLite plans the statement anew each time that it is bound.
    let queries: &[&'static str] = match claim.kind {
        // Doubts and second tries do not wait behind a launch of millions.
        CohortKind::Passage => &[
            "select c.*, m.members from cohort c join cohort_members m on m.id = c.id
             where c.launch_id = ?1 and c.sender = ?2 and c.state = 0 and c.turn > 0 and c.due_at <= ?3 and c.lease_until = 0
               and c.kind = 0 and exists (select 1 from launch l where l.id = ?1
                 and ((l.state = 1 and (?5 = 0 or c.intent_to > c.done or c.turn > 1))
                   or (l.state = 3 and (c.intent_to > c.done or c.turn = 2))))
             order by c.due_at, c.id limit ?4 + 0",
            "select c.*, m.members from cohort c join cohort_members m on m.id = c.id
             where c.launch_id = ?1 and c.sender = ?2 and c.state = 0 and c.turn = 0 and c.due_at <= ?3 and c.lease_until = 0
               and c.kind = 0 and exists (select 1 from launch l where l.id = ?1
                 and ((l.state = 1 and (?5 = 0 or c.intent_to > c.done)) or (l.state = 3 and c.intent_to > c.done)))
             order by c.due_at, c.id limit ?4 + 0",
        ],
        CohortKind::Answer => &[
            "select c.*, m.members from cohort c join cohort_members m on m.id = c.id
             where c.launch_id = ?1 and c.sender = ?2 and c.state = 0 and c.due_at <= ?3 and c.lease_until = 0
               and c.kind = 1 and exists (select 1 from launch l where l.id = ?1 and l.state > 0)
             order by c.due_at, c.id limit ?4 + 0",
        ],
    };
    let mut claimed = vec![];
    let mut room = claim.members;
    for query in queries {
        room = take_rows(connection, query, &claim, room, &mut claimed).await?;
    }
    hold(connection, &claimed, claim.route).await?;
    load_departed(connection, &mut claimed).await?;
    find_overtaken(connection, &mut claimed).await?;
    for cohort in &mut claimed {
        load_known(connection, cohort).await?;
    }
    Ok((claimed, suppressed))
}

/// Reads due cohorts until they fill the room of the claim, and no row more: each brings its members. What room is left.
async fn take_rows(
    connection: &mut SqliteConnection,
    query: &'static str,
    claim: &Claim,
    mut room: usize,
    claimed: &mut Vec<ClaimedCohort>,
) -> Result<usize, Failure> {
    if room == 0 {
        return Ok(0);
    }
    let query = sqlx::query(query)
        .bind(claim.launch.0)
        .bind(&claim.sender)
        .bind(millis(claim.now))
        .bind(MOST_COHORTS);
    let query = match claim.kind {
        CohortKind::Passage => query.bind(claim.only_doubts),
        CohortKind::Answer => query,
    };
    let mut rows = query.fetch(connection);
    while room > 0
        && let Some(row) = rows.try_next().await?
    {
        let mut cohort = cohort_row(&row)?;
        if cohort.alone && !claimed.is_empty() {
            return Ok(0);
        }
        if cohort.in_doubt {
            room = room.saturating_sub(cohort.intent_to - cohort.done);
        } else {
            let most = if cohort.alone { 1 } else { room };
            let members = (cohort.members.len() - cohort.done).min(most);
            cohort.intent_to = cohort.done + if claim.intent { members } else { 0 };
            cohort.intended_at = claim.now;
            cohort.route = claim.route;
            room -= members;
        }
        let alone = cohort.alone;
        claimed.push(cohort);
        if alone {
            return Ok(0);
        }
    }
    Ok(room)
}

/// Writes lease, fence and intent. On one machine a lease has no end: the lock file tells who holds it.
async fn hold(
    connection: &mut SqliteConnection,
    cohorts: &[ClaimedCohort],
    route: u8,
) -> Result<(), Failure> {
    if cohorts.is_empty() {
        return Ok(());
    }
    let mut update = QueryBuilder::<Sqlite>::new("with held (id, intent_to, intended_at, route) as (");
    update.push_values(cohorts, |mut row, cohort| {
        let route = if cohort.in_doubt { cohort.route } else { route };
        row.push_bind(cohort.id.0)
            .push_bind(count(cohort.intent_to))
            .push_bind(millis(cohort.intended_at))
            .push_bind(route);
    });
    update.push(
        ") update cohort set lease_until = 9223372036854775807, fence = fence + 1, claims = claims + 1, intent_to = held.intent_to,
                intended_at = held.intended_at, route = held.route
         from held where cohort.id = held.id",
    );
    update.build().execute(connection).await?;
    Ok(())
}

pub(super) fn cohort_row(row: &SqliteRow) -> Result<ClaimedCohort, Failure> {
    let integer = |name: &str| row.try_get::<i64, _>(name);
    let members = member::decode(row.try_get("members")?).map_err(|error| corrupt(error.to_string()))?;
    let (done, intent_to) = (size(integer("done")?)?, size(integer("intent_to")?)?);
    if intent_to > members.len() || done > intent_to {
        return Err(corrupt(format!("cohort {}", integer("id")?)).into());
    }
    let due_at = instant(integer("due_at")?)?;
    let worn = integer("claims")? >= WORN || members.iter().any(|member| member.crashes() >= CRASHES);
    Ok(ClaimedCohort {
        id: CohortId(integer("id")?),
        launch: LaunchId(integer("launch_id")?),
        run: small(integer("run")?, "run")?,
        kind: CohortKind::from_row(integer("kind")?)?,
        place: Place {
            step: small(integer("step")?, "step")?,
            visit: small(integer("visit")?, "visit")?,
        },
        turn: Turn::from_row(integer("turn")?)?,
        due_at,
        fence: integer("fence")? + 1,
        members,
        done,
        intent_to,
        intended_at: instant(integer("intended_at")?)?,
        departed: BTreeSet::new(),
        overtaken: BTreeSet::new(),
        known: HashMap::new(),
        in_doubt: intent_to > done,
        route: small(integer("route")?, "route")?,
        alone: worn,
        sender: row.try_get("sender")?,
        time_class: row.try_get("time_class")?,
    })
}

pub(super) async fn load_departed(
    connection: &mut SqliteConnection,
    cohorts: &mut [ClaimedCohort],
) -> Result<(), Failure> {
    if cohorts.is_empty() {
        return Ok(());
    }
    let mut select =
        QueryBuilder::<Sqlite>::new("select cohort_id, member from departure where cohort_id in (");
    let mut ids = select.separated(", ");
    cohorts.iter().for_each(|cohort| {
        ids.push_bind(cohort.id.0);
    });
    select.push(")");
    for row in select.build().fetch_all(connection).await? {
        let id: i64 = row.try_get("cohort_id")?;
        let member = size(row.try_get("member")?)?;
        for cohort in cohorts.iter_mut().filter(|cohort| cohort.id.0 == id) {
            cohort.departed.insert(member);
        }
    }
    Ok(())
}

/// What an earlier process recorded of a window before it ended; and of members who are tried again although their first
/// text may have been taken: a receipt may have told meanwhile that it was.
async fn load_known(connection: &mut SqliteConnection, cohort: &mut ClaimedCohort) -> Result<(), Failure> {
    let left = if cohort.in_doubt {
        cohort.done..cohort.intent_to
    } else {
        0..0
    };
    let in_doubt = |index: &usize| cohort.members[*index].doubt().is_any();
    let asked: BTreeSet<usize> = left
        .chain((cohort.done..cohort.members.len()).filter(in_doubt))
        .collect();
    for index in asked {
        let message = cohort.message(index);
        let row = sqlx::query("select phone, state, sent_at, state_at, attempts from message where id = ?")
            .bind(message.0)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(row) = row else { continue };
        let recorded = row.try_get::<i64, _>("phone")? != 0;
        let at = if recorded { "sent_at" } else { "state_at" };
        let state = MessageState::from_row(row.try_get("state")?)?;
        let attempts: u8 = small(row.try_get("attempts")?, "attempts")?;
        // The record of an earlier attempt says nothing of the one that is in doubt, unless it was taken after all.
        let member = &cohort.members[index];
        let was_under_way = cohort.in_doubt && index < cohort.intent_to;
        // It may have been sent once more before the process ended: that attempt is still to be recorded.
        let unrecorded = was_under_way && member.is_resent() && attempts <= member.attempts();
        if attempts > member.attempts() || state >= MessageState::Accepted {
            cohort.known.insert(
                index,
                Known {
                    state,
                    sent_at: instant(row.try_get(at)?)?,
                    recorded: recorded && !unrecorded,
                },
            );
        }
    }
    Ok(())
}

impl ClaimedCohort {
    /// Where it stands now, for a record.
    pub fn progress(&self) -> Progress {
        Progress {
            cohort: self.id,
            launch: self.launch,
            fence: self.fence,
            turn: self.turn,
            done: self.done,
            intent_to: self.intent_to,
            intended_at: self.intended_at,
            route: self.route,
            finished: self.done == self.members.len(),
            put_back: None,
        }
    }

    /// Whom the text of a member goes to, or went to: what is asked or sent again under doubt goes to the provider that
    /// may have it.
    pub fn route_of(&self, index: usize) -> u8 {
        match self.members[index].pending {
            Some(pending) if matches!(pending.doubt, Doubt::LookUp | Doubt::Refused) => pending.route,
            Some(_) | None => self.route,
        }
    }

    /// The message that this cohort's step sends to a member: the one that is pending, or its own.
    pub fn message(&self, index: usize) -> MessageId {
        let own = || {
            self.id
                .message(u16::try_from(index).expect("a cohort has at most 4,096 members"))
        };
        self.members[index]
            .pending
            .map_or_else(own, |pending| pending.message)
    }
}

/// Where somebody waits.
pub(super) struct Waiting {
    pub cohort: CohortId,
    pub place: Place,
    /// Of the member.
    pub index: usize,
    /// Members before this index may have been submitted.
    pub intent_to: usize,
    /// The message that is tried again.
    pub pending: Option<Pending>,
}

/// Finds the cohorts of a running or paused launch in which a number waits and that nobody holds.
pub(super) async fn waiting_cohorts(
    connection: &mut SqliteConnection,
    launch: LaunchId,
    run: u32,
    number: i64,
) -> Result<Vec<Waiting>, Failure> {
    let rows = sqlx::query(
        "select c.id, c.step, c.visit, c.intent_to, m.members from cohort c join cohort_members m on m.id = c.id
         where c.launch_id = ? and c.run = ? and c.phone_lo <= ? and c.phone_hi >= ? and c.state in (0, 2)
           and c.kind = 0 and c.lease_until = 0",
    )
    .bind(launch.0)
    .bind(run)
    .bind(number)
    .bind(number)
    .fetch_all(connection)
    .await?;
    let wanted = phone(number)?;
    let mut found = vec![];
    for row in rows {
        let members = member::decode(row.try_get("members")?).map_err(|error| corrupt(error.to_string()))?;
        if let Ok(index) = members.binary_search_by_key(&wanted, |m| m.phone) {
            let place = Place {
                step: small(row.try_get("step")?, "step")?,
                visit: small(row.try_get("visit")?, "visit")?,
            };
            let (cohort, intent_to) = (CohortId(row.try_get("id")?), size(row.try_get("intent_to")?)?);
            found.push(Waiting {
                cohort,
                place,
                index,
                intent_to,
                pending: members[index].pending,
            });
        }
    }
    Ok(found)
}
