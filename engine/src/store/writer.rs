//! The one writer. Deeds that wait are gathered into one transaction and one commit; where there are several each runs in a
//! savepoint of its own, so that one that fails takes nothing with it. A deed's result is told after the commit only.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::faults::{self, Fault, Faults};
use super::{Failure, StoreError, worded};

/// So many deeds at most share a commit.
const GROUP: usize = 64;

pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
    task: JoinHandle<()>,
    path: PathBuf,
}

/// What came of the commit.
pub(super) type Outcome = Result<(), Arc<sqlx::Error>>;
/// Tells whoever asked, once the commit is known.
type Deliver = Box<dyn FnOnce(Outcome) + Send>;

/// How a deed went, before the commit.
enum Done {
    Succeeded,
    /// By SQLite's error, where it was one.
    Failed(Option<Arc<sqlx::Error>>),
}

/// A deed with its result's type left out.
trait Job: Send {
    /// Runs and says how it went.
    fn run<'c>(self: Box<Self>, connection: &'c mut SqliteConnection) -> BoxFuture<'c, (Done, Deliver)>;

    /// It never ran.
    fn fail(self: Box<Self>, error: Arc<sqlx::Error>);
}

struct Asked<T, F> {
    deed: F,
    tell: oneshot::Sender<Result<T, StoreError>>,
    path: PathBuf,
}

impl<T, F> Job for Asked<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Failure>> + Send + 'static,
{
    fn run<'c>(self: Box<Self>, connection: &'c mut SqliteConnection) -> BoxFuture<'c, (Done, Deliver)> {
        let Asked { deed, tell, path } = *self;
        Box::pin(async move {
            let (done, result) = match deed(connection).await {
                Ok(value) => (Done::Succeeded, Ok(value)),
                Err(Failure::Store(error)) => (Done::Failed(None), Err(error)),
                Err(Failure::Sqlite(error)) => {
                    let error = Arc::new(error);
                    (Done::Failed(Some(error.clone())), Err(worded(&path, error)))
                }
            };
            let deliver: Deliver = Box::new(move |outcome| {
                let result = result.and_then(|done| match outcome {
                    Ok(()) => Ok(done),
                    Err(error) => Err(worded(&path, error)),
                });
                // Whoever asked may have gone; the deed stands.
                let _ = tell.send(result);
            });
            (done, deliver)
        })
    }

    fn fail(self: Box<Self>, error: Arc<sqlx::Error>) {
        let _ = self.tell.send(Err(worded(&self.path, error)));
    }
}

impl Writer {
    /// Takes the connection to a task of its own, which ends with the writer.
    pub(super) fn start(
        connection: SqliteConnection,
        path: PathBuf,
        faults: Option<Arc<dyn Faults>>,
    ) -> Writer {
        let (jobs, waiting) = mpsc::channel(GROUP);
        let task = tokio::spawn(write_all(connection, waiting, faults));
        Writer { jobs, task, path }
    }

    /// Waits for what is under way, and closes the connection.
    pub(super) async fn close(self) {
        drop(self.jobs);
        // A task that panicked has told whoever asked.
        let _ = self.task.await;
    }

    /// Does a deed in one transaction. When it fails nothing of it is written.
    pub(super) async fn write<T, F>(&self, deed: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Failure>> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let job = Box::new(Asked {
            deed,
            tell,
            path: self.path.clone(),
        });
        self.jobs.send(job).await.map_err(|_| self.closed())?;
        told.await.map_err(|_| self.closed())?
    }

    fn closed(&self) -> StoreError {
        worded(&self.path, Arc::new(sqlx::Error::WorkerCrashed))
    }
}

async fn write_all(
    mut connection: SqliteConnection,
    mut waiting: mpsc::Receiver<Box<dyn Job>>,
    faults: Option<Arc<dyn Faults>>,
) {
    let mut jobs = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut jobs, GROUP).await > 0 {
        write_group(&mut connection, std::mem::take(&mut jobs), faults.as_deref()).await;
    }
    // The last connection to close folds the log into the file; an error here loses nothing that was committed.
    let _ = connection.close().await;
}

