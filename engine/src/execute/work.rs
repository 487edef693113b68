//! What takes time beside the loop: deeds of the store, and requests to providers.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::task::JoinSet;

use super::Step;
use crate::ids::LaunchId;
use crate::store::StoreError;

/// What is over: the launch that it was about, if it was about one, and the step or what the store says.
type Over = (Option<LaunchId>, Result<Step, StoreError>);

/// Something under way.
type Deed = BoxFuture<'static, Over>;

/// Steps that are taken together, before it is asked what can begin: to look at everything after each answer would cost
/// more than the answer.
const AT_ONCE: usize = 256;

/// All that is under way.
pub(super) enum Work {
    /// On every core, each thing a task of its own; deeds that wait share a commit.
    Beside(JoinSet<Over>),
    /// So that a simulation goes the same way every time: deeds one after the other, in one task with the loop.
    InTurn {
        deeds: VecDeque<Deed>,
        requests: FuturesUnordered<Deed>,
    },
}

impl Work {
    /// Nothing is under way.
    pub fn new(in_turn: bool) -> Work {
        if in_turn {
            Work::InTurn {
                deeds: VecDeque::new(),
                requests: FuturesUnordered::new(),
            }
        } else {
            Work::Beside(JoinSet::new())
        }
    }

    /// Begins a deed, of a launch or of all.
    pub fn deed(
        &mut self,
        of: Option<LaunchId>,
        deed: impl Future<Output = Result<Step, StoreError>> + Send + 'static,
    ) {
        let deed = async move { (of, deed.await) };
        match self {
            Work::Beside(tasks) => {
                tasks.spawn(deed);
            }
            Work::InTurn { deeds, .. } => deeds.push_back(Box::pin(deed)),
        }
    }

    /// Begins a request, of a launch or of all.
    pub fn request(&mut self, of: Option<LaunchId>, request: impl Future<Output = Step> + Send + 'static) {
        let request = async move { (of, Ok(request.await)) };
        match self {
            Work::Beside(tasks) => {
                tasks.spawn(request);
            }
            Work::InTurn { requests, .. } => requests.push(Box::pin(request)),
        }
    }

    /// How much is under way.
    pub fn len(&self) -> usize {
        match self {
            Work::Beside(tasks) => tasks.len(),
            Work::InTurn { deeds, requests } => deeds.len() + requests.len(),
        }
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is over by now, one thing at least; waits for ever when nothing is under way.
    pub async fn next(&mut self) -> Vec<Over> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Vec<Over>> {
        let over = match self {
            Work::Beside(tasks) => poll_tasks(tasks, context),
            // How long a deed takes is not simulated: whatever is ready beside it comes before it, each time.
            Work::InTurn { deeds, requests } => match requests.poll_next_unpin(context) {
                Poll::Ready(Some(over)) => vec![over],
                Poll::Ready(None) | Poll::Pending => poll_first(deeds, context),
            },
        };
        if over.is_empty() {
            Poll::Pending
        } else {
            Poll::Ready(over)
        }
    }
}

fn poll_tasks(tasks: &mut JoinSet<Over>, context: &mut Context<'_>) -> Vec<Over> {
    let mut over = vec![];
    while over.len() < AT_ONCE
        && let Poll::Ready(Some(joined)) = tasks.poll_join_next(context)
    {
        // Nobody aborts a task while the loop runs: what ends without a result is a fault of our own code.
        over.push(joined.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic())));
    }
    over
}

fn poll_first(deeds: &mut VecDeque<Deed>, context: &mut Context<'_>) -> Vec<Over> {
    let Some(first) = deeds.front_mut() else {
        return vec![];
    };
    match first.as_mut().poll(context) {
        Poll::Ready(step) => {
            deeds.pop_front();
            vec![step]
        }
        Poll::Pending => vec![],
    }
}
