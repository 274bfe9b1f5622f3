//! The people of a story.

use discord_sandbox::{ActError, Member, world};
use serde_json::{Value, json};

use super::laid::words_of;
use super::{Image, Thread, World};

/// The emoji that approves.
pub const APPROVE: &str = "✅";

/// A person who acts. Each act waits for the bot's answer, but not for its jobs.
pub struct Person<'w> {
    world: &'w mut World,
    member: Member,
}

impl World {
    /// Returns Ana, who asks for images.
    pub fn ana(&mut self) -> Person<'_> {
        self.person(world::ANA)
    }

    /// Returns Bo, who approves.
    pub fn bo(&mut self) -> Person<'_> {
        self.person(world::BO)
    }

    /// Returns Cem, who approves.
    pub fn cem(&mut self) -> Person<'_> {
        self.person(world::CEM)
    }

    /// Returns Dana, who manages the server and operates the bot.
    pub fn dana(&mut self) -> Person<'_> {
        self.person(world::DANA)
    }

    /// Returns a person by their id.
    pub fn person(&mut self, id: u64) -> Person<'_> {
        let member = self.discord().member(id);
        Person { world: self, member }
    }

    /// Returns a text as people read it: with names instead of ids, and without times.
    #[expect(clippy::unused_self, reason = "reads as what people of this world see")]
    pub fn readable(&self, text: &str) -> String {
        let people = [
            ("Ana", world::ANA),
            ("Bo", world::BO),
            ("Cem", world::CEM),
            ("Dana", world::DANA),
            ("Greenlight", world::BOT),
        ];
        let mut text = people.iter().fold(text.to_owned(), |text, (name, id)| {
            text.replace(&format!("<@{id}>"), &format!("@{name}"))
        });
        while let Some(start) = text.find("<t:") {
            let end = text[start..].find('>').map_or(text.len(), |end| start + end + 1);
            text.replace_range(start..end, "<time>");
        }
        // So does a link to a command.
        while let Some(start) = text.find("</") {
            let end = text[start..].find('>').map_or(text.len(), |end| start + end);
            let name = text[start + 1..end]
                .split(':')
                .next()
                .unwrap_or_default()
                .to_owned();
            text.replace_range(start..(end + 1).min(text.len()), &format!("`{name}`"));
        }
        // A link behind words is another one each time.
        while let Some(start) = text.find("](https://discord.com/channels/") {
            let end = text[start..].find(')').map_or(text.len(), |end| start + end);
            text.replace_range(start..end, "](<link>");
        }
        text
    }
}

impl Person<'_> {
    /// Types `/draft` with options in the campaign channel and waits for the private answer. Has the
    /// same drawn once more if it was drawn before.
    pub async fn asks(self, options: Value) -> String {
        self.asks_in(options).await.0
    }

    /// Drafts so many images in 16:9 and runs all jobs. Returns the thread, which has its images.
    pub async fn draft(self, prompt: &str, images: u32) -> Thread {
        let options = json!({ "prompt": prompt, "images": images });
        let (answer, world) = self.asks_in(options).await;
        assert!(
            answer.contains("opening the thread"),
            "the draft was refused: {answer}"
        );
        world.run_jobs().await;
        world.last_thread()
    }

    /// Types a command in the campaign channel and waits for the private answer.
    pub async fn command(self, name: &str, options: Value) -> String {
        self.command_in(world::CAMPAIGN, name, options).await.0
    }

    /// Types a command in a channel and waits for the private answer.
    pub async fn says_in(self, channel: u64, name: &str, options: Value) -> String {
        self.command_in(channel, name, options).await.0
    }

    /// Types a command in the campaign channel and waits for a private answer with a file. Returns
    /// the answer's text, the file's name and the file's text.
    pub async fn handed(self, name: &str, options: Value) -> (String, String, String) {
        let interaction = self.member.command(world::CAMPAIGN, name, options).await;
        let interaction = interaction.unwrap_or_else(|error| panic!("/{name}: {error}"));
        let answer = self.world.discord().answer(interaction).await;
        assert!(answer.ephemeral, "everybody can see {}", answer.message);
        let file = &answer.message["attachments"][0];
        let (name, url) = (
            file["filename"].as_str(),
            file["url"].as_str().unwrap_or_default(),
        );
        let bytes = self.world.discord().file(url);
        (
            self.world.readable(&words_of(&answer.message)),
            name.expect("a file").to_owned(),
            String::from_utf8(bytes.expect("the file is there")).expect("text"),
        )
    }

    /// Reacts with ✅.
    pub async fn approves(self, image: &Image) {
        self.reacts(image, APPROVE).await;
    }

    /// Reacts with an emoji.
    pub async fn reacts(self, image: &Image, emoji: &str) {
        self.member
            .react(image.thread, image.message, emoji)
            .await
            .expect("a reaction");
        self.world.settle().await;
    }

    /// Takes ✅ back.
    pub async fn withdraws(self, image: &Image) {
        self.member
            .unreact(image.thread, image.message, APPROVE)
            .await
            .expect("a reaction to take back");
        self.world.settle().await;
    }

    /// Presses a button of a message, by the beginning of the button's id, and waits for the
    /// private answer.
    pub async fn presses(self, channel: u64, message: u64, button: &str) -> String {
        self.presses_in(channel, message, button).await.0
    }
}

