import { createHash } from 'node:crypto';
import { AppError } from '../../../domain/errors';
import type { TranscriptionAnswer, TranscriptionCall } from '../../../domain/provider/provider';
import type { JsonObject } from '../shared/json';
import { textOf } from '../shared/json';
import { chanceFrom } from './chance';
import { misbehaveWhole } from './misbehave';
import { pause } from './pause';

const WORDS = [
  'the',
  'morning',
  'bread',
  'river',
  'light',
  'window',
  'seven',
  'quiet',
  'market',
  'blue',
  'early',
  'salt',
  'garden',
  'song',
  'paper',
] as const;
const MOST_WORDS = 200;
const TOKEN_MS = 2;
/** Seconds of a file whose length is not known. */
const USUAL_SECONDS = 5;

/** Invents a text of two words a second, the same for the same file. */
export async function transcribe(call: TranscriptionCall): Promise<TranscriptionAnswer> {
  await misbehaveWhole(call, 'sandbox-transcription');
  const hash = createHash('sha256');
  for await (const chunk of call.file.open()) hash.update(chunk);
  const chance = chanceFrom(hash.digest('hex'));
  const seconds = call.input.file.seconds ?? USUAL_SECONDS;
  const words = Array.from({ length: Math.min(MOST_WORDS, Math.max(1, Math.round(seconds * 2))) }, () => chance.pick(WORDS));
  const text = `${words.join(' ')}.`.replace(/^./, (letter) => letter.toUpperCase());
  if (call.onEvent !== undefined) {
    for (const delta of text.match(/\s*\S+/g) ?? []) {
      await pause(TOKEN_MS, call.signal);
      await call.onEvent({ type: 'transcript.text.delta', delta });
    }
  }
  return { body: bodyOf(textOf(call.input.params['response_format']) ?? 'json', text, seconds), seconds, usage: null };
}

function bodyOf(format: string, text: string, seconds: number): JsonObject {
  const usage = { type: 'duration', seconds: Math.ceil(seconds) };
  const segments = [{ id: 0, start: 0, end: seconds, text }];
  switch (format) {
    case 'json':
      return { text, usage };
    case 'verbose_json':
      return { task: 'transcribe', language: 'english', duration: seconds, text, segments, usage };
    case 'text':
      return { text: `${text}\n` };
    case 'srt':
      return { text: `1\n00:00:00,000 --> ${clock(seconds, ',')}\n${text}\n\n` };
    case 'vtt':
      return { text: `WEBVTT\n\n00:00:00.000 --> ${clock(seconds, '.')}\n${text}\n\n` };
    default:
      throw new AppError('provider_rejected', 'The sandbox answers in json, verbose_json, text, srt or vtt.', { param: 'response_format' });
  }
}

function clock(seconds: number, point: string): string {
  return new Date(Math.round(seconds * 1_000)).toISOString().slice(11, 23).replace('.', point);
}
