use super::*;
use crate::domain::ids::DraftId;
use crate::domain::image::number::Number;
use crate::domain::image::render::{Failure, Origin, State};
use crate::domain::money::period::{Period, Window};
use crate::domain::money::spend_limit::{LimitScope, SpendLimit, Spenders};

const GUILD: GuildId = GuildId::new(9);
const FOX: RenderId = RenderId::new(1);
const HARE: RenderId = RenderId::new(2);
const CHILD: RenderId = RenderId::new(3);
const SPRING: ProjectId = ProjectId::new(5);

fn credits(n: i64) -> Credits {
    Credits::new(n).unwrap()
}

/// A spending limit of 100 a day for the whole server, with usage `n`.
fn spent(n: i64) -> Usage {
    Usage {
        limit: SpendLimit {
            on: LimitScope {
                scope: Spenders::Server,
                stage: None,
                period: Period::Day,
            },
            max: credits(100),
        },
        window: Window {
            from_ms: 0,
            until_ms: Some(1),
        },
        spent: credits(n),
    }
}

/// A project's budget of 100 for a stage, of which `n` is used.
fn used(n: i64) -> Budget {
    Budget {
        project: SPRING,
        name: Name::stored("Spring".to_owned()),
        bucket: Bucket {
            limit: credits(100),
            used: credits(n),
        },
    }
}

/// A waiting approval for 20 credits, paid from no budget.
fn waits(render: RenderId) -> Waiting {
    Waiting {
        render,
        bucket: None,
        price: credits(20),
        since_ms: 5,
    }
}

/// Funds that lack 20 credits, or have them: by a limit, a budget, the line, the pool.
fn funds([limit, budget, line, pool]: [bool; 4]) -> Funds {
    Funds {
        available: credits(if pool { 19 } else { 20 }),
        usages: vec![spent(if limit { 81 } else { 80 })],
        budget: Some(used(if budget { 81 } else { 80 })),
        line: if line { vec![waits(HARE)] } else { Vec::new() },
        left: [((SPRING, Stage::Review), credits(if budget { 19 } else { 20 }))].into(),
    }
}

fn failed() -> FailedRender {
    FailedRender::new(&render(State::Failed(Failure::Broken)), false).unwrap()
}

fn render(state: State) -> Render {
    let origin = Origin {
        draft: DraftId::new(4),
        guild: GUILD,
        parent: Some(FOX),
        after: None,
        number: Number::first(1),
    };
    let want = "2560x1440".parse().unwrap();
    Render {
        state,
        ..Render::queued(HARE, origin, Stage::Review, credits(20), want, 0)
    }
}

/// Returns the reasons that a draft, an approval and a retry for 20 credits get.
fn told(funds: &Funds) -> [&'static str; 3] {
    let draft = Purchase::new(GUILD, Stage::Review, credits(10), vec![FOX, HARE]).unwrap();
    let approval = Purchase::new(GUILD, Stage::Review, credits(20), vec![CHILD]).unwrap();
    [
        authorize(draft, funds),
        authorize(approval.queued_for(FOX, 10), funds),
        retry(&failed(), CHILD, funds),
    ]
    .map(|answer| match answer {
        Ok(_) => "paid",
        Err(Shortage::Limit(_)) => "limit",
        Err(Shortage::Budget(_)) => "budget",
        Err(Shortage::Line) => "line",
        Err(Shortage::Pool(_)) => "pool",
    })
}

/// Checks each mix of shortages against the reasons that a draft, an approval and a retry get. The
/// first reason counts, in the order limit, budget, line, pool; only an approval queues.
#[test]
fn drafts_approvals_and_retries_are_told_one_order_of_reasons() {
    let (no, yes) = (false, true);
    for (short, draft, approval, retry) in [
        ([no, no, no, no], "paid", "paid", "paid"),
        ([no, no, no, yes], "pool", "pool", "pool"),
        ([no, no, yes, no], "paid", "line", "paid"),
        ([no, no, yes, yes], "pool", "line", "pool"),
        ([no, yes, no, no], "budget", "budget", "budget"),
        ([no, yes, no, yes], "budget", "budget", "budget"),
        ([no, yes, yes, no], "budget", "budget", "budget"),
        ([no, yes, yes, yes], "budget", "budget", "budget"),
        ([yes, no, no, no], "limit", "limit", "limit"),
        ([yes, no, no, yes], "limit", "limit", "limit"),
        ([yes, no, yes, no], "limit", "limit", "limit"),
        ([yes, no, yes, yes], "limit", "limit", "limit"),
        ([yes, yes, no, no], "limit", "limit", "limit"),
        ([yes, yes, no, yes], "limit", "limit", "limit"),
        ([yes, yes, yes, no], "limit", "limit", "limit"),
        ([yes, yes, yes, yes], "limit", "limit", "limit"),
    ] {
        assert_eq!(told(&funds(short)), [draft, approval, retry], "{short:?}");
    }
}

