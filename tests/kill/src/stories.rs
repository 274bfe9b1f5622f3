//! Tells of the random stories that `scripts/campaign --model` played, on the page of figures.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;

/// Stories of one seed, as a line of JSON tells of them. All of them held.
#[derive(Debug, Deserialize)]
pub struct Stories {
    /// The commit that was tested.
    pub commit: String,
    /// What was compared with what.
    pub harness: String,
    /// The seed.
    pub seed: u64,
    /// How many stories were played.
    pub played: u64,
}

/// Writes how many stories each harness played.
///
/// # Errors
/// None: a text takes all that is written to it.
pub fn section(page: &mut String, all: &[Stories]) -> anyhow::Result<()> {
    // What was played twice counts once.
    let mut harnesses: BTreeMap<&str, BTreeMap<u64, u64>> = BTreeMap::new();
    for one in all {
        let seeds = harnesses.entry(&one.harness).or_default();
        seeds.insert(one.seed, one.played);
    }
    if harnesses.is_empty() {
        return Ok(());
    }
    writeln!(
        page,
        "## Random stories\n\n\
         `scripts/campaign --model` played these by their seeds, and every one ended as it has to. It ends\n\
         with the first that does not, and says how to repeat it.\n\n\
         | what is compared | seeds | stories |\n|---|---|---|"
    )?;
    for (harness, seeds) in harnesses {
        writeln!(
            page,
            "| {harness} | {} | {} |",
            seeds.len(),
            seeds.values().sum::<u64>()
        )?;
    }
    writeln!(page)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_counts_once() {
        let line = |harness: &str, seed| Stories {
            commit: "now".to_owned(),
            harness: harness.to_owned(),
            seed,
            played: 100,
        };
        let mut page = String::new();
        section(
            &mut page,
            &[line("a", 1), line("b", 1), line("a", 2), line("a", 2)],
        )
        .expect("a text");
        assert!(page.contains("| a | 2 | 200 |\n| b | 1 | 100 |\n"), "{page}");
    }
}
