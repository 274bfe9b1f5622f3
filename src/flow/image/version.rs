//! Draws another version of an image: at its own stage, after itself, by its notes.

use futures::FutureExt;

use crate::discord::{ButtonView, Reply, Style};
use crate::domain::actor::Actor;
use crate::domain::approval::vote::Image;
use crate::domain::button::{Button, NextVersion};
use crate::domain::credits::Credits;
use crate::domain::draft::admission::{Refusal, may_ask};
use crate::domain::draft::entity::Draft;
use crate::domain::guild::operator::Rules;
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::RenderId;
use crate::domain::image::note::{Changes, Note};
use crate::domain::image::number::Number;
use crate::domain::image::render::{Origin, Render};
use crate::domain::image::version::{self, Choice, Next, NoVersion};
use crate::domain::job::Job;
use crate::domain::money::authorization::{Purchase, authorize};
use crate::flow::access::OfGuild;
use crate::flow::approval::notes::standing;
use crate::flow::error::Error;
use crate::flow::image::retry::spender;
use crate::flow::image::view::View;
use crate::flow::kept::{original_removed, prompt_gone};
use crate::flow::money::funds::{self, Payer, with_date};
use crate::flow::money::project;
use crate::flow::money::spend_limits::Spender;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Locked, Tx, drafts, jobs, ledger, renders};
use crate::wording;

/// Returns the button that draws the next version of an image, if one may be drawn.
pub(in crate::flow) fn button(services: &Services, view: &View, next: Next) -> Option<ButtonView> {
    let choice = choice(&services.rules, &view.image, &view.notes, next);
    let offered = choice.offer().is_ok() && !view.draft.forgotten;
    let price = price(&services.rules, &view.rules, &view.image).ok()?;
    let next = NextVersion {
        image: view.image.id,
        nth: next.nth,
        price,
    };
    offered.then(|| labelled(next))
}

fn labelled(next: NextVersion) -> ButtonView {
    ButtonView {
        id: Button::Version(next),
        label: wording::version_label(next.price),
        style: Style::Secondary,
    }
}

fn choice<'a>(rules: &'a Rules, image: &'a Render, notes: &'a [Note], next: Next) -> Choice<'a> {
    Choice {
        catalog: &rules.catalog,
        spec: rules.spec(image.stage),
        image,
        notes,
        next,
    }
}

fn price(rules: &Rules, chosen: &GuildRules, image: &Render) -> Result<Credits, Error> {
    let sent = rules.references_price(1);
    sent.and_then(|sent| version::price(&chosen.stages, image.stage, sent))
        .map_err(|error| Error::broken(error.to_string()))
}

/// Pays for another version of an image and queues its render, at the price that was shown to whoever
/// presses. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was held.
pub async fn draw(
    services: &Services,
    image: OfGuild<RenderId>,
    by: Actor,
    shown: NextVersion,
) -> Result<Reply, Error> {
    let id = image.id();
    let (draft, spender) = match spender(services, id, &by, wording::NO_IMAGE_HERE).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(refusal.into()),
    };
    let (rules, now_ms, new) = (
        services.rules.clone(),
        services.clock.now_ms(),
        services.render_id(),
    );
    let answer = services.change(move |tx| {
        async move {
            // The draft's row keeps the numbers of its versions apart.
            let draft = drafts::lock(tx, draft.id).await?;
            let image = renders::lock(tx, id).await?;
            if let Some(gone) = prompt_gone(&rules, &draft).or(original_removed(&rules, &image)) {
                return Ok(gone.into());
            }
            let chosen = settings::rules_in(tx, &rules, image.guild).await?;
            if let Err(refusal) = may_ask(&chosen, &by.member.roles, draft.around()) {
                return Ok(wording::refusal(&refusal).into());
            }
            let notes = standing(tx, &image).await?;
            let next = renders::versions::next(tx, &image).await?;
            if let Err(why) = choice(&rules, &image, &notes, next).admit(shown.nth, &rules.opposites) {
                return Ok(wording::no_version(image.number, why).into());
            }
            let price = price(&rules, &chosen, &image)?;
            if price != shown.price {
                return Ok(Reply {
                    content: wording::version_costs_now(price, shown.price),
                    buttons: vec![labelled(NextVersion { price, ..shown })],
                    ..Reply::default()
                });
            }
            let version = Version {
                rules: &rules,
                chosen: &chosen,
                after: &image,
                draft: &draft,
                spender: &spender,
                changes: Changes::of(&notes),
                number: next.version,
                price,
                render: new,
            };
            pay(tx, version, now_ms).await.map(Reply::from)
        }
        .boxed()
    });
    answer.await
}

/// A version that may be drawn, if it can be paid.
struct Version<'a> {
    rules: &'a Rules,
    chosen: &'a GuildRules,
    /// The image that it is drawn after.
    after: &'a Locked<Image>,
    draft: &'a Draft,
    spender: &'a Spender,
    changes: Changes,
    number: u32,
    price: Credits,
    render: RenderId,
}

/// Holds the price of a version and queues its render. Returns the answer.
async fn pay(tx: &mut Tx, version: Version<'_>, now_ms: i64) -> Result<String, Error> {
    let Version {
        rules,
        chosen,
        after,
        draft,
        spender,
        changes,
        number,
        price,
        render,
    } = version;
    let project = project::of_draft(tx, draft.project).await?;
    if let Some(closed) = project.as_ref().filter(|project| project.closed_ms.is_some()) {
        return Ok(wording::refusal(&Refusal::ProjectClosed(closed.name.clone())));
    }
    let Some(want) = rules.pixels(after.stage, draft.ratio) else {
        return Ok(wording::no_version(after.number, NoVersion::Engine));
    };
    let mut pool = ledger::lock(tx, after.guild).await?;
    let payer = Payer {
        rules: chosen,
        spender,
        project: project.as_ref(),
        stage: after.stage,
    };
    let funds = funds::load(tx, &pool, &payer, now_ms).await?;
    let purchase = Purchase::new(after.guild, after.stage, price, vec![render])
        .map_err(|error| Error::broken(error.to_string()))?;
    let authorization = match authorize(purchase, &funds) {
        Ok(authorization) => authorization,
        Err(shortage) => {
            let shortage = with_date(tx, after.guild, shortage, spender).await?;
            return Ok(wording::unpaid(&shortage));
        }
    };
    let number = Number {
        version: number,
        ..after.number
    };
    let origin = Origin {
        after: Some(after.id),
        number,
        ..after.origin()
    };
    let new = Render {
        changes,
        ..Render::queued(render, origin, after.stage, price, want, now_ms)
    };
    if !renders::insert(tx, &new).await? {
        return Err(Error::broken(format!("{number} is there before it was paid")));
    }
    ledger::hold(tx, &mut pool, authorization, now_ms).await?;
    jobs::enqueue(tx, Job::Render(render), now_ms).await?;
    // The button of the next version is another.
    jobs::enqueue(tx, Job::ShowTally(after.id), now_ms).await?;
    Ok(wording::version_drawn(number, price))
}
