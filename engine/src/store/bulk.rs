//! Statements over many rows that differ in few columns. What the rows of a group share is bound once; of each row only
//! what is its own. (Measured: a value that is bound costs a tenth of a microsecond, and a message had fifteen.)

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, SqliteConnection};

use super::Failure;

/// A statement `head (values (…), …) tail`. The shared values stand in `head`, as `?`.
#[derive(Clone, Copy)]
pub(super) struct Bulk {
    /// Up to the values; names the columns of a row `column1`, `column2`, ….
    pub head: &'static str,
    /// What follows.
    pub tail: &'static str,
}

/// Rows of one statement: few sizes, so that each is prepared once.
const SIZES: [usize; 5] = [500, 100, 20, 4, 1];

/// What can be bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Value {
    Integer(i64),
    Null,
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Integer(value)
    }
}

impl Bulk {
    /// Runs the statement over the rows; how many were written.
    pub async fn run<const N: usize>(
        self,
        connection: &mut SqliteConnection,
        shared: &[Value],
        mut rows: &[[i64; N]],
    ) -> Result<u64, Failure> {
        let mut written = 0;
        while !rows.is_empty() {
            let size = SIZES.into_iter().find(|size| *size <= rows.len()).unwrap_or(1);
            let (now, later) = rows.split_at(size);
            rows = later;
            written += self.run_one(connection, shared, now).await?;
        }
        Ok(written)
    }

    async fn run_one<const N: usize>(
        self,
        connection: &mut SqliteConnection,
        shared: &[Value],
        rows: &[[i64; N]],
    ) -> Result<u64, Failure> {
        let row = format!("({})", ["?"; N].join(","));
        let values = vec![row.as_str(); rows.len()].join(",");
        let sql = format!("{} (values {values}) {}", self.head, self.tail);
        let mut arguments = SqliteArguments::default();
        for value in shared {
            let added = match value {
                Value::Integer(value) => arguments.add(*value),
                Value::Null => arguments.add(None::<i64>),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        for value in rows.iter().flatten() {
            arguments.add(*value).map_err(sqlx::Error::Encode)?;
        }
        let done = sqlx::query_with(AssertSqlSafe(sql), arguments)
            .execute(connection)
            .await?;
        Ok(done.rows_affected())
    }
}
