//! Tests PostgreSQL as it is used in earnest: behind a pool, over TLS, by a user who may make no table, and
//! with a limit to what a statement may take.

mod between;

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use url::Url;

use self::between::{Encrypted, Pool};
use super::greenlight;
use crate::harness::{Kind, World, run_test_on};

/// Runs statements as the owner of the story's database.
async fn as_owner(w: &World, statements: &str) {
    on(w.database_url(), statements).await;
}

async fn on(url: &str, statements: &str) {
    let mut owner = PgConnection::connect(url).await.expect("a connection");
    let ran = owner.execute(AssertSqlSafe(statements)).await;
    ran.unwrap_or_else(|error| panic!("{statements}: {error}"));
    owner.close().await.expect("a goodbye");
}

/// Returns what a setting is on each of some connections that are lent.
async fn setting_at(url: &str, setting: &str) -> BTreeSet<String> {
    let mut lent = Vec::new();
    let mut values = BTreeSet::new();
    for _ in 0..between::CONNECTIONS {
        let mut connection = PgConnection::connect(url).await.expect("a connection");
        connection.execute("BEGIN").await.expect("a transaction");
        let query = sqlx::query_scalar(AssertSqlSafe(format!("SELECT current_setting('{setting}')")));
        let value: String = query
            .persistent(false)
            .fetch_one(&mut connection)
            .await
            .expect("a setting");
        values.insert(value);
        lent.push(connection);
    }
    values
}

/// Has the bot reach its database by another address from now on.
async fn moves_to(w: &mut World, url: &str) {
    w.stop().await;
    w.set("DATABASE__URL", url);
    w.start().await;
}

/// Has the bot reach its database as it did first, so that the story can end.
async fn moves_back(w: &mut World) {
    w.stop().await;
    w.unset("DATABASE__URL");
    w.start().await;
}

/// A user of the server. It is removed when the story has ended.
struct Role {
    name: String,
    url: String,
}

impl Role {
    const PASSWORD: &str = "of-a-story";

    async fn on(w: &World) -> Self {
        let mut url = Url::parse(w.database_url()).expect("a URL");
        let name = url
            .path()
            .trim_start_matches('/')
            .replace("greenlight_test", "runner");
        as_owner(
            w,
            &format!("CREATE ROLE {name} LOGIN PASSWORD '{}'", Self::PASSWORD),
        )
        .await;
        url.set_username(&name).expect("a user");
        url.set_password(Some(Self::PASSWORD)).expect("a password");
        let url = url.to_string();
        Self { name, url }
    }

    async fn remove(self, w: &World) {
        let name = &self.name;
        as_owner(w, &format!("DROP OWNED BY {name}; DROP ROLE {name}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_runs_as_a_user_who_may_make_no_table_and_the_owner_migrates() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let (owner, role) = (w.database_url().to_owned(), Role::on(w).await);
        as_owner(
            w,
            &format!(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
                role.name
            ),
        )
        .await;
        moves_to(w, &role.url).await;
        w.main_job(1, async |w| w.work_it_out().await).await;
        w.assert_main_job_is_done(1).await;
        let said = greenlight(w, &["migrate"], &[("DATABASE_URL", &role.url)]).await;
        assert_eq!(said.code, 0, "nothing is to be made: {}", said.err);

        // As after an update, whose last migration is not applied.
        let last = "(SELECT MAX(version) FROM _sqlx_migrations)";
        on(
            &owner,
            &format!(
                "CREATE TABLE kept AS SELECT * FROM _sqlx_migrations WHERE version = {last};
                 DELETE FROM _sqlx_migrations WHERE version = {last}"
            ),
        )
        .await;
        let said = greenlight(w, &["migrate"], &[("DATABASE_URL", &role.url)]).await;
        assert_eq!(said.code, 1, "{}", said.out);
        assert!(
            said.err.contains("the user may not do that there"),
            "{}",
            said.err
        );
        on(
            &owner,
            "INSERT INTO _sqlx_migrations SELECT * FROM kept; DROP TABLE kept",
        )
        .await;
        moves_back(w).await;
        role.remove(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_works_through_a_pool_that_lends_connections_by_the_transaction() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let mut pool = Pool::before(w.database_url()).await;
        moves_to(w, &pool.url()).await;
        let mut tried = false;
        w.main_job(2, async |w| {
            if !tried {
                tried = true;
                // The connections of the bot are cut, and so are those of the pool.
                pool.restart().await;
            }
            w.work_it_out().await;
        })
        .await;
        w.assert_main_job_is_done(2).await;
        // Whoever looks is lent the same connections, and leaves nothing on them.
        let url = [("DATABASE_URL", pool.url())];
        let said = greenlight(
            w,
            &["doctor"],
            &url.each_ref().map(|(name, url)| (*name, url.as_str())),
        )
        .await;
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        for setting in [
            "synchronous_commit",
            "default_transaction_read_only",
            "statement_timeout",
        ] {
            let (through, server) = (
                setting_at(&pool.url(), setting).await,
                setting_at(w.database_url(), setting).await,
            );
            assert_eq!(through, server, "{setting}");
        }
        moves_back(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_trusts_the_server_whose_certificate_its_authority_signed_and_no_other() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let server = Encrypted::before(w.database_url()).await;
        let trusted = server.url("localhost", true);
        let checks = async |url: &str| greenlight(w, &["migrate", "--check"], &[("DATABASE_URL", url)]).await;
        let said = checks(&trusted).await;
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        for url in [server.url("127.0.0.1", true), server.url("localhost", false)] {
            let said = checks(&url).await;
            assert_eq!(said.code, 1, "{url}: {}", said.out);
            assert!(
                said.err.contains("correct sslmode in the address"),
                "{}",
                said.err
            );
        }
        moves_to(w, &trusted).await;
        w.main_job(1, async |w| w.work_it_out().await).await;
        w.assert_main_job_is_done(1).await;
        moves_back(w).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_made_again_when_it_can_be_made() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let name = Url::parse(w.database_url()).expect("a URL").path()[1..].to_owned();
        as_owner(w, &format!("ALTER DATABASE {name} SET statement_timeout = '2s'")).await;
        w.restart().await;
        let (thread, images) = w.drafted(1).await;
        w.bo().approves(&images[0]).await;
        w.events().await;
        // Whatever writes to the pool waits for longer than a statement may.
        let mut other = PgConnection::connect(w.database_url())
            .await
            .expect("a connection");
        other
            .execute("SET statement_timeout = 0")
            .await
            .expect("a setting");
        let mut holds = other.begin().await.expect("a transaction");
        holds
            .execute("SELECT 1 FROM pools FOR UPDATE")
            .await
            .expect("the pools");
        let ran = w.hands().run_due().await;
        assert_eq!(w.images(&thread, "review").len(), 0, "{ran:?}");
        holds.rollback().await.expect("an end");
        other.close().await.expect("a goodbye");
        w.work_it_out().await;
        w.image_at(&thread, "review");
        assert_eq!(w.available().await, 1000 - 10 - 20);
    })
    .await;
}
