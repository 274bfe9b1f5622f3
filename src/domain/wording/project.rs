//! Projects: what they will cost and what they may cost.

use super::super::credits::Credits;
use super::super::limits;
use super::super::picture::Tier;
use super::super::project::{Estimate, Misfit};
use super::super::stage::Stage;
use super::left;

/// What the bucket of a stage is called.
#[must_use]
pub const fn bucket(stage: Stage) -> &'static str {
    match stage {
        Stage::Explore => "Exploration",
        Stage::Review => "Review",
        Stage::Final => "Final",
    }
}

/// Private: what a campaign costs, by bucket, against every idea at the last rung, and whether the pool can pay it.
#[must_use]
pub fn estimate(estimate: &Estimate, last: Tier, available: Credits) -> String {
    let mut lines = vec![format!("This would cost **{}**.", estimate.total)];
    lines.extend(estimate.lines.iter().map(|line| {
        format!(
            "{}: {} × {} = **{}**",
            bucket(line.stage),
            line.images,
            line.price.number(),
            line.cost.number()
        )
    }));
    let (ideas, price) = (estimate.lines[0].images, estimate.lines[2].price);
    let saved = estimate.saved().map_or_else(
        || "nothing is saved".to_owned(),
        |saved| format!("**{} saved**", saved.number()),
    );
    lines.push(format!(
        "Every idea at {last}: {ideas} × {} = {} · {saved}",
        price.number(),
        estimate.all_final.number()
    ));
    lines.push(match estimate.lacks(available) {
        None => format!("✅ The pool can pay for it: {} available.", left(available)),
        Some(lack) => format!(
            "⚠️ The pool cannot pay for all of it: {} available, {} missing. An operator can add some with `/treasury \
             grant`.",
            left(available),
            lack.number()
        ),
    });
    lines.join("\n")
}

/// Private: a campaign that cannot be.
#[must_use]
pub fn misfit(why: &Misfit) -> String {
    match why {
        Misfit::Images(n) => format!(
            "{n} images cannot be estimated: 1 to {} drafts, and from 0 on of the other stages.",
            limits::CAMPAIGN_IMAGES
        ),
        Misfit::Narrows {
            stage,
            images,
            before,
        } => {
            let (what, from) = match stage {
                Stage::Explore | Stage::Review => ("reviews", "drafts"),
                Stage::Final => ("finals", "reviews"),
            };
            format!(
                "{images} {what} of {before} {from} cannot be: each is drawn from one of those that were approved."
            )
        }
    }
}
