//! What a campaign says that others have to do with: its name, what it names, and when it begins for whom.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::NaiveDate;

use crate::CampaignFile;
use crate::campaign::Purpose;
use crate::condition::{Mention, mentions};
use crate::diagnostic::Diagnostic;
use crate::project::{ListFile, Project};
use crate::scalar::WrittenTime;
use crate::tree::{Entry, Node, Positions};
use crate::values::Language;
use crate::written::campaign::{Campaign, Source, Start, Step, Verb};
use crate::written::key::Form;
use crate::written::walk::{Visitor, walk};
use crate::written::{Spanned, is_condition, tables};

/// One campaign, as the others see it.
#[derive(Debug, Clone)]
pub struct Outline {
    /// As messages about other files call it.
    pub path: String,
    /// What is found is told of this file. Default: yes.
    pub(super) told: bool,
    /// It was read to its end.
    pub(super) complete: bool,
    /// And everything in it is of the form that it must have.
    pub(super) sound: bool,
    /// Its key `campaign`, else its file's name at its first key.
    pub(super) name: Named,
    /// It has the key.
    pub(super) states_name: bool,
    /// Those that its texts have.
    pub(super) languages: Vec<Language>,
    pub(super) keyword: Option<Named>,
    /// What its texts come from, where that is known.
    pub(super) sender: Option<String>,
    /// Further ones, of steps.
    pub(super) senders: Vec<String>,
    /// Lists of crier.yaml.
    pub(super) lists: Vec<String>,
    /// Paths of files that its audience names itself.
    pub(super) sources: Vec<String>,
    /// The lists that its people come from, with what their columns are called in it.
    pub(super) people: Vec<ListFile>,
    /// People come from somewhere of which nothing is known.
    pub(super) any_column: bool,
    /// The names of its fields.
    pub(super) fields: Vec<String>,
    /// Its audience says of lists what their columns are called.
    pub(super) renames: bool,
    pub(super) starts: Vec<Named>,
    /// Of `answered` and `received`.
    pub(super) campaigns: Vec<Named>,
    pub(super) sets: Vec<String>,
    pub(super) tags: Vec<Named>,
    /// By its trigger and its stories.
    pub(super) happens: Vec<String>,
    pub(super) events: Vec<Named>,
    pub(super) opening: Option<Opening>,
}

/// A name, where it stands.
#[derive(Debug, Clone)]
pub struct Named {
    /// The name.
    pub text: String,
    /// Its bytes.
    pub span: Range<usize>,
    /// Its line, from 1.
    pub line: usize,
}

/// A text to everybody of some files on a day that is known.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub day: NaiveDate,
    /// Where the time stands.
    pub span: Range<usize>,
    pub lists: Lists,
}

/// Whom a campaign texts: everybody of some files but those of others.
#[derive(Debug, Clone)]
pub struct Lists {
    /// The files.
    pub from: Vec<ListFile>,
    /// Those of the others.
    pub except: Vec<ListFile>,
    /// For numbers in national form.
    pub region: Option<sms::Region>,
}

impl Lists {
    /// The paths of the files, each once.
    pub(super) fn paths(&self) -> BTreeSet<&str> {
        self.from.iter().map(|list| list.path.as_str()).collect()
    }
}

impl Outline {
    /// As one of which nothing is told: it is there for the others.
    pub fn untold(self) -> Outline {
        Outline { told: false, ..self }
    }

    /// Whether it refers to something of a campaign that is no more there since that was edited: its name, a tag that it
    /// set, an event that it named.
    pub fn misses(&self, before: &Outline, now: &Outline) -> bool {
        let named = || self.starts.iter().chain(&self.campaigns);
        let gone = |all: &[Named], before: &[String], now: &[String]| {
            let is_gone = |named: &Named| before.contains(&named.text) && !now.contains(&named.text);
            all.iter().any(is_gone)
        };
        let is_renamed = before.name.text != now.name.text;
        is_renamed && named().any(|named| named.text == before.name.text)
            || gone(&self.tags, &before.sets, &now.sets)
            || gone(&self.events, &before.happens, &now.happens)
    }

