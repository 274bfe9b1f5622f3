//! Measures what a guild's past costs. It accepts drafts in a guild of a thousand entries and in
//! one of a million, in turn, and exports the books of both. Also holds credits, in turn with a bare
//! UPDATE.
//!
//! `cargo bench` measures SQLite. It measures Postgres too if `TEST_POSTGRES_URL` names a server on
//! which databases may be created.

use std::time::{Duration, Instant};

use futures::FutureExt;
use greenlight::domain::credits::{Credits, GuildPool};
use greenlight::domain::draft::entity::{Draft, Place};
use greenlight::domain::draft::prompt::Prompt;
use greenlight::domain::geometry::Pixels;
use greenlight::domain::ids::{ChannelId, DraftId, GuildId, RenderId, UserId};
use greenlight::domain::image::number::Number;
use greenlight::domain::image::render::{Origin, Render};
use greenlight::domain::job::Job;
use greenlight::domain::money::authorization::{Funds, Purchase, authorize};
use greenlight::domain::money::export::{Book, Format};
use greenlight::domain::money::period::{Period, Zone};
use greenlight::domain::money::spend_limit::{LimitScope, SpendLimit, Spenders};
use greenlight::domain::stage::Stage;
use greenlight::flow::money::export::export;
use greenlight::random;
use greenlight::store::{Error, Locked, Store, Tx, drafts, jobs, ledger, renders, spend_limits};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, PgConnection};
use url::Url;

#[path = "shared/past.rs"]
mod past;

use self::past::{PRICE, Past};

/// The guild and its entries. Each render of the past has a hold and a settle.
const YOUNG: (u64, i64) = (1, 1_000);
const OLD: (u64, i64) = (2, 1_000_000);
const ROUNDS: u64 = 400;
/// The past ended a week ago, in milliseconds since 1970. Members have drafted since, equally in
/// both guilds.
const PAST_MS: i64 = 1_800_000_000_000;
const NOW_MS: i64 = PAST_MS + 7 * 24 * 60 * 60_000;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("greenlight.db").display());
    compare("SQLite", &url).await?;
    if let Ok(server) = std::env::var("TEST_POSTGRES_URL") {
        let name = format!("greenlight_bench_{}", random::bits::<u32>());
        let mut admin = PgConnection::connect(&server).await?;
        let create = format!("CREATE DATABASE {name}");
        admin.execute(AssertSqlSafe(create)).await?;
        let mut url = Url::parse(&server)?;
        url.set_path(&name);
        let compared = compare("PostgreSQL", url.as_str()).await;
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        admin.execute(AssertSqlSafe(drop)).await?;
        compared?;
    } else {
        println!("PostgreSQL: not measured, TEST_POSTGRES_URL is not set");
    }
    Ok(())
}

async fn compare(what: &str, url: &str) -> Result<(), AnyError> {
    let store = Store::open(url).await?;
    let mut other = AnyConnection::connect(url).await?;
    for (guild, entries) in [YOUNG, OLD] {
        let past = Past {
            guild,
            first: guild * 10_000_000,
            pictures: entries / 2,
            ended_ms: PAST_MS,
        };
        past::write(&store, &mut other, past).await?;
    }
    let (mut bare, mut held) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        bare.push(bare_update(&store, YOUNG.0).await?);
        held.push(hold(&store, YOUNG.0, 2 * ROUNDS + round).await?);
    }
    let (bare, held) = (median(bare), median(held));
    println!(
        "{what}: holding credits: {held:?}; a transaction of one UPDATE: {bare:?}: {:.2} of its speed",
        bare.as_secs_f64() / held.as_secs_f64()
    );
    let (mut young, mut old) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        young.push(accept(&store, YOUNG.0, 2 * round).await?);
        old.push(accept(&store, OLD.0, 2 * round + 1).await?);
    }
    let (young, old) = (median(young), median(old));
    println!(
        "{what}: accepting a draft of one image: {young:?} with {} entries, {old:?} with {}: {:.2} times",
        YOUNG.1,
        OLD.1,
        old.as_secs_f64() / young.as_secs_f64()
    );
    for (guild, _) in [YOUNG, OLD] {
        let before = peak_kib(true);
        let rows = export(
            &store,
            GuildId::new(guild),
            Book::Entries,
            Format::Csv,
            std::io::sink(),
        )
        .await?;
        let more = peak_kib(false)
            .zip(before)
            .map(|(after, before)| after.saturating_sub(before));
        let more = more.map_or_else(|| "an unknown number of".to_owned(), |kib| kib.to_string());
        println!("{what}: exporting {rows} entries: {more} KiB more memory at its peak");
    }
    store.close().await;
    Ok(())
}

