//! A picture on its way to the people who asked for it, and the message that shows it from then on.

use futures::FutureExt;

use super::{attempt, drift};
use crate::discord::{self, Button, File, Post, Style};
use crate::domain::approval::{Tally, Terms, VoteState};
use crate::domain::engine::cost::Usd;
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{ChannelId, MessageId, RenderId, UserId};
use crate::domain::image::drift::Drift;
use crate::domain::image::render::{Failure, Ruling, State};
use crate::domain::job::Job;
use crate::domain::money::project::OverBudget;
use crate::domain::stage::{Stage, StageSpec};
use crate::flow::approval::vote::gather_ms;
use crate::flow::approval::{confirm, vote};
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::posting::{if_it_can, lasting};
use crate::flow::services::{Services, heavy};
use crate::flow::settings;
use crate::media::{self, Fitted};
use crate::store::drafts::{self, Draft};
use crate::store::renders::{self, Render};
use crate::store::{jobs, ledger, projects};
use crate::wording;

/// So often a file is posted, each time at half the size of the one that was refused.
const POSTS: u32 = 4;

/// What a message about a render is made from.
pub(in crate::flow) struct View {
    pub(in crate::flow) render: Render,
    pub(in crate::flow) draft: Draft,
    pub(in crate::flow) thread: ChannelId,
    /// The message that shows its parent.
    parent: Option<MessageId>,
    /// The stage and the size of its parent.
    approved: Option<(Stage, Pixels)>,
    /// Who approved it.
    pub(in crate::flow) approved_by: Vec<UserId>,
    /// The votes on its next stage.
    tally: Option<Tally>,
    /// The rules that hold in the guild now.
    pub(in crate::flow) rules: GuildRules,
    /// What is left in the pool.
    available: crate::domain::credits::Credits,
    /// The budget that the approval of its next stage waits for.
    full: Option<OverBudget>,
    /// Whether another render took the place of this one.
    replaced: bool,
    /// What a person decided about its credits.
    pub(in crate::flow) decision: Option<Ruling>,
}

pub(in crate::flow) async fn view(services: &Services, id: RenderId) -> Result<Option<View>, Error> {
    let operator = services.rules.clone();
    let read = services.store.read(move |tx| {
        async move {
            let Some(render) = renders::find(tx, id).await? else {
                return Ok(None);
            };
            let draft = drafts::get(tx, render.draft).await?;
            let Some(thread) = draft.thread() else {
                return Ok(None);
            };
            let (mut parent, mut approved) = (None, None);
            let mut approved_by = Vec::new();
            if let Some(id) = render.parent
                && let Some(shown) = renders::find(tx, id).await?
            {
                parent = shown.message;
                if let State::Done(pixels) = shown.state {
                    approved = Some((shown.stage, pixels));
                }
                approved_by = vote::tally_of(tx, &shown, &draft)
                    .await?
                    .map_or_else(Vec::new, |tally| tally.counted);
            }
            let tally = vote::tally_of(tx, &render, &draft).await?;
            let rules = settings::rules_in(tx, &operator, render.guild).await?;
            let available = ledger::read(tx, render.guild).await?.available;
            let full = match (&render.vote.terms, render.stage.next()) {
                (Some(terms), Some(next)) if render.vote.state == VoteState::Waiting => {
                    projects::full(tx, render.id, next, terms.price).await?
                }
                _ => None,
            };
            let live = renders::live(tx, render.draft, render.position, render.stage).await?;
            let replaced = live.is_some_and(|live| live.id != render.id);
            let decision = ledger::decision(tx, id).await?;
            Ok::<_, Error>(Some(View {
                render,
                draft,
                thread,
                parent,
                approved,
                approved_by,
                tally,
                rules,
                available,
                full,
                replaced,
                decision,
            }))
        }
        .boxed()
    });
    read.await
}

