//! Tests the rules of a vote, by tables and properties.

use proptest::prelude::*;

use super::*;
use crate::domain::actor::Membership;
use crate::domain::approval::ballot::Veto;
use crate::domain::approval::terms::LeadCase;
use crate::domain::approval::vote::{Stop, Vote};
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::ids::GuildId;
use crate::domain::money::period::Period;
use crate::domain::money::spend_limit::{Capped, LimitScope, SpendLimit, Spenders};
use crate::domain::stage::Stage;

const ANA: UserId = UserId::new(1);
const ARTIST: RoleId = RoleId::new(10);
const LEAD: RoleId = RoleId::new(11);

fn policy(quorum: u32) -> Policy {
    Policy {
        guild: GuildId::new(9),
        stage: Stage::Review,
        requester: ANA,
        terms: Terms {
            price: Credits::new(20).unwrap(),
            quorum,
            own_vote: false,
            lead_decides: false,
            approve: Emoji::approve(),
            veto: Emoji::veto(),
            approvers: BTreeSet::new(),
            leads: BTreeSet::new(),
            closes_ms: 0,
        },
        for_lead: None,
    }
}

fn with(quorum: u32, change: impl FnOnce(&mut Terms)) -> Policy {
    let mut policy = policy(quorum);
    change(&mut policy.terms);
    policy
}

fn approving(votes: impl IntoIterator<Item = (u64, VoterRole)>) -> Ballot {
    Ballot {
        approvals: votes
            .into_iter()
            .map(|(id, role)| (UserId::new(id), role))
            .collect(),
        ..Ballot::default()
    }
}

fn members(ids: &[u64]) -> Ballot {
    approving(ids.iter().map(|id| (*id, VoterRole::Approver)))
}

fn stopped(mut ballot: Ballot, by: u64, role: VoterRole, lifted: bool) -> Ballot {
    ballot.vetoes.insert(UserId::new(by), Veto { role, lifted });
    ballot
}

fn outcome(policy: &Policy, ballot: &Ballot) -> &'static str {
    match decide(policy, ballot) {
        Decision::Stop(_) => "stop",
        Decision::Wait(_) => "wait",
        Decision::Approve(..) => "approve",
        Decision::AskLead(..) => "ask a lead",
    }
}

#[test]
fn an_approval_that_is_for_a_lead_waits_for_one_and_nothing_else_of_it_does() {
    let restored = |policy: Policy| Policy {
        for_lead: Some(LeadCase::Restored),
        ..policy
    };
    let both = members(&[2, 3]);
    assert_eq!(outcome(&policy(2), &both), "approve");
    assert_eq!(outcome(&restored(policy(2)), &both), "ask a lead");
    assert_eq!(outcome(&restored(policy(2)), &members(&[2])), "wait");
    let stop = stopped(both, 4, VoterRole::Lead, false);
    assert_eq!(outcome(&restored(policy(2)), &stop), "stop");
    let lead = restored(with(2, |terms| terms.lead_decides = true));
    let alone = approving([(4, VoterRole::Lead)]);
    assert_eq!(
        outcome(&lead, &alone),
        "ask a lead",
        "a lead's reaction may be an old one"
    );
}

#[test]
fn a_quorum_is_a_number_of_distinct_eligible_members() {
    use VoterRole::{Approver, Lead, Left, Other, Unknown};
    assert_eq!(outcome(&policy(1), &members(&[])), "wait");
    assert_eq!(
        outcome(&policy(1), &members(&[1])),
        "wait",
        "the requester's own vote"
    );
    assert_eq!(
        outcome(&with(1, |terms| terms.own_vote = true), &members(&[1])),
        "approve"
    );
    assert_eq!(outcome(&policy(1), &members(&[2])), "approve");
    assert_eq!(outcome(&policy(2), &members(&[1, 2])), "wait");
    assert_eq!(
        outcome(&policy(2), &members(&[2, 2])),
        "wait",
        "nobody counts twice"
    );
    assert_eq!(outcome(&policy(2), &members(&[2, 3])), "approve");
    let second = |role| approving([(2, Approver), (3, role)]);
    for (role, then) in [
        (Lead, "approve"),
        (Other, "wait"),
        (Left, "wait"),
        (Unknown, "wait"),
    ] {
        assert_eq!(outcome(&policy(2), &second(role)), then, "{role:?}");
    }
}

