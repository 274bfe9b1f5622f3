"""A small bot on discord.py. It does what bot.mjs does, and tells of it in the same lines."""

import asyncio
import io
import sys

import discord
from discord import app_commands

# The start of a PNG of 3840 x 2160: enough for its size to be read.
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000f00000008700802000000000000000000")

discord.http.Route.BASE = f"{sys.argv[1]}/api/v10"


def log(line):
    print(line, flush=True)


def file(name):
    return discord.File(io.BytesIO(PNG), filename=name)


def names(message):
    return ", ".join(sorted(one.filename for one in message.attachments))


def yes(flag):
    return "true" if flag else "false"


class Bot(discord.AutoShardedClient):
    """Sharded by itself, because only then does discord.py ask where the gateway is."""

    def __init__(self):
        intents = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True, message_content=True)
        super().__init__(intents=intents)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(picture)
        self.tree.add_command(inspect)

    async def on_ready(self):
        guild = self.guilds[0]
        channels = ", ".join(sorted(channel.name for channel in guild.channels))
        log(f"ready as {self.user.name} in {guild.name} with {channels}")
        registered = await self.tree.sync()
        log(f"commands {', '.join(sorted(command.name for command in registered))}")

    async def on_interaction(self, interaction):
        if interaction.type == discord.InteractionType.modal_submit:
            reason = interaction.data["components"][0]["components"][0]["value"]
            await interaction.response.send_message(f"noted: {reason}", ephemeral=True)
            log(f"reason {reason}")
        elif interaction.type == discord.InteractionType.component:
            await {"approve": approve, "why": why, "size": size}[interaction.data["custom_id"]](interaction)

    async def on_message(self, message):
        if message.author.bot:
            return
        log(f"heard {message.content} from {message.author.name} in {message.channel.name}")
        if message.content == "read":
            await read(message)
        if message.content == "archive":
            await archive(message)
        if message.content == "ping":
            log(f"said {(await message.reply('pong')).content}")

    async def on_raw_message_delete(self, gone):
        log(f"a message is gone from {self.get_channel(gone.channel_id).name}")

    async def on_raw_reaction_add(self, reaction):
        log(f"+{reaction.emoji.name} by {reaction.member.name}, burst: {yes(reaction.burst)}")

    async def on_raw_reaction_remove(self, reaction):
        log(f"-{reaction.emoji.name}")

    async def on_raw_thread_update(self, update):
        log(f"thread {update.data['name']} archived: {yes(update.data['thread_metadata']['archived'])}")

    async def on_resumed(self):
        log("resumed")

    async def on_error(self, event, *_):
        log(f"error {sys.exc_info()[1]} in {event}")


@app_commands.command(description="Draws a picture")
@app_commands.describe(prompt="What it shows", count="How many")
async def picture(
    interaction: discord.Interaction,
    prompt: app_commands.Range[str, 0, 20],
    count: app_commands.Range[int, 1, 4] = 1,
):
    log(f"picture of {prompt} x{count} for {interaction.user.name} in {interaction.channel.name}")
    await interaction.response.defer(ephemeral=True)
    posted = await interaction.channel.send(prompt, file=file("fox.png"), nonce="picture-1")
    sizes = ",".join(f"{one.filename} {one.width}x{one.height}" for one in posted.attachments)
    log(f"posted {posted.content} with {sizes}")
    thread = await posted.create_thread(name=prompt, auto_archive_duration=10080)
    log(f"thread {thread.name} for {thread.auto_archive_duration} minutes")
    view = discord.ui.View()
    view.add_item(discord.ui.Button(custom_id="approve", label="Approve", style=discord.ButtonStyle.success))
    view.add_item(discord.ui.Button(custom_id="why", label="Why"))
    options = [discord.SelectOption(label=size) for size in ("2K", "4K")]
    view.add_item(discord.ui.Select(custom_id="size", options=options))
    view.stop()
    vote = await thread.send("vote", view=view)
    await vote.add_reaction("✅")
    answer = await interaction.edit_original_response(content=f"done in {thread.name}")
    log(f"answered {answer.content}, ephemeral: {yes(answer.flags.ephemeral)}")
    more = await interaction.followup.send("more", ephemeral=True, wait=True)
    edited = await more.edit(content="even more")
    log(f"followed up with {edited.content}")


@picture.autocomplete("prompt")
async def words(interaction: discord.Interaction, typed: str):
    log(f"typed {typed}")
    return [app_commands.Choice(name=word, value=word) for word in ("fox", "forest", "sea") if word.startswith(typed)]


@app_commands.context_menu(name="Inspect")
async def inspect(interaction: discord.Interaction, message: discord.Message):
    await interaction.response.send_message(f"saw {message.content}", ephemeral=True)
    reply = await interaction.original_response()
    log(f"replied {reply.content}")
    await interaction.delete_original_response()
    log("took it back")


async def approve(interaction):
    name = interaction.user.name
    await interaction.response.edit_message(content=f"approved by {name}", view=None)
    log(f"approved by {name}")
    thread = interaction.channel
    starter = await thread.parent.fetch_message(thread.id)
    both = await starter.add_files(file("final.png"))
    log(f"edited to {names(both)}")
    kept = [one for one in both.attachments if one.filename == "final.png"]
    one = await both.edit(content="final", attachments=kept)
    log(f"edited to {names(one)}")


async def why(interaction):
    modal = discord.ui.Modal(title="Why", custom_id="why-modal")
    modal.add_item(discord.ui.TextInput(label="Reason", custom_id="reason"))
    await interaction.response.send_modal(modal)
    modal.stop()
    log("asked why")


async def size(interaction):
    await interaction.response.defer()
    edited = await interaction.edit_original_response(content=f"in {','.join(interaction.data['values'])}")
    log(f"size {edited.content}")


async def refused(request):
    try:
        await request
    except discord.HTTPException as error:
        log(f"refused: {error.code}")


async def read(message):
    thread = (await message.guild.active_threads())[0]
    history = [one async for one in thread.history(limit=100, oldest_first=True)]
    log(f"history {', '.join(one.content for one in history if one.content)}")
    vote = history[-1]
    reaction = discord.utils.get(vote.reactions, emoji="✅")
    users = sorted([user.name async for user in reaction.users()])
    log(f"✅ by {', '.join(users)}")
    member = await message.guild.fetch_member(message.author.id)
    log(f"member {member.name} with {len(member.roles) - 1} roles")
    await refused(vote.clear_reactions())
    await refused(message.guild.fetch_member(1))
    await refused(message.channel.send("x" * 2001))


async def archive(message):
    thread = (await message.guild.active_threads())[0]
    await thread.edit(archived=True)
    said = await thread.send("back")
    await said.delete()


async def main():
    async with Bot() as bot:
        running = asyncio.create_task(bot.start("a-token"))
        told_to_end = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        await asyncio.wait([running, told_to_end], return_when=asyncio.FIRST_COMPLETED)
        await bot.close()
        await running
    log("bye")


asyncio.run(main())
