//! `crier test --record`: what the store has of somebody's passage, as a story of the campaign.

use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use engine::record::{NoRecord, record};
use engine::store::Access;

use crate::cli::Format;
use crate::commands::{Failure, number_typed, open_store, play, valid_campaign};
use crate::output;

pub(super) async fn run(phone: &str, file: &Path) -> Result<ExitCode, Failure> {
    let loaded = valid_campaign(file, Format::Full)?;
    let number = number_typed(phone, &loaded.project)?;
    let store = open_store(&loaded.project, Access::Read).await?;
    let current = loaded.revision.expect("the campaign is valid");
    let recorded = record(&store, current, &loaded.project.folder, number).await;
    let recorded = recorded.map_err(|error| match error {
        NoRecord::Store(error) => error.into(),
        error @ (NoRecord::NoText(..) | NoRecord::NotCast(_) | NoRecord::Unlike(_)) => {
            Failure::Found(Some(anyhow!("{error}")))
        }
    })?;
    let stories = play::stories_of(file)?;
    let name = play::name_in(&stories, &recorded.name)?;
    play::keep(&stories, &recorded.story(&name))?;
    if let Some(differs) = &recorded.differs {
        output::say(&format!(
            "it does not pass as it stands: {differs}. What other campaigns did meanwhile no line of a story tells, and what steps took away before this version of crier no store keeps"
        ));
    }
    Ok(ExitCode::SUCCESS)
}
