//! The history of the books: every entry after the other, as a ledger takes it that does one thing at a
//! time. What must hold in the end must have held after each.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Entry, Findings, Render};

/// A ledger that does one thing at a time.
#[derive(Default)]
struct Ledger {
    /// What each server may still spend, in credits.
    available: BTreeMap<i64, i64>,
    /// The holds that nothing has closed: server, image and credits of each.
    open: BTreeMap<i64, (i64, Option<i64>, i64)>,
    /// The images that were paid for.
    paid: BTreeSet<i64>,
}

/// Replays the entries in the order in which they were committed. Whoever writes one has the lock of its
/// pool, so that the order of their ids is that of the commits.
pub(super) fn check(entries: &[Entry], renders: &[Render], findings: &mut Findings) {
    let parents: BTreeMap<i64, i64> = renders
        .iter()
        .filter_map(|render| Some((render.id, render.parent?)))
        .collect();
    let mut ledger = Ledger::default();
    for entry in entries {
        ledger.take(entry, &parents, findings);
    }
}

impl Ledger {
    fn take(&mut self, entry: &Entry, parents: &BTreeMap<i64, i64>, findings: &mut Findings) {
        let (id, guild, kind, amount, render, closes) = entry;
        let available = self.available.entry(*guild).or_default();
        match kind.as_str() {
            "grant" => *available += amount,
            "correction" => *available -= amount,
            "hold" => {
                *available -= amount;
                self.open.insert(*id, (*guild, *render, *amount));
                let parent = render.and_then(|render| parents.get(&render));
                let in_turn = parent.is_none_or(|parent| self.paid.contains(parent));
                findings.check("no stage is paid for before the one before it", in_turn, || {
                    format!("{entry:?} of {parent:?}")
                });
            }
            _ => {
                let hold = closes.and_then(|hold| self.open.remove(&hold));
                let fits = hold == Some((*guild, *render, *amount));
                findings.check("what closes a hold finds it open, and is its sum", fits, || {
                    format!("{entry:?} closes {hold:?}")
                });
                if kind == "settle" {
                    self.paid.extend(*render);
                } else {
                    *available += amount;
                }
            }
        }
        let available = *available;
        findings.check("no moment has less than nothing to spend", available >= 0, || {
            format!("{available} after {entry:?}")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: i64, kind: &str, amount: i64, render: i64, closes: i64) -> Entry {
        let is_there = |id: i64| (id > 0).then_some(id);
        (id, 1, kind.to_owned(), amount, is_there(render), is_there(closes))
    }

    fn render(id: i64, parent: Option<i64>) -> Render {
        Render {
            id,
            draft: 1,
            position: 1,
            version: 1,
            stage: "review".to_owned(),
            state: "done".to_owned(),
            price: 10,
            parent,
            after: None,
            message: None,
            shown: None,
        }
    }

    fn found(entries: &[Entry]) -> Vec<String> {
        let mut findings = Findings::default();
        check(entries, &[render(1, None), render(2, Some(1))], &mut findings);
        findings.violations.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn what_was_wrong_for_a_moment_is_found() {
        let grant = || entry(1, "grant", 20, 0, 0);
        let hold = |id, render| entry(id, "hold", 10, render, 0);
        let whole = [grant(), hold(2, 1), entry(3, "settle", 10, 1, 2), hold(4, 2)];
        assert!(found(&whole).is_empty());
        let late = [hold(1, 1), entry(2, "settle", 10, 1, 1), grant()];
        assert_eq!(found(&late), ["no moment has less than nothing to spend"; 2]);
        let early = [grant(), hold(2, 1), hold(3, 2), entry(4, "settle", 10, 1, 2)];
        assert_eq!(found(&early), ["no stage is paid for before the one before it"]);
        let closed = "what closes a hold finds it open, and is its sum";
        let twice = [
            grant(),
            hold(2, 1),
            entry(3, "release", 10, 1, 2),
            entry(4, "settle", 10, 1, 2),
        ];
        assert_eq!(found(&twice), [closed]);
        let more = [grant(), hold(2, 1), entry(3, "release", 11, 1, 2)];
        assert_eq!(found(&more), [closed]);
    }
}
