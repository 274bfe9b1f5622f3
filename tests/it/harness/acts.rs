//! More that a story does: it runs the work in pieces or at once, lets several people act at once,
//! and uses a moderator's powers.

use std::time::Duration;

use discord_sandbox::{permissions, world};
use futures::future::join_all;
use greenlight::domain::ids::RenderId;
use greenlight::domain::job::Job;
use greenlight::store::bell::Lane;
use serde_json::{Value, json};

use super::laid::words_of;
use super::people::APPROVE;
use super::{Image, Thread, World};

impl World {
    /// Has Ana draft so many images, runs all jobs, and reads the starter. Returns the thread and
    /// the images.
    pub async fn drafted(&mut self, images: u32) -> (Thread, Vec<Image>) {
        let thread = self.ana().draft("a red fox", images).await;
        self.starter(&thread);
        let images = self.images(&thread, "explore");
        (thread, images)
    }

    /// Drafts one image like [`World::drafted`].
    pub async fn drafted_one(&mut self) -> (Thread, Image) {
        let thread = self.ana().draft("a red fox", 1).await;
        self.starter(&thread);
        let image = self.image_at(&thread, "explore");
        (thread, image)
    }

    /// Returns the time on the bot's clock, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Returns the credits that are held, settled, and left in the pool.
    pub async fn sums(&self) -> (i64, i64, i64) {
        let pool = self.pool().await;
        (pool.held.get(), pool.settled.get(), pool.available.get())
    }

    /// Runs all jobs that are due but the renders, as when the engine draws as many as it may. Edits
    /// that wait to be gathered are made too.
    pub async fn run_quick_jobs(&self) {
        self.events().await;
        loop {
            while self.run_one(Lane::Quick).await {}
            if !self.let_edits_gather().await {
                return;
            }
        }
    }

    /// Has Bo approve a draft's image, and Bo and Cem its 2K, and runs all jobs. Returns the 2K and
    /// the 4K.
    pub async fn approved_to_4k(&mut self, thread: &Thread, image: &Image) -> [Image; 2] {
        self.bo().approves(image).await;
        self.run_jobs().await;
        let review = self.image_at(thread, "review");
        self.bo().approves(&review).await;
        self.cem().approves(&review).await;
        self.run_jobs().await;
        [review, self.image_at(thread, "final")]
    }

    /// Makes one paid call that is due, and runs nothing that follows from it.
    pub async fn draw_one(&self) {
        assert!(self.run_one(Lane::Render).await, "nothing is queued to be drawn");
    }

    /// Runs jobs until the votes on an image were recounted, and nothing that follows from it.
    pub async fn recount(&self, image: &Image) {
        let (worker, wanted) = (self.hands(), Job::Confirm(image.render()));
        loop {
            let claim = worker.claim(Lane::Quick).await.expect("the queue");
            let claim = claim.expect("a recount is to be done");
            worker.perform(claim).await;
            if claim.job == wanted {
                return;
            }
        }
    }

    async fn run_one(&self, lane: Lane) -> bool {
        let worker = self.hands();
        let Some(claim) = worker.claim(lane).await.expect("the queue") else {
            return false;
        };
        worker.perform(claim).await;
        true
    }

    /// Runs all jobs that are due as a busy bot does: those that can run at the same time do.
    pub async fn run_jobs_at_once(&self) {
        self.events().await;
        let worker = self.hands();
        loop {
            let mut claims = Vec::new();
            for lane in [Lane::Quick, Lane::Render] {
                while let Some(claim) = worker.claim(lane).await.expect("the queue") {
                    claims.push(claim);
                }
            }
            if claims.is_empty() {
                return;
            }
            join_all(claims.into_iter().map(|claim| worker.perform(claim))).await;
        }
    }

    /// Changes a setting of the bot, from its next start on.
    pub fn set(&mut self, key: &str, value: &str) {
        self.settings.push((key.to_owned(), value.to_owned()));
    }

    /// Takes a setting back that the story made, from the bot's next start on.
    pub fn unset(&mut self, key: &str) {
        self.settings.retain(|(set, _)| set != key);
    }