/// Updates one row in a transaction of its own, and returns how long it took.
async fn bare_update(store: &Store, guild: u64) -> Result<Duration, AnyError> {
    let began = Instant::now();
    let updated =
        store.write(move |tx| async move { ledger::lock(tx, GuildId::new(guild)).await.map(drop) }.boxed());
    updated.await?;
    Ok(began.elapsed())
}

/// Holds the credits of an image that is there, and returns how long it took.
async fn hold(store: &Store, guild: u64, nth: u64) -> Result<Duration, AnyError> {
    let (guild, id) = (GuildId::new(guild), 1_000_000_000 + nth);
    let there = store.write(move |tx| queued(tx, draft(guild, id, UserId::new(1))).boxed());
    let render = there.await?;
    let began = Instant::now();
    let held = store.write(move |tx| {
        async move {
            let mut locked = ledger::lock(tx, guild).await?;
            held(tx, &mut locked, render).await
        }
        .boxed()
    });
    held.await?;
    Ok(began.elapsed())
}

/// Does what `/draft` does in its transaction, with a spending limit for each member and day.
/// Returns how long it took.
async fn accept(store: &Store, guild: u64, nth: u64) -> Result<Duration, AnyError> {
    let (guild, id) = (GuildId::new(guild), 1_000_000_000 + nth);
    // Each member drafts once, so that no member's usage grows meanwhile.
    let member = UserId::new(1_000 + nth);
    let began = Instant::now();
    let accepted = store.write(move |tx| accepted(tx, guild, id, member).boxed());
    accepted.await?;
    Ok(began.elapsed())
}

async fn accepted(tx: &mut Tx, guild: GuildId, id: u64, member: UserId) -> Result<(), Error> {
    let limit = SpendLimit {
        on: LimitScope {
            scope: Spenders::Each,
            stage: None,
            period: Period::Day,
        },
        max: credits(500),
    };
    let mut locked = ledger::lock(tx, guild).await?;
    drafts::open_count(tx, guild).await?;
    let zone: Zone = "UTC"
        .parse()
        .map_err(|bad| Error::Inconsistent(format!("{bad:?}")))?;
    spend_limits::usages(tx, &locked, vec![limit], member, &zone, NOW_MS).await?;
    let draft = draft(guild, id, member);
    let render = queued(tx, draft.clone()).await?;
    held(tx, &mut locked, render).await?;
    jobs::enqueue(tx, Job::OpenThread(draft.id), NOW_MS).await
}

/// Inserts a draft of one image, which has its number.
async fn queued(tx: &mut Tx, draft: Draft) -> Result<RenderId, Error> {
    drafts::insert(tx, &draft, None).await?;
    let origin = Origin {
        draft: draft.id,
        guild: draft.guild,
        parent: None,
        after: None,
        number: Number::first(1),
    };
    let (render, size) = (
        RenderId::new(draft.id.get()),
        Pixels {
            width: 1280,
            height: 720,
        },
    );
    let new = Render::queued(render, origin, Stage::Explore, credits(PRICE), size, NOW_MS);
    renders::insert(tx, &new).await?;
    Ok(render)
}

async fn held(tx: &mut Tx, locked: &mut Locked<GuildPool>, render: RenderId) -> Result<(), Error> {
    let funds = Funds {
        available: locked.sums.available,
        ..Funds::default()
    };
    let purchase = Purchase::new(locked.guild, Stage::Explore, credits(PRICE), vec![render]);
    let purchase = purchase.map_err(|error| Error::Inconsistent(error.to_string()))?;
    let authorization =
        authorize(purchase, &funds).map_err(|short| Error::Inconsistent(format!("{short:?}")))?;
    ledger::hold(tx, locked, authorization, NOW_MS).await.map(drop)
}

fn draft(guild: GuildId, id: u64, requester: UserId) -> Draft {
    Draft {
        id: DraftId::new(id),
        guild,
        channel: ChannelId::new(5),
        parent: None,
        requester,
        project: None,
        prompt: Prompt::stored("a fox".to_owned()),
        keep: None,
        ratio: "16:9".parse().expect("a ratio"),
        images: 1,
        references: 0,
        last_stage: Stage::Final,
        place: Place::Opening(None),
        answer_token: None,
        forgotten: false,
        references_removed_ms: None,
        prompt_removed_ms: None,
        created_ms: NOW_MS,
    }
}

fn credits(n: i64) -> Credits {
    Credits::new(n).expect("a sum of credits")
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all[all.len() / 2]
}

/// Returns the peak memory of this process in KiB, where the kernel tells it. `anew` starts the
/// count again.
fn peak_kib(anew: bool) -> Option<u64> {
    if anew {
        std::fs::write("/proc/self/clear_refs", "5").ok()?;
    }
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
