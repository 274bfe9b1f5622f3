//! `/report`, and the charts of it and of the pool. The letters of a chart are those of ASCII.

use crate::domain::credits::Credits;
use crate::domain::geometry::Tier;
use crate::domain::ids::{ProjectId, RoleId, UserId};
use crate::domain::limits;
use crate::domain::money::chart::{Bar, Bars, Chart, Columns, Tone};
use crate::domain::money::period::Zone;
use crate::domain::money::project::Name;
use crate::domain::money::report::{Days, Outcome, Report, Sum};
use crate::domain::report_page::{ReportPage, Span};
use crate::domain::stage::Stage;
use crate::domain::text::AltText;
use crate::wording::{images, mention, plain};

/// What a report is told with.
#[derive(Clone, Copy, Debug)]
pub struct Reported<'a> {
    /// What it is about.
    pub page: &'a ReportPage,
    /// The first instant that counts.
    pub from_ms: i64,
    /// The time zone of its days.
    pub zone: &'a Zone,
    /// The tiers of the stages.
    pub tiers: [Tier; 3],
    /// The names of the projects that it can name.
    pub projects: &'a [(ProjectId, Name)],
    /// When the pool ends at this pace, if that can be told.
    pub ends_ms: Option<i64>,
    /// The report.
    pub report: &'a Report,
}

/// The label of the button that hands out the table of a report.
pub const REPORT_TABLE_LABEL: &str = "Table (CSV)";

impl Reported<'_> {
    /// Returns the days that the report is about, whose drafts count, and the time zone.
    fn heading(&self) -> String {
        let span = match self.page.span {
            Span::Week => "7 days",
            Span::ThirtyDays => "30 days",
            Span::Month => "this month",
            Span::All => "everything",
        };
        let whose = match (self.page.project, self.page.member) {
            (None, None) => "the whole server".to_owned(),
            (Some(project), None) => self.project(Some(project)),
            (None, Some(member)) => format!("drafts of {}", mention(member)),
            (Some(project), Some(member)) => {
                format!("{}, drafts of {}", self.project(Some(project)), mention(member))
            }
        };
        let (until, zone) = (self.page.until_ms.div_euclid(1_000), plain(self.zone.name()));
        let days = if self.page.span == Span::All {
            format!("until <t:{until}:D>")
        } else {
            let from = self.zone.day_and_month(self.from_ms);
            format!("{from} to {}", self.zone.day_and_month(self.page.until_ms))
        };
        format!("**Report · {span}** · {whose}\n-# {days}, by the days of {zone}")
    }

    fn project(&self, project: Option<ProjectId>) -> String {
        let Some(project) = project else {
            return "no project".to_owned();
        };
        let named = self.projects.iter().find(|(id, _)| *id == project);
        named.map_or_else(
            || "a project".to_owned(),
            |(_, name)| format!("**{}**", plain(name.as_str())),
        )
    }

    /// Returns what a stage's images are called.
    fn stage(&self, stage: Stage) -> String {
        match stage {
            Stage::Explore => "ideas".to_owned(),
            Stage::Review => self.tiers[1].to_string(),
            Stage::Final => self.tiers[2].to_string(),
        }
    }

    fn funnel(&self) -> String {
        let drafts = match self.report.drafts {
            1 => "1 draft".to_owned(),
            n => format!("{n} drafts"),
        };
        let [ideas, ..] = self.report.stages;
        let mut steps = vec![drafts, images(ideas.images)];
        for (stage, sum) in [Stage::Review, Stage::Final]
            .into_iter()
            .zip(&self.report.stages[1..])
        {
            let share = self.report.share(stage);
            let share = share.map_or_else(String::new, |share| format!(" ({share}%)"));
            steps.push(format!("{} at {}{share}", sum.images, self.stage(stage)));
        }
        format!("**Pictures**: {}", steps.join(" → "))
    }

    fn credits(&self) -> String {
        let parts = Stage::ALL.into_iter().zip(self.report.stages);
        let parts = parts.map(|(stage, sum)| format!("{} {}", self.stage(stage), sum.credits.number()));
        let parts: Vec<String> = parts.collect();
        let [held, ..] = self.report.unspent;
        let held = match held.credits {
            Credits::ZERO => String::new(),
            held => format!(" · {} held for what is being drawn", held.number()),
        };
        format!(
            "**{} spent**: {}{held}",
            self.report.spent.credits,
            parts.join(" + ")
        )
    }

    /// Says what a final cost, and what was saved.
    fn worth(&self) -> Vec<String> {
        let (report, last) = (self.report, self.tiers[2]);
        let mut lines = Vec::new();
        if let Some(each) = report.per_final() {
            let usd = report.usd_per_final().map(|usd| {
                let Sum { known, images, .. } = report.spent;
                let of = if known < images {
                    format!(", known of {known} of {images} images")
                } else {
                    String::new()
                };
                format!(" · {usd}{of}")
            });
            lines.push(format!(
                "**A final**: {each}, all stages together{}",
                usd.unwrap_or_default()
            ));
        }
        if let (Some(saved), Some(all)) = (report.saved, report.all_at_last) {
            lines.push(format!(
                "**{} saved**: every idea at {last} would be {}",
                saved.number(),
                all.number()
            ));
        }
        if let Some(took) = report.approval_ms {
            lines.push(format!(
                "**Approval**: half come within {} of the picture",
                time(took)
            ));
        }
        lines
    }

    fn given_back(&self) -> Option<String> {
        let all = Outcome::UNSPENT.into_iter().zip(self.report.unspent);
        let told: Vec<String> = all
            .filter(|(_, sum)| sum.images > 0)
            .filter_map(|(outcome, sum)| {
                let what = match outcome {
                    Outcome::Refused => "refused by the engine",
                    Outcome::Failed => "failed",
                    Outcome::CalledOff => "called off",
                    Outcome::Held | Outcome::Spent => return None,
                };
                Some(format!("{} {what} ({})", sum.images, sum.credits.number()))
            })
            .collect();
        (!told.is_empty()).then(|| format!("**Given back**: {}", told.join(" · ")))
    }

    /// Says who or what spent most, unless the report is about one alone.
    fn spenders(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let projects = &self.report.projects;
        if self.page.project.is_none() && projects.iter().any(|(project, _)| project.is_some()) {
            lines.push(format!("**Projects**: {}", top(projects, |of| self.project(*of))));
        }
        if self.page.member.is_none() && !self.report.members.is_empty() {
            lines.push(format!(
                "**Members**: {}",
                top(&self.report.members, |of| mention(*of))
            ));
        }
        lines
    }
}

