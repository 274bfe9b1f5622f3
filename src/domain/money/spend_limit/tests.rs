use proptest::prelude::*;

use super::*;
use crate::domain::guild::edit::{Edit, InvalidSetting};
use crate::domain::guild::settings::tests::operator;
use crate::domain::guild::settings::{GuildSettings, SettingsGroup};
use crate::domain::ids::GuildId;
use crate::domain::limits;

const ANA: UserId = UserId::new(1);
const BO: UserId = UserId::new(2);
const TRAINEE: RoleId = RoleId::new(10);
const LEAD: RoleId = RoleId::new(11);

fn credits(n: i64) -> Credits {
    Credits::new(n).unwrap()
}

fn on(scope: Spenders, stage: Option<Stage>, period: Period) -> LimitScope {
    LimitScope { scope, stage, period }
}

fn a_day(scope: Spenders) -> LimitScope {
    on(scope, None, Period::Day)
}

fn held(spend_limits: &[(LimitScope, i64)], member: UserId, roles: &[RoleId], stage: Stage) -> Vec<String> {
    let spend_limits: SpendLimits = spend_limits
        .iter()
        .map(|(on, max)| (*on, credits(*max)))
        .collect();
    let roles = roles.iter().copied().collect();
    let all = holding(&spend_limits, member, &roles, stage);
    all.iter().map(SpendLimit::to_string).collect()
}

#[test]
fn the_most_particular_cap_holds_and_always_the_servers() {
    use Spenders::{Each, Member, Role, Server};
    let spend_limits = [
        (a_day(Server), 500),
        (a_day(Each), 100),
        (a_day(Role(TRAINEE)), 30),
        (a_day(Role(LEAD)), 200),
        (a_day(Member(BO)), 10),
    ];
    for (member, roles, expected) in [
        (ANA, vec![], "each 0 any day 100"),
        (ANA, vec![TRAINEE], "role 10 any day 30"),
        (ANA, vec![TRAINEE, LEAD], "role 11 any day 200"),
        (ANA, vec![RoleId::new(99)], "each 0 any day 100"),
        (BO, vec![LEAD], "member 2 any day 10"),
    ] {
        let all = held(&spend_limits, member, &roles, Stage::Explore);
        assert_eq!(all, ["server 0 any day 500", expected], "{member} {roles:?}");
    }
    assert_eq!(held(&[], ANA, &[], Stage::Final), [""; 0]);
}

#[test]
fn caps_on_other_spans_and_stages_hold_side_by_side() {
    use Spenders::{Each, Member};
    let spend_limits = [
        (a_day(Each), 100),
        (on(Each, None, Period::Month), 900),
        (on(Each, Some(Stage::Final), Period::Day), 40),
        (on(Member(ANA), None, Period::Hours(24)), 70),
    ];
    let mut explore = held(&spend_limits, ANA, &[], Stage::Explore);
    explore.sort();
    assert_eq!(
        explore,
        [
            "each 0 any day 100",
            "each 0 any month 900",
            "member 1 any 24h 70"
        ]
    );
    let last = held(&spend_limits, BO, &[], Stage::Final);
    assert!(
        last.contains(&"each 0 final day 40".to_owned()) && last.len() == 3,
        "{last:?}"
    );
}

fn usage(max: i64, spent: i64, until_ms: Option<i64>) -> Usage {
    Usage {
        limit: SpendLimit {
            on: a_day(Spenders::Each),
            max: credits(max),
        },
        window: Window { from_ms: 0, until_ms },
        spent: credits(spent),
    }
}

#[test]
fn a_cap_can_be_used_up_and_not_passed() {
    let missing =
        |max, spent, need| fits(&[usage(max, spent, Some(5))], credits(need)).map_err(|full| full.missing());
    assert_eq!(missing(100, 90, 10), Ok(()));
    assert_eq!(missing(100, 90, 11), Err(1));
    assert_eq!(missing(100, 100, 1), Err(1));
    assert_eq!(missing(0, 0, 10), Err(10), "nothing may be spent");
    assert_eq!(missing(50, 90, 10), Err(50), "it was lowered below what is spent");
    assert_eq!(fits(&[], credits(10)), Ok(()));
}

