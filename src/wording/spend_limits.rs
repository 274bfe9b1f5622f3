//! Spending limits: what they are, and what they do not let be spent.

use std::collections::BTreeSet;

use super::{mention, plain};
use crate::domain::credits::Credits;
use crate::domain::limits;
use crate::domain::money::period::{BadZone, Period};
use crate::domain::money::spend_limit::{
    Capped, LimitReached, LimitScope, SpendLimit, SpendLimits, Spenders, Usage,
};
use crate::domain::text::shorten;

/// Who can change a spending limit.
const WHO: &str = "Someone who manages the server can raise it with `/settings limits`.";

/// Most spending limits that are listed among other settings.
const LISTED: usize = 4;

/// Lists all spending limits of a server, for its settings. `brief`: many are only counted.
pub(super) fn spend_limits(all: &SpendLimits, brief: bool) -> String {
    if brief && all.len() > LISTED {
        return format!("{} limits, listed by `/settings limits`", all.len());
    }
    let listed: Vec<String> = all
        .iter()
        .map(|(on, max)| limit(&SpendLimit { on: *on, max: *max }))
        .collect();
    if listed.is_empty() {
        "none".to_owned()
    } else {
        listed.join("; ")
    }
}

/// Says what became of each spending limit that has changed.
pub(super) fn changed(before: &SpendLimits, after: &SpendLimits) -> Vec<String> {
    let all: BTreeSet<&LimitScope> = before.keys().chain(after.keys()).collect();
    let told = all
        .into_iter()
        .filter(|on| before.get(on) != after.get(on))
        .map(|on| {
            let max = |spend_limits: &SpendLimits| {
                let max = spend_limits
                    .get(on)
                    .map(|max| sum(&SpendLimit { on: *on, max: *max }));
                max.unwrap_or_else(|| "no limit".to_owned())
            };
            format!("{}: {} → **{}**", whose(on), max(before), max(after))
        });
    told.collect()
}

/// Writes a spending limit in a few words.
pub(super) fn limit(limit: &SpendLimit) -> String {
    format!("{}: {}", whose(&limit.on), sum(limit))
}

fn whose(on: &LimitScope) -> String {
    match on.scope {
        Spenders::Server => "all together".to_owned(),
        Spenders::Each => "each member".to_owned(),
        Spenders::Role(role) => format!("each <@&{role}>"),
        Spenders::Member(user) => mention(user),
    }
}

/// Writes how much of what: `100 credits a day for final images`.
fn sum(limit: &SpendLimit) -> String {
    let period = match limit.on.period {
        Period::Hours(1) => "an hour".to_owned(),
        Period::Hours(hours) => format!("in {hours} hours"),
        Period::Day => "a day".to_owned(),
        Period::Month => "a month".to_owned(),
    };
    let stage = limit
        .on
        .stage
        .map_or_else(String::new, |stage| format!(" for {stage} images"));
    format!("{} {period}{stage}", limit.max)
}

/// Answers privately: a spending limit does not let a draft, or another try, be paid.
#[must_use]
pub fn full(full: &LimitReached) -> String {
    let whose = match full.limit.on.scope {
        Spenders::Server => "All members of this server together".to_owned(),
        Spenders::Each => "Each member".to_owned(),
        Spenders::Role(role) => format!("Each <@&{role}>"),
        Spenders::Member(user) => mention(user),
    };
    let when = if full.for_ever() {
        "That is more than the limit allows at any time.".to_owned()
    } else {
        full.frees_ms.map_or_else(String::new, |ms| {
            format!("There is room for it <t:{}:R>.", seconds(ms))
        })
    };
    let left = full.limit.max.minus(full.spent).unwrap_or_default();
    let left = if left == Credits::ZERO {
        "so none are left".to_owned()
    } else {
        format!("so {} left", super::left(left))
    };
    format!(
        "This costs {}. {whose} may spend **{}**: {} are used, {left}. {when} {WHO} Nothing was spent.",
        full.need,
        sum(&full.limit),
        full.spent.number(),
    )
}

