//! Reads and writes the vote on an image's next stage, in the row of the image.

use std::collections::BTreeSet;

use sqlx::any::AnyRow;

use crate::domain::approval::terms::Terms;
use crate::domain::approval::vote::{Image, Stop, Vote, VoteState};
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, GuildId, ProjectId, RenderId, RoleId, UserId};
use crate::domain::money::project::Waiting;
use crate::domain::money::spend_limit::Capped;
use crate::domain::stage::Stage;
use crate::store::rows::{
    count, credits, id, impossible, integer, key, optional, optional_id, optional_text, render_ids, text,
};
use crate::store::{Error, Locked, Tx};

/// Returns the threads that show an image whose vote is not over.
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

/// Returns the images whose vote is not over, in a thread or in the threads of a channel.
///
/// # Errors
/// [`Error::Database`].
pub async fn voting_in(tx: &mut Tx, channel: ChannelId) -> Result<Vec<RenderId>, Error> {
    let query = sqlx::query(
        "SELECT r.id FROM drafts d JOIN renders r ON r.draft_id = d.id
         WHERE (d.thread_id = $1 OR d.channel_id = $1 OR d.parent_id = $1) AND r.vote_state IN ('open', 'waiting') ORDER BY r.id",
    );
    render_ids(&query.bind(key(channel.get())).fetch_all(tx.conn()).await?)
}

/// Returns how many votes of a guild are not over: those that are open or stopped, wait for
/// credits, or are blocked by a spending limit.
///
/// # Errors
/// [`Error::Database`].
pub async fn voting_count(tx: &mut Tx, guild: GuildId) -> Result<u32, Error> {
    let query = sqlx::query(
        "SELECT COUNT(*) AS votes FROM renders WHERE guild_id = $1 AND vote_state IN ('open', 'waiting')",
    );
    count(&query.bind(key(guild.get())).fetch_one(tx.conn()).await?, "votes")
}

/// Returns at most `max` images of a guild whose vote is not over, the first to close first. Leaves
/// out the first `from` of them.
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
    render_ids(&query.fetch_all(tx.conn()).await?)
}

/// Returns the approvals of a guild that wait for credits, oldest first. The caller must hold the
/// pool's lock to act on them, because every approval joins the line under that lock.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn waiting(tx: &mut Tx, guild: GuildId) -> Result<Vec<Waiting>, Error> {
    let query = sqlx::query(
        "SELECT r.id, r.stage, r.vote_price, r.waiting_since_ms, d.project_id FROM renders r JOIN drafts d ON d.id = r.draft_id
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
            since_ms: integer(row, "waiting_since_ms")?,
        })
    };
    rows.iter().map(waiting).collect()
}

/// Returns the approvals of a guild that a spending limit blocks, the oldest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn capped(tx: &mut Tx, guild: GuildId) -> Result<Vec<RenderId>, Error> {
    let query = sqlx::query(
        "SELECT id FROM renders WHERE guild_id = $1 AND vote_state = 'waiting' AND capped_by IS NOT NULL
         ORDER BY waiting_since_ms, id",
    );
    render_ids(&query.bind(key(guild.get())).fetch_all(tx.conn()).await?)
}

/// Records the vote on an image with all data of the vote, and when the thread is to be reminded of
/// the vote, in milliseconds since 1970. [`from_row`] reads the same columns back.
///
/// # Errors
/// [`Error::Database`].
pub async fn write_vote(
    tx: &mut Tx,
    image: &Locked<Image>,
    vote: &Vote,
    remind_ms: Option<i64>,
) -> Result<(), Error> {
    let (terms, stop, capped) = (vote.terms(), vote.stop(), vote.capped());
    let yes = |yes: bool| i64::from(yes);
    sqlx::query(
        "UPDATE renders SET vote_state = $2, vote_price = $3, vote_quorum = $4, vote_own = $5, vote_closes_ms = $6,
            vote_lead_decides = $7, vote_approve = $8, vote_veto = $9, vote_approvers = $10, vote_leads = $11,
            vote_remind_ms = $12, waiting_since_ms = $13, capped_by = $14, capped_until_ms = $15, stopped_by = $16,
            stop_reason = $17
         WHERE id = $1",
    )
    .bind(key(image.of(tx)?.id.get()))
    .bind(column(vote.state()))
    .bind(terms.map(|terms| terms.price.get()))
    .bind(terms.map(|terms| i64::from(terms.quorum)))
    .bind(terms.map(|terms| yes(terms.own_vote)))
    .bind(terms.map(|terms| terms.closes_ms))
    .bind(terms.map(|terms| yes(terms.lead_decides)))
    .bind(terms.map(|terms| terms.approve.to_string()))
    .bind(terms.map(|terms| terms.veto.to_string()))
    .bind(terms.map(|terms| listed(&terms.approvers)))
    .bind(terms.map(|terms| listed(&terms.leads)))
    .bind(remind_ms)
    .bind(vote.waiting_since_ms())
    .bind(capped.map(|capped| capped.by.to_string()))
    .bind(capped.and_then(|capped| capped.until_ms))
    .bind(stop.map(|stop| key(stop.by.get())))
    .bind(stop.and_then(|stop| stop.reason.clone()))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Returns a state as the database keeps it. A stopped vote is kept as an open one with who stopped
/// it. One that a spending limit blocks is kept as a waiting one with the limit.
const fn column(state: VoteState) -> &'static str {
    match state {
        VoteState::Stopped => VoteState::Open.name(),
        VoteState::Capped => VoteState::Waiting.name(),
        VoteState::None | VoteState::Open | VoteState::Waiting | VoteState::Spent | VoteState::Closed => {
            state.name()
        }
    }
}