/// Names the first of a list, with the credits of each, and counts the others.
fn top<T>(all: &[(T, Sum)], name: impl Fn(&T) -> String) -> String {
    let first = all.iter().take(limits::NAMED);
    let mut told: Vec<String> = first
        .map(|(of, sum)| format!("{} {}", name(of), sum.credits.number()))
        .collect();
    if all.len() > limits::NAMED {
        told.push(format!("{} more", all.len() - limits::NAMED));
    }
    told.join(" · ")
}

/// Writes a time that something took, to one unit.
fn time(took_ms: i64) -> String {
    let minutes = took_ms.max(1).unsigned_abs().div_ceil(60_000);
    match minutes {
        1 => "1 minute".to_owned(),
        2..=90 => format!("{minutes} minutes"),
        91..=2_880 => format!("{} hours", minutes.div_ceil(60)),
        _ => format!("{} days", minutes.div_ceil(24 * 60)),
    }
}

/// Answers privately: a report.
#[must_use]
pub fn report(reported: &Reported<'_>) -> String {
    let mut lines = vec![reported.heading(), reported.funnel(), reported.credits()];
    lines.extend(reported.worth());
    lines.extend(reported.given_back());
    lines.extend(reported.spenders());
    lines.extend(reported.ends_ms.map(pace));
    lines.join("\n")
}

