//! Runs `greenlight config`: shows what is in force, and where each value came from.

use anyhow::Context;

use super::start::Settings;
use crate::config::Config;

pub(super) fn run(settings: &Settings) -> anyhow::Result<()> {
    let file = settings.file();
    let shown = Config::show(file, std::env::vars()).context("the settings cannot be read")?;
    for line in &shown {
        println!("{} = {}  # {}", line.key, line.value, line.from);
    }
    // Shown first: what is wrong is easier to see beside what it belongs to.
    Config::load(file, std::env::vars()).context("the settings cannot be used")?;
    Ok(())
}
