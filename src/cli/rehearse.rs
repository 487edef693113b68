//! What can be typed after `crier rehearse`.

use std::path::PathBuf;

use clap::Args;

use super::Format;

/// `crier rehearse`.
#[derive(Debug, Args)]
pub struct Rehearse {
    /// The campaign file
    pub file: PathBuf,

    /// What is drawn: another seed is another outcome
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// When it begins, as `2026-12-01 10:00` on the campaign's clock [default: its schedule, else now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,

    /// How people behave, a YAML or JSON file: docs/rehearse.md [default: the provider's shares]
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,

    /// Who comes, a CSV, in place of the audience's lists; of an event, what it brings stands in its columns
    #[arg(long, value_name = "FILE")]
    pub people: Option<PathBuf>,

    /// Write the texts and replies of each hour as a picture
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,

    /// Print a model of how people did, from what the store has of this campaign, and rehearse nothing
    #[arg(long, conflicts_with_all = ["seed", "at", "model", "people", "svg"])]
    pub fit: bool,

    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
