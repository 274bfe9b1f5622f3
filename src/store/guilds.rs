//! Reads and writes the settings that admins choose: one row a guild, and lists of roles, channels
//! and spending limits.

pub mod crops;
pub mod digests;

use std::collections::BTreeSet;

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

use super::rows::{count, credits, id, impossible, integer, key, optional, optional_id, optional_text, text};
use super::{Error, Locked, Tx, spend_limits};
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::guild::settings::GuildSettings;
use crate::domain::ids::{ChannelId, GuildId, RoleId};
use crate::domain::money::period::Zone;

/// A setting that is one value, and so a column.
enum Column<'a> {
    Price(&'a mut Option<Credits>),
    Count(&'a mut Option<u32>),
    Flag(&'a mut Option<bool>),
    Emoji(&'a mut Option<Emoji>),
    Channel(&'a mut Option<ChannelId>),
    Role(&'a mut Option<RoleId>),
    Zone(&'a mut Option<Zone>),
}

/// A setting that is a list of ids.
enum List<'a> {
    Roles(&'a mut BTreeSet<RoleId>),
    Channels(&'a mut BTreeSet<ChannelId>),
}

/// Settings with the names under which they are kept.
type Named<T> = Vec<(&'static str, T)>;

/// Lists the settings with the names under which they are kept. Reading and writing both go by it.
/// Spending limits are in no list: they have a table of their own.
fn kept(chosen: &mut GuildSettings) -> (Named<Column<'_>>, Named<List<'_>>) {
    // Every field is named, so that a new one that is not kept does not compile.
    let GuildSettings {
        explore_price,
        review_price,
        final_price,
        review_quorum,
        final_quorum,
        own_vote,
        lead_decides,
        approve,
        veto,
        window_days,
        file_prompts,
        zone,
        gallery,
        log,
        digest,
        digest_hour,
        votes_role,
        low_pool_role,
        approvers,
        leads,
        requesters,
        channels,
        spend_limits: _,
    } = chosen;
    let columns = vec![
        ("explore_price", Column::Price(explore_price)),
        ("review_price", Column::Price(review_price)),
        ("final_price", Column::Price(final_price)),
        ("review_quorum", Column::Count(review_quorum)),
        ("final_quorum", Column::Count(final_quorum)),
        ("own_vote", Column::Flag(own_vote)),
        ("lead_decides", Column::Flag(lead_decides)),
        ("approve_emoji", Column::Emoji(approve)),
        ("veto_emoji", Column::Emoji(veto)),
        ("window_days", Column::Count(window_days)),
        ("file_prompts", Column::Flag(file_prompts)),
        ("time_zone", Column::Zone(zone)),
        ("gallery_id", Column::Channel(gallery)),
        ("log_id", Column::Channel(log)),
        ("digest_id", Column::Channel(digest)),
        ("digest_hour", Column::Count(digest_hour)),
        ("votes_role_id", Column::Role(votes_role)),
        ("low_pool_role_id", Column::Role(low_pool_role)),
    ];
    let lists = vec![
        ("approvers", List::Roles(approvers)),
        ("leads", List::Roles(leads)),
        ("requesters", List::Roles(requesters)),
        ("channels", List::Channels(channels)),
    ];
    (columns, lists)
}

impl Column<'_> {
    fn read(self, row: &AnyRow, name: &str) -> Result<(), Error> {
        match self {
            Self::Price(price) => {
                *price = optional(row, name)?.map(|_| credits(row, name)).transpose()?;
            }
            Self::Count(number) => {
                *number = optional(row, name)?.map(|_| count(row, name)).transpose()?;
            }
            Self::Flag(flag) => *flag = optional(row, name)?.map(|flag| flag != 0),
            Self::Emoji(emoji) => {
                let text = optional_text(row, name)?;
                *emoji = text.map(|text| text.parse().map_err(impossible)).transpose()?;
            }
            Self::Channel(channel) => *channel = optional_id(row, name)?.map(ChannelId::new),
            Self::Role(role) => *role = optional_id(row, name)?.map(RoleId::new),
            Self::Zone(zone) => {
                let text = optional_text(row, name)?;
                *zone = text.map(|text| text.parse().map_err(impossible)).transpose()?;
            }
        }
        Ok(())
    }

    fn bind(self, query: Query<'_, Any, AnyArguments>) -> Query<'_, Any, AnyArguments> {
        match self {
            Self::Price(price) => query.bind(price.map(Credits::get)),
            Self::Count(number) => query.bind(number.map(i64::from)),
            Self::Flag(flag) => query.bind(flag.map(i64::from)),
            Self::Emoji(emoji) => query.bind(emoji.as_ref().map(Emoji::to_string)),
            Self::Channel(channel) => query.bind(channel.map(|channel| key(channel.get()))),
            Self::Role(role) => query.bind(role.map(|role| key(role.get()))),
            Self::Zone(zone) => query.bind(zone.as_ref().map(|zone| zone.name().to_owned())),
        }
    }
}

impl List<'_> {
    fn insert(&mut self, id: u64) {
        match self {
            Self::Roles(roles) => drop(roles.insert(RoleId::new(id))),
            Self::Channels(channels) => drop(channels.insert(ChannelId::new(id))),
        }
    }

    fn ids(&self) -> Vec<u64> {
        match self {
            Self::Roles(roles) => roles.iter().map(|role| role.get()).collect(),
            Self::Channels(channels) => channels.iter().map(|channel| channel.get()).collect(),
        }
    }
}

/// Returns whether a guild has a log channel.
///
/// # Errors
/// [`Error::Database`].
pub async fn has_log(tx: &mut Tx, guild: GuildId) -> Result<bool, Error> {
    let query = sqlx::query("SELECT guild_id FROM guilds WHERE guild_id = $1 AND log_id IS NOT NULL");
    let row = query.bind(key(guild.get())).fetch_optional(tx.conn()).await?;
    Ok(row.is_some())
}

/// The settings of a guild, as its admins chose them, with the guild that they belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuildRow {
    /// The guild that the settings belong to.
    pub guild: GuildId,
    /// The settings that the guild's admins chose.
    pub settings: GuildSettings,
}

/// Returns the names of the columns of the settings. See `rows::columns` for why none says `*`.
fn names() -> String {
    let mut none = GuildSettings::default();
    let (columns, _) = kept(&mut none);
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

/// Returns the settings that a guild's admins chose. Without a row nothing is chosen.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn read(tx: &mut Tx, guild: GuildId) -> Result<GuildSettings, Error> {
    let sql = format!("SELECT {} FROM guilds WHERE guild_id = $1", names());
    let query = sqlx::query(AssertSqlSafe(sql)).bind(key(guild.get()));
    match query.fetch_optional(tx.conn()).await? {
        None => Ok(GuildSettings::default()),
        Some(row) => settings(tx, guild, &row).await,
    }
}

/// Returns how often the settings of a guild were changed.
///
/// # Errors
/// [`Error::Database`].
pub async fn version(tx: &mut Tx, guild: GuildId) -> Result<i64, Error> {
    let query = sqlx::query("SELECT version FROM guilds WHERE guild_id = $1").bind(key(guild.get()));
    let row = query.fetch_optional(tx.conn()).await?;
    row.map_or(Ok(0), |row| integer(&row, "version"))
}

/// Locks the row of a guild's settings, then reads the settings. The transaction may lock jobs
/// afterwards, and no other rows.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn lock(tx: &mut Tx, guild: GuildId) -> Result<Locked<GuildRow>, Error> {
    let sql = format!(
        "INSERT INTO guilds (guild_id) VALUES ($1)
         ON CONFLICT (guild_id) DO UPDATE SET guild_id = excluded.guild_id RETURNING {}",
        names()
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(key(guild.get()))
        .fetch_one(tx.conn())
        .await?;
    let settings = settings(tx, guild, &row).await?;
    Ok(Locked::new(tx, GuildRow { guild, settings }))
}

/// Records the settings that a guild's admins chose.
///
/// # Errors
/// [`Error::Database`].
pub async fn write(tx: &mut Tx, row: &Locked<GuildRow>, chosen: &GuildSettings) -> Result<(), Error> {
    let guild = row.of(tx)?.guild;
    let mut chosen = chosen.clone();
    let (columns, lists) = kept(&mut chosen);
    let set: Vec<String> = (2..)
        .zip(&columns)
        .map(|(n, (name, _))| format!("{name} = ${n}"))
        .collect();
    let sql = format!(
        "UPDATE guilds SET version = version + 1, {} WHERE guild_id = $1",
        set.join(", ")
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(key(guild.get()));
    let query = columns
        .into_iter()
        .fold(query, |query, (_, column)| column.bind(query));
    query.execute(tx.conn()).await?;
    for (name, list) in lists {
        replace(tx, guild, name, list.ids()).await?;
    }
    spend_limits::replace(tx, guild, &chosen.spend_limits).await
}

async fn replace(tx: &mut Tx, guild: GuildId, list: &str, ids: Vec<u64>) -> Result<(), Error> {
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
            .bind(key(id))
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// Reads the settings of a row, with the lists and the spending limits that belong to them.
async fn settings(tx: &mut Tx, guild: GuildId, row: &AnyRow) -> Result<GuildSettings, Error> {
    let mut chosen = GuildSettings::default();
    let query = sqlx::query("SELECT list, id FROM guild_lists WHERE guild_id = $1").bind(key(guild.get()));
    let listed = query.fetch_all(tx.conn()).await?;
    let (columns, mut lists) = kept(&mut chosen);
    for (name, column) in columns {
        column.read(row, name)?;
    }
    for row in listed {
        let (name, id) = (text(&row, "list")?, id(&row, "id")?);
        let list = lists.iter_mut().find(|(list, _)| *list == name);
        let (_, list) = list.ok_or_else(|| impossible(format!("a list of {name}")))?;
        list.insert(id);
    }
    chosen.spend_limits = spend_limits::read(tx, guild).await?;
    Ok(chosen)
}