/// Posts what became of a render, once, and opens the vote on its next stage.
///
/// # Errors
/// [`Error`]; the picture is stored, and posting it is tried again for nothing. A thread that takes no message any more
/// is none: it is said in the channel that the draft was asked for in.
pub async fn run(services: &Services, id: RenderId, attempts: u32) -> Result<Done, Error> {
    let Some(mut view) = view(services, id).await? else {
        return Ok(Done::Finished);
    };
    if let Some(message) = view.render.message {
        // An earlier run may have died before the seed.
        seed(services, &view, message).await?;
        return Ok(Done::Finished);
    }
    let approved = view.approved.map(|(_, pixels)| pixels);
    view.render.likeness = drift::measure(services, &view.render, approved).await?;
    let terms = terms(services, &view);
    let posted = match view.render.state {
        State::Done(pixels) => deliver_picture(services, &view, pixels, terms.as_ref(), attempts).await?,
        State::Failed(_) | State::Unknown => post_notice(services, &view, attempts).await?,
        State::Queued | State::Rendering | State::Cancelled => return Ok(Done::Finished),
    };
    match posted {
        Ok(posted) => {
            record(services, &view, &posted, terms).await?;
            seed(services, &view, posted.message).await?;
        }
        Err(error) => tell_elsewhere(services, &view, &error).await?,
    }
    Ok(Done::Finished)
}

/// A message that was posted.
pub(in crate::flow) struct Posted {
    pub(in crate::flow) message: MessageId,
    /// Whether it carries a smaller form of the picture.
    reduced: bool,
    /// Whether an earlier run posted it, perhaps under other terms.
    found: bool,
}

/// What was posted, or why Discord never takes it there.
pub(in crate::flow) type Delivery = Result<Posted, discord::Error>;