impl<'w> Person<'w> {
    /// Replies to an image, which pings the bot, and waits until the bot has heard it. Returns the id
    /// of the reply.
    pub async fn replies(self, image: &Image, text: &str) -> u64 {
        let reply = self.member.reply(image.thread, image.message, text, true).await;
        self.world.messages_heard().await;
        reply.expect("a reply")
    }

    /// Replies to an image with the ping turned off, so that the bot does not get the text.
    pub async fn replies_quietly(self, image: &Image, text: &str) {
        let reply = self.member.reply(image.thread, image.message, text, false).await;
        self.world.messages_heard().await;
        reply.expect("a reply");
    }

    /// Gives a message of theirs another text, and waits until the bot has heard it.
    pub async fn rewords(self, image: &Image, message: u64, text: &str) {
        self.member
            .edit(image.thread, message, text)
            .await
            .expect("an edit");
        self.world.messages_heard().await;
    }

    /// Deletes a message of theirs, and waits until the bot has heard it.
    pub async fn deletes(self, image: &Image, message: u64) {
        self.member
            .delete(image.thread, message)
            .await
            .expect("a deletion");
        self.world.messages_heard().await;
    }

    /// Strikes a note on an image from the list of its notes. Returns the list that is left.
    pub async fn strikes(self, image: &Image, number: u32) -> String {
        let strike = format!("strike:{}:{number}", image.render());
        self.goes_through(image, &["notes:", &strike]).await
    }

    /// Presses a button of the panel of an image. Returns the private answer.
    pub async fn opens(self, image: &Image, button: &str) -> String {
        self.goes_through(image, &[button]).await
    }

    /// Opens the panel of an image and presses one button after the other, each under the answer to
    /// the one before. Returns the last answer.
    async fn goes_through(self, image: &Image, buttons: &[&str]) -> String {
        let (world, member, thread) = (self.world, self.member, image.thread);
        let chosen = member.menu(thread, image.message, "Greenlight").await;
        let mut shown = world.discord().answer(chosen.expect("the menu")).await.message;
        for button in buttons {
            let message = shown["id"].as_str().and_then(|id| id.parse().ok());
            let message = message.expect("an id");
            let id = world.button(thread, message, button);
            let pressed = member.click(thread, message, &id).await.expect("a click");
            shown = world.discord().answer(pressed).await.message;
        }
        world.readable(&words_of(&shown))
    }

    /// Gives a note on an image with the form. Returns the private answer.
    pub async fn notes(self, image: &Image, text: &str) -> String {
        self.fills_in(image.thread, image.message, "note:", text).await
    }

    /// Presses a button that opens a form, fills in its text, and waits for the private answer.
    pub async fn fills_in(self, channel: u64, message: u64, button: &str, text: &str) -> String {
        let id = self.world.button(channel, message, button);
        let pressed = self.member.click(channel, message, &id).await.expect("a click");
        let form = self.world.discord().answer(pressed).await;
        assert!(form.modal.is_some(), "no form was opened, but {}", form.message);
        let sent = self.member.submit_modal(pressed, json!({ "text": text })).await;
        let answer = self.world.discord().answer(sent.expect("a form")).await;
        self.world.readable(&words_of(&answer.message))
    }

    /// Presses a button that may be gone from its message. Returns the interaction's id.
    pub async fn presses_old(self, channel: u64, message: u64, id: &str) -> Result<u64, ActError> {
        self.member.click(channel, message, id).await
    }

    async fn asks_in(self, options: Value) -> (String, &'w mut World) {
        let person = self.member.id();
        let member = self.world.discord().member(person);
        let (answer, world) = self.command_in(world::CAMPAIGN, "draft", options).await;
        if !answer.contains("drawn here") {
            return (answer, world);
        }
        let shown = world.discord().ephemerals(world::CAMPAIGN, person);
        let offer = shown
            .last()
            .and_then(|answer| answer["id"].as_str()?.parse().ok());
        Person { world, member }
            .presses_in(world::CAMPAIGN, offer.expect("an id"), "repeat")
            .await
    }

    async fn presses_in(self, channel: u64, message: u64, button: &str) -> (String, &'w mut World) {
        let id = self.world.button(channel, message, button);
        let interaction = self.member.click(channel, message, &id).await.expect("a click");
        let answer = self.world.discord().answer(interaction).await;
        assert!(answer.ephemeral, "everybody can see {}", answer.message);
        (self.world.readable(&words_of(&answer.message)), self.world)
    }

    async fn command_in(self, channel: u64, name: &str, options: Value) -> (String, &'w mut World) {
        let interaction = self.member.command(channel, name, options).await;
        let interaction = interaction.unwrap_or_else(|error| panic!("/{name}: {error}"));
        let answer = self.world.discord().answer(interaction).await;
        assert!(answer.ephemeral, "everybody can see {}", answer.message);
        let text = self.world.readable(&words_of(&answer.message));
        (text, self.world)
    }
}

impl World {
    /// Waits until the bot has handled the reactions, if it runs.
    async fn settle(&self) {
        if self.app.is_some() {
            self.events().await;
        }
    }
}
