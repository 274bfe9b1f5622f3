//! Recounts the books: cached sums, holds and closing entries.

use super::{Error, Tx};
use crate::domain::ids::RenderId;
use crate::store::rows::{id, integer, text};

/// Recounts every pool from its entries. Names the pools whose cached sums differ, and the renders
/// whose hold does not match their state and price.
///
/// # Errors
/// [`Error::Database`].
pub async fn audit(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "SELECT p.guild_id, p.granted, p.held, p.settled,
            CAST(COALESCE(SUM(CASE WHEN e.kind = 'grant' THEN e.amount WHEN e.kind = 'correction' THEN -e.amount ELSE 0 END), 0) AS BIGINT) AS grants,
            CAST(COALESCE(SUM(CASE WHEN e.kind = 'hold' THEN e.amount
                WHEN e.kind IN ('settle', 'release') THEN -e.amount ELSE 0 END), 0) AS BIGINT) AS holds,
            CAST(COALESCE(SUM(CASE WHEN e.kind = 'settle' THEN e.amount ELSE 0 END), 0) AS BIGINT) AS settles
         FROM pools p LEFT JOIN entries e ON e.guild_id = p.guild_id
         GROUP BY p.guild_id, p.granted, p.held, p.settled ORDER BY p.guild_id",
    )
    .fetch_all(tx.conn())
    .await?;
    let mut wrong = Vec::new();
    for row in rows {
        for (cached, counted) in [("granted", "grants"), ("held", "holds"), ("settled", "settles")] {
            let (cached_sum, counted_sum) = (integer(&row, cached)?, integer(&row, counted)?);
            if cached_sum != counted_sum {
                let guild = id(&row, "guild_id")?;
                wrong.push(format!(
                    "guild {guild}: {cached} is {cached_sum}, its entries make {counted_sum}"
                ));
            }
        }
    }
    wrong.extend(stray_holds(tx).await?);
    wrong.extend(wrong_holds(tx).await?);
    wrong.extend(unexplained(tx).await?);
    Ok(wrong)
}

/// How much of the books there is to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Servers that have a pool.
    pub pools: i64,
    /// Entries of the ledger.
    pub entries: i64,
    /// Renders.
    pub renders: i64,
}

/// Counts what [`audit`] counts through.
///
/// # Errors
/// [`Error::Database`].
pub async fn extent(tx: &mut Tx) -> Result<Extent, Error> {
    let query = "SELECT (SELECT COUNT(*) FROM pools) AS pools, (SELECT COUNT(*) FROM entries) AS entries,
        (SELECT COUNT(*) FROM renders) AS renders";
    let row = sqlx::query(query).fetch_one(tx.conn()).await?;
    Ok(Extent {
        pools: integer(&row, "pools")?,
        entries: integer(&row, "entries")?,
        renders: integer(&row, "renders")?,
    })
}

/// Returns the number of the last entry of the ledger; 0 if there is none.
///
/// # Errors
/// [`Error::Database`].
pub async fn last_entry(tx: &mut Tx) -> Result<i64, Error> {
    let query = sqlx::query("SELECT COALESCE(MAX(id), 0) AS last FROM entries");
    integer(&query.fetch_one(tx.conn()).await?, "last")
}

/// Names renders whose state and hold disagree. Pending and unknown renders have an open hold, all
/// others have none.
async fn stray_holds(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "SELECT r.id, r.state, COUNT(h.id) - COUNT(c.id) AS open FROM renders r
         LEFT JOIN entries h ON h.render_id = r.id AND h.kind = 'hold' LEFT JOIN entries c ON c.closes = h.id
         GROUP BY r.id, r.state
         HAVING COUNT(h.id) - COUNT(c.id) <> CASE WHEN r.state IN ('queued', 'rendering', 'unknown') THEN 1 ELSE 0 END
         OR COUNT(h.id) <> 1 ORDER BY r.id",
    )
    .fetch_all(tx.conn())
    .await?;
    rows.iter()
        .map(|row| {
            let (render, state, open) = (
                RenderId::new(id(row, "id")?),
                text(row, "state")?,
                integer(row, "open")?,
            );
            Ok(format!("render {render} is {state} and has {open} open holds"))
        })
        .collect()
}

/// Names renders that were not paid at their own price by their own guild: the price shown is the
/// price taken.
async fn wrong_holds(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "SELECT r.id, r.price, r.guild_id, h.amount, h.guild_id AS payer FROM entries h
         JOIN renders r ON r.id = h.render_id
         WHERE h.kind = 'hold' AND (h.amount <> r.price OR h.guild_id <> r.guild_id) ORDER BY r.id",
    )
    .fetch_all(tx.conn())
    .await?;
    rows.iter()
        .map(|row| {
            let render = RenderId::new(id(row, "id")?);
            let (price, guild) = (integer(row, "price")?, id(row, "guild_id")?);
            let (amount, payer) = (integer(row, "amount")?, id(row, "payer")?);
            Ok(format!(
                "render {render} costs guild {guild} {price}, and {amount} of guild {payer} are held for it"
            ))
        })
        .collect()
}

/// Names renders that were paid without a picture, or have a picture that was not paid, without a
/// person's decision.
async fn unexplained(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "SELECT r.id, r.state, c.kind FROM entries c JOIN renders r ON r.id = c.render_id
         WHERE c.closes IS NOT NULL AND c.actor_id IS NULL
            AND r.state NOT IN ('queued', 'rendering', 'unknown') AND (CASE WHEN r.state = 'done' THEN 'settle' ELSE 'release' END) <> c.kind ORDER BY r.id",
    )
    .fetch_all(tx.conn())
    .await?;
    rows.iter()
        .map(|row| {
            let (render, state) = (RenderId::new(id(row, "id")?), text(row, "state")?);
            Ok(format!(
                "render {render} is {state}, and its hold was closed by a {}",
                text(row, "kind")?
            ))
        })
        .collect()
}
