// A bot on discord.js that answers /ping: node ping.mjs URL
import { Client, Events } from "discord.js";

const client = new Client({ intents: [], rest: { api: `${process.argv[2]}/api` } });
client.on(Events.ClientReady, () => client.application.commands.create({ name: "ping", description: "Says pong" }));
client.on(Events.InteractionCreate, (interaction) => interaction.reply("pong"));
client.login("any");