#[test]
fn a_leads_veto_stops_whatever_the_others_say_until_it_is_lifted() {
    use VoterRole::{Approver, Lead, Left, Other};
    let enough = members(&[2, 3]);
    for (role, then) in [
        (Lead, "stop"),
        (Approver, "approve"),
        (Other, "approve"),
        (Left, "approve"),
    ] {
        assert_eq!(
            outcome(&policy(2), &stopped(enough.clone(), 4, role, false)),
            then,
            "{role:?}"
        );
    }
    assert_eq!(
        outcome(&policy(2), &stopped(enough.clone(), 4, Lead, true)),
        "approve",
        "lifted"
    );
    let two = stopped(stopped(enough, 4, Lead, true), 5, Lead, false);
    assert_eq!(outcome(&policy(2), &two), "stop", "the other one stands");
    let own = stopped(members(&[2, 3]), 1, Lead, false);
    assert_eq!(
        outcome(&policy(2), &own),
        "stop",
        "a lead may stop their own draft"
    );
}

#[test]
fn a_vote_that_closes_keeps_the_stop_that_nobody_lifted() {
    let terms = policy(2).terms;
    let stop = Stop {
        by: UserId::new(4),
        reason: Some("the wrong fox".to_owned()),
    };
    let stopped = Vote::Stopped {
        terms: terms.clone(),
        stop: stop.clone(),
    };
    let open = Vote::Open(terms);
    assert_eq!(stopped.clone().closed().stop(), Some(&stop));
    assert_eq!(open.clone().closed_over(&stopped).stop(), Some(&stop));
    assert_eq!(open.closed().stop(), None);
}

#[test]
fn a_leads_approval_is_enough_where_settings_say_so() {
    let decides = with(3, |terms| terms.lead_decides = true);
    let lead = approving([(2, VoterRole::Lead)]);
    assert_eq!(outcome(&decides, &lead), "approve");
    assert_eq!(
        outcome(&policy(3), &lead),
        "wait",
        "and one of three where they do not"
    );
    let own = approving([(1, VoterRole::Lead)]);
    assert_eq!(outcome(&decides, &own), "wait", "not for their own draft");
    assert_eq!(outcome(&decides, &members(&[2, 3])), "wait");
}

#[test]
fn roles_say_who_leads_and_who_approves() {
    use VoterRole::{Approver, Lead, Left, Other};
    let role = |terms: &Terms, roles: &[RoleId], manages| {
        let roles = roles.iter().copied().collect();
        terms.role(Some(&Membership { roles, manages }))
    };
    let open = policy(1).terms;
    let artists = with(1, |terms| terms.approvers.extend([ARTIST])).terms;
    let led = Terms {
        leads: BTreeSet::from([LEAD]),
        ..artists.clone()
    };
    let table = [
        (&open, &[][..], false, Approver),
        (&open, &[], true, Lead),
        (&artists, &[], false, Other),
        (&artists, &[ARTIST], false, Approver),
        (&artists, &[], true, Lead),
        (&led, &[], true, Lead),
        (&led, &[], false, Other),
        (&led, &[LEAD], false, Lead),
        (&led, &[ARTIST, LEAD], false, Lead),
        (&led, &[ARTIST], true, Lead),
        (&led, &[ARTIST], false, Approver),
    ];
    for (terms, roles, manages, is) in table {
        assert_eq!(role(terms, roles, manages), is, "{roles:?}, manages: {manages}");
    }
    assert_eq!(led.role(None), Left);
}

