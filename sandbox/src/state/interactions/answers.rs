//! The bot's answers to interactions: within three seconds, deferred, or as follow-ups within
//! fifteen minutes.

use serde_json::{Value, json};

use crate::snowflake::Id;
use crate::state::State;
use crate::state::interactions::{definitions, modals};
use crate::state::messages::form::MessageForm;
use crate::state::messages::timeline::NewMessage;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};
use crate::state::model::{EPHEMERAL, Interaction, InteractionKind, LOADING, Origin, Reference, Stage};

/// How long the bot has for its first answer, in milliseconds.
pub(in crate::state) const FIRST_ANSWER_MS: u64 = 3_000;
/// How long an interaction's token works, in milliseconds.
pub(in crate::state) const TOKEN_MS: u64 = 15 * 60 * 1_000;

/// The bot's first answer to an interaction, parsed.
pub(crate) enum FirstAnswer {
    /// Type 4: a message.
    Message(Box<MessageForm>),
    /// Type 5: "… is thinking".
    Defer { ephemeral: bool },
    /// Type 6: a silent acknowledgement.
    DeferUpdate,
    /// Type 7: an edit of the source message.
    Update(Box<MessageForm>),
    /// Type 8: the choices of an autocompletion.
    Choices(Value),
    /// Type 9: a modal.
    Modal(Value),
}

impl FirstAnswer {
    /// Parses `{ "type": …, "data": … }` (50035).
    pub(crate) fn parse(body: &Value, files: Vec<crate::state::model::Upload>) -> ApiResult<Self> {
        let data = &body["data"];
        let boxed = |form: ApiResult<MessageForm>| form.map(Box::new).map_err(|error| error.under("data"));
        let mut errors = FormErrors::default();
        let answer = match body["type"].as_u64() {
            Some(4) => Self::Message(boxed(MessageForm::parse(data, files))?),
            Some(5) => Self::Defer {
                ephemeral: data["flags"].as_u64().unwrap_or(0) & EPHEMERAL != 0,
            },
            Some(6) => Self::DeferUpdate,
            Some(7) => Self::Update(boxed(MessageForm::parse_edit(data, files))?),
            Some(8) => {
                definitions::check_choices(&data["choices"], None, "data.", &mut errors);
                Self::Choices(data["choices"].clone())
            }
            Some(9) => {
                modals::check(data, &mut errors);
                let mut form = data.clone();
                modals::finish(&mut form);
                Self::Modal(form)
            }
            _ => {
                errors.choice("type", "4, 5, 6, 7, 8, 9");
                Self::DeferUpdate
            }
        };
        errors.check()?;
        Ok(answer)
    }

    fn number(&self) -> u8 {
        match self {
            Self::Message(_) => 4,
            Self::Defer { .. } => 5,
            Self::DeferUpdate => 6,
            Self::Update(_) => 7,
            Self::Choices(_) => 8,
            Self::Modal(_) => 9,
        }
    }

    /// Returns whether this kind of interaction may be answered so.
    fn suits(&self, interaction: &Interaction) -> bool {
        let autocomplete = interaction.kind == InteractionKind::Autocomplete;
        match self {
            Self::Message(_) | Self::Defer { .. } => !autocomplete,
            Self::DeferUpdate | Self::Update(_) => !autocomplete && interaction.source.is_some(),
            Self::Choices(_) => autocomplete,
            Self::Modal(_) => !autocomplete && interaction.kind != InteractionKind::Modal,
        }
    }
}

impl State {
    /// Takes the first answer (10062, 40060; `POST /interactions/{id}/{token}/callback`). Returns
    /// what `with_response` asks for.
    pub(crate) fn answer_first(&mut self, id: Id, token: &str, answer: FirstAnswer) -> ApiResult<Value> {
        let now = self.now();
        self.fail_unanswered(now);
        let interaction = self.interactions.get(id).filter(|found| found.token == token);
        let interaction = interaction.ok_or_else(ApiError::unknown_interaction)?.clone();
        match interaction.stage {
            Stage::Waiting => {}
            Stage::Failed => return Err(ApiError::unknown_interaction()),
            Stage::Deferred | Stage::DeferredUpdate | Stage::Answered => {
                return Err(ApiError::already_answered());
            }
        }
        if !answer.suits(&interaction) {
            let mut errors = FormErrors::default();
            errors.choice("type", "4, 5, 6, 7, 8, 9");
            errors.check()?;
        }
        if let FirstAnswer::Choices(choices) = &answer {
            let mut errors = FormErrors::default();
            definitions::check_choices(choices, interaction.completes, "data.", &mut errors);
            errors.check()?;
        }
        let kind = answer.number();
        let stage = self.apply_first(&interaction, answer)?;
        let message = self.settle_first(id, stage);
        let mut told = json!({ "interaction": { "id": id.to_string(), "type": interaction.kind.number() } });
        if !message.is_null() {
            let about = &mut told["interaction"];
            about["response_message_id"] = message["id"].clone();
            about["response_message_loading"] = json!(stage == Stage::Deferred);
            about["response_message_ephemeral"] =
                json!(message["flags"].as_u64().unwrap_or(0) & EPHEMERAL != 0);
        }
        // By the official schema, deferred answers have no message.
        if matches!(kind, 4 | 7) {
            told["resource"] = json!({ "type": kind, "message": message });
        }
        Ok(told)
    }

