//! Reads the books page by page: a guild can have millions of entries.

pub mod report;

use sqlx::any::AnyRow;

use super::rows::columns::columns;
use super::rows::{credits, id, impossible, integer, key, optional_id, optional_text, pool, text};
use super::{Error, Tx};
use crate::domain::credits::{Credits, Pool};
use crate::domain::engine::cost::Usd;
use crate::domain::ids::{ChannelId, DraftId, EntryId, GuildId, RenderId, UserId};
use crate::domain::image::drift::Likeness;
use crate::domain::image::number::Number;
use crate::domain::money::export::{BookLine, Bought, Fate, Move, Told};
use crate::domain::stage::Stage;

/// An entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number of the entry. Later entries have greater numbers.
    pub id: i64,
    /// The kind of the entry.
    pub kind: Move,
    /// The name of the kind, as the database has it.
    pub name: String,
    /// The credits that the entry adds, takes back, reserves, keeps or gives back.
    pub amount: Credits,
    /// The render that is paid for. `None` for a grant or a correction.
    pub render: Option<RenderId>,
    /// The number of the hold that the entry settles or releases. `None` for any other entry.
    pub closes: Option<i64>,
    /// The member who made the entry. `None` where the bot did.
    pub actor: Option<UserId>,
    /// The reason that the member typed, or the name of the setting that made a grant. `None` if
    /// there is none.
    pub reason: Option<String>,
    /// When the entry was made, in milliseconds since 1970.
    pub at_ms: i64,
}

/// A row of the lineage: an image, with where it comes from and what it cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageLine {
    /// The render that makes the image.
    pub render: RenderId,
    /// The draft that the image belongs to.
    pub draft: DraftId,
    /// The approved image that this one was made of. `None` at the first stage.
    pub parent: Option<RenderId>,
    /// The image that it is another version of. `None` unless it is one.
    pub after: Option<RenderId>,
    /// Which image of the draft it is.
    pub number: Number,
    /// The name of the image's stage.
    pub stage: String,
    /// The name of the render's state.
    pub state: String,
    /// The price of the render.
    pub price: Credits,
    /// What the paid call cost the operator. `None` if the engine did not say.
    pub usd: Option<Usd>,
    /// The engine's name for the paid call. `None` if the engine gave none.
    pub request: Option<String>,
    /// The size of the engine's picture in pixels, width and height, once there is one.
    pub pixels: Option<(i64, i64)>,
    /// How alike the picture is to the approved one that it was made of. `None` where that was not
    /// measured.
    pub likeness: Option<Likeness>,
    /// The member who asked for the draft.
    pub requester: UserId,
    /// The prompt of the draft.
    pub prompt: String,
    /// The members who approved the next stage.
    pub voters: Vec<UserId>,
    /// When the render was queued, in milliseconds since 1970.
    pub queued_ms: i64,
}

/// Returns the guilds that have a pool, each with the pool's cached sums.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible pool.
pub async fn pools(tx: &mut Tx) -> Result<Vec<(GuildId, Pool)>, Error> {
    let rows = sqlx::query("SELECT guild_id, granted, held, settled FROM pools ORDER BY guild_id");
    let rows = rows.fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|row| Ok((GuildId::new(id(row, "guild_id")?), pool(row)?)))
        .collect()
}

/// Returns at most `max` entries of a guild that come after one, in order.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn entries(tx: &mut Tx, guild: GuildId, after: i64, max: i64) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query(concat!(
        "SELECT ",
        columns!(entries, ""),
        " FROM entries WHERE guild_id = $1 AND id > $2 ORDER BY id LIMIT $3"
    ))
    .bind(key(guild.get()))
    .bind(after)
    .bind(max)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &AnyRow) -> Result<Entry, Error> {
    let name = text(row, "kind")?;
    Ok(Entry {
        id: integer(row, "id")?,
        kind: Move::from_name(&name).ok_or_else(|| impossible(format!("an entry of kind {name}")))?,
        name,
        amount: credits(row, "amount")?,
        render: optional_id(row, "render_id")?.map(RenderId::new),
        closes: super::rows::optional(row, "closes")?,
        actor: optional_id(row, "actor_id")?.map(UserId::new),
        reason: optional_text(row, "reason")?,
        at_ms: integer(row, "at_ms")?,
    })
}

