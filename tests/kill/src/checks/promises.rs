//! What the bot told members against what is so.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Evidence, Findings};
use crate::people::{Promise, What, answer_to};

/// Checks the promises.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn check(evidence: &Evidence<'_>, findings: &mut Findings) -> anyhow::Result<()> {
    let ids = |query: &'static str| async move {
        let rows = evidence.database.all::<(i64,)>(query).await?;
        anyhow::Ok(rows.into_iter().map(|(id,)| id).collect::<BTreeSet<i64>>())
    };
    let drafts = ids("SELECT id FROM drafts").await?;
    let grants = evidence.database.all::<(String, i64)>(
        "SELECT once_key, amount FROM entries WHERE kind = 'grant' AND once_key IS NOT NULL",
    );
    let grants: BTreeMap<String, i64> = grants.await?.into_iter().collect();
    let pressed = evidence
        .database
        .all::<(i64, i64)>("SELECT render_id, user_id FROM votes WHERE source = 'button'");
    let pressed: BTreeSet<(i64, i64)> = pressed.await?.into_iter().collect();
    let forgotten: BTreeSet<u64> = evidence
        .record
        .promises
        .iter()
        .filter(|promise| promise.what == What::Forget)
        .map(|promise| promise.user)
        .collect();
    for (at, promise) in evidence.record.promises.iter().enumerate() {
        let answer = answer_to(evidence.discord, promise.interaction).await;
        let (id, user) = (promise.interaction, promise.user);
        match promise.what {
            What::Draft if answer.contains("opening the thread") || answer.contains(" in <#") => {
                let is_there = drafts.contains(&id.cast_signed());
                findings.check("a draft that was accepted is there", is_there, || answer);
            }
            What::Grant(credits) if answer.starts_with("Granted") => {
                let granted = grants.get(&format!("interaction:{id}"));
                findings.check(
                    "a grant that was told is in the books",
                    granted == Some(&credits),
                    || answer,
                );
            }
            What::Approve(image) if answer.contains("Your approval counts") => {
                let later = &evidence.record.promises[at + 1..];
                let again = later
                    .iter()
                    .any(|later| later.user == user && later.what == promise.what);
                if !again && !forgotten.contains(&user) {
                    let is_there = pressed.contains(&(image, user.cast_signed()));
                    findings.check("a vote by button that was told is stored", is_there, || {
                        format!("{user} on {image:016x}: {answer}")
                    });
                }
            }
            What::Forget if answer.starts_with("You are being forgotten") => {
                forgets(evidence, promise, findings).await?;
            }
            _ => {}
        }
    }
    quorums(evidence, findings).await
}

/// Returns when Discord made an id, in milliseconds since 1970.
fn made_ms(id: u64) -> u64 {
    const FIRST_MS: u64 = 1_420_070_400_000;
    (id >> 22) + FIRST_MS
}

/// Checks that nothing names a member who was forgotten, but drafts whose calls have no known end.
/// What the bot heard of later counts as done later.
async fn forgets(evidence: &Evidence<'_>, promise: &Promise, findings: &mut Findings) -> anyhow::Result<()> {
    let (user, asked_ms) = (promise.user, made_ms(promise.interaction));
    let query = format!(
        "SELECT (SELECT count(*) FROM drafts d WHERE d.requester_id = {user} AND d.created_ms <= {asked_ms} \
         AND NOT EXISTS (SELECT 1 FROM renders r WHERE r.draft_id = d.id AND r.state = 'unknown')) \
         + (SELECT count(*) FROM entries WHERE actor_id = {user} AND render_id IS NULL) \
         + (SELECT count(*) FROM votes v JOIN renders r ON r.id = v.render_id \
            WHERE v.user_id = {user} AND v.at_ms <= {asked_ms} AND r.vote_state NOT IN ('open', 'waiting'))"
    );
    let named = evidence.database.number(&query).await?;
    findings.check("who was forgotten is not named", named == 0, || {
        format!("member {user} in {named} places")
    });
    Ok(())
}

/// How long the bot may take for an interaction that it never answers, in milliseconds.
const UNANSWERED_MS: u64 = 10_000;

/// Checks that the settings are those of a command after which no other was told. Commands that are under way
/// at the same time have no order: one that was begun later may be done first.
async fn quorums(evidence: &Evidence<'_>, findings: &mut Findings) -> anyhow::Result<()> {
    let mut commands = Vec::new();
    for promise in &evidence.record.promises {
        if let What::Quorums(quorums) = promise.what {
            let answer = answer_to(evidence.discord, promise.interaction).await;
            let told = !answer.is_empty() && !answer.contains("on the bot's side failed");
            commands.push((promise, quorums, told));
        }
    }
    if !commands.iter().any(|(.., told)| *told) {
        return Ok(());
    }
    let is_before = |one: &Promise, other: &Promise| {
        let (one_ms, other_ms) = (made_ms(one.interaction), made_ms(other.interaction));
        other.after.contains(&one.interaction) || one_ms + UNANSWERED_MS < other_ms
    };
    let may_be = commands.iter().filter(|(one, ..)| {
        let is_replaced = |(other, _, told): &(&Promise, _, bool)| *told && is_before(one, other);
        !commands.iter().any(is_replaced)
    });
    let may_be: BTreeSet<[i64; 2]> = may_be.map(|(_, quorums, _)| *quorums).collect();
    let rows = evidence
        .database
        .all::<(Option<i64>, Option<i64>)>("SELECT review_quorum, final_quorum FROM guilds");
    let rows = rows.await?;
    let is = rows
        .first()
        .map(|(review, last)| [*review, *last].map(Option::unwrap_or_default));
    let fits = is.is_some_and(|is| may_be.contains(&is));
    findings.check("a setting that was told is kept", fits, || {
        format!("{is:?}, and may be {may_be:?}")
    });
    Ok(())
}
