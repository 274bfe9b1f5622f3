//! Finds what is kept of old drafts, and records what of it is removed.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;

use crate::domain::approval::vote::Image;
use crate::domain::draft::entity::Draft;
use crate::domain::draft::prompt::Prompt;
use crate::domain::guild::retention::Kept;
use crate::domain::ids::{DraftId, RenderId};
use crate::domain::limits;
use crate::store::rows::{id, integer, key, places, render_ids};
use crate::store::{Error, Locked, Tx, drafts, renders};

/// Returns the drafts after `after` that were accepted before a time, in milliseconds since 1970, and
/// of which something is kept: the oldest first, [`limits::RETENTION_PAGE`] at most.
///
/// # Errors
/// [`Error::Database`].
pub async fn kept(tx: &mut Tx, of: Kept, after: DraftId, before_ms: i64) -> Result<Vec<DraftId>, Error> {
    let sql = match of {
        Kept::Prompts => {
            "SELECT d.id FROM drafts d WHERE d.forgotten = 0 AND d.id > $1 AND d.created_ms < $2 ORDER BY d.id LIMIT $3"
        }
        Kept::References => {
            "SELECT d.id FROM drafts d WHERE d.reference_count > 0 AND d.references_removed_ms IS NULL
                AND d.id > $1 AND d.created_ms < $2 ORDER BY d.id LIMIT $3"
        }
        Kept::Originals => {
            "SELECT DISTINCT r.draft_id AS id FROM renders r JOIN drafts d ON d.id = r.draft_id
             WHERE r.state = 'done' AND r.original_removed_ms IS NULL AND r.draft_id > $1 AND d.id > $1
                AND d.created_ms < $2
             ORDER BY r.draft_id LIMIT $3"
        }
    };
    let query = sqlx::query(sql)
        .bind(key(after.get()))
        .bind(before_ms)
        .bind(limits::RETENTION_PAGE);
    let rows = query.fetch_all(tx.conn()).await?;
    rows.iter().map(|row| Ok(DraftId::new(id(row, "id")?))).collect()
}

/// Returns whether a message of a draft is still to be posted, or edited from its files.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_posting(tx: &mut Tx, draft: DraftId) -> Result<bool, Error> {
    let query = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM jobs WHERE kind IN ('open_thread', 'show_progress') AND target = $1)
            + (SELECT COUNT(*) FROM renders r JOIN jobs j ON j.target = r.id
                WHERE r.draft_id = $1 AND j.kind IN ('deliver', 'exhibit', 'show_tally')) AS jobs",
    );
    let row = query.bind(key(draft.get())).fetch_one(tx.conn()).await?;
    Ok(integer(&row, "jobs")? > 0)
}

/// A draft with all of its images, which a transaction has locked: nothing more is asked for of any of
/// them before the commit.
#[derive(Debug)]
pub struct WholeDraft {
    /// The draft.
    pub draft: Locked<Draft>,
    images: Vec<Locked<Image>>,
}

/// Locks a draft, then all of its images in their order.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for a missing or impossible row.
pub async fn lock(tx: &mut Tx, draft: DraftId) -> Result<WholeDraft, Error> {
    let draft = drafts::lock(tx, draft).await?;
    let query = sqlx::query("SELECT id FROM renders WHERE draft_id = $1 ORDER BY position, id");
    let rows = query.bind(key(draft.id.get())).fetch_all(tx.conn()).await?;
    let mut images = Vec::new();
    for id in render_ids::<Vec<RenderId>>(&rows)? {
        images.push(renders::lock(tx, id).await?);
    }
    Ok(WholeDraft { draft, images })
}

/// Records that something of a draft is removed. Returns how much: how many originals or references,
/// or one prompt. The references of a draft go with its prompt.
///
/// # Errors
/// [`Error::Database`].
pub async fn remove(tx: &mut Tx, whole: &WholeDraft, what: Kept, now_ms: i64) -> Result<u64, Error> {
    for image in &whole.images {
        image.of(tx)?;
    }
    let draft = key(whole.draft.of(tx)?.id.get());
    match what {
        Kept::Originals => {
            let marked = sqlx::query(
                "UPDATE renders SET original_removed_ms = $2
                 WHERE draft_id = $1 AND state = 'done' AND original_removed_ms IS NULL",
            );
            let marked = marked.bind(draft).bind(now_ms).execute(tx.conn()).await?;
            Ok(marked.rows_affected())
        }
        Kept::References => {
            let marked = sqlx::query(
                "UPDATE drafts SET references_removed_ms = $2
                 WHERE id = $1 AND reference_count > 0 AND references_removed_ms IS NULL",
            );
            let marked = marked.bind(draft).bind(now_ms).execute(tx.conn()).await?;
            Ok(marked.rows_affected() * u64::from(whole.draft.references))
        }
        Kept::Prompts => remove_words(tx, draft, now_ms).await,
    }
}

/// Removes the words of a draft that nobody has asked to forget.
async fn remove_words(tx: &mut Tx, draft: i64, now_ms: i64) -> Result<u64, Error> {
    let removed = sqlx::query(
        "UPDATE drafts SET prompt = $2, keep = NULL, answer_token = NULL, forgotten = 1, fingerprint = NULL,
            prompt_removed_ms = $3,
            references_removed_ms = CASE WHEN reference_count > 0 THEN COALESCE(references_removed_ms, $3)
                ELSE references_removed_ms END
         WHERE id = $1 AND forgotten = 0",
    );
    let removed = removed
        .bind(draft)
        .bind(Prompt::forgotten().as_str().to_owned())
        .bind(now_ms);
    let removed = removed.execute(tx.conn()).await?.rows_affected();
    if removed == 0 {
        return Ok(0);
    }
    for sql in [
        "UPDATE renders SET changes = NULL, sent_words = NULL, notes = 0, clash = 0 WHERE draft_id = $1",
        "UPDATE notes SET text = '', struck_by = COALESCE(struck_by, user_id)
         WHERE render_id IN (SELECT id FROM renders WHERE draft_id = $1)",
    ] {
        sqlx::query(sql).bind(draft).execute(tx.conn()).await?;
    }
    Ok(removed)
}

/// Returns those of some renders whose originals are recorded as removed: of one at least, and of
/// [`drafts::ASKED_AT_ONCE`] at most.
///
/// # Errors
/// [`Error::Database`].
pub async fn removed(tx: &mut Tx, some: &[RenderId]) -> Result<BTreeSet<RenderId>, Error> {
    let sql = format!(
        "SELECT id FROM renders WHERE original_removed_ms IS NOT NULL AND id IN {}",
        places(1, some.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for render in some {
        query = query.bind(key(render.get()));
    }
    render_ids(&query.fetch_all(tx.conn()).await?)
}
