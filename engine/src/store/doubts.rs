//! Who is in doubt where the message rows alone do not say it: whoever was under way when a process ended, and whose doubt
//! is still to be settled.

use std::collections::BTreeSet;

use sqlx::{QueryBuilder, Sqlite};

use super::claim::{ClaimedCohort, cohort_row, load_departed};
use super::report::InDoubt;
use super::rows::{CohortKind, MessageState, TextKind, Turn};
use super::{Failure, Store, StoreError};
use crate::ids::{LaunchId, MessageId};
use crate::member::Member;

/// Why, of those who were under way.
const LEFT: &str = "the process ended while it was under way";

/// What is still to be found out about the texts and the answers of a launch.
#[derive(Debug, Default)]
pub(super) struct ToSettle {
    /// Texts of steps that are to be looked up.
    pub asked: u64,
    /// Answers that are.
    pub answers_asked: u64,
    /// Texts of steps that are to be submitted once more, to a provider that refuses what it has.
    pub resubmitted: u64,
}

impl Store {
    /// The texts of a launch that were under way when its process ended and are recorded nowhere, at most so many: where
    /// nobody executes it, nobody knows whether they were taken.
    pub async fn left_under_way(&self, launch: LaunchId, most: u32) -> Result<Vec<InDoubt>, StoreError> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let left = self.read_left(launch, most).await;
        left.map_err(|failure| self.failed(failure))
    }

    async fn read_left(&self, launch: LaunchId, most: usize) -> Result<Vec<InDoubt>, Failure> {
        let mut left = vec![];
        let in_window = "c.intent_to > c.done and c.turn in (0, 1)";
        for cohort in self.standing_in(launch, in_window).await? {
            let here = members(&cohort).filter(|(index, ..)| *index < cohort.intent_to);
            let here: Vec<(usize, MessageId, &Member)> = here.collect();
            let ids = here.iter().map(|(_, message, _)| *message);
            // Of what was answered, or is called unknown, the rows tell.
            let told = self.above(MessageState::Attempting, ids.collect()).await?;
            let here = here.into_iter().filter(|(_, message, _)| !told.contains(message));
            left.extend(here.map(|(_, message, member)| InDoubt {
                message,
                phone: member.phone,
                kind: TextKind::of(cohort.kind, cohort.run),
                step: cohort.place.step,
                at: cohort.intended_at,
                reason: Some(LEFT.to_owned()),
                is_resent: false,
            }));
            if left.len() >= most {
                break;
            }
        }
        left.truncate(most);
        Ok(left)
    }

    /// Counts those whose message is in doubt still: a receipt may have settled it meanwhile.
    pub(super) async fn to_settle(&self, launch: LaunchId) -> Result<ToSettle, Failure> {
        let mut counts = ToSettle::default();
        for cohort in self.standing_in(launch, "c.turn in (1, 2, 3)").await? {
            // Of what is tried again only what may have been taken is in doubt.
            let here =
                members(&cohort).filter(|(.., member)| cohort.turn != Turn::Again || member.doubt().is_any());
            let ids: Vec<MessageId> = here.map(|(_, message, _)| message).collect();
            let all = self.above(MessageState::Attempting, ids.clone()).await?;
            let settled = self.above(MessageState::Unknown, ids).await?;
            let n = (all.len() - settled.len()) as u64;
            match (cohort.turn, cohort.kind) {
                (Turn::LookUp, CohortKind::Passage) => counts.asked += n,
                (Turn::LookUp, CohortKind::Answer) => counts.answers_asked += n,
                (Turn::Again | Turn::Resubmit, CohortKind::Passage) => counts.resubmitted += n,
                (Turn::Again | Turn::Resubmit, CohortKind::Answer) | (Turn::First, _) => {}
            }
        }
        Ok(counts)
    }

    /// The cohorts of a launch that are not through, of a condition.
    async fn standing_in(
        &self,
        launch: LaunchId,
        condition: &'static str,
    ) -> Result<Vec<ClaimedCohort>, Failure> {
        let mut select = QueryBuilder::<Sqlite>::new(
            "select c.*, m.members from cohort c join cohort_members m on m.id = c.id
             where c.state in (0, 2) and c.launch_id = ",
        );
        select.push_bind(launch.0).push(" and ").push(condition);
        let rows = select.build().fetch_all(&self.readers).await?;
        let mut cohorts = rows.iter().map(cohort_row).collect::<Result<Vec<_>, _>>()?;
        let mut connection = self.readers.acquire().await?;
        for cohorts in cohorts.chunks_mut(IDS) {
            load_departed(&mut connection, cohorts).await?;
        }
        Ok(cohorts)
    }

    /// Which of these messages are in a state above this one.
    async fn above(
        &self,
        state: MessageState,
        messages: Vec<MessageId>,
    ) -> Result<BTreeSet<MessageId>, Failure> {
        let mut found = BTreeSet::new();
        for ids in messages.chunks(IDS) {
            let mut select = QueryBuilder::<Sqlite>::new("select id from message where state > ");
            select.push_bind(state as i64).push(" and id in (");
            let mut values = select.separated(", ");
            ids.iter().for_each(|id| {
                values.push_bind(id.0);
            });
            select.push(")");
            let above: Vec<i64> = select.build_query_scalar().fetch_all(&self.readers).await?;
            found.extend(above.into_iter().map(MessageId));
        }
        Ok(found)
    }
}

/// Messages that a statement asks for.
const IDS: usize = 500;

/// The members of a cohort that are not through, with their messages.
fn members(cohort: &ClaimedCohort) -> impl Iterator<Item = (usize, MessageId, &Member)> {
    let here = (cohort.done..cohort.members.len()).filter(|index| !cohort.departed.contains(index));
    here.map(|index| (index, cohort.message(index), &cohort.members[index]))
}
