//! A bare serenity bot, without a framework, is given files and meets the guild's own emoji.

use std::collections::HashMap;

use discord_sandbox::{Options, Sandbox, world};
use serde_json::json;
use serenity::all::{
    ChannelId, CommandInteraction, CommandOptionType, Context, CreateAttachment, CreateCommand,
    CreateCommandOption, CreateInteractionResponse, CreateInteractionResponseMessage, Emoji, EmojiId,
    EventHandler, GatewayIntents, GuildId, HttpBuilder, Interaction, ReactionType, ResolvedValue,
};

use crate::support::PNG;

struct Bot;

#[serenity::async_trait]
impl EventHandler for Bot {
    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        if let Interaction::Command(command) = interaction {
            give_back(&ctx, &command).await.unwrap();
        }
    }

    async fn guild_emojis_update(&self, ctx: Context, guild: GuildId, told: HashMap<EmojiId, Emoji>) {
        open_vote(&ctx, guild, &told).await.unwrap();
    }
}

/// Answers with the file that it was given, under another name.
async fn give_back(ctx: &Context, command: &CommandInteraction) -> serenity::Result<()> {
    let options = command.data.options();
    let [option] = &options[..] else {
        panic!("one option: {options:?}");
    };
    let ResolvedValue::Attachment(file) = option.value else {
        panic!("a file: {option:?}");
    };
    let about = format!(
        "{} {:?} {:?}",
        file.filename,
        file.dimensions(),
        file.content_type
    );
    let bytes = file.download().await?;
    let answer = CreateInteractionResponseMessage::new()
        .content(about)
        .add_file(CreateAttachment::bytes(bytes, "copy.png"));
    command
        .create_response(ctx, CreateInteractionResponse::Message(answer))
        .await
}

/// Posts a vote with each emoji that the guild has now, by the event and by REST.
async fn open_vote(ctx: &Context, guild: GuildId, told: &HashMap<EmojiId, Emoji>) -> serenity::Result<()> {
    let listed = guild.emojis(ctx).await?;
    assert_eq!(listed.len(), told.len());
    let vote = ChannelId::new(world::GENERAL).say(ctx, "vote").await?;
    for emoji in listed {
        assert_eq!(guild.emoji(ctx, emoji.id).await?.name, told[&emoji.id].name);
        vote.react(ctx, ReactionType::from(emoji)).await?;
    }
    Ok(())
}

/// Starts the bot against the sandbox; it ends with the test's runtime.
async fn start() -> Sandbox {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let http = HttpBuilder::new("a-token")
        .proxy(sandbox.url())
        .ratelimiter_disabled(true)
        .application_id(world::BOT.into())
        .build();
    let file = CreateCommandOption::new(CommandOptionType::Attachment, "file", "Any file").required(true);
    let command = CreateCommand::new("copy").description("Copies").add_option(file);
    let guild = GuildId::new(world::NORTHLIGHT);
    guild.create_command(&http, command).await.unwrap();
    let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_EMOJIS_AND_STICKERS;
    let mut client = serenity::client::ClientBuilder::new_with_http(http, intents)
        .event_handler(Bot)
        .await
        .unwrap();
    tokio::spawn(async move { client.start().await });
    sandbox.wait_online().await;
    sandbox
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_client_reads_and_fetches_the_file_of_an_option() {
    let sandbox = start().await;
    let file = ("file".to_owned(), "a fox.png".to_owned(), PNG.to_vec());
    let sent = sandbox
        .member(world::ANA)
        .command_with_files(world::GENERAL, "copy", json!({}), vec![file])
        .await
        .unwrap();
    let answer = sandbox.answer(sent).await.message;
    assert_eq!(
        answer["content"],
        r#"a_fox.png Some((3840, 2160)) Some("image/png")"#
    );
    let copy = answer["attachments"][0]["url"].as_str().unwrap();
    assert_eq!(sandbox.file(copy).unwrap(), PNG);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_client_votes_with_the_guilds_emoji() {
    let sandbox = start().await;
    let fox = sandbox.create_emoji("fox").unwrap();
    let reactions = |sandbox: &Sandbox| {
        let messages = sandbox.messages(world::GENERAL);
        messages.first().map(|vote| vote["reactions"].clone())
    };
    sandbox
        .until(|sandbox| reactions(sandbox).is_some_and(|all| all[0]["count"] == 1))
        .await;
    let vote = crate::support::id(&sandbox.messages(world::GENERAL)[0]);
    let ana = sandbox.member(world::ANA);
    ana.react(world::GENERAL, vote, &format!("fox:{fox}"))
        .await
        .unwrap();
    let all = reactions(&sandbox).unwrap();
    assert_eq!(
        (&all[0]["emoji"]["name"], &all[0]["count"]),
        (&json!("fox"), &json!(2))
    );
}
