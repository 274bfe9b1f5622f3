//! Tells the log channel of a guild of each spend, of what is granted or taken back, and when the
//! pool runs out.

use std::collections::BTreeSet;

use futures::FutureExt;

use crate::discord::Post;
use crate::domain::credits::Credits;
use crate::domain::engine::cost::Usd;
use crate::domain::ids::{ChannelId, EntryId, GuildId, RenderId, RoleId, UserId};
use crate::domain::image::render::{Render, Ruling, State};
use crate::domain::limits;
use crate::domain::money::log_line::{LogLine, log_line};
use crate::domain::money::usage_alert::Subject;
use crate::domain::nonce::{Nonce, PassedMark};
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::posting::{if_it_can, was_said};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::alerts::{self, Alert};
use crate::store::{Tx, export, ledger, projects, renders};
use crate::wording::{self, Bought};

/// Tells the log channel what was spent on an image. All first images of a draft are one line, which
/// waits until the draft is drawn.
///
/// # Errors
/// [`Error`]: the job runs again. A log channel that takes no message is no error.
pub async fn spent(services: &Services, id: RenderId, attempts: u32) -> Result<Done, Error> {
    let Some(view) = crate::flow::image::view::view(services, id).await? else {
        return Ok(Done::Finished);
    };
    let Some(log) = view.rules.log else {
        return Ok(Done::Finished);
    };
    let first = view.image.render.clone();
    let told = services.store.read(move |tx| told_of(tx, first).boxed()).await?;
    let (images, decided) = match told {
        Told::Later => return Ok(Done::NotYet(services.clock.now_ms() + limits::LOG_GATHER_MS)),
        Told::Elsewhere => return Ok(Done::Finished),
        Told::Here(images, decided) => (images, decided),
    };
    let (price, usd) = sums(&images)?;
    let render = &view.image;
    let content = wording::spend(&wording::Spend {
        prompt: &view.draft.prompt,
        bought: if render.is_idea() {
            Bought::Drafts(images.len())
        } else {
            Bought::Image(render.number, services.rules.spec(render.stage).tier)
        },
        requester: view.draft.requester,
        approved_by: &view.approved_by,
        price,
        usd,
        thread: view.thread,
        decision: decided.as_ref(),
    });
    let line = Line {
        content,
        mention: Vec::new(),
        roles: Vec::new(),
        nonce: Nonce::Spend(id),
        since_ms: render.queued_ms,
    };
    say(services, log, line, attempts).await?;
    Ok(Done::Finished)
}

/// Where a spend is told of.
enum Told {
    /// Nowhere yet.
    Later,
    /// In the line of another image.
    Elsewhere,
    /// In a line of its own, with these images, and with what a person decided about it.
    Here(Vec<Render>, Option<Ruling>),
}

async fn told_of(tx: &mut Tx, image: Render) -> Result<Told, Error> {
    if let Some(decided) = ledger::decision(tx, image.id).await? {
        return Ok(Told::Here(vec![image], Some(decided)));
    }
    let all = renders::of_draft(tx, image.draft).await?;
    let mut in_vain = BTreeSet::new();
    for id in ledger::paid_in_vain(tx, image.draft).await? {
        if ledger::decision(tx, id).await?.is_none() {
            in_vain.insert(id);
        }
    }
    let paid = |other: &Render| matches!(other.state, State::Done(_)) || in_vain.contains(&other.id);
    Ok(
        match log_line(&image, all.iter().map(|image| &image.render), paid) {
            LogLine::Later => Told::Later,
            LogLine::OfAnother => Told::Elsewhere,
            LogLine::Of(ids) => {
                let told = all.into_iter().map(|image| image.render);
                Told::Here(told.filter(|image| ids.contains(&image.id)).collect(), None)
            }
        },
    )
}

/// Returns what images cost together: their price, and the operator's bill if there is one for each.
fn sums(images: &[Render]) -> Result<(Credits, Option<Usd>), Error> {
    let (mut price, mut usd) = (Credits::ZERO, Some(Usd::default()));
    for image in images {
        let more = price.plus(image.price);
        price = more.map_err(|error| Error::broken(error.to_string()))?;
        usd = usd.zip(image.bill.usd).map(|(sum, usd)| sum.plus(usd));
    }
    Ok((price, usd))
}