    fn apply_first(&mut self, interaction: &Interaction, answer: FirstAnswer) -> ApiResult<Stage> {
        let id = interaction.id;
        match answer {
            FirstAnswer::Message(form) => {
                form.require_something()?;
                self.require_emojis(&form).map_err(|error| error.under("data"))?;
                self.require_answerable(interaction.channel, form.flags.unwrap_or(0))?;
                let message = self.insert_answer(interaction, *form, 0);
                self.set_original(id, message);
                Ok(Stage::Answered)
            }
            FirstAnswer::Defer { ephemeral } => {
                let flags = LOADING | if ephemeral { EPHEMERAL } else { 0 };
                self.require_answerable(interaction.channel, flags)?;
                let message = self.insert_answer(interaction, MessageForm::default(), flags);
                self.set_original(id, message);
                Ok(Stage::Deferred)
            }
            FirstAnswer::DeferUpdate => {
                if let Some(source) = interaction.source {
                    self.set_original(id, source);
                }
                Ok(Stage::DeferredUpdate)
            }
            FirstAnswer::Update(form) => {
                self.require_emojis(&form).map_err(|error| error.under("data"))?;
                if let Some(source) = interaction.source {
                    self.require_editable(interaction.channel, source)?;
                    self.apply_edit(interaction.channel, source, *form)
                        .map_err(|error| error.under("data"))?;
                    self.set_original(id, source);
                }
                Ok(Stage::Answered)
            }
            FirstAnswer::Choices(choices) => {
                self.interactions.edit(id, |found| found.choices = Some(choices));
                Ok(Stage::Answered)
            }
            FirstAnswer::Modal(modal) => {
                let body = json!({
                    "interaction_id": id.to_string(),
                    "channel_id": interaction.channel.to_string(),
                    "modal": modal,
                });
                self.interactions.edit(id, |found| found.modal = Some(modal));
                self.pages.tell(Some(interaction.user), "MODAL_OPEN", &body);
                Ok(Stage::Answered)
            }
        }
    }

    /// Refuses a public answer in a thread that is locked for the bot (160005).
    fn require_answerable(&self, channel: Id, flags: u64) -> ApiResult<()> {
        if flags & EPHEMERAL != 0 {
            return Ok(());
        }
        self.require_not_locked(self.guild.bot, channel)
    }

    /// Refuses to edit a public message in a thread that is locked for the bot (160005).
    fn require_editable(&self, channel: Id, message: Id) -> ApiResult<()> {
        let flags = self.message(channel, message).map_or(0, |found| found.flags);
        self.require_answerable(channel, flags)
    }

    fn settle_first(&mut self, id: Id, stage: Stage) -> Value {
        let Some(interaction) = self.interactions.get_mut(id) else {
            return Value::Null;
        };
        interaction.stage = stage;
        let opener = interaction.opened_by;
        interaction.deferred = matches!(stage, Stage::Deferred | Stage::DeferredUpdate);
        let (channel, original, user, kind) = (
            interaction.channel,
            interaction.original,
            interaction.user,
            interaction.kind,
        );
        // A modal whose submission is answered is closed.
        if let Some(opener) = opener.and_then(|opener| self.interactions.get_mut(opener)) {
            opener.modal = None;
        }
        if kind != InteractionKind::Autocomplete {
            self.pages.tell(
                Some(user),
                "INTERACTION_ANSWERED",
                &json!({ "id": id.to_string() }),
            );
        }
        let message = original.and_then(|original| self.message(channel, original));
        message.map_or(Value::Null, |message| self.message_json(message, self.guild.bot))
    }

    fn set_original(&mut self, id: Id, message: Id) {
        self.interactions.edit(id, |found| found.original = Some(message));
    }

