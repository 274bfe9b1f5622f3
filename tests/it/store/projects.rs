//! Tests projects: each name is unique, and usage is that of their drafts.

use futures::FutureExt;
use greenlight::domain::credits::Credits;
use greenlight::domain::ids::{GuildId, ProjectId};
use greenlight::domain::money::project::{Buckets, Name, Project};
use greenlight::store::{Error, Tx, ledger, projects};

use super::db::{TestDb, on_both};
use super::processes::Processes;
use super::steps::{ANA, GUILD, NOW, credits, write};

fn project(id: u64, name: &str) -> Project {
    Project {
        id: ProjectId::new(id),
        guild: GUILD,
        name: Name::parse(name).expect("a name"),
        budget: Buckets {
            explore: Some(credits(40)),
            review: None,
            r#final: Some(Credits::ZERO),
        },
        created_by: ANA,
        created_ms: NOW,
        closed_ms: None,
    }
}

async fn insert(tx: &mut Tx, new: Project) -> Result<bool, Error> {
    ledger::ensure(tx, new.guild).await?;
    projects::insert(tx, &new).await
}

async fn add(db: &TestDb, new: Project) -> Result<bool, Error> {
    db.write(move |tx| insert(tx, new).boxed()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_reads_back_by_id_and_by_name() {
    on_both(async |db| {
        let new = project(7, "Spring Ünit");
        assert!(add(db, new.clone()).await?);
        assert!(!add(db, new.clone()).await?, "it is there");
        let name = Name::parse("SPRING ünit").expect("a name");
        let (by_id, by_name) = db
            .read(move |tx| {
                async move {
                    let by_id = projects::find(tx, ProjectId::new(7)).await?;
                    Ok((by_id, projects::by_name(tx, GUILD, &name).await?))
                }
                .boxed()
            })
            .await?;
        assert_eq!(by_id.as_ref(), Some(&new));
        assert_eq!(by_name, Some(new));
        let elsewhere = Project {
            guild: GuildId::new(200),
            ..project(8, "spring ünit")
        };
        assert!(add(db, elsewhere).await?, "another server may have the name");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_take_a_name_at_once_one_has_it() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        let made = processes.all(1..=32, async |store, id| {
            write(&store, move |tx| insert(tx, project(id, "Spring")).boxed()).await
        });
        assert_eq!(made.await?.into_iter().filter(|new| *new).count(), 1);
        let open = db.read(|tx| projects::open_count(tx, GUILD).boxed()).await?;
        assert_eq!(open, 1);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_changes_and_a_closed_project_comes_last() {
    on_both(async |db| {
        for (id, name) in [(1, "One"), (2, "Two"), (3, "Three")] {
            assert!(add(db, project(id, name)).await?);
        }
        let budget = Buckets {
            review: Some(credits(5)),
            ..Buckets::default()
        };
        db.write(move |tx| {
            async move {
                ledger::ensure(tx, GUILD).await?;
                let pool = ledger::lock(tx, GUILD).await?;
                projects::set_budget(tx, &pool, ProjectId::new(1), budget).await?;
                projects::set_closed(tx, &pool, ProjectId::new(3), Some(NOW + 1)).await
            }
            .boxed()
        })
        .await?;
        let all = db.read(|tx| projects::all(tx, GUILD).boxed()).await?;
        let ids: Vec<u64> = all.iter().map(|project| project.id.get()).collect();
        assert_eq!(ids, [2, 1, 3]);
        assert_eq!(all[1].budget, budget);
        assert_eq!(all[2].closed_ms, Some(NOW + 1));
        Ok(())
    })
    .await;
}
