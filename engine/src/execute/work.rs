//! What takes time beside the loop: deeds of the store, and requests to providers.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use super::Step;
use crate::store::StoreError;

/// Ends with a step, or with what the store says.
pub(super) type Deed = BoxFuture<'static, Result<Step, StoreError>>;

/// All that is under way.
pub(super) struct Work {
    deeds: Deeds,
    requests: FuturesUnordered<BoxFuture<'static, Step>>,
}

enum Deeds {
    /// Those that wait share a commit.
    Together(FuturesUnordered<Deed>),
    /// One after the other, so that a simulation goes the same way every time.
    InTurn(VecDeque<Deed>),
}

impl Work {
    /// Nothing is under way.
    pub fn new(in_turn: bool) -> Work {
        let deeds = if in_turn {
            Deeds::InTurn(VecDeque::new())
        } else {
            Deeds::Together(FuturesUnordered::new())
        };
        Work {
            deeds,
            requests: FuturesUnordered::new(),
        }
    }

    /// Begins a deed.
    pub fn deed(&mut self, deed: impl Future<Output = Result<Step, StoreError>> + Send + 'static) {
        match &mut self.deeds {
            Deeds::Together(deeds) => deeds.push(Box::pin(deed)),
            Deeds::InTurn(deeds) => deeds.push_back(Box::pin(deed)),
        }
    }

    /// Begins a request.
    pub fn request(&mut self, request: impl Future<Output = Step> + Send + 'static) {
        self.requests.push(Box::pin(request));
    }

    /// How much is under way.
    pub fn len(&self) -> usize {
        let deeds = match &self.deeds {
            Deeds::Together(deeds) => deeds.len(),
            Deeds::InTurn(deeds) => deeds.len(),
        };
        deeds + self.requests.len()
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is over next; waits for ever when nothing is under way.
    pub async fn next(&mut self) -> Result<Step, StoreError> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Step, StoreError>> {
        match &mut self.deeds {
            Deeds::Together(deeds) => {
                if let Poll::Ready(Some(step)) = deeds.poll_next_unpin(context) {
                    return Poll::Ready(step);
                }
                poll_requests(&mut self.requests, context)
            }
            // How long a deed takes is not simulated: whatever is ready beside it comes before it, each time.
            Deeds::InTurn(deeds) => {
                if let Poll::Ready(step) = poll_requests(&mut self.requests, context) {
                    return Poll::Ready(step);
                }
                poll_first(deeds, context)
            }
        }
    }
}

fn poll_requests(
    requests: &mut FuturesUnordered<BoxFuture<'static, Step>>,
    context: &mut Context<'_>,
) -> Poll<Result<Step, StoreError>> {
    match requests.poll_next_unpin(context) {
        Poll::Ready(Some(step)) => Poll::Ready(Ok(step)),
        Poll::Ready(None) | Poll::Pending => Poll::Pending,
    }
}

fn poll_first(deeds: &mut VecDeque<Deed>, context: &mut Context<'_>) -> Poll<Result<Step, StoreError>> {
    let Some(first) = deeds.front_mut() else {
        return Poll::Pending;
    };
    let step = first.as_mut().poll(context);
    if step.is_ready() {
        deeds.pop_front();
    }
    step
}
