//! Names a report, as the button that hands out its table asks for it.

use std::fmt;
use std::str::FromStr;

use super::ids::{ProjectId, UserId};

/// The days that a report is about. They are calendar days of the server's time zone, and the last
/// one is today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// Today and the six days before.
    Week,
    /// Today and the 29 days before.
    ThirtyDays,
    /// From the first day of this month.
    Month,
    /// From the first day that the bot was here.
    All,
}

impl Span {
    /// All spans, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Week, Self::ThirtyDays, Self::Month, Self::All];

    /// Returns the name in the id of a button.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::ThirtyDays => "30days",
            Self::Month => "month",
            Self::All => "all",
        }
    }
}

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportPage {
    /// The days.
    pub span: Span,
    /// The last instant that counts, in milliseconds since 1970. Its day is the last day.
    pub until_ms: i64,
    /// The project whose drafts count. `None`: those of all projects, and of none.
    pub project: Option<ProjectId>,
    /// The member whose drafts count. `None`: those of all members.
    pub member: Option<UserId>,
}

/// A text that names no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is no report")]
pub struct NoReport;

impl fmt::Display for ReportPage {
    /// Writes a project or a member that is not named as 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (project, member) = (
            self.project.map_or(0, ProjectId::get),
            self.member.map_or(0, UserId::get),
        );
        write!(f, "{}:{}:{project}:{member}", self.span.name(), self.until_ms)
    }
}

impl FromStr for ReportPage {
    type Err = NoReport;

    fn from_str(text: &str) -> Result<Self, NoReport> {
        let parts: Vec<&str> = text.split(':').collect();
        let [span, until, project, member] = parts.try_into().map_err(|_| NoReport)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| NoReport);
        Ok(Self {
            span: Span::ALL
                .into_iter()
                .find(|known| known.name() == span)
                .ok_or(NoReport)?,
            until_ms: until.parse().map_err(|_| NoReport)?,
            project: Some(number(project)?).filter(|id| *id > 0).map(ProjectId::new),
            member: Some(number(member)?).filter(|id| *id > 0).map(UserId::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_back_from_its_button() {
        for span in Span::ALL {
            for (project, member) in [(None, None), (Some(7), None), (None, Some(9)), (Some(7), Some(9))] {
                let page = ReportPage {
                    span,
                    until_ms: 1_796_047_200_000,
                    project: project.map(ProjectId::new),
                    member: member.map(UserId::new),
                };
                assert_eq!(page.to_string().parse(), Ok(page));
            }
        }
        for foreign in [
            "",
            "week",
            "week:1:2",
            "year:1:0:0",
            "week:x:0:0",
            "week:1:0:-1",
            "all:1:0:0:0",
        ] {
            assert_eq!(foreign.parse::<ReportPage>(), Err(NoReport), "{foreign}");
        }
    }
}
