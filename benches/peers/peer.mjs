// A minimal bot on discord.js for the bench: what Greenlight shows, without what it promises.
// It keeps votes in memory, and no money, no database and no file. It does what peer.py does.

import {
  ActionRowBuilder,
  ApplicationCommandOptionType as Option,
  ButtonBuilder,
  ButtonStyle,
  Client,
  Events,
  GatewayIntentBits as Intent,
  MessageFlags,
  Partials,
} from 'discord.js';

const [discord, engine] = process.argv.slice(2);
const client = new Client({
  intents: [Intent.Guilds, Intent.GuildMessageReactions],
  partials: [Partials.Message, Partials.Reaction, Partials.Channel],
  rest: { api: `${discord}/api` },
});
// The open votes, by message: the stage of the picture, and who voted.
const votes = new Map();

client.on(Events.ClientReady, async () => {
  const options = [
    { name: 'prompt', description: 'What to draw', type: Option.String, required: true },
    { name: 'images', description: 'How many', type: Option.Integer },
  ];
  await client.application.commands.set([{ name: 'draft', description: 'Drafts images', options }]);
});

async function drawn(prompt, size) {
  const asked = await fetch(`${engine}/v1/images/generations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt, size }),
  });
  const { data } = await asked.json();
  return Buffer.from(data[0].b64_json, 'base64');
}

async function post(thread, prompt, size, stage, reply) {
  const picture = await drawn(prompt, size);
  const approve = new ButtonBuilder().setCustomId('approve').setLabel('Approve').setStyle(ButtonStyle.Success);
  const message = await thread.send({
    content: `${size} · 0 votes`,
    files: [{ attachment: picture, name: `${stage}.png` }],
    components: [new ActionRowBuilder().addComponents(approve)],
    reply: reply && { messageReference: reply },
  });
  votes.set(message.id, { stage, prompt, by: new Set() });
  await message.react('✅');
}

client.on(Events.InteractionCreate, async interaction => {
  if (!interaction.isChatInputCommand()) return;
  const prompt = interaction.options.getString('prompt');
  const images = interaction.options.getInteger('images') ?? 4;
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const starter = await interaction.channel.send(`${interaction.user}: ${prompt}`);
  const thread = await starter.startThread({ name: prompt, autoArchiveDuration: 10080 });
  await interaction.editReply(`${thread}`);
  const posts = Array.from({ length: images }, () => post(thread, prompt, '1280x720', 1));
  await Promise.all(posts);
  await starter.edit(`${interaction.user}: ${prompt} · ${images} of ${images}`);
});

client.on(Events.MessageReactionAdd, async (reaction, user) => {
  const vote = votes.get(reaction.message.id);
  if (!vote || user.id === client.user.id || reaction.emoji.name !== '✅') return;
  vote.by.add(user.id);
  const { message } = reaction;
  if (vote.stage === 1) await post(message.channel, vote.prompt, '2560x1440', 2, message.id);
  await message.edit(`${vote.by.size} votes`);
});

client.on(Events.Error, error => console.error(error));
await client.login('a-token');