    /// The lists of crier.yaml that it reads, changes or waits for.
    pub fn lists(&self) -> &[String] {
        &self.lists
    }
}

pub(super) fn of(path: &str, file_name: &str, file: &CampaignFile, project: &Project) -> Outline {
    let written = file.written();
    let breaks = Breaks::of(&file.text);
    let place = |at: &Spanned<String>| breaks.named(&at.value, at.span.clone());
    let steps = written.all_steps();
    let asked = asked(file, &breaks);
    let people = crate::check::people(written, project);
    let of = |functions: &[&str]| -> Vec<Named> {
        let its = asked
            .found
            .iter()
            .filter(|(function, _)| functions.contains(&function.as_str()));
        its.map(|(_, name)| name.clone()).collect()
    };
    Outline {
        path: path.to_owned(),
        told: true,
        complete: file.read.is_whole(),
        sound: file.read.is_whole() && !file.read.found.iter().any(Diagnostic::is_fault),
        name: match &written.name {
            Some(name) => place(name),
            None => breaks.named(file_name, written.first_key.clone()),
        },
        states_name: written.name.is_some(),
        languages: crate::check::languages_of(written, project),
        keyword: written
            .trigger
            .as_ref()
            .and_then(|trigger| trigger.keyword.as_ref())
            .map(place),
        sender: (written.sender.as_ref().map(|sender| sender.value.as_str()))
            .or_else(|| project.default_sender())
            .map(str::to_owned),
        senders: steps
            .iter()
            .filter_map(|step| step.sender.as_ref())
            .map(|sender| sender.value.clone())
            .collect(),
        lists: lists(written, &steps),
        sources: sources(written),
        any_column: people.len() != written.audience.from.len(),
        people,
        fields: written.field_names().map(str::to_owned).collect(),
        renames: !written.audience.columns.is_empty() || written.audience.consent.is_some(),
        starts: steps.iter().filter_map(|step| started(step)).map(place).collect(),
        campaigns: of(&["answered", "received"]),
        sets: steps.iter().filter_map(|step| tag(step)).collect(),
        tags: of(&["tagged"]),
        happens: happens(written),
        events: of(&["event"]),
        opening: opening(written, project, &asked),
    }
}

/// Where the lines of a text end.
struct Breaks(Vec<usize>);

