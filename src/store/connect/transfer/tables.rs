//! Reads and writes whole tables, whichever they are: the database itself says what columns they have.

use std::collections::BTreeMap;

use futures::{Stream, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Executor, Row};

use super::error::{NotTransferred, on_new, on_old};
use crate::store::Error;
use crate::store::rows::{places, text};

/// How many values one statement inserts at most. PostgreSQL takes 65,535.
const VALUES: usize = 16_000;
/// How much text one statement inserts at most, in bytes, but for its last row.
const BYTES: usize = 1 << 20;
/// What PostgreSQL has in place of a letter with the number 0.
const REPLACEMENT: &str = "\u{fffd}";

/// What migrations write themselves (`reach`), and what sqlx and SQLite keep, is not copied.
const OF_SQLITE: &str = "SELECT t.name AS \"table\", c.name AS \"column\", c.type AS kind
    FROM sqlite_master t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT IN ('_sqlx_migrations', 'reach') AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
const OF_POSTGRES: &str =
    "SELECT CAST(table_name AS TEXT) AS \"table\", CAST(column_name AS TEXT) AS \"column\",
        CAST(data_type AS TEXT) AS kind
    FROM information_schema.columns WHERE table_schema = current_schema()";
const REFERENCES: &str = "SELECT CAST(t.relname AS TEXT) AS \"table\", CAST(c.conname AS TEXT) AS name
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE c.contype = 'f' AND t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";
const COUNTED: &str = "SELECT CAST(table_name AS TEXT) AS \"table\", CAST(column_name AS TEXT) AS \"column\"
    FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES'";

/// What a column holds. Nothing else is in any table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    /// Anything else, which is not copied.
    Other,
}

/// The columns of a table, by their names.
pub(super) type Columns = BTreeMap<String, Kind>;
/// The tables of a database, by their names.
pub(super) type Tables = BTreeMap<String, Columns>;

/// A value, or none.
enum Value {
    Number(Option<i64>),
    Text(Option<String>),
}

/// A constraint that a column refers to a row by.
pub(super) struct Reference {
    table: String,
    name: String,
}

/// What all rows of a table come to, in whatever order they are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) rows: u64,
    digest: u128,
}

/// What was copied of one table.
#[derive(Default)]
pub(super) struct Copied {
    pub(super) sum: Sum,
    /// How many texts were changed.
    pub(super) replaced: u64,
}

impl Sum {
    /// Reads all rows of a table.
    pub(super) async fn of(
        connection: &mut AnyConnection,
        table: &str,
        columns: &Columns,
    ) -> Result<Self, Error> {
        let select = format!("SELECT {} FROM \"{table}\"", names(columns));
        let rows = rows(connection, select, columns);
        rows.try_fold(Self::default(), async |mut sum, row| {
            sum.add(&row);
            Ok(sum)
        })
        .await
    }

    fn add(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            match value {
                Value::Number(None) | Value::Text(None) => hash.update([0]),
                Value::Number(Some(number)) => {
                    hash.update([1]);
                    hash.update(number.to_be_bytes());
                }
                Value::Text(Some(text)) => {
                    hash.update([2]);
                    hash.update((text.len() as u64).to_be_bytes());
                    hash.update(text);
                }
            }
        }
        let mut first = [0; 16];
        first.copy_from_slice(&hash.finalize()[..16]);
        self.rows += 1;
        self.digest = self.digest.wrapping_add(u128::from_be_bytes(first));
    }
}

/// Returns the tables that are copied from SQLite.
pub(super) async fn of_sqlite(connection: &mut AnyConnection) -> Result<Tables, Error> {
    let tables = by_name(connection, OF_SQLITE).await?;
    for (table, columns) in &tables {
        if let Some((column, _)) = columns.iter().find(|(_, kind)| **kind == Kind::Other) {
            return Err(Error::Inconsistent(format!(
                "{table}.{column} holds neither numbers nor text"
            )));
        }
    }
    Ok(tables)
}

/// Returns all tables of PostgreSQL, of whichever program.
pub(super) async fn of_postgres(connection: &mut AnyConnection) -> Result<Tables, Error> {
    by_name(connection, OF_POSTGRES).await
}

async fn by_name(connection: &mut AnyConnection, query: &'static str) -> Result<Tables, Error> {
    let mut tables = Tables::new();
    for row in sqlx::query(query).fetch_all(connection).await? {
        let kind = match text(&row, "kind")?.as_str() {
            "INTEGER" | "bigint" => Kind::Number,
            "TEXT" | "text" => Kind::Text,
            _ => Kind::Other,
        };
        let columns = tables.entry(text(&row, "table")?).or_default();
        columns.insert(text(&row, "column")?, kind);
    }
    Ok(tables)
}

/// Keeps everybody else off the tables until the transaction ends.
pub(super) async fn lock(connection: &mut AnyConnection, tables: &Tables) -> Result<(), Error> {
    let all: Vec<String> = tables.keys().map(|table| format!("\"{table}\"")).collect();
    let lock = format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", all.join(", "));
    run(connection, lock).await
}

