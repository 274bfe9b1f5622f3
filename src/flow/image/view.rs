//! Loads everything that a message about a render says.

use futures::FutureExt;

use crate::domain::approval::Tally;
use crate::domain::approval::vote::{Image, Vote, VoteState};
use crate::domain::draft::entity::Draft;
use crate::domain::geometry::Pixels;
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{ChannelId, MessageId, RenderId, UserId};
use crate::domain::image::note::Note;
use crate::domain::image::render::{Render, Ruling, State};
use crate::domain::image::version::Next;
use crate::domain::money::project::OverBudget;
use crate::domain::stage::Stage;
use crate::flow::approval::{notes, vote};
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::renders::Turn;
use crate::store::renders::versions::Newest;
use crate::store::{Tx, drafts, ledger, projects, renders};

/// Everything that a message about a render says.
pub(in crate::flow) struct View {
    pub(in crate::flow) image: Image,
    pub(in crate::flow) draft: Draft,
    pub(in crate::flow) thread: ChannelId,
    /// The message that shows its parent, or the image that it is a version of.
    pub(in crate::flow) parent: Option<MessageId>,
    /// The stage and the size of its parent. `None` for a version, which is to differ.
    pub(in crate::flow) approved: Option<(Stage, Pixels)>,
    /// The members who approved its parent.
    pub(in crate::flow) approved_by: Vec<UserId>,
    /// The notes that stand on it.
    pub(in crate::flow) notes: Vec<Note>,
    /// Its next version. `None` if no note stands on it.
    pub(in crate::flow) next_version: Option<Next>,
    /// The newest version that was drawn after it, while notes stand on it.
    pub(in crate::flow) newest_version: Option<Newest>,
    /// The votes on its next stage.
    pub(in crate::flow) tally: Option<Tally>,
    /// The rules that hold in the guild now.
    pub(in crate::flow) rules: GuildRules,
    /// The message that shows its next stage, once it is drawn.
    pub(in crate::flow) next: Option<MessageId>,
    /// The budget that the approval of its next stage waits for.
    pub(in crate::flow) full: Option<OverBudget>,
    /// What decides whether it waits for an earlier image of its draft.
    pub(in crate::flow) turn: Turn,
    /// Whether another render took the place of this one.
    pub(in crate::flow) replaced: bool,
    /// The decision of a person about its credits, if it has no picture.
    pub(in crate::flow) decision: Option<Ruling>,
}

pub(in crate::flow) async fn view(services: &Services, id: RenderId) -> Result<Option<View>, Error> {
    let operator = services.rules.clone();
    let read = services.store.read(move |tx| {
        async move {
            let Some(image) = renders::find(tx, id).await? else {
                return Ok(None);
            };
            let draft = drafts::get(tx, image.draft).await?;
            let Some(thread) = draft.thread() else {
                return Ok(None);
            };
            let (parent, approved, approved_by) = of_parent(tx, &image, &draft).await?;
            let notes = notes::standing(tx, &image).await?;
            let (next_version, newest_version) = versions(tx, &image, &notes).await?;
            let tally = vote::tally_of(tx, &image, &draft).await?;
            let rules = settings::rules_in(tx, &operator, image.guild).await?;
            let next = match image.vote.state() {
                VoteState::Spent => renders::shows_next(tx, id).await?,
                VoteState::None
                | VoteState::Open
                | VoteState::Stopped
                | VoteState::Waiting
                | VoteState::Capped
                | VoteState::Closed => None,
            };
            let full = match (&image.vote, image.stage.next()) {
                (Vote::Waiting { terms, .. }, Some(next)) => {
                    projects::full(tx, image.id, next, terms.price).await?
                }
                _ => None,
            };
            let mut replaced = false;
            if image.state.is_dead() {
                let live = renders::live(tx, image.draft, image.number, image.stage).await?;
                replaced = live.is_some();
            }
            let turn = renders::turn(tx, &image).await?;
            let decision = match image.state {
                State::Queued | State::Rendering | State::Cancelled | State::Done(_) => None,
                State::Failed(_) | State::Unknown => ledger::decision(tx, id).await?,
            };
            Ok::<_, Error>(Some(View {
                image,
                draft,
                thread,
                parent,
                approved,
                approved_by,
                notes,
                next_version,
                newest_version,
                tally,
                rules,
                next,
                full,
                turn,
                replaced,
                decision,
            }))
        }
        .boxed()
    });
    read.await
}

/// Returns the message of the picture that an image is made of, the stage and the size of an approved
/// one, and who approved it.
async fn of_parent(
    tx: &mut Tx,
    image: &Image,
    draft: &Draft,
) -> Result<(Option<MessageId>, Option<(Stage, Pixels)>, Vec<UserId>), Error> {
    let (mut message, mut approved, mut approved_by) = (None, None, Vec::new());
    if let Some(id) = image.parent
        && let Some(shown) = renders::find(tx, id).await?
    {
        message = shown.message;
        approved = shown.state.drawn().map(|pixels| (shown.stage, pixels));
        let tally = vote::tally_of(tx, &shown, draft).await?;
        approved_by = tally.map_or_else(Vec::new, |tally| tally.counted);
    }
    if let Some(id) = image.after {
        let after = renders::find(tx, id).await?;
        (message, approved) = (after.and_then(|after| after.message), None);
    }
    Ok((message, approved, approved_by))
}

/// Returns the next version of an image, and the newest that was drawn after it: nothing while no note stands on it.
async fn versions(
    tx: &mut Tx,
    image: &Image,
    notes: &[Note],
) -> Result<(Option<Next>, Option<Newest>), Error> {
    if notes.is_empty() {
        return Ok((None, None));
    }
    let next = renders::versions::next(tx, image).await?;
    Ok((Some(next), renders::versions::newest(tx, image.id).await?))
}

/// Returns whether a gallery shows a render.
pub(in crate::flow) const fn shows_in_gallery(render: &Render) -> bool {
    matches!(render.stage, Stage::Final) && matches!(render.state, State::Done(_))
}
