//! Functions: they exist, take what they take, and name messages, links and campaigns that can be.

use std::ops::Range;

use super::{
    BuiltIn, Diagnostic, Expression, FieldType, Happening, Kind, Lower, Named, Stage, Test, Text, Value,
    declared,
};
use crate::condition::functions::{FUNCTIONS, usage};
use crate::condition::program::{Day, Moment, Number};
use crate::condition::scan::{is_word, shortened};
use crate::diagnostic::Applicability;
use crate::scalar::WaitTime;
use crate::values::parse_date;
use crate::written::campaign::OPT_OUT_LINK;
use crate::written::nearest::{Guess, nearest, these_are};
use crate::written::{is_name, slug};

impl Lower<'_> {
    pub(super) fn call(
        &mut self,
        piece: &Expression,
        name: &str,
        name_span: &Range<usize>,
        arguments: &[Expression],
    ) -> Option<Value> {
        let call = Call {
            name,
            name_span,
            span: &piece.span,
            arguments,
        };
        match name {
            "delivered" | "clicked" | "replied" => self.of_campaign(&call).map(|h| self.happened(h)),
            "answered" | "received" => self.of_other(&call).map(|h| self.happened(h)),
            "event" => {
                let event = self.one_text(&call)?.to_owned();
                if self.stage == Stage::Before {
                    return self.no_event_yet(&call);
                }
                Some(self.happened(Happening::Event(event)))
            }
            "tagged" => {
                let tag = self.one_text(&call)?.into();
                Some(Value::Test(Test::Tagged(Text::Literal(tag))))
            }
            "today" => self.nothing(&call).map(|()| Value::Day(Day::Today)),
            "now" => self.nothing(&call).map(|()| Value::Time(Moment::Now)),
            "date" => self.date(&call).map(Value::Day),
            "days_until" | "days_since" => {
                let day = self.day(&call)?;
                if matches!(day, Day::Today | Day::Of(Moment::Now)) {
                    return self.no_days(&call);
                }
                Some(Value::Number(Number::DaysUntil(
                    Box::new(day),
                    name == "days_since",
                )))
            }
            "empty" => self.empty(&call).map(Value::Test),
            _ => {
                let found = self.unknown_function(&call);
                self.push(found)
            }
        }
    }

    fn happened(&mut self, happening: Happening) -> Value {
        if !self.happenings.contains(&happening) {
            self.happenings.push(happening.clone());
        }
        Value::Test(Test::Happened(happening))
    }

    /// What happens on the way through this campaign.
    fn of_campaign(&mut self, call: &Call<'_>) -> Option<Happening> {
        let what = match call.name {
            "replied" => {
                self.nothing(call)?;
                Happening::Replied
            }
            "delivered" => {
                let message = self.one_text(call)?;
                let names = || self.scope.messages.iter().map(String::as_str);
                self.known(call, message, "unknown-message", "message", names().collect())?;
                Happening::Delivered(message.to_owned())
            }
            _ => {
                let link = self.one_text(call)?;
                let names = self.scope.links.iter().map(String::as_str).chain([OPT_OUT_LINK]);
                self.known(call, link, "unknown-link", "link", names.collect())?;
                Happening::Clicked(link.to_owned())
            }
        };
        if self.stage == Stage::Before {
            let help = "who answered or received another campaign is asked for by `answered(\"campaign\")` and `received(\"campaign\")`";
            return self.nothing_yet(call.span, &shortened(self.text(call.span)).clone(), help);
        }
        Some(what)
    }

    /// From today to today.
    fn no_days<T>(&mut self, call: &Call<'_>) -> Option<T> {
        let message = format!("`{}` is always 0", shortened(self.text(call.span)));
        let help = format!("count from today to a day of the person: `{}`", usage(call.name));
        let found = Diagnostic::error("constant-condition", call.span.clone(), message);
        self.push(found.label("the same for everybody").help(help))
    }

    /// An event counts for the passages that began before it.
    fn no_event_yet<T>(&mut self, call: &Call<'_>) -> Option<T> {
        let written = shortened(self.text(call.span)).clone();
        let message = format!("`{written}` is asked before anybody's passage begins, so it never holds");
        let help = "what an event carries is asked by its name: `where: total > 50`; steps ask for one that comes later: `when: event(\"ordered\")`";
        let found = Diagnostic::error("constant-condition", call.span.clone(), message);
        self.push(found.label("nothing has happened yet").help(help))
    }

    fn known(
        &mut self,
        call: &Call<'_>,
        name: &str,
        code: &'static str,
        what: &str,
        all: Vec<&str>,
    ) -> Option<()> {
        if self.scope.any_campaign || all.contains(&name) {
            return Some(());
        }
        let message = format!("{what} \"{name}\" does not exist");
        let found = Diagnostic::error(code, call.argument_span(0), message);
        let guess = Guess::unsure(nearest(name, all.iter().copied())).written(|meant| format!("\"{meant}\""));
        self.found.push(guess.tell(found, || match all.is_empty() {
            true => format!("the campaign has no {what}s with a name"),
            false => these_are((what, &format!("{what}s")), &all),
        }));
        None
    }

    /// What happens to the person elsewhere.
    fn of_other(&mut self, call: &Call<'_>) -> Option<Happening> {
        let within = match (call.name, call.arguments) {
            ("received", [_, time]) => self.duration(call, time).map(Some),
            ("received", [_]) | ("answered", [_]) => Some(None),
            _ => return self.wrong_count(call),
        };
        let campaign = self.literal(call, &call.arguments[0])?;
        if !is_name(campaign) {
            let span = call.argument_span(0);
            let message = format!("\"{campaign}\" is not the name of a campaign");
            let found = Diagnostic::error("wrong-arguments", span.clone(), message)
                .help("a name is lower-case letters, digits and `-`, and begins with a letter");
            let slug = slug(campaign);
            return self.push(match is_name(&slug) {
                true => found.replace(span, format!("\"{slug}\""), Applicability::Unsure),
                false => found,
            });
        }
        Some(match call.name {
            "answered" => Happening::Answered(campaign.to_owned()),
            _ => Happening::Received(campaign.to_owned(), within?),
        })
    }

    fn duration(&mut self, call: &Call<'_>, time: &Expression) -> Option<WaitTime> {
        let text = self.literal(call, time)?;
        match WaitTime::parse(text) {
            Ok(time) => Some(time),
            Err(error) => {
                let found = Diagnostic::error("bad-duration", time.span.clone(), error.to_string());
                self.push(found.help(error.help()))
            }
        }
    }

    fn date(&mut self, call: &Call<'_>) -> Option<Day> {
        let text = self.one_text(call)?;
        if let Some(day) = parse_date(text.trim()) {
            return Some(Day::Literal(day));
        }
        let message = format!("\"{}\" is not a date", shortened(text));
        let found = Diagnostic::error("bad-date", call.argument_span(0), message);
        self.push(found.help("a date is year, month and day, and one that exists: `2026-12-01`"))
    }

    fn day(&mut self, call: &Call<'_>) -> Option<Day> {
        let [argument] = call.arguments else {
            return self.wrong_count(call);
        };
        let span = argument.span.clone();
        let value = self.value(argument, false)?;
        match value {
            Value::Day(day) => Some(day),
            Value::Time(moment) => Some(Day::Of(moment)),
            Value::Test(_) | Value::Text(_) | Value::Number(_) | Value::Tags => {
                if let Some(column) = self.column(argument) {
                    let message = format!("{}, and not a date", self.as_text(column));
                    let help = format!("declare what it is: {}", declared(column, FieldType::Date));
                    return self.push(Diagnostic::error("column-is-text", span, message).help(help));
                }
                let written = shortened(self.text(&span));
                let message = format!(
                    "`{written}` is {}, and `{}` takes a date",
                    value.kind(),
                    call.name
                );
                let found = Diagnostic::error("wrong-arguments", span.clone(), message);
                self.push(match &argument.kind {
                    Kind::Text(text) if parse_date(text.trim()).is_some() => {
                        let right = format!("date(\"{}\")", text.trim());
                        found
                            .help(format!("write `{right}`"))
                            .replace(span, right, Applicability::Unsure)
                    }
                    _ => found.help("a field is a date where `fields` says so: `expires: date`"),
                })
            }
        }
    }

    fn empty(&mut self, call: &Call<'_>) -> Option<Test> {
        let [argument] = call.arguments else {
            return self.wrong_count(call);
        };
        let span = argument.span.clone();
        match &argument.kind {
            Kind::Name(name) => match self.scope.find(name) {
                Named::Field(_) | Named::Column => Some(Test::Empty(Text::Value(self.slot(name)))),
                Named::BuiltIn(BuiltIn::Phone | BuiltIn::Language | BuiltIn::Timezone) => {
                    self.constant(call.span, false);
                    None
                }
                Named::BuiltIn(_) | Named::Missing(_) => match self.name(name, &span, false)? {
                    Value::Text(text) => Some(Test::Empty(text)),
                    Value::Test(_) | Value::Number(_) | Value::Day(_) | Value::Time(_) | Value::Tags => None,
                },
                Named::Tags => self.wrong(call, span, "`empty` takes one value, not the tags"),
            },
            Kind::Text(text) if self.scope.has(text) => {
                let text = text.clone();
                let message = format!("\"{text}\" in quotes is a text, not the value of that name");
                let found = Diagnostic::error("wrong-arguments", span.clone(), message)
                    .help(format!("write `empty({text})`"))
                    .replace(span, text, Applicability::Unsure);
                self.push(found)
            }
            _ => self.wrong(call, span, "`empty` takes the name of a value"),
        }
    }

    fn nothing(&mut self, call: &Call<'_>) -> Option<()> {
        match call.arguments {
            [] => Some(()),
            _ => self.wrong_count(call),
        }
    }

    /// The only argument, a text in quotes.
    fn one_text<'c>(&mut self, call: &Call<'c>) -> Option<&'c str> {
        match call.arguments {
            [argument] => self.literal(call, argument),
            _ => self.wrong_count(call),
        }
    }

    fn literal<'c>(&mut self, call: &Call<'_>, argument: &'c Expression) -> Option<&'c str> {
        let span = argument.span.clone();
        let written = self.text(&span).to_owned();
        match &argument.kind {
            Kind::Text(text) if !text.trim().is_empty() => Some(text),
            Kind::Text(_) => self.wrong(call, span, "the text is empty"),
            _ if is_bare(&written) => {
                let message = format!("`{}` takes a text in quotes", call.name);
                let right = format!("\"{written}\"");
                let found = Diagnostic::error("wrong-arguments", span.clone(), message)
                    .help(format!("write `{right}`"))
                    .replace(span, right, Applicability::Unsure);
                self.push(found)
            }
            _ => {
                let message = format!("`{}` takes a text in quotes", call.name);
                self.wrong(call, span, &message)
            }
        }
    }

    fn wrong_count<T>(&mut self, call: &Call<'_>) -> Option<T> {
        let takes = match call.name {
            "replied" | "today" | "now" => "nothing",
            "received" => "the name of a campaign, and a time where only the last count",
            _ => "one value",
        };
        let message = format!("`{}` takes {takes}", call.name);
        self.wrong(call, call.span.clone(), &message)
    }

    fn wrong<T>(&mut self, call: &Call<'_>, span: Range<usize>, message: &str) -> Option<T> {
        let found = Diagnostic::error("wrong-arguments", span, message);
        self.push(found.help(format!("for example `{}`", usage(call.name))))
    }

    fn unknown_function(&self, call: &Call<'_>) -> Diagnostic {
        let (name, span) = (call.name, call.name_span.clone());
        let names = || FUNCTIONS.iter().map(|(name, _)| *name);
        let meant = nearest(name, names());
        let found = Diagnostic::error(
            "unknown-function",
            span.clone(),
            format!("there is no function \"{name}\""),
        );
        if self.scope.has(name) && meant.is_none() {
            return found.help(format!(
                "\"{name}\" is a value, and stands without brackets: `{name} == \"…\"`"
            ));
        }
        Guess::unsure(meant).tell(found, || match name {
            "contains" | "startsWith" | "endsWith" | "matches" | "lower" | "upper" | "size" => {
                "texts are compared as a whole, with `==`, `!=` and `in`".into()
            }
            "has" | "exists" | "isnull" => "an empty value is asked for with `empty(city)`".into(),
            _ => {
                let all: Vec<&str> = names().collect();
                format!("the functions are {}", all.join(", "))
            }
        })
    }
}

/// Whether this is a text that lacks its quotes.
fn is_bare(written: &str) -> bool {
    let letters = written.chars().all(|c| is_word(c) || c == '-');
    letters && !written.starts_with(|c: char| c.is_ascii_digit())
}

/// A function as it is written.
struct Call<'a> {
    name: &'a str,
    name_span: &'a Range<usize>,
    span: &'a Range<usize>,
    arguments: &'a [Expression],
}

impl Call<'_> {
    fn argument_span(&self, at: usize) -> Range<usize> {
        let argument = self.arguments.get(at);
        argument.map_or(self.span.clone(), |argument| argument.span.clone())
    }
}
