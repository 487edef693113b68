//! The fields that steps ever set for anybody. What is set wins over columns in every campaign; one that uses none of these
//! fields is spared to ask for each of its people.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::SqliteConnection;

use super::Store;
use crate::asks::Asks;
use crate::revision::Revision;

/// Their names, as the process that writes them knows them.
#[derive(Debug, Clone, Default)]
pub(super) struct SetFields(Arc<Mutex<BTreeSet<String>>>);

impl SetFields {
    /// Those of a store.
    pub(super) async fn read(connection: &mut SqliteConnection) -> Result<SetFields, sqlx::Error> {
        let fields: Vec<String> = sqlx::query_scalar("select field from set_field")
            .fetch_all(connection)
            .await?;
        Ok(SetFields(Arc::new(Mutex::new(fields.into_iter().collect()))))
    }

    /// Somebody gets a value of it. That the value is not written after all does no harm.
    pub(super) fn add(&self, field: &str) {
        let mut fields = self.fields();
        if !fields.contains(field) {
            fields.insert(field.to_owned());
        }
    }

    fn has_any(&self, names: &[String]) -> bool {
        let fields = self.fields();
        !fields.is_empty() && names.iter().any(|name| fields.contains(name))
    }

    fn fields(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// What a campaign asks of this store: for values too where somebody has one that it uses, whichever campaign set it.
    pub fn asks(&self, revision: &Revision) -> Asks {
        let mut asks = revision.asks.clone();
        asks.values |= self.set_fields.has_any(&revision.variables);
        asks
    }
}
