//! Makes the message of an image: its words, its buttons, its file.

use crate::discord::{self, ButtonView, File, Post, Style};
use crate::domain::approval::Tally;
use crate::domain::approval::terms::Terms;
use crate::domain::approval::vote::VoteState;
use crate::domain::button::Button;
use crate::domain::draft::entity::Draft;
use crate::domain::engine::cost::Usd;
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::ids::{ChannelId, MessageId};
use crate::domain::image::drift::Drift;
use crate::domain::image::reduced::Reduced;
use crate::domain::image::render::{Failure, Render, State};
use crate::domain::nonce::Nonce;
use crate::domain::stage::{Stage, StageSpec};
use crate::flow::draft::offer;
use crate::flow::error::Error;
use crate::flow::image::version;
use crate::flow::image::view::View;
use crate::flow::marks;
use crate::flow::posting::lasting;
use crate::flow::services::{Services, heavy};
use crate::media::{self, Fitted};
use crate::wording::{self, Form, Like, Noted};

pub(in crate::flow) fn picture_post(
    services: &Services,
    view: &View,
    pixels: Pixels,
    terms: Option<&Terms>,
    (file, reduced): (Fitted, Option<&Reduced>),
) -> Post {
    let render = &view.image;
    let voting = terms.map(|terms| (VoteState::Open, terms));
    Post {
        content: text(services, view, pixels, voting, reduced),
        nonce: Nonce::Picture(render.id),
        mention: if render.stage == Stage::Final {
            vec![view.draft.requester]
        } else {
            Vec::new()
        },
        roles: Vec::new(),
        reply_to: view.parent,
        buttons: buttons(services, view, voting),
        files: vec![whole_file(services, &view.draft, render, pixels, file)],
    }
}

/// Makes the file of the whole picture of an image. Its name marks the image, so that the message can be
/// found.
pub(in crate::flow) fn whole_file(
    services: &Services,
    draft: &Draft,
    render: &Render,
    pixels: Pixels,
    file: Fitted,
) -> File {
    let tier = services.rules.spec(render.stage).tier;
    File {
        name: wording::file_name(draft, render, tier, file.extension),
        contents: file.contents,
        alt: wording::alt_of_image(draft, render, Form::Whole(tier), pixels),
    }
}

/// Edits a message that shows an image of a forgotten draft. The name and the description of its
/// file had words of the prompt, so the file is replaced too, or removed if it is stored no more.
///
/// # Errors
/// [`Error`]: it can be done again.
pub(in crate::flow) async fn forget_words(
    services: &Services,
    view: &View,
    (channel, message): (ChannelId, MessageId),
    (content, buttons): (&str, &[ButtonView]),
) -> Result<Result<(), discord::Error>, Error> {
    let (render, mut file) = (&view.image, None);
    if render.original_removed_ms.is_some() && !view.draft.member_is_forgotten() {
        // The picture that is posted is all that is left of it.
        let edited = services.discord.edit(channel, message, content, buttons).await;
        return lasting(edited);
    }
    if let State::Done(pixels) = render.state
        && render.original_removed_ms.is_none()
        && let Some(bytes) = services.blobs.get(render.id).await?
    {
        let limit = services.discord.upload_limit(render.guild);
        let load = media::load_of_fit(&bytes, limit);
        let mark = marks::of_image(services, &view.rules, &view.draft, render);
        let fitted = heavy(load, move || media::fit(bytes, limit, &mark)).await?.ok();
        file = fitted.map(|fitted| whole_file(services, &view.draft, render, pixels, fitted));
    }
    if let Some(file) = file {
        let replaced = services
            .discord
            .replace(channel, message, (content, buttons), vec![file]);
        match lasting(replaced.await)? {
            Err(discord::Error::TooLarge) => {}
            other => return Ok(other),
        }
    }
    lasting(services.discord.strip(channel, message, content, buttons).await)
}

/// Returns the terms of the vote on an image: those of its open vote, or those under which one
/// would open now. Returns nothing for the last stage.
pub(in crate::flow) fn terms(services: &Services, view: &View) -> Option<Terms> {
    if let Some(terms) = view.image.vote.terms() {
        return Some(terms.clone());
    }
    let next = view
        .image
        .stage
        .next()
        .filter(|next| *next <= view.draft.last_stage)?;
    Some(view.rules.terms(next, services.clock.now_ms()))
}

pub(in crate::flow) fn text(
    services: &Services,
    view: &View,
    pixels: Pixels,
    voting: Option<(VoteState, &Terms)>,
    reduced: Option<&Reduced>,
) -> String {
    let render = &view.image;
    let nobody = Tally {
        quorum: voting.map_or(0, |(_, t)| t.quorum),
        ..Tally::default()
    };
    let tally = view.tally.as_ref().unwrap_or(&nobody);
    let stop = view.image.vote.stop();
    let next = services.rules.next(render.stage, view.draft.last_stage);
    wording::image(&wording::ImageMessage {
        number: render.number,
        after: render
            .after
            .and(view.parent)
            .map(|message| (render.guild, view.thread, message)),
        newer: view
            .newest_version
            .map(|newest| (newest.version, (render.guild, view.thread, newest.message))),
        stage: render.stage,
        tier: services.rules.spec(render.stage).tier,
        pixels,
        wanted: render.want,
        price: render.price,
        approved_by: &view.approved_by,
        mention: (render.stage == Stage::Final).then_some(view.draft.requester),
        reduced,
        drift: moved(services, view, pixels),
        notes: Noted {
            notes: &view.notes,
            next: next
                .filter(|_| voting.is_some_and(|(state, _)| state.counts()))
                .map(|(_, spec)| (spec.tier, spec.mode)),
        },
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
                capped: view.image.vote.capped(),
                stopped: stop.map(|stop| (stop.by, stop.reason.as_deref())),
                full: view.full.as_ref(),
                next: view.next.map(|next| (render.guild, view.thread, next)),
                for_lead: view.image.for_lead,
            }),
    })
}

