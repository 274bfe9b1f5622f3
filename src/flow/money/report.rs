//! Answers `/report`, and hands out its table. Draws the charts of reports and of the pool.

use futures::FutureExt;
use serde::Serialize;

use super::project;
use crate::discord::{ButtonView, File, Reply, Style};
use crate::domain::button::Button;
use crate::domain::credits::Credits;
use crate::domain::engine::cost::Usd;
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{GuildId, ProjectId, UserId};
use crate::domain::image::mark::Contents;
use crate::domain::money::chart::Chart;
use crate::domain::money::export::cell;
use crate::domain::money::period::Zone;
use crate::domain::money::project::Name;
use crate::domain::money::report::{Books, Days, Outcome, PACE_DAYS, Report, Sum};
use crate::domain::report_page::{ReportPage, Span};
use crate::domain::stage::Stage;
use crate::domain::text::AltText;
use crate::flow::access::Caller;
use crate::flow::error::Error;
use crate::flow::services::{Services, heavy};
use crate::flow::settings;
use crate::media;
use crate::store::export::report;
use crate::store::{Tx, ledger, projects};
use crate::wording::{self, Reported};

/// What a member asks a report of.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The days.
    pub span: Span,
    /// The name of a project, as it was typed.
    pub project: Option<String>,
    /// A member whose drafts count alone.
    pub member: Option<UserId>,
}

/// What a report is made of.
struct Read {
    page: ReportPage,
    from_ms: i64,
    chosen: GuildRules,
    books: Books,
    named: Vec<(ProjectId, Name)>,
    ends_ms: Option<i64>,
}

/// Answers `/report`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn report(services: &Services, caller: &Caller, asked: Asked) -> Result<Reply, Error> {
    let (guild, until_ms) = (caller.guild(), services.clock.now_ms());
    let rules = services.rules.clone();
    let read = services.store.read(move |tx| {
        async move {
            let project = match &asked.project {
                None => None,
                Some(typed) => match project::named(tx, guild, typed).await? {
                    Ok(project) => Some(project.id),
                    Err(unknown) => return Ok::<_, Error>(Err(wording::no_project(&unknown))),
                },
            };
            let page = ReportPage {
                span: asked.span,
                until_ms,
                project,
                member: asked.member,
            };
            let chosen = settings::rules_in(tx, &rules, guild).await?;
            Ok(Ok(read(tx, guild, page, chosen).await?))
        }
        .boxed()
    });
    let read = match read.await? {
        Ok(read) => read,
        Err(refusal) => return Ok(refusal.into()),
    };
    let report = Report::new(&read.books, read.chosen.stages.spec(Stage::Final).price);
    let reported = read.reported(&report);
    if report.is_empty() {
        let requesters: Vec<_> = read.chosen.requesters.iter().copied().collect();
        return Ok(wording::nothing_to_report(&reported, &requesters).into());
    }
    let (chart, alt) = (
        wording::report_chart(&reported),
        wording::alt_of_report(&reported),
    );
    Ok(Reply {
        content: wording::report(&reported),
        buttons: vec![ButtonView {
            id: Button::Report(read.page),
            label: wording::REPORT_TABLE_LABEL.to_owned(),
            style: Style::Secondary,
        }],
        file: Some(drawn(chart, "report.png", alt).await?),
        ..Reply::default()
    })
}

/// Reads what a report is made of.
async fn read(tx: &mut Tx, guild: GuildId, page: ReportPage, chosen: GuildRules) -> Result<Read, Error> {
    let from_ms = page.from_ms(&chosen.zone);
    let books = report::books(tx, guild, &page, from_ms).await?;
    let named = projects::all(tx, guild).await?;
    let ends_ms = if page.project.is_none() && page.member.is_none() {
        let available = ledger::read(tx, guild).await?.available;
        let days = days(tx, guild, &chosen.zone, page.until_ms).await?;
        days.pool_ends(available)
    } else {
        None
    };
    Ok(Read {
        page,
        from_ms,
        chosen,
        books,
        named: named
            .into_iter()
            .map(|project| (project.id, project.name))
            .collect(),
        ends_ms,
    })
}

impl Read {
    fn reported<'a>(&'a self, report: &'a Report) -> Reported<'a> {
        Reported {
            page: &self.page,
            from_ms: self.from_ms,
            zone: &self.chosen.zone,
            tiers: Stage::ALL.map(|stage| self.chosen.stages.spec(stage).tier),
            projects: &self.named,
            ends_ms: self.ends_ms,
            report,
        }
    }
}

