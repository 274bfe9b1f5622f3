//! Tests the settings that a guild's admins choose, their edits, and the rules that follow from
//! them.

use super::*;
use crate::domain::engine::catalog::tests::shipped;
use crate::domain::engine::hint;
use crate::domain::engine::prompt_template::tests::templates;
use crate::domain::guild::edit::{Edit, InvalidSetting};
use crate::domain::guild::retention::Retention;
use crate::domain::ids::GuildId;
use crate::domain::image::clash;
use crate::domain::image::drift::{Likeness, Thresholds};
use crate::domain::limits;
use crate::domain::stage::tests::stages;

const GUILD: GuildId = GuildId::new(9);

/// The rules of an operator who changes nothing.
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
        hints: hint::tests::shipped(),
        opposites: clash::tests::shipped(),
        retention: Retention::default(),
        link_hours: 24,
        own_vote: false,
        vote_window_days: 7,
        guild_prices: true,
        admins_treasury: false,
        spend_limits: SpendLimits::new(),
        zone: "UTC".parse().unwrap(),
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
        Edit::FilePrompts(true),
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
        SettingsGroup::FilePrompts,
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
