use proptest::prelude::*;

use super::*;
use crate::domain::guild::settings::tests::operator;
use crate::domain::guild::settings::{Edit, GuildSettings, Mistake, Part};
use crate::domain::ids::GuildId;
use crate::domain::limits;

const ANA: UserId = UserId::new(1);
const BO: UserId = UserId::new(2);
const TRAINEE: RoleId = RoleId::new(10);
const LEAD: RoleId = RoleId::new(11);

fn credits(n: i64) -> Credits {
    Credits::new(n).unwrap()
}

fn on(scope: Scope, stage: Option<Stage>, period: Period) -> Bound {
    Bound { scope, stage, period }
}

fn a_day(scope: Scope) -> Bound {
    on(scope, None, Period::Day)
}

fn held(caps: &[(Bound, i64)], member: UserId, roles: &[RoleId], stage: Stage) -> Vec<String> {
    let caps: Caps = caps.iter().map(|(on, most)| (*on, credits(*most))).collect();
    let roles = roles.iter().copied().collect();
    let all = holding(&caps, member, &roles, stage);
    all.iter().map(Cap::to_string).collect()
}

#[test]
fn the_most_particular_cap_holds_and_always_the_servers() {
    use Scope::{Each, Member, Role, Server};
    let caps = [
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
        let all = held(&caps, member, &roles, Stage::Explore);
        assert_eq!(all, ["server 0 any day 500", expected], "{member} {roles:?}");
    }
    assert_eq!(held(&[], ANA, &[], Stage::Final), [""; 0]);
}

#[test]
fn caps_on_other_spans_and_stages_hold_side_by_side() {
    use Scope::{Each, Member};
    let caps = [
        (a_day(Each), 100),
        (on(Each, None, Period::Month), 900),
        (on(Each, Some(Stage::Final), Period::Day), 40),
        (on(Member(ANA), None, Period::Hours(24)), 70),
    ];
    let mut explore = held(&caps, ANA, &[], Stage::Explore);
    explore.sort();
    assert_eq!(
        explore,
        [
            "each 0 any day 100",
            "each 0 any month 900",
            "member 1 any 24h 70"
        ]
    );
    let last = held(&caps, BO, &[], Stage::Final);
    assert!(
        last.contains(&"each 0 final day 40".to_owned()) && last.len() == 3,
        "{last:?}"
    );
}

fn gauge(most: i64, spent: i64, until_ms: Option<i64>) -> Gauge {
    Gauge {
        cap: Cap {
            on: a_day(Scope::Each),
            most: credits(most),
        },
        window: Window { from_ms: 0, until_ms },
        spent: credits(spent),
    }
}

#[test]
fn a_cap_can_be_used_up_and_not_passed() {
    let missing = |most, spent, need| {
        fits(&[gauge(most, spent, Some(5))], credits(need)).map_err(|full| full.missing())
    };
    assert_eq!(missing(100, 90, 10), Ok(()));
    assert_eq!(missing(100, 90, 11), Err(1));
    assert_eq!(missing(100, 100, 1), Err(1));
    assert_eq!(missing(0, 0, 10), Err(10), "nothing may be spent");
    assert_eq!(missing(50, 90, 10), Err(50), "it was lowered below what is spent");
    assert_eq!(fits(&[], credits(10)), Ok(()));
}

#[test]
fn of_several_caps_the_one_that_frees_last_is_named() {
    let named = |gauges: &[Gauge], need| {
        let full = fits(gauges, credits(need)).unwrap_err();
        (full.cap.most.get(), full.frees_ms, full.for_ever())
    };
    let (day, month, tiny) = (
        gauge(100, 95, Some(5)),
        gauge(900, 895, Some(9)),
        gauge(7, 0, Some(3)),
    );
    assert_eq!(named(&[day, month], 10), (900, Some(9), false));
    assert_eq!(named(&[month, day], 10), (900, Some(9), false));
    assert_eq!(
        named(&[month, tiny, day], 10),
        (7, None, true),
        "waiting does not help"
    );
}

fn a_cap() -> impl Strategy<Value = Cap> {
    let scope = prop_oneof![
        Just(Scope::Server),
        Just(Scope::Each),
        any::<u32>().prop_map(|id| Scope::Role(RoleId::new(id.into()))),
        any::<u32>().prop_map(|id| Scope::Member(UserId::new(id.into()))),
    ];
    let stage = prop::option::of(prop::sample::select(Stage::ALL.to_vec()));
    let period = prop_oneof![
        Just(Period::Day),
        Just(Period::Month),
        (1..=limits::CAP_HOURS).prop_map(Period::Hours)
    ];
    (scope, stage, period, 0..=limits::GRANT_CREDITS).prop_map(|(scope, stage, period, most)| Cap {
        on: on(scope, stage, period),
        most: credits(most),
    })
}

