import type { ChatAnswer, ProviderAdapter } from '../../domain/provider/provider';
import { createProviderRegistry } from '../../adapters/providers/registry';
import { createGeminiLab } from '../lab/gemini';
import { startLab, type Lab } from '../lab/lab';
import { chatCall, provider } from './calls';

export const MODEL = 'gemini-3-flash';
export const weather = {
  type: 'function',
  function: { name: 'weather', description: 'The weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
export const clock = { type: 'function', function: { name: 'clock' } };

/** Gemini's adapter at its lab, for a test file of chats. */
export function useGemini() {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab([createGeminiLab()]);
  });
  afterEach(() => lab.reset());
  afterAll(() => lab.close());

  const gemini = (changes: Parameters<typeof provider>[0] = {}) =>
    createProviderRegistry()(provider({ kind: 'gemini', baseUrl: lab.url('gemini'), ...changes })) as Required<ProviderAdapter>;
  const sent = () => lab.requests('gemini').at(-1)?.json() ?? {};
  const ask = async (
    changes: Parameters<typeof chatCall>[1],
    content = 'Hello',
  ): Promise<{ readonly answer: ChatAnswer; readonly body: Record<string, unknown> }> => {
    const answer = await gemini().text.chat(chatCall(content, { model: MODEL, ...changes }));
    return { answer, body: sent() };
  };
  return { gemini, sent, ask, lab: () => lab };
}
