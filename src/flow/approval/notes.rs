//! Notes on an image: given with a vote, by a form or as a reply, listed and struck. They stand open
//! until the next stage is paid; then that stage has them, and they change no more.

use futures::FutureExt;

use super::press::{Wanted, may_press, press_locked};
use crate::discord::{ButtonView, Reply, Style};
use crate::domain::actor::Actor;
use crate::domain::approval::ballot::{Kind, VoterRole};
use crate::domain::approval::terms::{LeadCase, Terms};
use crate::domain::approval::vote::{Image, VoteState};
use crate::domain::button::{Button, Mark};
use crate::domain::credits::Credits;
use crate::domain::draft::entity::Draft;
use crate::domain::geometry::Tier;
use crate::domain::guild::operator::Rules;
use crate::domain::ids::{ChannelId, GuildId, MessageId, RenderId};
use crate::domain::image::note::{self, Note, NoteText};
use crate::domain::job::Job;
use crate::domain::stage::Mode;
use crate::flow::access::{Caller, OfGuild};
use crate::flow::approval::vote::gather_ms;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{Locked, Tx, drafts, jobs, renders};
use crate::wording::{self, NoVote};

/// What the form for a note says.
#[derive(Clone, Copy, Debug)]
pub struct NoteForm {
    /// The tier of the next stage.
    pub tier: Tier,
    /// How the next stage is made.
    pub mode: Mode,
    /// What the next stage costs.
    pub price: Credits,
}

/// Returns what the form for a note on an image says, or why a member may not give one. `approve`: the
/// form approves the image too.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn form(
    services: &Services,
    image: OfGuild<RenderId>,
    by: &Actor,
    approve: bool,
) -> Result<Result<NoteForm, String>, Error> {
    let (id, by, rules) = (image.id(), by.clone(), services.rules.clone());
    let read = services.store.read(move |tx| {
        async move {
            let Some(image) = renders::find(tx, id).await? else {
                return Ok(Err(wording::NO_IMAGE_HERE.to_owned()));
            };
            let draft = drafts::get(tx, image.draft).await?;
            let allowed = may_note(&image, &draft, &by).and_then(|terms| {
                if approve {
                    may_press(&image, &draft, &by).map_err(|why| wording::no_vote(&why))?;
                }
                Ok(terms.price)
            });
            Ok::<_, Error>(allowed.and_then(|price| {
                let (tier, mode) = next(&rules, &image, &draft).ok_or(wording::NOTE_WITHOUT_VOTE)?;
                Ok(NoteForm { tier, mode, price })
            }))
        }
        .boxed()
    });
    read.await
}

/// Returns the tier and the mode of the stage that an image's notes go into.
pub(in crate::flow) fn next(rules: &Rules, image: &Image, draft: &Draft) -> Option<(Tier, Mode)> {
    let (_, spec) = rules.next(image.stage, draft.last_stage)?;
    Some((spec.tier, spec.mode))
}

/// Returns the terms of a vote to which a member may give a note, or why they may not: whoever may
/// vote may, and the requester.
fn may_note<'a>(image: &'a Image, draft: &Draft, by: &Actor) -> Result<&'a Terms, String> {
    let terms = match image.vote.state() {
        VoteState::Open | VoteState::Stopped | VoteState::Waiting | VoteState::Capped => image.vote.terms(),
        VoteState::Spent => return Err(wording::NOTE_TOO_LATE.to_owned()),
        VoteState::None | VoteState::Closed => None,
    };
    let terms = terms.ok_or_else(|| wording::NOTE_WITHOUT_VOTE.to_owned())?;
    if by.user != draft.requester && terms.role(Some(&by.member)) == VoterRole::Other {
        return Err(wording::no_vote(&NoVote::NoRole(terms.approvers.clone())));
    }
    Ok(terms)
}

/// Records a note that a member wrote into a form, and with `approve` their vote in the same
/// transaction. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn add(
    services: &Services,
    image: OfGuild<RenderId>,
    by: Actor,
    raw: &str,
    approve: bool,
) -> Result<String, Error> {
    let refused = |why: &str| wording::note_refused(why, raw.trim());
    let words = match NoteText::parse(raw) {
        Ok(words) => words,
        Err(why) => return Ok(refused(&wording::no_note(why))),
    };
    let (id, now_ms, rules) = (image.id(), services.clock.now_ms(), services.rules.clone());
    let answer = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            let draft = drafts::get(tx, image.draft).await?;
            if approve && let Err(why) = may_press(&image, &draft, &by) {
                return Ok(Err(wording::no_vote(&why)));
            }
            let number = match take(tx, &rules, (&image, &draft), &by, (&words, None), now_ms).await? {
                Ok(number) => number,
                Err(why) => return Ok(Err(why)),
            };
            let voted = if approve {
                Some(press_locked(tx, (&image, &draft), &by, Wanted::Give, now_ms).await?)
            } else {
                None
            };
            let number = number.ok_or_else(|| Error::broken("a note of a form that was there"))?;
            let (tier, mode) = next(&rules, &image, &draft)
                .ok_or_else(|| Error::broken("a vote on a stage that is not there"))?;
            Ok(Ok((wording::note_taken(number, tier, mode), voted)))
        }
        .boxed()
    });
    let (noted, voted) = match answer.await? {
        Ok(taken) => taken,
        Err(why) => return Ok(refused(&why)),
    };
    let Some((voted, change)) = voted else {
        return Ok(noted);
    };
    if let Some(change) = change {
        services.metrics.vote(Kind::Approve.name(), change.name());
    }
    Ok(format!("{voted}\n{noted}"))
}

