//! The ledger beside a model of it that fits on a page, through random moves, some of them at once, and reopenings.
//!
//! `PROPTEST_CASES` sets the number of cases, and `GREENLIGHT_TEST_SEED` repeats the moves of a run that failed.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Display;

use futures::FutureExt;
use futures::future::join_all;
use greenlight::domain::ids::GuildId;
use greenlight::store::ledger::{self, Held};
use greenlight::store::{Error, Store};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};

use super::db::{Kind, TestDb, fresh};
use super::steps::{Close, close, grant, open_hold, queue, read, sums};

/// One move of money.
#[derive(Clone, Copy, Debug)]
enum Move {
    Grant(i64),
    Hold(i64),
    /// Closes one of the holds ever made, which is often closed already.
    Close(usize, Close),
}

#[derive(Clone, Debug)]
enum Step {
    One(Move),
    AtOnce(Vec<Move>),
    /// The process ends and another begins.
    Reopen,
}

fn a_move() -> impl Strategy<Value = Move> {
    let how = prop_oneof![Just(Close::Settle), Just(Close::Release)];
    prop_oneof![
        2 => (1_i64..=60).prop_map(Move::Grant),
        4 => (1_i64..=40).prop_map(Move::Hold),
        4 => (0_usize..12, how).prop_map(|(which, how)| Move::Close(which, how)),
    ]
}

fn a_story() -> impl Strategy<Value = Vec<Step>> {
    let rivals = (0_usize..4).prop_map(|which| {
        let closes = [Close::Settle, Close::Release, Close::Settle];
        Step::AtOnce(closes.map(|how| Move::Close(which, how)).to_vec())
    });
    let step = prop_oneof![
        10 => a_move().prop_map(Step::One),
        3 => prop::collection::vec(a_move(), 2..7).prop_map(Step::AtOnce),
        1 => rivals,
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..24)
}

/// A hold as the model knows it.
struct Hold {
    price: i64,
    open: bool,
    /// Proofs of it that were handed out while it was open: its own, and those that other processes got.
    proofs: Vec<Held>,
}

/// Everything that the ledger must remember. Holds by the number of their render.
#[derive(Default)]
struct Model {
    granted: i64,
    settled: i64,
    holds: BTreeMap<u64, Hold>,
}

impl Model {
    fn held(&self) -> i64 {
        let open = self.holds.values().filter(|hold| hold.open);
        open.map(|hold| hold.price).sum()
    }

    fn available(&self) -> i64 {
        self.granted - self.settled - self.held()
    }
}

/// What became of a move.
enum Outcome {
    Granted(i64),
    Holds(u64, i64, Held),
    Short(i64),
    Closed(u64, Close),
    TooLate(u64),
    /// There was nothing to close.
    Idle,
}

/// How often a run came to what it is for.
#[derive(Clone, Copy, Debug, Default)]
struct Coverage {
    short: u32,
    too_late: u32,
    contested: u32,
    reopened: u32,
}

/// One case: a guild of its own in a database that all cases share.
struct Trial {
    store: Store,
    url: String,
    guild: GuildId,
    renders: u64,
    model: Model,
    came_to: Coverage,
}

