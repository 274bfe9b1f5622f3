//! The steps that the tests of the store are made of: drafts and renders to store, and the few
//! moves of the ledger.

pub mod by_id;

use futures::FutureExt;
use futures::future::BoxFuture;
use greenlight::domain::approval::terms::Terms;
use greenlight::domain::credits::{Credits, GuildPool, Pool};
use greenlight::domain::draft::entity::{Draft, Place};
use greenlight::domain::draft::prompt::Prompt;
use greenlight::domain::emoji::Emoji;
use greenlight::domain::geometry::Pixels;
use greenlight::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, RenderId, RoleId, UserId};
use greenlight::domain::image::number::Number;
use greenlight::domain::image::render::{Origin, Render, State};
use greenlight::domain::money::authorization::{Authorization, Funds, Purchase, Shortage, authorize};
use greenlight::domain::money::period::Zone;
use greenlight::domain::money::spend_limit::{SpendLimits, holding};
use greenlight::domain::stage::Stage;
use greenlight::store::ledger::{self, Grant, Held};
use greenlight::store::{Error, Locked, Store, Tx, drafts, guilds, renders, spend_limits};
use sqlx::error::ErrorKind;

use super::db::{Kind, fresh};

pub const GUILD: GuildId = GuildId::new(100);
pub const ANA: UserId = UserId::new(1);
pub const BO: UserId = UserId::new(2);
pub const CEM: UserId = UserId::new(3);
/// Some time, in milliseconds since 1970. The store never asks for the time.
pub const NOW: i64 = 1_800_000_000_000;
pub const SIZE: Pixels = Pixels {
    width: 1280,
    height: 720,
};
/// Returns the terms of the votes here.
pub fn terms() -> Terms {
    Terms {
        price: credits(20),
        quorum: 2,
        own_vote: false,
        lead_decides: true,
        approve: Emoji::approve(),
        veto: "<:halt:77>".parse().expect("an emoji"),
        approvers: [RoleId::new(1), RoleId::new(2)].into(),
        leads: [RoleId::new(u64::MAX >> 1)].into(),
        closes_ms: NOW + 1_000,
    }
}

pub fn credits(n: i64) -> Credits {
    Credits::new(n).expect("a sum of credits")
}

pub fn render_id(id: u64) -> RenderId {
    RenderId::new(id)
}

/// Returns a draft as `/draft` makes it.
pub fn draft(guild: GuildId, id: u64) -> Draft {
    Draft {
        id: DraftId::new(id),
        guild,
        channel: ChannelId::new(500),
        parent: None,
        requester: ANA,
        project: None,
        prompt: Prompt::parse("a red fox\nat dawn, “quoted” 狐").expect("a prompt"),
        keep: Some("the fox".to_owned()),
        ratio: "16:9".parse().expect("a ratio"),
        images: 4,
        references: 0,
        last_stage: Stage::Final,
        place: Place::Opening(None),
        answer_token: Some(AnswerToken::new("token".to_owned())),
        forgotten: false,
        references_removed_ms: None,
        prompt_removed_ms: None,
        created_ms: NOW,
    }
}

/// Returns the first render of an image of a draft.
pub fn explore(of: &Draft, id: u64, position: u32, price: i64) -> Render {
    let origin = Origin {
        draft: of.id,
        guild: of.guild,
        parent: None,
        after: None,
        number: Number::first(position),
    };
    Render::queued(render_id(id), origin, Stage::Explore, credits(price), SIZE, NOW)
}

/// Returns the render of an image's next stage.
pub fn child(of: &Render, id: u64) -> Render {
    let origin = Origin {
        parent: Some(of.id),
        ..of.origin()
    };
    let stage = of.stage.next().expect("a stage after this one");
    Render::queued(render_id(id), origin, stage, credits(20), SIZE, NOW)
}

/// Stores a draft and its first image without a hold, for tests that are not about credits.
pub async fn one_image(tx: &mut Tx, draft_id: u64, render: u64) -> Result<Render, Error> {
    let draft = draft(GUILD, draft_id);
    let image = explore(&draft, render, 1, 10);
    ledger::ensure(tx, GUILD).await?;
    drafts::insert(tx, &draft, None).await?;
    renders::insert(tx, &image).await?;
    Ok(image)
}