/// Records that a thread was reminded of a vote at the time that was set for it, unless the vote
/// has opened anew since.
///
/// # Errors
/// [`Error::Database`].
pub async fn reminded(tx: &mut Tx, image: &Locked<Image>, remind_ms: i64) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET vote_remind_ms = NULL WHERE id = $1 AND vote_remind_ms = $2");
    query
        .bind(key(image.of(tx)?.id.get()))
        .bind(remind_ms)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Records that a vote was cast or withdrawn.
///
/// # Errors
/// [`Error::Database`].
pub async fn bump_vote(tx: &mut Tx, image: &Locked<Image>) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET vote_version = vote_version + 1 WHERE id = $1");
    query.bind(key(image.of(tx)?.id.get())).execute(tx.conn()).await?;
    Ok(())
}

/// Writes roles as one text.
fn listed(roles: &BTreeSet<RoleId>) -> String {
    let ids: Vec<String> = roles.iter().map(ToString::to_string).collect();
    ids.join(" ")
}

fn roles(row: &AnyRow, column: &str) -> Result<BTreeSet<RoleId>, Error> {
    let listed = text(row, column)?;
    let ids = listed.split_whitespace().map(str::parse);
    ids.map(|id| id.map(RoleId::new).map_err(impossible)).collect()
}

/// Reads the vote of an image's row, the vote's version, and when the thread is to be reminded of
/// the vote, in milliseconds since 1970.
///
/// # Errors
/// [`Error::Inconsistent`] for columns that are no state of a vote.
pub(super) fn from_row(row: &AnyRow) -> Result<(Vote, i64, Option<i64>), Error> {
    let name = text(row, "vote_state")?;
    let (terms, since_ms) = (terms_from_row(row)?, optional(row, "waiting_since_ms")?);
    let (stop, capped) = (stop_from_row(row)?, capped_from_row(row)?);
    let vote = match (name.as_str(), terms, stop, since_ms, capped) {
        ("none", None, None, None, None) => Vote::None,
        ("open", Some(terms), None, None, None) => Vote::Open(terms),
        ("open", Some(terms), Some(stop), None, None) => Vote::Stopped { terms, stop },
        ("waiting", Some(terms), None, Some(since_ms), None) => Vote::Waiting { terms, since_ms },
        ("waiting", Some(terms), None, Some(since_ms), Some(capped)) => Vote::Capped {
            terms,
            since_ms,
            capped,
        },
        ("spent", Some(terms), None, None, None) => Vote::Spent(terms),
        ("closed", Some(terms), stop, None, None) => Vote::Closed { terms, stop },
        _ => return Err(impossible(format!("a vote that is {name} with data of another"))),
    };
    Ok((
        vote,
        integer(row, "vote_version")?,
        optional(row, "vote_remind_ms")?,
    ))
}

fn stop_from_row(row: &AnyRow) -> Result<Option<Stop>, Error> {
    let Some(by) = optional_id(row, "stopped_by")? else {
        return Ok(None);
    };
    Ok(Some(Stop {
        by: UserId::new(by),
        reason: optional_text(row, "stop_reason")?,
    }))
}

fn capped_from_row(row: &AnyRow) -> Result<Option<Capped>, Error> {
    let Some(by) = optional_text(row, "capped_by")? else {
        return Ok(None);
    };
    Ok(Some(Capped {
        by: by.parse().map_err(impossible)?,
        until_ms: optional(row, "capped_until_ms")?,
    }))
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
