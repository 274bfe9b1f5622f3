//! Interactions as time passes: those without an answer fail, old ones are dropped.

use serde_json::json;

use crate::snowflake::Id;
use crate::state::State;
use crate::state::interactions::answers::{FIRST_ANSWER_MS, TOKEN_MS};
use crate::state::interactions::invoke::NO_ANSWER;
use crate::state::model::{Interaction, InteractionKind, Stage};

/// How long an interaction is kept, in milliseconds.
const KEPT_MS: u64 = 24 * 60 * 60 * 1_000;

impl State {
    /// Drops old interactions with the files of their options.
    fn forget_old(&mut self, now: u64) {
        let old = |found: &Interaction| now >= found.created_ms + KEPT_MS;
        for found in self.interactions.take(old) {
            for file in found.files {
                self.messages.forget_file(file);
            }
        }
    }

    /// Fails interactions without an answer after three seconds, and deferred ones after fifteen
    /// minutes. Drops old ones. Returns whether any failed.
    pub(in crate::state) fn fail_unanswered(&mut self, now: u64) -> bool {
        self.forget_old(now);
        let late = |found: &&Interaction| match found.stage {
            Stage::Waiting => now > found.created_ms + FIRST_ANSWER_MS,
            Stage::Deferred => now > found.created_ms + TOKEN_MS,
            Stage::DeferredUpdate | Stage::Answered | Stage::Failed => false,
        };
        let failed: Vec<(Id, Id, Option<Id>)> = self
            .interactions
            .all()
            .filter(late)
            .map(|found| (found.id, found.channel, found.original))
            .collect();
        for (id, channel, placeholder) in &failed {
            self.enter_channel(*channel);
            if let Some(placeholder) = placeholder {
                self.remove_message(*channel, *placeholder);
            }
            self.fail_interaction(*id);
        }
        !failed.is_empty()
    }

    pub(in crate::state) fn fail_interaction(&mut self, id: Id) {
        let Some(interaction) = self.interactions.get_mut(id) else {
            return;
        };
        interaction.stage = Stage::Failed;
        let body = json!({
            "id": id.to_string(),
            "channel_id": interaction.channel.to_string(),
            "message_id": interaction.source.map(|source| source.to_string()),
            "name": interaction.name,
            "text": NO_ANSWER,
        });
        if interaction.kind != InteractionKind::Autocomplete {
            self.pages
                .tell(Some(interaction.user), "INTERACTION_FAILED", &body);
        }
    }
}
