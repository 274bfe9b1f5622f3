//! Keeps the starter, the public message of a draft, from its posting to its last edit.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::ballots::{approve_buttons, next_stage};
use super::references;
use super::sheet::sheet_of;
use crate::discord::{self, ButtonView, File, Post, Style};
use crate::domain::approval::vote::Image;
use crate::domain::button::Button;
use crate::domain::credits::Credits;
use crate::domain::draft::entity::{Draft, Place};
use crate::domain::engine::cost::Usd;
use crate::domain::ids::{DraftId, MessageId, RenderId, RoleId};
use crate::domain::image::mark::Contents;
use crate::domain::image::render::{Render, State};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::nonce::Nonce;
use crate::domain::stage::Stage;
use crate::flow::done::Done;
use crate::flow::engine::eta;
use crate::flow::error::Error;
use crate::flow::money::project;
use crate::flow::posting::{if_it_can, lasting};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Tx, drafts, jobs, ledger, renders};
use crate::wording::{self, NextStage, NotKnown, Progress, Wait};

/// Returns what the first images of a draft cost together.
pub(in crate::flow) fn cost_of(all: &[Image]) -> Result<Credits, Error> {
    let mut cost = Credits::ZERO;
    for render in first_images(all) {
        cost = cost
            .plus(render.price)
            .map_err(|error| Error::broken(error.to_string()))?;
    }
    Ok(cost)
}

/// Returns the render that stands for each image that a draft asked for: the one that is alive, or
/// else the youngest.
pub(super) fn first_images(all: &[Image]) -> impl Iterator<Item = &Image> {
    let explore = all.iter().filter(|render| render.is_idea());
    let rank = |render: &Render| (!render.state.is_dead(), render.id);
    explore.clone().filter(move |render| {
        let later = |other: &&Image| other.number == render.number && rank(other) > rank(render);
        !explore.clone().any(|other| later(&other))
    })
}

pub(in crate::flow) async fn load(services: &Services, id: DraftId) -> Result<(Draft, Vec<Image>), Error> {
    let read = services.store.read(move |tx| {
        async move { Ok::<_, Error>((drafts::get(tx, id).await?, renders::of_draft(tx, id).await?)) }.boxed()
    });
    read.await
}

pub(in crate::flow) async fn post_starter(
    services: &Services,
    draft: &Draft,
    renders: &[Image],
    attempts: u32,
) -> Result<Result<MessageId, discord::Error>, Error> {
    let cancel = cancel_button(draft.id);
    if attempts > 1 {
        // An earlier run may have posted it and died before it could record that.
        match services
            .discord
            .find_after(draft.channel, draft.id.get(), &cancel.id.to_string())
            .await
        {
            Ok(None) => {}
            Ok(Some(found)) => return Ok(Ok(found)),
            Err(error) => return Ok(Err(error)),
        }
    }
    let words = starter_text(services, draft, renders, None).await?;
    let post = Post {
        content: words.text,
        nonce: Nonce::Starter(draft.id),
        mention: vec![draft.requester],
        // Discord pings for a new message alone. The images that are voted on follow within moments.
        roles: words.asked.into_iter().collect(),
        reply_to: None,
        buttons: vec![cancel],
        files: starter_files(services, draft).await?,
    };
    Ok(services.discord.post(draft.channel, post).await)
}

/// Returns whether a starter has files of its own. A preview must not replace them.
pub(in crate::flow) fn has_files(draft: &Draft) -> bool {
    draft.references > 0 || !wording::shows_whole(&draft.prompt)
}

/// Returns the files of a starter: a prompt that is too long for its text, and the references.
async fn starter_files(services: &Services, draft: &Draft) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    if !wording::shows_whole(&draft.prompt) {
        files.push(File {
            name: "prompt.txt".to_owned(),
            contents: Contents::Other(draft.prompt.as_str().as_bytes().to_vec()),
            alt: wording::alt_of_prompt(draft),
        });
    }
    let references = references::stored(services, draft.id, draft.references).await?;
    for (position, source) in (1..).zip(references.unwrap_or_default()) {
        let extension = source.mime.trim_start_matches("image/");
        files.push(File {
            name: format!("reference-{position}.{extension}"),
            contents: Contents::Other(source.bytes.to_vec()),
            alt: wording::alt_of_reference(draft, position),
        });
    }
    Ok(files)
}

/// Says in a starter that nothing came of the draft, and takes its button away.
pub(in crate::flow) async fn withdraw_starter(
    services: &Services,
    draft: &Draft,
    starter: MessageId,
    cost: Credits,
) -> Result<(), Error> {
    let text = wording::starter_abandoned(draft.requester, &draft.prompt, cost);
    let edited = services.discord.edit(draft.channel, starter, &text, &[]).await;
    if_it_can("withdrawing a starter", edited)
}

