// A small bot on discord.js. It does what bot.py does, and tells of it in the same lines.

import {
  ActionRowBuilder,
  ApplicationCommandOptionType as Option,
  ApplicationCommandType,
  ButtonBuilder,
  ButtonStyle,
  Client,
  Events,
  GatewayIntentBits as Intent,
  MessageFlags,
  ModalBuilder,
  Partials,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { CompressionMethod, SimpleShardingStrategy } from '@discordjs/ws';

// The start of a PNG of 3840 × 2160: enough for its size to be read.
const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000f00000008700802000000000000000000', 'hex');
const log = line => process.stdout.write(`${line}\n`);
const file = name => ({ attachment: PNG, name });
const names = message => [...message.attachments.values()].map(one => one.name).sort().join(', ');

const client = new Client({
  intents: [Intent.Guilds, Intent.GuildMessages, Intent.GuildMessageReactions, Intent.MessageContent],
  partials: [Partials.Message, Partials.Reaction, Partials.Channel],
  rest: { api: `${process.argv[2]}/api` },
  ws: {
    buildStrategy: manager => {
      // Without the package zlib-sync it has each payload packed by itself.
      manager.options.compression = CompressionMethod.ZlibStream;
      return new SimpleShardingStrategy(manager);
    },
  },
});

const commands = [
  {
    name: 'picture',
    description: 'Draws a picture',
    options: [
      { name: 'prompt', description: 'What it shows', type: Option.String, required: true, maxLength: 20, autocomplete: true },
      { name: 'count', description: 'How many', type: Option.Integer, minValue: 1, maxValue: 4 },
    ],
  },
  { name: 'Inspect', type: ApplicationCommandType.Message },
];

client.on(Events.ClientReady, async () => {
  const guild = client.guilds.cache.first();
  const channels = guild.channels.cache.map(channel => channel.name).sort();
  log(`ready as ${client.user.username} in ${guild.name} with ${channels.join(', ')}`);
  const registered = await client.application.commands.set(commands);
  log(`commands ${registered.map(command => command.name).sort().join(', ')}`);
});

async function picture(interaction) {
  const [prompt, count] = [interaction.options.getString('prompt'), interaction.options.getInteger('count')];
  log(`picture of ${prompt} x${count} for ${interaction.user.username} in ${interaction.channel.name}`);
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const posted = await interaction.channel.send({
    content: prompt,
    files: [file('fox.png')],
    nonce: 'picture-1',
    enforceNonce: true,
  });
  const sizes = posted.attachments.map(one => `${one.name} ${one.width}x${one.height}`);
  log(`posted ${posted.content} with ${sizes.join()}`);
  const thread = await posted.startThread({ name: prompt, autoArchiveDuration: 10080 });
  log(`thread ${thread.name} for ${thread.autoArchiveDuration} minutes`);
  const buttons = new ActionRowBuilder().addComponents(
    new ButtonBuilder().setCustomId('approve').setLabel('Approve').setStyle(ButtonStyle.Success),
    new ButtonBuilder().setCustomId('why').setLabel('Why').setStyle(ButtonStyle.Secondary),
  );
  const select = new StringSelectMenuBuilder()
    .setCustomId('size')
    .addOptions({ label: '2K', value: '2K' }, { label: '4K', value: '4K' });
  const vote = await thread.send({ content: 'vote', components: [buttons, new ActionRowBuilder().addComponents(select)] });
  await vote.react('✅');
  const answer = await interaction.editReply(`done in ${thread.name}`);
  log(`answered ${answer.content}, ephemeral: ${answer.flags.has(MessageFlags.Ephemeral)}`);
  const more = await interaction.followUp({ content: 'more', flags: MessageFlags.Ephemeral });
  const edited = await interaction.webhook.editMessage(more, { content: 'even more' });
  log(`followed up with ${edited.content}`);
}

async function approve(interaction) {
  await interaction.update({ content: `approved by ${interaction.user.username}`, components: [] });
  log(`approved by ${interaction.user.username}`);
  const starter = await interaction.channel.fetchStarterMessage({ cache: false });
  const both = await starter.edit({ attachments: [...starter.attachments.values()], files: [file('final.png')] });
  log(`edited to ${names(both)}`);
  const one = await both.edit({ content: 'final', attachments: [...both.attachments.values()].filter(kept => kept.name === 'final.png') });
  log(`edited to ${names(one)}`);
}

async function why(interaction) {
  const input = new TextInputBuilder().setCustomId('reason').setLabel('Reason').setStyle(TextInputStyle.Short);
  await interaction.showModal(
    new ModalBuilder().setCustomId('why-modal').setTitle('Why').addComponents(new ActionRowBuilder().addComponents(input)),
  );
  log('asked why');
}

async function inspect(interaction) {
  await interaction.reply({ content: `saw ${interaction.targetMessage.content}`, flags: MessageFlags.Ephemeral });
  const reply = await interaction.fetchReply();
  log(`replied ${reply.content}`);
  await interaction.deleteReply();
  log('took it back');
}

async function size(interaction) {
  await interaction.deferUpdate();
  const edited = await interaction.editReply({ content: `in ${interaction.values.join()}` });
  log(`size ${edited.content}`);
}

client.on(Events.InteractionCreate, async interaction => {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused();
    log(`typed ${typed}`);
    const fitting = ['fox', 'forest', 'sea'].filter(word => word.startsWith(typed));
    await interaction.respond(fitting.map(word => ({ name: word, value: word })));
  } else if (interaction.isModalSubmit()) {
    const reason = interaction.fields.getTextInputValue('reason');
    await interaction.reply({ content: `noted: ${reason}`, flags: MessageFlags.Ephemeral });
    log(`reason ${reason}`);
  } else if (interaction.isChatInputCommand()) await picture(interaction);
  else if (interaction.isMessageContextMenuCommand()) await inspect(interaction);
  else if (interaction.isStringSelectMenu()) await size(interaction);
  else if (interaction.customId === 'approve') await approve(interaction);
  else await why(interaction);
});

