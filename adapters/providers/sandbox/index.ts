import type { ProviderDescriptor } from '../shared/descriptor';
import { chat } from './chat';
import { embed } from './embeddings';
import { operationsOf } from './model';
import { moderate } from './moderations';
import { submitImage } from './image';
import { transcribe } from './transcriptions';
import { speak } from './speech';
import { createFrameStore } from './frame-store';
import { openVideo, pollVideo, submitVideo } from './video';
import { createVideoRenderer } from './video-render';

/** What shapes its answers, and what would only steer the sampling of a model that has any. */
const CHAT_PARAMS = [
  'frequency_penalty',
  'logit_bias',
  'max_completion_tokens',
  'max_tokens',
  'n',
  'parallel_tool_calls',
  'presence_penalty',
  'response_format',
  'seed',
  'stop',
  'temperature',
  'tool_choice',
  'tools',
  'top_p',
  'user',
];

/**
 * The built-in provider: no key, no network, free. Real bytes, the same for the same prompt, seed and parameters. Models with a
 * suffix fail in known ways: docs/providers/sandbox.md.
 */
export const sandbox: ProviderDescriptor = {
  kind: 'sandbox',
  address: 'none',
  options: {},
  secretOptions: [],
  modalities: ['text', 'image', 'video'],
  params: {
    chat: CHAT_PARAMS,
    embedding: ['dimensions', 'encoding_format', 'user'],
    speech: ['response_format', 'speed', 'stream_format'],
    transcription: ['response_format'],
    image: [],
    video: [],
  },
  operations: operationsOf,
  create: () => {
    const frames = createFrameStore();
    const render = createVideoRenderer(frames);
    return {
      drawsWatermark: false,
      text: { chat, embed, moderate, speak, transcribe },
      media: {
        submit: (call) => (call.kind === 'image' ? submitImage(call) : submitVideo(call, frames)),
        poll: pollVideo,
        open: (job) => openVideo(job, render),
        // A job is nothing but its id: dropping the id is all there is to stop.
        cancel: () => Promise.resolve(true),
      },
    };
  },
};
