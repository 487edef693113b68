//! The HTTP face of the carrier: its routes, and what an action is on the wire. The protocol stands in
//! `engine::provider::carrier::wire`.

pub(super) mod books;
mod reply;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::Uri;
use axum::routing::{get, post};
use engine::clock::Clock;
use engine::provider::carrier::wire::{Acknowledge, Code};
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;

use super::answer::Action;
use super::connection::{Accept, Wire};
use super::core::Carrier;
use super::hooks;
use super::ledger::{Ledger, LedgerError};
use super::switches::Switches;
use books::{Books, Unwritten};
use reply::{Reply, answered, json, problem, reply};

/// The largest request, in bytes.
const MOST_BYTES: usize = 64 << 20;
/// Receipts and replies of a page where the client says no limit.
const PAGE: usize = 1_000;
/// And where it says one, at most.
const LARGEST_PAGE: usize = 10_000;

/// How a carrier is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens; port 0: any that is free.
    pub address: SocketAddr,
    /// The ledger, which may be there already; none: nothing is left when the process ends.
    pub ledger: Option<PathBuf>,
    /// What it does to whom, at first.
    pub switches: Switches,
    /// Where receipts and replies are pushed to; none: they are polled.
    pub callback: Option<String>,
}

/// Why a carrier cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// What stands in the ledger cannot be used.
    #[error("the ledger {path} cannot be read")]
    Content {
        /// Of the ledger.
        path: String,
        /// Why.
        source: LedgerError,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}; choose another port with `--port`, 0 for any that is free")]
    Address {
        /// As given.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The callback is no address.
    #[error(transparent)]
    Callback(#[from] super::client::ClientError),
}

/// A carrier that listens.
pub struct Server {
    accept: Accept,
    address: SocketAddr,
    books: Arc<Books>,
    callback: Option<hooks::Callback>,
}

impl Server {
    /// Reads the ledger and listens; answers nobody before [`Server::run`].
    pub async fn open(options: Options, clock: Arc<dyn Clock>) -> Result<Server, ServerError> {
        let callback = options.callback.as_deref().map(hooks::Callback::to).transpose()?;
        let (carrier, ledger) = match &options.ledger {
            None => (Carrier::new(options.switches), None),
            Some(path) => {
                let (ledger, entries) = Ledger::open(path)?;
                let carrier = Carrier::restore(options.switches, entries);
                let carrier = carrier.map_err(|source| ServerError::Content {
                    path: path.display().to_string(),
                    source,
                })?;
                (carrier, Some(ledger))
            }
        };
        let unusable = |source| ServerError::Address {
            address: options.address,
            source,
        };
        let listener = TcpListener::bind(options.address).await.map_err(unusable)?;
        let address = listener.local_addr().map_err(unusable)?;
        Ok(Server {
            books: Arc::new(Books::open(carrier, ledger, clock.clone())?),
            accept: Accept { listener, clock },
            address,
            callback,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers, until it is dropped or the ledger cannot be written.
    pub async fn run(self) -> Result<Infallible, ServerError> {
        let service = routes(self.books.clone()).into_make_service_with_connect_info::<Wire>();
        let push = async {
            match &self.callback {
                Some(callback) => callback.push(&self.books).await,
                None => pending().await,
            }
        };
        tokio::select! {
            broken = self.books.broken() => Ok(broken?),
            never = push => Ok(never),
            _ = axum::serve(self.accept, service) => pending().await,
        }
    }
}

fn routes(books: Arc<Books>) -> Router {
    Router::new()
        .route("/messages", post(submit))
        .route("/look-up", post(look_up))
        .route("/inbound", get(inbound))
        .route("/inbound/acknowledge", post(acknowledge))
        .route("/switches", get(switches).patch(switch))
        .route("/stats", get(stats))
        .route("/moved", get(moved))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(books)
}

type Shared = State<Arc<Books>>;

async fn submit(State(books): Shared, ConnectInfo(wire): ConnectInfo<Wire>, body: Bytes) -> Reply {
    let action = match parsed(&body) {
        Ok(request) => unless_unwritten(books.submit(&request)).await,
        Err(refused) => refused,
    };
    enact(action, &wire, &books).await
}

async fn look_up(State(books): Shared, ConnectInfo(wire): ConnectInfo<Wire>, body: Bytes) -> Reply {
    let action = match parsed(&body) {
        Ok(request) => books.look_up(&request),
        Err(refused) => refused,
    };
    enact(action, &wire, &books).await
}

async fn inbound(State(books): Shared, ConnectInfo(wire): ConnectInfo<Wire>, uri: Uri) -> Reply {
    if let Some(action) = books.down() {
        return enact(action, &wire, &books).await;
    }
    match limit(&uri) {
        Some(limit) => json(200, &books.inbound(limit)),
        None => {
            let refused = Action::refuse(400, Code::Content, "limit is a whole number above zero");
            enact(refused, &wire, &books).await
        }
    }
}

async fn acknowledge(State(books): Shared, ConnectInfo(wire): ConnectInfo<Wire>, body: Bytes) -> Reply {
    if let Some(action) = books.down() {
        return enact(action, &wire, &books).await;
    }
    match parsed::<Acknowledge>(&body) {
        Ok(request) => {
            unless_unwritten(books.acknowledge(request.mark)).await;
            reply(204, vec![], HttpBody::empty())
        }
        Err(refused) => enact(refused, &wire, &books).await,
    }
}

async fn switches(State(books): Shared) -> Reply {
    json(200, &books.switches().json())
}

async fn switch(State(books): Shared, body: Bytes) -> Reply {
    let object = match serde_json::from_slice(&body) {
        Ok(object) => object,
        Err(error) => return problem(&error.to_string()),
    };
    match unless_unwritten(books.switch(&object)).await {
        Ok(switches) => json(200, &switches.json()),
        Err(error) => problem(&error.to_string()),
    }
}

async fn stats(State(books): Shared) -> Reply {
    json(200, &books.stats())
}

/// Where a redirect leads: somewhere that looks well and takes nothing.
async fn moved() -> Reply {
    reply(
        200,
        vec![("content-type", "text/html".to_owned())],
        HttpBody::from("<!doctype html><title>Sign in</title>"),
    )
}

/// What cannot be written is never said: the process is about to end.
async fn unless_unwritten<T>(decided: Result<T, Unwritten>) -> T {
    match decided {
        Ok(decided) => decided,
        Err(Unwritten) => pending().await,
    }
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Action> {
    serde_json::from_slice(body).map_err(|error| Action::refuse(400, Code::Content, &error.to_string()))
}

/// `limit=N` of the query.
fn limit(uri: &Uri) -> Option<usize> {
    let pairs = uri.query().unwrap_or_default().split('&');
    match pairs.filter_map(|pair| pair.strip_prefix("limit=")).next() {
        Some(limit) => limit
            .parse()
            .ok()
            .filter(|limit| *limit > 0)
            .map(|limit: usize| limit.min(LARGEST_PAGE)),
        None => Some(PAGE),
    }
}

/// Does it on the wire.
async fn enact(action: Action, wire: &Wire, books: &Books) -> Reply {
    let wait = async |after: Duration| {
        if !after.is_zero() {
            books.sleep(after).await;
        }
    };
    match action {
        Action::Answer(after, answer) => {
            wait(after).await;
            answered(answer, wire)
        }
        Action::Reset(after) => {
            wait(after).await;
            wire.reset();
            // Nothing of this leaves: the connection ends where it would be written.
            reply(503, vec![], HttpBody::empty())
        }
        Action::Hang => pending().await,
    }
}