proptest! {
    #[test]
    fn a_cap_is_read_back(cap in a_cap()) {
        prop_assert_eq!(cap.to_string().parse(), Ok(cap));
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
        assert!(text.parse::<Cap>().is_err(), "{text}");
    }
}

const GUILD: GuildId = GuildId::new(9);

fn edited(edits: &[Edit]) -> Result<GuildSettings, Mistake> {
    GuildSettings::default().edited(GUILD, &operator(), edits)
}

#[test]
fn a_cap_is_set_within_its_limits_and_not_past_them() {
    let hours = |hours| on(Scope::Each, None, Period::Hours(hours));
    for at in [
        Edit::Cap(a_day(Scope::Server), 0),
        Edit::Cap(a_day(Scope::Server), limits::GRANT_CREDITS),
        Edit::Cap(hours(1), 5),
        Edit::NoCap(hours(limits::CAP_HOURS)),
        Edit::Zone("Asia/Tokyo".to_owned()),
    ] {
        assert!(edited(std::slice::from_ref(&at)).is_ok(), "{at:?}");
    }
    let past = limits::GRANT_CREDITS + 1;
    for (edit, mistake) in [
        (Edit::Cap(a_day(Scope::Each), -1), Mistake::Cap(-1)),
        (Edit::Cap(a_day(Scope::Each), past), Mistake::Cap(past)),
        (Edit::Cap(hours(0), 5), Mistake::Hours(0)),
        (
            Edit::NoCap(hours(limits::CAP_HOURS + 1)),
            Mistake::Hours(limits::CAP_HOURS + 1),
        ),
    ] {
        assert_eq!(edited(std::slice::from_ref(&edit)), Err(mistake), "{edit:?}");
    }
    assert!(matches!(
        edited(&[Edit::Zone("Tokio".to_owned())]),
        Err(Mistake::Zone(_))
    ));
    let most = u32::try_from(limits::CAPS_PER_GUILD).unwrap();
    let all: Vec<Edit> = (1..=most).map(|n| Edit::Cap(hours(n), 5)).collect();
    let full = edited(&all).unwrap();
    let more = |edit| full.edited(GUILD, &operator(), &[edit]);
    assert_eq!(more(Edit::Cap(hours(most + 1), 5)), Err(Mistake::TooManyCaps));
    assert!(
        more(Edit::Cap(hours(1), 6)).is_ok(),
        "one that is there is changed"
    );
    assert_eq!(more(Edit::Reset(Part::Caps)), Ok(GuildSettings::default()));
}

#[test]
fn what_a_guild_chose_goes_before_what_the_operator_set_until_it_is_set_back() {
    let (each, server) = (a_day(Scope::Each), a_day(Scope::Server));
    let mut usual = operator();
    usual.caps = [(each, credits(50)), (server, credits(500))].into();
    let caps = |settings: &GuildSettings| -> Vec<(Bound, i64)> {
        let caps = settings.rules(&usual).caps;
        caps.into_iter().map(|(on, most)| (on, most.get())).collect()
    };
    assert_eq!(caps(&GuildSettings::default()), [(server, 500), (each, 50)]);
    let chosen = edited(&[Edit::Cap(each, 70), Edit::NoCap(server)]).unwrap();
    assert_eq!(caps(&chosen), [(each, 70)]);
    let back = chosen.edited(GUILD, &usual, &[Edit::UsualCap(server)]).unwrap();
    assert_eq!(caps(&back), [(server, 500), (each, 70)]);
}

#[test]
fn a_cap_on_the_role_of_everybody_is_one_on_each_member() {
    let everyone = a_day(Scope::Role(RoleId::new(GUILD.get())));
    let chosen = edited(&[Edit::Cap(everyone, 5)]).unwrap();
    assert_eq!(chosen.caps.keys().collect::<Vec<_>>(), [&a_day(Scope::Each)]);
    let back = chosen.edited(GUILD, &operator(), &[Edit::UsualCap(everyone)]);
    assert_eq!(back, Ok(GuildSettings::default()));
}
