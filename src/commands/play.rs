//! `crier play`: somebody is the recipient, in the terminal, on a clock that runs when they say so. Nothing is sent.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use dsl::campaign::story::Occurrence;
use dsl::campaign::{Schedule, Trigger};
use dsl::scalar::{WrittenTime, parse_time};
use engine::clock::{Clock, SystemClock};
use engine::load::{self, LoadedCampaign};
use engine::plan::{NotCast, first_of_lists};
use engine::play::{
    Cannot, Command, Opening, Session, asked, asked_tags, stories_apart, unused_name, variants,
    with_one_more, with_story,
};
use engine::revision::Revision;
use engine::story::play;

use super::rewrite::replace;
use super::{Failure, rewrite, unusable};
use crate::cli::{Format, Play};
use crate::output::{self, diagnostics, play as said, story};

pub(super) fn run(args: &Play) -> Result<ExitCode, Failure> {
    rewrite::no_stdin([&args.file], "play")?;
    let loaded = load::load_campaign(&args.file)?;
    let revision = revision_of(&loaded)?;
    let now = SystemClock::new().now();
    let opening = opening(args, &revision, &loaded.project.folder, now)?;
    let session = Session::new(&revision, opening, now);
    let session = session.map_err(|error| not_cast(&revision, &error))?;
    said::heading(&revision.campaign.name, &session, args.person.is_empty());
    let begins = begins(&revision.campaign.schedule).filter(|_| args.event.is_none());
    if let Some(how) = begins {
        output::say(&how);
    }
    let mut game = Game {
        session,
        file: &args.file,
        day: None,
        shown: 0,
    };
    game.show(false);
    let mut typed = Typed::default();
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

fn revision_of(loaded: &LoadedCampaign) -> Result<Arc<Revision>, Failure> {
    let files = [loaded.project.file.as_slice(), std::slice::from_ref(&loaded.file)].concat();
    diagnostics::print_full(&files);
    loaded.meant.clone().ok_or_else(|| unusable(&files, Format::Full))
}

/// How it begins, as it was typed.
fn opening(args: &Play, revision: &Revision, folder: &Path, now: DateTime<Utc>) -> Result<Opening, Failure> {
    let mut opening = Opening {
        person: pairs("--person", "first_name=Ada", &args.person)?,
        tags: args.tag.iter().map(|tag| tag.trim().to_owned()).collect(),
        event: event(args, &revision.campaign.schedule)?,
        at: args.at.as_deref().map(time).transpose()?,
    };
    if opening.person.is_empty() {
        let begin = opening.begin(revision, revision.campaign.timezone, now);
        let found = first_of_lists(revision, folder, &opening.tags, begin);
        opening.person = found.ok_or_else(|| Failure::Usage(anyhow!("{}", nobody(revision))))?;
    }
    let named = args.variant.as_ref();
    let named = named.map(|variant| ("variant".to_owned(), variant.clone()));
    opening.person.extend(named);
    is_variant(revision, opening.variant())?;
    unused(revision, &opening);
    Ok(opening)
}

/// The event that begins the campaign.
fn event(args: &Play, schedule: &Schedule) -> Result<Option<Occurrence>, Failure> {
    let Some(typed) = &args.event else { return Ok(None) };
    match schedule {
        Schedule::Trigger(Trigger::Event { name, .. }) if name == typed => Ok(Some(Occurrence {
            name: typed.clone(),
            fields: pairs("--field", "seats=2", &args.field)?,
        })),
        Schedule::Trigger(Trigger::Event { name, .. }) => Err(Failure::Usage(anyhow!(
            "--event {typed}: this campaign begins with the event {name}"
        ))),
        _ => Err(Failure::Usage(anyhow!(
            "--event {typed}: no event begins this campaign; /event brings one while it runs"
        ))),
    }
}

fn time(typed: &str) -> Result<WrittenTime, Failure> {
    parse_time(typed).map_err(|error| Failure::Usage(anyhow!("--at {typed}: {error}")))
}

/// `first_name=Ada`, each with another name.
fn pairs(option: &str, such_as: &str, typed: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs: Vec<(String, String)> = vec![];
    for typed in typed {
        let (name, value) = typed
            .split_once('=')
            .ok_or_else(|| Failure::Usage(anyhow!("{option} {typed}: write it as {such_as}")))?;
        let name = name.trim();
        if pairs.iter().any(|(own, _)| own == name) {
            return Err(Failure::Usage(anyhow!("{option} names {name} twice")));
        }
        pairs.push((name.to_owned(), value.trim().to_owned()));
    }
    Ok(pairs)
}

fn is_variant(revision: &Revision, variant: Option<&str>) -> Result<(), Failure> {
    let names = variants(revision);
    let Some(variant) = variant.filter(|variant| !names.contains(variant)) else {
        return Ok(());
    };
    let help = match names.as_slice() {
        [] => "no message has variants, and no step draws a way".to_owned(),
        names => format!("there are {}", names.join(", ")),
    };
    Err(Failure::Usage(anyhow!(
        "variant \"{variant}\" does not exist; {help}"
    )))
}

/// Says which values and tags nothing in the campaign goes by: they may be misspelt.
fn unused(revision: &Revision, opening: &Opening) {
    let known = [asked(revision), vec!["language", "timezone", "variant"]].concat();
    let names = opening.person.iter().map(|(name, _)| name);
    for name in names.filter(|name| !known.contains(&name.as_str())) {
        let meant = meant(dsl::nearest(name, known.iter().copied()));
        output::say(&format!("nothing in the campaign goes by {name}{meant}"));
    }
    let Some(asked) = asked_tags(revision) else { return };
    for tag in opening.tags.difference(&asked) {
        let meant = meant(dsl::nearest(tag, asked.iter().map(String::as_str)));
        output::say(&format!("nothing in the campaign asks for the tag {tag}{meant}"));
    }
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |nearest| format!("; did you mean {nearest}?"))
}