    /// Has all of these people press the same button before the bot has answered any of them.
    /// Returns the private answers in their order.
    pub async fn press_at_once(
        &mut self,
        people: &[u64],
        channel: u64,
        message: u64,
        button: &str,
    ) -> Vec<String> {
        let button = self.button(channel, message, button);
        let clicks = people.iter().map(|person| {
            let member = self.discord().member(*person);
            let button = button.clone();
            async move { member.click(channel, message, &button).await.expect("a click") }
        });
        let interactions = join_all(clicks).await;
        let answers = join_all(interactions.into_iter().map(|id| self.discord().answer(id))).await;
        let text = |message: &Value| self.readable(&words_of(message));
        answers.iter().map(|answer| text(&answer.message)).collect()
    }

    /// Has a person give ✅ as a super reaction.
    pub async fn burst(&self, person: u64, image: &Image) {
        let member = self.discord().member(person);
        member
            .burst_react(image.thread, image.message, APPROVE)
            .await
            .expect("a super reaction");
        self.events().await;
    }

    /// Takes all reactions off an image as a moderator, or all with one emoji. serenity cannot read
    /// the event of the latter, so the bot does not notice.
    pub async fn clear_reactions(&self, image: &Image, emoji: Option<&str>) {
        self.discord()
            .grant_bot(world::CAMPAIGN, permissions::MANAGE_MESSAGES);
        let mut url = url::Url::parse(&self.discord().url()).expect("the local Discord's URL");
        let ids = [image.thread.to_string(), image.message.to_string()];
        let path = [
            "api",
            "v10",
            "channels",
            &ids[0],
            "messages",
            &ids[1],
            "reactions",
        ];
        url.path_segments_mut()
            .expect("a path")
            .extend(path)
            .extend(emoji);
        let request = reqwest::Client::new()
            .delete(url)
            .header("authorization", "Bot test");
        let answer = request.send().await.expect("the local Discord");
        assert!(answer.status().is_success(), "{answer:?}");
        if emoji.is_none() {
            self.events().await;
        }
    }

    /// Returns what the bot told a person privately in the campaign channel, readable, oldest
    /// first.
    pub fn told(&self, person: u64) -> Vec<String> {
        self.told_in(world::CAMPAIGN, person)
    }

    /// Returns what the bot told a person privately in a channel or thread, readable, oldest first.
    pub fn told_in(&self, channel: u64, person: u64) -> Vec<String> {
        let private = self.discord().ephemerals(channel, person);
        let texts = private.iter().map(words_of);
        texts
            .map(|text| self.with_channels(&self.readable(&text)))
            .collect()
    }

    /// Returns a message as Discord has it.
    pub fn message(&self, channel: u64, id: u64) -> Value {
        let (messages, id) = (self.discord().messages(channel), id.to_string());
        let found = messages
            .into_iter()
            .find(|message| message["id"].as_str() == Some(&id));
        found.unwrap_or_else(|| panic!("no message {id}"))
    }

    /// Returns the labels of the buttons under the message that a thread hangs on.
    pub fn starter_buttons(&self, thread: &Thread) -> Vec<String> {
        self.buttons(world::CAMPAIGN, thread.id)
    }

    /// Has Ana ask to be forgotten, and waits until that is done everywhere.
    pub async fn ana_is_forgotten(&mut self) {
        let sure = json!({ "sure": true });
        self.ana().command("privacy forget-me", sure).await;
        self.run_jobs().await;
        self.advance(Duration::from_mins(11));
        self.run_jobs().await;
    }

    /// Replaces the ids of channels and threads by their names.
    fn with_channels(&self, text: &str) -> String {
        let channels = self
            .discord()
            .channels()
            .into_iter()
            .chain(self.discord().threads(world::CAMPAIGN));
        channels.fold(text.to_owned(), |text, channel| {
            let id = channel["id"].as_str().unwrap_or_default();
            text.replace(
                &format!("<#{id}>"),
                &format!("#{}", channel["name"].as_str().unwrap_or_default()),
            )
        })
    }
}

impl Image {
    /// Returns the id of its render, which is in the id of the button that drafts it again.
    pub fn render(&self) -> RenderId {
        self.render
            .unwrap_or_else(|| panic!("no render of {}", self.file))
    }
}
