//! Makes the program of a campaign: its steps one after the other, with the addresses at which they go on.

use chrono_tz::Tz;

use super::messages::Messages;
use super::{call, moment};
use crate::campaign::program::{
    Address, Arm, Deed, Inbox, Instruction, Listen, Localised, Program, Rule, Send, Test, Until,
};
use crate::check::conditions::scope;
use crate::check::{Context, sender};
use crate::condition::{Condition, Scope, Stage};
use crate::reply::Matcher;
use crate::scalar::{Share, WaitTime, Window};
use crate::written::Spanned;
use crate::written::campaign::{self as written, ReplyTo, Sent, Step, Verb, own_texts};

/// Where an instruction goes on that is not written yet.
const OPEN: Address = Address::MAX;

/// Makes the program, and the texts that it sends, of a campaign without errors.
pub(super) struct Compiler<'a> {
    context: &'a Context<'a>,
    scope: Scope,
    pub messages: Messages<'a>,
    code: Vec<Instruction>,
    /// The step that is being written: its place in the file.
    path: Vec<String>,
    /// What is being written answers a reply.
    answers: bool,
    /// The sender of steps that name none: that of the question whose answers are being written; none: the campaign's.
    sender: Option<String>,
    /// Texts may go by more senders than one.
    several_senders: bool,
}

/// What a list of steps goes on behind.
type Steps<'s> = &'s [Step];