/// Writes the part of an image's message that says what its approval waits for.
pub(super) fn capped(capped: &Capped) -> String {
    let starts = capped.until_ms.map_or_else(
        || "It starts by itself once that is raised".to_owned(),
        |ms| {
            format!(
                "It starts by itself <t:{}:R>, or once that is raised",
                seconds(ms)
            )
        },
    );
    format!(
        "waiting for a limit: {}. {starts}: `/settings limits`.",
        limit(&capped.by)
    )
}

/// Adds a line to the pool's: approvals that limits stop. Adds nothing if there are none.
#[must_use]
pub fn capped_approvals(approvals: usize) -> String {
    match approvals {
        0 => String::new(),
        1 => "\n⏸️ 1 approval waits for a limit".to_owned(),
        _ => format!("\n⏸️ {approvals} approvals wait for limits"),
    }
}

/// Adds lines to what a member spent: what limits leave them.
#[must_use]
pub fn limits(all: &[Usage]) -> String {
    let lines: Vec<String> = all.iter().map(usage_line).collect();
    lines.concat()
}

fn usage_line(usage: &Usage) -> String {
    let left = usage.limit.max.minus(usage.spent).unwrap_or(Credits::ZERO);
    let anew = usage
        .window
        .until_ms
        .map_or_else(String::new, |ms| format!(" · anew <t:{}:R>", seconds(ms)));
    format!(
        "\n-# Limit, {} · {} used, {} left{anew}",
        limit(&usage.limit),
        usage.spent.number(),
        left.number()
    )
}

/// Rounds an instant up to a whole second, which Discord shows: it is never too early.
const fn seconds(ms: i64) -> i64 {
    ms.div_euclid(1000) + if ms.rem_euclid(1000) == 0 { 0 } else { 1 }
}

/// Says why a spending limit cannot be set to so much.
pub(super) fn bad_limit(given: i64) -> String {
    let max = Credits::new(limits::GRANT_CREDITS).unwrap_or(Credits::MAX);
    format!("A limit is 0 to {max}, not {given}.")
}

/// Says why a name is no time zone.
pub(super) fn bad_zone(bad: &BadZone) -> String {
    let near: Vec<String> = bad.near.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "“{}” is not a time zone. They are called like {}.",
        plain(&shorten(&bad.given, 40)),
        near.join(", ")
    )
}

/// A private answer: an option of a limit without which nothing can be done.
pub const LIMIT_OF_WHAT: &str =
    "Say in what time: either `period`, or `hours` for the last hours at any time. Nothing was changed.";

/// A private answer: a limit of nothing.
pub const LIMIT_OF_HOW_MUCH: &str =
    "Say how many `credits` may be spent, or what to `remove`. Nothing was changed.";