/// Takes the name, the prompt and the files off the starter of a draft of which nothing came.
async fn forget_abandoned(
    services: &Services,
    draft: &Draft,
    starter: MessageId,
    cost: Credits,
) -> Result<(), Error> {
    references::remove(services, draft.id, draft.references as usize).await?;
    let text = wording::starter_abandoned(draft.requester, &draft.prompt, cost);
    let stripped = services.discord.strip(draft.channel, starter, &text, &[]).await;
    if_it_can("forgetting a starter", stripped)
}

/// Has a starter brought up to date after one of its images has ended: at once after the last, and
/// otherwise together with changes that follow soon.
pub(in crate::flow) async fn show_soon(tx: &mut Tx, draft: DraftId, now_ms: i64) -> Result<(), Error> {
    let show = Job::ShowProgress(draft);
    if renders::is_drawing(tx, draft).await? {
        return Ok(jobs::schedule(tx, &[(show, now_ms + limits::GATHER_MS)]).await?);
    }
    Ok(jobs::enqueue(tx, show, now_ms).await?)
}

/// Brings the starter up to date.
///
/// # Errors
/// [`Error`]. A starter that is gone is no error.
pub async fn show_progress(services: &Services, id: DraftId) -> Result<Done, Error> {
    let (draft, renders) = load(services, id).await?;
    let (starter, thread) = match draft.place {
        Place::Open { starter, thread } => (starter, thread),
        Place::Abandoned(Some(starter)) if draft.forgotten => {
            forget_abandoned(services, &draft, starter, cost_of(&renders)?).await?;
            return Ok(Done::Finished);
        }
        Place::Opening(_) | Place::Abandoned(_) => return Ok(Done::Finished),
    };
    let waits = first_images(&renders).any(|render| render.state == State::Queued && !is_held_up(render));
    let wait = if waits {
        eta::wait(services, id).await?
    } else {
        None
    };
    let Words { text, next, .. } = starter_text(services, &draft, &renders, wait).await?;
    // What waits in the queue of a service can still be taken back.
    let queued = first_images(&renders).any(|render| match render.state {
        State::Queued => true,
        State::Rendering => services.can_call_off(render),
        State::Done(_) | State::Failed(_) | State::Unknown | State::Cancelled => false,
    });
    let buttons = if queued && !draft.forgotten {
        vec![cancel_button(id)]
    } else if is_drawing(&renders) {
        Vec::new()
    } else {
        approve_buttons(&draft, first_images(&renders), next)
    };
    if draft.forgotten {
        references::remove(services, id, draft.references as usize).await?;
        // A thread that the bot did not open has a name of its own.
        if draft.parent.is_none() {
            let name = wording::thread_name(&draft.prompt);
            let renamed = services.discord.rename_thread(thread, &name).await;
            if_it_can("renaming the thread of a forgotten draft", renamed)?;
        }
    }
    edit_starter(services, (&draft, &renders), starter, (&text, &buttons)).await?;
    let now_ms = services.clock.now_ms();
    Ok(match wait {
        // What changed during this edit is gathered, as what changed before it was.
        None => Done::Rest(now_ms + limits::GATHER_MS),
        // Its place in the queue moves without this starter.
        Some(_) => Done::Again(now_ms + limits::PLACE_EVERY_MS),
    })
}

/// Returns whether a first image of a draft is still to be drawn.
fn is_drawing(renders: &[Image]) -> bool {
    first_images(renders).any(|image| matches!(image.state, State::Queued | State::Rendering))
}

/// Replaces a starter. Once the drawing has ended, it carries the contact sheet.
async fn edit_starter(
    services: &Services,
    (draft, renders): (&Draft, &[Image]),
    starter: MessageId,
    (text, buttons): (&str, &[ButtonView]),
) -> Result<(), Error> {
    let first: Vec<&Image> = first_images(renders).collect();
    // The sheet that it has shows what is not kept any more. It goes with the words that its name has.
    let is_last_sheet = first.iter().any(|image| image.original_removed_ms.is_some());
    if !is_drawing(renders)
        && let Some(sheet) = sheet_of(services, draft, &first, renders).await?
    {
        let mut files = Vec::new();
        if !draft.forgotten {
            files = starter_files(services, draft).await?;
        }
        // Discord shows the files in this order.
        files.insert(0, sheet);
        let replaced = services
            .discord
            .replace(draft.channel, starter, (text, buttons), files);
        match lasting(replaced.await)? {
            Ok(()) => return Ok(()),
            Err(error) => tracing::info!("a contact sheet was not shown: {error}"),
        }
    }
    let discord = &services.discord;
    let edited = if !draft.forgotten && (is_last_sheet || has_files(draft)) {
        discord.edit(draft.channel, starter, text, buttons).await
    } else {
        // This also takes away a preview of a picture that is drawn by now, even one that another
        // process left there.
        discord.strip(draft.channel, starter, text, buttons).await
    };
    if_it_can("showing how far a draft is", edited)
}

