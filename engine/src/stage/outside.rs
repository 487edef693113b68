//! What comes from outside of the campaign: what the person writes and opens, receipts, events of the API.

use chrono::{DateTime, Utc};
use dsl::campaign::story::Occurrence;
use dsl::written::campaign::OPT_OUT_LINK;

use super::{Happened, Sent, Stage};
use crate::advance::{Effect, Enrolment, Event, Facts, Heard, Place, State, advance, answered, is_word};
use crate::trigger;

impl Stage {
    /// The person writes, to whoever texted last.
    pub fn reply(&mut self, text: &str) {
        let last = self.texts().next().map(|sent| sent.sender.clone());
        let to = last.unwrap_or_else(|| self.revision.campaign.sender.clone());
        self.reply_to(to, text);
    }

    /// The person writes to one of the senders.
    pub(crate) fn reply_to(&mut self, sender: String, text: &str) {
        self.written_to = sender;
        self.note(Happened::Said(text.to_owned()));
        if trigger::word_begins(&self.revision.campaign, text)
            && !self.opted_out
            && !trigger::is_loop(&self.earlier(None), self.now)
            && self.may_enter(None)
        {
            return self.begin(None, None, vec![]);
        }
        if self.hear_list(text) {
            return;
        }
        let Some(at) = self.answered(text) else {
            return self.reply_from_outside(text);
        };
        let passage = &self.passages[at];
        let is_word = is_word(&self.revision, &self.cast.member, &passage.known, text);
        if is_word {
            self.passages[at].known.reply = Some(text.to_owned());
        }
        self.advance(at, &Event::Reply(text));
        if is_word && !self.opted_out {
            let name = self.revision.campaign.name.clone();
            self.know(|known| known.answered.insert(name.clone()));
        }
    }

    /// The passages that sent a text by the sender that a reply went to, whichever did so last first.
    fn last_texted(&self) -> impl Iterator<Item = (DateTime<Utc>, usize)> {
        let texted = self.passages[self.first_known..].iter().zip(self.first_known..);
        let texted = texted.filter_map(|(passage, at)| Some((*passage.texted.get(&self.written_to)?, at)));
        let mut texted: Vec<_> = texted.collect();
        texted.sort_unstable_by(|a, b| b.cmp(a));
        texted.into_iter().map(|((texted_at, _), at)| (texted_at, at))
    }

    /// The passage that a reply answers; none where the last text is too long ago.
    fn answered(&self, text: &str) -> Option<usize> {
        let heard = self.last_texted().map(|(texted_at, at)| Heard {
            enrolment: self.passages[at].enrolment(&self.cast.member),
            known: &self.passages[at].known,
            texted_at,
        });
        let heard: Vec<Heard<'_>> = heard.collect();
        let nth = answered(&self.revision, &heard, self.opted_out, text, self.now)?;
        self.last_texted().nth(nth).map(|(_, at)| at)
    }

    /// Of somebody in no passage only an opt-out, an opt-in or a call for help is answered.
    fn reply_from_outside(&mut self, text: &str) {
        let enrolment = Enrolment {
            member: &self.cast.member,
            place: Place::START,
            state: State::Ended,
            due_at: self.now,
        };
        let facts = Facts {
            opted_out: self.opted_out,
            stranger: true,
            known: &self.person,
            ..Facts::default()
        };
        let (_, effects) = advance(&self.revision, enrolment, facts, &Event::Reply(text), self.now);
        effects.into_iter().for_each(|effect| self.apply(None, effect));
    }

    /// The carrier's word on the latest text, or on the latest one of a message.
    pub fn receipt(&mut self, delivered: bool, of: Option<&str>) {
        self.note(Happened::Receipt {
            delivered,
            of: of.map(str::to_owned),
        });
        if delivered {
            self.arrived(|sent| of.is_none_or(|of| sent.name == of));
        }
    }

    /// The latest such text arrived.
    pub(crate) fn arrived(&mut self, is_it: impl Fn(&Sent) -> bool) {
        let text = self.texts().find(|sent| is_it(sent));
        // Whether an answer to a reply arrived is not kept.
        let text = text.and_then(|sent| Some((sent.passage?, sent.name.clone())));
        if let Some((passage, message)) = text {
            self.passages[passage].known.delivered.insert(message);
            self.advance(passage, &Event::Happened);
        }
    }

    /// The person opens a link; that to opt out opts out.
    pub fn click(&mut self, link: &str) {
        self.note(Happened::Clicked(link.to_owned()));
        if link == OPT_OUT_LINK {
            return self.opt_out();
        }
        self.know_inside(|known| known.clicked.insert(link.to_owned()));
        self.happened();
    }

    /// An event of the API. One that carries the key of a passage counts for that passage alone.
    pub fn event(&mut self, event: &Occurrence) {
        self.note(Happened::Event(event.name.clone()));
        let key = trigger::key_of(&self.revision.campaign, &event.fields).map(str::to_owned);
        for passage in &mut self.passages[self.first_known..] {
            let own = key.is_none() || passage.key.is_none() || passage.key == key;
            if !own {
                continue;
            }
            // A goal may be reached after the end, and a rule for replies answers with what is known by then.
            // Of a campaign that asks for nothing outside nothing is changed by it.
            let carried = event.fields.iter().filter(|_| self.revision.asks.events).cloned();
            passage.known.learn(&self.revision, event.name.clone(), carried);
        }
        let what = (event.name.as_str(), event.fields.as_slice());
        let (revision, member, known) = (&self.revision, &self.cast.member, &self.person);
        let begins = trigger::event_begins(revision, member, known, what, self.now);
        if begins && !self.opted_out && self.may_enter(key.as_deref()) {
            self.begin(key, Some(&event.name), event.fields.clone());
        }
        self.happened();
    }

    /// The event with which it begins. `person`: the columns; where they hold what the event carries too, a later passage has
    /// that of the columns, else the default.
    pub fn begins_by(&mut self, event: &Occurrence, person: &[(String, String)]) {
        let language = &self.revision.campaign.languages[usize::from(self.cast.member.language)];
        let own = |name: &String| {
            let column = person
                .iter()
                .find(|(column, _)| column == name)
                .map(|(_, value)| value);
            let column = column.filter(|value| !value.is_empty());
            let field = self.revision.field(name);
            let default = || field.and_then(|field| field.default.get(language));
            (name.clone(), column.or_else(default).cloned().unwrap_or_default())
        };
        self.own = event.fields.iter().map(|(name, _)| own(name)).collect();
        self.event(event);
    }

    fn opt_out(&mut self) {
        self.apply(None, Effect::Suppress);
    }

    /// All passages are told, each before any goes on: what one of them then sets is not known to the others yet.
    fn happened(&mut self) {
        let all = self.first_known..self.passages.len();
        let decided: Vec<_> = all.map(|at| (at, self.decide(at, &Event::Happened))).collect();
        for (at, decided) in decided {
            self.follow(at, &Event::Happened, decided);
        }
    }
}
