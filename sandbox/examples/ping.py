"""A bot on discord.py that answers /ping: python3 ping.py URL"""
import sys

import discord

discord.http.Route.BASE = f"{sys.argv[1]}/api/v10"
client = discord.AutoShardedClient(intents=discord.Intents.none())
tree = discord.app_commands.CommandTree(client)


@tree.command(description="Says pong")
async def ping(interaction: discord.Interaction):
    await interaction.response.send_message("pong")


@client.event
async def on_ready():
    await tree.sync()


client.run("any")
