//! `greenlight demo`: the real bot against a local Discord, with nothing to set up.

mod chosen;
mod example;
mod single_engine;
mod world;

use std::path::{Path, PathBuf};

use anyhow::Context;
use discord_sandbox::{Options, Sandbox, World, world as people};

use self::chosen::Chosen;
use super::start::{asked_to_stop, log_as};
use crate::app::{App, FaultInjection, engines};
use crate::clock::Clock;
use crate::config::Config;

/// What a newcomer has, in credits.
const GRANT: u32 = 1_000;
/// The file of the bot's database, in the folder of the demo.
const DATABASE: &str = "greenlight.db";
/// The port that is tried first, so that an open page in a browser survives a restart.
const PORT: u16 = 8420;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The page's port; 8420, or any free one, if you do not say
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Keep everything in this folder; a temporary one, gone afterwards, if you do not say
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Draw every stage with an engine of config/models.toml, such as openai, for your money: its
    /// key is taken from the environment, and only if you name it here
    #[arg(long, value_name = "NAME")]
    engine: Option<String>,
    /// Start with a bare server: no example, no guide, nothing set
    #[arg(long)]
    empty: bool,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let chosen = args.engine.as_deref();
    let chosen = chosen
        .map(|name| Chosen::find(name, std::env::vars()))
        .transpose()?;
    let temporary = tempfile::tempdir().context("no temporary folder can be made")?;
    let folder = args.data.as_deref().unwrap_or(temporary.path());
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let new = !folder.join(DATABASE).exists();
    // An example for money would be nobody's wish.
    let shows_example = new && !args.empty && chosen.is_none();
    let sandbox = sandbox(args.port, args.data.as_deref(), args.empty).await?;
    let config = config(&sandbox, folder, chosen.as_ref(), shows_example)?;
    log_as(&config)?;
    let engines = engines(FaultInjection::Told, &config)?;
    let told = sandbox.clone();
    // The page can move the clock, for the bot as well.
    let clock = Clock::new(move || i64::try_from(told.now_ms()).unwrap_or(i64::MAX));
    let mut app = App::start(config, engines, clock).await?;
    app.work();
    sandbox.wait_online().await;
    if new && !args.empty {
        prepare(&sandbox, shows_example).await;
    }
    println!("\n  Greenlight is ready: {}\n", sandbox.url());
    println!("  You are Ana. Type /draft and say what to draw; then switch to Bo and react with ✅.");
    if let Some(chosen) = &chosen {
        println!("  {}", chosen.notice);
    }
    println!("  Ctrl-C ends it.\n");
    let ended = app.run_until(asked_to_stop()?).await;
    sandbox.stop().await;
    Ok(ended?)
}

/// Sets the server up. A demo without it is a demo all the same.
async fn prepare(sandbox: &Sandbox, shows_example: bool) {
    let prepared = async {
        example::settle(sandbox).await?;
        if shows_example {
            println!("\n  An example is being drawn…");
            example::finish_a_thread(sandbox).await?;
        }
        anyhow::Ok(())
    };
    if let Err(error) = prepared.await {
        tracing::warn!("the demo's server is not set up: {error:#}");
    }
}

async fn sandbox(port: Option<u16>, data: Option<&Path>, empty: bool) -> anyhow::Result<Sandbox> {
    let options = |port| Options {
        port,
        data: data.map(|data| data.join("discord")),
        world: if empty { World::default() } else { world::world() },
        guide: (!empty).then(world::guide),
        ..Options::default()
    };
    match port {
        Some(port) => Sandbox::start(options(port))
            .await
            .with_context(|| format!("port {port} cannot be used")),
        None => match Sandbox::start(options(PORT)).await {
            Ok(sandbox) => Ok(sandbox),
            Err(_) => Sandbox::start(options(0))
                .await
                .context("the local Discord cannot be started"),
        },
    }
}

/// Builds the settings without the environment, so that a demo meets no real token or paid key that
/// happens to be there. Only the settings of an engine that `--engine` names are taken from it.
fn config(
    sandbox: &Sandbox,
    folder: &Path,
    chosen: Option<&Chosen>,
    shows_example: bool,
) -> anyhow::Result<Config> {
    let grant = GRANT + if shows_example { example::COST } else { 0 };
    let settings = [
        ("DISCORD__API_BASE", sandbox.url()),
        ("DISCORD__TOKEN", "demo".to_owned()),
        (
            "DATABASE__URL",
            format!("sqlite:{}", folder.join(DATABASE).display()),
        ),
        ("BLOBS__FOLDER", folder.join("blobs").display().to_string()),
        ("POOL__FIRST_GRANT", grant.to_string()),
        ("OPERATORS", format!("[{}]", people::DANA)),
        ("LOG__FILTER", "warn,serenity=error".to_owned()),
    ];
    let settings = settings.map(|(key, value)| (format!("GREENLIGHT_{key}"), value));
    let engine = chosen.map(|chosen| chosen.settings.clone()).unwrap_or_default();
    let mut config = Config::load(None, settings.into_iter().chain(engine))?;
    if let Some(chosen) = chosen {
        config.rules.stages = chosen.stages.clone();
    }
    Ok(config)
}
