//! What the admins of a guild choose for it, and the rules that come of it.

use std::collections::{BTreeMap, BTreeSet};

pub use super::checked::InvalidSetting;
use super::checked::{checked_emoji, checked_limit, checked_price, checked_quorum, checked_window};
use super::operator::Rules;
use crate::domain::approval::terms::Terms;
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, GuildId, RoleId};
use crate::domain::limits;
use crate::domain::money::period::{Period, Zone};
use crate::domain::money::spend_limit::{LimitScope, SpendLimits, Spenders};
use crate::domain::stage::{Stage, StageSpec, Stages};

const DAY_MS: i64 = 24 * 60 * 60_000;

/// The caps that the admins of a guild chose; nothing: no cap, although the operator set one.
pub type ChosenSpendLimits = BTreeMap<LimitScope, Option<Credits>>;

/// What the admins of a guild chose. What they did not choose is as the operator set it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuildSettings {
    /// What an image of explore costs.
    pub explore_price: Option<Credits>,
    /// What an image of review costs.
    pub review_price: Option<Credits>,
    /// What an image of final costs.
    pub final_price: Option<Credits>,
    /// How many must approve before a review is drawn.
    pub review_quorum: Option<u32>,
    /// How many must approve before a final is drawn.
    pub final_quorum: Option<u32>,
    /// Whether the requester's own vote counts.
    pub own_vote: Option<bool>,
    /// Whether a lead's approval alone is enough.
    pub lead_decides: Option<bool>,
    /// The emoji that approves.
    pub approve: Option<Emoji>,
    /// The emoji with which a lead stops a vote.
    pub veto: Option<Emoji>,
    /// How long a vote stays open, in days.
    pub window_days: Option<u32>,
    /// Who may approve; empty: everybody.
    pub approvers: BTreeSet<RoleId>,
    /// Who may stop and override votes; empty: whoever may manage the server.
    pub leads: BTreeSet<RoleId>,
    /// Who may draft; empty: everybody.
    pub requesters: BTreeSet<RoleId>,
    /// Where drafts may be made; empty: everywhere.
    pub channels: BTreeSet<ChannelId>,
    /// Where finals are shown.
    pub gallery: Option<ChannelId>,
    /// Where the bot tells what admins should know.
    pub log: Option<ChannelId>,
    /// How much may be spent, and by whom.
    pub spend_limits: ChosenSpendLimits,
    /// Where days and months begin.
    pub zone: Option<Zone>,
}

/// The rules that hold in a guild: the operator's, with what its admins chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuildRules {
    /// What each stage asks for.
    pub stages: Stages,
    /// Whether the requester's own vote counts.
    pub own_vote: bool,
    /// Whether a lead's approval alone is enough.
    pub lead_decides: bool,
    /// The emoji that approves.
    pub approve: Emoji,
    /// The emoji with which a lead stops a vote.
    pub veto: Emoji,
    /// How long a vote stays open, in days.
    pub window_days: u32,
    /// Who may approve; empty: everybody.
    pub approvers: BTreeSet<RoleId>,
    /// Who may stop and override votes; empty: whoever may manage the server.
    pub leads: BTreeSet<RoleId>,
    /// Who may draft; empty: everybody.
    pub requesters: BTreeSet<RoleId>,
    /// Where drafts may be made; empty: everywhere.
    pub channels: BTreeSet<ChannelId>,
    /// Where finals are shown.
    pub gallery: Option<ChannelId>,
    /// Where the bot tells what admins should know.
    pub log: Option<ChannelId>,
    /// How much may be spent, and by whom.
    pub spend_limits: SpendLimits,
    /// Where days and months begin.
    pub zone: Zone,
}

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
    /// No cap, also where the operator set one.
    NoSpendLimit(LimitScope),
    /// A cap as the operator set it again, which may be none.
    UsualSpendLimit(LimitScope),
    /// Where days and months begin, as it was typed.
    Zone(String),
    /// As the operator set it again.
    Reset(SettingsGroup),
}

/// What can be set back to how the operator set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsGroup {
    /// How many must approve, at every stage.
    Quorums,
    /// What images cost, at every stage.
    Prices,
    /// Whether the requester's own vote counts.
    OwnVote,
    /// Whether a lead's approval alone is enough.
    LeadDecides,
    /// Both emoji.
    Emoji,
    /// How long a vote stays open.
    Window,
    /// Who may approve.
    Approvers,
    /// Who may stop and override votes.
    Leads,
    /// Who may draft.
    Requesters,
    /// Where drafts may be made.
    Channels,
    /// Where finals are shown.
    Gallery,
    /// Where the bot tells what admins should know.
    Log,
    /// How much may be spent, and by whom.
    SpendLimits,
    /// Where days and months begin.
    Zone,
}

