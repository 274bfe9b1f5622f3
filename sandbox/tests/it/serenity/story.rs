//! A small real bot on serenity and poise does what bots do, over real HTTP and a real WebSocket.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use discord_sandbox::{Cut, Options, Sandbox, world};
use poise::CreateReply;
use serde_json::json;
use serenity::all::{
    AutoArchiveDuration, ChannelId, ComponentInteraction, Context as Ctx, CreateActionRow,
    CreateAllowedMentions, CreateAttachment, CreateButton, CreateInputText, CreateInteractionResponse,
    CreateInteractionResponseMessage, CreateMessage, CreateModal, CreateThread, FullEvent, GatewayIntents,
    GuildId, HttpBuilder, InputTextStyle, Interaction, MessageId, ModalInteraction, ReactionType, UserId,
};

use crate::support::{PNG, id};

type Error = Box<dyn std::error::Error + Send + Sync>;
type Context<'a> = poise::Context<'a, Data, Error>;

/// What the bot has heard.
#[derive(Clone, Default)]
struct Data {
    log: Arc<Mutex<Vec<String>>>,
}

impl Data {
    fn note(&self, line: String) {
        self.log.lock().unwrap().push(line);
    }

    fn has(&self, line: &str) -> bool {
        self.log.lock().unwrap().iter().any(|known| known == line)
    }
}

/// Draws a picture.
#[poise::command(slash_command, guild_only)]
async fn picture(
    ctx: Context<'_>,
    #[description = "What it shows"]
    #[max_length = 20]
    prompt: String,
    #[description = "How many"]
    #[min = 1]
    #[max = 4]
    count: Option<u8>,
) -> Result<(), Error> {
    ctx.defer_ephemeral().await?;
    let poise::Context::Application(app) = ctx else {
        return Err("not a slash command".into());
    };
    let permissions = app.interaction.app_permissions.ok_or("no app_permissions")?;
    let http = ctx.http();
    let message = ctx
        .channel_id()
        .send_message(
            http,
            CreateMessage::new()
                .content(format!(
                    "{prompt} x{} for <@{}>",
                    count.unwrap_or(1),
                    ctx.author().id
                ))
                .allowed_mentions(CreateAllowedMentions::new().users([ctx.author().id]))
                .nonce(serenity::all::Nonce::String("draft-1".to_owned()))
                .enforce_nonce(true)
                .add_file(CreateAttachment::bytes(PNG, "a picture.png")),
        )
        .await?;
    let thread = ctx
        .channel_id()
        .create_thread_from_message(
            http,
            message.id,
            CreateThread::new("a fox").auto_archive_duration(AutoArchiveDuration::OneWeek),
        )
        .await?;
    let row = CreateActionRow::Buttons(vec![
        CreateButton::new("approve").label("Approve"),
        CreateButton::new("why").label("Why"),
    ]);
    let reply = thread
        .send_message(http, CreateMessage::new().content("vote").components(vec![row]))
        .await?;
    reply.react(http, '✅').await?;
    app.interaction
        .edit_response(
            http,
            serenity::all::EditInteractionResponse::new().content(format!(
                "<#{}> {}",
                thread.id,
                permissions.send_messages_in_threads()
            )),
        )
        .await?;
    Ok(())
}

/// Credits.
#[expect(clippy::unused_async, reason = "poise wants it so")]
#[poise::command(slash_command, subcommands("pool"), subcommand_required)]
async fn credits(_ctx: Context<'_>) -> Result<(), Error> {
    Ok(())
}

/// What is left.
#[poise::command(slash_command)]
async fn pool(ctx: Context<'_>, #[autocomplete = "words"] word: Option<String>) -> Result<(), Error> {
    ctx.send(
        CreateReply::default()
            .content(format!("pool {}", word.unwrap_or_default()))
            .ephemeral(true),
    )
    .await?;
    Ok(())
}

#[expect(clippy::unused_async, reason = "poise wants it so")]
async fn words(_ctx: Context<'_>, partial: &str) -> serenity::all::CreateAutocompleteResponse {
    let fitting = ["fox", "forest", "sea"]
        .into_iter()
        .filter(|word| word.starts_with(partial));
    let choices = fitting
        .map(|word| serenity::all::AutocompleteChoice::new(word, word))
        .collect();
    serenity::all::CreateAutocompleteResponse::new().set_choices(choices)
}

/// Menu.
#[poise::command(context_menu_command = "Inspect")]
async fn inspect(ctx: Context<'_>, message: serenity::all::Message) -> Result<(), Error> {
    ctx.send(
        CreateReply::default()
            .content(format!("saw {}", message.content))
            .ephemeral(true),
    )
    .await?;
    Ok(())
}

