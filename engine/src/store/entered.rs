//! Who entered the launches of a campaign, and who of them is still inside.

use sqlx::{Row, SqliteConnection};

use super::rows::{corrupt, small};
use super::{Failure, Store, StoreError};
use crate::ids::LaunchId;
use crate::left_out::LeftOut;

impl Store {
    /// Keeps who enters a launch that is being planned: the numbers of a run, in order.
    pub async fn note_entered(&self, launch: LaunchId, run: u32, phones: &[u64]) -> Result<(), StoreError> {
        let bytes = packed(phones);
        self.writer
            .write(move |connection| Box::pin(insert_entered(connection, launch, run, bytes)))
            .await
    }

    /// Who entered a launch, in order. Of one that was not by a tick no list is kept: then these are the people whom it
    /// texted, or was about to.
    pub async fn entered(&self, launch: LaunchId) -> Result<Vec<u64>, StoreError> {
        self.read_entered(launch)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_entered(&self, launch: LaunchId) -> Result<Vec<u64>, Failure> {
        let runs: Vec<Vec<u8>> =
            sqlx::query_scalar("select phones from entered where launch_id = ? order by run")
                .bind(launch.0)
                .fetch_all(&self.readers)
                .await?;
        let mut phones = vec![];
        for run in &runs {
            phones.extend(unpacked(run).ok_or_else(|| corrupt("who entered a launch".to_owned()))?);
        }
        if runs.is_empty() {
            phones = self.read_texted(launch).await?;
        }
        phones.sort_unstable();
        phones.dedup();
        let inside = self.left_out_inside(launch).await?;
        phones.retain(|phone| inside.binary_search(phone).is_err());
        Ok(phones)
    }

    /// Who was planned, and was still inside of an earlier launch when their turn came, in order.
    async fn left_out_inside(&self, launch: LaunchId) -> Result<Vec<u64>, Failure> {
        let select = "select distinct phone from left_out where launch_id = ? and reason = ? order by phone";
        let reason = LeftOut::StillInside.code();
        let phones: Vec<i64> = sqlx::query_scalar(select)
            .bind(launch.0)
            .bind(reason)
            .fetch_all(&self.readers)
            .await?;
        Ok(phones
            .into_iter()
            .filter_map(|phone| u64::try_from(phone).ok())
            .collect())
    }

    /// Whom a launch texted, or was about to, in order.
    pub async fn texted(&self, launch: LaunchId) -> Result<Vec<u64>, StoreError> {
        self.read_texted(launch)
            .await
            .map_err(|failure| self.failed(failure))
    }

    async fn read_texted(&self, launch: LaunchId) -> Result<Vec<u64>, Failure> {
        let rows = sqlx::query(
            "select distinct m.phone from cohort c
             join message m on m.id between c.id << 12 and (c.id << 12) + 4095
             where c.launch_id = ? and c.kind = 0 and m.phone > 0 order by m.phone",
        )
        .bind(launch.0)
        .fetch_all(&self.readers)
        .await?;
        let phone = |row: &sqlx::sqlite::SqliteRow| Ok(small(row.try_get("phone")?, "phone")?);
        rows.iter().map(phone).collect()
    }

    /// Who is inside of launches that are not over, in order.
    pub async fn inside(&self, launches: &[LaunchId]) -> Result<Vec<u64>, StoreError> {
        let mut inside = vec![];
        for launch in launches {
            let waiting = self.all_waiting(*launch).await;
            let waiting = waiting.map_err(|failure| self.failed(failure))?;
            inside.extend(waiting.into_iter().map(|(phone, _)| phone.as_u64()));
        }
        inside.sort_unstable();
        inside.dedup();
        Ok(inside)
    }
}

async fn insert_entered(
    connection: &mut SqliteConnection,
    launch: LaunchId,
    run: u32,
    bytes: Vec<u8>,
) -> Result<(), Failure> {
    sqlx::query("insert into entered (launch_id, run, phones) values (?, ?, ?)")
        .bind(launch.0)
        .bind(run)
        .bind(bytes)
        .execute(connection)
        .await?;
    Ok(())
}

/// Numbers in order, each as its difference from the one before: seven bits a byte, the lowest first.
fn packed(phones: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(phones.len() * 2);
    let mut last = 0;
    for phone in phones {
        let mut more = phone - last;
        last = *phone;
        while more >= 0x80 {
            bytes.push(u8::try_from(more & 0x7f).unwrap_or(0x7f) | 0x80);
            more >>= 7;
        }
        bytes.push(u8::try_from(more).unwrap_or(0x7f));
    }
    bytes
}

/// Reads what [`packed`] wrote; none where it did not write it.
fn unpacked(bytes: &[u8]) -> Option<Vec<u64>> {
    let (mut phones, mut last) = (vec![], 0_u64);
    let (mut more, mut shift) = (0_u64, 0);
    for byte in bytes {
        if shift > 56 {
            return None;
        }
        more |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            last = last.checked_add(more)?;
            phones.push(last);
            (more, shift) = (0, 0);
        }
    }
    (shift == 0).then_some(phones)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_went() {
        let lists: [&[u64]; 4] = [
            &[],
            &[14_155_550_100],
            &[1, 1, 128, 999_999_999_999_999],
            &[14_155_550_100, 14_155_550_101, 393_331_234_567],
        ];
        for list in lists {
            assert_eq!(unpacked(&packed(list)).expect("what we wrote"), list);
        }
        let bytes = packed(lists[3]);
        assert_eq!(unpacked(&bytes[..bytes.len() - 1]), None);
        assert_eq!(unpacked(&[0xff; 12]), None);
    }
}
