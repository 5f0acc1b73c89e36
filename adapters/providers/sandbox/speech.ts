import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../domain/errors';
import { NO_USAGE } from '../../../domain/task/generation';
import type { SpeechAnswer, SpeechCall } from '../../../domain/provider/provider';
import { createLimit } from '../../../lib/parallel';
import { textOf } from '../shared/json';
import { chanceFrom, digestOf } from './chance';
import { runFfmpeg } from './ffmpeg';
import { misbehaveWhole } from './misbehave';
import { tokensOf } from './tokens';

const RATE = 24_000;
const CHARACTERS_PER_SECOND = 15;
const MOST_CHARACTERS = 4_096;
const PIECE_BYTES = 32 * 1024;
/** Each holds a core for a moment. */
const encodings = createLimit(2);

interface Format {
  readonly contentType: string;
  /** How ffmpeg writes it; null: it is the samples, with a head or without. */
  readonly encoder: readonly string[] | null;
}
const FORMATS: Readonly<Record<string, Format>> = {
  mp3: { contentType: 'audio/mpeg', encoder: ['-c:a', 'libmp3lame', '-b:a', '48k', '-f', 'mp3'] },
  opus: { contentType: 'audio/ogg', encoder: ['-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg'] },
  aac: { contentType: 'audio/aac', encoder: ['-c:a', 'aac', '-b:a', '48k', '-f', 'adts'] },
  flac: { contentType: 'audio/flac', encoder: ['-c:a', 'flac', '-f', 'flac'] },
  wav: { contentType: 'audio/wav', encoder: null },
  pcm: { contentType: 'audio/pcm', encoder: null },
};

/** Hums a text: a tone for each word, as long as it would take to say. The same for the same text, voice and parameters. */
export async function speak(call: SpeechCall): Promise<SpeechAnswer> {
  await misbehaveWhole(call, 'sandbox-speech');
  const { input, params, voice } = call.input;
  const name = textOf(params['response_format']) ?? 'mp3';
  const format = FORMATS[name];
  if (format === undefined) {
    const known = Object.keys(FORMATS).join(', ');
    throw new AppError('provider_rejected', `response_format must be one of ${known}.`, { param: 'response_format' });
  }
  if (input.length > MOST_CHARACTERS) {
    throw new AppError('provider_rejected', `input has ${input.length} characters; the sandbox reads at most ${MOST_CHARACTERS}.`, {
      param: 'input',
    });
  }
  const speed = typeof params['speed'] === 'number' ? Math.min(4, Math.max(0.25, params['speed'])) : 1;
  const samples = hum(input, voice, speed);
  const bytes = format.encoder === null ? (name === 'wav' ? wav(samples) : samples) : await encode(samples, format.encoder, call.signal);
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    await call.onAudio(bytes.subarray(start, start + PIECE_BYTES), format.contentType);
  }
  const [inputTokens, outputTokens] = [tokensOf(input).length, Math.ceil(samples.length / RATE / 2) * 20];
  const original = { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
  return { usage: { usage: { ...NO_USAGE, inputTokens, outputTokens }, original }, upstreamId: null };
}

/** Samples of 16 bit, mono. */
function hum(text: string, voice: unknown, speed: number): Buffer {
  const words = text.match(/\S+\s*/g) ?? [text];
  const pieces = words.map((word) => {
    const chance = chanceFrom(digestOf([word.trim(), voice]));
    const hertz = 110 + chance.below(330);
    const count = Math.max(1, Math.round((word.length / CHARACTERS_PER_SECOND / speed) * RATE));
    const piece = Buffer.alloc(count * 2);
    for (let index = 0; index < count; index += 1) {
      const fade = Math.min(1, index / 400, (count - index) / 400);
      piece.writeInt16LE(Math.round(6_000 * fade * Math.sin((2 * Math.PI * hertz * index) / RATE)), index * 2);
    }
    return piece;
  });
  return Buffer.concat(pieces);
}

function wav(samples: Buffer): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

function encode(samples: Buffer, encoder: readonly string[], signal: AbortSignal): Promise<Buffer> {
  return encodings(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atelier-speech-'));
    try {
      const [source, target] = [join(folder, 'speech.pcm'), join(folder, 'speech')];
      await writeFile(source, samples);
      const exact = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'];
      await runFfmpeg(['-f', 's16le', '-ar', String(RATE), '-ac', '1', '-i', source, ...encoder, ...exact, target], signal);
      return await readFile(target);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
