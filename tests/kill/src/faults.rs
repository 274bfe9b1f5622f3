//! Bad days besides deaths: of Discord, of the gateway, of the service and of the database.

use std::collections::BTreeMap;
use std::time::Duration;

use discord_sandbox::{Cut, EventFault, Fault, Mishap, Sandbox};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use tokio::io::AsyncWriteExt;

use crate::bot::Bot;
use crate::database::Database;
use crate::wire::Reader;

/// Parts of paths of Discord's whose requests fail.
const PATHS: [&str; 7] = [
    "/messages",
    "/threads",
    "/reactions",
    "/callback",
    "/members",
    "/webhooks",
    "",
];

/// How often each fault was made.
pub type Counts = BTreeMap<String, u64>;

/// Makes one fault, and waits until it is over, if it has an end.
pub async fn make(discord: &Sandbox, database: &Database, bot: &Bot, dice: &mut StdRng, counts: &mut Counts) {
    let time = Duration::from_millis(dice.random_range(50..600));
    let what = match dice.random_range(0..100) {
        0..45 => requests(discord, dice),
        45..60 => {
            let cut = [Cut::Drop, Cut::Resumable, Cut::Fresh, Cut::Reconnect];
            if let Some(cut) = cut.choose(dice) {
                discord.cut_gateway(*cut);
            }
            "the gateway cut".to_owned()
        }
        60..72 => {
            let ms = dice.random_range(50..1_500);
            let all = [
                Mishap::Drop,
                Mishap::Twice,
                Mishap::AfterNext,
                Mishap::Late { ms },
            ];
            if let Some(what) = all.choose(dice) {
                let event = ["MESSAGE_REACTION_", "INTERACTION_CREATE"].choose(dice).copied();
                let fault = EventFault::next(event.unwrap_or_default(), *what);
                discord.gateway().mishap(fault);
            }
            "an event lost, doubled or late".to_owned()
        }
        72..84 => {
            bot.service.gate.cut();
            tokio::time::sleep(time).await;
            bot.service.gate.mend();
            "the service away".to_owned()
        }
        _ => away(database, bot, time).await,
    };
    *counts.entry(what).or_default() += 1;
}

/// Takes back what waits for requests and events of Discord's.
///
/// # Errors
/// When the local Discord does not answer.
pub async fn take_back(discord: &Sandbox) -> anyhow::Result<()> {
    let url = discord.url();
    let host = url.trim_start_matches("http://");
    let mut connection = tokio::net::TcpStream::connect(host).await?;
    let request = format!("DELETE /sandbox/control/faults HTTP/1.1\r\nhost: {host}\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let answer = Reader::new(connection).answer("DELETE").await?;
    let status = answer.map(|answer| answer.first[0].clone());
    anyhow::ensure!(
        status.as_deref().is_some_and(|status| status.starts_with('2')),
        "the faults could not be taken back: {status:?}"
    );
    Ok(())
}

/// Takes the database away for a while.
async fn away(database: &Database, bot: &Bot, time: Duration) -> String {
    let Some(wire) = &bot.database else {
        database.lock_for(time).await;
        return "SQLite locked by another process".to_owned();
    };
    wire.gate.cut();
    tokio::time::sleep(time).await;
    wire.gate.mend();
    "PostgreSQL away".to_owned()
}

/// Has some of the next requests to Discord fail.
fn requests(discord: &Sandbox, dice: &mut StdRng) -> String {
    let hang_up = dice.random_bool(0.3);
    let limited = !hang_up && dice.random_bool(0.3);
    let after_effect = !limited && dice.random_bool(0.4);
    let path = PATHS.choose(dice).copied().unwrap_or_default();
    discord.fail(Fault {
        path_contains: path.to_owned(),
        skip: dice.random_range(0..4),
        times: dice.random_range(1..4),
        status: if limited {
            429
        } else {
            *[500, 502, 503].choose(dice).unwrap_or(&500)
        },
        retry_after: limited.then_some(0.2),
        after_effect,
        hang_up,
        ..Fault::default()
    });
    let how = match (hang_up, limited, after_effect) {
        (true, _, true) => "requests to Discord cut after their effect",
        (true, _, false) => "requests to Discord cut",
        (_, true, _) => "requests to Discord limited",
        (_, _, true) => "requests to Discord failed after their effect",
        (_, _, false) => "requests to Discord failed",
    };
    how.to_owned()
}
