//! Tests that the two schemas are the same, whatever their types are called, and that opening a
//! database migrates it.

pub mod upgrade;

use std::collections::BTreeSet;
use std::path::Path;

use futures::future::join_all;
use greenlight::store::{Error, Store};
use sqlx::AssertSqlSafe;

use super::db::{Kind, Somewhere, fresh, on_both};
use super::steps::{GUILD, grant, queue, sums};

/// Queries of which each gives a line of text for every fact. Both databases must give the same
/// lines.
struct Facts {
    what: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// A primary key of SQLite is never NULL, although it is not declared so.
const COLUMNS: Facts = Facts {
    what: "columns: type, NULL, default, place in the primary key",
    sqlite: "SELECT t.name || '.' || c.name || ' ' || CASE c.type WHEN 'INTEGER' THEN 'number' ELSE lower(c.type) END
            || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN '' ELSE ' or nothing' END
            || COALESCE(' else ' || c.dflt_value, '') || CASE c.pk WHEN 0 THEN '' ELSE ' key ' || c.pk END
        FROM sqlite_master t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '_sqlx%'",
    postgres: "SELECT c.table_name || '.' || c.column_name || ' '
            || CASE c.data_type WHEN 'bigint' THEN 'number' ELSE c.data_type END
            || CASE c.is_nullable WHEN 'YES' THEN ' or nothing' ELSE '' END
            || COALESCE(' else ' || replace(c.column_default, '::text', ''), '')
            || COALESCE(' key ' || k.ordinal_position, '')
        FROM information_schema.columns c
        LEFT JOIN information_schema.table_constraints t ON t.constraint_type = 'PRIMARY KEY'
            AND t.table_schema = c.table_schema AND t.table_name = c.table_name
        LEFT JOIN information_schema.key_column_usage k ON k.constraint_schema = t.constraint_schema
            AND k.constraint_name = t.constraint_name AND k.column_name = c.column_name
        WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '_sqlx%'",
};

const INDEXES: Facts = Facts {
    what: "indexes: columns, whether unique, whether of some rows only",
    sqlite: "SELECT t.name || ' (' || (SELECT group_concat(i.name, ', ') FROM pragma_index_info(x.name) i) || ')'
            || CASE x.\"unique\" WHEN 1 THEN ' unique' ELSE '' END || CASE x.partial WHEN 1 THEN ' of some' ELSE '' END
        FROM sqlite_master t, pragma_index_list(t.name) x
        WHERE t.type = 'table' AND t.name NOT LIKE '_sqlx%' AND x.origin <> 'pk'",
    postgres: "SELECT CAST(x.indrelid::regclass AS TEXT) || ' (' || (
                SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(x.indkey) WITH ORDINALITY AS k (column_no, place)
                JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.column_no
            ) || ')' || CASE WHEN x.indisunique THEN ' unique' ELSE '' END
            || CASE WHEN x.indpred IS NOT NULL THEN ' of some' ELSE '' END
        FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE '_sqlx%' AND NOT x.indisprimary",
};

const REFERENCES: Facts = Facts {
    what: "references",
    sqlite: "SELECT t.name || '.' || f.\"from\" || ' to ' || f.\"table\" || '.' || f.\"to\"
        FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
    postgres: "SELECT CAST(f.conrelid::regclass AS TEXT) || '.' || a.attname || ' to '
            || CAST(f.confrelid::regclass AS TEXT) || '.' || b.attname
        FROM pg_constraint f
        JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
        JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = f.confkey[1]
        WHERE f.contype = 'f'",
};

async fn lines(kind: Kind, facts: &Facts) -> BTreeSet<String> {
    let db = fresh(kind).await;
    let query = match kind {
        Kind::Sqlite => facts.sqlite,
        Kind::Postgres => facts.postgres,
    };
    let lines = sqlx::query_scalar(AssertSqlSafe(query));
    let lines = lines.fetch_all(&mut db.other().await).await;
    lines
        .unwrap_or_else(|error| panic!("{query}: {error}"))
        .into_iter()
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_have_the_same_columns_keys_and_indexes() {
    for (facts, at_least) in [(COLUMNS, 50), (INDEXES, 8), (REFERENCES, 8)] {
        let sqlite = lines(Kind::Sqlite, &facts).await;
        let postgres = lines(Kind::Postgres, &facts).await;
        let only = |here: &BTreeSet<String>, there| here.difference(there).cloned().collect::<Vec<_>>();
        let differing = (only(&sqlite, &postgres), only(&postgres, &sqlite));
        assert_eq!(
            differing,
            (vec![], vec![]),
            "{}: only on SQLite, only on Postgres",
            facts.what
        );
        assert!(
            sqlite.len() >= at_least,
            "{}: {sqlite:?} is too little to compare",
            facts.what
        );
    }
}

#[test]
fn the_migrations_of_both_databases_go_file_by_file() {
    let files = |folder: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(folder);
        let files = std::fs::read_dir(folder).unwrap();
        files
            .map(|file| file.unwrap().file_name())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(files("sqlite"), files("postgres"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_opened_again_has_kept_everything() {
    on_both(async |db| {
        grant(db.store(), GUILD, 100).await?;
        db.store().close().await;
        for _ in 0..2 {
            let again = Store::open(db.url()).await?;
            assert_eq!(sums(&again, GUILD).await?, [100, 100, 0, 0]);
            again.close().await;
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_on_one_database_see_each_others_work() {
    on_both(async |db| {
        let second = Store::open(db.url()).await?;
        grant(db.store(), GUILD, 100).await?;
        assert!(queue(&second, GUILD, 1, 60).await?.is_some());
        assert!(queue(db.store(), GUILD, 2, 60).await?.is_none());
        assert_eq!(sums(&second, GUILD).await?, [100, 40, 60, 0]);
        second.close().await;
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_at_once_on_an_empty_database_all_do() {
    // On SQLite they race for the mode of a new file, and rarely meet.
    let often = std::iter::repeat_n(Kind::Sqlite, 12);
    for kind in often.chain([Kind::Postgres]) {
        let place = Somewhere::new(kind).await;
        let opened = join_all((0..4).map(|_| Store::open(place.url()))).await;
        for store in opened {
            let store = store.unwrap_or_else(|error| panic!("on {kind:?}: {error}: {error:?}"));
            grant(&store, GUILD, 1).await.unwrap();
            store.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_used_is_refused_by_its_url() {
    for url in [
        "",
        "greenlight.db",
        "mysql://127.0.0.1/greenlight",
        "sqlite::memory:",
        "sqlite://?mode=memory",
    ] {
        let refused = Store::open(url).await;
        assert!(matches!(refused, Err(Error::Url(_))), "{url}: {refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_an_error_and_no_wait() {
    let nowhere = Store::open("sqlite:/proc/no/such/folder/greenlight.db").await;
    assert!(matches!(nowhere, Err(Error::Database(_))), "{nowhere:?}");
    let nobody = Store::open("postgres://nobody@127.0.0.1:1/nothing").await;
    assert!(matches!(nobody, Err(Error::Database(_))), "{nobody:?}");
}
