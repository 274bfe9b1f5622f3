//! Runs several tasks of two processes at once.

use futures::future::join_all;
use greenlight::store::{Error, Store};

use super::db::TestDb;

/// Two stores on one database, as two processes have them.
pub struct Processes([Store; 2]);

impl Processes {
    pub async fn start(db: &TestDb) -> Result<Self, Error> {
        Ok(Self([db.store().clone(), Store::open(db.url()).await?]))
    }

    /// Runs a task for each item, all at once, every second one in the other process.
    pub async fn race<I, T, R>(
        &self,
        items: impl IntoIterator<Item = I>,
        task: impl Fn(Store, I) -> R,
    ) -> Vec<Result<T, Error>>
    where
        T: Send + 'static,
        R: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let tasks = items.into_iter().zip(self.0.iter().cycle());
        let tasks: Vec<_> = tasks
            .map(|(item, store)| tokio::spawn(task(store.clone(), item)))
            .collect();
        let ended = join_all(tasks).await;
        ended
            .into_iter()
            .map(|outcome| outcome.expect("no task panics"))
            .collect()
    }

    /// Runs tasks like [`Processes::race`], of which none may fail.
    pub async fn all<I, T, R>(
        &self,
        items: impl IntoIterator<Item = I>,
        task: impl Fn(Store, I) -> R,
    ) -> Result<Vec<T>, Error>
    where
        T: Send + 'static,
        R: Future<Output = Result<T, Error>> + Send + 'static,
    {
        self.race(items, task).await.into_iter().collect()
    }
}

/// Returns how many succeeded. Asserts that the database refused the others, and that none failed
/// in another way.
pub fn winners<T>(outcomes: &[Result<T, Error>]) -> usize {
    for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        let refused = matches!(
            error,
            Error::Database(sqlx::Error::Database(_)) | Error::LeaseLost
        );
        assert!(refused, "a loser is refused: {error:?}");
    }
    outcomes.iter().filter(|outcome| outcome.is_ok()).count()
}
