//! What it does to a passage that something happened that its conditions may ask for, and how an effect moves somebody who
//! waits.

use chrono::{DateTime, Utc};
use sms::PhoneNumber;

use crate::advance::{Effect, Enrolment, Event, Facts, Known, Place, State, advance};
use crate::calendar::TimeClass;
use crate::entry::Entry;
use crate::execute::errands::with_calls;
use crate::ids::LaunchId;
use crate::member::Member;
use crate::revision::Revision;
use crate::store::{
    self, CohortKind, Moved, NewCohort, Note, NoteRow, PassageOf, Standing, Store, StoreError, Told, Turn,
};

/// Whose passage.
#[derive(Debug, Clone, Copy)]
pub(in crate::execute) struct Of {
    pub launch: LaunchId,
    pub run: u32,
    pub phone: PhoneNumber,
}

/// What telling a passage that something happened comes to; the store knows already what it was. Whoever is in the middle of
/// something is not moved.
pub(in crate::execute) async fn tell(
    store: &Store,
    revision: &Revision,
    standing: &Standing,
    now: DateTime<Utc>,
) -> Result<Told, StoreError> {
    let of = Of {
        launch: standing.launch,
        run: standing.run,
        phone: standing.member.phone,
    };
    let mut known = known_of(store, revision, of).await?;
    learn_passage(&mut known, revision, standing);
    known.hear(revision);
    let enrolment = Enrolment {
        member: &standing.member,
        place: standing.place,
        state: match standing.is_held {
            true => State::Submitting,
            false => State::Waiting,
        },
        due_at: standing.due_at,
    };
    let effects = happened(store, revision, enrolment, &known, now).await?;
    let (effects, calls) = with_calls(effects, of.run, now);
    let to = effects
        .iter()
        .find_map(|effect| moved(standing, revision, effect));
    Ok(Told {
        moved: to,
        notes: notes(of, calls, effects, now),
    })
}

/// The same of a passage that is over: its goal may still be reached.
pub(in crate::execute) async fn tell_ended(
    store: &Store,
    revision: &Revision,
    passage: &PassageOf,
    phone: PhoneNumber,
    now: DateTime<Utc>,
) -> Result<Told, StoreError> {
    let last = match passage.last {
        Some(last) if revision.campaign.goal.is_some() => last,
        Some(_) | None => return Ok(Told::default()),
    };
    let of = Of {
        launch: passage.launch,
        run: passage.run,
        phone,
    };
    let mut known = known_of(store, revision, of).await?;
    learn_ended(store, &mut known, revision, of).await?;
    known.hear(revision);
    let values = store.member_of(last).await?;
    let member = values.unwrap_or_else(|| Member::unlisted(phone));
    let enrolment = Enrolment {
        member: &member,
        place: Place::START,
        state: State::Ended,
        due_at: now,
    };
    let effects = happened(store, revision, enrolment, &known, now).await?;
    Ok(Told {
        moved: None,
        notes: notes(of, vec![], effects, now),
    })
}

async fn happened(
    store: &Store,
    revision: &Revision,
    enrolment: Enrolment<'_>,
    known: &Known,
    now: DateTime<Utc>,
) -> Result<Vec<Effect>, StoreError> {
    let facts = Facts {
        opted_out: store.is_suppressed(enrolment.member.phone).await?,
        known,
        ..Facts::default()
    };
    Ok(advance(revision, enrolment, facts, &Event::Happened, now).1)
}

fn notes(of: Of, calls: Vec<Note>, effects: Vec<Effect>, at: DateTime<Utc>) -> Vec<NoteRow> {
    let notes = effects.into_iter().filter_map(note_of);
    let notes = notes.chain(calls);
    let row = |note| NoteRow {
        launch: of.launch,
        run: of.run,
        phone: of.phone,
        at,
        note,
    };
    notes.map(row).collect()
}

/// What the store knows of somebody in a passage. What happened outside is still to be heard.
pub(in crate::execute) async fn known_of(
    store: &Store,
    revision: &Revision,
    of: Of,
) -> Result<Known, StoreError> {
    let asked = store::Of {
        launch: of.launch,
        campaign: &revision.campaign,
        asks: &store.asks(revision),
    };
    let mut known = store.known(asked, &[(of.run, of.phone)]).await?;
    Ok(known.remove(&(of.run, of.phone.as_u64())).unwrap_or_default())
}

/// Where somebody's clock is, and when their passage began.
pub(in crate::execute) fn learn_passage(known: &mut Known, revision: &Revision, standing: &Standing) {
    let entry = Entry::of(&revision.campaign, standing.launch_starts_at);
    learn(
        known,
        &entry,
        &standing.time_class,
        standing.member.phone,
        revision,
    );
}

/// The same of a passage that is over.
pub(in crate::execute) async fn learn_ended(
    store: &Store,
    known: &mut Known,
    revision: &Revision,
    of: Of,
) -> Result<(), StoreError> {
    if let Some(was_in) = store.was_in(of.launch, of.run, of.phone).await? {
        let entry = Entry::of(&revision.campaign, was_in.launch_starts_at);
        learn(known, &entry, &was_in.time_class, of.phone, revision);
    }
    Ok(())
}

fn learn(known: &mut Known, entry: &Entry, time_class: &str, phone: PhoneNumber, revision: &Revision) {
    let class = TimeClass::parse(time_class);
    known.zones = TimeClass::beside(time_class, revision.campaign.timezone.name());
    // Who was entered by a trigger began by themselves.
    let entered = || entry.of_person(class.as_ref(), phone);
    known.began_at = known.began_at.or_else(|| Some(entered()));
}

/// What an effect keeps of a person.
pub(in crate::execute) fn note_of(effect: Effect) -> Option<Note> {
    match effect {
        Effect::Change(change) => Some(Note::of(change)),
        Effect::Finish(reason) => reason.map(Note::Finished),
        Effect::Skip(step, reason) => Some(Note::Skipped { step, reason }),
        Effect::Send { .. }
        | Effect::LookUp
        | Effect::Depart(..)
        | Effect::Retry { .. }
        | Effect::GiveUp(_)
        | Effect::LeaveOut(_)
        | Effect::Suppress
        | Effect::Allow
        | Effect::Answer { .. }
        | Effect::SetAside(_)
        | Effect::Keep { .. } => None,
    }
}

/// How an effect moves somebody who waits.
pub(in crate::execute) fn moved(standing: &Standing, revision: &Revision, effect: &Effect) -> Option<Moved> {
    let to = match effect {
        Effect::Depart(place, due_at) => Some(NewCohort {
            launch: standing.launch,
            run: standing.run,
            kind: CohortKind::Passage,
            place: *place,
            turn: Turn::First,
            due_at: *due_at,
            sender: revision.campaign.sender_at(place.step).to_owned(),
            time_class: standing.time_class.clone(),
            members: vec![Member {
                pending: None,
                ..standing.member.clone()
            }],
        }),
        Effect::Finish(_) => None,
        _ => return None,
    };
    Some(standing.moved(to))
}
