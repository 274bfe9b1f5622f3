//! Forgets the notes of a member.

use crate::domain::ids::{GuildId, RenderId, UserId};
use crate::domain::image::note::Changes;
use crate::store::renders::{self, notes};
use crate::store::rows::{key, render_ids};
use crate::store::{Error, Tx};

/// Removes the words of the notes that a member gave in a guild until they asked to be forgotten, from what was drawn by them too, and puts a
/// pseudonym in the member's place. A note that did not count yet is withdrawn by that. What is being
/// drawn keeps its words until it is drawn. Returns the images whose list of notes is another.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn forget(
    tx: &mut Tx,
    guild: GuildId,
    (user, asked_ms): (UserId, i64),
    pseudonym: UserId,
) -> Result<Vec<RenderId>, Error> {
    let rows = sqlx::query(
        "SELECT r.id FROM renders r WHERE r.guild_id = $1
            AND r.id IN (SELECT n.render_id FROM notes n WHERE n.user_id = $2 AND n.at_ms <= $3)
            AND NOT EXISTS (SELECT 1 FROM renders c WHERE (c.parent_id = r.id OR c.after_id = r.id)
                AND c.state IN ('queued', 'rendering'))
         ORDER BY r.draft_id, r.position, r.id",
    )
    .bind(key(guild.get()))
    .bind(key(user.get()))
    .bind(asked_ms)
    .fetch_all(tx.conn())
    .await?;
    let noted: Vec<RenderId> = render_ids(&rows)?;
    for id in &noted {
        let image = renders::lock(tx, *id).await?;
        sqlx::query(
            "UPDATE notes SET text = '', user_id = $4, struck_by = COALESCE(struck_by, $4)
             WHERE render_id = $1 AND user_id = $2 AND at_ms <= $3",
        )
        .bind(key(id.get()))
        .bind(key(user.get()))
        .bind(asked_ms)
        .bind(key(pseudonym.get()))
        .execute(tx.conn())
        .await?;
        notes::recount(tx, &image).await?;
        let left = Changes::of(&notes::standing(tx, *id).await?);
        sqlx::query(
            "UPDATE renders SET changes = $2, sent_words = NULL
             WHERE changes IS NOT NULL AND ((parent_id = $1 AND after_id IS NULL) OR after_id = $1)",
        )
        .bind(key(id.get()))
        .bind(left.lines())
        .execute(tx.conn())
        .await?;
    }
    sqlx::query(
        "UPDATE notes SET struck_by = $4 WHERE struck_by = $2 AND at_ms <= $3 AND EXISTS (SELECT 1 FROM renders r
            WHERE r.id = notes.render_id AND r.guild_id = $1)",
    )
    .bind(key(guild.get()))
    .bind(key(user.get()))
    .bind(asked_ms)
    .bind(key(pseudonym.get()))
    .execute(tx.conn())
    .await?;
    Ok(noted)
}
