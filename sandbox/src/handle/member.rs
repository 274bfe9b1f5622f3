//! Acting as a person.

use serde_json::Value;

use crate::core::Core;
use crate::snowflake::Id;
use crate::state::State;
use crate::state::interactions::options::Invocation;
use crate::state::messages::form::MessageForm;
use crate::state::model::errors::ApiError;
use crate::state::model::{ActError, MenuTarget, Upload};

/// A person of the guild. Their acts take the same way as those from the page.
#[derive(Clone, Debug)]
pub struct Member {
    core: Core,
    id: Id,
    /// The guild where they act; the first if absent.
    guild: Option<Id>,
}

#[expect(
    clippy::unused_async,
    reason = "stories await what people do, as they await the bot"
)]
impl Member {
    pub(crate) fn new(core: Core, id: Id) -> Self {
        Self {
            core,
            id,
            guild: None,
        }
    }

    /// Returns this person where they act in another guild.
    #[must_use]
    pub fn in_guild(self, guild: u64) -> Self {
        Self {
            guild: Some(guild),
            ..self
        }
    }

    /// Returns this person's user id.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn act<T>(
        &self,
        act: impl FnOnce(&mut State, Id) -> Result<T, ActError>,
    ) -> Result<T, ActError> {
        self.core.change(|state| {
            state.enter(self.guild);
            if !state.people().is_member(self.id) {
                return Err(ApiError::unknown_member().into());
            }
            act(state, self.id)
        })
    }

    /// Sends a slash command (`"draft"`, `"credits pool"`) with its options as a flat object.
    /// Returns the interaction's id.
    ///
    /// # Errors
    /// [`ActError::Invalid`] if the command or an option is not as registered,
    /// [`ActError::NoAnswer`] if no bot is there.
    pub async fn command(&self, channel: u64, name: &str, options: Value) -> Result<u64, ActError> {
        self.send_command(channel, name, &options, &[])
    }

    /// As [`Member::command`], with files: option, file name, bytes.
    ///
    /// # Errors
    /// As [`Member::command`].
    pub async fn command_with_files(
        &self,
        channel: u64,
        name: &str,
        options: Value,
        files: Vec<(String, String, Vec<u8>)>,
    ) -> Result<u64, ActError> {
        let files: Vec<Upload> = files
            .into_iter()
            .map(|(option, filename, bytes)| upload(option, filename, bytes))
            .collect();
        self.send_command(channel, name, &options, &files)
    }

    fn send_command(
        &self,
        channel: Id,
        name: &str,
        options: &Value,
        files: &[Upload],
    ) -> Result<Id, ActError> {
        self.act(|state, user| {
            state.use_command(&Invocation {
                user,
                channel,
                name,
                options,
                files,
            })
        })
    }

    /// Clicks a button.
    ///
    /// # Errors
    /// [`ActError::Invalid`] if it is not there or disabled, [`ActError::NoAnswer`] if no bot is
    /// there.
    pub async fn click(&self, channel: u64, message: u64, custom_id: &str) -> Result<u64, ActError> {
        self.act(|state, user| state.use_component(user, channel, message, custom_id, &[]))
    }

    /// Picks values from a select.
    ///
    /// # Errors
    /// As [`Member::click`]; also if the values are not offered.
    pub async fn select(
        &self,
        channel: u64,
        message: u64,
        custom_id: &str,
        values: &[String],
    ) -> Result<u64, ActError> {
        self.act(|state, user| state.use_component(user, channel, message, custom_id, values))
    }

    /// Uses an entry of a message's menu.
    ///
    /// # Errors
    /// As [`Member::command`].
    pub async fn menu(&self, channel: u64, message: u64, name: &str) -> Result<u64, ActError> {
        self.act(|state, user| state.use_menu(user, channel, MenuTarget::Message(message), name))
    }

    /// Uses an entry of a member's menu, in a channel.
    ///
    /// # Errors
    /// As [`Member::command`].
    pub async fn user_menu(&self, channel: u64, member: u64, name: &str) -> Result<u64, ActError> {
        self.act(|state, user| state.use_menu(user, channel, MenuTarget::User(member), name))
    }

    /// Asks for the choices of the option that this person types in. `options` is a flat object,
    /// `focused` the option. Returns the interaction's id;
    /// [`Sandbox::choices`](crate::Sandbox::choices) waits for the choices.
    ///
    /// # Errors
    /// As [`Member::command`].
    pub async fn types(
        &self,
        channel: u64,
        name: &str,
        focused: &str,
        options: Value,
    ) -> Result<u64, ActError> {
        self.act(|state, user| {
            let typed = Invocation {
                user,
                channel,
                name,
                options: &options,
                files: &[],
            };
            state.autocomplete(&typed, focused)
        })
    }

    /// Submits the modal that the interaction `opened_by` was answered with. `fields` are texts, or
    /// lists of values, by input id. The modal stays open until the bot answers.
    ///
    /// # Errors
    /// [`ActError::Invalid`] if it is not open or a field does not fit.
    pub async fn submit_modal(&self, opened_by: u64, fields: Value) -> Result<u64, ActError> {
        self.act(|state, user| state.submit_modal(user, opened_by, &fields))
    }

    /// Adds a reaction: a Unicode emoji, or `name:id` of a custom one, of which only the id counts.
    ///
    /// # Errors
    /// [`ActError::Refused`] as Discord refuses it: an archived thread, 20 emoji, a missing
    /// permission, an unknown emoji.
    pub async fn react(&self, channel: u64, message: u64, emoji: &str) -> Result<(), ActError> {
        self.act(|state, user| state.add_reaction(user, channel, message, emoji, false))
    }

    /// Adds a super reaction.
    ///
    /// # Errors
    /// As [`Member::react`].
    pub async fn burst_react(&self, channel: u64, message: u64, emoji: &str) -> Result<(), ActError> {
        self.act(|state, user| state.add_reaction(user, channel, message, emoji, true))
    }

    /// Removes this person's own reaction.
    ///
    /// # Errors
    /// As [`Member::react`].
    pub async fn unreact(&self, channel: u64, message: u64, emoji: &str) -> Result<(), ActError> {
        self.act(|state, user| state.remove_reaction(user, channel, message, emoji))
    }

    /// Gives somebody a role, as this person.
    ///
    /// # Errors
    /// [`ActError::Refused`] as Discord refuses it: no Manage Roles, or a role that is not below
    /// one's own.
    pub async fn give_role(&self, user: u64, role: u64) -> Result<(), ActError> {
        self.act(|state, me| Ok(state.set_role(me, user, role, true)?))
    }

    /// Takes a role from somebody, as this person.
    ///
    /// # Errors
    /// As [`Member::give_role`].
    pub async fn take_role(&self, user: u64, role: u64) -> Result<(), ActError> {
        self.act(|state, me| Ok(state.set_role(me, user, role, false)?))
    }

    /// Kicks somebody.
    ///
    /// # Errors
    /// [`ActError::Refused`] without Kick Members, or if they rank no lower.
    pub async fn kick(&self, user: u64) -> Result<(), ActError> {
        self.act(|state, me| state.part(me, user))
    }

    /// Leaves the guild. [`Sandbox::rejoin_member`](crate::Sandbox::rejoin_member) brings them
    /// back.
    ///
    /// # Errors
    /// [`ActError::Invalid`] for its owner.
    pub async fn leave(&self) -> Result<(), ActError> {
        self.act(|state, me| state.part(me, me))
    }

    /// Opens a public thread in a channel, or a post in a forum, which begins with a text. Returns
    /// its id.
    ///
    /// # Errors
    /// [`ActError::Refused`] as Discord refuses it: a name that does not fit, a missing permission.
    pub async fn open_thread(&self, channel: u64, name: &str, text: &str) -> Result<u64, ActError> {
        let form = serde_json::json!({ "type": 11, "name": name, "message": { "content": text } });
        self.opened(channel, &form)
    }

    /// Opens a private thread in a channel. Returns its id.
    ///
    /// # Errors
    /// [`ActError::Refused`] as Discord refuses it: a name that does not fit, a missing permission.
    pub async fn open_private_thread(&self, channel: u64, name: &str) -> Result<u64, ActError> {
        self.opened(channel, &serde_json::json!({ "type": 12, "name": name }))
    }

    fn opened(&self, channel: u64, form: &Value) -> Result<u64, ActError> {
        let opened = self.act(|state, user| Ok(state.open_thread(user, channel, form, vec![])?))?;
        let id = opened["id"].as_str().and_then(|id| id.parse().ok());
        Ok(id.unwrap_or_default())
    }

    /// Posts a message with files (name, bytes). Returns its id.
    ///
    /// # Errors
    /// [`ActError::Refused`] as Discord refuses it: too long, empty, a missing permission.
    pub async fn say(
        &self,
        channel: u64,
        text: &str,
        files: Vec<(String, Vec<u8>)>,
    ) -> Result<u64, ActError> {
        let numbered = files.into_iter().zip(0_usize..);
        let files = numbered
            .map(|((name, bytes), at)| upload(at.to_string(), name, bytes))
            .collect();
        let form =
            MessageForm::parse(&serde_json::json!({ "content": text }), files).map_err(ActError::from)?;
        self.act(|state, user| state.say(user, channel, form))
    }

    /// Replies to a message. `pings`: its author is mentioned by that, as the client does unless it is
    /// told otherwise. Returns the id of the reply.
    ///
    /// # Errors
    /// [`ActError::Refused`] as Discord refuses it: too long, empty, a missing permission.
    pub async fn reply(&self, channel: u64, to: u64, text: &str, pings: bool) -> Result<u64, ActError> {
        let form = serde_json::json!({
            "content": text, "message_reference": { "message_id": to.to_string() },
            "allowed_mentions": { "parse": ["users", "roles", "everyone"], "replied_user": pings },
        });
        let form = MessageForm::parse(&form, vec![]).map_err(ActError::from)?;
        self.act(|state, user| state.say(user, channel, form))
    }

    /// Gives the member's own message another text.
    ///
    /// # Errors
    /// [`ActError::Refused`] as Discord refuses it.
    pub async fn edit(&self, channel: u64, message: u64, text: &str) -> Result<(), ActError> {
        self.act(|state, user| state.reword(user, channel, message, text))
    }

    /// Deletes the member's own message.
    ///
    /// # Errors
    /// [`ActError::Refused`] as Discord refuses it.
    pub async fn delete(&self, channel: u64, message: u64) -> Result<(), ActError> {
        self.act(|state, user| state.erase(user, channel, message))
    }
}

fn upload(key: String, filename: String, bytes: Vec<u8>) -> Upload {
    Upload {
        key,
        filename,
        content_type: None,
        bytes: bytes.into(),
    }
}