/// Returns how the picture differs from the approved one, and the tier of the approved one, if that
/// is to be said.
fn moved(services: &Services, view: &View, pixels: Pixels) -> Option<(Drift, Tier)> {
    let (stage, approved) = view.approved?;
    let min = services
        .rules
        .drift
        .of(services.rules.spec(view.image.stage).mode);
    let drift = Drift::between(approved, pixels, view.image.likeness, min)?;
    Some((drift, services.rules.spec(stage).tier))
}

/// Returns what the next stage of an image is expected to cost the operator.
fn quote(services: &Services, view: &View, spec: &StageSpec) -> Option<Usd> {
    let pixels = services
        .rules
        .pixels(view.image.stage.next()?, view.draft.ratio)?;
    // The approved picture is sent along.
    services.rules.catalog.quote(spec, pixels, 1)
}

/// Returns the buttons under an image: those that its vote allows, and those for a draft like it.
pub(in crate::flow) fn buttons(
    services: &Services,
    view: &View,
    voting: Option<(VoteState, &Terms)>,
) -> Vec<ButtonView> {
    let mut all = voting.map_or_else(Vec::new, |(state, terms)| {
        vote_buttons(services, view, state, terms)
    });
    all.extend(
        view.next_version
            .and_then(|next| version::button(services, view, next)),
    );
    if !view.draft.forgotten {
        all.extend(more_like(services, view));
    }
    all
}

/// Returns the buttons that draft the same again, or with other words.
fn more_like(services: &Services, view: &View) -> [ButtonView; 2] {
    let of = (&view.draft, view.image.id);
    [Like::Same, Like::OtherWords].map(|like| offer::button(services, &view.rules, of, like))
}

fn vote_buttons(services: &Services, view: &View, state: VoteState, terms: &Terms) -> Vec<ButtonView> {
    let button = |id: Button, label: String, style: Style| ButtonView { id, label, style };
    let image = view.image.id;
    match state {
        VoteState::Waiting | VoteState::Capped => vec![button(
            Button::TakeBack(image),
            wording::TAKE_BACK_LABEL.to_owned(),
            Style::Secondary,
        )],
        VoteState::Open => {
            let next = services.rules.next(view.image.stage, view.draft.last_stage);
            let tier = next.map_or(services.rules.spec(view.image.stage).tier, |(_, spec)| spec.tier);
            let label = wording::approve_label(tier, terms.price);
            vec![
                button(Button::Approve(image), label, Style::Success),
                button(
                    Button::ApproveNoted(image),
                    wording::approve_noted_label(terms.price),
                    Style::Secondary,
                ),
                button(
                    Button::AddNote(image),
                    wording::ADD_NOTE_LABEL.to_owned(),
                    Style::Secondary,
                ),
            ]
        }
        VoteState::Stopped => vec![
            button(
                Button::Reason(image),
                wording::REASON_LABEL.to_owned(),
                Style::Secondary,
            ),
            button(
                Button::Lift(image),
                wording::LIFT_LABEL.to_owned(),
                Style::Secondary,
            ),
        ],
        VoteState::Closed if view.image.original_removed_ms.is_some() => Vec::new(),
        VoteState::Closed => vec![button(
            Button::Reopen(image),
            wording::REOPEN_LABEL.to_owned(),
            Style::Secondary,
        )],
        VoteState::None | VoteState::Spent => Vec::new(),
    }
}

/// Returns the words and buttons of a render that has no picture.
pub(in crate::flow) fn notice(services: &Services, view: &View) -> (String, Vec<ButtonView>) {
    let render = &view.image;
    let tier = services.rules.spec(render.stage).tier;
    let content = match (&render.state, &view.decision) {
        (State::Failed(_), Some(decision)) => wording::given_up(render.number, tier, render.price, decision),
        (State::Failed(Failure::Refused), None) if render.refused_picture.is_some() => {
            let refused = render.refused_picture.map(|refused| {
                wording::picture_refused(render.number, tier, render.price, render.stage, refused)
            });
            return (refused.unwrap_or_default(), Vec::new());
        }
        (State::Failed(why), None) => wording::failure(render.number, tier, render.price, *why),
        (State::Queued | State::Rendering | State::Done(_) | State::Unknown | State::Cancelled, _) => {
            wording::unknown(render.number, tier, render.price, &services.rules.operators)
        }
    };
    if view.replaced || view.draft.forgotten {
        return (content, Vec::new());
    }
    if render.state == State::Failed(Failure::Refused) {
        let [_, words] = more_like(services, view);
        return (content, vec![words]);
    }
    if !render.state.may_retry() {
        return (content, Vec::new());
    }
    (
        content,
        vec![ButtonView {
            id: Button::Retry(render.id),
            label: wording::retry_label(render.price),
            style: Style::Secondary,
        }],
    )
}
