//! Loads the inputs of a call: the approved picture, the references, the words.

use futures::FutureExt;

use crate::domain::draft::entity::Draft;
use crate::domain::engine::prompt_template::Asks;
use crate::domain::guild::operator::Rules;
use crate::domain::guild::pseudonym::PseudonymKey;
use crate::domain::ids::{RenderId, UserId};
use crate::domain::image::render::Render;
use crate::domain::stage::Stage;
use crate::flow::draft::references;
use crate::flow::error::Error;
use crate::flow::services::{Services, heavy};
use crate::providers::{ImageRequest, InputPicture, Words};
use crate::store::{Tx, drafts, privacy, renders};
use crate::{media, random};

/// The inputs of a call besides those of the draft.
pub(in crate::flow) struct Inputs {
    /// The approved picture of a later stage, or that which a version is drawn after, if it is still
    /// stored.
    pub(in crate::flow) parent: Option<InputPicture>,
    /// The references of a first stage, unless one of them is not stored any more.
    pub(in crate::flow) references: Option<Vec<InputPicture>>,
    /// What the notes asked for by which the versions of the image were drawn, the oldest first.
    pub(in crate::flow) changes: Vec<String>,
    /// The requester as engines know them: a hash. A service can stop a member by it, and learns
    /// nothing of who it is.
    pub(in crate::flow) member: String,
}

impl Inputs {
    /// Returns the inputs of a call that is made of words alone.
    pub(in crate::flow) fn of_words(member: UserId) -> Self {
        Self {
            parent: None,
            references: Some(Vec::new()),
            changes: Vec::new(),
            member: member.to_string(),
        }
    }
}

pub(in crate::flow) async fn inputs(services: &Services, id: RenderId) -> Result<Inputs, Error> {
    let read = services.store.read(move |tx| {
        async move {
            let render = renders::find(tx, id).await?;
            let render = render.ok_or_else(|| Error::broken(format!("render {id} is not there")))?;
            let draft = drafts::get(tx, render.draft).await?;
            let member = privacy::pseudonym(tx, draft.guild, draft.requester).await?;
            let changes = changes(tx, &render).await?;
            Ok::<_, Error>((render, draft, member, changes))
        }
        .boxed()
    });
    let (render, draft, member, changes) = read.await?;
    let member = match member {
        Some(member) => member,
        None => first_pseudonym(services, &draft).await?,
    };
    Ok(Inputs {
        parent: parent(services, &render).await?,
        references: references::stored(services, draft.id, draft.references).await?,
        changes,
        member: member.to_string(),
    })
}

/// Returns what the notes asked for by which the versions in the line of an image were drawn.
async fn changes(tx: &mut Tx, render: &Render) -> Result<Vec<String>, Error> {
    let (mut all, mut step) = (Vec::new(), render.clone());
    while !step.number.is_first() {
        if step.after.is_some() {
            all.splice(0..0, step.changes.all().iter().cloned());
        }
        let Some(before) = step.after.or(step.parent) else {
            break;
        };
        let before = renders::find(tx, before).await?;
        step = before
            .ok_or_else(|| Error::broken("an image after one that is not there"))?
            .render;
    }
    Ok(all)
}

/// Makes the key of the pseudonyms, which stays from then on.
async fn first_pseudonym(services: &Services, draft: &Draft) -> Result<UserId, Error> {
    let fresh = PseudonymKey::new(random::bits());
    let key = services
        .store
        .write(move |tx| privacy::pseudonym_key(tx, fresh).boxed());
    Ok(key.await?.pseudonym(draft.guild, draft.requester))
}

async fn parent(services: &Services, render: &Render) -> Result<Option<InputPicture>, Error> {
    let Some(parent) = render.after.or(render.parent) else {
        return Ok(None);
    };
    let Some(bytes) = services.blobs.get(parent).await? else {
        return Ok(None);
    };
    let bytes = sendable(services, render.stage, bytes).await?;
    let mime = media::mime(&bytes).ok_or_else(|| Error::broken("a stored picture is none"))?;
    let bytes = bytes.into();
    Ok(Some(InputPicture { bytes, mime }))
}

/// Returns a picture in a form that the engine of a stage takes, with the colours and the side up
/// that people see.
async fn sendable(services: &Services, stage: Stage, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    let rules = &services.rules;
    let engine = rules.catalog.engine.get(&rules.spec(stage).engine);
    let max = engine.and_then(|engine| engine.sent_bytes).unwrap_or(usize::MAX);
    let load = media::load(&[&bytes]);
    let seen = heavy(load, move || media::as_seen(bytes, max)).await?;
    seen.map_err(|error| Error::Broken("a stored picture cannot be read".to_owned(), Some(error.into())))
}

/// Returns the words that the engine of a render is sent.
pub(in crate::flow) fn words(rules: &Rules, render: &Render, draft: &Draft) -> String {
    rules.templates.words(&Asks {
        stage: render.stage,
        mode: rules.asked(render).mode,
        is_version: render.after.is_some(),
        prompt: draft.prompt.as_str(),
        keep: draft.keep.as_deref(),
        changes: render.changes.all(),
    })
}

pub(in crate::flow) fn image_request(
    services: &Services,
    (render, draft): (&Render, &Draft),
    inputs: &Inputs,
) -> ImageRequest {
    let stage = render.stage;
    let (asked, tier) = (services.rules.asked(render), services.rules.spec(stage).tier);
    let words = words(&services.rules, render, draft);
    ImageRequest {
        prompt: draft.prompt.clone(),
        words: Words(words),
        parent: inputs.parent.clone(),
        references: inputs.references.clone().unwrap_or_default(),
        changes: inputs.changes.clone(),
        member: inputs.member.clone(),
        model: asked.model,
        quality: asked.quality,
        mode: asked.mode,
        ratio: draft.ratio,
        pixels: render.want,
        tier,
        // Images of a draft differ, and so do drafts of one prompt; the stages and the versions of one
        // image do not.
        seed: draft.id.get().rotate_left(8) ^ u64::from(render.number.position),
    }
}
