//! The witness and the store, joined person by person. What is found wrong is listed, and not only the first of it.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use engine::ids::MessageId;
use engine::store::{KeptReply, MessageState, PersonMessage, PersonStory, ReplyMeaning, Store, TextKind};
use server::carrier::ledger::{Entry, Fate, TextEntry, text_hash};
use sms::PhoneNumber;

use crate::carrier::Carrier;
use crate::people::stories;
use crate::project::phone;
use crate::scenarios::{Doubt, LONG, Scenario};
use crate::town::{PRICE, Texts, Town};

/// What a process may still have on its way when it stores an opt-out.
const WINDOW: TimeDelta = TimeDelta::milliseconds(1_500);
/// Faults that are listed.
const LISTED: usize = 12;

/// What the carrier says of a number that is to get no more texts, and of a text that it lets nobody have.
const TOLD_TO_STOP: &str = "the recipient told us to stop";
const NOT_LET_THROUGH: &str = "this text is not let through";

/// What a launch came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Texts of steps that the carrier has, however often each.
    pub taken: u64,
    /// Of these taken more than once.
    pub twice: u64,
    /// Messages of steps in the store that count as accepted.
    pub accepted: u64,
    /// In doubt.
    pub unknown: u64,
    /// Refused or given up.
    pub rejected: u64,
    /// Answers to replies that were taken.
    pub answers: u64,
    /// Of which nobody knows.
    pub answers_unknown: u64,
    /// Answers that were refused or given up.
    pub answers_refused: u64,
    /// Parts of the texts and answers that count as accepted, as the carrier's texts come to.
    pub parts: u64,
    /// Parts of all that the carrier took, each time that it did: what it asks to be paid.
    pub parts_taken: u64,
    /// Parts of the texts and answers of which nobody knows, and of the first of two that were sent.
    pub parts_in_doubt: u64,
    /// People who opted out.
    pub opted_out: u64,
}

/// Joins, and panics with what is wrong.
pub async fn join(scenario: &Scenario, town: &Town, carrier: &Carrier) -> Counts {
    let (counts, faults) = faults_of(scenario, town, carrier).await;
    assert!(
        faults.is_empty(),
        "{} faults in all, of which:\n{}\n{counts:?}",
        faults.len(),
        faults[..faults.len().min(LISTED)].join("\n")
    );
    counts
}

/// Joins, and says what is wrong.
pub async fn faults_of(scenario: &Scenario, town: &Town, carrier: &Carrier) -> (Counts, Vec<String>) {
    let entries = carrier.ledger();
    let (store, people) = stories(town).await;
    let mut join = Join::new(scenario, &store, &entries);
    join.letters = letters(&store).await;
    for (n, story) in (0..).zip(&people) {
        join.person(phone(n), story);
    }
    join.strangers();
    join.totals(town).await;
    (join.counts, join.faults)
}

/// The messages that are kept to be tried again.
async fn letters(store: &Store) -> HashSet<MessageId> {
    let mut letters = HashSet::new();
    for launch in store.launches(None).await.expect("readable") {
        let of_it = store.dead_letters(launch.id, None, MessageId(0), u32::MAX).await;
        letters.extend(of_it.expect("readable").iter().map(|letter| letter.message));
    }
    letters
}

/// What a message came to.
enum Came {
    Accepted,
    Unknown,
    Rejected,
}

/// The price of so many parts, as the town's list has it, in the words of a report.
fn money(parts: u64) -> serde_json::Value {
    match parts {
        0 => serde_json::Value::Null,
        parts => {
            let ten_thousandths = parts * PRICE;
            let sum = format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000);
            serde_json::json!(sum.trim_end_matches('0').trim_end_matches('.'))
        }
    }
}

/// Parts of a message, as the carrier cuts its text.
fn parts_of(message: &PersonMessage) -> u64 {
    let text = message.text.as_deref();
    u64::from(text.map_or(0, |text| sms::parts::measure(text).part_count))
}

struct Join<'a> {
    scenario: &'a Scenario,
    store: &'a Store,
    /// What the carrier took, by reference.
    taken: HashMap<&'a str, Vec<&'a TextEntry>>,
    letters: HashSet<MessageId>,
    faults: Vec<String>,
    counts: Counts,
}

