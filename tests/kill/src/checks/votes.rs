//! Votes on Discord against stored ones, and against what they paid for.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Evidence, Findings, Render};
use crate::people::{APPROVE, VETO};

/// A vote on an image, as the books have it.
struct Vote {
    render: i64,
    state: String,
    quorum: i64,
    own: bool,
    stopped: bool,
    message: Option<i64>,
    requester: i64,
    cast: Vec<Cast>,
}

/// One member's vote.
struct Cast {
    user: i64,
    approves: bool,
    by_reaction: bool,
    lifted: bool,
}

type Row = (
    i64,
    String,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    i64,
);

async fn read(evidence: &Evidence<'_>) -> anyhow::Result<Vec<Vote>> {
    let cast = evidence
        .database
        .all::<(i64, i64, String, String, i64)>("SELECT render_id, user_id, kind, source, lifted FROM votes");
    let mut by_render: BTreeMap<i64, Vec<Cast>> = BTreeMap::new();
    for (render, user, kind, source, lifted) in cast.await? {
        by_render.entry(render).or_default().push(Cast {
            user,
            approves: kind == "approve",
            by_reaction: source == "reaction",
            lifted: lifted != 0,
        });
    }
    let rows = evidence.database.all::<Row>(
        "SELECT r.id, r.vote_state, r.vote_quorum, r.vote_own, r.stopped_by, r.message_id, d.requester_id \
         FROM renders r JOIN drafts d ON d.id = r.draft_id WHERE r.vote_state <> 'none'",
    );
    let votes = rows
        .await?
        .into_iter()
        .map(|(render, state, quorum, own, stopped, message, requester)| Vote {
            cast: by_render.remove(&render).unwrap_or_default(),
            render,
            state,
            quorum: quorum.unwrap_or(i64::MAX),
            own: own == Some(1),
            stopped: stopped.is_some(),
            message,
            requester,
        });
    Ok(votes.collect())
}

impl Vote {
    /// Returns how many distinct members approve whose vote counts.
    fn approvals(&self) -> i64 {
        let counted: BTreeSet<i64> = self
            .cast
            .iter()
            .filter(|cast| cast.approves && (self.own || cast.user != self.requester))
            .map(|cast| cast.user)
            .collect();
        i64::try_from(counted.len()).unwrap_or(i64::MAX)
    }

    fn is_open(&self) -> bool {
        self.state == "open" || self.state == "waiting"
    }
}

/// Checks the votes.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn check(
    evidence: &Evidence<'_>,
    renders: &[Render],
    findings: &mut Findings,
) -> anyhow::Result<()> {
    let votes = read(evidence).await?;
    let parents: BTreeSet<i64> = renders.iter().filter_map(|render| render.parent).collect();
    for vote in &votes {
        let name = format!("{} vote on {:016x}", vote.state, vote.render);
        if vote.is_open() {
            open(evidence, vote, &name, findings);
        }
        given(evidence, vote, &name, findings);
        let has_child = parents.contains(&vote.render);
        let is_spent = vote.state == "spent";
        if is_spent {
            findings.check(
                "what is paid was approved",
                vote.approvals() >= vote.quorum,
                || format!("{name}: {} of {}", vote.approvals(), vote.quorum),
            );
        }
        if is_spent || vote.is_open() {
            findings.check("an approval is spent on one image", has_child == is_spent, || {
                format!("{name}: it has a child: {has_child}")
            });
        }
    }
    notes(evidence, findings).await
}

/// Checks that members gave the notes that are stored, each by one reply.
async fn notes(evidence: &Evidence<'_>, findings: &mut Findings) -> anyhow::Result<()> {
    let stored = evidence.database.all::<(i64, String, i64)>(
        "SELECT user_id, text, message_id FROM notes WHERE message_id IS NOT NULL AND user_id > 0",
    );
    for (user, text, message) in stored.await? {
        let given = evidence.record.notes.get(&message);
        let fits = given.is_some_and(|(by, said)| (by.cast_signed(), said) == (user, &text));
        findings.check("a stored note was given", fits, || {
            format!("“{text}” of {user}, and given was {given:?}")
        });
    }
    Ok(())
}

/// Compares an open vote with Discord, where nothing waits for credits.
fn open(evidence: &Evidence<'_>, vote: &Vote, name: &str, findings: &mut Findings) {
    let Some(message) = vote.message else { return };
    for (approves, emoji) in [(true, APPROVE), (false, VETO)] {
        let stored: BTreeSet<i64> = vote
            .cast
            .iter()
            .filter(|cast| cast.by_reaction && cast.approves == approves)
            .map(|cast| cast.user)
            .collect();
        let key = (message.cast_unsigned(), emoji);
        let there: BTreeSet<i64> = evidence
            .record
            .reactions
            .get(&key)
            .into_iter()
            .flatten()
            .map(|user| user.cast_signed())
            .collect();
        // Below the quorum one member's vote may stand for another's until the next vote:
        // ARCHITECTURE.md, "What was missed".
        findings.check(
            "as many votes are stored as are on Discord",
            stored.len() == there.len(),
            || format!("{name}: {emoji} of {there:?}, and {stored:?} are stored"),
        );
    }
    let vetoed = vote.cast.iter().any(|cast| {
        let is_lead = cast.user == crate::bot::OPERATOR.cast_signed();
        !cast.approves && !cast.lifted && is_lead
    });
    findings.check("a lead's veto stops a vote", !vetoed || vote.stopped, || {
        format!("{name}: it goes on")
    });
    let earned = vote.approvals() >= vote.quorum && !vetoed && !vote.stopped;
    findings.check("no approval is lost", !earned, || {
        format!("{name}: {} of {} have approved", vote.approvals(), vote.quorum)
    });
}

/// Checks that members gave the votes that are stored.
fn given(evidence: &Evidence<'_>, vote: &Vote, name: &str, findings: &mut Findings) {
    for cast in &vote.cast {
        // A pseudonym stands below zero.
        let Ok(user) = u64::try_from(cast.user) else {
            continue;
        };
        let on = if cast.by_reaction {
            vote.message.unwrap_or_default()
        } else {
            vote.render
        };
        let was_given = evidence.record.given.contains(&(on, user));
        findings.check("a stored vote was given", was_given, || {
            format!("{name}: {user} never voted")
        });
    }
}
