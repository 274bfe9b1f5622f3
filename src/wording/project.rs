//! Projects: what they will cost and what they may cost.

use super::{left, mention, plain, spend_limits};
use crate::domain::credits::Credits;
use crate::domain::geometry::Tier;
use crate::domain::ids::UserId;
use crate::domain::limits;
use crate::domain::money::estimate::{Estimate, InvalidCampaign};
use crate::domain::money::project::{BadBudget, BadName, Buckets, Name, NoProject, OverBudget};
use crate::domain::money::spend_limit::SpendLimit;
use crate::domain::stage::Stage;
use crate::domain::text::shorten;

/// Returns what the bucket of a stage is called.
#[must_use]
pub const fn bucket(stage: Stage) -> &'static str {
    match stage {
        Stage::Explore => "Exploration",
        Stage::Review => "Review",
        Stage::Final => "Final",
    }
}

/// Answers privately: what a campaign costs, by bucket, against every idea at the last rung, and
/// whether the pool can pay it.
#[must_use]
pub fn estimate(estimate: &Estimate, last: Tier, available: Credits, passed: &[SpendLimit]) -> String {
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
    if !passed.is_empty() {
        let spend_limits: Vec<String> = passed.iter().map(spend_limits::limit).collect();
        lines.push(format!(
            "⏳ Not at once: {}. `/settings limits` changes that.",
            spend_limits.join("; ")
        ));
    }
    lines.join("\n")
}

/// The label of the button that keeps an estimate.
pub const KEEP_LABEL: &str = "Keep as the budget";

/// The title of the form that keeps an estimate, and its question.
pub const KEEP_FORM: (&str, &str) = (
    "Keep as the budget",
    "Of which project? A new name makes a new one.",
);

