//! Finds files that import each other in a circle.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Crate, How, Target};

/// Who imports whom, and which names.
type Imports = BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>>;

impl Crate {
    /// Returns a shortest circle through each file that is in one, each circle once:
    /// `a.rs -> b.rs (names) -> a.rs (names)`.
    pub fn circles(&self) -> Vec<String> {
        let imports = self.imports();
        let mut found = BTreeSet::new();
        for &file in imports.keys() {
            if let Some(circle) = shortest(&imports, file) {
                let first = circle.iter().enumerate().min_by_key(|(_, file)| **file);
                let first = first.map_or(0, |(at, _)| at);
                let turned: Vec<usize> = [&circle[first..], &circle[..first]].concat();
                found.insert(turned);
            }
        }
        found.iter().map(|circle| self.shown(&imports, circle)).collect()
    }

    /// Returns what each file imports of the others. To declare or re-export a module is no import.
    /// What only tests import does not count.
    fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for mention in self.mentions().iter().filter(|mention| !mention.test) {
            let Some(to) = self.file_of(&mention.target) else {
                continue;
            };
            let below = self.files[to]
                .module
                .starts_with(&self.files[mention.file].module);
            let name = match (&mention.target, mention.how) {
                (Target::Item(..), How::Reexport) if below => continue,
                (Target::Item(_, name), _) => name,
                // The paths after it say what is meant.
                (Target::Module(_) | Target::Outside(_), _) => continue,
            };
            let names = imports.entry(mention.file).or_default().entry(to).or_default();
            names.insert(name.clone());
        }
        imports
    }

    fn shown(&self, imports: &Imports, circle: &[usize]) -> String {
        let mut shown = vec![self.files[circle[0]].path.clone()];
        for (at, from) in circle.iter().enumerate() {
            let to = circle[(at + 1) % circle.len()];
            let names: Vec<&str> = imports[from][&to].iter().map(String::as_str).collect();
            shown.push(format!("{} ({})", self.files[to].path, names.join(", ")));
        }
        shown.join(" -> ")
    }
}

/// Returns the shortest way from a file back to it.
fn shortest(imports: &Imports, start: usize) -> Option<Vec<usize>> {
    let mut from = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(file) = next.pop_front() {
        for &to in imports.get(&file).into_iter().flat_map(BTreeMap::keys) {
            if to == start {
                let mut way = vec![file];
                while way[way.len() - 1] != start {
                    way.push(from[&way[way.len() - 1]]);
                }
                way.reverse();
                return Some(way);
            }
            if let Entry::Vacant(unseen) = from.entry(to) {
                unseen.insert(file);
                next.push_back(to);
            }
        }
    }
    None
}