#[test]
fn whoever_manages_the_server_is_looked_up_where_that_changes_their_vote() {
    let every_role = [&[][..], &[ARTIST], &[LEAD], &[ARTIST, LEAD]];
    for (approvers, leads, lead_decides) in [
        (&[][..], &[][..], false),
        (&[], &[], true),
        (&[ARTIST], &[], false),
        (&[ARTIST], &[LEAD], false),
        (&[ARTIST], &[LEAD], true),
        (&[], &[LEAD], false),
    ] {
        let policy = with(1, |terms| {
            terms.approvers.extend(approvers);
            terms.leads.extend(leads);
            terms.lead_decides = lead_decides;
        });
        for (roles, vetoes) in every_role
            .into_iter()
            .flat_map(|roles| [(roles, false), (roles, true)])
        {
            let roles: BTreeSet<RoleId> = roles.iter().copied().collect();
            let outcome = |manages| {
                let member = Membership {
                    roles: roles.clone(),
                    manages,
                };
                let role = policy.terms.role(Some(&member));
                let ballot = approving([(2, role)]);
                let ballot = if vetoes {
                    stopped(ballot, 2, role, false)
                } else {
                    ballot
                };
                outcome(&policy, &ballot)
            };
            let matters = outcome(true) != outcome(false);
            let asked = policy.terms.asks_for_managers(&roles, vetoes);
            assert!(asked || !matters, "{:?} {roles:?} {vetoes}", policy.terms);
        }
    }
}

#[test]
fn every_vote_that_does_not_count_is_named_with_the_reason() {
    let ballot = approving([
        (1, VoterRole::Approver),
        (2, VoterRole::Approver),
        (3, VoterRole::Other),
        (4, VoterRole::Left),
    ]);
    let ballot = stopped(
        stopped(ballot, 5, VoterRole::Approver, false),
        6,
        VoterRole::Left,
        false,
    );
    let tally = tally(&policy(2), &ballot);
    assert_eq!(tally.counted, [UserId::new(2)]);
    assert_eq!(
        tally.ignored,
        [
            (ANA, Ignored::Requester),
            (UserId::new(3), Ignored::NoRole),
            (UserId::new(4), Ignored::Left)
        ]
    );
    assert_eq!(tally.powerless, [UserId::new(5)]);
}

#[test]
fn only_who_can_matter_is_looked_up() {
    use VoterRole::{Approver, Other, Unknown};
    let asked = |policy: &Policy, ballot: &Ballot| next_voter_to_look_up(policy, ballot).map(UserId::get);
    let unknown = |ids: &[u64]| approving(ids.iter().map(|id| (*id, Unknown)));
    assert_eq!(asked(&policy(2), &unknown(&[2])), None, "no quorum is possible");
    assert_eq!(
        asked(&policy(2), &unknown(&[1, 2])),
        None,
        "the requester does not count"
    );
    assert_eq!(asked(&policy(2), &unknown(&[2, 3])), Some(2));
    assert_eq!(
        asked(&policy(2), &approving([(2, Approver), (3, Unknown)])),
        Some(3)
    );
    assert_eq!(
        asked(&policy(2), &approving([(2, Approver), (3, Other), (4, Unknown)])),
        Some(4)
    );
    let artists = with(2, |terms| terms.approvers.extend([ARTIST]));
    assert_eq!(
        asked(&artists, &unknown(&[2])),
        Some(2),
        "roles decide what is shown"
    );
    assert_eq!(
        asked(&policy(2), &stopped(members(&[]), 4, Unknown, false)),
        Some(4)
    );
    assert_eq!(asked(&policy(2), &stopped(members(&[]), 4, Unknown, true)), None);
    assert_eq!(
        asked(&policy(1), &stopped(unknown(&[2]), 4, VoterRole::Lead, false)),
        None
    );
    let crowd: Vec<_> = (2..200)
        .map(|id| (id, if id < 12 { Approver } else { Unknown }))
        .collect();
    assert_eq!(
        asked(&policy(2), &approving(crowd)),
        None,
        "enough are known to be named"
    );
}

fn any_role() -> impl Strategy<Value = VoterRole> {
    prop_oneof![
        Just(VoterRole::Unknown),
        Just(VoterRole::Approver),
        Just(VoterRole::Lead),
        Just(VoterRole::Other),
        Just(VoterRole::Left),
    ]
}

fn any_ballot() -> impl Strategy<Value = Ballot> {
    let approvals = proptest::collection::btree_map((1_u64..9).prop_map(UserId::new), any_role(), 0..8);
    let veto = (any_role(), any::<bool>()).prop_map(|(role, lifted)| Veto { role, lifted });
    let vetoes = proptest::collection::btree_map((1_u64..9).prop_map(UserId::new), veto, 0..3);
    (approvals, vetoes).prop_map(|(approvals, vetoes)| Ballot { approvals, vetoes })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    (1_u32..4, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(quorum, own, decides, roles)| {
        with(quorum, |terms| {
            (terms.own_vote, terms.lead_decides) = (own, decides);
            terms.approvers.extend(roles.then_some(ARTIST));
        })
    })
}

