//! Makes the model's moves in the database.

use std::cell::Cell;
use std::fmt::Display;

use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use greenlight::domain::credits::Credits;
use greenlight::domain::ids::GuildId;
use greenlight::random;
use greenlight::store::ledger::{self, Correction, Held};
use greenlight::store::{Error, Store, guilds};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};

use super::super::db::{Kind, TestDb, fresh};
use super::super::steps::{
    ANA, NOW, Refused, close, credits, grant, hold_under_limits, open_hold, read, sums, write,
};
use super::{Bounded, Coverage, HOUR_MS, Model, Move, Outcome, PROCESSES, Step, a_story};

/// One case: a guild of its own in a database that all cases share.
struct Trial {
    /// One for each process. They take turns.
    stores: [Store; PROCESSES],
    url: String,
    guild: GuildId,
    moves: usize,
    renders: u64,
    corrections: u64,
    model: Model,
    came_to: Coverage,
}

fn failed(error: impl Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

async fn correct(store: &Store, guild: GuildId, amount: i64, once_key: String) -> Result<Outcome, Error> {
    let correction = Correction {
        actor: ANA,
        reason: "a slip".to_owned(),
        once_key,
    };
    let done = write(store, move |tx| {
        async move {
            ledger::ensure(tx, guild).await?;
            ledger::correct(tx, guild, credits(amount), correction, NOW).await
        }
        .boxed()
    });
    Ok(match done.await? {
        Ok(_) => Outcome::Corrected(amount),
        Err(_) => Outcome::InsufficientCredits(amount),
    })
}

/// Sets or removes a spending limit, as `/settings limits` does.
async fn limit(store: &Store, guild: GuildId, on: Bounded, max: Option<i64>) -> Result<(), Error> {
    write(store, move |tx| {
        async move {
            let row = guilds::lock(tx, guild).await?;
            let mut chosen = row.settings.clone();
            match max {
                Some(max) => drop(chosen.spend_limits.insert(on.bound(), Some(credits(max)))),
                None => drop(chosen.spend_limits.remove(&on.bound())),
            }
            guilds::write(tx, &row, &chosen).await
        }
        .boxed()
    })
    .await
}

impl Trial {
    /// Returns the process that looks.
    const fn store(&self) -> &Store {
        &self.stores[0]
    }

    async fn play(&mut self, story: &[Step]) -> TestCaseResult {
        for step in story {
            match step {
                Step::One(one) => self.at_once(&[*one]).await?,
                Step::AtOnce(moves) => self.at_once(moves).await?,
                Step::Wait(hours) => {
                    let before = self.model.spent(Bounded::Each, ANA);
                    self.model.now_ms += hours * HOUR_MS;
                    let now = self.model.spent(Bounded::Each, ANA);
                    self.came_to.rolled += u32::from(now < before);
                    let mut holds = self.model.holds.values();
                    self.came_to.back += u32::from(holds.any(|hold| hold.at_ms > self.model.now_ms));
                }
                Step::Reopen(which) => {
                    self.stores[*which].close().await;
                    self.stores[*which] = Store::open(&self.url).await.map_err(failed)?;
                    self.came_to.reopened += 1;
                }
            }
            self.compare().await?;
        }
        Ok(())
    }

    /// Makes moves at the same time. The model makes those that succeeded.
    async fn at_once(&mut self, moves: &[Move]) -> TestCaseResult {
        let mut tasks = Vec::new();
        for one in moves {
            let task = self.task(*one).await.map_err(failed)?;
            tasks.push(tokio::spawn(task));
        }
        let mut outcomes = Vec::new();
        for ended in join_all(tasks).await {
            outcomes.push(ended.map_err(failed)?.map_err(failed)?);
        }
        if moves
            .iter()
            .filter(|one| matches!(one, Move::SpendLimit(..)))
            .count()
            > 1
        {
            self.settle_spend_limits(&mut outcomes).await.map_err(failed)?;
        }
        self.model.judge(&outcomes, &mut self.came_to)?;
        let bounds = self.model.bounds(&outcomes);
        for outcome in outcomes {
            self.record(outcome).await.map_err(failed)?;
        }
        self.model.judge_limit_scopes(&bounds)
    }

    /// Reads from the database which of several settings at once was the last, and so holds.
    async fn settle_spend_limits(&self, outcomes: &mut Vec<Outcome>) -> Result<(), Error> {
        let guild = self.guild;
        let chosen = read(self.store(), move |tx| guilds::read(tx, guild).boxed()).await?;
        for on in Bounded::ALL {
            let max = chosen.spend_limits.get(&on.bound()).copied().flatten();
            outcomes.push(Outcome::SpendLimits(on, max.map(Credits::get)));
        }
        Ok(())
    }

    /// Returns a task that makes a move in the database.
    async fn task(&mut self, one: Move) -> Result<BoxFuture<'static, Result<Outcome, Error>>, Error> {
        self.moves += 1;
        let store = self.stores[self.moves % PROCESSES].clone();
        let (guild, now_ms) = (self.guild, self.model.now_ms);
        Ok(match one {
            Move::Grant(amount) => async move {
                grant(&store, guild, amount).await?;
                Ok(Outcome::Granted(amount))
            }
            .boxed(),
            Move::Correct(amount) => {
                self.corrections += 1;
                let once = format!("{guild}:{}", self.corrections);
                async move { correct(&store, guild, amount, once).await }.boxed()
            }
            Move::SpendLimit(on, max) => async move {
                limit(&store, guild, on, max).await?;
                Ok(Outcome::SpendLimits(on, max))
            }
            .boxed(),
            Move::Hold(member, price) => {
                self.renders += 1;
                let id = self.renders;
                async move {
                    let held = store
                        .write(move |tx| hold_under_limits(tx, guild, member, id, price, now_ms).boxed());
                    match held.await {
                        Ok(held) => Ok(Outcome::Holds(id, member, price, held)),
                        Err(Refused::InsufficientCredits) => Ok(Outcome::InsufficientCredits(price)),
                        Err(Refused::Capped) => Ok(Outcome::Capped(member, price)),
                        Err(Refused::Store(error)) => Err(error),
                    }
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

    /// Returns a proof of one of the holds that were ever made: one that was handed out earlier, or
    /// the one that is found now.
    async fn proof(&mut self, which: usize) -> Result<Option<(u64, Held)>, Error> {
        let count = self.model.holds.len().max(1);
        let Some((render, hold)) = self.model.holds.iter_mut().nth(which % count) else {
            return Ok(None);
        };
        let proof = match hold.proofs.pop() {
            Some(proof) => Some(proof),
            None => open_hold(&self.stores[0], *render).await?,
        };
        Ok(proof.map(|held| (*render, held)))
    }

    async fn record(&mut self, outcome: Outcome) -> Result<(), Error> {
        let held = match &outcome {
            Outcome::Holds(render, ..) => Some(*render),
            _ => None,
        };
        self.model.record(outcome);
        if let Some(render) = held {
            let mut proofs = Vec::new();
            for _ in 0..2 {
                proofs.extend(open_hold(self.store(), render).await?);
            }
            let known = self.model.holds.get_mut(&render);
            known.expect("it was just recorded").proofs.extend(proofs);
        }
        Ok(())
    }

    /// Checks that the database agrees with the model.
    async fn compare(&self) -> TestCaseResult {
        let found = sums(self.store(), self.guild).await.map_err(failed)?;
        let model = &self.model;
        let wanted = [model.granted, model.available(), model.held(), model.settled];
        prop_assert_eq!(found, wanted, "granted, available, held, settled");
        prop_assert!(found.iter().all(|sum| *sum >= 0), "{:?} is below zero", found);
        let audit = read(self.store(), |tx| ledger::audit(tx).boxed());
        let wrong = audit.await.map_err(failed)?;
        prop_assert_eq!(wrong, Vec::<String>::new());
        for (render, hold) in &model.holds {
            let found = open_hold(self.store(), *render).await.map_err(failed)?;
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
    let seed = from_environment("GREENLIGHT_TEST_SEED").unwrap_or_else(random::bits);
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
        let open = || runtime.block_on(Store::open(db.url())).map_err(failed);
        let mut trial = Trial {
            stores: [open()?, open()?],
            url: db.url().to_owned(),
            guild: GuildId::new(guilds.get()),
            moves: 0,
            renders: guilds.get() * 1_000,
            corrections: 0,
            model: Model::new(NOW),
            came_to: came_to.get(),
        };
        let played = runtime.block_on(trial.play(&story));
        for store in &trial.stores {
            runtime.block_on(store.close());
        }
        came_to.set(trial.came_to);
        played
    });
    if let Err(error) = played {
        panic!("on {kind:?}, repeated by GREENLIGHT_TEST_SEED={seed}: {error}");
    }
    let came_to = came_to.get();
    let covered = came_to.all().iter().all(|times| *times > 0);
    assert!(
        covered || cases < 64,
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
