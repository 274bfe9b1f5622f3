//! The built program in the middle of paid calls, for tests that take something away from it just
//! then.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use discord_sandbox::{Sandbox, world};
use futures::FutureExt;
use greenlight::domain::ids::GuildId;
use greenlight::store::{Error, Store, ledger};
use serde_json::json;
use sqlx::{AnyConnection, Connection, Executor};
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::process::{Program, draft, drawn_by_openai, eventually, sandbox};
use super::service::{Answer, Service, picture};

/// As many as the service draws at once.
pub const IMAGES: usize = 4;

/// What the programs of a test work with: a local Discord, an image service, and a folder of
/// pictures. One program follows the other.
pub struct Painting {
    /// The local Discord.
    pub discord: Sandbox,
    _service: Service,
    /// How many images the service was asked for.
    asked: Arc<AtomicUsize>,
    /// A permit for each answer of the service.
    answers: Arc<Semaphore>,
    database: String,
    folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Drop for Painting {
    /// Lets go of whoever waits for a permit, so that a test that fails can end.
    fn drop(&mut self) {
        self.answers.close();
    }
}

impl Painting {
    /// Sets the scene, on a database at this URL.
    pub async fn new(database: &str) -> Self {
        let answers = Arc::new(Semaphore::new(0));
        let asked = Arc::new(AtomicUsize::new(0));
        let (permits, counted) = (answers.clone(), asked.clone());
        let service = Service::start(move |asked| {
            counted.fetch_add(1, Ordering::SeqCst);
            let size = asked.json()["size"].as_str().expect("a size").to_owned();
            let turn = async { permits.acquire().await.map(tokio::sync::SemaphorePermit::forget) };
            match tokio::task::block_in_place(|| Handle::current().block_on(turn)) {
                Ok(()) => drawn(&size),
                // The test is over.
                Err(_) => Answer::HangUp,
            }
        })
        .await;
        let discord = sandbox().await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = drawn_by_openai(&discord, "token", &service.url, "key");
        settings.push(("DATABASE_URL", database.to_owned()));
        let pictures = folder.path().join("pictures").display().to_string();
        settings.push(("GREENLIGHT_BLOBS__FOLDER", pictures));
        Self {
            discord,
            _service: service,
            asked,
            answers,
            database: database.to_owned(),
            folder,
            settings: settings
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }

    /// Sets a variable of the programs, from their next start on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Has the programs keep the pictures in a bucket, from their next start on.
    pub fn keep_in(&mut self, bucket: &super::Bucket) {
        self.settings.extend(bucket.variables());
    }

    /// Returns the folder of the pictures.
    pub fn pictures(&self) -> std::path::PathBuf {
        self.folder.path().join("pictures")
    }

    /// Starts a program.
    pub fn start(&self) -> Program {
        Program::start(&["run"], &self.settings)
    }

    /// Starts a program, drafts, and waits until every image is being drawn.
    pub async fn drawing(&self) -> Program {
        let bot = self.start();
        self.discord.wait_online().await;
        eventually("the server has its first credits", async || {
            self.granted().await > 0
        })
        .await;
        draft(&self.discord, json!({ "prompt": "a red fox", "images": IMAGES })).await;
        eventually("all are drawn", async || self.asked() == IMAGES).await;
        bot
    }

    /// Returns the credits that were granted so far.
    async fn granted(&self) -> i64 {
        sqlx::any::install_default_drivers();
        let Ok(mut database) = AnyConnection::connect(&self.database).await else {
            return 0;
        };
        let granted = sqlx::query_scalar("SELECT CAST(COALESCE(SUM(granted), 0) AS BIGINT) FROM pools")
            .fetch_one(&mut database)
            .await;
        granted.unwrap_or(0)
    }

    /// Returns how many images the service was asked for.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Lets the service answer every call.
    pub fn answer(&self) {
        self.answers.add_permits(IMAGES);
    }

    /// Returns how many messages of the thread carry a picture, and how many tell of an image
    /// without one.
    pub fn shown(&self) -> (usize, usize) {
        let threads = self.discord.threads(world::CAMPAIGN);
        let thread = threads[0]["id"].as_str().and_then(|id| id.parse().ok());
        let messages = self.discord.messages(thread.expect("an id"));
        let has_file = |message: &&serde_json::Value| {
            message["attachments"]
                .as_array()
                .is_some_and(|files| !files.is_empty())
        };
        let pictures = messages.iter().filter(has_file).count();
        let of_image = messages.iter().filter(|message| {
            let text = message["content"].as_str().unwrap_or_default();
            !has_file(message) && text.contains("**Image ")
        });
        (pictures, of_image.count())
    }

    /// Waits until the thread has every picture.
    pub async fn all_posted(&self) {
        eventually("all are posted", async || self.shown().0 == IMAGES).await;
    }

    /// Ends the leases of a program that could not give them back, as a minute would.
    pub async fn let_leases_end(&self) {
        sqlx::any::install_default_drivers();
        let database = AnyConnection::connect(&self.database).await;
        let mut database = database.expect("the database");
        let ended = database
            .execute("UPDATE jobs SET lease_until_ms = 0, run_at_ms = 0")
            .await;
        assert!(ended.expect("the leases").rows_affected() > 0);
        database.close().await.expect("the connection to end");
    }

    /// Returns the credits that are held and settled. Asserts that the books agree.
    pub async fn sums(&self) -> (i64, i64) {
        let store = Store::open(&self.database).await.expect("the database");
        let read = store.read(|tx| {
            async move {
                let pool = ledger::read(tx, GuildId::new(world::NORTHLIGHT)).await?;
                let wrong = ledger::audit(tx).await?;
                Ok::<_, Error>(((pool.held.get(), pool.settled.get()), wrong))
            }
            .boxed()
        });
        let (sums, wrong) = read.await.expect("the books");
        assert_eq!(wrong, Vec::<String>::new());
        store.close().await;
        sums
    }
}

fn drawn(size: &str) -> Answer {
    let file = base64::prelude::BASE64_STANDARD.encode(picture(size));
    Answer::json(200, &json!({ "data": [{ "b64_json": file }] }))
}

/// Asks a program to stop, and waits until it does. Returns what it said.
pub async fn ended(bot: Program) -> String {
    bot.signal("TERM");
    let (status, said) = bot.ended().await;
    assert!(status.success(), "{said}");
    said
}
