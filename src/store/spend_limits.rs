//! Reads and writes a guild's spending limits, and sums their usage.

use super::rows::columns::columns;
use super::rows::{credits, id, impossible, key, optional, text};
use super::{Error, Locked, Tx, privacy};
use crate::domain::credits::{Credits, GuildPool};
use crate::domain::guild::settings::ChosenSpendLimits;
use crate::domain::ids::{GuildId, UserId};
use crate::domain::money::period::{Window, Zone};
use crate::domain::money::spend_limit::{LimitReached, LimitScope, SpendLimit, Spenders, Usage};
use crate::domain::stage::Stage;

/// Selects what counts: holds that were not released, in a window, of a stage or any, of a member
/// and their pseudonym (0: of all).
macro_rules! counted {
    ($select:literal, $more:literal) => {
        concat!(
            $select,
            " FROM entries h JOIN renders r ON r.id = h.render_id
             WHERE h.guild_id = $1 AND h.kind = 'hold' AND h.at_ms >= $2 AND ($3 = 'any' OR r.stage = $3)
             AND ($4 = 0 OR (SELECT d.requester_id FROM drafts d WHERE d.id = r.draft_id) IN ($4, $5))
             AND NOT EXISTS (SELECT 1 FROM entries c WHERE c.closes = h.id AND c.kind = 'release')",
            $more
        )
    };
}

/// A member, and the pseudonym under which they spent before they asked to be forgotten.
#[derive(Clone, Copy)]
struct Spender {
    member: i64,
    pseudonym: i64,
}

impl Spender {
    async fn find(tx: &mut Tx, guild: GuildId, member: UserId) -> Result<Self, Error> {
        let pseudonym = privacy::pseudonym(tx, guild, member).await?.unwrap_or(member);
        Ok(Self {
            member: key(member.get()),
            pseudonym: key(pseudonym.get()),
        })
    }

    /// Returns whose spending counts for a limit, as the queries take it.
    const fn counted_by(self, limit: &SpendLimit) -> (i64, i64) {
        match limit.on.scope {
            Spenders::Server => (0, 0),
            Spenders::Each | Spenders::Role(_) | Spenders::Member(_) => (self.member, self.pseudonym),
        }
    }
}

fn stage(limit: &SpendLimit) -> &'static str {
    limit.on.stage.map_or("any", Stage::name)
}

/// Reads the usage of spending limits that apply to a member. The pool's lock keeps others from
/// spending meanwhile.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible sum.
pub async fn usages(
    tx: &mut Tx,
    locked: &Locked<GuildPool>,
    spend_limits: Vec<SpendLimit>,
    member: UserId,
    zone: &Zone,
    now_ms: i64,
) -> Result<Vec<Usage>, Error> {
    glance(tx, locked.of(tx)?.guild, spend_limits, member, zone, now_ms).await
}

/// Reads the usage of spending limits without a lock, as it was a moment ago. No hold may rely on
/// it.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible sum.
pub async fn glance(
    tx: &mut Tx,
    guild: GuildId,
    spend_limits: Vec<SpendLimit>,
    member: UserId,
    zone: &Zone,
    now_ms: i64,
) -> Result<Vec<Usage>, Error> {
    if spend_limits.is_empty() {
        return Ok(Vec::new());
    }
    let spender = Spender::find(tx, guild, member).await?;
    let mut usages = Vec::with_capacity(spend_limits.len());
    for limit in spend_limits {
        let window = limit.on.period.window(zone, now_ms);
        let spent = spent(tx, guild, &limit, spender, window).await?;
        usages.push(Usage { limit, window, spent });
    }
    Ok(usages)
}

/// Sums the spending that counts for a limit in a window.
async fn spent(
    tx: &mut Tx,
    guild: GuildId,
    limit: &SpendLimit,
    spender: Spender,
    window: Window,
) -> Result<Credits, Error> {
    let sql = counted!("SELECT CAST(COALESCE(SUM(h.amount), 0) AS BIGINT) AS spent", "");
    let (member, pseudonym) = spender.counted_by(limit);
    let query = sqlx::query(sql)
        .bind(key(guild.get()))
        .bind(window.from_ms)
        .bind(stage(limit))
        .bind(member)
        .bind(pseudonym);
    credits(&query.fetch_one(tx.conn()).await?, "spent")
}

/// Returns when a full spending limit has room for a purchase if nothing else is spent, in
/// milliseconds since 1970. In a rolling window that is when enough spending has dropped out.
/// Returns nothing if it never has room.
///
/// # Errors
/// [`Error::Database`].
pub async fn frees(
    tx: &mut Tx,
    guild: GuildId,
    full: &LimitReached,
    member: UserId,
) -> Result<Option<i64>, Error> {
    if full.window.until_ms.is_some() || full.for_ever() {
        return Ok(full.frees_ms);
    }
    let sql = counted!(
        "SELECT MIN(at_ms) AS at_ms FROM (SELECT h.at_ms, SUM(h.amount) OVER (ORDER BY h.at_ms, h.id) AS left_by_then",
        ") spent WHERE left_by_then >= $6"
    );
    let spender = Spender::find(tx, guild, member).await?;
    let (member, pseudonym) = spender.counted_by(&full.limit);
    let query = sqlx::query(sql)
        .bind(key(guild.get()))
        .bind(full.window.from_ms)
        .bind(stage(&full.limit))
        .bind(member)
        .bind(pseudonym)
        .bind(full.missing());
    let spent_ms = optional(&query.fetch_one(tx.conn()).await?, "at_ms")?;
    Ok(spent_ms.and_then(|spent_ms| full.limit.on.period.leaves_ms(spent_ms)))
}

/// Reads the spending limits that a guild's admins chose.
pub(super) async fn read(tx: &mut Tx, guild: GuildId) -> Result<ChosenSpendLimits, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(caps, ""),
        " FROM caps WHERE guild_id = $1"
    ))
    .bind(key(guild.get()));
    let mut chosen = ChosenSpendLimits::new();
    for row in query.fetch_all(tx.conn()).await? {
        let (scope, stage, period) = (text(&row, "scope")?, text(&row, "stage")?, text(&row, "period")?);
        let on = LimitScope::from_parts(&scope, id(&row, "subject_id")?, &stage, &period);
        let on = on.ok_or_else(|| impossible(format!("a spending limit on {scope}, {stage}, {period}")))?;
        let max = optional(&row, "most")?.map(|_| credits(&row, "most"));
        chosen.insert(on, max.transpose()?);
    }
    Ok(chosen)
}

/// Records the spending limits that a guild's admins chose. [`guilds::write`](super::guilds::write)
/// alone calls it, under the lock of the guild's settings.
pub(super) async fn replace(tx: &mut Tx, guild: GuildId, chosen: &ChosenSpendLimits) -> Result<(), Error> {
    let clear = sqlx::query("DELETE FROM caps WHERE guild_id = $1").bind(key(guild.get()));
    clear.execute(tx.conn()).await?;
    for (on, max) in chosen {
        let (scope, subject) = on.scope.parts();
        let add = sqlx::query(
            "INSERT INTO caps (guild_id, scope, subject_id, stage, period, most) VALUES ($1, $2, $3, $4, $5, $6)",
        );
        add.bind(key(guild.get()))
            .bind(scope)
            .bind(key(subject))
            .bind(on.stage.map_or("any", Stage::name))
            .bind(on.period.to_string())
            .bind(max.map(Credits::get))
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}