/// Posts the picture, unless an earlier run did and died before it could write that down.
async fn deliver_picture(
    services: &Services,
    view: &View,
    pixels: Pixels,
    terms: Option<&Terms>,
    attempts: u32,
) -> Result<Delivery, Error> {
    let marker = view.render.id.to_string();
    if attempts > 1 {
        match lasting(services.discord.find_posted(view.thread, &marker).await)? {
            Ok(None) => {}
            Ok(Some(message)) => {
                let size = services.blobs.size(view.render.id).await?.unwrap_or_default();
                let reduced = size > services.discord.upload_limit(view.render.guild);
                return Ok(Ok(Posted {
                    message,
                    reduced,
                    found: true,
                }));
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    post_fitted(services, view, view.thread, |fitted| {
        picture_post(services, view, pixels, terms, fitted)
    })
    .await
}

/// Posts a picture in a channel, in the best form that fits.
pub(in crate::flow) async fn post_fitted(
    services: &Services,
    view: &View,
    channel: ChannelId,
    post: impl Fn(Fitted) -> Post,
) -> Result<Delivery, Error> {
    let (id, guild) = (view.render.id, view.render.guild);
    let bytes = services.blobs.get(id).await?;
    let bytes = bytes.ok_or_else(|| Error::broken(format!("the picture of render {id} is not stored")))?;
    let mut limit = services.discord.upload_limit(guild);
    for _ in 0..POSTS {
        let original = bytes.clone();
        let fitted = heavy(move || media::fit(original, limit)).await?;
        let fitted = fitted
            .map_err(|error| Error::Broken("the picture cannot be read".to_owned(), Some(error.into())))?;
        let (size, reduced) = (fitted.bytes.len(), fitted.reduced);
        match lasting(services.discord.post(channel, post(fitted)).await)? {
            Ok(message) => {
                return Ok(Ok(Posted {
                    message,
                    reduced,
                    found: false,
                }));
            }
            // Whatever the limit really is, what is tried next is smaller than what was refused.
            Err(discord::Error::TooLarge) => limit = size / 2,
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Err(discord::Error::TooLarge))
}

/// Whether a render is one that a gallery shows.
pub(in crate::flow) const fn shows_in_gallery(render: &Render) -> bool {
    matches!(render.stage, Stage::Final) && matches!(render.state, State::Done(_))
}

/// Says in the channel of the draft what its thread does not take any more.
async fn tell_elsewhere(services: &Services, view: &View, why: &discord::Error) -> Result<(), Error> {
    let render = &view.render;
    tracing::warn!(render.id = %render.id, "the thread takes no message: {why}");
    let tier = services.rules.spec(render.stage).tier;
    let post = Post {
        content: wording::undeliverable(view.draft.requester, render.position, tier, &view.draft.prompt),
        nonce: format!("u{}", render.id),
        mention: vec![view.draft.requester],
        ..Post::default()
    };
    let told = services.discord.post(view.draft.around(), post).await.map(drop);
    if_it_can("telling of a picture outside its thread", told)
}

fn picture_post(
    services: &Services,
    view: &View,
    pixels: Pixels,
    terms: Option<&Terms>,
    file: Fitted,
) -> Post {
    let render = &view.render;
    let voting = terms.map(|terms| (VoteState::Open, terms));
    Post {
        content: text(services, view, pixels, voting, file.reduced),
        nonce: format!("r{}", render.id),
        mention: if render.stage == Stage::Final {
            vec![view.draft.requester]
        } else {
            Vec::new()
        },
        reply_to: view.parent,
        buttons: buttons(services, view, voting),
        files: vec![named(render, pixels, file)],
    }
}

/// The file of a picture. Its name holds the render's id, so that it can be found.
pub(in crate::flow) fn named(render: &Render, pixels: Pixels, file: Fitted) -> File {
    let name = format!(
        "{}-{}-{pixels}-{}.{}",
        render.stage, render.position, render.id, file.extension
    );
    File {
        name: name.replace('×', "x"),
        bytes: file.bytes,
    }
}

/// What is fixed when the vote on a render opens; nothing for the last stage.
fn terms(services: &Services, view: &View) -> Option<Terms> {
    if view.render.vote.terms.is_some() {
        return view.render.vote.terms.clone();
    }
    let next = view
        .render
        .stage
        .next()
        .filter(|next| *next <= view.draft.last_stage)?;
    Some(view.rules.terms(next, services.clock.now_ms()))
}

fn text(
    services: &Services,
    view: &View,
    pixels: Pixels,
    voting: Option<(VoteState, &Terms)>,
    reduced: bool,
) -> String {
    let render = &view.render;
    let nobody = Tally {
        quorum: voting.map_or(0, |(_, t)| t.quorum),
        ..Tally::default()
    };
    let tally = view.tally.as_ref().unwrap_or(&nobody);
    let stop = render.vote.stop.as_ref();
    let next = services.rules.next(render.stage, view.draft.last_stage);
    wording::image(&wording::ImageMessage {
        position: render.position,
        stage: render.stage,
        tier: services.rules.spec(render.stage).tier,
        pixels,
        wanted: render.want,
        price: render.price,
        approved_by: &view.approved_by,
        mention: (render.stage == Stage::Final).then_some(view.draft.requester),
        left: view.available,
        reduced,
        drift: moved(services, view, pixels),
        gallery: render
            .shown
            .map(|shown| (render.guild, shown.channel, shown.message)),
        voting: voting
            .zip(next)
            .map(|((state, terms), (_, spec))| wording::Voting {
                state,
                tally,
                tier: spec.tier,
                price: terms.price,
                usd: quote(services, view, spec),
                closes_ms: terms.closes_ms,
                approve: &terms.approve,
                veto: &terms.veto,
                lead_decides: terms.lead_decides,
                capped: render.vote.capped.as_ref(),
                stopped: stop.map(|stop| (stop.by, stop.reason.as_deref())),
                full: view.full.as_ref(),
            }),
    })
}

/// How the picture differs from the approved one, if that is to be said, and the rung of that.
fn moved(services: &Services, view: &View, pixels: Pixels) -> Option<(Drift, Tier)> {
    let (stage, approved) = view.approved?;
    let min = services
        .rules
        .drift
        .of(services.rules.spec(view.render.stage).mode);
    let drift = Drift::between(approved, pixels, view.render.likeness, min)?;
    Some((drift, services.rules.spec(stage).tier))
}

/// What the next stage of an image is expected to cost the operator.
fn quote(services: &Services, view: &View, spec: &StageSpec) -> Option<Usd> {
    let pixels = services
        .rules
        .pixels(view.render.stage.next()?, view.draft.ratio)?;
    services.rules.catalog.quote(spec, pixels)
}

/// What can be pressed under a picture: what its vote allows, and a draft like it.
fn buttons(services: &Services, view: &View, voting: Option<(VoteState, &Terms)>) -> Vec<Button> {
    let mut all = voting.map_or_else(Vec::new, |(state, terms)| {
        vote_buttons(services, view, state, terms)
    });
    if !view.draft.forgotten {
        all.extend(more_like(view.render.id));
    }
    all
}

/// The buttons that draft the same again, or with other words.
pub(in crate::flow) fn more_like(render: RenderId) -> [Button; 2] {
    let again = ("again", wording::AGAIN_LABEL);
    [again, ("words", wording::WORDS_LABEL)].map(|(act, label)| Button {
        id: format!("{act}:{render}"),
        label: label.to_owned(),
        style: Style::Secondary,
    })
}

fn vote_buttons(services: &Services, view: &View, state: VoteState, terms: &Terms) -> Vec<Button> {
    let button = |act: &str, label: String, style: Style| Button {
        id: format!("{act}:{}", view.render.id),
        label,
        style,
    };
    match state {
        VoteState::Open | VoteState::Waiting | VoteState::Capped => {
            let next = services.rules.next(view.render.stage, view.draft.last_stage);
            let tier = next.map_or(services.rules.spec(view.render.stage).tier, |(_, spec)| spec.tier);
            let label = wording::approve_label(tier, terms.price);
            vec![button("approve", label, Style::Success)]
        }
        VoteState::Stopped => vec![
            button("reason", wording::REASON_LABEL.to_owned(), Style::Secondary),
            button("lift", wording::LIFT_LABEL.to_owned(), Style::Secondary),
        ],
        VoteState::Closed => vec![button(
            "reopen",
            wording::REOPEN_LABEL.to_owned(),
            Style::Secondary,
        )],
        VoteState::None | VoteState::Spent => Vec::new(),
    }
}

/// Puts the approving emoji under a picture that is voted on, for people to press. If it cannot be put there they can still add it
/// themselves, and the button is there.
async fn seed(services: &Services, view: &View, message: MessageId) -> Result<(), Error> {
    let Some(terms) = terms(services, view).filter(|_| matches!(view.render.state, State::Done(_))) else {
        return Ok(());
    };
    let seeded = services.discord.seed(view.thread, message, &terms.approve).await;
    if_it_can("seeding a vote", seeded)
}

async fn post_notice(services: &Services, view: &View, attempts: u32) -> Result<Delivery, Error> {
    let (content, buttons) = notice(services, view);
    if attempts > 1 {
        // As with a picture. It has no file to know it by, but its words, and it is younger than its render.
        let said = services
            .discord
            .find_said(view.thread, view.render.queued_ms, &content)
            .await;
        match lasting(said)? {
            Ok(said) => {
                if let Some(message) = not_taken(services, said).await? {
                    return Ok(Ok(Posted {
                        message,
                        reduced: false,
                        found: true,
                    }));
                }
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    let post = Post {
        content,
        // Not the picture's: that may still come, and must not be taken for this. Nor is what was known before the same.
        nonce: match view.render.state {
            State::Unknown => format!("k{}", view.render.id),
            State::Queued | State::Rendering | State::Done(_) | State::Failed(_) | State::Cancelled => {
                format!("n{}", view.render.id)
            }
        },
        reply_to: view.parent,
        buttons,
        ..Post::default()
    };
    let posted = lasting(services.discord.post(view.thread, post).await)?;
    Ok(posted.map(|message| Posted {
        message,
        reduced: false,
        found: false,
    }))
}

/// The first of these messages that shows no render yet: an earlier try at an image may have failed with the same words.
async fn not_taken(services: &Services, messages: Vec<MessageId>) -> Result<Option<MessageId>, Error> {
    for message in messages {
        let taken = services
            .store
            .read(move |tx| renders::by_message(tx, message).boxed());
        if taken.await?.is_none() {
            return Ok(Some(message));
        }
    }
    Ok(None)
}

/// What is said of a render that has no picture.
fn notice(services: &Services, view: &View) -> (String, Vec<Button>) {
    let render = &view.render;
    let tier = services.rules.spec(render.stage).tier;
    let content = match (&render.state, &view.decision) {
        (State::Failed(_), Some(decision)) => {
            wording::given_up(render.position, tier, render.price, decision)
        }
        (State::Failed(why), None) => wording::failure(render.position, tier, render.price, *why),
        (State::Queued | State::Rendering | State::Done(_) | State::Unknown | State::Cancelled, _) => {
            wording::unknown(render.position, tier, render.price)
        }
    };
    if view.replaced || view.draft.forgotten {
        return (content, Vec::new());
    }
    if render.state == State::Failed(Failure::Refused) {
        let [_, words] = more_like(render.id);
        return (content, vec![words]);
    }
    if !attempt::may_retry(render) {
        return (content, Vec::new());
    }
    let id = format!("retry:{}", render.id);
    (
        content,
        vec![Button {
            id,
            label: wording::retry_label(render.price),
            style: Style::Secondary,
        }],
    )
}

/// Records the message and opens the vote. A reaction that came before this commit found no row: a recount finds it.
async fn record(
    services: &Services,
    view: &View,
    posted: &Posted,
    terms: Option<Terms>,
) -> Result<(), Error> {
    let (id, now_ms) = (view.render.id, services.clock.now_ms());
    let terms = terms.filter(|_| matches!(view.render.state, State::Done(_)) && !view.draft.forgotten);
    let (message, reduced, found) = (posted.message, posted.reduced, posted.found);
    let exhibited = shows_in_gallery(&view.render) && view.rules.gallery.is_some();
    let told = view.render.state.clone();
    let recorded = services.change(move |tx| {
        async move {
            let render = renders::lock(tx, id).await?;
            // What was said may not be so any more: then another delivery is on its way, and this message shows nothing.
            if render.message.is_some() || render.state != told {
                return Ok(());
            }
            renders::set_message(tx, id, message).await?;
            if reduced {
                renders::note_reduced(tx, id).await?;
            }
            if let Some(terms) = &terms {
                vote::open(tx, &render, terms, now_ms).await?;
            }
            if exhibited {
                jobs::enqueue(tx, Job::Exhibit(id), now_ms).await?;
            }
            if found {
                jobs::enqueue(tx, Job::ShowTally(id), now_ms).await?;
            }
            Ok(())
        }
        .boxed()
    });
    recorded.await
}

/// Brings the message of a render up to date.
///
/// # Errors
/// [`Error`]. A message that is gone is none.
pub async fn show(services: &Services, id: RenderId) -> Result<Done, Error> {
    let Some(view) = view(services, id).await? else {
        return Ok(Done::Finished);
    };
    let Some(message) = view.render.message else {
        return Ok(Done::Finished);
    };
    let (content, buttons) = match view.render.state {
        State::Done(pixels) => {
            let vote = &view.render.vote;
            let voting = vote.terms.as_ref().map(|terms| (vote.state, terms));
            let buttons = buttons(services, &view, voting);
            (
                text(services, &view, pixels, voting, view.render.reduced),
                buttons,
            )
        }
        State::Queued | State::Rendering | State::Failed(_) | State::Unknown | State::Cancelled => {
            notice(services, &view)
        }
    };
    let edited = services
        .discord
        .edit(view.thread, message, &content, &buttons)
        .await;
    match lasting(edited)? {
        Ok(()) => {}
        // Nobody can vote on it any more.
        Err(error) if error.is_gone_message() => return confirm::shut(services, id).await,
        Err(error) => tracing::info!("showing how a vote stands could not be done: {error}"),
    }
    // Those who vote while this is shown are gathered, as those before it were.
    let now_ms = services.clock.now_ms();
    Ok(Done::Rest(now_ms + gather_ms(&view.render, now_ms)))
}
