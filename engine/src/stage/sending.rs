//! Texts to the person: those of steps and answers, each kept as reactions, caps and receipts need it.

use dsl::campaign::{Deed, Purpose};

use super::{Happened, SENT, Sent, Stage};
use crate::advance::{AnswerOf, Event, variant_of};

impl Stage {
    /// The text of the step where a passage stands.
    pub(super) fn send(&mut self, at: usize, text: String, parts: u32) {
        let campaign = &self.revision.campaign;
        let passage = &self.passages[at];
        let place = passage.place;
        let Deed::Send(send) = &campaign.program.at(place.step).deed else {
            return;
        };
        let (message, answers) = (send.message, send.answers);
        let now = self.now;
        let counts = campaign.purpose == Purpose::Marketing && !answers;
        let caps = campaign.pace.frequency.iter().map(|cap| cap.most.most);
        let most = usize::try_from(caps.max().unwrap_or(0)).unwrap_or(usize::MAX);
        self.passages[at].known.first_sent_at.get_or_insert(now);
        let received = (campaign.name.clone(), now);
        // No more than the caps count, and the last that `received()` asks for: a schedule may bring thousands.
        self.know(|known| {
            known.marketing.extend(counts.then_some(now));
            let too_many = known.marketing.len().saturating_sub(most);
            known.marketing.drain(..too_many);
            known.received = vec![received.clone()];
        });
        let sender = self.revision.campaign.sender_at(place.step).to_owned();
        self.texted(at, sender.clone());
        self.sent_message(Some(at), message, sender, (text, parts));
        self.advance(at, &Event::Accepted(place));
    }

    /// An answer to what the person wrote; `at`: the passage that heard it.
    pub(super) fn answer(&mut self, at: Option<usize>, text: String, of: AnswerOf, sender: Option<String>) {
        let parts = sms::parts::measure(&text).part_count;
        let now = self.now;
        if of != AnswerOf::OptOut {
            self.know(|known| known.answers.push(now));
        }
        match (of, at) {
            (AnswerOf::OptOut, _) => self.answered_by("opt-out", text, parts),
            (AnswerOf::OptIn, _) => self.answered_by("opt-in", text, parts),
            (AnswerOf::Help, _) => self.answered_by("help", text, parts),
            (AnswerOf::Message(message), at) => {
                // Where nothing else is said it comes from whom the person wrote to.
                let sender = sender.unwrap_or_else(|| self.written_to.clone());
                at.into_iter().for_each(|at| self.texted(at, sender.clone()));
                self.sent_message(None, message, sender, (text, parts));
            }
        }
    }

    /// A text of that passage goes by a sender.
    fn texted(&mut self, at: usize, sender: String) {
        self.passages[at]
            .texted
            .insert(sender, (self.now, self.log.len()));
    }

    /// `passage`: that of the step that sends it.
    fn sent_message(
        &mut self,
        passage: Option<usize>,
        message: usize,
        sender: String,
        (text, parts): (String, u32),
    ) {
        let own = &self.revision.campaign.messages[message];
        let variant = variant_of(&self.revision, message, &self.cast.member, &self.person);
        let (name, variant) = (own.name.clone(), own.variants[variant].name.clone());
        self.sent(Sent {
            name,
            variant,
            text,
            parts,
            sender,
            passage,
            taken: false,
        });
    }

    /// One of the texts of the project that answers what somebody wrote.
    pub(super) fn answered_by(&mut self, name: &str, text: String, parts: u32) {
        self.sent(Sent {
            name: name.to_owned(),
            variant: None,
            text,
            parts,
            sender: self.written_to.clone(),
            passage: None,
            taken: false,
        });
    }

    fn sent(&mut self, sent: Sent) {
        self.know(|known| {
            known.sent.insert(0, sent.text.clone());
            known.sent.truncate(SENT);
        });
        self.note(Happened::Sent(sent));
    }
}
