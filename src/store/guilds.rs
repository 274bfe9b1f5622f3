//! What the admins of each guild chose: one row a guild, and lists of roles, channels and caps.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::any::AnyRow;

use super::rows::{count, credits, id, impossible, integer, key, optional, optional_id, optional_text, text};
use super::{Error, Tx, spend_limits};
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::guild::settings::GuildSettings;
use crate::domain::ids::{ChannelId, GuildId, RoleId};

const APPROVERS: &str = "approvers";
const LEADS: &str = "leads";
const REQUESTERS: &str = "requesters";
const CHANNELS: &str = "channels";

/// What a guild's admins chose; nothing if it has no row.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for a row that cannot be.
pub async fn read(tx: &mut Tx, guild: GuildId) -> Result<GuildSettings, Error> {
    let query = sqlx::query("SELECT * FROM guilds WHERE guild_id = $1").bind(key(guild.get()));
    match query.fetch_optional(tx.conn()).await? {
        None => Ok(GuildSettings::default()),
        Some(row) => with_lists(tx, guild, from_row(&row)?).await,
    }
}

/// Locks a guild's choices and reads them, in that order. Of other rows only jobs are locked after it.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for a row that cannot be.
pub async fn lock(tx: &mut Tx, guild: GuildId) -> Result<GuildSettings, Error> {
    let query = sqlx::query(
        "INSERT INTO guilds (guild_id) VALUES ($1)
         ON CONFLICT (guild_id) DO UPDATE SET guild_id = excluded.guild_id RETURNING *",
    );
    let row = query.bind(key(guild.get())).fetch_one(tx.conn()).await?;
    with_lists(tx, guild, from_row(&row)?).await
}

/// Records what a guild's admins chose. Lock it first.
///
/// # Errors
/// [`Error::Database`].
pub async fn write(tx: &mut Tx, guild: GuildId, chosen: &GuildSettings) -> Result<(), Error> {
    sqlx::query(
        "UPDATE guilds SET explore_price = $2, review_price = $3, final_price = $4, review_quorum = $5,
            final_quorum = $6, own_vote = $7, lead_decides = $8, approve_emoji = $9, veto_emoji = $10,
            window_days = $11, gallery_id = $12, log_id = $13, time_zone = $14
         WHERE guild_id = $1",
    )
    .bind(key(guild.get()))
    .bind(chosen.explore_price.map(Credits::get))
    .bind(chosen.review_price.map(Credits::get))
    .bind(chosen.final_price.map(Credits::get))
    .bind(chosen.review_quorum.map(i64::from))
    .bind(chosen.final_quorum.map(i64::from))
    .bind(chosen.own_vote.map(i64::from))
    .bind(chosen.lead_decides.map(i64::from))
    .bind(chosen.approve.as_ref().map(Emoji::to_string))
    .bind(chosen.veto.as_ref().map(Emoji::to_string))
    .bind(chosen.window_days.map(i64::from))
    .bind(chosen.gallery.map(|channel| key(channel.get())))
    .bind(chosen.log.map(|channel| key(channel.get())))
    .bind(chosen.zone.as_ref().map(|zone| zone.name().to_owned()))
    .execute(tx.conn())
    .await?;
    let roles = |roles: &BTreeSet<RoleId>| roles.iter().map(|role| role.get()).collect();
    let lists: [(&str, BTreeSet<u64>); 4] = [
        (APPROVERS, roles(&chosen.approvers)),
        (LEADS, roles(&chosen.leads)),
        (REQUESTERS, roles(&chosen.requesters)),
        (
            CHANNELS,
            chosen.channels.iter().map(|channel| channel.get()).collect(),
        ),
    ];
    for (list, ids) in lists {
        replace(tx, guild, list, &ids).await?;
    }
    spend_limits::replace(tx, guild, &chosen.spend_limits).await
}

async fn replace(tx: &mut Tx, guild: GuildId, list: &str, ids: &BTreeSet<u64>) -> Result<(), Error> {
    let clear = sqlx::query("DELETE FROM guild_lists WHERE guild_id = $1 AND list = $2");
    clear
        .bind(key(guild.get()))
        .bind(list.to_owned())
        .execute(tx.conn())
        .await?;
    for id in ids {
        let add = sqlx::query("INSERT INTO guild_lists (guild_id, list, id) VALUES ($1, $2, $3)");
        add.bind(key(guild.get()))
            .bind(list.to_owned())
            .bind(key(*id))
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

async fn with_lists(tx: &mut Tx, guild: GuildId, mut chosen: GuildSettings) -> Result<GuildSettings, Error> {
    let query = sqlx::query("SELECT list, id FROM guild_lists WHERE guild_id = $1").bind(key(guild.get()));
    for row in query.fetch_all(tx.conn()).await? {
        let (list, id) = (text(&row, "list")?, id(&row, "id")?);
        match list.as_str() {
            APPROVERS => drop(chosen.approvers.insert(RoleId::new(id))),
            LEADS => drop(chosen.leads.insert(RoleId::new(id))),
            REQUESTERS => drop(chosen.requesters.insert(RoleId::new(id))),
            CHANNELS => drop(chosen.channels.insert(ChannelId::new(id))),
            other => return Err(impossible(format!("a list of {other}"))),
        }
    }
    chosen.spend_limits = spend_limits::read(tx, guild).await?;
    Ok(chosen)
}

fn from_row(row: &AnyRow) -> Result<GuildSettings, Error> {
    let price = |column: &str| -> Result<Option<Credits>, Error> {
        optional(row, column)?.map(|_| credits(row, column)).transpose()
    };
    let number = |column: &str| -> Result<Option<u32>, Error> {
        optional(row, column)?.map(|_| count(row, column)).transpose()
    };
    let yes = |column: &str| -> Result<Option<bool>, Error> {
        optional(row, column)?
            .map(|_| Ok(integer(row, column)? != 0))
            .transpose()
    };
    let emoji = |column: &str| -> Result<Option<Emoji>, Error> {
        optional_text(row, column)?
            .map(|text| text.parse().map_err(impossible))
            .transpose()
    };
    Ok(GuildSettings {
        explore_price: price("explore_price")?,
        review_price: price("review_price")?,
        final_price: price("final_price")?,
        review_quorum: number("review_quorum")?,
        final_quorum: number("final_quorum")?,
        own_vote: yes("own_vote")?,
        lead_decides: yes("lead_decides")?,
        approve: emoji("approve_emoji")?,
        veto: emoji("veto_emoji")?,
        window_days: number("window_days")?,
        approvers: BTreeSet::new(),
        leads: BTreeSet::new(),
        requesters: BTreeSet::new(),
        channels: BTreeSet::new(),
        gallery: optional_id(row, "gallery_id")?.map(ChannelId::new),
        log: optional_id(row, "log_id")?.map(ChannelId::new),
        spend_limits: BTreeMap::new(),
        zone: optional_text(row, "time_zone")?
            .map(|zone| zone.parse().map_err(impossible))
            .transpose()?,
    })
}