fn failed(error: impl Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

impl Trial {
    async fn play(&mut self, story: &[Step]) -> TestCaseResult {
        for step in story {
            match step {
                Step::One(one) => self.at_once(&[*one]).await?,
                Step::AtOnce(moves) => self.at_once(moves).await?,
                Step::Reopen => {
                    self.store.close().await;
                    self.store = Store::open(&self.url).await.map_err(failed)?;
                    self.came_to.reopened += 1;
                }
            }
            self.compare().await?;
        }
        Ok(())
    }

    /// Makes moves at the same time, and the model makes those that succeeded.
    async fn at_once(&mut self, moves: &[Move]) -> TestCaseResult {
        let before = self.model.available();
        let mut tasks = Vec::new();
        for one in moves {
            let task = self.task(*one).await.map_err(failed)?;
            tasks.push(tokio::spawn(task));
        }
        let mut outcomes = Vec::new();
        for ended in join_all(tasks).await {
            outcomes.push(ended.map_err(failed)?.map_err(failed)?);
        }
        self.judge(before, &outcomes)?;
        for outcome in outcomes {
            self.record(outcome).await.map_err(failed)?;
        }
        Ok(())
    }

    /// What a move does to the database.
    async fn task(
        &mut self,
        one: Move,
    ) -> Result<futures::future::BoxFuture<'static, Result<Outcome, Error>>, Error> {
        let (store, guild) = (self.store.clone(), self.guild);
        Ok(match one {
            Move::Grant(amount) => async move {
                grant(&store, guild, amount).await?;
                Ok(Outcome::Granted(amount))
            }
            .boxed(),
            Move::Hold(price) => {
                self.renders += 1;
                let render = self.renders;
                async move {
                    let held = queue(&store, guild, render, price).await?;
                    Ok(held.map_or(Outcome::Short(price), |held| Outcome::Holds(render, price, held)))
                }
                .boxed()
            }
            Move::Close(which, how) => match self.proof(which).await? {
                None => async { Ok(Outcome::Idle) }.boxed(),
                Some((render, held)) => async move {
                    match close(&store, held, how).await {
                        Ok(()) => Ok(Outcome::Closed(render, how)),
                        Err(Error::Database(sqlx::Error::Database(_))) => Ok(Outcome::TooLate(render)),
                        Err(other) => Err(other),
                    }
                }
                .boxed(),
            },
        })
    }

    /// A proof of one of the holds ever made: one that was handed out earlier, or what is found now.
    async fn proof(&mut self, which: usize) -> Result<Option<(u64, Held)>, Error> {
        let count = self.model.holds.len().max(1);
        let Some((render, hold)) = self.model.holds.iter_mut().nth(which % count) else {
            return Ok(None);
        };
        let proof = match hold.proofs.pop() {
            Some(proof) => Some(proof),
            None => open_hold(&self.store, *render).await?,
        };
        Ok(proof.map(|held| (*render, held)))
    }

    /// Whether these outcomes could be, whatever the order in which the moves were made.
    fn judge(&mut self, before: i64, outcomes: &[Outcome]) -> TestCaseResult {
        let mut taken = 0;
        let (mut closed, mut tried) = (BTreeMap::<u64, u32>::new(), BTreeMap::<u64, u32>::new());
        for outcome in outcomes {
            match outcome {
                Outcome::Holds(_, price, _) => taken += price,
                Outcome::Closed(render, _) => {
                    *closed.entry(*render).or_default() += 1;
                    *tried.entry(*render).or_default() += 1;
                }
                Outcome::TooLate(render) => *tried.entry(*render).or_default() += 1,
                Outcome::Granted(_) | Outcome::Short(_) | Outcome::Idle => {}
            }
        }
        for outcome in outcomes {
            if let Outcome::Short(price) = outcome {
                prop_assert!(
                    *price > before - taken,
                    "{price} was refused, and {before} - {taken} was there"
                );
                self.came_to.short += 1;
            }
        }
        for (render, times) in tried {
            let open = self.model.holds[&render].open;
            let closed = closed.get(&render).copied().unwrap_or(0);
            prop_assert_eq!(
                closed,
                u32::from(open),
                "render {} was tried {} times",
                render,
                times
            );
            self.came_to.contested += u32::from(open && times > 1);
            self.came_to.too_late += u32::from(!open);
        }
        Ok(())
    }

    async fn record(&mut self, outcome: Outcome) -> Result<(), Error> {
        match outcome {
            Outcome::Granted(amount) => self.model.granted += amount,
            Outcome::Holds(render, price, held) => {
                let mut proofs = vec![held];
                for _ in 0..2 {
                    proofs.extend(open_hold(&self.store, render).await?);
                }
                let known = Hold {
                    price,
                    open: true,
                    proofs,
                };
                self.model.holds.insert(render, known);
            }
            Outcome::Closed(render, how) => {
                let hold = self
                    .model
                    .holds
                    .get_mut(&render)
                    .expect("only known holds are closed");
                hold.open = false;
                self.model.settled += if how == Close::Settle { hold.price } else { 0 };
            }
            Outcome::Short(_) | Outcome::TooLate(_) | Outcome::Idle => {}
        }
        Ok(())
    }

    /// The database says what the model says.
    async fn compare(&self) -> TestCaseResult {
        let found = sums(&self.store, self.guild).await.map_err(failed)?;
        let model = &self.model;
        let wanted = [model.granted, model.available(), model.held(), model.settled];
        prop_assert_eq!(found, wanted, "granted, available, held, settled");
        prop_assert!(found.iter().all(|sum| *sum >= 0), "{:?} is below zero", found);
        let audit = read(&self.store, |tx| ledger::audit(tx).boxed());
        let wrong = audit.await.map_err(failed)?;
        prop_assert_eq!(wrong, Vec::<String>::new());
        for (render, hold) in &model.holds {
            let found = open_hold(&self.store, *render).await.map_err(failed)?;
            let amount = found.map(|held| held.amount().get());
            prop_assert_eq!(
                amount,
                hold.open.then_some(hold.price),
                "the hold of render {}",
                render
            );
        }
        Ok(())
    }
}

fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is {text:?}, which is no number")))
}

/// Plays random stories against a database of this kind.
fn compare_with_the_model(kind: Kind, cases: u32) {
    let cases = from_environment("PROPTEST_CASES").map_or(cases, |n| u32::try_from(n).unwrap_or(u32::MAX));
    let seed = from_environment("GREENLIGHT_TEST_SEED").unwrap_or_else(rand::random);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases,
        max_shrink_iters: 300,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let db: TestDb = runtime.block_on(fresh(kind));
    let (guilds, came_to) = (Cell::new(0), Cell::new(Coverage::default()));

    let played = runner.run(&a_story(), |story| {
        guilds.set(guilds.get() + 1);
        let mut trial = Trial {
            store: runtime.block_on(Store::open(db.url())).map_err(failed)?,
            url: db.url().to_owned(),
            guild: GuildId::new(guilds.get()),
            renders: guilds.get() * 1_000,
            model: Model::default(),
            came_to: came_to.get(),
        };
        let played = runtime.block_on(trial.play(&story));
        runtime.block_on(trial.store.close());
        came_to.set(trial.came_to);
        played
    });
    if let Err(error) = played {
        panic!("on {kind:?}, repeated by GREENLIGHT_TEST_SEED={seed}: {error}");
    }
    let came_to = came_to.get();
    let all = [
        came_to.short,
        came_to.too_late,
        came_to.contested,
        came_to.reopened,
    ];
    let covered = all.iter().all(|times| *times > 0);
    assert!(
        covered || cases < 16,
        "{cases} cases of seed {seed} came to {came_to:?} only"
    );
    println!("{cases} cases on {kind:?}, seed {seed}: {came_to:?}");
}

#[test]
fn the_ledger_on_sqlite_is_its_model() {
    compare_with_the_model(Kind::Sqlite, 64);
}

#[test]
fn the_ledger_on_postgres_is_its_model() {
    compare_with_the_model(Kind::Postgres, 16);
}