    /// Inserts the answering message, written by the bot and seen by all or by the one who asked.
    /// Returns its id.
    fn insert_answer(&mut self, interaction: &Interaction, form: MessageForm, flags: u64) -> Id {
        let flags = flags | form.flags.unwrap_or(0);
        let ephemeral = flags & EPHEMERAL != 0;
        let source = interaction.source.filter(|_| interaction.original.is_none());
        let reference = source.map(|message| Reference {
            channel: interaction.channel,
            message: Some(message),
        });
        let new = NewMessage {
            kind: if interaction.original.is_none() {
                interaction.answer_kind
            } else {
                0
            },
            flags,
            only_for: ephemeral.then_some(interaction.user),
            interaction: Some(self.origin_of(interaction)),
            ..NewMessage::new(interaction.channel, self.guild.bot)
        };
        let mut new = self.fill(new, form, None);
        new.reference = reference;
        self.insert_message(new)
    }

    /// Returns what a message says about the interaction that it answers.
    fn origin_of(&self, interaction: &Interaction) -> Origin {
        let opener = interaction.opened_by.and_then(|id| self.interactions.get(id));
        let named = interaction.kind == InteractionKind::Command;
        Origin {
            id: interaction.id,
            kind: interaction.kind,
            user: interaction.user,
            name: if named {
                interaction.name.clone()
            } else {
                String::new()
            },
            source: interaction.source,
            original: interaction.original,
            target: interaction.target,
            opener: opener.map(|opener| Box::new(self.origin_of(opener))),
        }
    }

    /// Returns the interaction behind a webhook token that still works (10015, 50027).
    fn by_token(&self, token: &str) -> ApiResult<&Interaction> {
        let found = self
            .interactions
            .newest_first()
            .find(|interaction| interaction.token == token);
        let found = found.ok_or_else(ApiError::unknown_webhook)?;
        if self.now() > found.created_ms + TOKEN_MS {
            return Err(ApiError::webhook_token_gone());
        }
        if found.kind == InteractionKind::Autocomplete {
            return Err(ApiError::unknown_webhook());
        }
        match found.stage {
            Stage::Waiting | Stage::Failed => Err(ApiError::unknown_webhook()),
            Stage::Deferred | Stage::DeferredUpdate | Stage::Answered => Ok(found),
        }
    }

    /// Returns the message that a webhook route means; `None` is `@original`.
    fn answer_message(&self, token: &str, message: Option<Id>) -> ApiResult<(Interaction, Id)> {
        let interaction = self.by_token(token)?.clone();
        let id = match message {
            None => interaction.original,
            Some(id) => {
                Some(id).filter(|id| interaction.followups.contains(id) || interaction.original == Some(*id))
            }
        };
        let id = id.filter(|id| self.message(interaction.channel, *id).is_some());
        Ok((interaction, id.ok_or_else(ApiError::unknown_message)?))
    }

    /// Formats an answer (`GET /webhooks/{app}/{token}/messages/{message}`).
    pub(crate) fn get_answer(&self, token: &str, message: Option<Id>) -> ApiResult<Value> {
        let (interaction, id) = self.answer_message(token, message)?;
        let message = self
            .message(interaction.channel, id)
            .ok_or_else(ApiError::unknown_message)?;
        Ok(self.message_json(message, self.guild.bot))
    }

    /// Edits an answer (`PATCH /webhooks/{app}/{token}/messages/{message}`).
    pub(crate) fn edit_answer(
        &mut self,
        token: &str,
        message: Option<Id>,
        form: MessageForm,
    ) -> ApiResult<Value> {
        let (interaction, id) = self.answer_message(token, message)?;
        self.require_emojis(&form)?;
        self.require_editable(interaction.channel, id)?;
        self.apply_edit(interaction.channel, id, form)?;
        self.answered(interaction.id);
        self.get_answer(token, Some(id))
    }

    /// Deletes an answer (`DELETE /webhooks/{app}/{token}/messages/{message}`).
    pub(crate) fn delete_answer(&mut self, token: &str, message: Option<Id>) -> ApiResult<()> {
        let (interaction, id) = self.answer_message(token, message)?;
        self.remove_message(interaction.channel, id);
        self.answered(interaction.id);
        Ok(())
    }

    /// Posts a follow-up (`POST /webhooks/{app}/{token}`). The first one after a deferral edits the
    /// placeholder, whatever flags it has.
    pub(crate) fn follow_up(&mut self, token: &str, form: MessageForm) -> ApiResult<Value> {
        let interaction = self.by_token(token)?.clone();
        if interaction.stage == Stage::Deferred {
            return self.edit_answer(token, None, form);
        }
        form.require_something()?;
        self.require_emojis(&form)?;
        self.require_answerable(interaction.channel, form.flags.unwrap_or(0))?;
        let id = self.insert_answer(&interaction, form, 0);
        self.interactions
            .edit(interaction.id, |found| found.followups.push(id));
        self.answered(interaction.id);
        self.get_answer(token, Some(id))
    }

    fn answered(&mut self, id: Id) {
        self.interactions.edit(id, |found| found.stage = Stage::Answered);
    }
}
