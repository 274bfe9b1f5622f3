//! Sets the scene for the table of rights: images in every state, and a member of every kind.

use std::time::Duration;

use discord_sandbox::{permissions, world};
use greenlight::domain::ids::{DraftId, RenderId};
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use tokio::sync::Mutex;

use crate::harness::{Thread, World};

/// Another guild, in which somebody who acts from outside has every right.
pub const ELSEWHERE: u64 = 777;
/// What every draft of the scene says.
pub const PROMPT: &str = "a red fox";

/// A kind of member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Asked for the drafts.
    Requester,
    /// Has the role of approvers.
    Approver,
    /// Has the role of leads.
    Lead,
    /// May manage the server.
    Manager,
    /// Is an operator of the bot, and nothing more.
    Operator,
    /// Has no role.
    Stranger,
    /// Is an operator, and a member of another guild, with every role and right there.
    Outsider,
    /// Is the requester, and acts from another guild.
    RequesterOutside,
}

impl Who {
    pub const ALL: [Self; 8] = [
        Self::Requester,
        Self::Approver,
        Self::Lead,
        Self::Manager,
        Self::Operator,
        Self::Stranger,
        Self::Outsider,
        Self::RequesterOutside,
    ];

    /// Returns whether the member acts in the guild of the scene.
    pub const fn here(self) -> bool {
        !matches!(self, Self::Outsider | Self::RequesterOutside)
    }
}

/// The settings under which the table is walked.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Rules {
    /// Admins named roles of approvers, leads and requesters.
    pub roles: bool,
    /// The requester's own vote counts.
    pub own_vote: bool,
    /// Admins may use the treasury.
    pub admins_treasury: bool,
    /// The operator opened the bot for another guild alone.
    pub closed: bool,
}

/// Everything that can be acted on.
pub struct Scene {
    pub thread: Thread,
    /// A message of the bot's in the thread.
    pub message: u64,
    pub open: RenderId,
    pub stopped: RenderId,
    pub closed: RenderId,
    pub failed: RenderId,
    /// Images whose paid calls have an unknown outcome.
    unknown: [RenderId; 2],
    /// Drafts of which nothing is drawn yet.
    queued: [DraftId; 2],
    pub artist: u64,
    pub lead: u64,
    operator: u64,
    stranger: u64,
    outsider: u64,
    /// Looks behind the bot's back.
    behind: Mutex<AnyConnection>,
}

impl Scene {
    /// Makes the drafts and the members, and starts the bot with the rules.
    pub async fn set(w: &mut World, rules: Rules) -> Self {
        let artist = w
            .discord()
            .create_role("Artist", permissions::MEMBER)
            .expect("a role");
        let lead = w
            .discord()
            .create_role("Art director", permissions::MEMBER)
            .expect("a role");
        let (operator, stranger, outsider) = (
            w.discord().add_member("Olga"),
            w.discord().add_member("Sam"),
            w.discord().add_member("Eve"),
        );
        w.discord().set_roles(world::BO, vec![artist]).expect("a role");
        w.discord().set_roles(world::CEM, vec![lead]).expect("a role");
        w.grant(50_000).await;
        let mut options = json!({ "window_days": 3, "own_vote": rules.own_vote, "review_quorum": 9 });
        if rules.roles {
            options["approvers"] = json!(artist.to_string());
            options["leads"] = json!(lead.to_string());
            w.discord().set_roles(world::ANA, vec![artist]).expect("a role");
        }
        w.dana().command("settings approvals", options).await;
        let (_, closed) = w.drafted_one().await;
        w.advance(Duration::from_hours(96));
        w.run_jobs().await;
        let (thread, images) = w.drafted(2).await;
        w.dana().reacts(&images[1], "🚫").await;
        w.ana().notes(&images[0], "larger").await;
        w.run_jobs().await;
        if rules.roles {
            let options = json!({ "requesters": artist.to_string() });
            w.dana().command("settings channels", options).await;
        }
        w.ana()
            .command("project create", json!({ "name": "Spring" }))
            .await;
        let failed = Self::one(w, "a red fox #sketch:broken").await;
        let mut unknown = [failed; 2];
        for one in &mut unknown {
            *one = Self::one(w, "a red fox #sketch:unknown").await;
        }
        let mut queued = [DraftId::new(0); 2];
        for (one, prompt) in queued.iter_mut().zip(["a hare", "a crow"]) {
            w.ana().asks(json!({ "prompt": prompt, "images": 1 })).await;
            *one = newest_draft(w).await;
        }
        w.set("OPERATORS", &format!("[{operator}, {outsider}]"));
        Self::start_by(w, rules).await;
        Self {
            message: images[0].message,
            open: images[0].render(),
            stopped: images[1].render(),
            closed: closed.render(),
            thread,
            failed,
            unknown,
            queued,
            artist,
            lead,
            operator,
            stranger,
            outsider,
            behind: Mutex::new(behind(w).await),
        }
    }

    /// Starts the bot with the rules.
    async fn start_by(w: &mut World, rules: Rules) {
        w.set("ADMINS__TREASURY", &rules.admins_treasury.to_string());
        if rules.closed {
            w.set("ALLOWED_GUILDS", &format!("[{ELSEWHERE}]"));
        }
        w.restart().await;
    }