/// What is said of somebody who cannot be in the campaign.
fn not_cast(revision: &Revision, error: &NotCast) -> Failure {
    Failure::Usage(match error {
        NotCast::NoPhone | NotCast::LeftOut(_) => anyhow!("{error}; {}", whom(revision)),
        NotCast::BadPhone(_) | NotCast::BadZone(_) => anyhow!("{error}"),
    })
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

/// Why nobody is there to be played.
fn nobody(revision: &Revision) -> String {
    let lists = match revision.campaign.audience.from.is_empty() {
        true => "the campaign has no list",
        false => "no list has somebody whom this campaign texts",
    };
    format!("{lists}; {}", whom(revision))
}

/// What is to be given of a person: of a campaign that an event begins all but the number comes with that.
fn whom(revision: &Revision) -> String {
    let asked = asked(revision);
    let given = |option: &str, names: &[&str]| {
        let names = names.iter().map(|name| format!(" {option} {name}=…"));
        names.collect::<String>()
    };
    match &revision.campaign.schedule {
        Schedule::Trigger(Trigger::Event { name, .. }) => format!(
            "say who it is, and what the event carries:{} --event {name}{}",
            given("--person", &asked[..1]),
            given("--field", &asked[1..])
        ),
        _ => format!("say who it is:{}", given("--person", &asked)),
    }
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
                output::say(said::HELP);
                return Ok(());
            }
            Command::Who => {
                said::who(&self.session);
                return Ok(());
            }
            _ => {}
        }
        let done = self.session.act(command);
        if let Err(error) = &done {
            output::say(&error.to_string());
        }
        // What was typed stands on the terminal already.
        self.show(is_terminal && matches!(command, Command::Reply(_)));
        if matches!(command, Command::Wait(_)) || done == Err(Cannot::NothingComes) {
            output::say(&said::clock(&self.session));
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
        match to {
            None => {
                output::lines(&self.session.story("as it was played"));
                Ok(())
            }
            Some(to) if is_file(&to) => keep(Path::new(to), &self.session.story("as it was played")),
            Some(name) => self.save_as(name),
        }
    }

    /// Into the campaign, where the story can be read there and passes.
    fn save_as(&self, typed: &str) -> Result<(), Failure> {
        // A name of several words needs no quotes here, and has none in it.
        let bare = typed.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        let typed = bare.unwrap_or(typed);
        let bytes = super::rewrite::read(self.file)?;
        let text = String::from_utf8_lossy(&bytes);
        let name = unused_name(&text, typed);
        let told = self.session.story(&name);
        if let Ok(with) = with_story(&text, &told)
            && let Some(why) = faulty(self.file, &with, &name)?
        {
            output::say(&format!("{}: {why}; it stays as it is", story::named(self.file)));
            output::lines(&told);
            return Ok(());
        }
        if name != typed {
            output::say(&format!(
                "a story is called \"{typed}\", so this one is \"{name}\""
            ));
        }
        keep(self.file, &told)
    }
}

