//! Tests that each bad day raises its alert within a minute: the bot lives through the day, its
//! `/metrics` are read as Prometheus reads them, and `promtool` says what `docs/alerts.yml` makes of
//! them.

use std::fs;

use discord_sandbox::{Cut, Fault, RateLimits, Sandbox, world};
use futures::future::join_all;
use greenlight::domain::ids::{GuildId, UserId};
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection, Executor};

use crate::engines::openai::all_by_openai;
use crate::harness::scrapes::{EVERY, MINUTE, Scrapes};
use crate::harness::service::{Answer, Service};
use crate::harness::small_disk::SmallDisk;
use crate::harness::{Kind, World, run_test_on};

/// The labels of an alert about one part of one process.
fn part(part: &str) -> Value {
    json!({ "instance": "bot:9464", "job": "greenlight", "part": part })
}

/// A bad day: what begins it, and what goes on in it.
struct Day<'a> {
    alert: &'a str,
    labels: Value,
    /// How many scrapes it has.
    scrapes: usize,
}

impl<'a> Day<'a> {
    fn of(alert: &'a str) -> Self {
        Self {
            alert,
            labels: json!({}),
            scrapes: MINUTE,
        }
    }

    /// Lives through it: `begins`, then the work that is due goes on if the day lets it.
    async fn lived(self, w: &mut World, works: bool, begins: impl AsyncFnOnce(&mut World)) {
        let mut scrapes = Scrapes::of_a_good_day(w).await;
        begins(w).await;
        for _ in 0..self.scrapes {
            w.advance(EVERY);
            if works {
                w.run_jobs().await;
            }
            scrapes.take().await;
        }
        scrapes.assert_raises(Some((self.alert, &self.labels)));
    }
}

async fn watched(kind: Kind, settings: &[(&str, String)], story: impl AsyncFnOnce(&mut World)) {
    let mut all = vec![("WATCH__LISTEN", "127.0.0.1:0")];
    all.extend(settings.iter().map(|(key, value)| (*key, value.as_str())));
    run_test_on(kind, &all, story).await;
}