impl GuildSettings {
    /// The rules that come of it.
    #[must_use]
    pub fn rules(&self, operator: &Rules) -> GuildRules {
        let spec = |stage: Stage, price: Option<Credits>, quorum: Option<u32>| {
            let spec = operator.spec(stage).clone();
            StageSpec {
                price: price.filter(|_| operator.guild_prices).unwrap_or(spec.price),
                quorum: quorum.unwrap_or(spec.quorum),
                ..spec
            }
        };
        GuildRules {
            stages: Stages {
                explore: spec(Stage::Explore, self.explore_price, None),
                review: spec(Stage::Review, self.review_price, self.review_quorum),
                r#final: spec(Stage::Final, self.final_price, self.final_quorum),
            },
            own_vote: self.own_vote.unwrap_or(operator.own_vote),
            lead_decides: self.lead_decides.unwrap_or(false),
            approve: self.approve.clone().unwrap_or_else(Emoji::approve),
            veto: self.veto.clone().unwrap_or_else(Emoji::veto),
            window_days: self.window_days.unwrap_or(operator.vote_window_days),
            approvers: self.approvers.clone(),
            leads: self.leads.clone(),
            requesters: self.requesters.clone(),
            channels: self.channels.clone(),
            gallery: self.gallery,
            log: self.log,
            spend_limits: self.all_spend_limits(&operator.spend_limits),
            zone: self.zone.clone().unwrap_or_else(|| operator.zone.clone()),
        }
    }

    /// The operator's caps, with those that the admins chose in their place.
    fn all_spend_limits(&self, usual: &SpendLimits) -> SpendLimits {
        let mut all: ChosenSpendLimits = usual.iter().map(|(on, max)| (*on, Some(*max))).collect();
        all.extend(self.spend_limits.clone());
        all.into_iter().filter_map(|(on, max)| Some((on, max?))).collect()
    }

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
        // Everybody has the role that has the server's own id, so that a list with it shuts nobody out.
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

    fn reset(&mut self, group: SettingsGroup) {
        match group {
            SettingsGroup::Quorums => (self.review_quorum, self.final_quorum) = (None, None),
            SettingsGroup::Prices => {
                (self.explore_price, self.review_price, self.final_price) = (None, None, None)
            }
            SettingsGroup::OwnVote => self.own_vote = None,
            SettingsGroup::LeadDecides => self.lead_decides = None,
            SettingsGroup::Emoji => (self.approve, self.veto) = (None, None),
            SettingsGroup::Window => self.window_days = None,
            SettingsGroup::Approvers => self.approvers.clear(),
            SettingsGroup::Leads => self.leads.clear(),
            SettingsGroup::Requesters => self.requesters.clear(),
            SettingsGroup::Channels => self.channels.clear(),
            SettingsGroup::Gallery => self.gallery = None,
            SettingsGroup::Log => self.log = None,
            SettingsGroup::SpendLimits => self.spend_limits.clear(),
            SettingsGroup::Zone => self.zone = None,
        }
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

    /// Nobody is asked for explore: a quorum for it is taken for one for review.
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

/// Everybody has the role that has the server's own id: a cap on it is one on each member.
fn on_all(guild: GuildId, on: LimitScope) -> LimitScope {
    match on.scope {
        Spenders::Role(role) if role.get() == guild.get() => LimitScope {
            scope: Spenders::Each,
            ..on
        },
        Spenders::Server | Spenders::Each | Spenders::Role(_) | Spenders::Member(_) => on,
    }
}

/// A quorum that may never be reached, because too few people could vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreachableQuorum {
    /// The stage that could never be drawn.
    pub stage: Stage,
    /// How many must approve.
    pub quorum: u32,
    /// How many could at most.
    pub voters: u64,
}

impl GuildRules {
    /// The terms of a vote on a stage that opens now, in milliseconds since 1970.
    #[must_use]
    pub fn terms(&self, stage: Stage, now_ms: i64) -> Terms {
        let spec = self.stages.spec(stage);
        Terms {
            price: spec.price,
            quorum: spec.quorum,
            own_vote: self.own_vote,
            lead_decides: self.lead_decides,
            approve: self.approve.clone(),
            veto: self.veto.clone(),
            approvers: self.approvers.clone(),
            leads: self.leads.clone(),
            closes_ms: now_ms + i64::from(self.window_days) * DAY_MS,
        }
    }

