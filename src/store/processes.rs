//! What the processes of a bot share on PostgreSQL: who is alive, what Discord allows all of them
//! together, and who answers an interaction.
//!
//! All times here are the database's, because the clocks of machines differ. Each statement is a
//! transaction of its own, on connections that nothing else uses.

use sqlx::Executor;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;

use super::Error;
use super::rows::{integer, key};
use super::tx::Engine;
use super::tx::connections::{Connections, Settings};

/// How long a process counts as alive that says nothing, in milliseconds.
pub const ALIVE_MS: i64 = 30_000;
/// The time over which Discord counts invalid answers, in milliseconds.
const INVALID_MS: i64 = 10 * 60_000;

pub(super) const SETTINGS: Settings = Settings::postgres(2);

/// The database's time, in milliseconds since 1970, at the moment that it is read.
macro_rules! now {
    () => {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    };
}

/// The database's time at which it got the statement.
macro_rules! asked {
    () => {
        "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)"
    };
}

/// What the processes of a bot share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Processes(Connections);

/// What a process tells the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// A number that no other process has.
    pub id: i64,
    /// How many of its requests Discord has called invalid within ten minutes.
    pub invalid: i64,
    /// For how long its requests have turns already that the others do not know of, in milliseconds.
    pub ahead_ms: i64,
}

/// What a process hears of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Others {
    /// How many are alive.
    pub alive: u32,
    /// How many of these have not said anything since the moment that was asked for.
    pub unheard: u32,
    /// How many of all their requests Discord has called invalid within ten minutes.
    pub invalid: usize,
    /// For how long requests have turns already, in milliseconds.
    pub ahead_ms: i64,
    /// The database's time before it looked, in milliseconds since 1970.
    pub now_ms: i64,
}

/// What becomes of a process that asks for turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It has them. The first is due in so many milliseconds if all are spread evenly.
    Turns {
        /// From now.
        first_ms: i64,
    },
    /// Discord wants no request for so many milliseconds.
    Held {
        /// From now.
        for_ms: i64,
    },
}

impl Processes {
    pub(super) const fn new(connections: Connections) -> Self {
        Self(connections)
    }

    /// Waits until no statement is under way, and closes the connections.
    pub(super) async fn close(&self) {
        self.0.close().await;
    }

