//! Reads the changes that an admin asks for in a guild's settings, and refuses what cannot be set.

use std::collections::BTreeSet;

use super::operator::Rules;
use super::settings::{GuildSettings, SettingsGroup};
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, GuildId, RoleId};
use crate::domain::limits;
use crate::domain::money::period::{BadZone, Period};
use crate::domain::money::spend_limit::{LimitScope, Spenders};
use crate::domain::permission::Permission;
use crate::domain::pick::Pick;
use crate::domain::stage::Stage;

/// One change that an admin asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// How many members must approve before an image of a stage is drawn.
    Quorum(Stage, u32),
    /// The price of an image of a stage, in credits.
    Price(Stage, i64),
    /// Whether the requester's own vote counts.
    OwnVote(bool),
    /// Whether a lead's approval alone is enough.
    LeadDecides(bool),
    /// The emoji that approves, as it was typed.
    Approve(String),
    /// The emoji that stops a vote, as it was typed.
    Veto(String),
    /// How long a vote stays open, in days.
    WindowDays(u32),
    /// The roles that may approve, in place of those before.
    Approvers(BTreeSet<RoleId>),
    /// The roles that may stop votes and lift stops, in place of those before.
    Leads(BTreeSet<RoleId>),
    /// The roles that may draft, in place of those before.
    Requesters(BTreeSet<RoleId>),
    /// The channels in which drafts may be made, in place of those before.
    Channels(BTreeSet<ChannelId>),
    /// The channel in which finals are shown.
    Gallery(ChannelId),
    /// The log channel, in which the bot tells what admins should know.
    Log(ChannelId),
    /// Whether the files that the bot writes tell the prompt.
    FilePrompts(bool),
    /// The channel that is told once a day what waits for votes.
    Digest(ChannelId),
    /// The hour of the day at which it is told.
    DigestHour(u32),
    /// The role that each draft mentions.
    VotesRole(RoleId),
    /// The role that a low pool mentions.
    LowPoolRole(RoleId),
    /// A spending limit, in credits.
    SpendLimit(LimitScope, i64),
    /// No spending limit, even where the operator set one.
    NoSpendLimit(LimitScope),
    /// The operator's spending limit again, which may be none.
    UsualSpendLimit(LimitScope),
    /// The time zone by which days and months begin, as it was typed.
    Zone(String),
    /// A group of settings as the operator set it again.
    Reset(SettingsGroup),
}

/// Why a setting is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidSetting {
    /// The quorum is out of range.
    Quorum(u32),
    /// The price is out of range.
    Price(i64),
    /// Prices are set by the operator alone.
    PricesAreFixed,
    /// The window is out of range, in days.
    Window(u32),
    /// The text is no emoji.
    NoEmoji(String),
    /// The custom emoji belongs to another server.
    ForeignEmoji(Emoji),
    /// One emoji would both approve and stop.
    OneEmoji(Emoji),
    /// The spending limit is out of range, in credits.
    SpendLimit(i64),
    /// The hours are out of range.
    Hours(u32),
    /// The guild would have too many spending limits.
    TooManySpendLimits,
    /// The bot may not do in a channel what the setting asks of it.
    NotAllowedIn(ChannelId, Vec<Permission>),
    /// The hour is none of a day.
    DigestHour(u32),
    /// Everybody would be mentioned.
    Everyone,
    /// The bot may not mention the role, because nobody may.
    Unmentionable(RoleId),
    /// The time zone is unknown.
    Zone(BadZone),
}

