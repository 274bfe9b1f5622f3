//! Reads and writes renders: the paid calls, the messages of their images, and the vote on each
//! image's next stage.

mod call;
mod counts;
mod message;
pub mod notes;
mod outcome;
mod restored;
pub mod versions;
mod vote;

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

use crate::domain::approval::queue::Queued;
use crate::domain::approval::vote::Image;
use crate::domain::image::note::Changes;
use crate::domain::image::number::Number;
use crate::domain::image::render::{Bill, Render, Shown};

pub use self::call::{begin, is_called_off, set_called_off, set_refused_picture, set_request};
pub use self::counts::{Counts, counts};
pub use self::message::{Turn, forget_message, set_message, set_notice, set_shown, shows_next, turn};
pub use self::outcome::{set_likeness, set_outcome, set_state};
pub use self::restored::{held_back, let_go, not_over, pending, set_restored};
pub use self::vote::{
    bump_vote, capped, reminded, voting_count, voting_in, voting_of, voting_threads, waiting, write_vote,
};
use super::rows::columns::columns;
use super::rows::{
    count, credits, id, impossible, integer, key, likeness, number, optional, optional_id, optional_text,
    pixels, places, render_ids, text, usd,
};
use super::{Error, Locked, Tx};
use crate::domain::ids::{ChannelId, DraftId, GuildId, MessageId, RenderId, UserId};
use crate::domain::image::render::State;
use crate::domain::stage::Stage;

/// Records a new render, queued, unless a live render holds its number and stage. Returns whether
/// the render was recorded.
///
/// # Errors
/// [`Error::Database`].
pub async fn insert(tx: &mut Tx, new: &Render) -> Result<bool, Error> {
    Ok(insert_all(tx, std::slice::from_ref(new)).await? == 1)
}

/// Records new renders like [`insert`], in one statement. Returns how many were recorded.
///
/// # Errors
/// [`Error::Database`].
pub async fn insert_all(tx: &mut Tx, new: &[Render]) -> Result<usize, Error> {
    let sql = format!(
        "INSERT INTO renders (id, draft_id, guild_id, parent_id, after_id, position, version, stage, price, want_width,
            want_height, queued_ms, state, changes) VALUES {} ON CONFLICT DO NOTHING",
        places(new.len(), 14)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for new in new {
        query = query
            .bind(key(new.id.get()))
            .bind(key(new.draft.get()))
            .bind(key(new.guild.get()))
            .bind(new.parent.map(|parent| key(parent.get())))
            .bind(new.after.map(|after| key(after.get())))
            .bind(i64::from(new.number.position))
            .bind(i64::from(new.number.version))
            .bind(new.stage.name())
            .bind(new.price.get())
            .bind(i64::from(new.want.width))
            .bind(i64::from(new.want.height))
            .bind(new.queued_ms)
            .bind(State::Queued.name())
            .bind(new.changes.lines());
    }
    let added = query.execute(tx.conn()).await?;
    Ok(usize::try_from(added.rows_affected()).unwrap_or(usize::MAX))
}

/// Locks the row of an image, then reads the image.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for a missing or impossible row.
pub async fn lock(tx: &mut Tx, render: RenderId) -> Result<Locked<Image>, Error> {
    let query = sqlx::query(concat!(
        "UPDATE renders SET state = state WHERE id = $1 RETURNING ",
        columns!(renders, "")
    ))
    .bind(key(render.get()));
    let row = one(tx, query).await?;
    let row = row.ok_or_else(|| impossible(format!("render {render} is not there")))?;
    Ok(Locked::new(tx, row))
}

/// Returns renders in the order in which their rows are locked: by draft, then by position. All who
/// lock several keep it.
///
/// # Errors
/// [`Error::Database`].
pub async fn in_order(tx: &mut Tx, renders: &[RenderId]) -> Result<Vec<RenderId>, Error> {
    let sql = format!(
        "SELECT id FROM renders WHERE id IN {} ORDER BY draft_id, position, id",
        places(1, renders.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for render in renders {
        query = query.bind(key(render.get()));
    }
    let rows = query.fetch_all(tx.conn()).await?;
    render_ids(&rows)
}

/// Reads an image without locking its row. Returns `None` if there is no such render.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn find(tx: &mut Tx, render: RenderId) -> Result<Option<Image>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(renders, ""),
        " FROM renders WHERE id = $1"
    ))
    .bind(key(render.get()));
    one(tx, query).await
}