proptest! {
    #[test]
    fn every_vote_is_either_counted_or_named(policy in any_policy(), ballot in any_ballot()) {
        let tally = tally(&policy, &ballot);
        prop_assert_eq!(tally.counted.len() + tally.ignored.len(), ballot.approvals.len());
        prop_assert!(policy.terms.own_vote || !tally.counted.contains(&ANA));
    }

    /// No vote's decision depends on a voter who was not looked up: they might as well not have
    /// voted.
    #[test]
    fn nothing_is_spent_on_the_word_of_who_was_not_looked_up(policy in any_policy(), ballot in any_ballot()) {
        let mut known = ballot.clone();
        known.approvals.retain(|_, role| *role != VoterRole::Unknown);
        known.vetoes.retain(|_, veto| veto.role != VoterRole::Unknown);
        prop_assert_eq!(outcome(&policy, &ballot), outcome(&policy, &known));
    }

    /// Looking up voters comes to an end, and looking up more would change no decision.
    #[test]
    fn when_nobody_is_to_be_asked_the_rest_does_not_matter(
        policy in any_policy(),
        truth in any_ballot(),
    ) {
        let mut ballot = truth.clone();
        let real = |role| if role == VoterRole::Unknown { VoterRole::Approver } else { role };
        for role in ballot.approvals.values_mut() {
            *role = VoterRole::Unknown;
        }
        for veto in ballot.vetoes.values_mut() {
            veto.role = VoterRole::Unknown;
        }
        let is = |user: &UserId| {
            let veto = truth.vetoes.get(user).map(|veto| veto.role);
            real(truth.approvals.get(user).copied().or(veto).unwrap_or_default())
        };
        let everyone = ballot.approvals.len() + ballot.vetoes.len();
        for _ in 0..=everyone {
            let Some(user) = next_voter_to_look_up(&policy, &ballot) else { break };
            ballot.note(user, is(&user));
        }
        prop_assert_eq!(next_voter_to_look_up(&policy, &ballot), None);
        let mut all = ballot.clone();
        let users: Vec<UserId> = all.approvals.keys().chain(all.vetoes.keys()).copied().collect();
        for user in users {
            all.note(user, is(&user));
        }
        prop_assert_eq!(outcome(&policy, &ballot), outcome(&policy, &all));
    }

    #[test]
    fn one_more_vote_never_undoes_a_quorum(policy in any_policy(), ballot in any_ballot(), more in 1_u64..9) {
        let before = outcome(&policy, &ballot);
        let mut after = ballot;
        after.approvals.entry(UserId::new(more)).or_insert(VoterRole::Approver);
        prop_assert!(before != "approve" || outcome(&policy, &after) == "approve");
    }
}

#[test]
fn a_vote_is_read_in_full_where_its_counts_are_news_or_can_decide_something() {
    let counts = |approve, veto| ReactionCounts { approve, veto };
    let open = |terms: &Terms, shows, recorded, buttons| {
        needs_full_read(terms, VoteState::Open, shows, recorded, buttons)
    };
    let two = policy(2).terms;
    assert!(!open(&two, counts(0, 0), counts(0, 0), 0), "nobody voted");
    assert!(
        !open(&two, counts(1, 0), counts(1, 0), 0),
        "as it was, and not enough"
    );
    assert!(open(&two, counts(1, 0), counts(0, 0), 0), "somebody voted");
    assert!(open(&two, counts(0, 0), counts(1, 0), 0), "somebody took it back");
    assert!(
        open(&two, counts(2, 0), counts(2, 0), 0),
        "enough, if all of them count"
    );
    assert!(
        open(&two, counts(1, 0), counts(1, 0), 1),
        "enough with the button"
    );
    assert!(
        open(&two, counts(0, 1), counts(0, 1), 0),
        "it may be a lead who stops it"
    );
    let leads = with(2, |terms| terms.lead_decides = true).terms;
    assert!(open(&leads, counts(1, 0), counts(1, 0), 0), "it may be a lead");
    for (state, read) in [
        (VoteState::Waiting, true),
        (VoteState::Capped, true),
        (VoteState::Stopped, true),
        (VoteState::None, false),
        (VoteState::Spent, false),
        (VoteState::Closed, false),
    ] {
        assert_eq!(
            needs_full_read(&two, state, counts(0, 0), counts(0, 0), 0),
            read,
            "{state:?}"
        );
    }
}