/// Returns the grant or the correction of an entry, and the guild of it. Returns `None` for an entry
/// of another kind.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn change(tx: &mut Tx, entry: EntryId) -> Result<Option<(GuildId, BookLine)>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(entries, ""),
        " FROM entries WHERE id = $1 AND kind IN ('grant', 'correction')"
    ));
    let row = query.bind(key(entry.get())).fetch_optional(tx.conn()).await?;
    row.map(|row| Ok((GuildId::new(id(&row, "guild_id")?), line(&row)?)))
        .transpose()
}

/// Returns the latest grants, corrections and holds of a guild, the newest first, with what became
/// of each hold. If a member is named, returns only those of their drafts, without grants.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn recent(
    tx: &mut Tx,
    guild: GuildId,
    member: Option<UserId>,
    max: i64,
) -> Result<Vec<BookLine>, Error> {
    let sql = if member.is_some() {
        concat!(
            "SELECT ",
            columns!(entries, "e."),
            ", c.kind AS closed_by, r.stage, r.position, r.version, r.parent_id, r.draft_id,
            d.requester_id, d.thread_id, d.prompt FROM drafts d
         JOIN renders r ON r.draft_id = d.id JOIN entries e ON e.render_id = r.id AND e.kind = 'hold'
         LEFT JOIN entries c ON c.closes = e.id
         WHERE d.guild_id = $1 AND d.requester_id = $3 ORDER BY e.id DESC LIMIT $2"
        )
    } else {
        concat!(
            "SELECT ",
            columns!(entries, "e."),
            ", c.kind AS closed_by, r.stage, r.position, r.version, r.parent_id, r.draft_id,
            d.requester_id, d.thread_id, d.prompt FROM entries e
         LEFT JOIN entries c ON c.closes = e.id LEFT JOIN renders r ON r.id = e.render_id
         LEFT JOIN drafts d ON d.id = r.draft_id
         WHERE e.guild_id = $1 AND e.kind IN ('grant', 'correction', 'hold') ORDER BY e.id DESC LIMIT $2"
        )
    };
    let mut query = sqlx::query(sql).bind(key(guild.get())).bind(max);
    if let Some(member) = member {
        query = query.bind(key(member.get()));
    }
    let rows = query.fetch_all(tx.conn()).await?;
    rows.iter().map(line).collect()
}

fn line(row: &AnyRow) -> Result<BookLine, Error> {
    let kind = text(row, "kind")?;
    let told = if kind == "grant" {
        Told::Grant {
            actor: optional_id(row, "actor_id")?.map(UserId::new),
            reason: optional_text(row, "reason")?,
        }
    } else if kind == "correction" {
        Told::Correction {
            actor: UserId::new(id(row, "actor_id")?),
            reason: text(row, "reason")?,
        }
    } else {
        Told::Images(bought(row)?)
    };
    Ok(BookLine {
        told,
        amount: credits(row, "amount")?,
        at_ms: integer(row, "at_ms")?,
    })
}

fn bought(row: &AnyRow) -> Result<Bought, Error> {
    let stage = text(row, "stage")?;
    let fate = match optional_text(row, "closed_by")?.as_deref() {
        None => Fate::Held,
        Some("settle") => Fate::Spent,
        Some("release") => Fate::GivenBack,
        Some(kind) => return Err(impossible(format!("a hold that is closed by a {kind}"))),
    };
    Ok(Bought {
        draft: DraftId::new(id(row, "draft_id")?),
        prompt: text(row, "prompt")?,
        requester: UserId::new(id(row, "requester_id")?),
        stage: Stage::from_name(&stage).ok_or_else(|| impossible(format!("a stage {stage}")))?,
        number: super::rows::number(row)?,
        images: 1,
        parent: optional_id(row, "parent_id")?.map(RenderId::new),
        thread: optional_id(row, "thread_id")?.map(ChannelId::new),
        fates: vec![(fate, credits(row, "amount")?)],
    })
}

