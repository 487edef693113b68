//! What a reply leads to: what is kept of it, whom it answers, where it moves whoever wrote.

use chrono::{DateTime, Utc};

use super::fold::Folder;
use super::met::Met;
use super::told::{moved, note_of};
use crate::advance::{AnswerOf, Aside, Change, Effect, Place};
use crate::ids::{NO_RUN, OTHERS_RUN};
use crate::member::Member;
use crate::plan::tariff_of;
use crate::revision::Revision;
use crate::store::{
    CONFIRMS, CohortKind, NewCohort, NewReply, Note, NoteRow, OWED, ReplyMeaning, SentTo, Standing,
    Suppression, Turn, WELCOMES,
};

/// What a reply leads to, as it is put together.
pub(super) struct Led<'a> {
    pub folder: &'a Folder,
    pub revision: &'a Revision,
    /// Where the person waits; none where nobody may be moved.
    pub standing: Option<&'a Standing>,
    pub met: &'a Met,
    pub member: &'a Member,
    pub sent: Option<SentTo>,
    pub reply: Box<NewReply>,
    /// Whoever wrote had opted out before.
    pub opted_out: bool,
    pub now: DateTime<Utc>,
}

impl Led<'_> {
    /// Adds what an effect comes to.
    pub fn apply(&mut self, effect: Effect) {
        if let Some(standing) = self.standing.filter(|_| self.reply.suppress.is_none())
            && let Some(moved) = moved(standing, self.revision, &effect)
        {
            self.reply.moved = Some(moved);
        }
        match effect {
            Effect::Suppress => {
                self.reply.meaning = ReplyMeaning::OptOut;
                self.reply.suppress = Some(Suppression {
                    phone: self.reply.phone,
                    reason: "opt-out",
                    evidence: self.reply.text.clone(),
                    at: self.reply.received_at,
                    launch: self.reply.launch,
                });
            }
            Effect::Allow => {
                self.reply.meaning = ReplyMeaning::OptIn;
                self.reply.allow = true;
            }
            Effect::Answer { text, of, sender } => {
                if of == AnswerOf::Help {
                    self.reply.meaning = ReplyMeaning::Help;
                }
                self.answer(text, of, sender);
            }
            // The reply itself says where it goes: of somebody in no campaign no launch does.
            Effect::Change(Change::Forward(to)) => {
                self.reply.inbox = to.to_string();
                self.reply.is_forwarded = true;
            }
            Effect::SetAside(aside) => {
                self.reply.meaning = match aside {
                    Aside::Automatic => ReplyMeaning::Automatic,
                    Aside::Reaction(quotes) => {
                        ReplyMeaning::Reaction(quotes.and_then(|nth| self.met.got(nth)))
                    }
                };
            }
            Effect::Keep { flagged } => {
                self.reply.is_forwarded = true;
                self.reply.meaning = if flagged {
                    ReplyMeaning::ContainsOptOut
                } else {
                    ReplyMeaning::Other
                };
            }
            other => {
                if let Some(note) = note_of(other) {
                    self.note(note);
                }
            }
        }
    }

    /// The reply as it is kept. What goes to nobody is in no inbox.
    pub fn kept(mut self) -> Box<NewReply> {
        if !self.reply.is_forwarded {
            self.reply.inbox.clear();
        }
        self.reply
    }

    /// Adds what is kept of the person; of somebody in no campaign by the latest launch, whose project's rules it is that say
    /// so.
    pub fn note(&mut self, note: Note) {
        let of_launch = matches!(note, Note::Skipped { .. } | Note::Finished(_));
        if of_launch && self.sent.is_none() {
            return;
        }
        let latest = (self.folder.latest.0, 0);
        let (launch, run) = self.sent.map_or(latest, |sent| (sent.launch, sent.run));
        self.reply.notes.push(NoteRow {
            launch,
            run,
            phone: self.reply.phone,
            at: self.now,
            note,
        });
    }

    /// The launch that was answered sends it where it is executed, else the latest that is: nobody else would before that
    /// one is typed again. Whose passage it is about is kept: what is written to that is about the same.
    fn answer(&mut self, text: String, of: AnswerOf, sender: Option<String>) {
        let step = self.sent.map_or(0, |sent| sent.step);
        let own = self
            .sent
            .and_then(|sent| self.folder.executing.get_key_value(&sent.launch));
        let latest = (&self.folder.latest.0, &self.folder.latest.1);
        let (launch, executing) = own.unwrap_or(latest);
        let (launch, revision) = (*launch, &executing.revision);
        self.reply.answers.push(NewCohort {
            launch,
            // Whoever answers that answers the same passage; somebody in none is in none after it either.
            run: match self.sent {
                None => NO_RUN,
                Some(_) if own.is_none() => OTHERS_RUN,
                Some(sent) => sent.run,
            },
            kind: CohortKind::Answer,
            place: Place {
                step,
                // The confirmation of a stop goes behind it, and what somebody asked for since.
                visit: match (of, self.opted_out) {
                    (AnswerOf::OptOut, _) => CONFIRMS,
                    (_, true) if self.reply.allow => WELCOMES,
                    (_, true) => OWED,
                    (_, false) => 0,
                },
            },
            turn: Turn::First,
            due_at: self.now,
            sender: sender.unwrap_or_else(|| self.reply.sender.clone()),
            time_class: revision.campaign.timezone.name().to_owned(),
            members: vec![Member {
                // The values behind the text are for the rule that answers the next reply.
                values: std::iter::once(text.into())
                    .chain(self.member.values.iter().cloned())
                    .collect(),
                tariff: tariff_of(&executing.tariffs, self.reply.phone.region()),
                pending: None,
                ..self.member.clone()
            }],
        });
    }
}
