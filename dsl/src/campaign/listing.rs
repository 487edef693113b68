//! The program of a campaign as people read it: an instruction a line, with its address and its step.

use std::fmt::{self, Write};

use super::Campaign;
use crate::scalar::WrittenTime;

use super::program::{Deed, Listen, Moment, Rule, Send, Shift, Test, Until};

/// The listing of a campaign's program; ends with a line break.
pub fn listing(campaign: &Campaign) -> String {
    let program = &campaign.program;
    let width = program
        .instructions
        .iter()
        .map(|one| one.step.chars().count())
        .max();
    let width = width.unwrap_or(0);
    let mut out = String::new();
    for (at, instruction) in program.instructions.iter().enumerate() {
        let deed = Line {
            campaign,
            deed: &instruction.deed,
        };
        // A text in memory takes all.
        let _ = writeln!(out, "{at:>4}  {:width$}  {deed}", instruction.step);
    }
    for rule in &program.rules {
        let _ = writeln!(out, "on a reply, {}", rule_line(rule));
    }
    out
}

fn rule_line(rule: &Rule) -> String {
    let test = match &rule.test {
        Test::Reply(_) => "its words or pattern",
        Test::When(condition) => {
            return format!("{}: when {}: to {}", rule.step, condition.source(), rule.then);
        }
        Test::Otherwise => "otherwise",
    };
    format!("{}: {test}: to {}", rule.step, rule.then)
}

struct Line<'a> {
    campaign: &'a Campaign,
    deed: &'a Deed,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = |at: usize| self.campaign.messages[at].name.as_str();
        match self.deed {
            Deed::Send(send) => write_send(f, message(send.message), send),
            Deed::Wait { until, too_late } => match until {
                Until::Over(time) => write!(f, "wait {time}"),
                Until::At(moment) => write!(
                    f,
                    "wait until {}; past or not known: to {too_late}",
                    shown(moment)
                ),
            },
            Deed::Arrive(moment) => write!(f, "follow {}", moment.field().unwrap_or_default()),
            Deed::Open => f.write_str("open the question"),
            Deed::Listen(listen) => write_listen(f, listen, listen.unclear.map(message)),
            Deed::Close => f.write_str("close the question"),
            Deed::Await {
                what,
                within,
                silence,
            } => write!(f, "await {} for {within}; silence: to {silence}", what.source()),
            Deed::Check {
                when,
                unless,
                otherwise,
            } => {
                if let Some(when) = when {
                    write!(f, "when {}; ", when.source())?;
                }
                if let Some(unless) = unless {
                    write!(f, "unless {}; ", unless.source())?;
                }
                write!(f, "else to {otherwise}")
            }
            Deed::Choose { ways, otherwise } => {
                for (condition, to) in ways {
                    write!(f, "when {}: to {to}; ", condition.source())?;
                }
                write!(f, "else to {otherwise}")
            }
            Deed::Split { arms, .. } => {
                let arms = arms
                    .iter()
                    .map(|arm| format!("{} {}%: to {}", arm.name, arm.share.0 * 100.0, arm.then));
                write!(f, "split {}", arms.collect::<Vec<_>>().join("; "))
            }
            Deed::Tag(tag) => write!(f, "tag {tag}"),
            Deed::Untag(tag) => write!(f, "untag {tag}"),
            Deed::Set(values) => {
                let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
                write!(f, "set {}", names.join(", "))
            }
            Deed::Join(list) => write!(f, "join {list}"),
            Deed::Leave(list) => write!(f, "leave {list}"),
            Deed::Forward(to) => write!(f, "forward the reply to {to}"),
            Deed::Notify { to, .. } => write!(f, "notify {to}"),
            Deed::Call(call) => write!(f, "call {} {}", call.method, call.url.source()),
            Deed::Start(campaign) => write!(f, "start {campaign}"),
            Deed::Repeat { times } => write!(f, "repeat at most {times} times"),
            Deed::Round { until, end, .. } => match until {
                Some(until) => write!(f, "round; until {}: to {end}", until.source()),
                None => f.write_str("round"),
            },
            Deed::Again { every, round, .. } => write!(f, "again after {every}: to {round}"),
            Deed::Goto(to) => write!(f, "go to {to}"),
            Deed::Return => f.write_str("return"),
            Deed::Finish(None) => f.write_str("finish"),
            Deed::Finish(Some(reason)) => write!(f, "finish: {reason}"),
        }
    }
}

fn write_send(f: &mut fmt::Formatter<'_>, message: &str, send: &Send) -> fmt::Result {
    write!(f, "send {message}")?;
    if send.answers {
        f.write_str(", as an answer")?;
    }
    if let Some(window) = send.window {
        write!(f, ", between {window}")?;
    }
    match send.expires {
        Some(time) => write!(f, ", within {time}"),
        None => Ok(()),
    }
}

fn write_listen(f: &mut fmt::Formatter<'_>, listen: &Listen, unclear: Option<&str>) -> fmt::Result {
    write!(f, "listen for {}; silence: to {}", listen.within, listen.silence)?;
    if let Some(field) = &listen.save {
        write!(f, "; save {field}")?;
    }
    if let Some(message) = unclear {
        write!(f, "; unclear: {message}")?;
    }
    for answer in &listen.answers {
        write!(f, "; {}", rule_line(answer))?;
    }
    match listen.answers.is_empty() {
        true => write!(f, "; a reply: to {}", listen.replied),
        false => Ok(()),
    }
}

fn shown(moment: &Moment) -> String {
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    match moment {
        Moment::TimeOfDay(minute) => clock(*minute),
        Moment::Time(WrittenTime::Local(local)) => local.format("%Y-%m-%d %H:%M").to_string(),
        Moment::Time(WrittenTime::Instant(at)) => at.to_rfc3339(),
        Moment::Day { field, shift, at } => {
            let day = match shift {
                Shift::None => field.clone(),
                Shift::Before(time) => format!("{time} before {field}"),
                Shift::After(time) => format!("{time} after {field}"),
            };
            at.map_or_else(|| day.clone(), |at| format!("{day}, {}", clock(at)))
        }
    }
}