/// Lives through a day on which a service gives one answer to everything.
async fn day_of_a_service(alert: &str, answer: Answer) {
    let service = Service::that_says(answer).await;
    watched(Kind::Sqlite, &all_by_openai(&service.url), async |w| {
        Day::of(alert)
            .lived(w, true, async |w| {
                w.ana().asks(json!({ "prompt": "a red fox", "images": 4 })).await;
                w.run_jobs().await;
            })
            .await;
        w.work_it_out().await;
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_day_with_a_deploy_raises_none() {
    watched(Kind::Sqlite, &[], async |w| {
        let mut scrapes = Scrapes::of_a_good_day(w).await;
        let (thread, images) = w.drafted(4).await;
        for image in &images {
            w.bo().approves(image).await;
            w.run_jobs().await;
            w.advance(EVERY);
            scrapes.take().await;
        }
        w.stop().await;
        scrapes.take().await;
        w.start().await;
        scrapes.address = w.app().watched_at().expect("it is watched");
        for _ in 0..MINUTE {
            w.advance(EVERY);
            w.run_jobs().await;
            scrapes.take().await;
        }
        assert_eq!(w.images(&thread, "review").len(), 4);
        scrapes.assert_raises(None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_gone() {
    watched(Kind::Sqlite, &[], async |w| {
        Day::of("GreenlightGone").lived(w, false, World::kill).await;
        w.start().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_hears_nothing_from_discord() {
    watched(Kind::Sqlite, &[], async |w| {
        let deaf = Day {
            labels: part("gateway"),
            ..Day::of("GreenlightDeaf")
        };
        deaf.lived(w, false, async |w| {
            w.fail(Fault {
                path_contains: "/gateway/bot".to_owned(),
                status: 503,
                times: 100,
                ..Fault::default()
            });
            w.discord().cut_gateway(Cut::Fresh);
            w.discord().wait_offline().await;
            w.eventually("it is deaf", async || !w.app().services.metrics.all_connected())
                .await;
        })
        .await;
        w.discord().until(Sandbox::online).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discord_that_fails_at_every_request() {
    watched(Kind::Sqlite, &[], async |w| {
        Day::of("GreenlightDiscordFails")
            .lived(w, true, async |w| {
                w.fail(Fault {
                    path_contains: "/channels/".to_owned(),
                    status: 503,
                    times: 5,
                    ..Fault::default()
                });
                w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
            })
            .await;
        w.work_it_out().await;
        w.read_all();
    })
    .await;
}

/// Has the bot ask for a member so often, and Discord refuse each time.
async fn refuse(w: &World, times: u32) {
    w.fail(Fault {
        path_contains: "/members/".to_owned(),
        times,
        status: 403,
        code: 50_001,
        ..Fault::default()
    });
    let (guild, ana) = (GuildId::new(world::NORTHLIGHT), UserId::new(world::ANA));
    let discord = &w.app().services.discord;
    for asked in join_all((0..times).map(|_| discord.member(guild, ana))).await {
        asked.expect_err("a refusal");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discord_that_refuses_a_hundred_requests() {
    watched(Kind::Sqlite, &[], async |w| {
        let day = Day::of("GreenlightDiscordUnhappy");
        day.lived(w, true, async |w| refuse(w, 110).await).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discord_that_has_banned_the_address() {
    watched(Kind::Sqlite, &[], async |w| {
        let limits = w.discord().rate_limits();
        let day = Day::of("GreenlightDiscordUnhappy");
        day.lived(w, true, async |w| {
            w.discord().set_rate_limits(RateLimits {
                invalid: 5,
                ..RateLimits::discord()
            });
            refuse(w, 5).await;
            refuse(w, 1).await;
        })
        .await;
        w.discord().set_rate_limits(limits);
    })
    .await;
}

async fn a_database_that_is_gone(kind: Kind) {
    watched(kind, &[], async |w| {
        let day = Day {
            labels: part("database"),
            ..Day::of("GreenlightDatabaseAway")
        };
        day.lived(w, false, async |w| w.rename_table("pools", "elsewhere").await)
            .await;
        w.rename_table("elsewhere", "pools").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_on_sqlite() {
    a_database_that_is_gone(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_on_postgres() {
    a_database_that_is_gone(Kind::Postgres).await;
}

/// Each scrape waits as long as a part may take, so there are only as many as the alert needs.
async fn a_database_that_somebody_has_locked(kind: Kind, lock: &'static str) {
    watched(kind, &[], async |w| {
        let day = Day {
            labels: part("database"),
            scrapes: 2,
            ..Day::of("GreenlightDatabaseAway")
        };
        let mut other = AnyConnection::connect(w.database_url())
            .await
            .expect("a connection");
        day.lived(w, false, async |_| {
            other.execute(lock).await.expect("a lock");
        })
        .await;
        other.close().await.expect("the lock to end");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_somebody_has_locked_on_sqlite() {
    a_database_that_somebody_has_locked(Kind::Sqlite, "BEGIN IMMEDIATE").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_somebody_has_locked_on_postgres() {
    let lock = "BEGIN; LOCK TABLE pools IN ACCESS EXCLUSIVE MODE";
    a_database_that_somebody_has_locked(Kind::Postgres, lock).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_the_pictures_that_is_gone() {
    watched(Kind::Sqlite, &[], async |w| {
        let (blobs, away) = (w.blobs(), w.blobs().with_extension("away"));
        let day = Day {
            labels: part("pictures"),
            ..Day::of("GreenlightPicturesAway")
        };
        day.lived(w, true, async |_| {
            fs::rename(&blobs, &away).expect("it is moved away");
        })
        .await;
        fs::rename(&away, &blobs).expect("it is put back");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_of_the_pictures_that_is_full() {
    let name = "resilience::alerts::a_disk_of_the_pictures_that_is_full";
    let Some(disk) = SmallDisk::for_test(name) else {
        return;
    };
    let blobs = disk.folder().join("pictures").display().to_string();
    watched(Kind::Sqlite, &[("BLOBS__FOLDER", blobs)], async |w| {
        let day = Day {
            labels: part("pictures"),
            ..Day::of("GreenlightPicturesAway")
        };
        day.lived(w, true, async |_| disk.fill()).await;
        disk.empty();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_nobody_runs() {
    watched(Kind::Sqlite, &[], async |w| {
        let day = Day::of("GreenlightQueueStands");
        day.lived(w, false, async |w| {
            w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        })
        .await;
        w.work_it_out().await;
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_cuts_a_paid_call() {
    day_of_a_service("GreenlightUnknownOutcome", Answer::HangUp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_refuses_the_key() {
    let error = json!({ "error": { "code": "invalid_api_key", "message": "no" } });
    day_of_a_service("GreenlightOperatorWanted", Answer::json(401, &error)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_busy() {
    day_of_a_service("GreenlightServiceBusy", Answer::json(503, &json!({}))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_sends_no_usable_picture() {
    let answer = Answer::json(200, &json!({ "data": [{ "b64_json": "AAAA" }] }));
    day_of_a_service("GreenlightPicturesBroken", answer).await;
}
