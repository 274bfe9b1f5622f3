//! Reads votes from Discord, with no transaction open.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::vote::policy;
use crate::discord;
use crate::domain::actor::Membership;
use crate::domain::approval;
use crate::domain::approval::ballot::{Ballot, Kind, Veto, VoteSource, VoterRole};
use crate::domain::approval::terms::Policy;
use crate::domain::ids::{ChannelId, MessageId, RenderId, RoleId, UserId};
use crate::domain::image::number::Number;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{drafts, renders, votes};

/// Why a vote is counted again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum When {
    /// Something may have changed.
    Asked,
    /// The window of the vote has passed. Votes that this recount finds count; without a quorum the
    /// vote closes.
    Deadline,
}

/// A vote as it was before Discord was asked.
pub(in crate::flow) struct Question {
    pub(in crate::flow) version: i64,
    pub(in crate::flow) message: MessageId,
    pub(in crate::flow) thread: ChannelId,
    /// The channel around the thread.
    pub(in crate::flow) around: ChannelId,
    /// Which image of its draft it is.
    pub(in crate::flow) number: Number,
    pub(in crate::flow) policy: Policy,
    /// Members who pressed the Approve button.
    pub(in crate::flow) buttons: BTreeSet<UserId>,
    /// Members whose vetoes were lifted.
    pub(in crate::flow) lifted: BTreeSet<UserId>,
}

/// The votes on an image as Discord has them.
pub(in crate::flow) struct Read {
    pub(in crate::flow) version: i64,
    pub(in crate::flow) approve: BTreeSet<UserId>,
    pub(in crate::flow) veto: BTreeSet<UserId>,
    /// All votes, with what is known of the members who had to be looked up.
    pub(in crate::flow) ballot: Ballot,
    pub(in crate::flow) when: When,
}

pub(in crate::flow) async fn question(services: &Services, id: RenderId) -> Result<Option<Question>, Error> {
    let read = services.store.read(move |tx| {
        async move {
            let Some(render) = renders::find(tx, id).await?.filter(|render| render.vote.counts()) else {
                return Ok(None);
            };
            let draft = drafts::get(tx, render.draft).await?;
            let (Some(message), Some(thread), Some(policy)) =
                (render.message, draft.thread(), policy(&render, &draft))
            else {
                return Ok(None);
            };
            let vetoes = votes::ballot(tx, id).await?.vetoes;
            let lifted = vetoes.into_iter().filter(|(_, veto)| veto.lifted);
            Ok::<_, Error>(Some(Question {
                version: render.vote_version,
                message,
                thread,
                around: draft.around(),
                number: render.number,
                policy,
                buttons: votes::voters(tx, id, Kind::Approve, VoteSource::Button).await?,
                lifted: lifted.map(|(user, _)| user).collect(),
            }))
        }
        .boxed()
    });
    read.await
}

/// Asks Discord who reacted, and looks up those members whose votes can decide something.
pub(in crate::flow) async fn read(
    services: &Services,
    question: &Question,
    when: When,
) -> Result<Read, discord::Error> {
    let (discord, policy) = (&services.discord, &question.policy);
    let emoji = [&policy.terms.approve, &policy.terms.veto];
    let [approve, veto] = discord
        .reactions(question.thread, question.message, emoji)
        .await?;
    let voters = approve.iter().chain(&question.buttons);
    let vetoes = veto.iter().map(|user| {
        let lifted = question.lifted.contains(user);
        (
            *user,
            Veto {
                lifted,
                ..Veto::default()
            },
        )
    });
    let mut ballot = Ballot {
        approvals: voters.map(|user| (*user, VoterRole::Unknown)).collect(),
        vetoes: vetoes.collect(),
    };
    let mut known = None;
    while let Some(user) = approval::next_voter_to_look_up(policy, &ballot) {
        let member = match discord.member(policy.guild, user).await? {
            None => None,
            Some(roles) => {
                let vetoes = ballot.vetoes.contains_key(&user);
                let asked = policy.terms.asks_for_managers(&roles, vetoes);
                let manages = asked && manages(services, policy, &mut known, user, &roles).await?;
                Some(Membership { roles, manages })
            }
        };
        ballot.note(user, policy.terms.role(member.as_ref()));
    }
    Ok(Read {
        version: question.version,
        approve,
        veto,
        ballot,
        when,
    })
}

/// Returns whether a member may manage the server. Asks Discord once for all.
async fn manages(
    services: &Services,
    policy: &Policy,
    known: &mut Option<discord::Managers>,
    user: UserId,
    roles: &BTreeSet<RoleId>,
) -> Result<bool, discord::Error> {
    let managers = match known.take() {
        Some(managers) => managers,
        None => services.discord.managers(policy.guild).await?,
    };
    Ok(known.insert(managers).include(user, roles))
}
