//! Asks a lead about an approval: it may be spent already, because the books were put back from a copy,
//! or its notes contradict each other.

use super::reading::Question;
use crate::discord::Post;
use crate::domain::actor::Actor;
use crate::domain::approval::ballot::VoterRole;
use crate::domain::approval::terms::LeadCase;
use crate::domain::approval::vote::{Image, Vote};
use crate::domain::ids::RenderId;
use crate::domain::nonce::Nonce;
use crate::flow::error::Error;
use crate::flow::posting::{lasting, was_said};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Locked, Tx, renders};
use crate::wording;

/// Says, once in the thread and once in the log channel, that an approval waits for a lead.
///
/// # Errors
/// [`Error::Retry`] when Discord or the database is away.
pub(in crate::flow) async fn ask_lead(
    services: &Services,
    id: RenderId,
    question: &Question,
    case: LeadCase,
) -> Result<(), Error> {
    let place = (question.policy.guild, question.thread, question.message);
    let content = wording::waits_for_lead(case, question.number, place);
    let log = settings::rules(services, question.policy.guild).await?.log;
    for channel in [question.thread].into_iter().chain(log) {
        if was_said(services, channel, question.message.at_ms(), &content, 2).await? {
            continue;
        }
        let nonce = match case {
            LeadCase::Restored => Nonce::AskLead(id),
            LeadCase::Clash => Nonce::NotesClash(id),
        };
        let post = Post {
            reply_to: (channel == question.thread).then_some(question.message),
            ..Post::new(nonce, content.clone())
        };
        if let Err(error) = lasting(services.discord.post(channel, post).await)? {
            tracing::info!("that an approval waits for a lead could not be said: {error}");
        }
    }
    Ok(())
}

/// Lets the approval of an image be spent again, if a lead presses Approve under it. Returns whether
/// this press did.
pub(super) async fn let_go(tx: &mut Tx, image: &Locked<Image>, by: &Actor) -> Result<bool, Error> {
    let terms = match &image.vote {
        Vote::Open(terms) | Vote::Waiting { terms, .. } | Vote::Capped { terms, .. } => terms,
        Vote::None | Vote::Stopped { .. } | Vote::Spent(_) | Vote::Closed { .. } => return Ok(false),
    };
    if image.for_lead.is_none() || terms.role(Some(&by.member)) != VoterRole::Lead {
        return Ok(false);
    }
    renders::let_go(tx, image).await?;
    tracing::info!(render.id = %image.id, "a lead lets an approval be spent");
    Ok(true)
}