impl<'a> Compiler<'a> {
    pub fn new(context: &'a Context<'a>, zone: Tz) -> Option<Compiler<'a>> {
        Some(Compiler {
            context,
            scope: scope::of(context, context.root?),
            messages: Messages::new(context, zone)?,
            code: vec![],
            path: vec![],
            answers: false,
            sender: None,
            several_senders: sender::all(context).len() > 1,
        })
    }

    pub fn program(&mut self) -> Option<Program> {
        let file = self.context.written;
        // What a keyword begins answers the text that it came in.
        self.answers = file
            .trigger
            .as_ref()
            .is_some_and(|trigger| trigger.keyword.is_some());
        if file.message.is_some() {
            let send = self.sent(0, None);
            self.push_as("message", Deed::Send(send));
        }
        self.steps(&file.steps)?;
        self.push_as("end", Deed::Finish(None));
        self.answers = true;
        let mut rules = self.rules("replies", file.rules())?;
        let own_rules = rules.len();
        self.messages.turn_to_project();
        let own_scope = std::mem::replace(&mut self.scope, scope::of_any_campaign());
        rules.extend(self.rules("crier.yaml.replies", &self.context.project.shared.rules)?);
        self.scope = own_scope;
        Some(Program {
            instructions: std::mem::take(&mut self.code),
            rules,
            own_rules,
        })
    }

    /// Rules for replies that no open question took.
    fn rules(&mut self, path: &str, rules: &[written::Rule]) -> Option<Vec<Rule>> {
        self.path = vec![path.to_owned()];
        let one = |(i, rule)| {
            self.rule(rule, i, |own, steps| {
                own.steps(steps)?;
                own.push(Deed::Return);
                Some(())
            })
        };
        rules.iter().enumerate().map(one).collect()
    }

    /// Conditions that must all hold; none where there are none.
    pub fn condition(&self, sources: &[Spanned<String>]) -> Option<Option<Condition>> {
        if sources.is_empty() {
            return Some(None);
        }
        let sources: Vec<&str> = sources.iter().map(|source| source.value.as_str()).collect();
        let compiled = Condition::compile_all(&sources, &self.scope, Stage::Within).ok()?;
        Some(Some(compiled))
    }

    fn here(&self) -> Address {
        Address::try_from(self.code.len()).unwrap_or(OPEN)
    }

    fn push(&mut self, deed: Deed) -> Address {
        let step = self.path.join(".");
        self.push_as(&step, deed)
    }

    fn push_as(&mut self, step: &str, deed: Deed) -> Address {
        let at = self.here();
        let step = step.to_owned();
        self.code.push(Instruction { step, deed });
        at
    }

    /// Writes the address of what comes next into an instruction that leads there.
    fn land(&mut self, at: Address, kind: Lands) {
        let here = self.here();
        match (&mut self.code[usize::from(at)].deed, kind) {
            (Deed::Goto(to), _)
            | (Deed::Check { otherwise: to, .. }, _)
            | (Deed::Choose { otherwise: to, .. }, _)
            | (Deed::Wait { too_late: to, .. }, _)
            | (Deed::Await { silence: to, .. }, _)
            | (Deed::Round { end: to, .. }, _) => *to = here,
            (Deed::Listen(listen), Lands::Silence) => listen.silence = here,
            (Deed::Listen(listen), Lands::Replied) => listen.replied = here,
            (Deed::Send(send), Lands::PassedOver) => send.passed_over = Some(here),
            _ => {}
        }
    }

    fn steps(&mut self, steps: Steps<'_>) -> Option<()> {
        let mut waits: Vec<Address> = vec![];
        let answers = self.answers;
        for (i, step) in steps.iter().enumerate() {
            let path = own_texts::path_of(&self.path, i, step);
            let before = std::mem::replace(&mut self.path, path);
            let from = self.code.len();
            if is_wait(step) {
                waits.drain(..).for_each(|wait| self.land(wait, Lands::Next));
            }
            self.step(step)?;
            let own = self.code[from..].iter().zip(from..);
            let moments = own.filter(|(one, _)| matches!(&one.deed, Deed::Wait { until: Until::At(_), too_late } if *too_late == OPEN));
            waits.extend(moments.filter_map(|(_, at)| Address::try_from(at).ok()));
            self.path = before;
        }
        waits.into_iter().for_each(|wait| self.land(wait, Lands::Next));
        self.answers = answers;
        // The addresses of a program are small.
        (self.code.len() < usize::from(OPEN)).then_some(())
    }

    fn step(&mut self, step: &Step) -> Option<()> {
        // What waits for its moment is asked about at that moment.
        if let (Some(at), true) = (&step.at, !step.sent().is_empty()) {
            self.wait_until(moment::meant(at)?);
        }
        let check = match step.is_conditional() {
            true => {
                let when = self.condition(&step.when)?;
                let unless = self.condition(&step.unless)?;
                let otherwise = OPEN;
                Some(self.push(Deed::Check {
                    when,
                    unless,
                    otherwise,
                }))
            }
            false => None,
        };
        self.verb(step)?;
        if let Some(check) = check {
            self.land(check, Lands::Next);
        }
        Some(())
    }

    fn verb(&mut self, step: &Step) -> Option<()> {
        let word = |text: &Spanned<String>| text.value.clone();
        match &step.verb {
            Verb::Send(sent) => self.send(step, sent, None).map(drop),
            Verb::Ask(ask) => self.ask(step, ask),
            Verb::Wait(time) => {
                let until = Until::Over(*time);
                self.push(Deed::Wait {
                    until,
                    too_late: OPEN,
                });
                self.answers = false;
                Some(())
            }
            Verb::WaitUntil(at) => {
                self.wait_until(moment::meant(at.as_ref()?)?);
                self.answers = false;
                Some(())
            }
            Verb::Await(branches) => self.await_(branches),
            Verb::Choose(rules) => self.choose(rules),
            Verb::Split(arms) => self.split(arms),
            Verb::Tag(tag) => self.one(Deed::Tag(word(tag))),
            Verb::Untag(tag) => self.one(Deed::Untag(word(tag))),
            Verb::Set(values) => self.set(values),
            Verb::Join(list) => self.one(Deed::Join(word(list))),
            Verb::Leave(list) => self.one(Deed::Leave(word(list))),
            Verb::Forward(to) => self.one(Deed::Forward(inbox(&to.value))),
            Verb::Notify { to, text } => {
                let text = Localised(self.messages.same_for_all(&text.as_ref()?.text)?);
                let to = inbox(&to.as_ref()?.value);
                self.one(Deed::Notify { to, text })
            }
            Verb::Call(call) => {
                let call = call::meant(call)?;
                self.one(Deed::Call(Box::new(call)))
            }
            Verb::Start(campaign) => self.one(Deed::Start(word(campaign))),
            Verb::Repeat {
                times,
                every,
                until,
                body,
            } => {
                let times = times.as_ref()?.value.parse().ok()?;
                let every = every.as_ref()?.value;
                self.repeat(times, every, until, body)
            }
            Verb::Finish(reason) => self.one(Deed::Finish(reason.as_ref().map(word))),
            Verb::Other => None,
        }
    }

    fn one(&mut self, deed: Deed) -> Option<()> {
        self.push(deed);
        Some(())
    }

    /// Whether people come to what is written next when the time of that place comes. What is awaited must not stand there:
    /// its time is that of its silence.
    fn comes_late(&self) -> bool {
        self.code.last().is_none_or(|last| match &last.deed {
            Deed::Wait { .. } => true,
            Deed::Call(call) => call.save.is_some(),
            _ => false,
        })
    }

    fn wait_until(&mut self, at: crate::campaign::program::Moment) {
        let follows = matches!(at, crate::campaign::program::Moment::Day { .. });
        let until = Until::At(at.clone());
        self.push(Deed::Wait {
            until,
            too_late: OPEN,
        });
        if follows {
            self.push(Deed::Arrive(at));
        }
    }

    fn sent(&self, message: usize, sender: Option<String>) -> Send {
        Send {
            message,
            countries: self.countries_of(sender.as_deref()),
            sender,
            window: None,
            expires: None,
            answers: self.answers,
            question: None,
            passed_over: None,
        }
    }

    /// Another sender than the campaign's, where a step has one.
    fn sender_of(&self, step: &Step) -> Option<String> {
        let stated = step.sender.as_ref().map(|name| name.value.clone());
        let own = sender::of(self.context);
        stated
            .or_else(|| self.sender.clone())
            .filter(|name| Some(name.as_str()) != own)
    }

    /// The countries that a sender may text, where the campaign has other senders for people elsewhere.
    fn countries_of(&self, name: Option<&str>) -> Option<Vec<sms::Region>> {
        if !self.several_senders {
            return None;
        }
        let name = name.or_else(|| sender::of(self.context))?;
        let sender = self.context.project.senders.get(name)?;
        (!sender.countries.is_empty()).then(|| sender.countries.clone())
    }

    fn send(&mut self, step: &Step, sent: &Sent, question: Option<Address>) -> Option<Address> {
        let name = self.path.join("-");
        let message = self.messages.of(sent, &name)?;
        let send = Send {
            window: step.window.as_ref().and_then(|hours| Window::parse(&hours.value)),
            expires: step.expires.as_ref().map(|time| time.value),
            question,
            ..self.sent(message, self.sender_of(step))
        };
        Some(self.push(Deed::Send(send)))
    }

    fn ask(&mut self, step: &Step, ask: &written::Ask) -> Option<()> {
        let asked = self.send(step, ask.sent.as_ref()?, None)?;
        self.answers = false;
        let within = ask.open_for.as_ref()?.value;
        let unclear = match &ask.unclear {
            Some(sent) => {
                let name = format!("{}-unclear", self.path.join("-"));
                Some(self.messages.of(sent, &name)?)
            }
            None => None,
        };
        self.push(Deed::Open);
        let listen = Listen {
            within,
            answers: vec![],
            unclear,
            save: ask.save.as_ref().map(|field| field.value.clone()),
            replied: OPEN,
            silence: OPEN,
        };
        let mut listens = vec![];
        match (&ask.remind, &ask.remind_after) {
            (Some(remind), Some(after)) => {
                let first = Listen {
                    within: after.value,
                    ..listen.clone()
                };
                let first = self.push(Deed::Listen(Box::new(first)));
                self.land(first, Lands::Silence);
                let question = self.here() + 1;
                self.path.push("remind".into());
                let reminder = self.send(step, remind, Some(question))?;
                self.path.pop();
                // After the question nobody is reminded of it.
                if let Deed::Send(send) = &mut self.code[usize::from(reminder)].deed {
                    send.expires = send.expires.or(Some(rest(within, after.value)));
                }
                let rest = Listen {
                    within: rest(within, after.value),
                    ..listen
                };
                listens.extend([first, self.push(Deed::Listen(Box::new(rest)))]);
                self.land(listens[1], Lands::Silence);
            }
            (_, _) => {
                listens.push(self.push(Deed::Listen(Box::new(listen))));
                self.land(listens[0], Lands::Silence);
            }
        }
        self.push(Deed::Close);
        self.within("silence", |own| own.steps(&ask.silence))?;
        let mut ends = vec![self.push(Deed::Goto(OPEN))];
        let mut answers = vec![];
        self.path.push("answers".into());
        let asked_by = self.sender_of(step);
        let before = std::mem::replace(&mut self.sender, asked_by);
        for (i, rule) in ask.answers.iter().enumerate() {
            answers.push(self.rule(rule, i, |own, steps| {
                own.push(Deed::Close);
                let before = std::mem::replace(&mut own.answers, true);
                own.steps(steps)?;
                own.answers = before;
                ends.push(own.push(Deed::Goto(OPEN)));
                Some(())
            })?);
        }
        self.path.pop();
        self.sender = before;
        for listen in listens {
            self.land(listen, Lands::Replied);
            if let Deed::Listen(listen) = &mut self.code[usize::from(listen)].deed {
                listen.answers = answers.clone();
            }
        }
        self.push(Deed::Close);
        ends.into_iter().for_each(|end| self.land(end, Lands::Next));
        self.land(asked, Lands::PassedOver);
        Some(())
    }

    /// A rule for replies; what it does is written by `body`.
    fn rule(
        &mut self,
        rule: &written::Rule,
        index: usize,
        body: impl FnOnce(&mut Self, Steps<'_>) -> Option<()>,
    ) -> Option<Rule> {
        self.path.push((index + 1).to_string());
        let meant = Rule {
            step: self.path.join("."),
            test: self.test(rule)?,
            value: rule.value.as_ref().map(|value| value.value.clone()),
            then: self.here(),
        };
        body(self, done(&rule.steps))?;
        self.path.pop();
        Some(meant)
    }

    fn test(&self, rule: &written::Rule) -> Option<Test> {
        if rule.otherwise.is_some() {
            return Some(Test::Otherwise);
        }
        if let Some(condition) = self.condition(&rule.when)? {
            return Some(Test::When(condition));
        }
        let words = rule.words.iter().map(|word| word.value.as_str());
        let pattern = rule.pattern.as_ref().map(|pattern| pattern.value.as_str());
        Matcher::new(words, pattern).ok().map(Test::Reply)
    }

    fn within(&mut self, name: &str, write: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        self.path.push(name.to_owned());
        write(self)?;
        self.path.pop();
        Some(())
    }

    fn await_(&mut self, branches: &written::Branches) -> Option<()> {
        let what = self.condition(&branches.what)??;
        let within = branches.within.as_ref()?.value;
        let silence = OPEN;
        if self.comes_late() {
            self.push(Deed::Goto(self.here() + 1));
        }
        let at = self.push(Deed::Await {
            what,
            within,
            silence,
        });
        self.answers = false;
        self.within("then", |own| own.steps(&branches.then))?;
        let end = self.push(Deed::Goto(OPEN));
        self.land(at, Lands::Next);
        self.within("silence", |own| own.steps(&branches.silence))?;
        self.land(end, Lands::Next);
        Some(())
    }

    fn choose(&mut self, rules: &[written::Rule]) -> Option<()> {
        let choose = self.push(Deed::Choose {
            ways: vec![],
            otherwise: OPEN,
        });
        let mut meant = vec![];
        let mut ends = vec![];
        let mut otherwise = None;
        for (i, rule) in rules.iter().enumerate() {
            let here = self.here();
            match self.condition(&rule.when)? {
                Some(condition) if rule.otherwise.is_none() => meant.push((condition, here)),
                Some(_) | None => otherwise = Some(here),
            }
            self.within(&(i + 1).to_string(), |own| own.steps(done(&rule.steps)))?;
            ends.push(self.push(Deed::Goto(OPEN)));
        }
        let here = self.here();
        if let Deed::Choose { ways, otherwise: to } = &mut self.code[usize::from(choose)].deed {
            *ways = meant;
            *to = otherwise.unwrap_or(here);
        }
        ends.into_iter().for_each(|end| self.land(end, Lands::Next));
        Some(())
    }

    fn split(&mut self, arms: &[written::Arm]) -> Option<()> {
        let name = self.draw_of(arms);
        let split = self.push(Deed::Split { name, arms: vec![] });
        let mut meant = vec![];
        let mut ends = vec![];
        for arm in arms {
            meant.push(Arm {
                name: arm.name.value.clone(),
                share: Share::parse(&arm.share.as_ref()?.value).ok()?,
                then: self.here(),
            });
            self.within(&arm.name.value, |own| own.steps(&arm.body))?;
            ends.push(self.push(Deed::Goto(OPEN)));
        }
        if let Deed::Split { arms, .. } = &mut self.code[usize::from(split)].deed {
            *arms = meant;
        }
        ends.into_iter().for_each(|end| self.land(end, Lands::Next));
        Some(())
    }

    /// What is drawn for: the ways by their names, so that a step before it draws nobody anew.
    fn draw_of(&self, arms: &[written::Arm]) -> String {
        let names: Vec<&str> = arms.iter().map(|arm| arm.name.value.as_str()).collect();
        let name = names.join("|");
        let same =
            |one: &&Instruction| matches!(&one.deed, Deed::Split { name: own, .. } if own.starts_with(&name));
        match self.code.iter().filter(same).count() {
            0 => name,
            n => format!("{name}|{}", n + 1),
        }
    }

    fn set(&mut self, values: &[(Spanned<String>, written::Value)]) -> Option<()> {
        let one = |(name, value): &(Spanned<String>, written::Value)| {
            let text = self.messages.same_for_all(&value.text)?;
            Some((name.value.clone(), Localised(text)))
        };
        let values = values.iter().map(one).collect::<Option<Vec<_>>>()?;
        self.one(Deed::Set(values))
    }

    fn repeat(
        &mut self,
        times: u16,
        every: WaitTime,
        until: &[Spanned<String>],
        body: &[Step],
    ) -> Option<()> {
        let until = self.condition(until)?;
        self.push(Deed::Repeat { times });
        let round = self.push(Deed::Round {
            times,
            until,
            end: OPEN,
        });
        // Of a round that comes later nobody has just written.
        self.answers &= times < 2;
        self.within("do", |own| own.steps(body))?;
        self.answers = false;
        self.push(Deed::Again { times, every, round });
        self.land(round, Lands::Next);
        Some(())
    }
}