/// Tells the log channel that nobody knows how a paid call ended, and mentions who can decide.
///
/// # Errors
/// [`Error`]: the job runs again. A log channel that takes no message is no error.
pub async fn unknown(services: &Services, id: RenderId, attempts: u32) -> Result<Done, Error> {
    let Some(view) = crate::flow::image::view::view(services, id).await? else {
        return Ok(Done::Finished);
    };
    let render = &view.image;
    let Some(log) = view.rules.log.filter(|_| render.state == State::Unknown) else {
        return Ok(Done::Finished);
    };
    let operators = &services.rules.operators;
    let content = wording::lost_call(&wording::LostCall {
        prompt: &view.draft.prompt,
        number: render.number,
        tier: services.rules.spec(render.stage).tier,
        price: render.price,
        engine: &services.rules.asked(render).engine,
        request: render.bill.request.as_deref(),
        thread: view.thread,
        operators,
        admins: services.rules.admins_treasury,
    });
    let line = Line {
        content,
        mention: operators.iter().copied().take(limits::NAMED).collect(),
        roles: Vec::new(),
        nonce: Nonce::LostCall(id),
        since_ms: render.queued_ms,
    };
    say(services, log, line, attempts).await?;
    Ok(Done::Finished)
}

/// Tells the log channel that credits were granted or taken back.
///
/// # Errors
/// [`Error`]: the job runs again. A log channel that takes no message is no error.
pub async fn granted(services: &Services, id: EntryId, attempts: u32) -> Result<Done, Error> {
    let read = services.store.read(move |tx| export::change(tx, id).boxed());
    let Some((guild, change)) = read.await? else {
        return Ok(Done::Finished);
    };
    if let Some(log) = settings::rules(services, guild).await?.log {
        let line = Line {
            content: wording::pool_changed(&change),
            mention: Vec::new(),
            roles: Vec::new(),
            nonce: Nonce::Credited(id),
            since_ms: change.at_ms,
        };
        say(services, log, line, attempts).await?;
    }
    Ok(Done::Finished)
}

/// Tells the log channel which marks the use of the pool and of budgets has passed.
///
/// # Errors
/// [`Error`]: the job runs again. A log channel that takes no message is no error.
pub async fn alert(services: &Services, guild: GuildId, attempts: u32) -> Result<Done, Error> {
    let rules = settings::rules(services, guild).await?;
    let (log, role) = (rules.log, rules.low_pool_role);
    let untold = services.store.read(move |tx| untold(tx, guild, role).boxed());
    for (alert, content, roles) in untold.await? {
        if let Some(log) = log {
            let subject = match alert.subject {
                Subject::Pool => 0,
                Subject::Budget(project, _) => project.get() % 10_000,
            };
            let line = Line {
                content,
                mention: Vec::new(),
                roles,
                nonce: Nonce::Alert(PassedMark {
                    passed_ms: alert.passed_ms,
                    percent: alert.mark.percent(),
                    subject,
                }),
                since_ms: alert.passed_ms,
            };
            say(services, log, line, attempts).await?;
        }
        let noted =
            services.change(move |tx| async move { Ok(alerts::told(tx, guild, alert).await?) }.boxed());
        noted.await?;
    }
    Ok(Done::Finished)
}

/// Returns the alerts that are still to be told, each with its words and whom it mentions: `role`, where
/// the pool is low.
async fn untold(
    tx: &mut Tx,
    guild: GuildId,
    role: Option<RoleId>,
) -> Result<Vec<(Alert, String, Vec<RoleId>)>, Error> {
    let mut all = Vec::new();
    for alert in alerts::untold(tx, guild).await? {
        let role = role.filter(|_| alert.subject == Subject::Pool && alert.mark.is_low());
        let told = match alert.subject {
            Subject::Pool => wording::pool_alert(alert.mark, alert.used, role),
            Subject::Budget(id, stage) => {
                let project = projects::find(tx, id).await?;
                let project = project.ok_or_else(|| Error::broken(format!("project {id} is not there")))?;
                wording::budget_alert(&project.name, stage, alert.mark, alert.used)
            }
        };
        all.push((alert, told, role.into_iter().collect()));
    }
    Ok(all)
}

struct Line {
    content: String,
    /// Whom it pings.
    mention: Vec<UserId>,
    /// Which roles it pings.
    roles: Vec<RoleId>,
    nonce: Nonce,
    /// The time before which it cannot have been said.
    since_ms: i64,
}

/// Says a line, unless an earlier run did and died before it could record that.
async fn say(services: &Services, log: ChannelId, line: Line, attempts: u32) -> Result<(), Error> {
    if was_said(services, log, line.since_ms, &line.content, attempts).await? {
        return Ok(());
    }
    let post = Post {
        mention: line.mention,
        roles: line.roles,
        ..Post::new(line.nonce, line.content)
    };
    if_it_can(
        "writing to the log channel",
        services.discord.post(log, post).await.map(drop),
    )
}