impl Edit {
    /// Returns the change that was picked from a list of the panel. What is picked by id is picked
    /// anew as a whole; nothing picked is the operator's choice again. `None` for values that the list
    /// does not offer.
    #[must_use]
    pub fn picked(pick: Pick, values: &[String]) -> Option<Self> {
        let numbers: Option<Vec<u64>> = values.iter().map(|value| value.parse().ok()).collect();
        let numbers = numbers?;
        let first = numbers.first().copied();
        let role = first.map(RoleId::new);
        let channel = first.map(ChannelId::new);
        let roles = first.map(|_| numbers.iter().copied().map(RoleId::new).collect());
        let channels = first.map(|_| numbers.iter().copied().map(ChannelId::new).collect());
        let (group, edit) = match pick {
            Pick::Topic => return None,
            Pick::ReviewQuorum => return Some(Self::Quorum(Stage::Review, u32::try_from(first?).ok()?)),
            Pick::FinalQuorum => return Some(Self::Quorum(Stage::Final, u32::try_from(first?).ok()?)),
            Pick::Approvers => (SettingsGroup::Approvers, roles.map(Self::Approvers)),
            Pick::Leads => (SettingsGroup::Leads, roles.map(Self::Leads)),
            Pick::Requesters => (SettingsGroup::Requesters, roles.map(Self::Requesters)),
            Pick::Channels => (SettingsGroup::Channels, channels.map(Self::Channels)),
            Pick::Gallery => (SettingsGroup::Gallery, channel.map(Self::Gallery)),
            Pick::Log => (SettingsGroup::Log, channel.map(Self::Log)),
            Pick::VotesRole => (SettingsGroup::VotesRole, role.map(Self::VotesRole)),
            Pick::LowPoolRole => (SettingsGroup::LowPoolRole, role.map(Self::LowPoolRole)),
        };
        Some(edit.unwrap_or(Self::Reset(group)))
    }
}

impl GuildSettings {
    /// Makes the changes that an admin asks for, all of them or none.
    ///
    /// # Errors
    /// The first [`InvalidSetting`].
    pub fn edited(&self, guild: GuildId, operator: &Rules, edits: &[Edit]) -> Result<Self, InvalidSetting> {
        let mut next = self.clone();
        for edit in edits {
            next.edit(guild, operator, edit)?;
        }
        let rules = next.rules(operator);
        if rules.approve == rules.veto {
            return Err(InvalidSetting::OneEmoji(rules.approve));
        }
        Ok(next)
    }

    fn edit(&mut self, guild: GuildId, operator: &Rules, edit: &Edit) -> Result<(), InvalidSetting> {
        // Everybody has the role that has the server's own id. So a list with it shuts nobody out.
        let roles = |roles: &BTreeSet<RoleId>| {
            let everyone = roles.iter().any(|role| role.get() == guild.get());
            if everyone { BTreeSet::new() } else { roles.clone() }
        };
        match edit {
            Edit::Quorum(stage, quorum) => *self.quorum_of(*stage) = Some(checked_quorum(*quorum)?),
            Edit::Price(..) if !operator.guild_prices => return Err(InvalidSetting::PricesAreFixed),
            Edit::Price(stage, price) => *self.price_of(*stage) = Some(checked_price(*price)?),
            Edit::OwnVote(counts) => self.own_vote = Some(*counts),
            Edit::LeadDecides(decides) => self.lead_decides = Some(*decides),
            Edit::Approve(text) => self.approve = Some(checked_emoji(text)?),
            Edit::Veto(text) => self.veto = Some(checked_emoji(text)?),
            Edit::WindowDays(days) => self.window_days = Some(checked_window(*days)?),
            Edit::Approvers(new) => self.approvers = roles(new),
            Edit::Leads(new) => self.leads = roles(new),
            Edit::Requesters(new) => self.requesters = roles(new),
            Edit::Channels(new) => self.channels.clone_from(new),
            Edit::Gallery(channel) => self.gallery = Some(*channel),
            Edit::Log(channel) => self.log = Some(*channel),
            Edit::FilePrompts(tell) => self.file_prompts = Some(*tell),
            Edit::Digest(channel) => self.digest = Some(*channel),
            Edit::DigestHour(hour) => self.digest_hour = Some(checked_hour(*hour)?),
            Edit::VotesRole(role) => self.votes_role = Some(some_role(guild, *role)?),
            Edit::LowPoolRole(role) => self.low_pool_role = Some(some_role(guild, *role)?),
            Edit::SpendLimit(on, max) => self.limit(guild, *on, Some(checked_limit(*max)?))?,
            Edit::NoSpendLimit(on) => self.limit(guild, *on, None)?,
            Edit::UsualSpendLimit(on) => drop(self.spend_limits.remove(&on_all(guild, *on))),
            Edit::Zone(name) => self.zone = Some(name.parse().map_err(InvalidSetting::Zone)?),
            Edit::Reset(group) => self.reset(*group),
        }
        Ok(())
    }

