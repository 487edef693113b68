//! What can be typed after `crier trigger`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Format, InProject};

/// `crier trigger`.
#[derive(Debug, Args)]
pub struct Trigger {
    /// What happened.
    #[command(subcommand)]
    pub what: What,
}

/// What can have happened.
#[derive(Debug, Subcommand)]
pub enum What {
    /// An event of somebody: it begins campaigns, and passages wait for it
    #[command(after_help = LINES)]
    Event(Event),
}

const LINES: &str = "\
A line of --file is an object of JSON:
  {\"name\": \"ordered\", \"phone\": \"+393331234567\", \"fields\": {\"total\": 59.9}, \"id\": \"o-77\"}
`name` may be left out where NAME is typed. With a line that cannot be read none
is kept. What is kept stays: a campaign that runs hears it within a second, one
that does not when it goes on. Of events with one name and one id the first counts.";

/// `crier trigger event`.
#[derive(Debug, Args)]
pub struct Event {
    /// Its name, as `trigger` and `event(…)` of campaigns have it
    #[arg(required_unless_present = "file")]
    pub name: Option<String>,

    /// To whom it happened; in national form only where crier.yaml names a region
    #[arg(long, value_name = "PHONE", required_unless_present = "file")]
    pub phone: Option<String>,

    /// What it carries; again for more
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,

    /// By which it is known when it comes again: the same is not kept twice
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,

    /// Many events, a line of JSON each; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["phone", "set", "id"])]
    pub file: Option<PathBuf>,

    #[command(flatten)]
    pub place: InProject,

    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