async function read(message) {
  const { threads } = await message.guild.channels.fetchActiveThreads();
  const thread = threads.first();
  const history = [...(await thread.messages.fetch({ limit: 100, cache: false })).values()].reverse();
  log(`history ${history.map(one => one.content).filter(Boolean).join(', ')}`);
  const vote = history.at(-1);
  const users = await vote.reactions.resolve('✅').users.fetch();
  log(`✅ by ${users.map(user => user.username).sort().join(', ')}`);
  const member = await message.guild.members.fetch({ user: message.author.id, force: true });
  log(`member ${member.user.username} with ${member.roles.cache.size - 1} roles`);
  await vote.reactions.removeAll().catch(error => log(`refused: ${error.code}`));
  await message.guild.members.fetch({ user: '1', force: true }).catch(error => log(`refused: ${error.code}`));
  await message.channel.send('x'.repeat(2001)).catch(error => log(`refused: ${error.code}`));
}

async function archive(message) {
  const { threads } = await message.guild.channels.fetchActiveThreads();
  const thread = threads.first();
  await thread.setArchived(true);
  const said = await thread.send('back');
  await said.delete();
}

client.on(Events.MessageCreate, async message => {
  if (message.author.bot) return;
  log(`heard ${message.content} from ${message.author.username} in ${message.channel.name}`);
  if (message.content === 'read') await read(message);
  if (message.content === 'archive') await archive(message);
  if (message.content === 'ping') log(`said ${(await message.reply('pong')).content}`);
});
client.on(Events.MessageDelete, message => log(`a message is gone from ${message.channel.name}`));
client.on(Events.MessageReactionAdd, (reaction, user, details) => log(`+${reaction.emoji.name} by ${user.username}, burst: ${details.burst}`));
client.on(Events.MessageReactionRemove, reaction => log(`-${reaction.emoji.name}`));
client.on(Events.ThreadUpdate, (_, thread) => log(`thread ${thread.name} archived: ${thread.archived}`));
client.on(Events.ShardResume, () => log('resumed'));
client.on(Events.Error, error => log(`error ${error}`));
process.on('unhandledRejection', error => log(`error ${error}`));

process.stdin.on('end', async () => {
  await client.destroy();
  log('bye');
  process.exit();
});
process.stdin.resume();
await client.login('a-token');