/// Why a campaign's file is not to have a story in it.
fn faulty(path: &Path, with: &str, name: &str) -> Result<Option<String>, Failure> {
    let project = load::load_project(&load::project_folder(path))?;
    let loaded = load::campaign_of_bytes(path, with.as_bytes(), project);
    let Some(revision) = &loaded.meant else {
        let first = loaded.file.diagnostics.first();
        let first = first.map_or(String::new(), |found| format!(": {}", found.message));
        return Ok(Some(format!("with the story it has errors{first}")));
    };
    let mut stories = revision.campaign.stories.iter();
    let Some(own) = stories.find(|story| story.name == name) else {
        return Ok(Some("the story cannot be read there".to_owned()));
    };
    let failure = play(revision, own).failure;
    Ok(failure.map(|failure| format!("the story does not pass: {failure}")))
}

/// The file that the stories of a campaign stand in: it, or that which its `tests` name.
pub(super) fn stories_of(path: &Path) -> Result<PathBuf, Failure> {
    let bytes = super::rewrite::read(path)?;
    let apart = stories_apart(&String::from_utf8_lossy(&bytes));
    Ok(match apart {
        Some(apart) => load::project_folder(path).join(apart),
        None => path.to_owned(),
    })
}

/// A name that no story of a file has, so near to another one as it can be.
pub(super) fn name_in(path: &Path, name: &str) -> Result<String, Failure> {
    let bytes = super::rewrite::read(path)?;
    Ok(unused_name(&String::from_utf8_lossy(&bytes), name))
}

/// Puts a story behind those of a campaign, or of a file of stories, which is made if it is not there.
pub(super) fn keep(path: &Path, story: &str) -> Result<(), Failure> {
    if !path.exists() {
        std::fs::write(path, story)
            .map_err(|error| Failure::Usage(anyhow!("cannot write {}: {error}", path.display())))?;
    } else {
        let bytes = super::rewrite::read(path)?;
        let text = String::from_utf8_lossy(&bytes);
        let with = match load::is_campaign(path) {
            true => with_story(&text, story),
            false => with_one_more(&text, story),
        };
        let with = match with {
            Ok(with) => with,
            Err(why) => {
                output::say(&format!(
                    "{}: {why}, so put this there yourself",
                    story::named(path)
                ));
                output::lines(story);
                return Ok(());
            }
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
        loop {
            if self.is_terminal {
                let _ = write!(anstream::stderr(), "{prompt}");
                let _ = std::io::stderr().flush();
            }
            let mut line = vec![];
            let read = std::io::stdin().lock().read_until(b'\n', &mut line);
            let read = read.map_err(|error| Failure::Usage(anyhow!("cannot read what is typed: {error}")))?;
            if read == 0 {
                return Ok(None);
            }
            match String::from_utf8(line) {
                Ok(line) => return Ok(Some(line)),
                Err(_) => output::say("that line is not UTF-8, and nothing comes of it: type it again"),
            }
        }
    }
}