/// Answers privately: there is nothing to report. `requesters`: the roles that may draft; none: all
/// may.
#[must_use]
pub fn nothing_to_report(reported: &Reported<'_>, requesters: &[RoleId]) -> String {
    let who = if requesters.is_empty() {
        "everyone here".to_owned()
    } else {
        let roles = requesters.iter().take(limits::NAMED);
        roles
            .map(|role| format!("<@&{role}>"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let further = if reported.page.span == Span::All {
        ""
    } else {
        " `/report` looks further back with `period:everything`."
    };
    format!(
        "{}\nNo picture was asked for in this time. `/draft` begins one: {who} can.{further}",
        reported.heading()
    )
}

/// Says when the pool ends.
pub(in crate::wording) fn pace(ends_ms: i64) -> String {
    let at = ends_ms.div_euclid(1_000);
    format!("⏳ At this pace the pool ends on <t:{at}:D>.")
}

/// Draws a report: how many pictures there are of each stage, and what they cost.
#[must_use]
pub fn report_chart(reported: &Reported<'_>) -> Chart {
    let report = reported.report;
    let tones = [Tone::Blue, Tone::Green, Tone::Gold];
    let of = |stage: usize| {
        (
            capital(&reported.stage(Stage::ALL[stage])),
            report.stages[stage],
            tones[stage],
        )
    };
    let pictures = (0..3).map(|stage| {
        let (label, sum, tone) = of(stage);
        let share = report.share(Stage::ALL[stage]);
        let share = share.map_or_else(String::new, |share| format!(" ({share}%)"));
        Bar {
            label,
            value: u64::try_from(sum.images).unwrap_or(u64::MAX),
            told: format!("{}{share}", sum.images),
            tone,
        }
    });
    let bar = |label: String, credits: Credits, tone| Bar {
        label,
        value: credits.get().unsigned_abs(),
        told: credits.number(),
        tone,
    };
    let credits = (0..3).map(|stage| {
        let (label, sum, tone) = of(stage);
        bar(label, sum.credits, tone)
    });
    let saved = report
        .saved
        .map(|saved| bar("Saved".to_owned(), saved, Tone::Grey));
    Chart::Bars(vec![
        Bars {
            title: "Pictures".to_owned(),
            bars: pictures.collect(),
        },
        Bars {
            title: "Credits".to_owned(),
            bars: credits.chain(saved).collect(),
        },
    ])
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Describes the chart of a report.
#[must_use]
pub fn alt_of_report(reported: &Reported<'_>) -> AltText {
    let report = reported.report;
    let stages = Stage::ALL.into_iter().zip(report.stages);
    let stages =
        stages.map(|(stage, sum)| format!("{} {} for {}", sum.images, reported.stage(stage), sum.credits));
    let saved = report.saved;
    let saved = saved.map_or_else(String::new, |saved| format!("; {saved} saved"));
    let stages: Vec<String> = stages.collect();
    AltText::new(&format!(
        "Chart of pictures and credits by stage: {}{saved}",
        stages.join(", ")
    ))
}

/// Draws what was spent a day.
#[must_use]
pub fn pool_chart(days: &Days, zone: &Zone) -> Chart {
    let end = |day: Option<&(i64, Credits)>| day.map_or_else(String::new, |(at, _)| zone.day_and_month(*at));
    let most = days.most().map_or(Credits::ZERO, |(_, most)| most);
    Chart::Columns(Columns {
        title: format!("Credits spent a day: {} in all", days.spent().number()),
        values: days
            .days
            .iter()
            .map(|(_, spent)| spent.get().unsigned_abs())
            .collect(),
        highest: most.number(),
        ends: [end(days.days.first()), end(days.days.last())],
    })
}

/// Describes what was spent a day.
#[must_use]
pub fn alt_of_pool(days: &Days, zone: &Zone) -> AltText {
    let most = days.most().map_or_else(String::new, |(at, most)| {
        format!(", at most {most} on {}", zone.day_and_month(at))
    });
    let count = days.days.len();
    AltText::new(&format!(
        "Chart of the credits spent a day over {count} days: {} in all{most}",
        days.spent()
    ))
}

/// Describes the table of a report.
#[must_use]
pub fn alt_of_report_table() -> AltText {
    AltText::new("A table in csv: the sums of the report, line by line")
}

/// Answers privately: the table of a report is handed out.
#[must_use]
pub fn report_handed(reported: &Reported<'_>) -> String {
    format!("{}\n-# Ids are Discord's.", reported.heading())
}

/// Returns who spent, for a cell of a table: a member's id stands in a cell of its own.
#[must_use]
pub fn spender_cell(member: UserId) -> String {
    if member.is_pseudonym() {
        mention(member)
    } else {
        String::new()
    }
}
