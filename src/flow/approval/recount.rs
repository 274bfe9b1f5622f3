//! Finds votes that events did not tell of. Events are hints; a sweep makes them true.
//!
//! A page of a thread shows how many members reacted to up to 100 messages. One request so tells of
//! all images of a thread, and only those that can decide something are read in full.

use futures::FutureExt;

use crate::discord::Counted;
use crate::domain::approval::ballot::{Kind, VoteSource};
use crate::domain::approval::terms::Terms;
use crate::domain::approval::vote::VoteState;
use crate::domain::approval::{ReactionCounts, needs_full_read};
use crate::domain::ids::{ChannelId, MessageId, RenderId};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::posting::lasting;
use crate::flow::services::Services;
use crate::store::{Tx, jobs, renders, votes};

/// Has every open vote looked at again on Discord, some threads at a time. Runs at every fresh
/// session of the gateway, the first one included, at every session that goes on after a loss, and
/// periodically. It so finds reactions that were given while nobody listened.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn missed_votes(services: &Services) -> Result<(), Error> {
    let now_ms = services.clock.now_ms();
    let recount = services.change(move |tx| {
        async move {
            let threads = renders::voting_threads(tx).await?;
            let mut at_ms = now_ms;
            for some in threads.chunks(limits::RECOUNT_AT_ONCE) {
                for thread in some {
                    jobs::enqueue(tx, Job::Recount(*thread), at_ms).await?;
                }
                at_ms += limits::RECOUNT_APART_MS;
            }
            Ok::<_, Error>(threads.len())
        }
        .boxed()
    });
    let threads = recount.await?;
    tracing::info!(threads, "looking at open votes again");
    Ok(())
}

/// Has the open votes in a thread looked at again on Discord, if there are any.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn votes_in(services: &Services, thread: ChannelId) -> Result<(), Error> {
    let read = services
        .store
        .read(move |tx| renders::voting_in(tx, thread).boxed());
    if read.await?.is_empty() {
        return Ok(());
    }
    let now_ms = services.clock.now_ms();
    let queued = services.change(move |tx| {
        async move { Ok::<_, Error>(jobs::enqueue(tx, Job::Recount(thread), now_ms).await?) }.boxed()
    });
    queued.await
}

/// An open vote, and what is recorded of it.
struct Open {
    render: RenderId,
    message: MessageId,
    state: VoteState,
    terms: Terms,
    recorded: ReactionCounts,
    buttons: u64,
}

impl Open {
    /// Returns whether a vote needs a full read, given its message. A vote whose message is gone
    /// does: the read closes it.
    fn needs_full_read(&self, shown: Option<&Counted>) -> bool {
        let Some(shown) = shown else { return true };
        let seen = ReactionCounts {
            approve: shown.of(&self.terms.approve),
            veto: shown.of(&self.terms.veto),
        };
        needs_full_read(&self.terms, self.state, seen, self.recorded, self.buttons)
    }
}

/// Looks at the counts under the images of a thread. Enqueues a full read of each vote that can
/// decide something.
///
/// # Errors
/// [`Error`]: the job runs again.
pub async fn recount(services: &Services, thread: ChannelId) -> Result<Done, Error> {
    let open = open_votes(services, thread).await?;
    let worth = worth(services, thread, &open).await?;
    let now_ms = services.clock.now_ms();
    let queued = services.change(move |tx| {
        async move {
            for render in worth {
                jobs::enqueue(tx, Job::Confirm(render), now_ms).await?;
            }
            Ok(Done::Finished)
        }
        .boxed()
    });
    queued.await
}

/// Returns the open votes in a thread, in the order of their messages.
async fn open_votes(services: &Services, thread: ChannelId) -> Result<Vec<Open>, Error> {
    let read = services.store.read(move |tx| {
        async move {
            let mut all = Vec::new();
            for id in renders::voting_in(tx, thread).await? {
                all.extend(open_vote(tx, id).await?);
            }
            all.sort_unstable_by_key(|open| open.message);
            Ok::<_, Error>(all)
        }
        .boxed()
    });
    read.await
}

async fn open_vote(tx: &mut Tx, id: RenderId) -> Result<Option<Open>, Error> {
    let Some(render) = renders::find(tx, id).await? else {
        return Ok(None);
    };
    let (Some(message), Some(terms)) = (render.message, render.vote.terms().cloned()) else {
        return Ok(None);
    };
    let approve = votes::voters(tx, id, Kind::Approve, VoteSource::Reaction).await?;
    let veto = votes::voters(tx, id, Kind::Veto, VoteSource::Reaction).await?;
    let buttons = votes::voters(tx, id, Kind::Approve, VoteSource::Button).await?;
    Ok(Some(Open {
        render: id,
        message,
        state: render.vote.state(),
        terms,
        recorded: ReactionCounts {
            approve: approve.len() as u64,
            veto: veto.len() as u64,
        },
        buttons: buttons.len() as u64,
    }))
}

/// Returns which of these votes need a full read. Each page begins at an image that was not seen
/// yet, so that a thread in which people talk takes no more requests than it has images.
async fn worth(services: &Services, thread: ChannelId, open: &[Open]) -> Result<Vec<RenderId>, Error> {
    let (mut rest, mut worth) = (open, Vec::new());
    while let Some(first) = rest.first() {
        let (page, is_last) = match lasting(services.discord.counts_from(thread, first.message).await)? {
            Ok(page) => page,
            Err(error) if error.is_gone_message() => (Vec::new(), true),
            Err(error) => {
                tracing::warn!(channel.id = %thread, "the votes in a thread cannot be read: {error}");
                // Nobody waits in line behind votes that cannot be read. That is decided vote by
                // vote.
                let waits = |open: &&Open| matches!(open.state, VoteState::Waiting | VoteState::Capped);
                worth.extend(rest.iter().filter(waits).map(|open| open.render));
                break;
            }
        };
        let seen = page.last().filter(|_| !is_last).map(Counted::message);
        let (now, later) = rest.split_at(seen.map_or(rest.len(), |seen| {
            rest.partition_point(|open| open.message <= seen)
        }));
        let shown = |open: &&Open| {
            let found = page.iter().find(|counted| counted.message() == open.message);
            open.needs_full_read(found)
        };
        worth.extend(now.iter().filter(shown).map(|open| open.render));
        rest = later;
    }
    Ok(worth)
}