impl Breaks {
    fn of(text: &str) -> Breaks {
        Breaks(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn named(&self, name: &str, span: Range<usize>) -> Named {
        Named {
            text: name.to_owned(),
            line: self.0.partition_point(|at| *at < span.start) + 1,
            span,
        }
    }
}

fn started(step: &Step) -> Option<&Spanned<String>> {
    if let Verb::Start(campaign) = &step.verb {
        return Some(campaign);
    }
    None
}

pub(super) fn tag(step: &Step) -> Option<String> {
    if let Verb::Tag(tag) = &step.verb {
        return Some(tag.value.clone());
    }
    None
}

/// The stored list that people join or leave by a step.
pub(super) fn changed(step: &Step) -> Option<&Spanned<String>> {
    if let Verb::Join(list) | Verb::Leave(list) = &step.verb {
        return Some(list);
    }
    None
}

/// The lists of crier.yaml that it reads, changes or waits for.
fn lists(written: &Campaign, steps: &[&Step]) -> Vec<String> {
    let audience = written.audience.from.iter().chain(&written.audience.except);
    let read = audience.filter_map(|source| match &source.value {
        Source::List(name) => Some(name.clone()),
        Source::Path(_) | Source::Read(..) => None,
    });
    let joins = written
        .trigger
        .iter()
        .filter_map(|trigger| trigger.joins.as_ref());
    let changed = steps.iter().filter_map(|step| changed(step));
    read.chain(joins.chain(changed).map(|list| list.value.clone()))
        .collect()
}

/// The files that its audience names by their paths.
fn sources(written: &Campaign) -> Vec<String> {
    let audience = written.audience.from.iter().chain(&written.audience.except);
    let paths = audience.filter_map(|source| match &source.value {
        Source::Path(path) | Source::Read(path, _) => Some(path.clone()),
        Source::List(_) => None,
    });
    paths.collect()
}

/// The events that its trigger and its stories name.
fn happens(written: &Campaign) -> Vec<String> {
    let trigger = written
        .trigger
        .iter()
        .filter_map(|trigger| trigger.event.as_ref());
    let stories = written.tests.iter().flat_map(|test| {
        let lines = test.lines.iter().filter(|line| line.verb.value == "event");
        test.event
            .iter()
            .chain(lines.filter_map(|line| line.what.as_ref()))
    });
    trigger.chain(stories).map(|event| event.value.clone()).collect()
}

/// When it texts everybody of its files. None where it is not known or cannot be: conditions may leave people out, a
/// sample does, and what a step waits for or asks comes later.
fn opening(written: &Campaign, project: &Project, asked: &Asked<'_>) -> Option<Opening> {
    let exempt = written.meant_purpose() != Purpose::Marketing;
    let audience = &written.audience;
    let narrowed = !audience.where_.is_empty() || audience.sample.is_some() || asked.leaves;
    if exempt || narrowed || !texts_at_once(written) {
        return None;
    }
    let start = written.schedule.as_ref()?.start.as_ref()?;
    let day = match start.value {
        Start::At(WrittenTime::Local(local)) => local.date(),
        Start::At(WrittenTime::Instant(at)) => {
            let own = written.timezone.as_ref().map(|zone| zone.value);
            at.with_timezone(&own.or(project.timezone).unwrap_or(chrono_tz::UTC))
                .date_naive()
        }
        Start::Now | Start::TimeOfDay => return None,
    };
    let from = crate::check::people(written, project);
    let except = crate::check::excepted(written, project);
    let known = |lists: &[ListFile]| lists.iter().all(|list| !list.path.is_empty());
    let own = audience.region.as_ref().map(|region| region.value);
    (known(&from) && known(&except)).then(|| Opening {
        day,
        span: start.span.clone(),
        lists: Lists {
            from,
            except,
            region: own.or(project.region),
        },
    })
}

fn texts_at_once(written: &Campaign) -> bool {
    let first = written.steps.first();
    written.message.is_some() || first.is_some_and(|step| !step.is_conditional() && !step.sent().is_empty())
}

/// What the conditions of a file name, with the function that they name it to.
fn asked<'a>(file: &'a CampaignFile, breaks: &'a Breaks) -> Asked<'a> {
    let mut asked = Asked {
        text: &file.text,
        breaks,
        seen: BTreeSet::new(),
        leaves: false,
        before: false,
        found: vec![],
    };
    if let Some(root) = &file.read.tree.root {
        walk(root, &tables::CAMPAIGN, &mut asked);
    }
    asked
}

struct Asked<'a> {
    text: &'a str,
    breaks: &'a Breaks,
    /// What stands behind an alias is looked at once.
    seen: BTreeSet<usize>,
    /// A condition leaves people out under `except`.
    leaves: bool,
    /// What is looked at is asked before anybody's passage begins, when no event can have come: that is told of already.
    before: bool,
    found: Vec<(String, Named)>,
}

impl Visitor for Asked<'_> {
    fn entry(&mut self, entry: &Entry, top: bool) {
        if top {
            self.before = matches!(entry.key.text.as_str(), "audience" | "trigger");
        }
    }

    fn value(&mut self, node: &Node, form: &'static Form, _: &str) {
        let is_one = match form {
            Form::Condition => true,
            Form::Leaver => node.text().is_some_and(is_condition),
            _ => false,
        };
        let Some(text) = node
            .text()
            .filter(|_| is_one && self.seen.insert(node.span.start))
        else {
            return;
        };
        self.leaves |= matches!(form, Form::Leaver);
        let mut positions = None;
        for mention in mentions(text) {
            if let Mention::Argument {
                function,
                text: name,
                span,
            } = mention
                && !(self.before && function == "event")
            {
                let positions = positions.get_or_insert_with(|| Positions::new(self.text, node));
                self.found
                    .push((function, self.breaks.named(&name, positions.span(span))));
            }
        }
    }
}
