//! A bot on serenity that answers `/ping`: `cargo run -p discord-sandbox --example ping -- URL`.
use std::error::Error;

use serenity::all::{
    ClientBuilder, Command, Context, CreateCommand, CreateInteractionResponse,
    CreateInteractionResponseMessage, EventHandler, GatewayIntents, HttpBuilder, Interaction, Ready,
};
use serenity::async_trait;

struct Bot;

#[async_trait]
impl EventHandler for Bot {
    async fn ready(&self, ctx: Context, _: Ready) {
        let ping = CreateCommand::new("ping").description("Says pong");
        Command::create_global_command(&ctx.http, ping)
            .await
            .expect("registered");
    }

    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        let pong = CreateInteractionResponseMessage::new().content("pong");
        let answer = CreateInteractionResponse::Message(pong);
        let command = interaction.as_command().expect("a command");
        command
            .create_response(&ctx.http, answer)
            .await
            .expect("answered");
    }
}

/// Runs the bot against the local Discord at this URL.
///
/// # Errors
/// If it cannot connect.
pub async fn run(url: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
    let http = HttpBuilder::new("any").proxy(url).ratelimiter_disabled(true);
    let http = http.application_id(1_100_000_000_000_000_020.into()).build();
    let bot = ClientBuilder::new_with_http(http, GatewayIntents::empty()).event_handler(Bot);
    Ok(bot.await?.start().await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    run(&std::env::args().nth(1).expect("the URL of the local Discord")).await
}
