//! The vote on an image's next stage, in the row of the image.

use std::collections::BTreeSet;

use sqlx::any::AnyRow;

use crate::domain::approval::{Terms, VoteState};
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, GuildId, ProjectId, RenderId, RoleId, UserId};
use crate::domain::money::project::Waiting;
use crate::domain::money::spend_limit::Capped;
use crate::domain::stage::Stage;
use crate::store::rows::{
    count, credits, id, impossible, integer, key, optional, optional_id, optional_text, text,
};
use crate::store::{Error, Tx};

/// The vote on the next stage of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// How it stands.
    pub state: VoteState,
    /// Raised by every vote, so that a recount notices one that came while it was reading.
    pub version: i64,
    /// What was fixed when it opened.
    pub terms: Option<Terms>,
    /// Since when it waits for credits or a cap, in milliseconds since 1970.
    pub waiting_since_ms: Option<i64>,
    /// When its thread is to be reminded of it, in milliseconds since 1970; nothing once it was.
    pub remind_ms: Option<i64>,
    /// Who stopped it and why, if somebody did and it was not lifted.
    pub stop: Option<Stop>,
    /// The cap that stops it, if one does.
    pub capped: Option<Capped>,
}

/// A lead's stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Who.
    pub by: UserId,
    /// Why, if they said so.
    pub reason: Option<String>,
}

/// The threads in which there are images whose vote can still change something.
///
/// # Errors
/// [`Error::Database`].
pub async fn voting_threads(tx: &mut Tx) -> Result<Vec<ChannelId>, Error> {
    let query = sqlx::query(
        "SELECT DISTINCT d.thread_id FROM renders r JOIN drafts d ON d.id = r.draft_id
         WHERE r.vote_state IN ('open', 'waiting') AND d.thread_id IS NOT NULL ORDER BY d.thread_id",
    );
    let rows = query.fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|row| Ok(ChannelId::new(id(row, "thread_id")?)))
        .collect()
}

/// The images whose vote can still change something and whose thread, or the channel that it hangs in, is this one.
///
/// # Errors
/// [`Error::Database`].
pub async fn voting_in(tx: &mut Tx, channel: ChannelId) -> Result<Vec<RenderId>, Error> {
    let query = sqlx::query(
        "SELECT r.id FROM drafts d JOIN renders r ON r.draft_id = d.id
         WHERE (d.thread_id = $1 OR d.channel_id = $1 OR d.parent_id = $1) AND r.vote_state IN ('open', 'waiting') ORDER BY r.id",
    );
    ids(query.bind(key(channel.get())).fetch_all(tx.conn()).await?)
}

/// How many votes of a guild can still change something.
///
/// # Errors
/// [`Error::Database`].
pub async fn voting_count(tx: &mut Tx, guild: GuildId) -> Result<u32, Error> {
    let query = sqlx::query(
        "SELECT COUNT(*) AS votes FROM renders WHERE guild_id = $1 AND vote_state IN ('open', 'waiting')",
    );
    count(&query.bind(key(guild.get())).fetch_one(tx.conn()).await?, "votes")
}

/// Some of the votes of a guild that can still change something, the first to close first, from one on.
///
/// # Errors
/// [`Error::Database`].
pub async fn voting_of(tx: &mut Tx, guild: GuildId, from: u32, max: u32) -> Result<Vec<RenderId>, Error> {
    let query = sqlx::query(
        "SELECT id FROM renders WHERE guild_id = $1 AND vote_state IN ('open', 'waiting')
         ORDER BY vote_closes_ms, draft_id, position, id LIMIT $2 OFFSET $3",
    )
    .bind(key(guild.get()))
    .bind(i64::from(max))
    .bind(i64::from(from));
    ids(query.fetch_all(tx.conn()).await?)
}

