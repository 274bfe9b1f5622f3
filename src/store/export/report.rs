//! Adds up what a period cost. Every sum is over the holds of a guild in a window, which an index
//! has in order.

use sqlx::any::AnyRow;

use crate::domain::credits::Credits;
use crate::domain::engine::cost::Usd;
use crate::domain::ids::{GuildId, ProjectId, UserId};
use crate::domain::money::report::{Books, Outcome, Row, Sum};
use crate::domain::report_page::ReportPage;
use crate::domain::stage::Stage;
use crate::store::rows::{
    count, credits, id, impossible, integer, key, optional, optional_id, optional_text, text, usd,
};
use crate::store::{Error, Tx};

/// Selects from the holds of a guild in a window, of a project and of a member (0: of any), with their
/// images and drafts.
macro_rules! of_window {
    ($select:literal, $joins:literal, $more:literal) => {
        concat!(
            $select,
            " FROM entries h JOIN renders r ON r.id = h.render_id JOIN drafts d ON d.id = r.draft_id ",
            $joins,
            " WHERE h.guild_id = $1 AND h.kind = 'hold' AND h.at_ms >= $2 AND h.at_ms <= $3
             AND ($4 = 0 OR d.project_id = $4) AND ($5 = 0 OR d.requester_id = $5) ",
            $more
        )
    };
}

/// Selects the images by what a report sorts them by.
const ROWS: &str = of_window!(
    "SELECT r.stage, c.kind AS closed_by, r.state, d.requester_id, d.project_id, COUNT(*) AS images,
        CAST(SUM(h.amount) AS BIGINT) AS credits, CAST(SUM(r.usd_micros) AS BIGINT) AS usd_micros,
        COUNT(r.usd_micros) AS known",
    "LEFT JOIN entries c ON c.closes = h.id",
    "GROUP BY r.stage, c.kind, r.state, d.requester_id, d.project_id"
);

/// Counts the drafts that asked for first images.
const DRAFTS: &str = of_window!(
    "SELECT COUNT(DISTINCT r.draft_id) AS drafts",
    "",
    "AND r.stage = 'explore'"
);

/// Selects the middle one of the times from a picture to its approval, or the mean of the two in the
/// middle. An approval that is tried again counts once.
const APPROVAL: &str = concat!(
    "SELECT CAST(AVG(took) AS BIGINT) AS took FROM
     (SELECT took, ROW_NUMBER() OVER (ORDER BY took) AS nth, COUNT(*) OVER () AS n FROM (",
    of_window!(
        "SELECT MIN(h.at_ms) - MIN(drawn.at_ms) AS took",
        "JOIN renders p ON p.id = r.parent_id AND p.stage <> r.stage
         JOIN entries paid ON paid.render_id = p.id AND paid.kind = 'hold'
         JOIN entries drawn ON drawn.closes = paid.id AND drawn.kind = 'settle'",
        "GROUP BY r.parent_id"
    ),
    ") each_image) ranked WHERE nth * 2 BETWEEN n AND n + 2"
);

/// Selects what was spent in a window, by the quarter of an hour in which it was reserved. Every
/// time zone's days begin with one.
const QUARTERS: &str = "SELECT h.at_ms / 900000 AS quarter, CAST(SUM(h.amount) AS BIGINT) AS credits
     FROM entries h JOIN entries c ON c.closes = h.id AND c.kind = 'settle'
     WHERE h.guild_id = $1 AND h.kind = 'hold' AND h.at_ms >= $2 AND h.at_ms <= $3
     GROUP BY h.at_ms / 900000";

/// Reads what the books say of a period from its first instant on. Both ends of the period count.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn books(tx: &mut Tx, guild: GuildId, page: &ReportPage, from_ms: i64) -> Result<Books, Error> {
    let (project, member) = (
        page.project.map_or(0, ProjectId::get),
        page.member.map_or(0, UserId::get),
    );
    let ask = |sql: &'static str| {
        sqlx::query(sql)
            .bind(key(guild.get()))
            .bind(from_ms)
            .bind(page.until_ms)
            .bind(key(project))
            .bind(key(member))
    };
    let rows = ask(ROWS).fetch_all(tx.conn()).await?;
    let drafts = count(&ask(DRAFTS).fetch_one(tx.conn()).await?, "drafts")?;
    let approval = ask(APPROVAL).fetch_one(tx.conn()).await?;
    Ok(Books {
        rows: rows.iter().map(row).collect::<Result<_, _>>()?,
        drafts: usize::try_from(drafts).map_err(impossible)?,
        approval_ms: optional(&approval, "took")?,
    })
}

fn row(row: &AnyRow) -> Result<Row, Error> {
    let (stage, ended) = (text(row, "stage")?, text(row, "state")?);
    let outcome = match (optional_text(row, "closed_by")?.as_deref(), ended.as_str()) {
        (None, _) => Outcome::Held,
        (Some("settle"), _) => Outcome::Spent,
        (Some("release"), "refused") => Outcome::Refused,
        (Some("release"), "cancelled") => Outcome::CalledOff,
        (Some("release"), _) => Outcome::Failed,
        (Some(kind), _) => return Err(impossible(format!("a hold that is closed by a {kind}"))),
    };
    let whole = |column| usize::try_from(integer(row, column)?).map_err(impossible);
    Ok(Row {
        stage: Stage::from_name(&stage).ok_or_else(|| impossible(format!("a stage {stage}")))?,
        outcome,
        requester: UserId::new(id(row, "requester_id")?),
        project: optional_id(row, "project_id")?.map(ProjectId::new),
        sum: Sum {
            images: whole("images")?,
            credits: credits(row, "credits")?,
            usd: usd(row, "usd_micros")?.unwrap_or_else(Usd::default),
            known: whole("known")?,
        },
    })
}

/// Reads what a guild spent in a window, both ends counting, as pairs of an instant and a sum. The instants are those
/// at which the credits were reserved, to a quarter of an hour.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible sum.
pub async fn spent(
    tx: &mut Tx,
    guild: GuildId,
    (from_ms, until_ms): (i64, i64),
) -> Result<Vec<(i64, Credits)>, Error> {
    let query = sqlx::query(QUARTERS)
        .bind(key(guild.get()))
        .bind(from_ms)
        .bind(until_ms);
    let rows = query.fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|row| Ok((integer(row, "quarter")? * 900_000, credits(row, "credits")?)))
        .collect()
}