/// Answers privately: a campaign that cannot be.
#[must_use]
pub fn invalid_campaign(why: &InvalidCampaign) -> String {
    match why {
        InvalidCampaign::Images(n) => format!(
            "{n} images cannot be estimated: 1 to {} drafts, and from 0 on of the other stages.",
            limits::CAMPAIGN_IMAGES
        ),
        InvalidCampaign::Narrows {
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

/// Answers privately: a text that is no name.
#[must_use]
pub fn bad_name(why: &BadName) -> String {
    match why {
        BadName::Empty => "The name is empty: say in a few words what the project is.".to_owned(),
        BadName::TooLong(chars) => format!(
            "The name has {chars} characters; {} are allowed.",
            limits::PROJECT_NAME_CHARS
        ),
    }
}

/// Answers privately: a name that another project has.
#[must_use]
pub fn name_taken(name: &Name, closed: bool) -> String {
    let name = named(name);
    if closed {
        format!(
            "{name} is there and closed: choose another name, or open it again with `/project close reopen:True`."
        )
    } else {
        format!("{name} is there already: `/project show` shows it.")
    }
}

/// A private answer: as many projects as there may be.
pub const TOO_MANY_PROJECTS: &str =
    "This server has as many open projects as it can: close one with `/project close`.";

/// A private answer: who may set budgets.
pub const ONLY_ADMINS_BUDGET: &str = "Budgets are set by those who may manage the server. A project without one can be \
                                      made by anybody: what it costs is limited by the pool alone.";

/// Answers privately: a budget that cannot be.
#[must_use]
pub fn bad_budget(why: &BadBudget) -> String {
    match why {
        BadBudget::Sum(n) => format!("{n} is no budget: 0 to {}.", Credits::MAX),
        BadBudget::Below { stage, used } => format!(
            "{} has {used} spent or held, and its budget cannot be below that. Nothing was changed.",
            bucket(*stage)
        ),
    }
}

/// Answers privately: a project was made.
#[must_use]
pub fn project_made(name: &Name, budget: &Buckets<Option<Credits>>) -> String {
    let limits: Vec<String> = Stage::ALL
        .into_iter()
        .filter_map(|stage| {
            budget
                .of(stage)
                .map(|limit| format!("{} {}", bucket(stage), limit.number()))
        })
        .collect();
    let budget = if limits.is_empty() {
        "It has no budget: someone who manages the server can give it one with `/project budget`.".to_owned()
    } else {
        format!("Budget: {}.", limits.join(" · "))
    };
    format!(
        "{} is made. {budget}\n`/draft project:` names it in a draft.",
        named(name)
    )
}

/// Answers privately: what a project may cost from now on.
#[must_use]
pub fn rebudgeted(
    name: &Name,
    before: &Buckets<Option<Credits>>,
    after: &Buckets<Option<Credits>>,
) -> String {
    let lines: Vec<String> = Stage::ALL
        .into_iter()
        .filter(|stage| before.of(*stage) != after.of(*stage))
        .map(|stage| {
            let (before, after) = (limit(*before.of(stage)), limit(*after.of(stage)));
            format!("{}: {before} → **{after}**", bucket(stage))
        })
        .collect();
    if lines.is_empty() {
        "Nothing changes: it is like that already.".to_owned()
    } else {
        format!("Budget of {}\n{}", named(name), lines.join("\n"))
    }
}

fn limit(limit: Option<Credits>) -> String {
    limit.map_or_else(|| "no limit".to_owned(), Credits::number)
}

/// How a project stands, for people.
#[derive(Clone, Copy, Debug)]
pub struct ProjectStatus<'a> {
    /// The name of the project.
    pub name: &'a Name,
    /// What each stage may cost.
    pub budget: &'a Buckets<Option<Credits>>,
    /// What each stage holds and has spent.
    pub used: Buckets<Credits>,
    /// How many drafts the project has.
    pub drafts: u32,
    /// The member who created the project.
    pub created_by: UserId,
    /// When the project was closed, in milliseconds since 1970. `None` while it is open.
    pub closed_ms: Option<i64>,
}

impl ProjectStatus<'_> {
    fn total(&self) -> Credits {
        let all = Stage::ALL.into_iter().map(|stage| *self.used.of(stage));
        all.reduce(|sum, used| sum.plus(used).unwrap_or(Credits::MAX))
            .unwrap_or_default()
    }

    /// Returns the limits of all stages together; nothing unless each has one.
    fn whole(&self) -> Option<Credits> {
        let mut whole = Credits::ZERO;
        for stage in Stage::ALL {
            whole = whole.plus((*self.budget.of(stage))?).ok()?;
        }
        Some(whole)
    }
}

/// Answers privately: how a project stands.
#[must_use]
pub fn project(p: &ProjectStatus<'_>) -> String {
    let closed = p.closed_ms.map_or_else(String::new, |ms| {
        format!(" · closed <t:{}:R>", ms.div_euclid(1000))
    });
    let mut lines = vec![format!(
        "**{}** · by {} · {}{closed}",
        plain(p.name.as_str()),
        mention(p.created_by),
        drafts(p.drafts)
    )];
    lines.extend(Stage::ALL.into_iter().map(|stage| {
        let (used, what) = (p.used.of(stage).number(), bucket(stage));
        match *p.budget.of(stage) {
            None => format!("{what}: {used} spent or held · no limit"),
            Some(limit) => format!(
                "{what}: {used} of {} spent or held · **{} left**",
                limit.number(),
                limit.minus(*p.used.of(stage)).unwrap_or_default().number()
            ),
        }
    }));
    if p.drafts == 0 && p.closed_ms.is_none() {
        lines.push("Nothing is drafted for it yet: name it in `/draft project:`.".to_owned());
    }
    lines.join("\n")
}

/// Room that is kept for saying how many more there are, in characters.
const MORE: usize = 40;

/// Answers privately: the projects of a server, as many as a message holds.
#[must_use]
pub fn projects(all: &[ProjectStatus<'_>]) -> String {
    if all.is_empty() {
        return "There are no projects yet: `/project create` makes one, and `/project estimate` says before what it would \
                cost."
            .to_owned();
    }
    let (mut lines, mut chars) = (Vec::new(), 0);
    for p in all {
        let whole = p
            .whole()
            .map_or_else(String::new, |whole| format!(" of {}", whole.number()));
        let closed = if p.closed_ms.is_some() { " · closed" } else { "" };
        let line = format!(
            "**{}** · {}{whole} credits spent or held · {}{closed}",
            plain(p.name.as_str()),
            p.total().number(),
            drafts(p.drafts)
        );
        chars += line.chars().count() + 1;
        if chars + MORE > limits::MESSAGE_CHARS {
            lines.push(format!("-# and {} more", all.len() - lines.len()));
            break;
        }
        lines.push(line);
    }
    lines.join("\n")
}

fn drafts(n: u32) -> String {
    match n {
        0 => "no drafts".to_owned(),
        1 => "1 draft".to_owned(),
        _ => format!("{n} drafts"),
    }
}

/// Answers privately: who may close a project.
#[must_use]
pub fn may_not_close(creator: UserId) -> String {
    format!(
        "This project can be closed and opened again by {} and by those who may manage the server.",
        mention(creator)
    )
}

/// Answers privately: a project was closed, or opened again.
#[must_use]
pub fn project_closed(name: &Name, reopened: bool) -> String {
    if reopened {
        format!("{} is open: drafts can be made for it again.", named(name))
    } else {
        format!(
            "{} is closed: no more drafts for it. What is being voted on can still be finished, within its budget.",
            named(name)
        )
    }
}

/// Answers privately: no project has the name that was typed.
#[must_use]
pub fn no_project(no: &NoProject) -> String {
    let typed = plain(&shorten(no.typed.trim(), limits::PROJECT_NAME_CHARS));
    let hint = if no.any {
        "`/project list` shows which there are."
    } else {
        "There are none yet: `/project create` makes one."
    };
    format!("There is no project “{typed}”. {hint}")
}

/// Answers privately: a draft for a project that is closed.
#[must_use]
pub fn project_is_closed(name: &Name) -> String {
    format!(
        "{} is closed and takes no more drafts. Whoever made it, or manages the server, can open it again with `/project \
         close reopen:True`.",
        named(name)
    )
}

/// Answers privately: a budget that cannot pay, and who can raise it.
#[must_use]
pub fn budget_short(full: &OverBudget) -> String {
    format!(
        "This costs {}. The {} is {}: {} are used, so {} left. There is room once it is raised: {RAISE} Nothing was spent.",
        full.need,
        of_budget(full),
        full.bucket.limit,
        full.bucket.used.number(),
        super::left(full.bucket.left())
    )
}

/// Writes the part of an image's message that says that its approval waits for a budget.
pub(super) fn waits_for_budget(full: &OverBudget) -> String {
    format!(
        "waiting for the {}, which has no room for {}. It starts by itself once that is raised: {RAISE}",
        of_budget(full),
        full.need
    )
}

const RAISE: &str = "those who manage the server can do that with `/project budget`.";

fn of_budget(full: &OverBudget) -> String {
    format!(
        "{} budget of {}",
        bucket(full.stage).to_lowercase(),
        named(&full.project)
    )
}

fn named(name: &Name) -> String {
    format!("**{}**", plain(name.as_str()))
}
