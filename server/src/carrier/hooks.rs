//! Pushes receipts and replies: POST `{"inbound": [...]}`, taken by a 2xx. What is not taken is pushed again, later and
//! later, until it is or the tries are over.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engine::provider::Inbound;
use reqwest::{Client, Url};
use serde::Serialize;

use super::client::{self, ClientError};
use super::http::books::{Books, Unwritten};

/// Of one request, at most.
const PAGE: usize = 500;
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What is pushed.
#[derive(Debug, Serialize)]
pub struct Push<'a> {
    /// The earliest first.
    pub inbound: &'a [Inbound],
}

/// Where to.
pub(super) struct Callback {
    client: Client,
    url: Url,
    /// It did not take what was pushed last, which is said once.
    refuses: AtomicBool,
}

impl Callback {
    /// To this address.
    pub(super) fn to(url: &str) -> Result<Callback, ClientError> {
        Ok(Callback {
            url: client::address(url)?,
            client: client::client()?,
            refuses: AtomicBool::new(false),
        })
    }

    /// Pushes whatever becomes due.
    pub(super) async fn push(&self, books: &Books) -> Infallible {
        let mut tries = 0_u32;
        loop {
            let page = books.inbound(PAGE);
            if page.inbound.is_empty() {
                books.due(page.next_in_ms).await;
                continue;
            }
            let taken = self.post(&page.inbound).await;
            tries += 1;
            let most = u32::from(books.switches().hook_tries.0);
            if taken || (most > 0 && tries >= most) {
                tries = 0;
                if let Err(Unwritten) = books.acknowledge(page.mark) {
                    return std::future::pending().await;
                }
            } else {
                books.sleep(wait(tries)).await;
            }
        }
    }

    async fn post(&self, inbound: &[Inbound]) -> bool {
        let body = serde_json::to_vec(&Push { inbound }).expect("these types are JSON");
        let request = self.client.post(self.url.clone()).body(body);
        let answer = request.header("content-type", "application/json").send().await;
        let why = match answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(error) => Some(error.to_string()),
        };
        let refused = self.refuses.swap(why.is_some(), Ordering::Relaxed);
        match &why {
            Some(why) if !refused => tracing::warn!(why, "the callback takes nothing; it is tried again"),
            None if refused => tracing::info!("the callback takes what is pushed again"),
            Some(_) | None => {}
        }
        why.is_none()
    }
}

/// After so many tries: twice as long each time.
fn wait(tries: u32) -> Duration {
    FIRST_WAIT
        .saturating_mul(1 << tries.saturating_sub(1).min(16))
        .min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end() {
        let waits = [1, 2, 3, 8, 9, 1_000_000].map(|tries| wait(tries).as_millis());
        assert_eq!(waits, [200, 400, 800, 25_600, 30_000, 30_000]);
    }
}