#[test]
fn a_vote_has_the_data_of_its_state_and_no_other() {
    let terms = policy(2).terms;
    let stop = Stop {
        by: ANA,
        reason: None,
    };
    let day = LimitScope {
        scope: Spenders::Server,
        stage: None,
        period: Period::Day,
    };
    let capped = Capped {
        by: SpendLimit {
            on: day,
            max: Credits::ZERO,
        },
        until_ms: None,
    };
    let since_ms = 7;
    let with_terms = || terms.clone();
    let votes = [
        Vote::None,
        Vote::Open(with_terms()),
        Vote::Stopped {
            terms: with_terms(),
            stop: stop.clone(),
        },
        Vote::Waiting {
            terms: with_terms(),
            since_ms,
        },
        Vote::Capped {
            terms: with_terms(),
            since_ms,
            capped,
        },
        Vote::Spent(with_terms()),
        Vote::Closed {
            terms: with_terms(),
            stop: None,
        },
    ];
    let no = false;
    // The state, and whether another vote counts, it waits, was stopped, is blocked by a limit.
    let expected = [
        ("none", no, no, no, no),
        ("open", true, no, no, no),
        ("stopped", true, no, true, no),
        ("waiting", true, true, no, no),
        ("capped", true, true, no, true),
        ("spent", no, no, no, no),
        ("closed", no, no, no, no),
    ];
    for (vote, (name, counts, waits, stopped, limited)) in votes.iter().zip(expected) {
        assert_eq!((vote.state().name(), vote.counts()), (name, counts));
        assert_eq!(vote.terms(), (name != "none").then_some(&terms), "{name}");
        assert_eq!(vote.waiting_since_ms(), waits.then_some(since_ms), "{name}");
        assert_eq!(vote.stop(), stopped.then_some(&stop), "{name}");
        assert_eq!(vote.capped(), limited.then_some(&capped), "{name}");
    }
}

#[test]
fn who_could_not_approve_may_not_retry_a_later_image_either() {
    let by = |user, roles: &[RoleId]| Actor {
        user: UserId::new(user),
        member: Membership {
            roles: roles.iter().copied().collect(),
            manages: false,
        },
    };
    let artists = with(2, |terms| terms.approvers = [ARTIST].into()).terms;
    let own_vote = with(2, |terms| terms.own_vote = true).terms;
    let no_role = NotAVoter::NoRole([ARTIST].into());
    for (terms, who, may) in [
        (&artists, by(2, &[ARTIST]), Ok(())),
        (&artists, by(2, &[]), Err(no_role)),
        (&artists, by(1, &[ARTIST]), Err(NotAVoter::Requester)),
        (&own_vote, by(1, &[]), Ok(())),
    ] {
        assert_eq!(refuse_voter(terms, ANA, &who), may);
        assert_eq!(
            refuse_retrier(Some(terms), ANA, &who),
            may.map_err(NotARetrier::Voter)
        );
    }
    assert_eq!(refuse_retrier(None, ANA, &by(1, &[])), Ok(()));
    let others = Err(NotARetrier::OthersDraft(ANA));
    assert_eq!(refuse_retrier(None, ANA, &by(2, &[ARTIST])), others);
}

#[test]
fn a_tally_is_reached_by_a_quorum_or_by_a_lead_alone() {
    let reached = |policy: &Policy, ballot: &Ballot| tally(policy, ballot).reached();
    assert!(!reached(&policy(2), &members(&[2])));
    assert!(reached(&policy(2), &members(&[2, 3])));
    let leads = with(2, |terms| terms.lead_decides = true);
    assert!(reached(&leads, &approving([(2, VoterRole::Lead)])));
    assert!(!reached(&leads, &approving([(2, VoterRole::Approver)])));
}