    /// The first stage whose quorum is more than a guild with so many members has voters, the bot being one of them and
    /// the requester another, who may have no vote. Where a lead decides alone, none is.
    #[must_use]
    pub fn unreachable_quorum(&self, members: u64) -> Option<UnreachableQuorum> {
        let no_voters = if self.own_vote { 1 } else { 2 };
        let voters = members.saturating_sub(no_voters);
        let doubtful = |stage: &Stage| {
            u64::from(self.stages.spec(*stage).quorum) > voters && !(self.lead_decides && voters > 0)
        };
        let stage = [Stage::Review, Stage::Final].into_iter().find(doubtful)?;
        let quorum = self.stages.spec(stage).quorum;
        Some(UnreachableQuorum {
            stage,
            quorum,
            voters,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::engine::catalog::tests::shipped;
    use crate::domain::engine::prompt_template::tests::templates;
    use crate::domain::image::drift::{Likeness, Thresholds};
    use crate::domain::stage::tests::stages;

    const GUILD: GuildId = GuildId::new(9);

    /// What an operator sets who changes nothing.
    pub fn operator() -> Rules {
        Rules {
            operators: Vec::new(),
            allowed_guilds: Vec::new(),
            first_grant: Credits::ZERO,
            catalog: shipped(),
            crops: Vec::new(),
            shares: BTreeMap::new(),
            reference_price: Credits::ZERO,
            drift: Thresholds {
                exact: Likeness::of_score(0.95),
                remaster: Likeness::of_score(0.8),
            },
            stages: stages(),
            templates: templates(),
            own_vote: false,
            vote_window_days: 7,
            guild_prices: true,
            admins_treasury: false,
            spend_limits: SpendLimits::new(),
            zone: Zone::utc(),
        }
    }

    fn roles(ids: &[u64]) -> BTreeSet<RoleId> {
        ids.iter().copied().map(RoleId::new).collect()
    }

    fn edited(edits: &[Edit]) -> Result<GuildRules, InvalidSetting> {
        let next = GuildSettings::default().edited(GUILD, &operator(), edits)?;
        Ok(next.rules(&operator()))
    }

    #[test]
    fn a_guild_that_chose_nothing_has_the_operators_rules() {
        let rules = edited(&[]).unwrap();
        assert_eq!(rules.stages, stages());
        assert_eq!(
            (rules.own_vote, rules.lead_decides, rules.window_days),
            (false, false, 7)
        );
        assert_eq!((rules.approve, rules.veto), (Emoji::approve(), Emoji::veto()));
        assert!(rules.approvers.is_empty() && rules.channels.is_empty());
    }

    #[test]
    fn what_is_chosen_holds_and_can_be_set_back() {
        let all = [
            Edit::Quorum(Stage::Review, 2),
            Edit::Quorum(Stage::Final, 3),
            Edit::Price(Stage::Final, 50),
            Edit::OwnVote(true),
            Edit::LeadDecides(true),
            Edit::Approve("👍".to_owned()),
            Edit::Veto("<:stop:7>".to_owned()),
            Edit::WindowDays(2),
            Edit::Approvers(roles(&[1, 2])),
            Edit::Leads(roles(&[3])),
            Edit::Requesters(roles(&[4])),
            Edit::Channels(BTreeSet::from([ChannelId::new(5)])),
            Edit::Gallery(ChannelId::new(6)),
            Edit::Log(ChannelId::new(7)),
        ];
        let chosen = GuildSettings::default().edited(GUILD, &operator(), &all).unwrap();
        let rules = chosen.rules(&operator());
        let quorums = (rules.stages.review.quorum, rules.stages.r#final.quorum);
        assert_eq!((quorums, rules.stages.r#final.price.get()), ((2, 3), 50));
        assert_eq!(
            (
                rules.stages.explore.price.get(),
                rules.terms(Stage::Final, 5).closes_ms
            ),
            (10, 5 + 2 * DAY_MS)
        );
        assert_eq!(
            (rules.approve.to_string(), rules.veto.to_string()),
            ("👍".to_owned(), "<:stop:7>".to_owned())
        );
        let groups = [
            SettingsGroup::Quorums,
            SettingsGroup::Prices,
            SettingsGroup::OwnVote,
            SettingsGroup::LeadDecides,
            SettingsGroup::Emoji,
            SettingsGroup::Window,
            SettingsGroup::Approvers,
            SettingsGroup::Leads,
            SettingsGroup::Requesters,
            SettingsGroup::Channels,
            SettingsGroup::Gallery,
            SettingsGroup::Log,
        ];
        let back = chosen
            .edited(GUILD, &operator(), &groups.map(Edit::Reset))
            .unwrap();
        assert_eq!(back, GuildSettings::default());
    }

    #[test]
    fn nothing_is_set_past_its_limit_and_everything_at_it() {
        for at in [
            Edit::Quorum(Stage::Final, 1),
            Edit::Quorum(Stage::Final, limits::QUORUM),
            Edit::Price(Stage::Explore, 1),
            Edit::Price(Stage::Explore, limits::PRICE_CREDITS),
            Edit::WindowDays(1),
            Edit::WindowDays(limits::VOTE_WINDOW_DAYS),
        ] {
            assert!(edited(std::slice::from_ref(&at)).is_ok(), "{at:?}");
        }
        let past = [
            (Edit::Quorum(Stage::Final, 0), InvalidSetting::Quorum(0)),
            (
                Edit::Quorum(Stage::Review, limits::QUORUM + 1),
                InvalidSetting::Quorum(limits::QUORUM + 1),
            ),
            (Edit::Price(Stage::Explore, 0), InvalidSetting::Price(0)),
            (
                Edit::Price(Stage::Explore, limits::PRICE_CREDITS + 1),
                InvalidSetting::Price(limits::PRICE_CREDITS + 1),
            ),
            (Edit::WindowDays(0), InvalidSetting::Window(0)),
            (
                Edit::WindowDays(limits::VOTE_WINDOW_DAYS + 1),
                InvalidSetting::Window(limits::VOTE_WINDOW_DAYS + 1),
            ),
            (
                Edit::Approve("ok".to_owned()),
                InvalidSetting::NoEmoji("ok".to_owned()),
            ),
        ];
        for (edit, invalid_setting) in past {
            assert_eq!(
                edited(std::slice::from_ref(&edit)),
                Err(invalid_setting),
                "{edit:?}"
            );
        }
    }

    #[test]
    fn two_meanings_never_share_an_emoji() {
        let approve = |text: &str| Edit::Approve(text.to_owned());
        let veto = |text: &str| Edit::Veto(text.to_owned());
        let shared = |edits: &[Edit]| matches!(edited(edits), Err(InvalidSetting::OneEmoji(_)));
        assert!(shared(&[approve("🚫")]), "with one that nobody chose");
        assert!(shared(&[veto("✅")]));
        assert!(
            shared(&[approve("❤️"), veto("❤")]),
            "one emoji in two ways to write it"
        );
        assert!(shared(&[approve("<:a:7>"), veto("<:b:7>")]));
        assert!(
            !shared(&[approve("🚫"), veto("✅")]),
            "changing places in one step"
        );
    }

    #[test]
    fn prices_are_the_operators_unless_they_leave_them_to_guilds() {
        let fixed = Rules {
            guild_prices: false,
            ..operator()
        };
        let price = [Edit::Price(Stage::Final, 50)];
        let refused = GuildSettings::default().edited(GUILD, &fixed, &price);
        assert_eq!(refused, Err(InvalidSetting::PricesAreFixed));
        let chosen = GuildSettings::default()
            .edited(GUILD, &operator(), &price)
            .unwrap();
        assert_eq!(
            chosen.rules(&fixed).stages,
            stages(),
            "and again when they take them back"
        );
    }

    #[test]
    fn the_role_of_everybody_shuts_nobody_out() {
        let rules = edited(&[Edit::Approvers(roles(&[1, GUILD.get()]))]).unwrap();
        assert_eq!(rules.approvers, roles(&[]));
    }

    #[test]
    fn a_quorum_is_doubtful_when_there_are_too_few_to_vote() {
        let unreachable_quorum = |edits: &[Edit], members| {
            edited(edits)
                .unwrap()
                .unreachable_quorum(members)
                .map(|d| (d.stage, d.quorum, d.voters))
        };
        assert_eq!(
            unreachable_quorum(&[], 4),
            None,
            "the bot, the requester and two more"
        );
        assert_eq!(unreachable_quorum(&[], 3), Some((Stage::Final, 2, 1)));
        assert_eq!(unreachable_quorum(&[], 2), Some((Stage::Review, 1, 0)));
        assert_eq!(unreachable_quorum(&[Edit::OwnVote(true)], 3), None);
        assert_eq!(unreachable_quorum(&[Edit::LeadDecides(true)], 3), None);
        assert_eq!(
            unreachable_quorum(&[Edit::Quorum(Stage::Final, 9)], 10),
            Some((Stage::Final, 9, 8))
        );
    }
}
