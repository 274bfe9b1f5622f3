//! What an admin asks to change of the settings of a guild, how it is read, and why it is refused.

use std::collections::BTreeSet;

use super::operator::Rules;
use super::settings::{GuildSettings, SettingsGroup};
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, GuildId, RoleId};
use crate::domain::limits;
use crate::domain::money::period::{BadZone, Period};
use crate::domain::money::spend_limit::{LimitScope, Spenders};
use crate::domain::stage::Stage;

/// One thing that an admin asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// How many must approve before an image of a stage is drawn.
    Quorum(Stage, u32),
    /// What an image of a stage costs, in credits.
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
    /// Who may approve, instead of those who might.
    Approvers(BTreeSet<RoleId>),
    /// Who may stop and override votes, instead of those who might.
    Leads(BTreeSet<RoleId>),
    /// Who may draft, instead of those who might.
    Requesters(BTreeSet<RoleId>),
    /// Where drafts may be made, instead of where they might.
    Channels(BTreeSet<ChannelId>),
    /// Where finals are shown.
    Gallery(ChannelId),
    /// Where the bot tells what admins should know.
    Log(ChannelId),
    /// How much may be spent, in credits.
    SpendLimit(LimitScope, i64),
    /// No spending limit, also where the operator set one.
    NoSpendLimit(LimitScope),
    /// A spending limit as the operator set it again, which may be none.
    UsualSpendLimit(LimitScope),
    /// Where days and months begin, as it was typed.
    Zone(String),
    /// As the operator set it again.
    Reset(SettingsGroup),
}

/// Why something cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidSetting {
    /// A quorum out of range.
    Quorum(u32),
    /// A price out of range.
    Price(i64),
    /// Prices are the operator's.
    PricesAreFixed,
    /// A window out of range, in days.
    Window(u32),
    /// A text that is no emoji.
    NoEmoji(String),
    /// A custom emoji of another server.
    ForeignEmoji(Emoji),
    /// One emoji that would approve and stop.
    OneEmoji(Emoji),
    /// A spending limit out of range, in credits.
    SpendLimit(i64),
    /// Hours out of range.
    Hours(u32),
    /// More spending limits than a guild may have.
    TooManySpendLimits,
    /// No time zone.
    Zone(BadZone),
}

impl GuildSettings {
    /// Does what an admin asks for, all of it or nothing.
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
