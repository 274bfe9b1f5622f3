//! Tests what processes share in the database: who is alive, whose turn it is, and who answers.

use greenlight::store::processes::{ALIVE_MS, Beat, Taken};
use greenlight::store::{Error, Store};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

use crate::store::db::{Kind, Somewhere, fresh};

const NOBODY_IS_LATE: (i64, i64) = (0, 0);
/// The time between two turns: far more than the statements take.
const APART_MS: i64 = 60_000;

/// Opens a database twice, as two processes do.
async fn two() -> (Somewhere, Store, Store) {
    let place = Somewhere::migrated(Kind::Postgres).await;
    let open = async || Store::open(place.url()).await.expect("a store");
    let (one, other) = (open().await, open().await);
    (place, one, other)
}

async fn change(place: &Somewhere, sql: &str) {
    let mut database = AnyConnection::connect(place.url()).await.expect("a database");
    database
        .execute(AssertSqlSafe(sql.to_owned()))
        .await
        .expect("a change");
}

fn beat(id: i64) -> Beat {
    Beat {
        id,
        invalid: 0,
        ahead_ms: 0,
    }
}

fn first_ms(taken: Taken) -> i64 {
    match taken {
        Taken::Turns { first_ms } => first_ms,
        Taken::Held { for_ms } => panic!("held for {for_ms} ms"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_postgres_has_something_to_share() {
    let (sqlite, postgres) = (fresh(Kind::Sqlite).await, fresh(Kind::Postgres).await);
    assert!(sqlite.store().processes().is_none());
    assert!(postgres.store().processes().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_hears_of_those_that_are_alive_and_whether_they_know_of_it() -> Result<(), Error> {
    let (place, one, other) = two().await;
    let (one, other) = (one.processes().expect("one"), other.processes().expect("another"));
    assert_eq!(one.beat(beat(1), NOBODY_IS_LATE).await?.alive, 0);
    assert_eq!(other.beat(beat(2), NOBODY_IS_LATE).await?.alive, 1);
    let now_ms = other.beat(beat(2), NOBODY_IS_LATE).await?.now_ms;
    let heard = other.beat(beat(2), (now_ms, 60_000)).await?;
    assert_eq!((heard.alive, heard.unheard), (1, 1), "it said nothing since");
    let patient = other.beat(beat(2), (now_ms, -60_000)).await?;
    assert_eq!(patient.unheard, 0, "it says nothing at all");
    let invalid = Beat {
        invalid: 7,
        ..beat(1)
    };
    assert_eq!(one.beat(invalid, NOBODY_IS_LATE).await?.alive, 1);
    let heard = other.beat(beat(2), (now_ms, 60_000)).await?;
    assert_eq!((heard.unheard, heard.invalid), (0, 7));

    one.leave(1).await?;
    let heard = other.beat(beat(2), NOBODY_IS_LATE).await?;
    assert_eq!(
        (heard.alive, heard.invalid),
        (0, 7),
        "what Discord refused it counts on"
    );
    one.beat(beat(1), NOBODY_IS_LATE).await?;
    change(
        &place,
        &format!("UPDATE processes SET until_ms = until_ms - {ALIVE_MS} WHERE id = 1"),
    )
    .await;
    assert_eq!(other.beat(beat(2), NOBODY_IS_LATE).await?.alive, 0, "it died");
    change(
        &place,
        "UPDATE processes SET until_ms = 1, seen_ms = 1 WHERE id = 1",
    )
    .await;
    other.forget().await
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_of_all_processes_follow_each_other() -> Result<(), Error> {
    let (_place, one, other) = two().await;
    let (one, other) = (one.processes().expect("one"), other.processes().expect("another"));
    let near =
        |ms: i64, wanted: i64| assert!((wanted - 20_000..=wanted).contains(&ms), "{ms} is not {wanted}");
    near(first_ms(one.take(1, APART_MS, 0).await?), 0);
    near(first_ms(other.take(3, APART_MS, 0).await?), APART_MS);
    near(first_ms(one.take(1, APART_MS, 0).await?), 4 * APART_MS);
    near(first_ms(one.take(1, APART_MS, 9 * APART_MS).await?), 9 * APART_MS);
    let ahead = Beat {
        ahead_ms: 20 * APART_MS,
        ..beat(1)
    };
    near(one.beat(ahead, NOBODY_IS_LATE).await?.ahead_ms, 20 * APART_MS);
    near(other.beat(beat(2), NOBODY_IS_LATE).await?.ahead_ms, 20 * APART_MS);
    near(first_ms(other.take(1, APART_MS, 0).await?), 20 * APART_MS);

    near(one.identify(0, APART_MS).await?, 0);
    near(other.identify(0, APART_MS).await?, APART_MS);
    near(other.identify(1, APART_MS).await?, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_global_limit_holds_all_back_until_it_is_over() -> Result<(), Error> {
    let (place, one, other) = two().await;
    let (one, other) = (one.processes().expect("one"), other.processes().expect("another"));
    one.hold(60_000).await?;
    one.hold(10).await?;
    let held = other.take(4, 25, 0).await?;
    assert!(
        matches!(held, Taken::Held { for_ms } if (40_000..=60_000).contains(&for_ms)),
        "{held:?}"
    );
    change(&place, "UPDATE pace SET held_ms = 0").await;
    assert!(
        first_ms(other.take(4, 25, 0).await?) <= 0,
        "what was held took no turn"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_all_processes_claims_an_interaction() -> Result<(), Error> {
    let (place, one, other) = two().await;
    let (one, other) = (one.processes().expect("one"), other.processes().expect("another"));
    for interaction in [1, u64::MAX, 1_577_293_190_325_600_256] {
        let claimed = tokio::join!(one.claim(interaction), other.claim(interaction));
        assert!(claimed.0? != claimed.1?, "one of the two has {interaction}");
        assert!(!one.claim(interaction).await?);
    }
    change(&place, "UPDATE claims SET at_ms = 1").await;
    one.forget().await?;
    assert!(one.claim(1).await?, "nobody tells of it any more");
    Ok(())
}
