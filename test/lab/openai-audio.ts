import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { readBody } from './openai-request';
import type { LabAnswer, LabEvent, LabRequest } from './vendor';

/** OpenAI's moderations, speech and transcriptions. The words "kill" and "hate" are flagged. */

const text = z.string();
const part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text }),
  z.strictObject({ type: z.literal('image_url'), image_url: z.strictObject({ url: z.string().regex(/^(https?:|data:image\/)/) }) }),
]);
const moderation = z.strictObject({ model: text.optional(), input: z.union([text, z.array(text).min(1), z.array(part).min(1)]) });
const speech = z.strictObject({
  model: text.regex(/tts/),
  input: text.min(1).max(4_096),
  voice: z.union([text, z.strictObject({ id: text })]),
  instructions: text.optional(),
  response_format: z.enum(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm']).optional(),
  speed: z.number().min(0.25).max(4).optional(),
  stream_format: z.enum(['audio', 'sse']).optional(),
});
const transcription = z.strictObject({
  model: text.regex(/whisper|transcribe/),
  language: text.optional(),
  prompt: text.optional(),
  response_format: z.enum(['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json']).optional(),
  temperature: z.coerce.number().min(0).max(1).optional(),
  stream: z.enum(['true', 'false']).optional(),
  'timestamp_granularities[]': z.array(z.enum(['word', 'segment'])).optional(),
  'include[]': z.array(z.enum(['logprobs'])).optional(),
});

export function moderations(request: LabRequest): LabAnswer {
  const { input, model = 'omni-moderation-latest' } = readBody(moderation, request.json());
  const items = typeof input === 'string' || typeof input[0] !== 'string' ? [input] : input;
  const results = items.map((item) => {
    const said = JSON.stringify(item);
    const categories = { hate: /hate/i.test(said), violence: /kill/i.test(said) };
    return {
      flagged: Object.values(categories).includes(true),
      categories,
      category_scores: { hate: categories.hate ? 0.9 : 0.1, violence: categories.violence ? 0.9 : 0.1 },
      category_applied_input_types: { hate: ['text'], violence: ['text'] },
    };
  });
  return { json: { id: `modr-${randomUUID().slice(0, 8)}`, model, results } };
}

const TYPES = { mp3: 'audio/mpeg', opus: 'audio/ogg', aac: 'audio/aac', flac: 'audio/flac', wav: 'audio/wav', pcm: 'audio/pcm' } as const;

/** A second of sound for each ten letters: a WAV, or its samples under whatever name. */
export function speak(request: LabRequest): LabAnswer {
  const { input, response_format: format = 'mp3', stream_format: stream, model } = readBody(speech, request.json());
  const bytes = sound(Math.ceil(input.length / 10), format === 'wav');
  if (stream !== 'sse') return { headers: { 'content-type': TYPES[format] }, bytes };
  if (model.startsWith('tts-1')) throw new RangeError("'stream_format' is not supported with this model.");
  const pieces: LabEvent[] = [];
  for (let start = 0; start < bytes.length; start += 16_384)
    pieces.push({ data: { type: 'speech.audio.delta', audio: bytes.subarray(start, start + 16_384).toString('base64') } });
  const usage = { input_tokens: Math.ceil(input.length / 4), output_tokens: 50, total_tokens: Math.ceil(input.length / 4) + 50 };
  return { events: [...pieces, { data: { type: 'speech.audio.done', usage } }] };
}

/** Mono, 8,000 samples a second, 16 bit. */
export function sound(seconds: number, withHead = true): Buffer {
  const rate = 8_000;
  const samples = Buffer.alloc(rate * seconds * 2);
  for (let index = 0; index < rate * seconds; index += 1) samples.writeInt16LE(Math.round(8_000 * Math.sin(index / 3)), index * 2);
  if (!withHead) return samples;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** Says how many bytes it heard. */
export async function transcribe(request: LabRequest): Promise<LabAnswer> {
  const { fields, files } = await request.form();
  const [file, ...others] = files;
  if (file?.field !== 'file' || others.length > 0) throw new RangeError("Missing required parameter: 'file'.");
  if (!/\.(flac|mp3|mp4|mpeg|mpga|m4a|ogg|wav|webm)$/.test(file.filename)) throw new RangeError('Unrecognized file format.');
  const lists = new Set(['timestamp_granularities[]', 'include[]']);
  const body = Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, lists.has(name) ? values : values[0]]));
  const { model, response_format: format = 'json', stream } = readBody(transcription, body);
  const isWhisper = model === 'whisper-1';
  if (!isWhisper && !['json', 'text'].includes(format)) throw new RangeError(`response_format '${format}' is not compatible with model.`);
  const words = request.path.endsWith('translations') ? `I heard ${file.bytes.length} bytes.` : `Heard ${file.bytes.length} bytes.`;
  const tokens = {
    type: 'tokens',
    input_tokens: 14,
    output_tokens: 5,
    total_tokens: 19,
    input_token_details: { audio_tokens: 14, text_tokens: 0 },
  };
  const usage = isWhisper ? { type: 'duration', seconds: 3 } : tokens;
  if (stream === 'true' && !isWhisper) {
    const deltas = (words.match(/[^]{1,7}/g) ?? []).map((delta) => ({ data: { type: 'transcript.text.delta', delta } }));
    return { events: [...deltas, { data: { type: 'transcript.text.done', text: words, usage } }] };
  }
  switch (format) {
    case 'verbose_json':
      return {
        json: {
          task: 'transcribe',
          language: 'english',
          duration: 2.5,
          text: words,
          segments: [{ id: 0, start: 0, end: 2.5, text: words }],
          usage,
        },
      };
    case 'text':
      return { headers: { 'content-type': 'text/plain; charset=utf-8' }, text: `${words}\n` };
    case 'srt':
      return { headers: { 'content-type': 'text/plain; charset=utf-8' }, text: `1\n00:00:00,000 --> 00:00:02,500\n${words}\n\n` };
    case 'vtt':
      return { headers: { 'content-type': 'text/plain; charset=utf-8' }, text: `WEBVTT\n\n00:00.000 --> 00:02.500\n${words}\n\n` };
    case 'json':
    case 'diarized_json':
      return { json: { text: words, usage } };
  }
}