    /// Has Ana draft one image, runs all jobs, and returns the image.
    async fn one(w: &mut World, prompt: &str) -> RenderId {
        w.ana().draft(prompt, 1).await;
        let id = number(w, "SELECT id FROM renders ORDER BY draft_id DESC LIMIT 1").await;
        RenderId::new(id.cast_unsigned())
    }

    /// Returns an image of unknown outcome. The manager has one to themselves, which nobody else has
    /// decided about.
    pub fn unknown(&self, who: Who) -> RenderId {
        self.unknown[usize::from(who == Who::Manager)]
    }

    /// Returns a draft that is queued. The manager has one to themselves, which nobody else has
    /// cancelled.
    pub fn queued(&self, who: Who) -> DraftId {
        self.queued[usize::from(who == Who::Manager)]
    }

    /// Returns the user that acts.
    pub const fn user(&self, who: Who) -> u64 {
        match who {
            Who::Requester | Who::RequesterOutside => world::ANA,
            Who::Approver => world::BO,
            Who::Lead => world::CEM,
            Who::Manager => world::DANA,
            Who::Operator => self.operator,
            Who::Stranger => self.stranger,
            Who::Outsider => self.outsider,
        }
    }

    /// Returns what is forged in an event of this member's.
    pub fn forged(&self, who: Who) -> Value {
        if who.here() {
            return json!({});
        }
        let roles = [self.artist, self.lead].map(|role| role.to_string());
        json!({
            "guild_id": ELSEWHERE.to_string(),
            "guild": { "id": ELSEWHERE.to_string() },
            "member": { "roles": roles, "permissions": permissions::ALL.to_string() },
        })
    }
}

/// Connects to the database behind the bot's back.
async fn behind(w: &World) -> AnyConnection {
    let connected = AnyConnection::connect(w.database_url()).await;
    connected.expect("a connection")
}

async fn newest_draft(w: &World) -> DraftId {
    let id = number(w, "SELECT max(id) FROM drafts").await;
    DraftId::new(id.cast_unsigned())
}

/// Queries one number behind the bot's back.
async fn number(w: &World, query: &str) -> i64 {
    let mut other = behind(w).await;
    let answer = sqlx::query_scalar(AssertSqlSafe(query))
        .fetch_one(&mut other)
        .await;
    answer.unwrap_or_else(|error| panic!("{query}: {error}"))
}

/// What the guild of the scene owns, row by row, so that any change of it shows.
#[derive(PartialEq, Eq)]
pub struct Rows(Vec<String>);

impl Rows {
    /// Reads the rows of the guild, and all votes and notes.
    pub async fn read(w: &World, scene: &Scene) -> Self {
        let mut other = scene.behind.lock().await;
        let sqlite = w.database_url().starts_with("sqlite:");
        let owned = if sqlite {
            "SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND EXISTS
                (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'guild_id')"
        } else {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.columns
                WHERE table_schema = 'public' AND column_name = 'guild_id'"
        };
        let owned: Vec<String> = sqlx::query_scalar(owned)
            .fetch_all(&mut *other)
            .await
            .expect("the tables");
        assert!(owned.len() >= 8, "{owned:?}");
        let mut rows = Vec::new();
        for table in owned.iter().map(String::as_str).chain(["notes", "votes"]) {
            let columns = if sqlite {
                let columns = format!(
                    "SELECT group_concat('quote(' || name || ')', ' || '','' || ') FROM pragma_table_info('{table}')"
                );
                sqlx::query_scalar(AssertSqlSafe(columns))
                    .fetch_one(&mut *other)
                    .await
                    .expect("columns")
            } else {
                format!("CAST({table} AS TEXT)")
            };
            let whose = if ["notes", "votes"].contains(&table) {
                String::new()
            } else {
                format!("WHERE guild_id = {}", world::NORTHLIGHT)
            };
            let query = format!("SELECT '{table} ' || {columns} FROM {table} {whose} ORDER BY 1");
            let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query))
                .fetch_all(&mut *other)
                .await
                .expect("rows");
            rows.extend(found);
        }
        Self(rows)
    }

    /// Returns the rows that are not in the others.
    pub fn new_since(&self, before: &Self) -> Vec<&String> {
        self.0.iter().filter(|row| !before.0.contains(row)).collect()
    }
}

/// Puts the votes and notes of the scene's images back as they were first, so that one row of the table does
/// not spoil the next.
pub async fn put_votes_back(scene: &Scene) {
    let mut other = scene.behind.lock().await;
    for statement in [
        "CREATE TABLE IF NOT EXISTS first AS SELECT id, vote_state, vote_closes_ms, stopped_by, stop_reason FROM renders",
        "UPDATE renders SET (vote_state, vote_closes_ms, stopped_by, stop_reason) =
            (SELECT f.vote_state, f.vote_closes_ms, f.stopped_by, f.stop_reason FROM first f WHERE f.id = renders.id)
            WHERE id IN (SELECT id FROM first)",
        "UPDATE votes SET lifted = 0 WHERE kind = 'veto'",
        "DELETE FROM notes WHERE number > 1",
        "UPDATE notes SET struck_by = NULL",
        "UPDATE renders SET notes = (SELECT COUNT(*) FROM notes n WHERE n.render_id = renders.id)",
    ] {
        other.execute(statement).await.expect("the votes as they were");
    }
}
