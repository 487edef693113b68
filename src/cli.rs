//! What can be typed.

mod rehearse;
pub mod trigger;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use server::carrier::Switches;

pub use rehearse::Rehearse;
use trigger::{Trigger, What};

const ABOUT: &str = "Bulk SMS campaigns as files in git: validated, planned, and sent durably";

const LONG_ABOUT: &str = "\
Bulk SMS campaigns as files in git: validated, planned, and sent durably.

A campaign is a YAML file: who is texted, what, when, and where replies go.
The plan says who gets what and for how much, and who is left out and why,
before anything is sent. What was begun is never sent twice and never lost:
type the same command again and it goes on where it stopped.";

const AFTER: &str = "\
First steps:
  crier init market                              write a first project
  crier validate campaigns/                      find every error of every file
  crier plan campaigns/hello.campaign.yaml       who gets what, and who does not
  crier run campaigns/hello.campaign.yaml        send it, and read the report

Exit codes:
  0 done   1 errors found, or not done: cancelled, halted, over budget, too late, nobody
  2 wrong arguments or environment   3 internal, or the store is held
  130 interrupted";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "crier", version, about = ABOUT, long_about = LONG_ABOUT, after_help = AFTER, max_term_width = 80)]
#[command(
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// Log what happens, on stderr; twice for more
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,

    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a first project into a folder: one that runs, or a larger example
    Init(Init),
    /// Check campaigns and their project: every error, with its line
    Validate(Validate),
    /// Explain the code of a diagnostic, with an example and its repair
    Explain(Explain),
    /// Lay files out in one way; comments stay, and so does what the files say
    Fmt(Rewrite),
    /// Bring files to the newest version of the language
    Upgrade(Rewrite),
    /// Print the long form of a campaign: every key, where its value is from, and how many parts each text can have
    Expand(Expand),
    /// Play the stories of campaigns on a clock of their own: nothing is sent
    Test(Test),
    /// Be the recipient of a campaign, in the terminal: nothing is sent
    Play(Play),
    /// Show who gets what, when and for how much, and who is left out and why
    Plan(Plan),
    /// Let the whole audience go through the whole campaign in virtual time: nothing is sent
    Rehearse(Rehearse),
    /// Send a campaign from this machine to its end, or each tick of its cron; typed again, go on or say it is done
    Run(Run),
    /// Show what launches are doing and came to
    Status(Status),
    /// Hold a launch: nothing more is submitted until it is resumed
    Pause(Change),
    /// Let a paused launch go on
    Resume(Change),
    /// End a launch: nothing more is submitted, for good
    Cancel(Change),
    /// Show all that is known of a phone number: texts, replies, and why none went
    Why(Why),
    /// Show the replies that people sent
    Inbox(Inbox),
    /// Show the messages that were given up; with --retry, try them again
    Dead(Dead),
    /// Say that something happened, such as an order: campaigns begin by it, or wait for it
    Trigger(Trigger),
    /// Run a simulated carrier, to try a campaign against trouble
    Carrier(Carrier),
    /// Serve editors over the Language Server Protocol, on standard input and output
    Lsp,
    /// Print the JSON Schema of the language, for editors
    Schema(Schema),
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Full,
    /// For programs: a stable, documented shape
    Json,
}

/// How diagnostics are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DiagnosticFormat {
    /// With the lines they point at
    #[default]
    Full,
    /// A line each: path:line:column
    Concise,
    /// For programs: a stable, documented shape
    Json,
    /// Annotations of GitHub Actions: the ten most severe, the rest as lines
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// For reviewdog: comments with changes that a click takes over
    Rdjson,
    /// GitLab's code quality report
    Gitlab,
    /// JUnit's XML: a suite for each file
    Junit,
}

/// What fails a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum FailOn {
    /// Errors only
    #[default]
    Error,
    /// Warnings too
    Warning,
}

/// Where a project is, for commands that name no file.
#[derive(Debug, Args)]
pub struct InProject {
    /// The project's folder [default: the nearest crier.yaml at or above here, else ./campaigns]
    #[arg(short = 'C', long, value_name = "DIR")]
    pub project: Option<PathBuf>,
}

/// `crier init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder; made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,

    /// What to begin with [default: one text to a list, which runs at once]
    #[arg(long, value_enum, value_name = "NAME")]
    pub example: Option<Example>,

    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Projects to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Example {
    /// A question in two languages and two variants, with a reminder and a goal
    Concert,
    /// An emergency warning, at any hour
    Alert,
    /// Texts over two weeks, with conditions, which an order ends
    Drip,
    /// Three questions, whose answers are kept
    Survey,
}

/// `crier expand`.
#[derive(Debug, Args)]
pub struct Expand {
    /// The campaign file, or crier.yaml; - for standard input
    pub file: PathBuf,

