//! Tests what the tables refuse by themselves, whoever asks. Here it is another connection, behind
//! the store's back.

use greenlight::domain::ids::GuildId;
use greenlight::store::Error;
use sqlx::error::ErrorKind;

use super::db::{Kind, TestDb, on_both};
use super::steps::{Close, GUILD, broken_rule, close, credits, grant, open_hold, queue, sums};

/// Makes a guild with 100 credits, of which render 1 holds 10, render 2 holds 20, and render 3 has
/// spent 5; and a second guild with 100.
async fn a_lived_in_ledger(db: &TestDb) -> Result<(), Error> {
    grant(db.store(), GUILD, 100).await?;
    grant(db.store(), GuildId::new(7), 100).await?;
    for (render, price) in [(1, 10), (2, 20), (3, 5)] {
        let held = queue(db.store(), GUILD, render, price).await?;
        assert!(held.is_some_and(|held| held.amount() == credits(price)));
    }
    let done = open_hold(db.store(), 3).await?.expect("a hold of 5");
    close(db.store(), done, Close::Settle).await
}

/// Asserts that a trigger or a rule of the table refuses the statement. Returns which, and its
/// message.
async fn refused(db: &TestDb, statement: &str) -> (ErrorKind, String) {
    match db.sql(statement).await {
        Ok(rows) => panic!("on {:?}: {statement} changed {rows} rows", db.kind()),
        Err(error) => (broken_rule(&error), error.to_string()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_is_append_only() {
    on_both(async |db| {
        a_lived_in_ledger(db).await?;
        let entries = db.number("SELECT COUNT(*) FROM entries").await;
        let mut attempts = vec![
            "UPDATE entries SET amount = 1 WHERE kind = 'grant'",
            "UPDATE entries SET reason = 'another'",
            "UPDATE entries SET closes = NULL",
            "UPDATE entries SET actor_id = 5",
            "UPDATE entries SET actor_id = -5, amount = 1",
            "UPDATE entries SET actor_id = -5 WHERE actor_id IS NULL",
            "DELETE FROM entries WHERE kind = 'hold'",
            "DELETE FROM entries",
        ];
        if db.kind() == Kind::Postgres {
            attempts.extend([
                "TRUNCATE entries",
                "TRUNCATE entries CASCADE",
                "TRUNCATE pools CASCADE",
            ]);
        }
        for attempt in attempts {
            let (_, why) = refused(db, attempt).await;
            assert!(why.contains("the ledger is append-only"), "{attempt}: {why}");
        }
        assert_eq!(db.number("SELECT COUNT(*) FROM entries").await, entries);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_ledger_names_cannot_go_away() {
    on_both(async |db| {
        a_lived_in_ledger(db).await?;
        for attempt in [
            "DELETE FROM pools WHERE guild_id = 100",
            "DELETE FROM renders WHERE id = 1",
            "DELETE FROM drafts WHERE id = 1",
        ] {
            assert_eq!(
                refused(db, attempt).await.0,
                ErrorKind::ForeignKeyViolation,
                "{attempt}"
            );
        }
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closing_entry_names_an_open_hold_of_the_same_guild_render_and_sum() {
    on_both(async |db| {
        a_lived_in_ledger(db).await?;
        let entry = |of: &str| format!("(SELECT id FROM entries WHERE {of})");
        let hold = entry("kind = 'hold' AND render_id = 1");
        let other = entry("kind = 'hold' AND render_id = 2");
        let closed = entry("kind = 'hold' AND render_id = 3");
        let settle = entry("kind = 'settle'");
        let a_grant = entry("kind = 'grant' AND guild_id = 100");
        let append = |guild: u32, kind: &str, amount: u32, render: u32, closes: &str| {
            format!(
                "INSERT INTO entries (guild_id, kind, amount, render_id, closes, at_ms)
                 VALUES ({guild}, '{kind}', {amount}, {render}, {closes}, 1)"
            )
        };
        for (what, attempt) in [
            ("of a smaller sum", append(100, "settle", 9, 1, &hold)),
            ("of a larger sum", append(100, "release", 11, 1, &hold)),
            ("of another guild", append(7, "settle", 10, 1, &hold)),
            ("of another render", append(100, "release", 10, 2, &hold)),
            ("of another render's hold", append(100, "settle", 10, 1, &other)),
            ("of a settle", append(100, "release", 5, 3, &settle)),
            ("of a grant", append(100, "settle", 100, 1, &a_grant)),
            ("of nothing there is", append(100, "settle", 10, 1, "4711")),
        ] {
            let (_, why) = refused(db, &attempt).await;
            let said = why.contains("a closing entry names a hold of the same guild, render and sum");
            assert!(said, "a closing entry {what}: {why}");
        }
        for kind in ["settle", "release"] {
            let second = append(100, kind, 5, 3, &closed);
            assert_eq!(
                refused(db, &second).await.0,
                ErrorKind::UniqueViolation,
                "a second {kind}"
            );
            let loose = append(100, kind, 10, 1, "NULL");
            assert_eq!(
                refused(db, &loose).await.0,
                ErrorKind::CheckViolation,
                "a {kind} of no hold"
            );
        }
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_makes_no_sense_is_refused() {
    on_both(async |db| {
        a_lived_in_ledger(db).await?;
        let append = |guild: u32, kind: &str, amount: i32, render: &str, closes: &str| {
            format!(
                "INSERT INTO entries (guild_id, kind, amount, render_id, closes, at_ms)
                 VALUES ({guild}, '{kind}', {amount}, {render}, {closes}, 1)"
            )
        };
        let hold = "(SELECT id FROM entries WHERE kind = 'hold' AND render_id = 1)";
        for (what, attempt, rule) in [
            (
                "a second hold of a render",
                append(100, "hold", 10, "3", "NULL"),
                ErrorKind::UniqueViolation,
            ),
            (
                "a hold of nothing",
                append(100, "hold", 0, "3", "NULL"),
                ErrorKind::CheckViolation,
            ),
            (
                "a negative grant",
                append(100, "grant", -1, "NULL", "NULL"),
                ErrorKind::CheckViolation,
            ),
            (
                "a hold without a render",
                append(100, "hold", 1, "NULL", "NULL"),
                ErrorKind::CheckViolation,
            ),
            (
                "a grant to a render",
                append(100, "grant", 1, "1", "NULL"),
                ErrorKind::CheckViolation,
            ),
            (
                "a hold that closes one",
                append(100, "hold", 10, "1", hold),
                ErrorKind::CheckViolation,
            ),
            (
                "another kind",
                append(100, "gift", 1, "NULL", "NULL"),
                ErrorKind::CheckViolation,
            ),
            (
                "an unknown guild",
                append(8, "grant", 1, "NULL", "NULL"),
                ErrorKind::ForeignKeyViolation,
            ),
            (
                "an unknown render",
                append(100, "hold", 1, "4711", "NULL"),
                ErrorKind::ForeignKeyViolation,
            ),
        ] {
            assert_eq!(refused(db, &attempt).await.0, rule, "{what}");
        }
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_sum_of_a_pool_is_ever_below_zero() {
    on_both(async |db| {
        a_lived_in_ledger(db).await?;
        assert_eq!(sums(db.store(), GUILD).await?, [100, 65, 30, 5]);
        for change in [
            "granted = -1",
            "held = -1",
            "settled = -1",
            "held = 96",
            "settled = 71",
            "granted = 34",
        ] {
            let attempt = format!("UPDATE pools SET {change} WHERE guild_id = 100");
            assert_eq!(
                refused(db, &attempt).await.0,
                ErrorKind::CheckViolation,
                "{change}"
            );
        }
        db.sql("UPDATE pools SET held = 95 WHERE guild_id = 100").await?;
        assert_eq!(
            sums(db.store(), GUILD).await?,
            [100, 0, 95, 5],
            "to the last credit"
        );
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_cannot_be_is_refused() {
    on_both(async |db| {
        a_lived_in_ledger(db).await?;
        for change in [
            "images = 0",
            "images = 5",
            "last_stage = 'poster'",
            "state = 'lost'",
            "state = 'open'",
            "state = 'open', starter_id = 1",
            "state = 'open', thread_id = 1",
        ] {
            let attempt = format!("UPDATE drafts SET {change} WHERE id = 1");
            assert_eq!(
                refused(db, &attempt).await.0,
                ErrorKind::CheckViolation,
                "{change}"
            );
        }
        let attempt = "UPDATE drafts SET guild_id = 8 WHERE id = 1";
        assert_eq!(refused(db, attempt).await.0, ErrorKind::ForeignKeyViolation);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_render_that_cannot_be_is_refused() {
    on_both(async |db| {
        a_lived_in_ledger(db).await?;
        for change in [
            "position = 0",
            "position = 5",
            "stage = 'poster'",
            "stage = 'review'",
            "parent_id = 3",
            "price = 0",
            "want_width = 0",
            "want_height = -1",
            "state = 'lost'",
            "state = 'done'",
            "state = 'done', width = 1",
            "width = 1, height = 1",
            "vote_state = 'maybe'",
            "vote_state = 'open'",
            "vote_price = 20",
            "vote_state = 'open', vote_price = 0, vote_quorum = 1, vote_own = 0, vote_closes_ms = 1",
            "vote_state = 'open', vote_price = 1, vote_quorum = 0, vote_own = 0, vote_closes_ms = 1",
            "vote_state = 'open', vote_price = 1, vote_quorum = 1, vote_own = 2, vote_closes_ms = 1",
            "vote_state = 'waiting', vote_price = 1, vote_quorum = 1, vote_own = 0, vote_closes_ms = 1",
            "waiting_since_ms = 1",
        ] {
            let attempt = format!("UPDATE renders SET {change} WHERE id = 1");
            assert_eq!(
                refused(db, &attempt).await.0,
                ErrorKind::CheckViolation,
                "{change}"
            );
        }
        for (change, rule) in [
            ("draft_id = 4711", ErrorKind::ForeignKeyViolation),
            ("guild_id = 8", ErrorKind::ForeignKeyViolation),
            (
                "stage = 'review', parent_id = 4711",
                ErrorKind::ForeignKeyViolation,
            ),
            ("draft_id = 2", ErrorKind::UniqueViolation),
        ] {
            let attempt = format!("UPDATE renders SET {change} WHERE id = 1");
            assert_eq!(refused(db, &attempt).await.0, rule, "{change}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_the_terms_of_a_vote_and_half_a_size_are_refused() {
    on_both(async |db| {
        a_lived_in_ledger(db).await?;
        for change in [
            "vote_state = 'open', vote_price = 1",
            "vote_state = 'open', vote_price = 1, vote_quorum = 1, vote_own = 0",
            "vote_state = 'closed', vote_closes_ms = 1",
            "width = 1",
            "height = 1",
        ] {
            let attempt = format!("UPDATE renders SET {change} WHERE id = 1");
            assert_eq!(
                refused(db, &attempt).await.0,
                ErrorKind::CheckViolation,
                "{change}"
            );
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_of_an_unknown_source_or_image_is_refused() {
    on_both(async |db| {
        a_lived_in_ledger(db).await?;
        let vote = |render: u32, source: &str| {
            format!(
                "INSERT INTO votes (render_id, user_id, source, at_ms) VALUES ({render}, 1, '{source}', 1)"
            )
        };
        assert_eq!(refused(db, &vote(1, "rumour")).await.0, ErrorKind::CheckViolation);
        assert_eq!(
            refused(db, &vote(4711, "button")).await.0,
            ErrorKind::ForeignKeyViolation
        );
        db.sql(&vote(1, "button")).await?;
        assert_eq!(
            refused(db, &vote(1, "button")).await.0,
            ErrorKind::UniqueViolation
        );
        Ok(())
    })
    .await;
}