#[test]
fn of_several_caps_the_one_that_frees_last_is_named() {
    let named = |usages: &[Usage], need| {
        let full = fits(usages, credits(need)).unwrap_err();
        (full.limit.max.get(), full.frees_ms, full.for_ever())
    };
    let (day, month, tiny) = (
        usage(100, 95, Some(5)),
        usage(900, 895, Some(9)),
        usage(7, 0, Some(3)),
    );
    assert_eq!(named(&[day, month], 10), (900, Some(9), false));
    assert_eq!(named(&[month, day], 10), (900, Some(9), false));
    assert_eq!(
        named(&[month, tiny, day], 10),
        (7, None, true),
        "waiting does not help"
    );
}

fn a_limit() -> impl Strategy<Value = SpendLimit> {
    let scope = prop_oneof![
        Just(Spenders::Server),
        Just(Spenders::Each),
        any::<u32>().prop_map(|id| Spenders::Role(RoleId::new(id.into()))),
        any::<u32>().prop_map(|id| Spenders::Member(UserId::new(id.into()))),
    ];
    let stage = prop::option::of(prop::sample::select(Stage::ALL.to_vec()));
    let period = prop_oneof![
        Just(Period::Day),
        Just(Period::Month),
        (1..=limits::SPEND_LIMIT_HOURS).prop_map(Period::Hours)
    ];
    (scope, stage, period, 0..=limits::GRANT_CREDITS).prop_map(|(scope, stage, period, max)| SpendLimit {
        on: on(scope, stage, period),
        max: credits(max),
    })
}

proptest! {
    #[test]
    fn a_cap_is_read_back(limit in a_limit()) {
        prop_assert_eq!(limit.to_string().parse(), Ok(limit));
    }
}

#[test]
fn what_cannot_be_a_cap_is_not_read() {
    for text in [
        "",
        "each 0 any day",
        "each 5 any day 1",
        "all 0 any day 1",
        "each 0 2K day 1",
        "each 0 any 0h 1",
        "each 0 any day -1",
    ] {
        assert!(text.parse::<SpendLimit>().is_err(), "{text}");
    }
}

const GUILD: GuildId = GuildId::new(9);

fn edited(edits: &[Edit]) -> Result<GuildSettings, InvalidSetting> {
    GuildSettings::default().edited(GUILD, &operator(), edits)
}

#[test]
fn a_cap_is_set_within_its_limits_and_not_past_them() {
    let hours = |hours| on(Spenders::Each, None, Period::Hours(hours));
    for at in [
        Edit::SpendLimit(a_day(Spenders::Server), 0),
        Edit::SpendLimit(a_day(Spenders::Server), limits::GRANT_CREDITS),
        Edit::SpendLimit(hours(1), 5),
        Edit::NoSpendLimit(hours(limits::SPEND_LIMIT_HOURS)),
        Edit::Zone("Asia/Tokyo".to_owned()),
    ] {
        assert!(edited(std::slice::from_ref(&at)).is_ok(), "{at:?}");
    }
    let past = limits::GRANT_CREDITS + 1;
    for (edit, invalid_setting) in [
        (
            Edit::SpendLimit(a_day(Spenders::Each), -1),
            InvalidSetting::SpendLimit(-1),
        ),
        (
            Edit::SpendLimit(a_day(Spenders::Each), past),
            InvalidSetting::SpendLimit(past),
        ),
        (Edit::SpendLimit(hours(0), 5), InvalidSetting::Hours(0)),
        (
            Edit::NoSpendLimit(hours(limits::SPEND_LIMIT_HOURS + 1)),
            InvalidSetting::Hours(limits::SPEND_LIMIT_HOURS + 1),
        ),
    ] {
        assert_eq!(
            edited(std::slice::from_ref(&edit)),
            Err(invalid_setting),
            "{edit:?}"
        );
    }
    assert!(matches!(
        edited(&[Edit::Zone("Tokio".to_owned())]),
        Err(InvalidSetting::Zone(_))
    ));
    let max = u32::try_from(limits::SPEND_LIMITS_PER_GUILD).unwrap();
    let all: Vec<Edit> = (1..=max).map(|n| Edit::SpendLimit(hours(n), 5)).collect();
    let full = edited(&all).unwrap();
    let more = |edit| full.edited(GUILD, &operator(), &[edit]);
    assert_eq!(
        more(Edit::SpendLimit(hours(max + 1), 5)),
        Err(InvalidSetting::TooManySpendLimits)
    );
    assert!(
        more(Edit::SpendLimit(hours(1), 6)).is_ok(),
        "one that is there is changed"
    );
    assert_eq!(
        more(Edit::Reset(SettingsGroup::SpendLimits)),
        Ok(GuildSettings::default())
    );
}