async fn component(ctx: &Ctx, click: &ComponentInteraction) -> Result<(), Error> {
    if click.data.custom_id == "why" {
        let input = CreateInputText::new(InputTextStyle::Short, "Reason", "reason");
        let modal = CreateModal::new("why-modal", "Why").components(vec![CreateActionRow::InputText(input)]);
        click
            .create_response(ctx, CreateInteractionResponse::Modal(modal))
            .await?;
        return Ok(());
    }
    let text = format!("approved by {} on {}", click.user.name, click.message.content);
    let update = CreateInteractionResponseMessage::new()
        .content(text)
        .components(vec![]);
    click
        .create_response(ctx, CreateInteractionResponse::UpdateMessage(update))
        .await?;
    Ok(())
}

async fn modal(ctx: &Ctx, modal: &ModalInteraction) -> Result<(), Error> {
    let text = format!("{:?}", modal.data.components[0].components[0]);
    let said = text.contains("because");
    let answer = CreateInteractionResponseMessage::new()
        .content(format!("noted: {said}"))
        .ephemeral(true);
    modal
        .create_response(ctx, CreateInteractionResponse::Message(answer))
        .await?;
    Ok(())
}

async fn hear(ctx: &Ctx, event: &FullEvent, data: &Data) -> Result<(), Error> {
    match event {
        FullEvent::GuildCreate { guild, .. } => data.note(format!(
            "guild {} with {} channels",
            guild.name,
            guild.channels.len()
        )),
        FullEvent::ReactionAdd { add_reaction } => {
            let member = add_reaction
                .member
                .as_ref()
                .map(|member| member.user.name.clone());
            data.note(format!("+{} {}", add_reaction.emoji, member.unwrap_or_default()));
        }
        FullEvent::ReactionRemove { removed_reaction } => data.note(format!("-{}", removed_reaction.emoji)),
        FullEvent::ThreadCreate { thread } => data.note(format!("thread {}", thread.name)),
        FullEvent::ThreadUpdate { new, .. } => {
            let archived = new.thread_metadata.is_some_and(|meta| meta.archived);
            data.note(format!("thread archived {archived}"));
        }
        FullEvent::ChannelUpdate { .. } => data.note("channel updated".to_owned()),
        FullEvent::Message { .. } => data.note("message".to_owned()),
        FullEvent::InteractionCreate { interaction } => match interaction {
            Interaction::Component(click) => component(ctx, click).await?,
            Interaction::Modal(submitted) => modal(ctx, submitted).await?,
            _ => {}
        },
        _ => {}
    }
    Ok(())
}

/// Starts the bot against the sandbox; it ends with the test's runtime.
async fn start_bot(sandbox: &Sandbox) -> Data {
    let data = Data::default();
    let (kept, url) = (data.clone(), sandbox.url());
    let options = poise::FrameworkOptions {
        commands: vec![picture(), credits(), inspect()],
        event_handler: |framework, event| {
            Box::pin(hear(framework.serenity_context, event, framework.user_data))
        },
        ..Default::default()
    };
    let framework = poise::Framework::builder()
        .options(options)
        .setup(move |ctx, _, framework| {
            Box::pin(async move {
                let guild = GuildId::new(world::NORTHLIGHT);
                poise::builtins::register_in_guild(ctx, &framework.options().commands, guild).await?;
                Ok(kept)
            })
        })
        .build();
    let http = HttpBuilder::new("a-token")
        .proxy(url)
        .ratelimiter_disabled(true)
        .application_id(world::BOT.into())
        .build();
    let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGE_REACTIONS;
    let mut client = serenity::client::ClientBuilder::new_with_http(http, intents)
        .framework(framework)
        .await
        .unwrap();
    tokio::spawn(async move { client.start().await });
    sandbox.wait_online().await;
    sandbox.until(|sandbox| sandbox.commands().len() == 3).await;
    data
}

