import type { Provider } from '../../../domain/provider/catalogue';
import type { ProviderAdapter } from '../../../domain/provider/provider';
import type { HttpClient } from '../shared/http-client';
import { chat } from './chat';
import { createConnection } from './connection';
import { openVideo } from './content';
import { embed } from './embeddings';
import { submitImage } from './image';
import { cancelVideo, pollVideo, submitVideo } from './video';

/**
 * Any server that speaks OpenAI's wire format: chat, embeddings, images and the `/videos` shape. Its list of videos holds no
 * reference of ours, so a lost submit cannot be looked up (`find` is missing). See docs/providers/openai.md.
 */
export function createOpenaiAdapter(provider: Provider, client: HttpClient): ProviderAdapter {
  const connection = createConnection(provider, client);
  return {
    drawsWatermark: false,
    text: {
      chat: (call) => chat(connection, call),
      embed: (call) => embed(connection, call),
    },
    media: {
      submit: (call) => (call.kind === 'image' ? submitImage(connection, call) : submitVideo(connection, call)),
      poll: (job) => pollVideo(connection, job),
      open: (job, ref) => openVideo(connection, job, ref),
      cancel: (job) => cancelVideo(connection, job),
    },
  };
}
