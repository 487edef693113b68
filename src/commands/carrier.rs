//! `crier carrier`: the simulated carrier as a process of its own, and what is to be seen and changed of one that runs.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use engine::clock::SystemClock;
use serde_json::json;
use server::carrier::client::{ClientError, Remote};
use server::carrier::ledger::LedgerError;
use server::carrier::stats::Stats;
use server::carrier::switches::{SwitchError, pair, yaml_pairs};
use server::carrier::{Options, Server, ServerError, Switches};

use super::Failure;
use crate::cli::{Carrier, Format};
use crate::output::{self, number, table};

pub(super) async fn run(args: &Carrier) -> Result<ExitCode, Failure> {
    match &args.at {
        Some(url) => change(&Remote::at(url)?, args).await,
        None => serve(args).await,
    }
}

/// Runs a carrier until it is interrupted.
async fn serve(args: &Carrier) -> Result<ExitCode, Failure> {
    let mut switches = Switches::default();
    switches.change(pairs(args)?)?;
    let options = Options {
        address: SocketAddr::new(args.host, args.port),
        ledger: Some(args.ledger.clone()),
        switches,
        callback: args.callback.clone(),
    };
    let server = Server::open(options, Arc::new(SystemClock::new())).await?;
    let (url, ledger) = (format!("http://{}", server.address()), args.ledger.display());
    output::say(&format!("listening on {url}"));
    output::say(&format!("the ledger is {ledger}; end with Ctrl-C"));
    if args.format == Format::Json {
        output::json(&json!({
            "format_version": output::FORMAT_VERSION, "url": url, "ledger": ledger.to_string(),
        }));
    }
    tokio::select! {
        ended = server.run() => match ended? {},
        interrupted = tokio::signal::ctrl_c() => {
            interrupted.context("cannot wait for Ctrl-C").map_err(Failure::Internal)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Changes a carrier that runs where something is to be changed, and shows it.
async fn change(remote: &Remote, args: &Carrier) -> Result<ExitCode, Failure> {
    let changes = pairs(args)?;
    let switches = if changes.is_empty() {
        remote.switches().await?
    } else {
        remote.change(&changes).await?
    };
    let stats = remote.stats().await?;
    match args.format {
        Format::Json => output::json(&json!({
            "format_version": output::FORMAT_VERSION,
            "switches": switches.json(),
            "stats": stats,
        })),
        Format::Full => output::line(&format!("{}\n\n{}", counts(&stats), turned(&switches))),
    }
    Ok(ExitCode::SUCCESS)
}

/// Switches by name and text: those of the file, then those that are typed, which hold where both say something.
fn pairs(args: &Carrier) -> Result<Vec<(String, String)>, Failure> {
    let mut pairs = match &args.switches {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display()))
                .map_err(Failure::Usage)?;
            let pairs = yaml_pairs(&text)
                .and_then(|pairs| Switches::default().change(pairs.clone()).map(|()| pairs))
                .with_context(|| path.display().to_string());
            pairs.map_err(Failure::Usage)?
        }
        None => vec![],
    };
    for typed in &args.switch {
        let (name, text) = pair(typed)?;
        pairs.push((name.to_owned(), text.to_owned()));
    }
    Ok(pairs)
}

/// What it counted, a line each.
fn counts(stats: &Stats) -> String {
    let mut rows = vec![
        ("texts submitted", number(stats.texts)),
        ("taken", number(stats.taken)),
        ("taken twice", number(stats.duplicates)),
        ("lost", number(stats.lost)),
    ];
    let refused = stats.refused.iter();
    rows.extend(refused.map(|(code, count)| (code.as_str(), format!("{} refused", number(*count)))));
    let troubles = stats.troubles.iter();
    rows.extend(troubles.map(|(switch, count)| (switch.as_str(), format!("{} met it", number(*count)))));
    rows.push(("receipts and replies to come", number(stats.inbound_pending)));
    rows.push((
        "receipts and replies acknowledged",
        number(stats.inbound_acknowledged),
    ));
    table::pairs(&rows)
}

/// The switches that are not as they are by default.
fn turned(switches: &Switches) -> String {
    let defaults = Switches::default().values();
    let turned = switches
        .values()
        .into_iter()
        .zip(defaults)
        .filter(|(now, default)| now != default);
    let rows: Vec<(&str, String)> = turned.map(|(now, _)| now).collect();
    if rows.is_empty() {
        return "every switch is at its default".to_owned();
    }
    table::pairs(&rows)
}

impl From<SwitchError> for Failure {
    fn from(error: SwitchError) -> Failure {
        Failure::Usage(error.into())
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Failure {
        match error {
            ServerError::Content { .. }
            | ServerError::Address { .. }
            | ServerError::Callback(_)
            | ServerError::Ledger(LedgerError::Foreign { .. } | LedgerError::Unopenable { .. }) => {
                Failure::Usage(error.into())
            }
            ServerError::Ledger(_) => Failure::Internal(error.into()),
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Failure {
        match error {
            ClientError::Address { .. }
            | ClientError::Refused(_)
            | ClientError::Stranger { .. }
            | ClientError::Unreachable { .. } => Failure::Usage(error.into()),
            ClientError::Http(_) => Failure::Internal(error.into()),
        }
    }
}
