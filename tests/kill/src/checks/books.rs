//! The books: every sum recounted from the entries, and every hold against its image.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Entry, Evidence, Findings, Render, doubled};
use super::history;
use crate::people::Record;

/// What became of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Held,
    Settled,
    Released,
}

/// Checks the books.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn check(
    evidence: &Evidence<'_>,
    renders: &[Render],
    findings: &mut Findings,
) -> anyhow::Result<()> {
    let entries = evidence
        .database
        .all::<Entry>("SELECT id, guild_id, kind, amount, render_id, closes FROM entries ORDER BY id");
    let entries = entries.await?;
    sums(evidence, &entries, findings).await?;
    let closings = entries.iter().filter_map(|entry| entry.5);
    let twice = doubled(closings);
    findings.check("a hold is closed at most once", twice.is_empty(), || {
        format!("holds {twice:?} are closed twice")
    });
    let held = entries
        .iter()
        .filter(|entry| entry.2 == "hold")
        .filter_map(|entry| entry.4);
    let twice = doubled(held);
    findings.check("an image is held for at most once", twice.is_empty(), || {
        format!("images {twice:?} are held for twice")
    });
    history::check(&entries, renders, findings);
    fates(&entries, renders, findings);
    one_live_child(renders, findings);
    one_version_a_button(renders, evidence.record, findings);
    Ok(())
}

/// Recounts the sums of each pool.
async fn sums(evidence: &Evidence<'_>, entries: &[Entry], findings: &mut Findings) -> anyhow::Result<()> {
    let pools = evidence
        .database
        .all::<(i64, i64, i64, i64)>("SELECT guild_id, granted, held, settled FROM pools");
    for (guild, granted, held, settled) in pools.await? {
        let sum = |kind: &str| -> i64 {
            let of_kind = entries.iter().filter(|entry| entry.1 == guild && entry.2 == kind);
            of_kind.map(|entry| entry.3).sum()
        };
        let counted = (
            sum("grant") - sum("correction"),
            sum("hold") - sum("settle") - sum("release"),
            sum("settle"),
        );
        findings.check(
            "granted, held and settled are what the entries say",
            counted == (granted, held, settled),
            || {
                format!(
                    "server {guild} has {:?}, and its entries say {counted:?}",
                    (granted, held, settled)
                )
            },
        );
        let available = granted - held - settled;
        let least = granted.min(held).min(settled).min(available);
        findings.check("no sum is below zero", least >= 0, || {
            format!(
                "server {guild}: granted {granted}, held {held}, settled {settled}, available {available}"
            )
        });
    }
    Ok(())
}

/// Compares what became of each hold with what became of its image.
fn fates(entries: &[Entry], renders: &[Render], findings: &mut Findings) {
    let holds: BTreeMap<i64, &Entry> = entries
        .iter()
        .filter(|entry| entry.2 == "hold")
        .filter_map(|entry| Some((entry.4?, entry)))
        .collect();
    let closings: BTreeMap<i64, Fate> = entries
        .iter()
        .filter_map(|entry| {
            let fate = if entry.2 == "settle" {
                Fate::Settled
            } else {
                Fate::Released
            };
            Some((entry.5?, fate))
        })
        .collect();
    for render in renders {
        let hold = holds.get(&render.id);
        findings.check(
            "every image was held for at its price",
            hold.is_some_and(|hold| hold.3 == render.price),
            || format!("{}: {hold:?}", render.name()),
        );
        let fate = hold.map(|hold| closings.get(&hold.0).copied().unwrap_or(Fate::Held));
        let fits = match render.state.as_str() {
            "done" => fate == Some(Fate::Settled),
            "queued" | "rendering" | "unknown" => fate == Some(Fate::Held),
            // An operator may have settled one of unknown end.
            "broken" => matches!(fate, Some(Fate::Released | Fate::Settled)),
            _ => fate == Some(Fate::Released),
        };
        findings.check("a hold has the fate of its image", fits, || {
            format!("{}: its hold is {fate:?}", render.name())
        });
    }
}

fn one_live_child(renders: &[Render], findings: &mut Findings) {
    let live = || renders.iter().filter(|render| !render.is_dead());
    let twice = doubled(live().map(|render| {
        (
            render.draft,
            render.position,
            render.version,
            render.stage.clone(),
        )
    }));
    findings.check("no two live images in one place", twice.is_empty(), || {
        format!("{twice:?}")
    });
    let twice = doubled(
        live()
            .filter(|render| render.after.is_none())
            .filter_map(|render| render.parent),
    );
    findings.check("an image has at most one live child", twice.is_empty(), || {
        format!("{twice:?}")
    });
}

/// A version is drawn once for each button that was shown, however often that was pressed.
fn one_version_a_button(renders: &[Render], record: &Record, findings: &mut Findings) {
    let mut drawn: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for render in renders {
        if let Some(after) = render.after {
            drawn.entry(after).or_default().insert(render.version);
        }
    }
    for (image, versions) in drawn {
        let pressed = record.versions.get(&image).map_or(0, BTreeSet::len);
        findings.check("a button draws one version", versions.len() <= pressed, || {
            format!("{image:016x} has {versions:?} after {pressed} buttons")
        });
    }
}
