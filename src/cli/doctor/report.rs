//! What the checks found, for people and for programs.

use std::fmt;

use serde_json::{Value, json};

use crate::cli::told::Told;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// The bot works, and somebody should look.
    Warning,
    /// Something could not be reached, so nobody knows.
    Away,
    /// The bot does not work as it should.
    Problem,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Away => "away",
            Self::Problem => "problem",
        }
    }
}

/// Something that is not as it should be.
#[derive(Debug)]
struct Finding {
    level: Level,
    what: String,
    why: String,
    fix: String,
}

/// What one check saw and found.
#[derive(Debug)]
pub(super) struct Part {
    name: &'static str,
    seen: Vec<String>,
    findings: Vec<Finding>,
}

impl Part {
    /// Notes what was checked and is good.
    pub(super) fn saw(&mut self, what: impl Into<String>) {
        self.seen.push(what.into());
    }

    /// Notes what is wrong, why that matters, and what to do.
    pub(super) fn found(
        &mut self,
        level: Level,
        what: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.findings.push(Finding {
            level,
            what: what.into(),
            why: why.into(),
            fix: fix.into(),
        });
    }

    /// Returns how much was found so far.
    pub(super) const fn findings(&self) -> usize {
        self.findings.len()
    }

    fn count(&self, level: Level) -> usize {
        let same = self.findings.iter().filter(|finding| finding.level == level);
        same.count()
    }

    /// Returns the level of the worst finding, as a word; `ok` if there is none.
    fn status(&self) -> &'static str {
        let worst = [Level::Problem, Level::Away, Level::Warning];
        let worst = worst.into_iter().find(|level| self.count(*level) > 0);
        worst.map_or("ok", Level::name)
    }
}

/// What all checks saw and found.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Part>);

impl Report {
    /// The exit code if the bot does not work as it should.
    const WRONG: u8 = 1;
    /// The exit code if all that is wrong is that something could not be reached.
    const AWAY: u8 = 3;

    /// Begins a check.
    pub(super) fn part(&mut self, name: &'static str) -> &mut Part {
        self.0.push(Part {
            name,
            seen: Vec::new(),
            findings: Vec::new(),
        });
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    fn count(&self, level: Level) -> usize {
        self.0.iter().map(|part| part.count(level)).sum()
    }

    fn exit_code(&self) -> u8 {
        if self.count(Level::Problem) > 0 {
            Self::WRONG
        } else if self.count(Level::Away) > 0 {
            Self::AWAY
        } else {
            0
        }
    }

    /// Fails with an exit code that a deploy can use, unless all is well or only warned of.
    pub(super) fn verdict(&self) -> anyhow::Result<()> {
        let (wrong, away) = (self.count(Level::Problem), self.count(Level::Away));
        let said = match (wrong, away) {
            (0, 0) => return Ok(()),
            (0, away) => format!("{away} of the findings could not be reached: try again later"),
            (wrong, _) => format!("{wrong} of the findings must be mended"),
        };
        let exit_code = self.exit_code();
        Err(Told { exit_code, said }.into())
    }

    /// Returns the report as programs read it.
    pub(super) fn to_json(&self) -> Value {
        let parts = self.0.iter().map(|part| {
            let findings = part.findings.iter().map(|finding| {
                json!({
                    "level": finding.level.name(), "what": finding.what, "why": finding.why, "fix": finding.fix,
                })
            });
            json!({
                "check": part.name, "status": part.status(), "seen": part.seen,
                "findings": findings.collect::<Vec<_>>(),
            })
        });
        json!({ "exit_code": self.exit_code(), "checks": parts.collect::<Vec<_>>() })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            writeln!(f, "{}: {}", part.name, part.status())?;
            for seen in &part.seen {
                writeln!(f, "  {seen}")?;
            }
            for finding in &part.findings {
                writeln!(f, "  {}: {}", finding.level.name(), finding.what)?;
                writeln!(f, "    why: {}", finding.why)?;
                writeln!(f, "    fix: {}", finding.fix)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(levels: &[Level]) -> Report {
        let mut report = Report::default();
        let part = report.part("books");
        part.saw("3 entries were counted");
        for level in levels {
            part.found(*level, "a sum is wrong", "it matters", "mend it");
        }
        report
    }

    #[test]
    fn a_deploy_can_tell_wrong_from_away_and_a_warning_stops_nobody() {
        use Level::{Away, Problem, Warning};
        for (levels, exit_code, status) in [
            (&[][..], 0, "ok"),
            (&[Warning], 0, "warning"),
            (&[Warning, Away], 3, "away"),
            (&[Away, Problem, Warning], 1, "problem"),
        ] {
            let report = report(levels);
            let told = report.verdict().err();
            let code = told.map_or(0, |error| error.downcast_ref::<Told>().expect("told").exit_code);
            let json = report.to_json();
            assert_eq!((code, &json["exit_code"]), (exit_code, &json!(exit_code)));
            assert_eq!(json["checks"][0]["status"], status);
        }
    }

    #[test]
    fn each_finding_says_what_is_wrong_why_it_matters_and_what_to_do() {
        let text = report(&[Level::Problem]).to_string();
        assert_eq!(
            text,
            "books: problem\n  3 entries were counted\n  problem: a sum is wrong\n    why: it matters\n    fix: mend it\n"
        );
    }
}
