//! What a story reads in a thread.

use discord_sandbox::world;
use greenlight::domain::ids::RenderId;
use greenlight::media;
use serde_json::Value;

use super::World;

/// A draft's thread.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The thread's id, which is also that of the message it hangs on.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// An image that was posted.
#[derive(Clone, Debug)]
pub struct Image {
    /// The id of its thread.
    pub thread: u64,
    /// The id of its message.
    pub message: u64,
    /// `explore`, `review` or `final`.
    pub stage: String,
    /// Its position in the draft, from 1.
    pub position: u32,
    /// The text of its message, readable.
    pub text: String,
    /// Its width and height in pixels, by the file's own header.
    pub size: (u32, u32),
    /// The file's name.
    pub file: String,
    /// The message that it replies to.
    pub reply_to: Option<u64>,
    /// The people whom its message pings.
    pub pings: Vec<u64>,
    /// Its render. `None` once it was forgotten.
    pub(super) render: Option<RenderId>,
}

impl World {
    /// Returns the thread that was opened last in the campaign channel.
    pub fn last_thread(&self) -> Thread {
        self.last_thread_in(world::CAMPAIGN)
    }

    /// Returns the thread that was opened last in a channel.
    pub fn last_thread_in(&self, channel: u64) -> Thread {
        let threads = self.discord().threads(channel);
        thread(threads.last().expect("a thread"))
    }

    /// Returns all threads in the campaign channel, oldest first.
    pub fn threads(&self) -> Vec<Thread> {
        let threads = self.discord().threads(world::CAMPAIGN);
        threads.iter().map(thread).collect()
    }

    /// Reads the message that a thread hangs on.
    pub fn starter(&mut self, thread: &Thread) -> String {
        self.texts_in(world::CAMPAIGN, |message| is(&message["id"], thread.id))
            .remove(0)
    }

    /// Reads the bot's messages without files in a thread, readable, oldest first.
    pub fn notices(&mut self, thread: &Thread) -> Vec<String> {
        self.texts_in(thread.id, |message| no_files(message) && message["type"] != 21)
    }

    /// Reads all of the bot's messages in a channel, readable, oldest first.
    pub fn said_in(&mut self, channel: u64) -> Vec<String> {
        self.texts_in(channel, |_| true)
    }

    /// Reads everything that the bot has said in the campaign channel and in its threads.
    pub fn read_all(&mut self) {
        for thread in self.threads() {
            self.said_in(thread.id);
        }
        self.said_in(world::CAMPAIGN);
    }

    /// Reads the images of a stage in a thread, by position.
    pub fn images(&mut self, thread: &Thread, stage: &str) -> Vec<Image> {
        let messages = self.discord().messages(thread.id);
        let mut images: Vec<Image> = messages
            .iter()
            .filter(|message| is(&message["author"]["id"], world::BOT))
            .filter_map(|message| self.image(thread, message))
            .filter(|image| image.stage == stage)
            .collect();
        images.sort_by_key(|image| image.position);
        self.read
            .extend(images.iter().map(|image| image.message.to_string()));
        images
    }

    /// Reads the only image of a stage in a thread.
    pub fn image_at(&mut self, thread: &Thread, stage: &str) -> Image {
        let mut images = self.images(thread, stage);
        assert_eq!(images.len(), 1, "one {stage} image in {images:#?}");
        images.remove(0)
    }

    /// Returns what the message of an image says now.
    pub fn look_at(&self, image: &Image) -> String {
        let messages = self.discord().messages(image.thread);
        let message = messages
            .iter()
            .find(|message| id_of(&message["id"]) == image.message)
            .expect("the message");
        self.readable(message["content"].as_str().unwrap_or_default())
    }

    /// Returns the names of the emoji under an image.
    pub fn reactions(&self, image: &Image) -> Vec<String> {
        let message = self.message(image.thread, image.message);
        let reactions = message["reactions"].as_array().cloned().unwrap_or_default();
        let names = reactions
            .iter()
            .filter_map(|shown| shown["emoji"]["name"].as_str());
        names.map(str::to_owned).collect()
    }

    /// Returns the id of a message in a channel or thread whose text contains `text`.
    pub fn message_with(&self, channel: u64, text: &str) -> u64 {
        let messages = self.discord().messages(channel);
        let found = messages
            .iter()
            .find(|message| message["content"].as_str().is_some_and(|all| all.contains(text)));
        id_of(&found.unwrap_or_else(|| panic!("no message says {text}"))["id"])
    }