/// What a starter says.
struct Words {
    text: String,
    /// The role that is asked for its votes.
    asked: Option<RoleId>,
    /// What an approval leads to.
    next: Option<NextStage>,
}

async fn starter_text(
    services: &Services,
    draft: &Draft,
    renders: &[Image],
    wait: Option<Wait>,
) -> Result<Words, Error> {
    let (guild, project, operator) = (draft.guild, draft.project, services.rules.clone());
    let failed = first_images(renders).any(|render| matches!(render.state, State::Failed(_)));
    let draft_id = draft.id;
    let held_up: Vec<RenderId> = first_images(renders)
        .filter(|render| is_held_up(render))
        .map(|render| render.id)
        .collect();
    let read = services.store.read(move |tx| {
        async move {
            let rules = settings::rules_in(tx, &operator, guild).await?;
            let project = project::of_draft(tx, project).await?;
            let lost = if failed {
                ledger::paid_in_vain(tx, draft_id).await?
            } else {
                BTreeSet::new()
            };
            let mut retry_ms = None;
            for id in held_up {
                let due_ms = jobs::due_ms(tx, Job::Render(id)).await?;
                retry_ms = retry_ms.into_iter().chain(due_ms).min();
            }
            Ok::<_, Error>((rules, project, lost, retry_ms))
        }
        .boxed()
    });
    let (rules, project, lost, retry_ms) = read.await?;
    let not_known = not_known(services, draft);
    let next = next_stage(services, &rules, draft, first_images(renders));
    let told = wording::Starter {
        requester: draft.requester,
        prompt: &draft.prompt,
        keep: draft.keep.as_deref(),
        references: if draft.forgotten { 0 } else { draft.references },
        project: project.as_ref().map(|project| &project.name),
        ratio: draft.ratio,
        tier: services.rules.spec(Stage::Explore).tier,
        cost: cost_of(renders)?,
        usd: quote_of(services, draft, renders),
        returned: returned(renders, &lost)?,
        progress: progress(renders, &lost),
        wait,
        retry_ms,
        next,
        approve: &rules.approve,
        not_known: not_known.as_ref(),
        votes_role: rules.votes_role,
    };
    Ok(Words {
        text: wording::starter(&told),
        asked: told.asks(),
        next,
    })
}

/// Returns what the engine of the first stage does not know of the prompt.
fn not_known(services: &Services, draft: &Draft) -> Option<NotKnown> {
    if draft.forgotten {
        return None;
    }
    let engine = &services.rules.spec(Stage::Explore).engine;
    let told = services.engines.get(engine)?.not_known(&draft.prompt)?;
    Some(NotKnown {
        engine: engine.clone(),
        words: told.words,
        draws_shapes: told.draws_shapes,
    })
}

/// Returns what the first images of a draft are expected to cost the operator.
fn quote_of(services: &Services, draft: &Draft, renders: &[Image]) -> Option<Usd> {
    let spec = services.rules.spec(Stage::Explore);
    let sent = draft.references as usize;
    let quote = |render: &Image| services.rules.catalog.quote(spec, render.want, sent);
    first_images(renders)
        .map(quote)
        .try_fold(Usd::default(), |sum, usd| Some(sum.plus(usd?)))
}

/// Returns what has gone back to the pool of the price of the first images. `lost` are those that were
/// paid and never came.
fn returned(renders: &[Image], lost: &BTreeSet<RenderId>) -> Result<Credits, Error> {
    let mut sum = Credits::ZERO;
    for render in first_images(renders) {
        let gave_back = match render.state {
            State::Failed(_) => !lost.contains(&render.id),
            State::Cancelled => true,
            State::Queued | State::Rendering | State::Done(_) | State::Unknown => false,
        };
        if gave_back {
            let more = sum.plus(render.price);
            sum = more.map_err(|error| Error::broken(error.to_string()))?;
        }
    }
    Ok(sum)
}

/// Returns whether an image waits because its image service was busy or away.
fn is_held_up(render: &Render) -> bool {
    render.state == State::Queued && render.attempts > 0
}

/// Counts how far the first images are. `lost` are those that were paid and never came.
fn progress(renders: &[Image], lost: &BTreeSet<RenderId>) -> Progress {
    let mut progress = Progress::default();
    for render in first_images(renders) {
        *match render.state {
            State::Queued if is_held_up(render) => &mut progress.busy,
            State::Queued => &mut progress.queued,
            State::Rendering => &mut progress.drawing,
            State::Done(_) => &mut progress.done,
            State::Failed(_) if lost.contains(&render.id) => &mut progress.lost,
            State::Failed(_) => &mut progress.failed,
            State::Unknown => &mut progress.unknown,
            State::Cancelled => &mut progress.cancelled,
        } += 1;
    }
    progress
}

fn cancel_button(id: DraftId) -> ButtonView {
    ButtonView {
        id: Button::Cancel(id),
        label: wording::CANCEL_LABEL.to_owned(),
        style: Style::Secondary,
    }
}
