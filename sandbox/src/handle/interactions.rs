//! What comes of commands, components and modals.

use serde_json::Value;

use crate::handle::answer::Answer;
use crate::handle::sandbox::Sandbox;
use crate::handle::waiting::DEADLINE;
use crate::state::model::Stage;

impl Sandbox {
    /// Waits until an interaction has a real answer, not merely a deferred one.
    ///
    /// # Panics
    /// If it failed, or after 20 seconds, with the recent calls and messages.
    pub async fn answer(&self, interaction: u64) -> Answer {
        let outcome = || {
            self.core.read(|state| {
                let found = state.interactions().get(interaction)?;
                match found.stage {
                    Stage::Answered => Some(Some(Answer::of(state, found))),
                    Stage::Failed => Some(None),
                    Stage::Waiting | Stage::Deferred | Stage::DeferredUpdate => None,
                }
            })
        };
        let outcome = self.core.wait_for(DEADLINE, outcome).await;
        match outcome {
            Some(Some(answer)) => answer,
            Some(None) => panic!(
                "interaction {interaction} was not answered in time\n{}",
                self.dump()
            ),
            None => panic!("interaction {interaction} has no real answer\n{}", self.dump()),
        }
    }

    /// Returns whether the client told its user that the application did not respond.
    #[must_use]
    pub fn failed(&self, interaction: u64) -> bool {
        self.core.read(|state| {
            state
                .interactions()
                .get(interaction)
                .is_some_and(|found| found.stage == Stage::Failed)
        })
    }

    /// Returns the registered commands, in REST shape.
    #[must_use]
    pub fn commands(&self) -> Vec<Value> {
        self.core.read(|state| state.interactions().commands().to_vec())
    }

    /// Waits for the choices of an option that somebody types in. Returns `None` if the bot does
    /// not answer in time.
    pub async fn choices(&self, interaction: u64) -> Option<Value> {
        let offered = || {
            self.core.read(|state| {
                let found = state.interactions().get(interaction)?;
                let over = matches!(found.stage, Stage::Answered | Stage::Failed);
                over.then(|| found.choices.clone())
            })
        };
        self.core.wait_for(DEADLINE, offered).await.flatten()
    }
}