/// The approvals of a guild that wait for credits, oldest first. Lock the pool first: whoever begins to wait does.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for a row that cannot be.
pub async fn waiting(tx: &mut Tx, guild: GuildId) -> Result<Vec<Waiting>, Error> {
    let query = sqlx::query(
        "SELECT r.id, r.stage, r.vote_price, d.project_id FROM renders r JOIN drafts d ON d.id = r.draft_id
         WHERE r.guild_id = $1 AND r.vote_state = 'waiting' AND r.capped_by IS NULL
         ORDER BY r.waiting_since_ms, r.id",
    );
    let rows = query.bind(key(guild.get())).fetch_all(tx.conn()).await?;
    let waiting = |row: &AnyRow| {
        let stage = text(row, "stage")?;
        let next = Stage::from_name(&stage).and_then(Stage::next);
        let next = next.ok_or_else(|| impossible(format!("an approval of a {stage}")))?;
        Ok(Waiting {
            render: RenderId::new(id(row, "id")?),
            bucket: optional_id(row, "project_id")?.map(|project| (ProjectId::new(project), next)),
            price: credits(row, "vote_price")?,
        })
    };
    rows.iter().map(waiting).collect()
}

/// Approvals of a guild that a cap stops, the oldest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn capped(tx: &mut Tx, guild: GuildId) -> Result<Vec<RenderId>, Error> {
    let query = sqlx::query(
        "SELECT id FROM renders WHERE guild_id = $1 AND vote_state = 'waiting' AND capped_by IS NOT NULL
         ORDER BY waiting_since_ms, id",
    );
    ids(query.bind(key(guild.get())).fetch_all(tx.conn()).await?)
}

/// Opens the vote on an image's next stage, for the first time or anew, to be reminded of at a time, in milliseconds since
/// 1970. Lock the render first.
///
/// # Errors
/// [`Error::Database`].
pub async fn open_vote(tx: &mut Tx, render: RenderId, terms: &Terms, remind_ms: i64) -> Result<(), Error> {
    sqlx::query(
        "UPDATE renders SET vote_state = 'open', vote_price = $2, vote_quorum = $3, vote_own = $4, vote_closes_ms = $5,
            vote_lead_decides = $6, vote_approve = $7, vote_veto = $8, vote_approvers = $9, vote_leads = $10,
            vote_remind_ms = $11, stopped_by = NULL, stop_reason = NULL
         WHERE id = $1",
    )
    .bind(key(render.get()))
    .bind(terms.price.get())
    .bind(i64::from(terms.quorum))
    .bind(i64::from(terms.own_vote))
    .bind(terms.closes_ms)
    .bind(i64::from(terms.lead_decides))
    .bind(terms.approve.to_string())
    .bind(terms.veto.to_string())
    .bind(listed(&terms.approvers))
    .bind(listed(&terms.leads))
    .bind(remind_ms)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Records a move of the vote; `Waiting` since a time. No cap stops it any more, and a stop is over, unless the vote closes
/// with it; for these, see [`limit`] and [`stop`]. Lock the render first.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_vote(
    tx: &mut Tx,
    render: RenderId,
    state: VoteState,
    since_ms: Option<i64>,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE renders SET vote_state = $2, waiting_since_ms = $3, capped_by = NULL, capped_until_ms = NULL,
            stopped_by = CASE WHEN $4 = 1 THEN stopped_by ELSE NULL END,
            stop_reason = CASE WHEN $4 = 1 THEN stop_reason ELSE NULL END
         WHERE id = $1",
    )
    .bind(key(render.get()))
    .bind(state.name())
    .bind(since_ms)
    .bind(i64::from(state == VoteState::Closed))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Records that a cap stops an approval, which waits since a time. Lock the render first.
