//! Locks rows before it writes them, for stories that know a row by its id.

use std::collections::BTreeSet;

use greenlight::domain::approval::ballot::{Kind, VoteSource, VoterRole};
use greenlight::domain::approval::terms::Terms;
use greenlight::domain::approval::vote::Vote;
use greenlight::domain::draft::entity::Place;
use greenlight::domain::ids::{DraftId, MessageId, RenderId, UserId};
use greenlight::domain::image::reduced::Reduced;
use greenlight::domain::image::render::{Asked, Bill, State};
use greenlight::store::ledger::{self, Held};
use greenlight::store::{Error, Tx, drafts, renders, votes};

pub async fn set_place(tx: &mut Tx, id: DraftId, place: Place) -> Result<(), Error> {
    let draft = drafts::lock(tx, id).await?;
    drafts::set_place(tx, &draft, place).await
}

pub async fn set_state(tx: &mut Tx, id: RenderId, state: &State) -> Result<(), Error> {
    let image = renders::lock(tx, id).await?;
    renders::set_state(tx, &image, state).await
}

pub async fn begin(tx: &mut Tx, id: RenderId, fresh: Option<Asked>) -> Result<(), Error> {
    let image = renders::lock(tx, id).await?;
    renders::begin(tx, &image, fresh.as_ref().map(|asked| (asked, None))).await
}

pub async fn set_bill(tx: &mut Tx, id: RenderId, bill: &Bill) -> Result<(), Error> {
    let image = renders::lock(tx, id).await?;
    let state = image.state.clone();
    renders::set_outcome(tx, &image, &state, Some(bill)).await
}

pub async fn set_message(tx: &mut Tx, id: RenderId, message: MessageId) -> Result<(), Error> {
    let image = renders::lock(tx, id).await?;
    renders::set_message(tx, &image, message, None).await
}

pub async fn forget_message(tx: &mut Tx, id: RenderId) -> Result<(), Error> {
    let image = renders::lock(tx, id).await?;
    renders::forget_message(tx, &image).await
}

pub async fn set_reduced_message(tx: &mut Tx, id: RenderId, message: MessageId) -> Result<(), Error> {
    let image = renders::lock(tx, id).await?;
    renders::set_message(tx, &image, message, Some(&Reduced { forms: None })).await
}

pub async fn open_hold(tx: &mut Tx, id: RenderId) -> Result<Option<Held>, Error> {
    let image = renders::lock(tx, id).await?;
    ledger::open_hold(tx, &image).await
}

/// Opens the vote on an image, to be reminded of at a time.
pub async fn open_vote(tx: &mut Tx, id: RenderId, terms: &Terms, remind_ms: i64) -> Result<(), Error> {
    let image = renders::lock(tx, id).await?;
    renders::write_vote(tx, &image, &Vote::Open(terms.clone()), Some(remind_ms)).await
}

/// Moves the vote on an image.
pub async fn set_vote(tx: &mut Tx, id: RenderId, vote: &Vote) -> Result<(), Error> {
    let image = renders::lock(tx, id).await?;
    renders::write_vote(tx, &image, vote, image.remind_ms).await
}

pub async fn bump_vote(tx: &mut Tx, id: RenderId) -> Result<(), Error> {
    let image = renders::lock(tx, id).await?;
    renders::bump_vote(tx, &image).await
}

pub async fn cast(
    tx: &mut Tx,
    id: RenderId,
    user: UserId,
    kind: Kind,
    source: VoteSource,
    now_ms: i64,
) -> Result<bool, Error> {
    let image = renders::lock(tx, id).await?;
    votes::cast(tx, &image, user, kind, source, now_ms).await
}

pub async fn withdraw(
    tx: &mut Tx,
    id: RenderId,
    user: UserId,
    kind: Kind,
    source: VoteSource,
) -> Result<bool, Error> {
    let image = renders::lock(tx, id).await?;
    votes::withdraw(tx, &image, user, kind, source).await
}

pub async fn replace_reactions(
    tx: &mut Tx,
    id: RenderId,
    kind: Kind,
    users: &BTreeSet<UserId>,
    now_ms: i64,
) -> Result<bool, Error> {
    let image = renders::lock(tx, id).await?;
    votes::replace_reactions(tx, &image, kind, users, now_ms).await
}

pub async fn note(tx: &mut Tx, id: RenderId, user: UserId, role: VoterRole) -> Result<bool, Error> {
    let image = renders::lock(tx, id).await?;
    votes::note(tx, &image, user, role).await
}

pub async fn lift(tx: &mut Tx, id: RenderId) -> Result<(), Error> {
    let image = renders::lock(tx, id).await?;
    votes::lift(tx, &image).await
}
