import { z } from 'zod';
import { TEXT_OPERATIONS } from '../../../domain/task/generation';
import { secretOption } from '../shared/api-key';
import type { ProviderDescriptor } from '../shared/descriptor';
import { BALANCE_APIS, balanceOf } from './balance';
import { chat, droppedOfChat } from './chat';
import { connectToOpenAi } from './connection';
import { embed } from './embeddings';
import { moderate } from './moderations';
import { speak } from './speech';
import { transcribe } from './transcriptions';
import { QUIRKS_NAMES, quirksOf } from './quirks';
import { submitImage } from './image';
import { cancelVideo, openVideo, pollVideo, submitVideo } from './video';

/**
 * Any server that speaks OpenAI's wire format: chat, embeddings, moderations, speech, transcriptions, images and the `/videos` shape. Its list of videos holds no
 * reference of ours, so a lost submit cannot be looked up (`find` is missing). See docs/providers/openai.md.
 */
export const openai: ProviderDescriptor = {
  kind: 'openai',
  address: 'https://api.openai.com/v1',
  options: {
    api_key: secretOption,
    quirks: z.enum(QUIRKS_NAMES, `must be one of ${QUIRKS_NAMES.join(', ')}`).optional(),
    stream_usage: z.boolean('must be true or false').optional(),
    balance_api: z.enum(BALANCE_APIS, `must be one of ${BALANCE_APIS.join(', ')}`).optional(),
    balance_currency: z
      .string('must be text')
      .regex(/^[A-Z]{3}$/, 'must be a currency such as USD or CNY')
      .optional(),
  },
  secretOptions: ['api_key'],
  modalities: ['text', 'image', 'video'],
  params: 'all',
  operations: () => TEXT_OPERATIONS,
  droppedOfChat: (provider, model, input) => droppedOfChat(quirksOf(provider), model, input),
  create: (provider, { client }) => {
    const connection = connectToOpenAi(provider, client);
    const balance = balanceOf(provider, connection);
    return {
      ...(balance === undefined ? {} : { balance }),
      drawsWatermark: false,
      text: {
        chat: (call) => chat(connection, call),
        embed: (call) => embed(connection, call),
        moderate: (call) => moderate(connection, call),
        speak: (call) => speak(connection, call),
        transcribe: (call) => transcribe(connection, call),
      },
      media: {
        submit: (call) => (call.kind === 'image' ? submitImage(connection, call) : submitVideo(connection, call)),
        poll: (job) => pollVideo(connection, job),
        open: (job, ref) => openVideo(connection, job, ref),
        cancel: (job) => cancelVideo(connection, job),
      },
    };
  },
};
