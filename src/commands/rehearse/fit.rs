//! `crier rehearse --fit`: what the store has of a campaign, as a model for the next rehearsal.

use std::collections::HashMap;
use std::process::ExitCode;

use anyhow::anyhow;
use engine::ids::{LaunchId, MessageId};
use engine::load::{self, LoadedCampaign};
use engine::rehearse::Fit;
use engine::revision::Revision;
use engine::store::{Access, Happened, Happening, KeptReply, LaunchRow, ReplyFilter, Store};
use serde_json::json;

use crate::cli::{Format, Rehearse};
use crate::commands::{Failure, open_store};
use crate::output::{self, counted};

/// Texts that are read together.
const PAGE: u32 = 50_000;

pub(super) async fn run(
    args: &Rehearse,
    loaded: &LoadedCampaign,
    revision: &Revision,
) -> Result<ExitCode, Failure> {
    let store = open_store(&loaded.project, Access::Read).await?;
    let name = &revision.campaign.name;
    let launches = store.launches(Some(name)).await?;
    let mut fit = Fit::new(&revision.campaign);
    let filter = ReplyFilter {
        inbox: None,
        campaign: Some(name.clone()),
        most: u32::MAX,
    };
    let mut replies: HashMap<LaunchId, Vec<KeptReply>> = HashMap::new();
    for reply in store.replies(filter).await? {
        if let Some(launch) = reply.launch {
            replies.entry(launch).or_default().push(reply);
        }
    }
    let happened = match fit.asks_for_events() {
        true => events(&store).await?,
        false => vec![],
    };
    for launch in &launches {
        let replies = replies.remove(&launch.id).unwrap_or_default();
        count(&store, launch, revision, (replies, &happened), &mut fit).await?;
    }
    if fit.texts() == 0 {
        let nothing =
            anyhow!("the store has no texts of {name}: there is a model of it once `crier run` sent some");
        return Err(Failure::Found(Some(nothing)));
    }
    let of = format!(
        "{} of {}",
        counted(fit.texts(), "text", "texts"),
        counted(launches.len() as u64, "launch", "launches")
    );
    match args.format {
        Format::Full => output::line(&format!(
            "# How people did: {of} of {name}.\n{}",
            fit.yaml().trim_end()
        )),
        Format::Json => {
            output::json(&json!({ "format_version": output::FORMAT_VERSION, "model": fit.json() }));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The events of the log, in order.
async fn events(store: &Store) -> Result<Vec<Happening>, Failure> {
    let mut all = vec![];
    let mut last = 0;
    loop {
        let page = store.happenings(last, PAGE).await?;
        let Some(latest) = page.last() else { return Ok(all) };
        last = latest.id;
        let events = page.into_iter();
        all.extend(events.filter(|one| matches!(one.what, Happened::Event(_))));
    }
}

async fn count(
    store: &Store,
    launch: &LaunchRow,
    current: &Revision,
    (replies, happened): (Vec<KeptReply>, &[Happening]),
    fit: &mut Fit<'_>,
) -> Result<(), Failure> {
    // As it was when the launch began.
    let source = store.revision(&launch.revision).await?;
    let then = load::from_source(source).map(|(_, revision)| revision);
    let mut of_launch = fit.launch(then.as_deref().unwrap_or(current), replies);
    let mut after = MessageId(0);
    loop {
        let texts = store.went(launch.id, after, PAGE).await?;
        let Some(last) = texts.last() else { break };
        after = last.id;
        texts.iter().for_each(|text| fit.text(&mut of_launch, text));
    }
    fit.replies(of_launch, happened);
    Ok(())
}
