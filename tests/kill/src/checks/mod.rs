//! Compares what everybody has in the end. Each invariant has a name, by which it is counted.

mod books;
mod calls;
mod evidence;
mod history;
mod posts;
mod promises;
mod votes;

use self::evidence::Render;
pub use self::evidence::{Evidence, Findings};
use crate::database::Database;

/// Compares all of it.
///
/// # Errors
/// When the database cannot be read.
pub async fn all(evidence: &Evidence<'_>, findings: &mut Findings) -> anyhow::Result<()> {
    let renders = renders(evidence.database).await?;
    books::check(evidence, &renders, findings).await?;
    calls::check(evidence, &renders, findings);
    posts::check(evidence, &renders, findings).await?;
    votes::check(evidence, &renders, findings).await?;
    promises::check(evidence, findings).await
}

type Row = (
    i64,
    i64,
    i64,
    i64,
    String,
    String,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

async fn renders(database: &Database) -> anyhow::Result<Vec<Render>> {
    let rows = database.all::<Row>(
        "SELECT id, draft_id, position, version, stage, state, price, parent_id, after_id, message_id, gallery_message_id
         FROM renders ORDER BY id",
    );
    let all = rows.await?.into_iter().map(
        |(id, draft, position, version, stage, state, price, parent, after, message, shown)| Render {
            id,
            draft,
            position,
            version,
            stage,
            state,
            price,
            parent,
            after,
            message,
            shown,
        },
    );
    Ok(all.collect())
}