/// Returns what a member's drafts have spent and what they hold now, later stages included.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible sum.
pub async fn of_member(tx: &mut Tx, guild: GuildId, member: UserId) -> Result<(Credits, Credits), Error> {
    let row = sqlx::query(
        "SELECT CAST(COALESCE(SUM(CASE WHEN c.kind = 'settle' THEN e.amount ELSE 0 END), 0) AS BIGINT) AS spent,
            CAST(COALESCE(SUM(CASE WHEN c.id IS NULL THEN e.amount ELSE 0 END), 0) AS BIGINT) AS held
         FROM drafts d JOIN renders r ON r.draft_id = d.id JOIN entries e ON e.render_id = r.id AND e.kind = 'hold'
         LEFT JOIN entries c ON c.closes = e.id WHERE d.guild_id = $1 AND d.requester_id = $2",
    )
    .bind(key(guild.get()))
    .bind(key(member.get()))
    .fetch_one(tx.conn())
    .await?;
    Ok((credits(&row, "spent")?, credits(&row, "held")?))
}

/// Returns at most `max` images of a guild that come after one, in order.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn images(
    tx: &mut Tx,
    guild: GuildId,
    after: Option<RenderId>,
    max: i64,
) -> Result<Vec<ImageLine>, Error> {
    let rows = sqlx::query(
        "SELECT r.id, r.draft_id, r.parent_id, r.after_id, r.position, r.version, r.stage, r.state, r.price, r.width, r.height, r.queued_ms,
            r.usd_micros, r.request_id, r.likeness_permille, d.requester_id, d.prompt
         FROM renders r JOIN drafts d ON d.id = r.draft_id
         WHERE r.guild_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3",
    )
    .bind(key(guild.get()))
    .bind(after.map_or(0, |render| key(render.get())))
    .bind(max)
    .fetch_all(tx.conn())
    .await?;
    let mut all = rows.iter().map(image).collect::<Result<Vec<_>, _>>()?;
    let (Some(first), Some(last)) = (all.first().map(|i| i.render), all.last().map(|i| i.render)) else {
        return Ok(all);
    };
    let votes = sqlx::query(
        "SELECT DISTINCT v.render_id, v.user_id FROM votes v JOIN renders r ON r.id = v.render_id
         WHERE r.guild_id = $1 AND r.id BETWEEN $2 AND $3 AND v.kind = 'approve' ORDER BY v.render_id, v.user_id",
    )
    .bind(key(guild.get()))
    .bind(key(first.get()))
    .bind(key(last.get()))
    .fetch_all(tx.conn())
    .await?;
    for vote in &votes {
        let (render, user) = (
            RenderId::new(id(vote, "render_id")?),
            UserId::new(id(vote, "user_id")?),
        );
        if let Ok(at) = all.binary_search_by_key(&render, |image| image.render) {
            all[at].voters.push(user);
        }
    }
    Ok(all)
}

fn image(row: &AnyRow) -> Result<ImageLine, Error> {
    let size = (
        super::rows::optional(row, "width")?,
        super::rows::optional(row, "height")?,
    );
    Ok(ImageLine {
        render: RenderId::new(id(row, "id")?),
        draft: DraftId::new(id(row, "draft_id")?),
        parent: optional_id(row, "parent_id")?.map(RenderId::new),
        after: optional_id(row, "after_id")?.map(RenderId::new),
        number: super::rows::number(row)?,
        stage: text(row, "stage")?,
        state: text(row, "state")?,
        price: credits(row, "price")?,
        usd: super::rows::usd(row, "usd_micros")?,
        request: super::rows::optional_text(row, "request_id")?,
        pixels: size.0.zip(size.1),
        likeness: super::rows::likeness(row)?,
        requester: UserId::new(id(row, "requester_id")?),
        prompt: text(row, "prompt")?,
        voters: Vec::new(),
        queued_ms: integer(row, "queued_ms")?,
    })
}
