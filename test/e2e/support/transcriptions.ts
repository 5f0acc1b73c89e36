import type OpenAI from 'openai';
import { toFile } from 'openai';
import type { Lab } from '../../lab/lab';
import { sound } from '../../lab/openai-audio';

export interface TranscribingStack {
  readonly client: OpenAI;
  readonly lab: Lab;
  readonly taskOf: (response: Response) => Promise<Record<string, any>>;
}

export function failure(promise: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  return promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
  );
}

/** Transcriptions on an installation with the models `whisper`, `gpt-4o-transcribe` and `scribe`. */
export function transcriptionTests(stack: () => TranscribingStack): void {
  describe('transcriptions', () => {
    const recording = () => toFile(sound(3), 'note.wav', { type: 'audio/wav' });
    const heard = `Heard ${sound(3).length} bytes.`;

    test('come in every format, are charged by the minute, and the file is kept with the task', async () => {
      const ask = async (response_format?: 'json' | 'text' | 'srt' | 'vtt' | 'verbose_json') =>
        stack()
          .client.audio.transcriptions.create({
            model: 'whisper',
            file: await recording(),
            temperature: 0,
            ...(response_format === undefined ? {} : { response_format }),
          })
          .withResponse();
      const plain = await ask();
      const verbose = await ask('verbose_json');
      const text = await ask('text');
      const srt = await ask('srt');
      const vtt = await ask('vtt');

      expect(plain.data).toMatchObject({ text: heard, usage: { type: 'duration', seconds: 3 } });
      expect(verbose.data).toMatchObject({ text: heard, duration: 2.5, segments: [{ text: heard }] });
      expect(text.data).toBe(`${heard}\n`);
      expect(srt.data).toContain('00:00:00,000 --> 00:00:02,500');
      expect(vtt.data).toMatch(/^WEBVTT/);
      const task = await stack().taskOf(plain.response);
      expect(task).toMatchObject({
        status: 'succeeded',
        text: heard,
        usage: { seconds: 3 },
        cost: { actual: '0.0003', lines: [{ item: 'minutes' }] },
      });
      expect(task['input']).toMatchObject({
        file: { filename: 'note.wav', bytes: sound(3).length, seconds: 3, asset_id: expect.any(String) },
      });
      // Nobody says how long the file of a plain text was: it was measured.
      expect(await stack().taskOf(text.response)).toMatchObject({ usage: { seconds: 3, estimated: true }, cost: { actual: '0.0003' } });
    });

    test('stream as they are made, whether the provider streams or not, and unknown fields reach it', async () => {
      for (const [model, pieces] of [
        ['gpt-4o-transcribe', 3],
        ['scribe', 3],
        ['whisper', 1],
      ] as const) {
        const events: OpenAI.Audio.TranscriptionStreamEvent[] = [];
        const stream = await stack().client.audio.transcriptions.create({ model, file: await recording(), stream: true });
        for await (const event of stream) events.push(event);

        const deltas = events.flatMap((event) => (event.type === 'transcript.text.delta' ? [event.delta] : []));
        expect(deltas.length).toBeGreaterThanOrEqual(pieces);
        expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: deltas.join('') });
      }
      const odd = await failure(
        stack().client.audio.transcriptions.create({ model: 'whisper', file: await recording(), mood: 'joy' } as never),
      );
      expect(odd).toMatchObject({ status: 400, message: expect.stringContaining('mood') });
    });

    test('the whole file goes to the next route when the first one fails, and a repeat has the same text', async () => {
      for (let index = 0; index < 2; index += 1) stack().lab.arm('openai', 'overloaded');
      const ask = async () =>
        stack()
          .client.audio.transcriptions.create(
            { model: 'gpt-4o-transcribe', file: await recording() },
            { headers: { 'idempotency-key': 'write-once' } },
          )
          .withResponse();
      const [first, second] = [await ask(), await ask()];

      expect(first.response.headers.get('x-atelier-provider')).toBe('sandbox');
      expect(second.data).toEqual(first.data);
      expect(second.response.headers.get('idempotent-replayed')).toBe('true');
      const replayed = await stack().client.post(`/tasks/${first.response.headers.get('x-atelier-run-id')}/replay`, {
        headers: { prefer: 'wait=20' },
      });
      expect(replayed).toMatchObject({ status: 'succeeded', text: heard });
    });

    test('translations are the same by another name', async () => {
      const { text } = await stack().client.audio.translations.create({ model: 'whisper', file: await recording() });
      expect(text).toBe(`I heard ${sound(3).length} bytes.`);
    });

    test('what is wrong is refused with its name, before anything is kept', async () => {
      const wrong: [string, object, string][] = [
        ['file', { model: 'whisper' }, 'file'],
        ['an empty file', { model: 'whisper', file: await toFile(Buffer.alloc(0), 'a.wav') }, 'file'],
        ['a page', { model: 'whisper', file: await toFile(Buffer.from('<html>hello</html>'), 'a.wav') }, 'file'],
        ['a format', { model: 'whisper', file: await recording(), response_format: 'docx' }, 'response_format'],
        ['a temperature', { model: 'whisper', file: await recording(), temperature: 'hot' }, 'temperature'],
        ['a chat model', { model: 'sandbox-text', file: await recording() }, 'model'],
      ];
      for (const [, body, param] of wrong) {
        expect(await failure(stack().client.audio.transcriptions.create(body as never))).toMatchObject({ status: 400, param });
      }
      const large = await failure(
        stack().client.audio.transcriptions.create({ model: 'whisper', file: await toFile(Buffer.alloc(26 * 1024 * 1024, 1), 'a.wav') }),
      );
      expect(large).toMatchObject({ status: 413 });
    });
  });
}
