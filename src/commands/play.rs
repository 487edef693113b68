//! `crier play`: somebody is the recipient, in the terminal, on a clock that runs when they say so. Nothing is sent.

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::anyhow;
use dsl::campaign::{Schedule, Trigger};
use dsl::scalar::{WrittenTime, parse_time};
use engine::clock::{Clock, SystemClock};
use engine::load::{self, LoadedCampaign};
use engine::plan::first_of_lists;
use engine::play::{Command, Session, with_story};
use engine::revision::Revision;

use super::rewrite::replace;
use super::{Failure, unusable};
use crate::cli::{Format, Play};
use crate::output::{self, diagnostics, story};

const HELP: &str = "What can be typed:
  any text                  what the person answers
  /wait 2 days              run the clock
  /next                     run the clock to the next text
  /click LINK               open a link of a text
  /event NAME field=value   an event of the API
  /receipt delivered        what the carrier says of the latest text; undelivered
  /save                     print all of it as a story; /save NAME puts it into
                            the campaign, /save FILE.yaml into that file
  /quit                     leave";

pub(super) fn run(args: &Play) -> Result<ExitCode, Failure> {
    let loaded = load::load_campaign(&args.file)?;
    let revision = meant(&loaded)?;
    let mut typed = Typed::default();
    let at = args.at.as_deref().map(time).transpose()?;
    let person = match &args.person {
        Some(typed) => values(typed)?,
        None => somebody(&revision, &loaded.project.folder, &mut typed)?,
    };
    let session = Session::new(&revision, person.clone(), at, SystemClock::new().now());
    let session = session.map_err(|error| Failure::Usage(anyhow!("{error}")))?;
    let who: Vec<&str> = person
        .iter()
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
        .collect();
    output::say(&format!(
        "{}, as {}; /help lists what can be typed",
        revision.campaign.name,
        who.join(", ")
    ));
    if let Some(how) = begins(&revision.campaign.schedule) {
        output::say(&how);
    }
    let mut game = Game {
        session,
        file: &args.file,
        day: None,
        shown: 0,
    };
    game.show(false);
    while let Some(line) = typed.line("> ")? {
        match Command::parse(&line) {
            Ok(None) => {}
            Ok(Some(Command::Quit)) => break,
            Ok(Some(command)) => game.act(&command, typed.is_terminal)?,
            Err(error) => output::say(&error.to_string()),
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn meant(loaded: &LoadedCampaign) -> Result<Arc<Revision>, Failure> {
    let files = [loaded.project.file.as_slice(), std::slice::from_ref(&loaded.file)].concat();
    diagnostics::print_full(&files);
    loaded.meant.clone().ok_or_else(|| unusable(&files, Format::Full))
}

/// How a campaign begins that does not begin by itself at once.
fn begins(schedule: &Schedule) -> Option<String> {
    Some(match schedule {
        Schedule::Trigger(Trigger::Event { name, key, .. }) => {
            let key = key.as_ref().map_or(String::new(), |key| format!(" {key}=1"));
            format!("it begins with an event: /event {name}{key}")
        }
        Schedule::Trigger(Trigger::Keyword(word)) => format!("it begins with a text: {word}"),
        Schedule::Cron { .. } | Schedule::Day { .. } => "it begins later: /next runs the clock there".into(),
        Schedule::Now | Schedule::At(_) | Schedule::Local(_) | Schedule::Trigger(Trigger::Joins(_)) => {
            return None;
        }
    })
}

fn time(typed: &str) -> Result<WrittenTime, Failure> {
    parse_time(typed).map_err(|error| Failure::Usage(anyhow!("--at {typed}: {error}")))
}

/// `phone=+393331234567,name=Ada`.
fn values(typed: &str) -> Result<Vec<(String, String)>, Failure> {
    let one = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    let all: Option<Vec<(String, String)>> = typed.split(',').map(one).collect();
    all.ok_or_else(|| {
        Failure::Usage(anyhow!(
            "--person is written as phone=+393331234567,first_name=Ada"
        ))
    })
}

/// The first person of the lists whom the campaign texts; without one, whoever is typed in.
fn somebody(revision: &Revision, folder: &Path, typed: &mut Typed) -> Result<Vec<(String, String)>, Failure> {
    if let Some(person) = first_of_lists(revision, folder, SystemClock::new().now()) {
        return Ok(person);
    }
    output::say("no list has somebody whom this campaign texts, so who is it?");
    let set: BTreeSet<&str> = revision
        .campaign
        .fields
        .iter()
        .filter(|field| field.set_by_steps)
        .map(|field| field.name.as_str())
        .collect();
    let needed = revision
        .variables
        .iter()
        .map(String::as_str)
        .filter(|name| !set.contains(name));
    let mut person = vec![];
    for name in std::iter::once("phone").chain(needed) {
        let value = typed.line(&format!("{name}: "))?.unwrap_or_default();
        person.push((name.to_owned(), value.trim().to_owned()));
    }
    Ok(person)
}

/// A session on the terminal.
struct Game<'a> {
    session: Session,
    file: &'a Path,
    /// The day whose heading stands above what comes next.
    day: Option<chrono::NaiveDate>,
    /// Entries that were shown.
    shown: usize,
}

impl Game<'_> {
    fn act(&mut self, command: &Command, is_terminal: bool) -> Result<(), Failure> {
        match command {
            Command::Save(to) => return self.save(to.as_deref()),
            Command::Help => {
                output::say(HELP);
                return Ok(());
            }
            _ => {}
        }
        if let Err(error) = self.session.act(command) {
            output::say(&error.to_string());
        }
        // What was typed stands on the terminal already.
        self.show(is_terminal && matches!(command, Command::Reply(_)));
        if matches!(command, Command::Wait(_)) {
            let now = self.session.now().with_timezone(&self.session.zone());
            output::say(&format!("it is {}", engine::stage::shown(now)));
        }
        Ok(())
    }

    /// What happened since; `typed`: but for the first, which was typed.
    fn show(&mut self, typed: bool) {
        let news = &self.session.log()[self.shown..];
        let news = if typed {
            news.get(1..).unwrap_or_default()
        } else {
            news
        };
        let lines = story::transcript(news, self.session.zone(), &mut self.day);
        lines.iter().for_each(|line| output::line(line));
        self.shown = self.session.log().len();
    }

    fn save(&self, to: Option<&str>) -> Result<(), Failure> {
        let is_file = |to: &&str| [".yaml", ".yml"].iter().any(|ending| to.ends_with(ending));
        let (path, name) = match to {
            None => {
                output::lines(&self.session.story("as it was played"));
                return Ok(());
            }
            Some(to) if is_file(&to) => (Path::new(to), "as it was played"),
            Some(name) => (self.file, name),
        };
        keep(path, &self.session.story(name))
    }
}

/// Puts a story behind those of a campaign; into a file of its own that is made if it is not there.
pub(super) fn keep(path: &Path, story: &str) -> Result<(), Failure> {
    if !path.exists() {
        std::fs::write(path, story)
            .map_err(|error| Failure::Usage(anyhow!("cannot write {}: {error}", path.display())))?;
    } else {
        let bytes = super::rewrite::read(path)?;
        let text = String::from_utf8_lossy(&bytes);
        let with = match load::is_campaign(path) {
            true => with_story(&text, story),
            false => Some(format!("{}\n{story}", text.trim_end())),
        };
        let Some(with) = with else {
            output::say("its `tests` are written in brackets, or in a file of their own: put this there");
            output::lines(story);
            return Ok(());
        };
        replace(path, &with)?;
    }
    output::say(&format!("{}: a story more", story::named(path)));
    Ok(())
}

/// Lines as they are typed.
struct Typed {
    is_terminal: bool,
}

impl Default for Typed {
    fn default() -> Typed {
        Typed {
            is_terminal: std::io::stdin().is_terminal(),
        }
    }
}

impl Typed {
    /// The next one; none at the end.
    fn line(&mut self, prompt: &str) -> Result<Option<String>, Failure> {
        if self.is_terminal {
            anstream::eprint!("{prompt}");
            let _ = std::io::stderr().flush();
        }
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        let read = read.map_err(|error| Failure::Usage(anyhow!("cannot read what is typed: {error}")))?;
        Ok((read > 0).then_some(line))
    }
}
