import { parseConfig } from '../../adapters/config/file';
import { createProviderRegistry } from '../../adapters/providers/registry';
import type { ProviderAdapter } from '../../domain/provider/provider';
import { chatCall, job, mediaCall } from '../provider/calls';
import { labConfiguration, labKinds } from './configuration';
import { startLab, type Lab } from './lab';
import { VENDORS } from './vendors';

/** The configuration of `npm start -- --lab`: each model of it is tried. A model that fails here: name another in configuration.ts. */
let lab: Lab;
beforeAll(async () => {
  lab = await startLab(VENDORS);
});
afterAll(() => lab.close());

test.each(labKinds())('every model of lab-%s is made by its server in the lab, and is named a lab', async (kind) => {
  const { configuration, variables } = labConfiguration((one) => lab.url(one));
  const { providers, models } = parseConfig(configuration, variables);
  const found = providers.find(({ name }) => name === `lab-${kind}`);
  if (found === undefined) throw new Error(`no provider lab-${kind}`);
  const adapter = createProviderRegistry()(found);
  const mine = models.filter(({ routes }) => routes[0]?.provider === found.name);

  expect(mine.length).toBeGreaterThan(0);
  for (const { name, modality, tier, price, routes } of mine) {
    expect({ name, tier, price }).toEqual({ name: `lab-${kind}-${modality}`, tier: 'lab (simulated)', price: { kind: 'free' } });
    await make(adapter, modality, routes[0]?.model ?? '');
  }
});

async function make({ text, media }: ProviderAdapter, modality: 'text' | 'image' | 'video', model: string): Promise<void> {
  if (modality === 'text') {
    // A limit of tokens is what every client of Anthropic sends.
    for (const params of [{}, { max_tokens: 500 }]) {
      expect(JSON.stringify(await text?.chat(chatCall('Hello', { model, params })))).toContain('You said: Hello');
    }
    return;
  }
  const call = mediaCall(modality, 'a boat', { model, operationKey: `${model}-${modality}:1` });
  const submission = await media?.submit(call);
  if (submission?.state === 'completed') {
    expect(submission.result.outputs).toHaveLength(1);
    return;
  }
  if (submission?.state !== 'accepted') throw new Error(`${model}: ${String(submission?.state)}`);
  for (let looks = 0; looks < 10; looks += 1) {
    const state = await media?.poll({ ...job(submission.upstreamId, model), kind: modality });
    if (state?.state === 'pending') continue;
    expect(state).toMatchObject({ state: 'completed' });
    return;
  }
  throw new Error(`${model}: still pending`);
}
