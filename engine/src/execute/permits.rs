//! Requests under way at once, bounded by what a provider takes. Who waits here waits for another request and not for the
//! clock, so a simulated clock goes on meanwhile.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// The requests that a provider takes at once.
pub(super) struct Permits {
    free: Semaphore,
    waiting: AtomicUsize,
}

impl Permits {
    /// So many.
    pub fn new(requests: usize) -> Permits {
        Permits {
            free: Semaphore::new(requests),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Waits for one; first come, first served.
    pub async fn one(&self) -> SemaphorePermit<'_> {
        let waits = Waits::begin(&self.waiting);
        let permit = self.free.acquire().await;
        drop(waits);
        permit.expect("the semaphore is never closed")
    }

    /// How many requests wait for one.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }
}

/// Somebody who waits, until it is dropped.
struct Waits<'a>(&'a AtomicUsize);

impl Waits<'_> {
    fn begin(waiting: &AtomicUsize) -> Waits<'_> {
        waiting.fetch_add(1, Ordering::AcqRel);
        Waits(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