#[test]
fn what_a_guild_chose_goes_before_what_the_operator_set_until_it_is_set_back() {
    let (each, server) = (a_day(Spenders::Each), a_day(Spenders::Server));
    let mut usual = operator();
    usual.spend_limits = [(each, credits(50)), (server, credits(500))].into();
    let spend_limits = |settings: &GuildSettings| -> Vec<(LimitScope, i64)> {
        let spend_limits = settings.rules(&usual).spend_limits;
        spend_limits
            .into_iter()
            .map(|(on, max)| (on, max.get()))
            .collect()
    };
    assert_eq!(
        spend_limits(&GuildSettings::default()),
        [(server, 500), (each, 50)]
    );
    let chosen = edited(&[Edit::SpendLimit(each, 70), Edit::NoSpendLimit(server)]).unwrap();
    assert_eq!(spend_limits(&chosen), [(each, 70)]);
    let back = chosen
        .edited(GUILD, &usual, &[Edit::UsualSpendLimit(server)])
        .unwrap();
    assert_eq!(spend_limits(&back), [(server, 500), (each, 70)]);
}

#[test]
fn a_cap_on_the_role_of_everybody_is_one_on_each_member() {
    let everyone = a_day(Spenders::Role(RoleId::new(GUILD.get())));
    let chosen = edited(&[Edit::SpendLimit(everyone, 5)]).unwrap();
    assert_eq!(
        chosen.spend_limits.keys().collect::<Vec<_>>(),
        [&a_day(Spenders::Each)]
    );
    let back = chosen.edited(GUILD, &operator(), &[Edit::UsualSpendLimit(everyone)]);
    assert_eq!(back, Ok(GuildSettings::default()));
}

#[test]
fn roles_are_asked_for_where_a_cap_is_on_a_role() {
    let asks = |scope| ask_for_roles(&SpendLimits::from([(a_day(scope), credits(100))]));
    assert!(asks(Spenders::Role(RoleId::new(4))));
    for scope in [Spenders::Server, Spenders::Each, Spenders::Member(ANA)] {
        assert!(!asks(scope), "{scope:?}");
    }
}

#[test]
fn what_may_hold_at_some_stage_is_listed_once() {
    let spend_limits = SpendLimits::from([
        (a_day(Spenders::Server), credits(500)),
        (a_day(Spenders::Member(BO)), credits(7)),
        (on(Spenders::Each, Some(Stage::Final), Period::Day), credits(40)),
        (on(Spenders::Each, Some(Stage::Review), Period::Day), credits(60)),
    ]);
    let ever = holding_ever(&spend_limits, ANA, &BTreeSet::new());
    let ever: Vec<String> = ever.iter().map(ToString::to_string).collect();
    assert_eq!(
        ever,
        [
            "server 0 any day 500",
            "each 0 review day 60",
            "each 0 final day 40"
        ]
    );
}

#[test]
fn what_may_still_be_spent_is_told_and_never_less_than_nothing() {
    let left =
        |max, spent| fits(&[usage(max, spent, Some(5))], credits(max + 1)).map_err(|full| full.left().get());
    assert_eq!(left(100, 90), Err(10));
    assert_eq!(left(100, 100), Err(0));
    assert_eq!(left(50, 90), Err(0));
}