async fn write_group(
    connection: &mut SqliteConnection,
    jobs: Vec<Box<dyn Job>>,
    faults: Option<&dyn Faults>,
) {
    if let Err(error) = sqlx::query("begin immediate").execute(&mut *connection).await {
        let error = Arc::new(error);
        jobs.into_iter().for_each(|job| job.fail(error.clone()));
        return;
    }
    let jobs = match <[_; 1]>::try_from(jobs) {
        Ok([job]) => return write_alone(connection, job, faults).await,
        Err(jobs) => jobs,
    };
    let mut delivers = Vec::with_capacity(jobs.len());
    let outcome = write_transaction(connection, jobs, &mut delivers, faults).await;
    if outcome.is_err() {
        // A commit that failed may have left the transaction open, or may have ended it.
        let _ = sqlx::query("rollback").execute(&mut *connection).await;
    }
    for deliver in delivers {
        deliver(outcome.clone());
    }
}

/// A deed that has the transaction for itself needs no savepoint.
async fn write_alone(connection: &mut SqliteConnection, job: Box<dyn Job>, faults: Option<&dyn Faults>) {
    let fault = faults.and_then(Faults::next);
    if let Some(error) = fault.and_then(Fault::forestalls) {
        let _ = sqlx::query("rollback").execute(&mut *connection).await;
        return job.fail(error);
    }
    let (done, deliver) = job.run(connection).await;
    let outcome = match (&done, fault) {
        (Done::Succeeded, None) => faults::plain_commit(connection).await,
        (Done::Succeeded, Some(fault)) => faults::commit(connection, fault, faults).await,
        // It tells its own error.
        (Done::Failed(_), _) => Ok(()),
    };
    if outcome.is_err() || matches!(done, Done::Failed(_)) {
        // A commit that failed may have left the transaction open, or may have ended it.
        let _ = sqlx::query("rollback").execute(&mut *connection).await;
    }
    deliver(outcome);
}

async fn write_transaction(
    connection: &mut SqliteConnection,
    jobs: Vec<Box<dyn Job>>,
    delivers: &mut Vec<Deliver>,
    faults: Option<&dyn Faults>,
) -> Outcome {
    let mut jobs = jobs.into_iter();
    let mut at_commit = None;
    while let Some(job) = jobs.next() {
        let fault = faults.and_then(Faults::next);
        at_commit = fault.or(at_commit);
        if let Err(error) = write_or_fail(connection, job, delivers, fault).await {
            // The transaction is gone (a full disk ends it): what came after would be a transaction of its own, and
            // stand although it is told that it failed.
            jobs.for_each(|job| job.fail(error.clone()));
            return Err(error);
        }
    }
    match at_commit {
        None => faults::plain_commit(connection).await,
        Some(fault) => faults::commit(connection, fault, faults).await,
    }
}

/// Runs a deed, unless a fault forestalls it. Fails when the transaction is gone.
async fn write_or_fail(
    connection: &mut SqliteConnection,
    job: Box<dyn Job>,
    delivers: &mut Vec<Deliver>,
    fault: Option<Fault>,
) -> Outcome {
    let Some((error, gone)) = fault.and_then(|fault| Some((fault.forestalls()?, fault.ends_transaction())))
    else {
        return write_deed(connection, job, delivers).await;
    };
    job.fail(error.clone());
    if gone { Err(error) } else { Ok(()) }
}

/// Runs a deed in its savepoint. Fails when the transaction is gone, with the error that ended it.
async fn write_deed(
    connection: &mut SqliteConnection,
    job: Box<dyn Job>,
    delivers: &mut Vec<Deliver>,
) -> Outcome {
    if let Err(error) = sqlx::query("savepoint deed").execute(&mut *connection).await {
        let error = Arc::new(error);
        job.fail(error.clone());
        return Err(error);
    }
    let (done, deliver) = job.run(connection).await;
    delivers.push(deliver);
    if let Done::Failed(cause) = done
        && let Err(error) = sqlx::query("rollback to deed").execute(&mut *connection).await
    {
        return Err(cause.unwrap_or_else(|| Arc::new(error)));
    }
    sqlx::query("release deed")
        .execute(&mut *connection)
        .await
        .map(|_| ())
        .map_err(Arc::new)
}