/// A private answer: a limit of two at once.
pub const ONE_SUBJECT: &str =
    "A limit is on one of these: `whose`, a `role` or a `member`. Nothing was changed.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{RoleId, UserId};
    use crate::domain::money::period::Window;
    use crate::domain::stage::Stage;

    fn credits(n: i64) -> Credits {
        Credits::new(n).unwrap()
    }

    fn a_limit(scope: Spenders, stage: Option<Stage>, period: Period, max: i64) -> SpendLimit {
        SpendLimit {
            on: LimitScope { scope, stage, period },
            max: credits(max),
        }
    }

    #[test]
    fn caps_are_listed_in_words() {
        let all = [
            a_limit(Spenders::Server, None, Period::Month, 2_000),
            a_limit(Spenders::Each, None, Period::Day, 100),
            a_limit(
                Spenders::Role(RoleId::new(5)),
                Some(Stage::Final),
                Period::Hours(1),
                40,
            ),
            a_limit(Spenders::Member(UserId::new(7)), None, Period::Hours(24), 0),
        ];
        let all = all.iter().map(|limit| (limit.on, limit.max)).collect();
        insta::assert_snapshot!(spend_limits(&all, false), @"all together: 2,000 credits a month; each member: 100 credits a day; each <@&5>: 40 credits an hour for final images; <@7>: 0 credits in 24 hours");
        insta::assert_snapshot!(spend_limits(&SpendLimits::new(), true), @"none");
        let after = [
            a_limit(Spenders::Each, None, Period::Day, 100),
            a_limit(Spenders::Server, None, Period::Month, 9),
        ];
        let after: SpendLimits = after.iter().map(|limit| (limit.on, limit.max)).collect();
        insta::assert_snapshot!(changed(&all, &after).join("\n"), @r"
        all together: 2,000 credits a month → **9 credits a month**
        each <@&5>: 40 credits an hour for final images → **no limit**
        <@7>: 0 credits in 24 hours → **no limit**
        ");
    }

    /// Returns the longest spending limits that there can be, all of a server's own and the
    /// operator's.
    fn many() -> SpendLimits {
        let hours = (1..).map(|n| Period::Hours(limits::SPEND_LIMIT_HOURS - n));
        let own = hours.take(limits::SPEND_LIMITS_PER_GUILD + 4).map(|period| {
            a_limit(
                Spenders::Role(RoleId::new(u64::MAX)),
                Some(Stage::Explore),
                period,
                limits::GRANT_CREDITS,
            )
        });
        own.map(|limit| (limit.on, limit.max)).collect()
    }

    #[test]
    fn as_many_as_there_can_be_fit_into_a_message() {
        let (all, none) = (many(), SpendLimits::new());
        let list = spend_limits(&all, false).len() + spend_limits(&all, true).len();
        assert!(list + 200 < limits::MESSAGE_CHARS, "{list}");
        let told = changed(&all, &none).join("\n").chars().count();
        assert!(told + 200 < limits::MESSAGE_CHARS, "{told}");
        assert_eq!(
            spend_limits(&all, true),
            "14 limits, listed by `/settings limits`"
        );
    }

    #[test]
    fn a_refusal_says_the_limit_what_is_missing_when_it_resets_and_who_can_raise_it() {
        let mut told = LimitReached {
            limit: a_limit(Spenders::Each, None, Period::Day, 100),
            window: Window {
                from_ms: 0,
                until_ms: Some(9_000),
            },
            spent: credits(80),
            need: credits(40),
            frees_ms: Some(9_001),
        };
        insta::assert_snapshot!(full(&told), @"This costs 40 credits. Each member may spend **100 credits a day**: 80 are used, so 20 are left. There is room for it <t:10:R>. Someone who manages the server can raise it with `/settings limits`. Nothing was spent.");
        told.limit = a_limit(
            Spenders::Role(RoleId::new(5)),
            Some(Stage::Explore),
            Period::Hours(12),
            30,
        );
        insta::assert_snapshot!(full(&told), @"This costs 40 credits. Each <@&5> may spend **30 credits in 12 hours for explore images**: 80 are used, so none are left. That is more than the limit allows at any time. Someone who manages the server can raise it with `/settings limits`. Nothing was spent.");
    }

    #[test]
    fn an_approval_says_which_limit_it_waits_for() {
        let by = a_limit(Spenders::Each, Some(Stage::Review), Period::Day, 30);
        let until = |until_ms| capped(&Capped { by, until_ms });
        insta::assert_snapshot!(until(Some(9_000)), @"waiting for a limit: each member: 30 credits a day for review images. It starts by itself <t:9:R>, or once that is raised: `/settings limits`.");
        insta::assert_snapshot!(until(None), @"waiting for a limit: each member: 30 credits a day for review images. It starts by itself once that is raised: `/settings limits`.");
    }

    #[test]
    fn a_wrong_zone_is_answered_with_the_likely_ones() {
        let bad = "Berlin"
            .parse::<crate::domain::money::period::Zone>()
            .unwrap_err();
        assert!(
            bad_zone(&bad).starts_with("“Berlin” is not a time zone. They are called like `Europe/Berlin`, ")
        );
    }
}