    /// Says that a process is alive, and hears of the others. Counts as unheard who has said nothing
    /// since `since_ms`, but has within `lately_ms`.
    ///
    /// A process that said something after a moment has looked after it, and so knows who was there.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn beat(&self, beat: Beat, (since_ms, lately_ms): (i64, i64)) -> Result<Others, Error> {
        const SQL: &str = concat!(
            "WITH paced AS (
                INSERT INTO pace (what, next_ms) VALUES ('requests', ",
            now!(),
            " + $3)
                ON CONFLICT (what) DO UPDATE SET next_ms = GREATEST(pace.next_ms, ",
            now!(),
            " + $3)
                RETURNING next_ms
            ), beaten AS (
                INSERT INTO processes (id, seen_ms, until_ms, invalid) VALUES ($1, ",
            asked!(),
            ", ",
            asked!(),
            " + $4, $2)
                ON CONFLICT (id) DO UPDATE SET seen_ms = excluded.seen_ms, until_ms = excluded.until_ms,
                    invalid = excluded.invalid
            ), others AS (
                SELECT seen_ms, until_ms, invalid FROM processes WHERE id <> $1
            )
            SELECT ",
            asked!(),
            " AS now_ms, (SELECT next_ms FROM paced) - ",
            now!(),
            " AS ahead_ms,
                (SELECT COUNT(*) FROM others WHERE until_ms > ",
            asked!(),
            ") AS alive,
                (SELECT COUNT(*) FROM others WHERE until_ms > ",
            asked!(),
            " AND seen_ms <= $5 AND seen_ms > ",
            asked!(),
            " - $6) AS unheard,
                (SELECT CAST(COALESCE(SUM(invalid), 0) AS BIGINT) FROM others WHERE seen_ms > ",
            asked!(),
            " - $7) AS invalid",
        );
        let query = sqlx::query(SQL)
            .bind(beat.id)
            .bind(beat.invalid)
            .bind(beat.ahead_ms)
            .bind(ALIVE_MS)
            .bind(since_ms)
            .bind(lately_ms)
            .bind(INVALID_MS);
        let row = self.one(query).await?.ok_or_else(nothing)?;
        Ok(Others {
            alive: u32::try_from(integer(&row, "alive")?).unwrap_or(u32::MAX),
            unheard: u32::try_from(integer(&row, "unheard")?).unwrap_or(u32::MAX),
            invalid: usize::try_from(integer(&row, "invalid")?).unwrap_or(usize::MAX),
            ahead_ms: integer(&row, "ahead_ms")?,
            now_ms: integer(&row, "now_ms")?,
        })
    }

    /// Says that a process ends. What it knows of invalid answers counts on.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn leave(&self, id: i64) -> Result<(), Error> {
        let sql = concat!("UPDATE processes SET until_ms = ", now!(), " WHERE id = $1");
        self.one(sqlx::query(sql).bind(id)).await.map(drop)
    }

    /// Forgets the processes that ended, and who answered interactions, longer than ten minutes ago.
    /// Nothing asks for either any more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget(&self) -> Result<(), Error> {
        let ended = concat!("DELETE FROM processes WHERE until_ms < ", now!(), " - $1");
        self.one(sqlx::query(ended).bind(INVALID_MS + ALIVE_MS)).await?;
        let answered = concat!("DELETE FROM claims WHERE at_ms < ", now!(), " - $1");
        self.one(sqlx::query(answered).bind(INVALID_MS)).await.map(drop)
    }

    /// Takes so many turns of requests to Discord, some milliseconds apart. `ahead_ms` is for how long
    /// this process has turns already.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn take(&self, count: u32, apart_ms: i64, ahead_ms: i64) -> Result<Taken, Error> {
        const TAKE: &str = concat!(
            "INSERT INTO pace (what, next_ms) VALUES ('requests', ",
            now!(),
            " + $2 + $1)
             ON CONFLICT (what) DO UPDATE SET next_ms = GREATEST(pace.next_ms, ",
            now!(),
            " + $2) + $1
             WHERE pace.held_ms <= ",
            now!(),
            " RETURNING next_ms - $1 - ",
            now!(),
            " AS first_ms"
        );
        const HELD: &str = concat!(
            "SELECT held_ms - ",
            now!(),
            " AS for_ms FROM pace WHERE what = 'requests'"
        );
        let taken = self
            .one(sqlx::query(TAKE).bind(i64::from(count) * apart_ms).bind(ahead_ms))
            .await?;
        if let Some(row) = taken {
            let first_ms = integer(&row, "first_ms")?;
            return Ok(Taken::Turns { first_ms });
        }
        let row = self.one(sqlx::query(HELD)).await?.ok_or_else(nothing)?;
        let for_ms = integer(&row, "for_ms")?.max(0);
        Ok(Taken::Held { for_ms })
    }

    /// Gives no process a turn for so many milliseconds, because Discord wants no request.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn hold(&self, wait_ms: i64) -> Result<(), Error> {
        const SQL: &str = concat!(
            "INSERT INTO pace (what, next_ms, held_ms) VALUES ('requests', ",
            now!(),
            ", ",
            now!(),
            " + $1)
             ON CONFLICT (what) DO UPDATE SET held_ms = GREATEST(pace.held_ms, ",
            now!(),
            " + $1)"
        );
        self.one(sqlx::query(SQL).bind(wait_ms)).await.map(drop)
    }

    /// Takes the turn of a shard's bucket to begin a session, some milliseconds before the next.
    /// Returns in how many milliseconds it is due.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn identify(&self, bucket: u64, apart_ms: i64) -> Result<i64, Error> {
        const SQL: &str = concat!(
            "INSERT INTO pace (what, next_ms) VALUES ($1, ",
            now!(),
            " + $2)
             ON CONFLICT (what) DO UPDATE SET next_ms = GREATEST(pace.next_ms, ",
            now!(),
            ") + $2
             RETURNING next_ms - $2 - ",
            now!(),
            " AS due_ms"
        );
        let query = sqlx::query(SQL).bind(format!("identify {bucket}")).bind(apart_ms);
        let row = self.one(query).await?.ok_or_else(nothing)?;
        Ok(integer(&row, "due_ms")?.max(0))
    }

    /// Claims an interaction for the process that calls this first. Returns whether it is this one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn claim(&self, interaction: u64) -> Result<bool, Error> {
        const SQL: &str = concat!(
            "INSERT INTO claims (interaction_id, at_ms) VALUES ($1, ",
            now!(),
            ") ON CONFLICT DO NOTHING RETURNING interaction_id"
        );
        let claimed = self.one(sqlx::query(SQL).bind(key(interaction))).await?;
        Ok(claimed.is_some())
    }

    /// Runs a statement in a transaction of its own, because one outside of any does not get through a pool.
    /// Returns its row, if it has one.
    async fn one(&self, query: Query<'_, sqlx::Any, AnyArguments>) -> Result<Option<AnyRow>, Error> {
        let mut lent = self.0.begin(Engine::Postgres.begin_write()).await?;
        let row = query.fetch_optional(lent.conn()).await?;
        lent.conn().execute("COMMIT").await?;
        lent.give_back();
        Ok(row)
    }
}

fn nothing() -> Error {
    Error::Inconsistent("a statement that returns a row has returned none".to_owned())
}
