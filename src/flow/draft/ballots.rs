//! The buttons under a contact sheet, by which each of its images is approved.

use crate::discord::{ButtonView, Style};
use crate::domain::approval::vote::{Image, VoteState};
use crate::domain::button::Button;
use crate::domain::draft::entity::Draft;
use crate::domain::guild::settings::GuildRules;
use crate::domain::image::render::State;
use crate::domain::stage::Stage;
use crate::flow::services::Services;
use crate::wording::{self, NextStage};

/// Returns a button for each of `first`, the images of a draft at the first stage by position, that
/// can still be approved. `next` is what an approval leads to, if it leads to anything.
///
/// The vote on an image that is drawn opens when the image is shown, which is a matter of seconds.
/// The starter is not edited for that, so that image has its button already.
pub(super) fn approve_buttons<'a>(
    draft: &Draft,
    first: impl Iterator<Item = &'a Image>,
    next: Option<NextStage>,
) -> Vec<ButtonView> {
    let Some(next) = next.filter(|_| !draft.forgotten) else {
        return Vec::new();
    };
    let button = |image: &Image| {
        let is_drawn = matches!(image.state, State::Done(_));
        let opens = image.vote.state() == VoteState::None && image.message.is_none();
        let is_open = image.vote.state() == VoteState::Open;
        (is_drawn && (is_open || opens)).then(|| ButtonView {
            id: Button::Approve(image.id),
            label: wording::approve_on_sheet(
                image.number,
                image.vote.terms().map_or(next.price, |terms| terms.price),
            ),
            style: Style::Success,
        })
    };
    first.filter_map(button).collect()
}

/// Returns what an approval leads to and what it takes, while an image may still earn it.
pub(super) fn next_stage<'a>(
    services: &Services,
    rules: &GuildRules,
    draft: &Draft,
    mut first: impl Iterator<Item = &'a Image>,
) -> Option<NextStage> {
    let (stage, spec) = services.rules.next(Stage::Explore, draft.last_stage)?;
    let is_over = |image: &Image| matches!(image.vote.state(), VoteState::Spent | VoteState::Closed);
    if draft.forgotten || first.all(is_over) {
        return None;
    }
    let terms = rules.terms(stage, services.clock.now_ms());
    Some(NextStage {
        tier: spec.tier,
        price: terms.price,
        quorum: terms.quorum,
    })
}