/// Calls [`Store::write`] with the store's own error.
pub async fn write<T, F>(store: &Store, body: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
{
    store.write(body).await
}

/// Calls [`Store::read`] with the store's own error.
pub async fn read<T, F>(store: &Store, body: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
{
    store.read(body).await
}

/// Adds credits to a guild's pool.
pub async fn grant(store: &Store, guild: GuildId, amount: i64) -> Result<Option<Pool>, Error> {
    write(store, move |tx| {
        ledger::grant(tx, guild, credits(amount), Grant::default(), NOW).boxed()
    })
    .await
}

/// Returns the sums of a guild's pool: granted, available, held, settled.
pub async fn sums(store: &Store, guild: GuildId) -> Result<[i64; 4], Error> {
    let pool = read(store, move |tx| ledger::read(tx, guild).boxed()).await?;
    Ok([pool.granted, pool.available, pool.held, pool.settled].map(Credits::get))
}

/// Authorizes one render at a price by what the locked pool has, without limits or a budget.
pub fn authorized(
    pool: &Locked<GuildPool>,
    stage: Stage,
    price: i64,
    render: RenderId,
) -> Result<Authorization, Shortage> {
    authorized_for(pool.guild, pool, stage, price, render)
}

/// Authorizes one render of a guild at a price by what the pool of any guild has.
pub fn authorized_for(
    guild: GuildId,
    pool: &Locked<GuildPool>,
    stage: Stage,
    price: i64,
    render: RenderId,
) -> Result<Authorization, Shortage> {
    let funds = Funds {
        available: pool.sums.available,
        ..Funds::default()
    };
    let purchase = Purchase::new(guild, stage, credits(price), vec![render]);
    authorize(purchase.expect("a price"), &funds)
}

/// Holds what was authorized for one render.
pub async fn hold_one(
    tx: &mut Tx,
    pool: &mut Locked<GuildPool>,
    authorization: Authorization,
    now_ms: i64,
) -> Result<Held, Error> {
    let mut held = ledger::hold(tx, pool, authorization, now_ms).await?;
    Ok(held.remove(0))
}

/// Why a transaction of the stories was rolled back.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error("the pool has too few credits")]
    InsufficientCredits,
    #[error(transparent)]
    Store(#[from] Error),
}

/// Queues an image on a draft of its own and holds its price, as `/draft` does. If the pool is
/// short, it writes nothing and returns no hold.
pub async fn queue(store: &Store, guild: GuildId, id: u64, price: i64) -> Result<Option<Held>, Error> {
    let outcome = store.write(move |tx| queue_or_stop(tx, guild, id, price).boxed());
    match outcome.await {
        Ok(held) => Ok(Some(held)),
        Err(Stop::InsufficientCredits) => Ok(None),
        Err(Stop::Store(error)) => Err(error),
    }
}

/// Returns the proof of a hold, for tests that call an engine and are not about credits.
pub async fn a_hold() -> Held {
    let db = fresh(Kind::Sqlite).await;
    grant(db.store(), GUILD, 100).await.expect("a grant");
    let held = queue(db.store(), GUILD, 1, 10).await.expect("a database");
    held.expect("credits enough")
}

async fn queue_or_stop(tx: &mut Tx, guild: GuildId, id: u64, price: i64) -> Result<Held, Stop> {
    ledger::ensure(tx, guild).await?;
    let mut pool = ledger::lock(tx, guild).await?;
    let draft = draft(guild, id);
    drafts::insert(tx, &draft, None).await?;
    renders::insert(tx, &explore(&draft, id, 1, price)).await?;
    let authorization = authorized(&pool, Stage::Explore, price, render_id(id));
    let authorization = authorization.map_err(|_| Stop::InsufficientCredits)?;
    Ok(hold_one(tx, &mut pool, authorization, NOW).await?)
}

/// Why nothing was held.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The pool has too few credits.
    #[error("the pool has too few credits")]
    InsufficientCredits,
    /// A spending limit is reached.
    #[error("a spending limit is reached")]
    Capped,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Queues an image on a draft of a member and holds its price, unless a spending limit is reached
/// or the pool is short.
pub async fn hold_under_limits(
    tx: &mut Tx,
    guild: GuildId,
    member: UserId,
    id: u64,
    price: i64,
    now_ms: i64,
) -> Result<Held, Refused> {
    ledger::ensure(tx, guild).await?;
    let mut pool = ledger::lock(tx, guild).await?;
    let chosen = guilds::read(tx, guild).await?.spend_limits;
    let chosen: SpendLimits = chosen
        .into_iter()
        .filter_map(|(on, max)| Some((on, max?)))
        .collect();
    let all = holding(&chosen, member, &[].into(), Stage::Explore);
    let usages = spend_limits::usages(tx, &pool, all, member, &utc(), now_ms).await?;
    let funds = Funds {
        available: pool.sums.available,
        usages,
        ..Funds::default()
    };
    let purchase = Purchase::new(guild, Stage::Explore, credits(price), vec![render_id(id)]);
    let authorization = match authorize(purchase.expect("a price"), &funds) {
        Ok(authorization) => authorization,
        Err(Shortage::Limit(_)) => return Err(Refused::Capped),
        Err(Shortage::Budget(_) | Shortage::Line | Shortage::Pool(_)) => {
            return Err(Refused::InsufficientCredits);
        }
    };
    let mut draft = draft(guild, id);
    draft.requester = member;
    drafts::insert(tx, &draft, None).await?;
    renders::insert(tx, &explore(&draft, id, 1, price)).await?;
    Ok(hold_one(tx, &mut pool, authorization, now_ms).await?)
}

/// How a hold is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    Settle,
    Release,
}

/// Closes a hold and moves its render to the state that goes with it.
pub async fn close(store: &Store, held: Held, how: Close) -> Result<(), Error> {
    store
        .write(move |tx| {
            async move {
                let image = renders::lock(tx, held.render()).await?;
                let state = match how {
                    Close::Settle => {
                        ledger::settle(tx, held, NOW).await?;
                        State::Done(SIZE)
                    }
                    Close::Release => {
                        ledger::release(tx, held, NOW).await?;
                        State::Cancelled
                    }
                };
                renders::set_state(tx, &image, &state).await
            }
            .boxed()
        })
        .await
}

/// Finds the open hold of a render, as another process would.
pub async fn open_hold(store: &Store, id: u64) -> Result<Option<Held>, Error> {
    store
        .write(move |tx| by_id::open_hold(tx, render_id(id)).boxed())
        .await
}

/// Returns the zone without summer time.
pub fn utc() -> Zone {
    "UTC".parse().expect("a zone")
}

/// Returns which rule of the tables a statement broke.
pub fn broken_rule(error: &sqlx::Error) -> ErrorKind {
    match error.as_database_error() {
        Some(error) => error.kind(),
        None => panic!("no answer of the database: {error:?}"),
    }
}

/// Returns which rule of the tables a call of the store broke.
pub fn rule<T>(outcome: Result<T, Error>) -> ErrorKind {
    match outcome {
        Err(Error::Database(error)) => broken_rule(&error),
        Err(other) => panic!("not refused by the database: {other:?}"),
        Ok(_) => panic!("nothing was refused"),
    }
}