    fn limit(&mut self, guild: GuildId, on: LimitScope, max: Option<Credits>) -> Result<(), InvalidSetting> {
        if let Period::Hours(hours) = on.period
            && !(1..=limits::SPEND_LIMIT_HOURS).contains(&hours)
        {
            return Err(InvalidSetting::Hours(hours));
        }
        self.spend_limits.insert(on_all(guild, on), max);
        let fits = self.spend_limits.len() <= limits::SPEND_LIMITS_PER_GUILD;
        fits.then_some(()).ok_or(InvalidSetting::TooManySpendLimits)
    }

    /// Returns the quorum of a stage. Nobody is asked for explore: a quorum for it is taken for one
    /// for review.
    const fn quorum_of(&mut self, stage: Stage) -> &mut Option<u32> {
        match stage {
            Stage::Explore | Stage::Review => &mut self.review_quorum,
            Stage::Final => &mut self.final_quorum,
        }
    }

    const fn price_of(&mut self, stage: Stage) -> &mut Option<Credits> {
        match stage {
            Stage::Explore => &mut self.explore_price,
            Stage::Review => &mut self.review_price,
            Stage::Final => &mut self.final_price,
        }
    }
}

fn checked_hour(hour: u32) -> Result<u32, InvalidSetting> {
    let fits = hour <= limits::LAST_HOUR;
    fits.then_some(hour).ok_or(InvalidSetting::DigestHour(hour))
}

/// Refuses the role that everybody has.
fn some_role(guild: GuildId, role: RoleId) -> Result<RoleId, InvalidSetting> {
    let some = role.get() != guild.get();
    some.then_some(role).ok_or(InvalidSetting::Everyone)
}

fn checked_quorum(quorum: u32) -> Result<u32, InvalidSetting> {
    let fits = (1..=limits::QUORUM).contains(&quorum);
    fits.then_some(quorum).ok_or(InvalidSetting::Quorum(quorum))
}

fn checked_price(price: i64) -> Result<Credits, InvalidSetting> {
    let fits = (1..=limits::PRICE_CREDITS).contains(&price);
    let price = fits.then_some(price).ok_or(InvalidSetting::Price(price))?;
    Credits::new(price).map_err(|_| InvalidSetting::Price(price))
}

/// Everybody has the role that has the server's own id. So a limit on that role is one on each
/// member.
fn on_all(guild: GuildId, on: LimitScope) -> LimitScope {
    match on.scope {
        Spenders::Role(role) if role.get() == guild.get() => LimitScope {
            scope: Spenders::Each,
            ..on
        },
        Spenders::Server | Spenders::Each | Spenders::Role(_) | Spenders::Member(_) => on,
    }
}

fn checked_limit(max: i64) -> Result<Credits, InvalidSetting> {
    let fits = (0..=limits::GRANT_CREDITS).contains(&max);
    let max = fits.then_some(max).ok_or(InvalidSetting::SpendLimit(max))?;
    Credits::new(max).map_err(|_| InvalidSetting::SpendLimit(max))
}

fn checked_window(days: u32) -> Result<u32, InvalidSetting> {
    let fits = (1..=limits::VOTE_WINDOW_DAYS).contains(&days);
    fits.then_some(days).ok_or(InvalidSetting::Window(days))
}

fn checked_emoji(text: &str) -> Result<Emoji, InvalidSetting> {
    text.parse().map_err(|_| InvalidSetting::NoEmoji(text.to_owned()))
}