/// Records a note, if the member may give it, and has it shown soon. Returns its number: none for a
/// reply that was read before.
pub(super) async fn take(
    tx: &mut Tx,
    rules: &Rules,
    (image, draft): (&Locked<Image>, &Draft),
    by: &Actor,
    (words, reply): (&NoteText, Option<MessageId>),
    now_ms: i64,
) -> Result<Result<Option<u32>, String>, Error> {
    if let Err(why) = may_note(image, draft, by) {
        return Ok(Err(why));
    }
    if let Err(why) = note::admit(&standing(tx, image).await?, by.user) {
        return Ok(Err(wording::no_note(why)));
    }
    let number = renders::notes::add(tx, image, (by.user, words), reply, now_ms).await?;
    if number.is_some() {
        changed(tx, rules, (image, draft), now_ms).await?;
    }
    Ok(Ok(number))
}

/// Returns the notes that stand on an image.
pub(in crate::flow) async fn standing(tx: &mut Tx, image: &Image) -> Result<Vec<Note>, Error> {
    if image.notes == 0 {
        return Ok(Vec::new());
    }
    Ok(renders::notes::standing(tx, image.id).await?)
}

/// Has the list of notes on an image's message edited, together with what changes soon after. Also has
/// an approval wait for a lead while notes contradict each other that would change the next stage.
pub(super) async fn changed(
    tx: &mut Tx,
    rules: &Rules,
    (image, draft): (&Locked<Image>, &Draft),
    now_ms: i64,
) -> Result<(), Error> {
    let changes = next(rules, image, draft).is_some_and(|(_, mode)| mode == Mode::Remaster);
    let notes = renders::notes::standing(tx, image.id).await?;
    let clash = changes && rules.opposites.clash(&notes).is_some();
    if clash != (image.for_lead == Some(LeadCase::Clash)) {
        renders::notes::set_clash(tx, image, clash).await?;
        // Enough approvals may be there, for a lead to be asked about or to be spent.
        jobs::enqueue(tx, Job::Confirm(image.id), now_ms).await?;
    }
    let soon_ms = now_ms + gather_ms(image, now_ms);
    Ok(jobs::schedule(tx, &[(Job::ShowTally(image.id), soon_ms)]).await?)
}

/// Lists the notes on an image, with a button for each that the member may strike.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn list(services: &Services, caller: &Caller, image: OfGuild<RenderId>) -> Result<Reply, Error> {
    let (id, guild, by) = (image.id(), caller.guild(), caller.by().clone());
    let read = services.store.read(move |tx| {
        async move {
            let Some(image) = renders::find(tx, id).await? else {
                return Ok(None);
            };
            let draft = drafts::get(tx, image.draft).await?;
            let notes = standing(tx, &image).await?;
            Ok::<_, Error>(Some((image, draft, notes)))
        }
        .boxed()
    });
    let shown = read.await?.and_then(|(image, draft, notes)| {
        let (thread, message) = (draft.thread()?, image.message?);
        Some(listed(&image, &draft, &notes, &by, (guild, thread, message)))
    });
    Ok(shown.unwrap_or_else(|| wording::NO_IMAGE_HERE.to_owned().into()))
}

fn listed(
    image: &Image,
    draft: &Draft,
    notes: &[Note],
    by: &Actor,
    place: (GuildId, ChannelId, MessageId),
) -> Reply {
    let own = notes.iter().filter(|note| may_strike(image, draft, note, by));
    let strike = own.map(|note| ButtonView {
        id: Button::Strike(Mark {
            image: image.id,
            number: note.number,
        }),
        label: wording::strike_label(note.number),
        style: Style::Secondary,
    });
    let mut buttons: Vec<ButtonView> = strike.collect();
    if may_note(image, draft, by).is_ok() {
        buttons.push(ButtonView {
            id: Button::AddNote(image.id),
            label: wording::ADD_NOTE_LABEL.to_owned(),
            style: Style::Secondary,
        });
    }
    Reply {
        content: wording::notes(image.number, notes, place),
        buttons,
        ..Reply::default()
    }
}

/// Returns whether a member may strike a note: its giver, the requester, or a lead, until the next
/// stage is paid.
fn may_strike(image: &Image, draft: &Draft, note: &Note, by: &Actor) -> bool {
    let Some(terms) = image.vote.terms().filter(|_| image.vote.counts()) else {
        return false;
    };
    by.user == note.by || by.user == draft.requester || terms.role(Some(&by.member)) == VoterRole::Lead
}

/// Strikes a note for a member who may, and lists those that are left.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn strike(
    services: &Services,
    caller: &Caller,
    image: OfGuild<RenderId>,
    number: u32,
) -> Result<Reply, Error> {
    let (id, by, now_ms) = (image.id(), caller.by().clone(), services.clock.now_ms());
    let rules = services.rules.clone();
    let refused = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            let draft = drafts::get(tx, image.draft).await?;
            let notes = standing(tx, &image).await?;
            let Some(note) = notes
                .iter()
                .find(|note| note.number == number && image.vote.counts())
            else {
                return Ok(Some(wording::NO_SUCH_NOTE));
            };
            if !may_strike(&image, &draft, note, &by) {
                return Ok(Some(wording::MAY_NOT_STRIKE));
            }
            renders::notes::strike(tx, &image, number, by.user).await?;
            changed(tx, &rules, (&image, &draft), now_ms).await?;
            Ok::<_, Error>(None)
        }
        .boxed()
    });
    match refused.await? {
        Some(why) => Ok(why.to_owned().into()),
        None => list(services, caller, image).await,
    }
}
