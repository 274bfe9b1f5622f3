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

/// Engines that cannot be reached: the settings may be good all the same.
#[derive(Debug, thiserror::Error)]
#[error("engines that cannot be reached: {0}")]
pub struct Unreachable(pub usize);

impl Unreachable {
    /// The exit code of the program.
    pub const EXIT_CODE: u8 = 3;
}

/// What the engines said.
#[derive(Default)]
struct Asked {
    /// How many were asked.
    engines: usize,
    /// How many findings keep something from being drawn.
    gone: usize,
    /// How many cannot be reached.
    away: usize,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let config = args.settings.load()?;
    let wrong = recount(&config).await?;
    let asked = if args.online {
        ask(&config).await?
    } else {
        Asked::default()
    };
    anyhow::ensure!(wrong == 0, "the books do not agree: {wrong} findings");
    anyhow::ensure!(
        asked.gone == 0,
        "pictures cannot be drawn as the settings say: {} findings",
        asked.gone
    );
    anyhow::ensure!(asked.away == 0, Unreachable(asked.away));
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

/// Asks every engine that can be asked for its models.
async fn ask(config: &Config) -> anyhow::Result<Asked> {
    let engines = app::engines(FaultInjection::Never, config)?;
    app::check_engines(&config.rules, &engines)?;
    let today = Day::at(Clock::system().now_ms());
    let mut all = Asked::default();
    for (name, engine) in engines.iter() {
        ask_one(&mut all, &config.rules.stages, (name, engine), today).await;
    }
    if all.engines == 0 {
        println!("No paid engine has a key: nobody had to be asked for models.");
    }
    Ok(all)
}

/// Asks one engine, prints what it finds and counts it.
async fn ask_one(all: &mut Asked, stages: &Stages, (name, engine): (&str, &dyn Provider), today: Day) {
    let said = match engine.models().await {
        Ok(None) => match engine.reach().await {
            None => return,
            Some(Ok(())) => Ok(None),
            Some(Err(why)) => Err(why),
        },
        said => said,
    };
    all.engines += 1;
    match said {
        Ok(Some(offered)) => {
            let found = judge(stages, name, &offered, today);
            if found.is_empty() {
                println!("{name} offers every model that the stages ask of it.");
            }
            for finding in &found {
                println!("{finding}");
            }
            all.gone += found.iter().filter(|finding| finding.is_gone()).count();
        }
        Ok(None) => println!("{name} is there. It has no list of models."),
        Err(Unasked::Unlisted(why)) => println!("{why}"),
        Err(Unasked::Away(why)) => {
            println!("{why}");
            all.away += 1;
        }
        Err(Unasked::TurnedAway(why)) => {
            println!("{why}");
            all.gone += 1;
        }
    }
}