/// Returns the guild of a render.
///
/// # Errors
/// [`Error::Database`].
pub async fn guild_of(tx: &mut Tx, render: RenderId) -> Result<Option<GuildId>, Error> {
    let query = sqlx::query("SELECT guild_id FROM renders WHERE id = $1").bind(key(render.get()));
    let row = query.fetch_optional(tx.conn()).await?;
    row.map(|row| Ok(GuildId::new(id(&row, "guild_id")?))).transpose()
}

/// Returns whether any picture was ever stored for a render.
///
/// # Errors
/// [`Error::Database`].
pub async fn any_done(tx: &mut Tx) -> Result<bool, Error> {
    let done = sqlx::query("SELECT id FROM renders WHERE state = 'done' LIMIT 1");
    Ok(done.fetch_optional(tx.conn()).await?.is_some())
}

/// Returns the image of the render that a message shows. Returns `None` for a message that shows
/// none.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn in_message(tx: &mut Tx, message: MessageId) -> Result<Option<Image>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(renders, ""),
        " FROM renders WHERE message_id = $1"
    ))
    .bind(key(message.get()));
    one(tx, query).await
}

/// Returns the image that a message shows, in a thread or in a gallery. Returns `None` for a
/// message that shows none.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn shown_by(tx: &mut Tx, guild: GuildId, message: MessageId) -> Result<Option<Image>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(renders, ""),
        " FROM renders WHERE (message_id = $1 OR gallery_message_id = $1) AND guild_id = $2 AND state = 'done'"
    ));
    let query = query.bind(key(message.get())).bind(key(guild.get()));
    one(tx, query).await
}

/// Returns the image that a thread shows last, of all of its drafts or at one position.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn newest_in(
    tx: &mut Tx,
    guild: GuildId,
    thread: ChannelId,
    position: Option<u32>,
) -> Result<Option<Image>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(renders, "r."),
        " FROM drafts d JOIN renders r ON r.draft_id = d.id
         WHERE d.thread_id = $1 AND d.guild_id = $2 AND r.state = 'done' AND r.message_id IS NOT NULL
            AND ($3 = 0 OR r.position = $3) ORDER BY r.message_id DESC LIMIT 1"
    ));
    let query = query
        .bind(key(thread.get()))
        .bind(key(guild.get()))
        .bind(i64::from(position.unwrap_or(0)));
    one(tx, query).await
}

/// Returns all images of a draft, by position, stage, version and age.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn of_draft(tx: &mut Tx, draft: DraftId) -> Result<Vec<Image>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(renders, ""),
        " FROM renders WHERE draft_id = $1 ORDER BY position,
            CASE stage WHEN 'explore' THEN 1 WHEN 'review' THEN 2 ELSE 3 END, version, id"
    ));
    query
        .bind(key(draft.get()))
        .fetch_all(tx.conn())
        .await?
        .iter()
        .map(from_row)
        .collect()
}

/// Returns whether an image that a draft asked for is still to be drawn.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_drawing(tx: &mut Tx, draft: DraftId) -> Result<bool, Error> {
    let query = sqlx::query(
        "SELECT id FROM renders WHERE draft_id = $1 AND stage = 'explore' AND version = 1
            AND state IN ('queued', 'rendering') LIMIT 1",
    );
    let row = query.bind(key(draft.get())).fetch_optional(tx.conn()).await?;
    Ok(row.is_some())
}

/// Returns the render of a draft that holds a number at a stage and did not end without a picture.
/// Returns `None` if there is none.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn live(tx: &mut Tx, draft: DraftId, number: Number, stage: Stage) -> Result<Option<Image>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(renders, ""),
        " FROM renders WHERE draft_id = $1 AND position = $2 AND version = $3 AND stage = $4
         AND state NOT IN ('cancelled', 'refused', 'operator', 'broken', 'exhausted')"
    ));
    let query = query
        .bind(key(draft.get()))
        .bind(i64::from(number.position))
        .bind(i64::from(number.version))
        .bind(stage.name());
    one(tx, query).await
}

/// Returns at most `max` renders of a guild whose outcome is unknown, the oldest first.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn unknown(tx: &mut Tx, guild: GuildId, max: i64) -> Result<Vec<Image>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(renders, ""),
        " FROM renders WHERE guild_id = $1 AND state = 'unknown' ORDER BY queued_ms, id LIMIT $2"
    ));
    let rows = query
        .bind(key(guild.get()))
        .bind(max)
        .fetch_all(tx.conn())
        .await?;
    rows.iter().map(from_row).collect()
}