    /// What standard input is called, so that its project is found
    #[arg(long, value_name = "PATH", default_value = "stdin.campaign.yaml")]
    pub stdin_filename: PathBuf,

    /// Print the program instead: the instructions that people walk through, with their addresses
    #[arg(long, conflicts_with = "format")]
    pub program: bool,

    /// How it is printed: YAML, or for programs
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `crier validate`.
#[derive(Debug, Args)]
pub struct Validate {
    /// Campaign files, crier.yaml files, or folders to look through [default: here]; - for standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Repair what is certainly a slip, such as a misspelt key or missing quotes; texts that people get stay
    #[arg(long)]
    pub fix: bool,

    /// How diagnostics are printed [default: full; in GitHub Actions with annotations]
    #[arg(long, value_enum)]
    pub format: Option<DiagnosticFormat>,

    /// What exits with 1
    #[arg(long, value_enum, default_value_t)]
    pub fail_on: FailOn,

    /// Exit with 0 whatever is found in the files
    #[arg(long, conflicts_with = "fail_on")]
    pub exit_zero: bool,

    /// Only what changed since this git revision, new files too, or names a file that did
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,

    /// What standard input is called, so that its project is found
    #[arg(long, value_name = "PATH", default_value = "stdin.campaign.yaml")]
    pub stdin_filename: PathBuf,
}

/// `crier explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The code of a diagnostic, such as unknown-key [default: all, a line each]
    pub code: Option<String>,

    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `crier fmt` and `upgrade`.
#[derive(Debug, Args)]
pub struct Rewrite {
    /// Campaign files, crier.yaml files, or folders to look through; -: from standard input to standard output [default: here]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Change nothing; name the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub check: bool,

    /// Change nothing; show what would change
    #[arg(long)]
    pub diff: bool,
}

/// `crier test`.
#[derive(Debug, Args)]
pub struct Test {
    /// Campaign files, or folders to look through [default: here]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Only the stories whose name has this in it
    #[arg(short = 'k', long, value_name = "TEXT")]
    pub filter: Option<String>,

    /// Instead, make a story of what the store has of this number's way through the campaign, and put it into the file
    #[arg(long, value_name = "PHONE", conflicts_with_all = ["filter", "transcript", "coverage", "update", "format"])]
    pub record: Option<String>,

    /// Show what happened in stories that passed too, and all of it
    #[arg(long)]
    pub transcript: bool,

    /// Name what no story walked: steps, answers, silences, languages, variants, clock changes; exit with 1 if there is any
    #[arg(long)]
    pub coverage: bool,

    /// Write what the stories expect anew, so that it is what happens; comments and all else stay
    #[arg(long)]
    pub update: bool,

    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: TestFormat,
}

/// How the outcome of stories is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TestFormat {
    /// For people
    #[default]
    Full,
    /// For programs: a stable, documented shape
    Json,
    /// JUnit's XML: a suite for each file
    Junit,
}

/// `crier play`.
#[derive(Debug, Args)]
pub struct Play {
    /// The campaign file
    pub file: PathBuf,

    /// A column of the person, such as first_name=Ada; again for each [default: the first of the lists whom the
    /// campaign texts]
    #[arg(long, value_name = "COLUMN=VALUE")]
    pub person: Vec<String>,

    /// A tag that the person has from before; again for each
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,

    /// When it begins, on the person's clock, such as "2026-12-01 09:00" [default: the schedule, else now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,

    /// The variant of the texts, or the way that is drawn [default: as it is drawn]
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,

    /// Begin a campaign that an event triggers
    #[arg(long, value_name = "NAME")]
    pub event: Option<String>,

    /// What the event carries; again for each field
    #[arg(long, value_name = "KEY=VALUE", requires = "event")]
    pub field: Vec<String>,
}

/// `crier plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// The campaign file
    pub file: PathBuf,

    /// How the plan is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `crier run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The campaign file
    pub file: PathBuf,

    /// Launch once more a campaign that is done or cancelled; not for a cron
    #[arg(long)]
    pub again: bool,

    /// How long to wait for receipts after the last text, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "120", value_parser = seconds)]
    pub receipts: Duration,

    /// How plan and report are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `crier status`.
#[derive(Debug, Args)]
pub struct Status {
    /// A campaign's name or file [default: all]
    pub campaign: Option<String>,

    #[command(flatten)]
    pub place: InProject,

    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `crier pause`, `resume` and `cancel`.
#[derive(Debug, Args)]
pub struct Change {
    /// The campaign's name or file
    pub campaign: String,

    #[command(flatten)]
    pub place: InProject,

    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `crier why`.
#[derive(Debug, Args)]
pub struct Why {
    /// The number; in national form only where crier.yaml names a region
    pub phone: String,

    #[command(flatten)]
    pub place: InProject,

    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `crier inbox`.
#[derive(Debug, Args)]
pub struct Inbox {
    /// Only of this inbox or address
    pub inbox: Option<String>,