    /// Returns the labels of the buttons under a message.
    pub fn buttons(&self, channel: u64, message: u64) -> Vec<String> {
        self.buttons_of(channel, message)
            .iter()
            .filter_map(|button| Some(button["label"].as_str()?.to_owned()))
            .collect()
    }

    /// Returns the labels without those that give notes, and without the last two, which draft again
    /// and are under each image.
    pub fn vote_buttons(&self, channel: u64, message: u64) -> Vec<String> {
        let mut buttons = self.buttons(channel, message);
        let more = buttons.split_off(buttons.len().saturating_sub(2));
        let told = ["Again · ", "New prompt · "];
        assert!(
            more.iter().zip(told).all(|(label, told)| label.starts_with(told)),
            "{more:?}"
        );
        buttons.retain(|label| !label.contains("a note"));
        buttons
    }

    /// Returns the id of the button under a message whose id begins with `begins`.
    pub fn button(&self, channel: u64, message: u64, begins: &str) -> String {
        let buttons = self.buttons_of(channel, message);
        let ids = buttons.iter().filter_map(|button| button["custom_id"].as_str());
        let found = ids.clone().find(|id| id.starts_with(begins));
        found
            .unwrap_or_else(|| panic!("no button {begins} among {:?}", ids.collect::<Vec<_>>()))
            .to_owned()
    }

    /// Returns the buttons under a message, as Discord has them.
    pub fn buttons_of(&self, channel: u64, message: u64) -> Vec<Value> {
        let mut messages = self.discord().messages(channel);
        for person in [world::ANA, world::BO, world::CEM, world::DANA] {
            messages.extend(self.discord().ephemerals(channel, person));
        }
        let message = messages
            .into_iter()
            .find(|found| id_of(&found["id"]) == message)
            .expect("the message");
        super::laid::buttons_of(&message)
    }

    fn texts_in(&mut self, channel: u64, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
        let messages = self.discord().messages(channel);
        let ours = messages
            .iter()
            .filter(|message| is(&message["author"]["id"], world::BOT));
        let found: Vec<&Value> = ours.filter(|message| wanted(message)).collect();
        self.read.extend(
            found
                .iter()
                .filter_map(|message| Some(message["id"].as_str()?.to_owned())),
        );
        found
            .iter()
            .map(|message| self.readable(message["content"].as_str().unwrap_or_default()))
            .collect()
    }

    fn image(&self, thread: &Thread, message: &Value) -> Option<Image> {
        let attachment = message["attachments"].get(0)?;
        let file = attachment["filename"].as_str()?.to_owned();
        // "Draft 2 of 4, 1K, 1280×720: …"
        let mut parts = attachment["description"].as_str()?.split(' ');
        let stage = match parts.next()? {
            "Draft" => "explore".to_owned(),
            other => other.to_lowercase(),
        };
        let position = parts.next()?.parse().ok()?;
        let bytes = self
            .discord()
            .file(attachment["url"].as_str()?)
            .expect("the file that was posted");
        let pixels = media::probe(&bytes).expect("a picture").pixels;
        let pings = message["mentions"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|user| id_of(&user["id"]))
            .collect();
        Some(Image {
            thread: thread.id,
            message: id_of(&message["id"]),
            stage,
            position,
            text: self.readable(message["content"].as_str().unwrap_or_default()),
            size: (pixels.width, pixels.height),
            file,
            reply_to: message["message_reference"]["message_id"]
                .as_str()
                .and_then(|id| id.parse().ok()),
            pings,
            render: super::laid::buttons_of(message).iter().find_map(|button| {
                let id = button["custom_id"].as_str()?.strip_prefix("again:")?;
                id.split(':').next()?.parse().ok()
            }),
        })
    }
}

fn thread(thread: &Value) -> Thread {
    Thread {
        id: id_of(&thread["id"]),
        name: thread["name"].as_str().unwrap_or_default().to_owned(),
    }
}

/// Returns whether a message has no files but a contact sheet.
fn no_files(message: &Value) -> bool {
    let files = message["attachments"].as_array().into_iter().flatten();
    let mut names = files.filter_map(|file| file["filename"].as_str());
    names.all(|name| name.ends_with("-sheet.jpg"))
}

fn id_of(value: &Value) -> u64 {
    value
        .as_str()
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| panic!("{value} is no id"))
}

/// Returns whether a value is this id, which Discord writes as text.
pub(super) fn is(value: &Value, id: u64) -> bool {
    value.as_str().and_then(|text| text.parse().ok()) == Some(id)
}
