//! What people write: the words of the model, else those that the campaign waits for where the person stands, else
//! something that no rule expects. Which of them is a draw.

use std::collections::BTreeMap;

use dsl::campaign::program::{Listen, Rule, Test};
use dsl::campaign::{Address, Campaign, Deed};
use dsl::values::FieldType;

use super::model::Habit;
use crate::advance::{Place, State};
use crate::draw::{fraction, pick};

/// What nobody expects, of the kind that people write.
const FREE: [&str; 8] = [
    "Thanks!",
    "Who is this?",
    "What time does it begin?",
    "Wrong number",
    "Can I bring a friend?",
    "ok",
    "Please call me back",
    "I have a question about this",
];
/// An opt-out that every country knows.
const OUT: &str = "STOP";

/// What can be said at each place.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// Of the questions, by their [`Deed::Listen`]: a list for each answer.
    questions: BTreeMap<Address, Vec<Vec<String>>>,
    /// Of the campaign's rules.
    rules: Vec<Vec<String>>,
}

impl Vocabulary {
    pub fn of(campaign: &Campaign) -> Vocabulary {
        let instructions = (0..).zip(&campaign.program.instructions);
        let questions = instructions.filter_map(|(at, instruction)| match &instruction.deed {
            Deed::Listen(listen) => Some((at, answers(campaign, listen))),
            _ => None,
        });
        Vocabulary {
            questions: questions.collect(),
            rules: words(campaign.program.own_rules()),
        }
    }

    /// What somebody at this place writes. `draws`: of the text.
    pub fn said(
        &self,
        campaign: &Campaign,
        standing: (Place, State),
        habit: &Habit,
        out: bool,
        draws: [u64; 4],
    ) -> String {
        if out {
            return OUT.to_owned();
        }
        if let Some(word) = habit.word(draws) {
            return word.to_owned();
        }
        let (kind, hash) = (draws[2], draws[3].rotate_left(20));
        let expected = self.expected(campaign, standing);
        if expected.is_empty() || fraction(kind) < habit.free.0 {
            return one(&FREE, hash).to_string();
        }
        // Each rule is as likely as the next, whatever the number of its words.
        let words = one(expected, hash);
        one(words, hash.rotate_left(32)).clone()
    }

    /// The words of the question that is open, else of the rules.
    fn expected(&self, campaign: &Campaign, (place, state): (Place, State)) -> &[Vec<String>] {
        let open = match &campaign.program.at(place.step).deed {
            Deed::Listen(_) => Some(place.step),
            Deed::Send(send) => send.question,
            _ => None,
        };
        let question = open
            .filter(|_| state == State::Waiting)
            .and_then(|at| self.questions.get(&at))
            .filter(|words| !words.is_empty());
        question.unwrap_or(&self.rules)
    }
}

fn answers(campaign: &Campaign, listen: &Listen) -> Vec<Vec<String>> {
    if !listen.answers.is_empty() {
        return words(&listen.answers);
    }
    let field = listen.save.as_ref();
    let field = field.and_then(|name| campaign.fields.iter().find(|field| field.name == *name));
    let kind = field.map(|field| field.kind);
    let value = kind.map(|kind| match kind {
        FieldType::Text => &["Blue", "On Friday", "4 Main Street"][..],
        FieldType::Int => &["1", "2", "3", "10"],
        FieldType::Number => &["1", "2.5", "10"],
        FieldType::Bool => &["yes", "no"],
        FieldType::Date => &["2026-12-24", "2027-01-15"],
        FieldType::Time => &["2026-12-24 18:00", "2027-01-15 09:30"],
    });
    let value = value.map(|values| values.iter().map(|value| (*value).to_owned()).collect());
    value.into_iter().collect()
}

/// What each rule takes, of those that take words.
fn words(rules: &[Rule]) -> Vec<Vec<String>> {
    let words = rules.iter().filter_map(|rule| match &rule.test {
        Test::Reply(matcher) => Some(matcher.examples().collect::<Vec<_>>()),
        Test::When(_) | Test::Otherwise => None,
    });
    words.filter(|words| !words.is_empty()).collect()
}

/// One of several, each as likely.
fn one<T>(of: &[T], hash: u64) -> &T {
    let share = 1.0 / of.len().max(1) as f64;
    &of[pick(hash, std::iter::repeat_n(share, of.len()))]
}
