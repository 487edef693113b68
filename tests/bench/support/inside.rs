//! The engine in the process of the benchmark: a project is loaded, launched and executed as `crier run` does it, with a
//! provider of the benchmark's own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::clock::{Clock, SystemClock};
use engine::execute::{End, Execution, Progress, execute};
use engine::launch::{LaunchRequest, Occurrence, launch};
use engine::load::{LoadedCampaign, load_campaign};
use engine::provider::{Abilities, Answer, Polled, Provider, Resolve, Submission};
use engine::store::{Access, LaunchRow, OpenOptions, Store};
use futures_util::future::{BoxFuture, ready};
use tokio::sync::watch;

/// A launch that is ready to be executed.
pub struct Inside {
    pub store: Arc<Store>,
    pub loaded: LoadedCampaign,
    pub launch: LaunchRow,
}

impl Inside {
    /// Loads the campaign of a folder and launches it.
    pub async fn launched(folder: &Path) -> Inside {
        let (store, loaded) = Inside::opened(folder).await;
        let project = loaded.project.project.clone().expect("a valid project");
        let revision = loaded.revision.clone().expect("a valid campaign");
        let request = LaunchRequest {
            revision,
            project,
            occurrence: Occurrence::Nth(1),
            now: SystemClock::new().now(),
        };
        launch(&store, request, folder, |_| {}).await.expect("launched");
        Inside::of(store, loaded).await
    }

    /// The store of a folder, and its campaign.
    pub async fn opened(folder: &Path) -> (Arc<Store>, LoadedCampaign) {
        let loaded = load_campaign(&folder.join("bench.campaign.yaml")).expect("a campaign");
        let options = OpenOptions {
            access: Access::Execute,
            most_pages: None,
        };
        let store = Store::open(&folder.join(".crier/crier.db"), options)
            .await
            .expect("a store");
        (Arc::new(store), loaded)
    }

    /// The latest launch of a store.
    pub async fn of(store: Arc<Store>, loaded: LoadedCampaign) -> Inside {
        let launch = store.launches(None).await.expect("launches").remove(0);
        Inside {
            store,
            loaded,
            launch,
        }
    }

    /// Executes it to its end, as a task of the runtime like `crier run`, and says how long that took.
    pub async fn execute(
        &self,
        provider: Arc<dyn Provider>,
        mut observer: impl FnMut(&Progress) + Send + 'static,
    ) -> Duration {
        let clock = Arc::new(SystemClock::new());
        let (_keep, stop) = watch::channel(false);
        let project = self.loaded.project.project.clone().expect("a valid project");
        let names = project.providers.keys();
        let execution = Execution {
            courier: None,
            store: self.store.clone(),
            clock: clock.clone(),
            providers: names
                .map(|name| (name.clone(), provider.clone()))
                .collect::<BTreeMap<_, _>>(),
            project,
            launch: self.launch.clone(),
            revision: self.loaded.revision.clone().expect("a valid campaign"),
            receipts: Duration::from_secs(600),
            stop,
        };
        let executing = tokio::spawn(async move { execute(execution, &mut observer).await });
        let end = executing.await.expect("it ends").expect("executed");
        assert_eq!(end, End::Done);
        clock.monotonic()
    }
}

/// Takes everything at once and says nothing more.
pub struct Instantly;

impl Provider for Instantly {
    fn abilities(&self) -> Abilities {
        Abilities {
            batch: 4_096,
            in_flight: 64,
            forgets: false,
            resolve: Resolve::Nothing,
            patience: Duration::ZERO,
        }
    }

    fn submit(&self, batch: Vec<Submission>, _now: DateTime<Utc>) -> BoxFuture<'static, Vec<Answer>> {
        Box::pin(ready(vec![Answer::Accepted; batch.len()]))
    }

    fn poll(&self, _now: DateTime<Utc>) -> BoxFuture<'static, Polled> {
        Box::pin(ready(Polled::default()))
    }

    fn remember(&self, _sent: Submission, _at: DateTime<Utc>) {}
}

/// A runtime like that of the command line.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