/// Reads what a guild spent on each of the last days.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(super) async fn days(tx: &mut Tx, guild: GuildId, zone: &Zone, now_ms: i64) -> Result<Days, Error> {
    let from_ms = zone.midnight(PACE_DAYS - 1, now_ms).unwrap_or_default();
    let spent = report::spent(tx, guild, (from_ms, now_ms)).await?;
    Ok(Days::new(zone, now_ms, &spent))
}

/// Draws a chart as a file of an answer.
///
/// # Errors
/// [`Error::Broken`] when it cannot be drawn.
pub(super) async fn drawn(chart: Chart, name: &str, alt: AltText) -> Result<File, Error> {
    let bytes = heavy(media::load(&[]), move || media::draw(&chart)).await?;
    let bytes =
        bytes.map_err(|error| Error::Broken("a chart cannot be written".to_owned(), Some(error.into())))?;
    let (name, contents) = (name.to_owned(), Contents::Other(bytes));
    Ok(File { name, contents, alt })
}

/// Hands out the table of a report.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn table(services: &Services, caller: &Caller, page: ReportPage) -> Result<Reply, Error> {
    let (guild, rules) = (caller.guild(), services.rules.clone());
    let read = services.store.read(move |tx| {
        async move {
            let chosen = settings::rules_in(tx, &rules, guild).await?;
            read(tx, guild, page, chosen).await
        }
        .boxed()
    });
    let read = read.await?;
    let report = Report::new(&read.books, read.chosen.stages.spec(Stage::Final).price);
    let reported = read.reported(&report);
    let bytes = csv(&reported).map_err(|error| Error::Broken("a table".to_owned(), Some(error.into())))?;
    let zone = &read.chosen.zone;
    let from = match page.span {
        Span::All => String::new(),
        Span::Week | Span::ThirtyDays | Span::Month => format!("{}-to-", zone.date(read.from_ms)),
    };
    Ok(Reply {
        content: wording::report_handed(&reported),
        file: Some(File {
            name: format!("greenlight-report-{from}{}.csv", zone.date(page.until_ms)),
            contents: Contents::Other(bytes),
            alt: wording::alt_of_report_table(),
        }),
        ..Reply::default()
    })
}

/// A line of the table. Ids are text: a spreadsheet rounds numbers of nineteen digits.
#[derive(Default, Serialize)]
struct Line {
    about: &'static str,
    name: String,
    id: Option<String>,
    images: Option<usize>,
    credits: Option<i64>,
    usd: Option<String>,
    /// Of how many images the dollars are known.
    usd_known: Option<usize>,
    seconds: Option<i64>,
}

impl Line {
    fn sum(about: &'static str, name: &str, id: Option<u64>, sum: Sum) -> Self {
        Self {
            about,
            name: cell(name).into_owned(),
            id: id.map(|id| id.to_string()),
            images: Some(sum.images),
            credits: Some(sum.credits.get()),
            usd: (sum.known > 0).then(|| Usd::exact(sum.usd)),
            usd_known: Some(sum.known),
            seconds: None,
        }
    }
}

/// Writes the table of a report.
fn csv(reported: &Reported<'_>) -> Result<Vec<u8>, csv::Error> {
    let report = reported.report;
    let mut lines = vec![Line {
        about: "drafts",
        images: Some(report.drafts),
        ..Line::default()
    }];
    let stages = Stage::ALL.into_iter().zip(report.stages);
    lines.extend(stages.map(|(stage, sum)| Line::sum("stage", stage.name(), None, sum)));
    lines.push(Line::sum("spent", "", None, report.spent));
    let unspent = Outcome::UNSPENT.into_iter().zip(report.unspent);
    lines.extend(unspent.map(|(outcome, sum)| Line::sum("not spent", outcome.name(), None, sum)));
    lines.extend(report.projects.iter().map(|(of, sum)| {
        let name = reported.projects.iter().find(|(id, _)| Some(*id) == *of);
        let name = name.map_or("", |(_, name)| name.as_str());
        Line::sum("project", name, of.map(ProjectId::get), *sum)
    }));
    lines.extend(report.members.iter().map(|(member, sum)| {
        let id = (!member.is_pseudonym()).then(|| member.get());
        Line::sum("member", &wording::spender_cell(*member), id, *sum)
    }));
    let worth = [
        ("every idea at the last stage", report.all_at_last),
        ("saved", report.saved),
        ("a final", report.per_final()),
    ];
    lines.extend(worth.map(|(about, credits)| Line {
        about,
        credits: credits.map(Credits::get),
        ..Line::default()
    }));
    lines.push(Line {
        about: "half of the approvals within",
        seconds: report.approval_ms.map(|took| took.div_euclid(1_000)),
        ..Line::default()
    });
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.serialize(line)?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}
