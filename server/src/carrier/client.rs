//! Talks to a carrier that runs: shows and changes its switches, and asks what it counted.

use std::time::Duration;

use engine::provider::carrier::{choose_tls, root};
use reqwest::{Client, Method, Url};
use serde_json::Value;

use super::stats::Stats;
use super::switches::Switches;

/// No request takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a carrier did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is none.
    #[error("\"{url}\" is no address such as http://127.0.0.1:8025")]
    Address {
        /// As given.
        url: String,
    },
    /// No HTTP client can be made here.
    #[error("HTTP cannot be used")]
    Http(#[source] reqwest::Error),
    /// Nobody answered.
    #[error("no carrier answers at {url}: {reason}; `crier carrier` starts one")]
    Unreachable {
        /// Of the carrier.
        url: String,
        /// Why, in the system's words.
        reason: String,
    },
    /// It answered that it does not, and why.
    #[error("{0}")]
    Refused(String),
    /// It answered something else than a carrier does.
    #[error("what answers at {url} is no carrier of this version")]
    Stranger {
        /// Of whoever answered.
        url: String,
    },
}

/// A carrier that runs, by its address.
pub struct Remote {
    client: Client,
    url: String,
}

impl Remote {
    /// The carrier at `http://127.0.0.1:8025` or so. Asks nothing yet.
    pub fn at(url: &str) -> Result<Remote, ClientError> {
        address(url)?;
        Ok(Remote {
            client: client()?,
            url: url.trim_end_matches('/').to_owned(),
        })
    }

    /// Its switches.
    pub async fn switches(&self) -> Result<Switches, ClientError> {
        let object = self.ask(Method::GET, "/switches", None).await?;
        self.read_switches(&object)
    }

    /// Changes switches, by name and text; gives all of them.
    pub async fn change(&self, pairs: &[(String, String)]) -> Result<Switches, ClientError> {
        let pairs = pairs
            .iter()
            .map(|(name, text)| (name.clone(), text.clone().into()));
        let changes = Value::Object(pairs.collect());
        let object = self.ask(Method::PATCH, "/switches", Some(changes)).await?;
        self.read_switches(&object)
    }

    /// What it counted.
    pub async fn stats(&self) -> Result<Stats, ClientError> {
        let stats = self.ask(Method::GET, "/stats", None).await?;
        serde_json::from_value(stats).map_err(|_| self.stranger())
    }

    fn read_switches(&self, object: &Value) -> Result<Switches, ClientError> {
        let mut switches = Switches::default();
        switches.change_by_json(object).map_err(|_| self.stranger())?;
        Ok(switches)
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, ClientError> {
        let unreachable = |error: reqwest::Error| ClientError::Unreachable {
            url: self.url.clone(),
            reason: root(&error),
        };
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(unreachable)?;
        let body: Value = serde_json::from_slice(&body).map_err(|_| self.stranger())?;
        match body.get("error").and_then(Value::as_str) {
            _ if status.is_success() => Ok(body),
            Some(error) => Err(ClientError::Refused(error.to_owned())),
            None => Err(self.stranger()),
        }
    }

    fn stranger(&self) -> ClientError {
        ClientError::Stranger {
            url: self.url.clone(),
        }
    }
}

/// An address over HTTP.
pub(super) fn address(url: &str) -> Result<Url, ClientError> {
    let parsed = Url::parse(url).ok();
    let parsed = parsed.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    parsed.ok_or_else(|| ClientError::Address { url: url.to_owned() })
}

/// A client that goes nowhere but where it is sent.
pub(super) fn client() -> Result<Client, ClientError> {
    choose_tls();
    Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(ClientError::Http)
}