/// Which of its addresses an instruction with two is told.
#[derive(Clone, Copy)]
enum Lands {
    Next,
    Silence,
    Replied,
    PassedOver,
}

/// Steps that wait: what is too late for one moment goes on at the next.
fn is_wait(step: &Step) -> bool {
    matches!(step.verb, Verb::Wait(_) | Verb::WaitUntil(_)) || step.at.is_some()
}

/// What a rule does: nothing where it only keeps a value.
fn done(steps: &[Step]) -> Steps<'_> {
    match steps {
        [one] if matches!(one.verb, Verb::Other) => &[],
        steps => steps,
    }
}

fn inbox(to: &str) -> Inbox {
    match written::ReplyTo::from_text(to) {
        ReplyTo::Address(address) => Inbox::Address(address),
        ReplyTo::Inbox(name) => Inbox::Name(name),
    }
}

/// What is left of a time; at least a second.
fn rest(whole: WaitTime, part: WaitTime) -> WaitTime {
    let seconds = |time: WaitTime| match time {
        WaitTime::Elapsed(time) => time.num_seconds(),
        WaitTime::Days(days) => i64::from(days) * 86_400,
    };
    match (whole, part) {
        (WaitTime::Days(whole), WaitTime::Days(part)) if whole > part => WaitTime::Days(whole - part),
        (whole, part) => {
            let left = (seconds(whole) - seconds(part)).max(1);
            WaitTime::Elapsed(chrono::TimeDelta::seconds(left))
        }
    }
}