/// Returns the constraints by which rows of these tables refer to others.
pub(super) async fn references(
    connection: &mut AnyConnection,
    tables: &Tables,
) -> Result<Vec<Reference>, Error> {
    let mut all = Vec::new();
    for row in sqlx::query(REFERENCES).fetch_all(connection).await? {
        let (table, name) = (text(&row, "table")?, text(&row, "name")?);
        if tables.contains_key(&table) {
            all.push(Reference { table, name });
        }
    }
    Ok(all)
}

/// Lets rows be inserted before those that they refer to.
pub(super) async fn defer(connection: &mut AnyConnection, references: &[Reference]) -> Result<(), Error> {
    alter(connection, references, "DEFERRABLE INITIALLY DEFERRED").await
}

/// Checks that every row is there which another refers to, and lets none be missing from now on.
pub(super) async fn check_references(
    connection: &mut AnyConnection,
    references: &[Reference],
) -> Result<(), Error> {
    run(connection, "SET CONSTRAINTS ALL IMMEDIATE".to_owned()).await?;
    alter(connection, references, "NOT DEFERRABLE").await
}

async fn alter(connection: &mut AnyConnection, references: &[Reference], how: &str) -> Result<(), Error> {
    for Reference { table, name } in references {
        let alter = format!("ALTER TABLE \"{table}\" ALTER CONSTRAINT \"{name}\" {how}");
        run(connection, alter).await?;
    }
    Ok(())
}

/// Lets the ids that PostgreSQL gives go on after the highest, and lets it know how much is in each table.
pub(super) async fn count_on(connection: &mut AnyConnection, tables: &Tables) -> Result<(), Error> {
    for row in sqlx::query(COUNTED).fetch_all(&mut *connection).await? {
        let (table, column) = (text(&row, "table")?, text(&row, "column")?);
        if tables.contains_key(&table) {
            let next = format!(
                "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), MAX(\"{column}\")) FROM \"{table}\""
            );
            run(connection, next).await?;
        }
    }
    for table in tables.keys() {
        run(connection, format!("ANALYZE \"{table}\"")).await?;
    }
    Ok(())
}

async fn run(connection: &mut AnyConnection, statement: String) -> Result<(), Error> {
    connection.execute(AssertSqlSafe(statement)).await?;
    Ok(())
}

/// Copies all rows of a table, some at a time, in the order in which they were inserted.
pub(super) async fn copy(
    from: &mut AnyConnection,
    to: &mut AnyConnection,
    table: &str,
    columns: &Columns,
) -> Result<Copied, NotTransferred> {
    let select = format!("SELECT {} FROM \"{table}\" ORDER BY rowid", names(columns));
    let mut rows = std::pin::pin!(rows(from, select, columns));
    let (mut copied, mut batch, mut bytes) = (Copied::default(), Vec::new(), 0);
    while let Some(mut row) = rows.try_next().await.map_err(on_old)? {
        for value in &mut row {
            if let Value::Text(Some(text)) = value {
                if text.contains('\0') {
                    *text = text.replace('\0', REPLACEMENT);
                    copied.replaced += 1;
                }
                bytes += text.len();
            }
        }
        copied.sum.add(&row);
        batch.push(row);
        if bytes >= BYTES || (batch.len() + 1) * columns.len() > VALUES {
            insert(to, table, columns, std::mem::take(&mut batch))
                .await
                .map_err(on_new)?;
            bytes = 0;
        }
    }
    if !batch.is_empty() {
        insert(to, table, columns, batch).await.map_err(on_new)?;
    }
    Ok(copied)
}

async fn insert(
    to: &mut AnyConnection,
    table: &str,
    columns: &Columns,
    rows: Vec<Vec<Value>>,
) -> Result<(), Error> {
    let statement = format!(
        "INSERT INTO \"{table}\" ({}) OVERRIDING SYSTEM VALUE VALUES {}",
        names(columns),
        places(rows.len(), columns.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(statement)).persistent(false);
    for value in rows.into_iter().flatten() {
        query = match value {
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
        };
    }
    query.execute(to).await?;
    Ok(())
}

fn names(columns: &Columns) -> String {
    let names: Vec<String> = columns.keys().map(|column| format!("\"{column}\"")).collect();
    names.join(", ")
}

/// Reads rows one after the other, each with its values in the order of the columns.
fn rows<'r>(
    connection: &'r mut AnyConnection,
    select: String,
    columns: &'r Columns,
) -> impl Stream<Item = Result<Vec<Value>, Error>> + use<'r> {
    let rows = sqlx::query(AssertSqlSafe(select)).fetch(connection);
    rows.map(|row| values(&row?, columns))
}

fn values(row: &AnyRow, columns: &Columns) -> Result<Vec<Value>, Error> {
    let values = columns.values().enumerate().map(|(place, kind)| {
        Ok(match kind {
            Kind::Number => Value::Number(row.try_get(place)?),
            Kind::Text | Kind::Other => Value::Text(row.try_get(place)?),
        })
    });
    values.collect()
}