async fn heard(data: &Data, line: &str) {
    let found = async {
        while !data.has(line) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), found).await;
    assert!(
        waited.is_ok(),
        "never heard {line:?}, but {:?}",
        data.log.lock().unwrap()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_bot_does_its_job_here() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let data = start_bot(&sandbox).await;
    heard(&data, "guild Northlight Studio with 3 channels").await;
    let (ana, bo) = (sandbox.member(world::ANA), sandbox.member(world::BO));

    // The client does not send what the command does not take.
    assert!(ana.command(world::CAMPAIGN, "picture", json!({})).await.is_err());
    assert!(
        ana.command(world::CAMPAIGN, "picture", json!({ "prompt": "fox", "count": 5 }))
            .await
            .is_err()
    );

    let sent = ana
        .command(
            world::CAMPAIGN,
            "picture",
            json!({ "prompt": "a fox", "count": 2 }),
        )
        .await
        .unwrap();
    let answer = sandbox.answer(sent).await;
    assert!(answer.ephemeral && answer.deferred);
    let threads = sandbox.threads(world::CAMPAIGN);
    assert_eq!(
        answer.message["content"],
        format!("<#{}> true", threads[0]["id"].as_str().unwrap())
    );

    let posted = &sandbox.messages(world::CAMPAIGN)[0];
    assert_eq!(posted["content"], format!("a fox x2 for <@{}>", world::ANA));
    assert_eq!(posted["mentions"][0]["id"], world::ANA.to_string());
    assert_eq!(posted["attachments"][0]["filename"], "a_picture.png");
    assert_eq!(
        (
            &posted["attachments"][0]["width"],
            &posted["attachments"][0]["height"]
        ),
        (&json!(3840), &json!(2160))
    );
    assert_eq!(
        sandbox
            .file(posted["attachments"][0]["url"].as_str().unwrap())
            .unwrap(),
        PNG
    );
    assert_eq!(
        posted["thread"]["thread_metadata"]["auto_archive_duration"],
        10_080
    );

    let thread = id(&threads[0]);
    let vote_id = id(&sandbox.messages(thread).pop().unwrap());
    bo.react(thread, vote_id, "✅").await.unwrap();
    heard(&data, "+✅ bo").await;
    bo.unreact(thread, vote_id, "✅").await.unwrap();
    heard(&data, "-✅").await;
    heard(&data, "thread a fox").await;
    // MESSAGE_CREATE needs an intent that this bot has not.
    assert!(!data.has("message"));
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_bot_answers_buttons_modals_menus_and_subcommands() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let _data = start_bot(&sandbox).await;
    let (ana, bo) = (sandbox.member(world::ANA), sandbox.member(world::BO));
    let sent = ana
        .command(world::CAMPAIGN, "picture", json!({ "prompt": "a fox" }))
        .await
        .unwrap();
    sandbox.answer(sent).await;
    let thread = id(&sandbox.threads(world::CAMPAIGN)[0]);
    let vote_id = id(&sandbox.messages(thread).pop().unwrap());

    let opened = bo.click(thread, vote_id, "why").await.unwrap();
    assert_eq!(
        sandbox.answer(opened).await.modal.unwrap()["custom_id"],
        "why-modal"
    );
    let submitted = bo
        .submit_modal(opened, json!({ "reason": "because" }))
        .await
        .unwrap();
    assert_eq!(sandbox.answer(submitted).await.message["content"], "noted: true");

    let clicked = bo.click(thread, vote_id, "approve").await.unwrap();
    let answer = sandbox.answer(clicked).await;
    assert!(!answer.ephemeral);
    assert_eq!(answer.message["content"], "approved by bo on vote");
    assert!(bo.click(thread, vote_id, "approve").await.is_err());

    let asked = ana
        .command(world::GENERAL, "credits pool", json!({ "word": "fox" }))
        .await
        .unwrap();
    assert_eq!(sandbox.answer(asked).await.message["content"], "pool fox");
    let inspected = ana.menu(thread, vote_id, "Inspect").await.unwrap();
    assert_eq!(
        sandbox.answer(inspected).await.message["content"],
        "saw approved by bo on vote"
    );
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resumed_bot_hears_what_it_missed_and_a_fresh_one_does_not() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let data = start_bot(&sandbox).await;
    let bo = sandbox.member(world::BO);
    let message = sandbox
        .member(world::ANA)
        .say(world::GENERAL, "look", vec![])
        .await
        .unwrap();

    sandbox.cut_gateway(Cut::Drop);
    bo.react(world::GENERAL, message, "🦊").await.unwrap();
    heard(&data, "+🦊 bo").await;

    sandbox.wait_online().await;
    sandbox.cut_gateway(Cut::Fresh);
    bo.react(world::GENERAL, message, "🌲").await.unwrap();
    sandbox.wait_online().await;
    bo.react(world::GENERAL, message, "🌊").await.unwrap();
    heard(&data, "+🌊 bo").await;
    assert!(!data.has("+🌲 bo"));

    // By REST it is all there.
    let http = HttpBuilder::new("a-token")
        .proxy(sandbox.url())
        .ratelimiter_disabled(true)
        .build();
    let forest = ReactionType::Unicode("🌲".to_owned());
    let users = http
        .get_reaction_users(
            ChannelId::new(world::GENERAL),
            MessageId::new(message),
            &forest,
            100,
            None,
        )
        .await
        .unwrap();
    assert_eq!(
        users.iter().map(|user| user.id).collect::<Vec<_>>(),
        [UserId::new(world::BO)]
    );
    sandbox.stop().await;
}