#[test]
fn an_approval_keeps_its_place_in_the_line() {
    let mut funds = funds([false; 4]);
    funds.line = vec![waits(FOX), waits(HARE)];
    assert_eq!(told(&funds)[1], "paid", "it is the first");
    funds.line = vec![waits(HARE), waits(FOX)];
    assert_eq!(told(&funds)[1], "line", "it is the second");
    let since = |since_ms| Waiting {
        since_ms,
        ..waits(HARE)
    };
    funds.line = vec![since(11)];
    assert_eq!(
        told(&funds)[1],
        "paid",
        "its quorum was reached before the other's"
    );
    funds.line = vec![since(9)];
    assert_eq!(
        told(&funds)[1],
        "line",
        "its quorum was reached after the other's"
    );
}

#[test]
fn an_approval_does_not_overtake_one_that_waits_for_the_same_budget() {
    let mut funds = funds([false; 4]);
    let older = Waiting {
        bucket: Some((SPRING, Stage::Review)),
        price: credits(40),
        ..waits(HARE)
    };
    funds.line = vec![older];
    assert_eq!(
        told(&funds)[1],
        "line",
        "20 of the budget are left, and 40 are awaited"
    );
    funds.line[0].bucket = Some((SPRING, Stage::Final));
    funds.left.insert((SPRING, Stage::Final), Credits::ZERO);
    assert_eq!(
        told(&funds)[1],
        "paid",
        "who waits for another budget keeps nobody waiting"
    );
}

#[test]
fn an_authorization_says_who_pays_what() {
    let purchase = Purchase::new(GUILD, Stage::Review, credits(10), vec![FOX, HARE]).unwrap();
    assert_eq!(purchase.cost(), credits(20));
    let paid = authorize(purchase, &funds([false; 4])).unwrap();
    assert_eq!(
        (paid.guild(), paid.stage(), paid.price(), paid.renders()),
        (GUILD, Stage::Review, credits(10), &[FOX, HARE][..])
    );
    let again = retry(&failed(), CHILD, &funds([false; 4])).unwrap();
    assert_eq!((again.price(), again.renders()), (credits(20), &[CHILD][..]));
    let too_much = Purchase::new(GUILD, Stage::Review, Credits::MAX, vec![FOX, HARE]);
    assert_eq!(too_much, Err(OutOfRange));
}

#[test]
fn only_what_failed_and_was_not_replaced_is_retried() {
    for (state, may) in [
        (State::Queued, false),
        (State::Rendering, false),
        (State::Unknown, false),
        (State::Cancelled, false),
        (State::Failed(Failure::Refused), false),
        (State::Failed(Failure::Operator), true),
        (State::Failed(Failure::Broken), true),
        (State::Failed(Failure::Exhausted), true),
    ] {
        let render = render(state);
        assert_eq!(
            FailedRender::new(&render, false).is_some(),
            may,
            "{}",
            render.state.name()
        );
        assert!(
            FailedRender::new(&render, true).is_none(),
            "another has its place"
        );
    }
}

#[test]
fn the_first_in_line_is_paid_next_and_nobody_is_paid_before_it() {
    let next = |line: &[RenderId], available| {
        let line = Awaiting {
            for_pool: line.iter().map(|render| waits(*render)).collect(),
            for_budget: vec![waits(CHILD)],
        };
        next_payable(&line, credits(available))
    };
    assert_eq!(next(&[FOX, HARE], 20), Some(FOX));
    assert_eq!(next(&[HARE, FOX], 1_000), Some(HARE));
    assert_eq!(next(&[FOX, HARE], 19), None, "the pool lacks one credit");
    assert_eq!(next(&[], 1_000), None, "a budget blocks the only one that waits");
}
