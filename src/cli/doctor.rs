//! Runs `greenlight doctor`: checks that the settings can be used, that the books agree, and that
//! the models are still offered.

use futures::FutureExt;

use super::start::{Settings, look};
use crate::app::{self, FaultInjection};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::engine::availability::{Day, judge};
use crate::domain::stage::Stages;
use crate::flow::money::export;
use crate::providers::{Provider, Unasked};
use crate::store::ledger;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// Also ask each paid engine that has a key for its models, which costs nothing, and warn of a
    /// stage's model that is gone or about to be shut down
    #[arg(long)]
    online: bool,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let config = args.settings.load()?;
    let wrong = recount(&config).await?;
    let gone = if args.online { ask(&config).await? } else { 0 };
    anyhow::ensure!(wrong == 0, "the books do not agree: {wrong} findings");
    anyhow::ensure!(
        gone == 0,
        "pictures cannot be drawn as the settings say: {gone} findings"
    );
    Ok(())
}

/// Recounts the books and prints what is wrong. Returns how many findings there are.
async fn recount(config: &Config) -> anyhow::Result<usize> {
    let store = look(config).await?;
    let sums = store.read(|tx| ledger::audit(tx).boxed()).await;
    let entries = export::recount(&store).await;
    store.close().await;
    let mut wrong = sums?;
    wrong.extend(entries?);
    if wrong.is_empty() {
        println!("The settings can be used, and every sum agrees with its ledger.");
    }
    for line in &wrong {
        println!("{line}");
    }
    Ok(wrong.len())
}

/// Asks every engine that can be asked for its models. Returns how many findings keep something
/// from being drawn.
async fn ask(config: &Config) -> anyhow::Result<usize> {
    let engines = app::engines(FaultInjection::Never, config)?;
    app::check_engines(&config.rules, &engines)?;
    let today = Day::at(Clock::system().now_ms());
    let (mut asked, mut gone) = (0, 0);
    for (name, engine) in engines.iter() {
        if let Some(found) = ask_one(&config.rules.stages, name, engine, today).await {
            asked += 1;
            gone += found;
        }
    }
    if asked == 0 {
        println!("No paid engine has a key: nobody had to be asked for models.");
    }
    Ok(gone)
}

/// Asks one engine and prints what it finds. Returns `None` for an engine that need not be asked.
async fn ask_one(stages: &Stages, name: &str, engine: &dyn Provider, today: Day) -> Option<usize> {
    let offered = match engine.models().await {
        Ok(offered) => offered?,
        Err(Unasked::Away(why)) => {
            println!("{why}");
            return Some(0);
        }
        Err(Unasked::TurnedAway(why)) => {
            println!("{why}");
            return Some(1);
        }
    };
    let found = judge(stages, name, &offered, today);
    if found.is_empty() {
        println!("{name} offers every model that the stages ask of it.");
    }
    for finding in &found {
        println!("{finding}");
    }
    Some(found.iter().filter(|finding| finding.is_gone()).count())
}