impl<'a> Join<'a> {
    fn new(scenario: &'a Scenario, store: &'a Store, entries: &'a [Entry]) -> Join<'a> {
        let mut taken: HashMap<&str, Vec<&TextEntry>> = HashMap::new();
        for text in texts(entries).filter(|text| text.fate == Fate::Taken) {
            taken.entry(&text.reference).or_default().push(text);
        }
        Join {
            scenario,
            store,
            taken,
            letters: HashSet::new(),
            faults: vec![],
            counts: Counts::default(),
        }
    }

    fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    fn person(&mut self, phone: PhoneNumber, story: &PersonStory) {
        if !story.waiting.is_empty() {
            self.fault(format!("I9 {phone} still waits: {:?}", story.waiting));
        }
        let of_kind = |kind| story.messages.iter().filter(move |message| message.kind == kind);
        let sent: Vec<&PersonMessage> = of_kind(TextKind::Step).collect();
        self.passage(phone, story, &sent);
        let answers: Vec<&PersonMessage> = of_kind(TextKind::Answer).collect();
        self.answers(phone, story, &answers);
        self.counts.opted_out += u64::from(story.suppression.is_some());
        self.long_replies(phone, story);
    }

    /// A long reply is kept once: whole, or with a gap where a part did not come in time.
    fn long_replies(&mut self, phone: PhoneNumber, story: &PersonStory) {
        if !self.scenario.nature.contains(&("reply-text", LONG)) {
            return;
        }
        let texts: Vec<&str> = story.replies.iter().map(|reply| reply.text.as_str()).collect();
        let in_pieces = texts.iter().filter(|text| text.contains('…')).count();
        let whole = texts.iter().filter(|text| **text == LONG).count();
        if whole + in_pieces < texts.len() || whole > 1 || (whole == 1 && in_pieces > 0) {
            self.fault(format!("{phone} replied once, and kept is {texts:?}"));
        }
    }

    /// Every step is one message, or is left out for a reason.
    fn passage(&mut self, phone: PhoneNumber, story: &PersonStory, sent: &[&PersonMessage]) {
        let steps: &[u16] = if self.scenario.texts == Texts::Two {
            &[0, 2]
        } else {
            &[0]
        };
        let mut gone_on = true;
        for step in steps {
            let here: Vec<_> = sent.iter().filter(|message| message.step == *step).collect();
            match here.as_slice() {
                [message] if gone_on => {
                    gone_on = message.state != MessageState::Rejected;
                    self.message(phone, story, message);
                }
                [] if !gone_on => {}
                [] if story.suppression.is_some() || !story.left_out.is_empty() => gone_on = false,
                others => self.fault(format!(
                    "I1 {phone} has {} messages at step {step}: {story:?}",
                    others.len()
                )),
            }
        }
    }

    fn message(&mut self, phone: PhoneNumber, story: &PersonStory, message: &PersonMessage) {
        let reference = self.store.references().of(message.id);
        let taken = self.taken.remove(reference.as_str()).unwrap_or_default();
        self.counts.taken += u64::from(!taken.is_empty());
        self.counts.twice += u64::from(taken.len() > 1);
        let most = if self.scenario.texts == Texts::OneResent {
            2
        } else {
            1
        };
        if taken.len() > most {
            self.fault(format!(
                "I2 {phone} was sent {reference} {} times: {taken:?}",
                taken.len()
            ));
        }
        for text in &taken {
            self.text(phone, story, message, text);
        }
        self.refused(phone, story, message);
        match self.state(phone, message, taken.len()) {
            Came::Rejected => self.counts.rejected += 1,
            Came::Unknown => self.counts.unknown += 1,
            Came::Accepted => self.counts.accepted += 1,
        }
    }

    /// Whoever told the carrier to stop is suppressed, unless they opted in since; what is not let through, or was given up,
    /// can be tried again, and nothing else can.
    fn refused(&mut self, phone: PhoneNumber, story: &PersonStory, message: &PersonMessage) {
        let reason = message.reason.as_deref().unwrap_or_default();
        let opted_in = |reply: &KeptReply| reply.meaning == ReplyMeaning::OptIn;
        if message.state == MessageState::Rejected
            && reason.contains(TOLD_TO_STOP)
            && story.suppression.is_none()
            && !story.replies.iter().any(opted_in)
        {
            self.fault(format!(
                "I3 {phone} told the carrier to stop, and is not suppressed"
            ));
        }
        let kept = reason.contains(NOT_LET_THROUGH) || reason.starts_with("given up");
        let kept = kept && message.state == MessageState::Rejected;
        if kept != self.letters.contains(&message.id) {
            self.fault(format!(
                "I1 {phone} {:?}: a dead letter: {}",
                message.reason, !kept
            ));
        }
    }

    /// A text that the carrier took is ours to this person, letter for letter.
    fn addressed(&mut self, phone: PhoneNumber, message: &PersonMessage, text: &TextEntry) {
        if text.to != phone {
            self.fault(format!(
                "I1 the message {} to {phone} went to {}",
                message.id, text.to
            ));
        }
        let known = message.text.as_deref().map(text_hash);
        if known.is_some_and(|known| known != text.text_hash) {
            self.fault(format!(
                "I1 {phone} was sent another text than {:?}",
                message.text
            ));
        }
    }

    /// A text of a step that the carrier took.
    fn text(&mut self, phone: PhoneNumber, story: &PersonStory, message: &PersonMessage, text: &TextEntry) {
        self.addressed(phone, message, text);
        if let Some((_, stopped_at, _)) = &story.suppression
            && text.at > *stopped_at + WINDOW
        {
            let replies = story
                .replies
                .iter()
                .map(|r| format!("{:?} at {}", r.meaning, r.received_at));
            let texts = story
                .messages
                .iter()
                .map(|m| format!("{:?} {} at {}", m.kind, m.id, m.sent_at));
            self.fault(format!(
                "I3 {phone} stopped at {stopped_at} and was texted at {}: wrote {:?}, was sent {:?}",
                text.at,
                replies.collect::<Vec<_>>(),
                texts.collect::<Vec<_>>()
            ));
        }
    }

    /// What a message came to, and whether the carrier says the same.
    fn state(&mut self, phone: PhoneNumber, message: &PersonMessage, taken: usize) -> Came {
        let was_taken = taken > 0;
        self.counts.parts_taken += taken as u64 * parts_of(message);
        self.counts.parts_in_doubt += u64::from(message.resent) * parts_of(message);
        let said = format!(
            "{phone}, {:?} after {} attempts",
            message.reason, message.attempts
        );
        match message.state {
            MessageState::Attempting => {
                self.fault(format!("I1 still attempting: {said}"));
                Came::Unknown
            }
            MessageState::Rejected => {
                if was_taken {
                    self.fault(format!("I6 rejected and taken: {said}"));
                }
                Came::Rejected
            }
            MessageState::Unknown => {
                self.counts.parts_in_doubt += parts_of(message);
                let allowed = match self.scenario.doubt {
                    Doubt::Settled => false,
                    Doubt::SettledByReceipts => !was_taken,
                    Doubt::Stays => true,
                };
                if !allowed {
                    self.fault(format!("I1 unknown, and taken {taken} times: {said}"));
                }
                Came::Unknown
            }
            MessageState::Accepted
            | MessageState::Expired
            | MessageState::Undelivered
            | MessageState::Delivered => {
                self.counts.parts += parts_of(message);
                if !was_taken {
                    self.fault(format!("I6 {} and never taken: {said}", message.state.word()));
                }
                if self.scenario.all_delivered && message.state != MessageState::Delivered {
                    self.fault(format!(
                        "I7 {}, and its receipt said delivered: {said}",
                        message.state.word()
                    ));
                }
                Came::Accepted
            }
        }
    }

    /// One confirmation of each opt-out, and of each opt-in after it, and nothing else.
    fn answers(&mut self, phone: PhoneNumber, story: &PersonStory, answers: &[&PersonMessage]) {
        let (mut most, mut out) = (0, false);
        for reply in &story.replies {
            match reply.meaning {
                ReplyMeaning::OptOut => most += usize::from(!std::mem::replace(&mut out, true)),
                ReplyMeaning::OptIn => most += usize::from(std::mem::replace(&mut out, false)),
                ReplyMeaning::ContainsOptOut
                | ReplyMeaning::Answer
                | ReplyMeaning::Help
                | ReplyMeaning::Reaction(_)
                | ReplyMeaning::Automatic
                | ReplyMeaning::Other => {}
            }
        }
        if answers.len() > most {
            self.fault(format!("I3 {phone} has {} confirmations", answers.len()));
        }
        for answer in answers {
            let reference = self.store.references().of(answer.id);
            let taken = self.taken.remove(reference.as_str()).unwrap_or_default();
            if taken.len() > 1 {
                self.fault(format!(
                    "I2 {phone} was sent its confirmation {} times",
                    taken.len()
                ));
            }
            for text in &taken {
                self.addressed(phone, answer, text);
            }
            let said = answer.text.as_deref().unwrap_or("messages");
            if !said.contains("messages") {
                self.fault(format!("I1 {phone} was answered {said:?}"));
            }
            match self.state(phone, answer, taken.len()) {
                Came::Rejected => self.counts.answers_refused += 1,
                Came::Unknown => self.counts.answers_unknown += 1,
                Came::Accepted => self.counts.answers += 1,
            }
        }
    }

    /// What is left was taken, and the store does not know it.
    fn strangers(&mut self) {
        let left: Vec<String> = self
            .taken
            .iter()
            .map(|(reference, texts)| {
                format!(
                    "I6 {} was sent {reference}, which the store does not know",
                    texts[0].to
                )
            })
            .collect();
        self.faults.extend(left);
    }

    /// What is counted is what was found, by the store and by what is printed.
    async fn totals(&mut self, town: &Town) {
        let launches = self.store.launches(Some("test")).await.expect("readable");
        if launches.len() != 1 {
            self.fault(format!("I2 there are {} launches", launches.len()));
        }
        let (code, status) = town.crier(&["status", "test", "--format", "json"]);
        assert_eq!(code, Some(0));
        let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
        let report = &status["launches"][0];
        let counts = &self.counts;
        if report["money"]["USD"] != money(counts.parts) {
            self.faults.push(format!(
                "I6 the money of {} parts is reported as {}",
                counts.parts, report["money"]
            ));
        }
        if report["sent_once_more"].as_u64() < Some(counts.twice) {
            self.faults.push(format!(
                "I6 {} were sent twice, and {} are reported",
                counts.twice, report["sent_once_more"]
            ));
        }
        // Whatever the carrier asks to be paid was said to be so at most.
        if counts.parts_taken > counts.parts + counts.parts_in_doubt {
            self.faults.push(format!(
                "I6 the carrier took {} parts, and {} with {} more are told",
                counts.parts_taken, counts.parts, counts.parts_in_doubt
            ));
        }
        let mut expected = vec![
            ("people", town.people),
            ("parts_in_doubt", counts.parts_in_doubt),
            ("answers", counts.answers),
            ("answers_unknown", counts.answers_unknown),
            ("answers_refused", counts.answers_refused),
            ("parts", counts.parts),
            ("accepted", counts.accepted),
            ("unknown", counts.unknown),
            ("rejected", counts.rejected),
            ("attempting", 0),
            ("waiting", 0),
            ("being_sent", 0),
            ("set_aside", 0),
        ];
        if self.scenario.doubt == Doubt::Settled {
            expected.push(("accepted", counts.taken));
        }
        let wrong = expected.into_iter().filter(|(name, n)| report[name] != *n);
        let wrong: Vec<String> = wrong
            .map(|(name, n)| format!("I6 {name} is reported as {}, and is {n}", report[name]))
            .collect();
        self.faults.extend(wrong);
        if report["state"] != "done" {
            self.fault(format!("I9 the launch is {}", report["state"]));
        }
    }
}

/// The texts of a ledger.
pub fn texts(entries: &[Entry]) -> impl Iterator<Item = &TextEntry> {
    entries.iter().filter_map(|entry| match entry {
        Entry::Text(text) => Some(text),
        Entry::Started(..) | Entry::Switched(..) | Entry::Acknowledged(..) => None,
    })
}