///
/// # Errors
/// [`Error::Database`].
pub async fn limit(tx: &mut Tx, render: RenderId, capped: &Capped, since_ms: i64) -> Result<(), Error> {
    let query = sqlx::query(
        "UPDATE renders SET vote_state = 'waiting', waiting_since_ms = $2, capped_by = $3, capped_until_ms = $4,
            stopped_by = NULL, stop_reason = NULL
         WHERE id = $1",
    );
    query
        .bind(key(render.get()))
        .bind(since_ms)
        .bind(capped.by.to_string())
        .bind(capped.until_ms)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Notes that a thread was reminded of a vote at the time that was set for it, unless it has opened anew since. Lock the
/// render first.
///
/// # Errors
/// [`Error::Database`].
pub async fn reminded(tx: &mut Tx, render: RenderId, remind_ms: i64) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET vote_remind_ms = NULL WHERE id = $1 AND vote_remind_ms = $2");
    query
        .bind(key(render.get()))
        .bind(remind_ms)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Records that a lead stopped an open or waiting vote; a reason that another gave is gone. Lock the render first.
///
/// # Errors
/// [`Error::Database`].
pub async fn stop(tx: &mut Tx, render: RenderId, by: UserId) -> Result<(), Error> {
    let query = sqlx::query(
        "UPDATE renders SET vote_state = 'open', waiting_since_ms = NULL, capped_by = NULL, capped_until_ms = NULL,
            stop_reason = CASE WHEN stopped_by = $2 THEN stop_reason ELSE NULL END, stopped_by = $2
         WHERE id = $1",
    );
    query
        .bind(key(render.get()))
        .bind(key(by.get()))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Records why a vote is stopped. Lock the render first.
///
/// # Errors
/// [`Error::Database`].
pub async fn explain_stop(tx: &mut Tx, render: RenderId, reason: &str) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET stop_reason = $2 WHERE id = $1 AND stopped_by IS NOT NULL");
    query
        .bind(key(render.get()))
        .bind(reason.to_owned())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Notes that a vote was cast or withdrawn. Lock the render first.
///
/// # Errors
/// [`Error::Database`].
pub async fn bump_vote(tx: &mut Tx, render: RenderId) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET vote_version = vote_version + 1 WHERE id = $1");
    query.bind(key(render.get())).execute(tx.conn()).await?;
    Ok(())
}

/// Roles as one text.
fn listed(roles: &BTreeSet<RoleId>) -> String {
    let ids: Vec<String> = roles.iter().map(ToString::to_string).collect();
    ids.join(" ")
}

fn roles(row: &AnyRow, column: &str) -> Result<BTreeSet<RoleId>, Error> {
    let listed = text(row, column)?;
    let ids = listed.split_whitespace().map(str::parse);
    ids.map(|id| id.map(RoleId::new).map_err(impossible)).collect()
}

fn ids(rows: Vec<AnyRow>) -> Result<Vec<RenderId>, Error> {
    rows.into_iter()
        .map(|row| Ok(RenderId::new(id(&row, "id")?)))
        .collect()
}

pub(super) fn from_row(row: &AnyRow) -> Result<Vote, Error> {
    let name = text(row, "vote_state")?;
    let stop = match optional_id(row, "stopped_by")? {
        None => None,
        Some(by) => Some(Stop {
            by: UserId::new(by),
            reason: optional_text(row, "stop_reason")?,
        }),
    };
    let capped = match optional_text(row, "capped_by")? {
        None => None,
        Some(by) => Some(Capped {
            by: by.parse().map_err(impossible)?,
            until_ms: optional(row, "capped_until_ms")?,
        }),
    };
    // A vote that is stopped is an open one with somebody who stopped it, and one that is capped waits with the cap.
    let state = match VoteState::from_name(&name) {
        Some(VoteState::Open) if stop.is_some() => VoteState::Stopped,
        Some(VoteState::Waiting) if capped.is_some() => VoteState::Capped,
        Some(state) => state,
        None => return Err(impossible(format!("a vote that is {name}"))),
    };
    Ok(Vote {
        state,
        version: integer(row, "vote_version")?,
        terms: terms_from_row(row)?,
        waiting_since_ms: optional(row, "waiting_since_ms")?,
        remind_ms: optional(row, "vote_remind_ms")?,
        stop,
        capped,
    })
}

fn terms_from_row(row: &AnyRow) -> Result<Option<Terms>, Error> {
    let Some(closes_ms) = optional(row, "vote_closes_ms")? else {
        return Ok(None);
    };
    let emoji = |column: &str| -> Result<Emoji, Error> { text(row, column)?.parse().map_err(impossible) };
    Ok(Some(Terms {
        price: credits(row, "vote_price")?,
        quorum: count(row, "vote_quorum")?,
        own_vote: integer(row, "vote_own")? != 0,
        lead_decides: integer(row, "vote_lead_decides")? != 0,
        approve: emoji("vote_approve")?,
        veto: emoji("vote_veto")?,
        approvers: roles(row, "vote_approvers")?,
        leads: roles(row, "vote_leads")?,
        closes_ms,
    }))
}