/// Returns the images of a guild whose vote is not over, as a member sees them, the first to close
/// first.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn queued(tx: &mut Tx, guild: GuildId, member: UserId) -> Result<Vec<Queued>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(renders, "r."),
        ", d.requester_id, (SELECT COUNT(*) FROM votes v
            WHERE v.render_id = r.id AND v.user_id = $2 AND v.kind = 'approve') AS voted
         FROM renders r JOIN drafts d ON d.id = r.draft_id
         WHERE r.guild_id = $1 AND r.vote_state IN ('open', 'waiting')
         ORDER BY r.vote_closes_ms, r.draft_id, r.position, r.id"
    ));
    let query = query.bind(key(guild.get())).bind(key(member.get()));
    let rows = query.fetch_all(tx.conn()).await?;
    let queued = |row: &AnyRow| {
        Ok(Queued {
            image: from_row(row)?,
            requester: UserId::new(id(row, "requester_id")?),
            voted: integer(row, "voted")? > 0,
        })
    };
    rows.iter().map(queued).collect()
}

/// Returns every render that is done and whose original is kept, and so is stored.
///
/// # Errors
/// [`Error::Database`].
pub async fn done(tx: &mut Tx) -> Result<Vec<RenderId>, Error> {
    let query = sqlx::query(
        "SELECT id FROM renders WHERE state = 'done' AND original_removed_ms IS NULL ORDER BY id",
    );
    let rows = query.fetch_all(tx.conn()).await?;
    render_ids(&rows)
}

/// Reads the image that a query finds, if it finds one.
async fn one(tx: &mut Tx, query: Query<'_, Any, AnyArguments>) -> Result<Option<Image>, Error> {
    let row = query.fetch_optional(tx.conn()).await?;
    row.as_ref().map(from_row).transpose()
}

fn from_row(row: &AnyRow) -> Result<Image, Error> {
    let (vote, vote_version, remind_ms) = vote::from_row(row)?;
    Ok(Image {
        render: render_from_row(row)?,
        vote,
        vote_version,
        remind_ms,
        notice: optional_id(row, "notice_id")?.map(MessageId::new),
        for_lead: restored::for_lead(row)?,
        notes: count(row, "notes")?,
    })
}

fn render_from_row(row: &AnyRow) -> Result<Render, Error> {
    let stage = text(row, "stage")?;
    let state_name = text(row, "state")?;
    let drawn = match (optional(row, "width")?, optional(row, "height")?) {
        (Some(width), Some(height)) => Some(pixels(width, height)?),
        _ => None,
    };
    Ok(Render {
        id: RenderId::new(id(row, "id")?),
        draft: DraftId::new(id(row, "draft_id")?),
        guild: GuildId::new(id(row, "guild_id")?),
        parent: optional_id(row, "parent_id")?.map(RenderId::new),
        after: optional_id(row, "after_id")?.map(RenderId::new),
        number: number(row)?,
        stage: Stage::from_name(&stage).ok_or_else(|| impossible(format!("stage {stage}")))?,
        price: credits(row, "price")?,
        want: pixels(integer(row, "want_width")?, integer(row, "want_height")?)?,
        state: State::from_parts(&state_name, drawn)
            .ok_or_else(|| impossible(format!("state {state_name}")))?,
        attempts: count(row, "attempts")?,
        queued_ms: integer(row, "queued_ms")?,
        message: optional_id(row, "message_id")?.map(MessageId::new),
        reduced: message::reduced_from_row(row)?,
        shown: shown_from_row(row)?,
        asked: call::asked_from_row(row)?,
        request_url: optional_text(row, "request_url")?,
        refused_picture: optional_text(row, "refused_picture")?
            .map(|text| {
                text.parse()
                    .map_err(|_| impossible(format!("refused picture {text}")))
            })
            .transpose()?,
        bill: Bill {
            usd: usd(row, "usd_micros")?,
            request: optional_text(row, "request_id")?,
        },
        likeness: likeness(row)?,
        changes: optional_text(row, "changes")?
            .map_or_else(Changes::none, |lines| Changes::from_lines(&lines)),
        original_removed_ms: optional(row, "original_removed_ms")?,
    })
}

fn shown_from_row(row: &AnyRow) -> Result<Option<Shown>, Error> {
    let (channel, message) = (
        optional_id(row, "gallery_id")?,
        optional_id(row, "gallery_message_id")?,
    );
    Ok(channel.zip(message).map(|(channel, message)| Shown {
        channel: ChannelId::new(channel),
        message: MessageId::new(message),
    }))
}
