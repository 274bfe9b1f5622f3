//! Finds votes that events did not tell of. Events are hints; a sweep makes them true.
//!
//! A page of a thread shows how many members reacted to up to 100 messages. One request so tells of
//! all images of a thread, and only those that can decide something are read in full.

use futures::FutureExt;

use super::notes;
use super::replies::{self, Heard};
use crate::discord::Counted;
use crate::domain::approval::ballot::{Kind, VoteSource};
use crate::domain::approval::terms::Terms;
use crate::domain::approval::vote::VoteState;
use crate::domain::approval::{ReactionCounts, needs_full_read};
use crate::domain::ids::{ChannelId, GuildId, MessageId, RenderId, UserId};
use crate::domain::image::note::Note;
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
    guild: GuildId,
    message: MessageId,
    state: VoteState,
    terms: Terms,
    recorded: ReactionCounts,
    buttons: u64,
    /// The notes that stand on the image.
    notes: Vec<Note>,
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
    let seen = look(services, thread, &open).await?;
    // Before anything is decided: what is paid has the notes that were given before it.
    catch_up(services, seen.replies).await?;
    let worth = seen.worth;
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
    let notes = notes::standing(tx, &render).await?;
    Ok(Some(Open {
        render: id,
        guild: render.guild,
        message,
        state: render.vote.state(),
        terms,
        recorded: ReactionCounts {
            approve: approve.len() as u64,
            veto: veto.len() as u64,
        },
        buttons: buttons.len() as u64,
        notes,
    }))
}

/// What a look at the messages of a thread tells.
#[derive(Default)]
struct Seen {
    /// The votes that need a full read.
    worth: Vec<RenderId>,
    /// What became of replies.
    replies: Vec<Reply>,
}

/// What became of a reply while nobody listened.
enum Reply {
    /// It was written.
    New(Heard),
    /// It says something else than the note that was read from it.
    Reworded(MessageId, String),
    /// It is gone.
    Deleted(MessageId),
}

/// Looks at the messages of a thread from its first open vote on. Each page begins at an image that
/// was not seen yet, so that a thread in which people talk takes no more requests than it has images.
/// So a reply that came long after the last of them is heard only as it is written.
async fn look(services: &Services, thread: ChannelId, open: &[Open]) -> Result<Seen, Error> {
    let (mut rest, mut all) = (open, Seen::default());
    while let Some(first) = rest.first() {
        let (page, is_last) = match lasting(services.discord.counts_from(thread, first.message).await)? {
            Ok(page) => page,
            Err(error) if error.is_gone_message() => (Vec::new(), true),
            Err(error) => {
                tracing::warn!(channel.id = %thread, "the votes in a thread cannot be read: {error}");
                // Nobody waits in line behind votes that cannot be read. That is decided vote by
                // vote.
                let waits = |open: &&Open| matches!(open.state, VoteState::Waiting | VoteState::Capped);
                all.worth
                    .extend(rest.iter().filter(waits).map(|open| open.render));
                break;
            }
        };
        let seen = page.last().filter(|_| !is_last).map(Counted::message);
        all.replies.extend(replies_on(
            (thread, services.discord.me()),
            &page,
            open,
            first.message,
            seen,
        ));
        let (now, later) = rest.split_at(seen.map_or(rest.len(), |seen| {
            rest.partition_point(|open| open.message <= seen)
        }));
        let shown = |open: &&Open| {
            let found = page.iter().find(|counted| counted.message() == open.message);
            open.needs_full_read(found)
        };
        all.worth.extend(now.iter().filter(shown).map(|open| open.render));
        rest = later;
    }
    Ok(all)
}

/// Returns what became of the replies that a page shows, or would show: those from one message to
/// another, or to the end.
fn replies_on(
    (thread, me): (ChannelId, UserId),
    page: &[Counted],
    open: &[Open],
    from: MessageId,
    to: Option<MessageId>,
) -> Vec<Reply> {
    let known = |message: MessageId| {
        let mut notes = open.iter().flat_map(|open| &open.notes);
        notes.find(|note| note.reply == Some(message))
    };
    let written = page.iter().filter_map(|counted| {
        let (original, by, text) = counted.reply(me)?;
        let message = counted.message();
        if let Some(note) = known(message) {
            let same = replies::words(text, me).is_ok_and(|words| words == note.text);
            return (!same).then(|| Reply::Reworded(message, text.to_owned()));
        }
        let of = open.iter().find(|open| open.message == original)?;
        Some(Reply::New(Heard {
            message,
            channel: thread,
            guild: of.guild,
            to: original,
            by,
            roles: None,
            text: text.to_owned(),
        }))
    });
    let mut all: Vec<Reply> = written.collect();
    let noted = open
        .iter()
        .flat_map(|open| &open.notes)
        .filter_map(|note| note.reply);
    let gone = noted.filter(|reply| {
        let in_range = *reply >= from && to.is_none_or(|to| *reply <= to);
        in_range && !page.iter().any(|counted| counted.message() == *reply)
    });
    all.extend(gone.map(Reply::Deleted));
    all
}

/// Records what became of replies while nobody listened.
async fn catch_up(services: &Services, replies: Vec<Reply>) -> Result<(), Error> {
    for reply in replies {
        match reply {
            // Nobody waits for an answer any more, and the next recount would say it again.
            Reply::New(heard) => replies::heard(services, heard, false).await?,
            Reply::Reworded(message, text) => replies::reworded(services, message, &text).await?,
            Reply::Deleted(message) => replies::deleted(services, message).await?,
        }
    }
    Ok(())
}