    /// Only replies to this campaign
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,

    /// At most so many, the latest
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub most: u32,

    /// Have what did not arrive go again with the next run, and an inbox that was stopped go on
    #[arg(long, conflicts_with_all = ["campaign", "most"])]
    pub retry: bool,

    #[command(flatten)]
    pub place: InProject,

    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `crier dead`.
#[derive(Debug, Args)]
pub struct Dead {
    /// The campaign's name or file
    pub campaign: String,

    /// Try them again with the next run, under the same references
    #[arg(long)]
    pub retry: bool,

    /// Only this number; in national form only where crier.yaml names a region
    #[arg(long, value_name = "PHONE")]
    pub phone: Option<String>,

    #[command(flatten)]
    pub place: InProject,

    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `crier carrier`.
#[derive(Debug, Args)]
#[command(after_long_help = switches())]
pub struct Carrier {
    /// The port to listen on; 0: any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8025)]
    pub port: u16,

    /// The address to listen on; by default only this machine reaches it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// Where each text is written down before it is answered; read at start
    #[arg(long, value_name = "FILE", default_value = ".crier/carrier.ledger")]
    pub ledger: PathBuf,

    /// A YAML file of switches: a line `name: value` each
    #[arg(long, value_name = "FILE")]
    pub switches: Option<PathBuf>,

    /// Set a switch, such as 429=5% or latency=20ms..2s; again for more, over the file
    #[arg(long = "switch", value_name = "NAME=VALUE")]
    pub switch: Vec<String>,

    /// Push receipts and replies to this address as well; what it takes with 2xx is gone for whoever asks
    #[arg(long, value_name = "URL")]
    pub callback: Option<String>,

    /// Show a carrier that runs at this address, and set switches of it
    #[arg(long, value_name = "URL", conflicts_with_all = ["port", "host", "ledger", "callback"])]
    pub at: Option<String>,

    /// How it is printed, with --at
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `crier schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// Of which file
    #[arg(value_enum, default_value_t)]
    pub of: SchemaOf,
}

/// What there is a schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum SchemaOf {
    /// A campaign file
    #[default]
    Campaign,
    /// crier.yaml
    Project,
}

/// Every switch of the carrier, with its default and what it does.
fn switches() -> String {
    const NAME: usize = 24;
    let (pad, defaults) = (" ".repeat(NAME), Switches::default().values());
    let mut help = "Switches, with their defaults:\n".to_owned();
    for ((name, what), (_, default)) in Switches::NAMES.iter().zip(defaults) {
        let shown = if default.is_empty() { "empty" } else { &default };
        let text = format!("{} [{shown}]", what.trim());
        let begin = format!("  {name:<width$}", width = NAME - 2);
        let options = textwrap::Options::new(80)
            .initial_indent(&begin)
            .subsequent_indent(&pad);
        help.push_str(&textwrap::fill(&text, options));
        help.push('\n');
    }
    help
}

impl Cli {
    /// Whether a program reads the result.
    pub fn wants_json(&self) -> bool {
        match &self.command {
            Command::Init(args) => args.format == Format::Json,
            Command::Expand(args) => args.format == Format::Json,
            Command::Validate(args) => args.format == Some(DiagnosticFormat::Json),
            Command::Explain(args) => args.format == Format::Json,
            Command::Fmt(_) | Command::Upgrade(_) => false,
            Command::Test(args) => args.format == TestFormat::Json,
            Command::Play(_) => false,
            Command::Plan(args) => args.format == Format::Json,
            Command::Rehearse(args) => args.format == Format::Json,
            Command::Run(args) => args.format == Format::Json,
            Command::Status(args) => args.format == Format::Json,
            Command::Pause(args) | Command::Resume(args) | Command::Cancel(args) => {
                args.format == Format::Json
            }
            Command::Why(args) => args.format == Format::Json,
            Command::Inbox(args) => args.format == Format::Json,
            Command::Dead(args) => args.format == Format::Json,
            Command::Trigger(Trigger {
                what: What::Event(args),
            }) => args.format == Format::Json,
            Command::Carrier(args) => args.format == Format::Json,
            Command::Lsp => false,
            Command::Schema(_) => true,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: u32 = text
        .parse()
        .map_err(|_| "a whole number of seconds, such as 120".to_owned())?;
    Ok(Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn help_is_consistent_and_80_columns_wide() {
        Cli::command().debug_assert();
        let help = Cli::command().term_width(80).render_long_help().to_string();
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        for command in Cli::command().get_subcommands_mut() {
            let help = command.clone().term_width(80).render_long_help().to_string();
            assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        }
        assert!(
            switches().lines().all(|line| line.chars().count() <= 80),
            "{}",
            switches()
        );
    }
}
