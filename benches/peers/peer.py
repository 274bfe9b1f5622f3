"""A minimal bot on discord.py for the bench: what Greenlight shows, without what it promises.

It keeps votes in memory, and no money, no database and no file. It does what peer.mjs does.
"""

import asyncio
import base64
import io
import sys
from dataclasses import dataclass, field

import aiohttp
import discord
from discord import app_commands

ADDRESS, ENGINE = sys.argv[1:3]
discord.http.Route.BASE = f"{ADDRESS}/api/v10"


@dataclass
class Vote:
    """An open vote: the stage of the picture, and who voted."""

    stage: int
    prompt: str
    message: discord.Message
    by: set = field(default_factory=set)


class Bot(discord.AutoShardedClient):
    """Sharded by itself, because only then does discord.py ask where the gateway is."""

    def __init__(self):
        super().__init__(intents=discord.Intents(guilds=True, guild_reactions=True))
        self.votes = {}
        self.engine = None
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(draft)

    async def setup_hook(self):
        self.engine = aiohttp.ClientSession()

    async def on_ready(self):
        await self.tree.sync()

    async def drawn(self, prompt, size):
        asked = {"prompt": prompt, "size": size}
        async with self.engine.post(f"{ENGINE}/v1/images/generations", json=asked) as answer:
            answer = await answer.json()
        return base64.b64decode(answer["data"][0]["b64_json"])

    async def post(self, thread, prompt, size, stage, reply=None):
        picture = discord.File(io.BytesIO(await self.drawn(prompt, size)), filename=f"{stage}.png")
        view = discord.ui.View()
        view.add_item(discord.ui.Button(custom_id="approve", label="Approve", style=discord.ButtonStyle.success))
        view.stop()
        message = await thread.send(f"{size} · 0 votes", file=picture, view=view, reference=reply)
        self.votes[message.id] = Vote(stage, prompt, message)
        await message.add_reaction("✅")

    async def on_raw_reaction_add(self, reaction):
        vote = self.votes.get(reaction.message_id)
        if vote is None or reaction.user_id == self.user.id or reaction.emoji.name != "✅":
            return
        vote.by.add(reaction.user_id)
        message = vote.message
        if vote.stage == 1:
            await self.post(message.channel, vote.prompt, "2560x1440", 2, message)
        await message.edit(content=f"{len(vote.by)} votes")


@app_commands.command(description="Drafts images")
async def draft(interaction: discord.Interaction, prompt: str, images: int = 4):
    bot = interaction.client
    await interaction.response.defer(ephemeral=True)
    starter = await interaction.channel.send(f"{interaction.user.mention}: {prompt}")
    thread = await starter.create_thread(name=prompt, auto_archive_duration=10080)
    await interaction.edit_original_response(content=thread.mention)
    await asyncio.gather(*(bot.post(thread, prompt, "1280x720", 1) for _ in range(images)))
    await starter.edit(content=f"{interaction.user.mention}: {prompt} · {images} of {images}")


Bot().run("a-token", log_handler=None)
