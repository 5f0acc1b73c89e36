import type { Capabilities, Catalogue, Model, Provider, Route } from '../../domain/provider/catalogue';
import {
  misfitOfModel,
  misfitOfRoute,
  parameterLacking,
  parametersOfRoutes,
  rolesOfRoutes,
  withSupport,
  type MediaSupport,
} from '../../domain/provider/media-support';
import { planAgain } from '../../domain/provider/plan-again';
import { ALL_WELL, planRoutes } from '../../domain/provider/plan';
import { rolesOf, type MediaInput, type OutputParams } from '../../domain/task/generation';
import { UNBOUND, type Caller } from '../../domain/access/caller';
import { checkCapabilities } from '../../domain/admission/capabilities';
import { quote } from '../../domain/admission/quote';
import type { Endpoint } from '../../domain/task/task';
import { isAppError } from '../../domain/errors';

const KLING: MediaSupport = {
  parameters: ['aspect_ratio', 'resolution', 'duration_s', 'negative_prompt'],
  roles: ['first_frame', 'last_frame'],
  capabilities: { durationsS: [5, 10], resolutions: ['720p', '1080p'], maxInputImages: 2 },
};
const LUMA: MediaSupport = { parameters: ['aspect_ratio', 'seed', 'audio'], roles: [], capabilities: { durationsS: [5, 9] } };
const SUPPORT: Readonly<Record<string, MediaSupport>> = { kling: KLING, luma: LUMA };

function catalogueOf(kinds: readonly string[], capabilities: Capabilities = {}): { catalogue: Catalogue; model: Model } {
  const routes = kinds.map((kind, index): Route => ({ provider: kind, model: 'v', priority: 10 - index, weight: 1 }));
  const bare = { name: 'clip', modality: 'video', routes, capabilities } as unknown as Model;
  const providers = new Map(kinds.map((kind) => [kind, { name: kind, kind } as Provider]));
  const catalogue = withSupport(
    { version: 1, models: new Map([['clip', bare]]), providers },
    { media: (kind) => SUPPORT[kind] ?? null, operations: () => [] },
  );
  return { catalogue, model: catalogue.models.get('clip') as Model };
}

const video = (output: OutputParams, changes: Partial<MediaInput> = {}): MediaInput => ({
  operation: 'video',
  prompt: 'a boat',
  images: [],
  output,
  params: {},
  ...changes,
});
const image = (role: string) => ({ role, source: { assetId: 'a' } });

test.each([
  ['a seed, 0 too', video({ seed: 0 }), 'seed'],
  ['sound', video({ audio: true }), 'audio'],
  ['no sound: it cannot be told so', video({ audio: false }), 'audio'],
  ['words drawn on it', video({ watermark: 'x' }), 'watermark'],
  ['a role', video({}, { images: [image('first_frame'), image('style')] }), 'images[1].role'],
  ['a video', video({}, { video: { assetId: 'a' } }), 'video'],
  ['a duration between', video({ duration_s: 7 }), 'duration_s'],
  ['a resolution', video({ resolution: '4k' }), 'resolution'],
  ['too many images', video({}, { images: ['first_frame', 'last_frame', 'first_frame'].map(image) }), 'images'],
])('a route that cannot do %s is seen before anything is reserved', (_what, input, param) => {
  expect(misfitOfRoute({ support: KLING }, input)?.param).toBe(param);
});

test.each([
  ['nothing', video({})],
  ['what every model does', video({ n: 1, watermark: false, size: 'auto', format: 'mp4' })],
  ['an empty negative prompt', video({}, { negative_prompt: '' })],
  ['its own words, spelt in another way', video({ aspect_ratio: '16:9', resolution: '1920x1080', duration_s: 10 })],
  ['both frames', video({}, { images: [image('first_frame'), image('last_frame')] })],
])('a request that asks for %s fits', (_what, input) => {
  expect(misfitOfRoute({ support: KLING }, input)).toBeNull();
});

test('an image that Atelier finishes itself asks its provider for no format, compression or watermark', () => {
  const support: MediaSupport = { parameters: ['aspect_ratio'], roles: ['reference'] };
  const input: MediaInput = { ...video({ format: 'webp', compression: 50, watermark: true }), operation: 'image' };
  expect(misfitOfRoute({ support }, input)).toBeNull();
});

test('a parameter that only some routes can do leaves the others out, one that none can do is refused with what is allowed', () => {
  const { catalogue, model } = catalogueOf(['kling', 'luma']);
  const plan = planRoutes({
    catalogue,
    models: [model],
    credentialClass: 'production',
    state: ALL_WELL,
    unsupported: parameterLacking(video({ seed: 0 })),
    random: () => 0,
  });
  expect(plan.routes.map(({ provider }) => provider)).toEqual(['luma']);
  expect(plan.skipped).toEqual([{ provider: 'kling', reason: 'parameter:seed' }]);

  const failure = (input: MediaInput): unknown => {
    try {
      checkCapabilities(model, input, 'tasks');
      return null;
    } catch (error) {
      return isAppError(error) ? [error.code, error.facts.param, error.message] : error;
    }
  };
  expect(failure(video({ seed: 0 }))).toBeNull();
  expect(failure(video({ background: 'opaque' }))).toEqual([
    'unsupported_parameter',
    'output.background',
    'The model "clip" has no parameter output.background. It takes: output.aspect_ratio, output.resolution, output.duration_s, input.negative_prompt.',
  ]);
  expect(failure(video({ duration_s: 7 }))).toEqual([
    'invalid_value',
    'output.duration_s',
    'The model "clip" does not offer output.duration_s 7. It offers: 5, 10, 9.',
  ]);
});

describe('a parameter that only a route for keys of another class knows', () => {
  const { catalogue: both, model } = catalogueOf(['kling', 'luma']);
  const routes = model.routes.map((route) => (route.provider === 'luma' ? { ...route, when: { classes: ['test' as const] } } : route));
  const price = { kind: 'per_call', each: 1n } as const;
  const catalogue = { ...both, models: new Map([['clip', { ...model, routes, price }]]) };
  const caller = { credentialClass: 'production', models: ['*'], bounds: UNBOUND } as unknown as Caller;
  const ask = (endpoint: Endpoint, input: MediaInput, of: Catalogue = catalogue) => {
    try {
      return quote({ state: ALL_WELL, random: () => 0 }, { catalogue: of, caller, endpoint, model: 'clip', input }).routes;
    } catch (error) {
      return isAppError(error) ? [error.code, error.facts.param, error.message] : error;
    }
  };

  test.each<[Endpoint, MediaInput, string, string]>([
    [
      'tasks',
      video({ seed: 0 }),
      'output.seed',
      'It takes: output.aspect_ratio, output.resolution, output.duration_s, input.negative_prompt.',
    ],
    ['campaigns', video({ seed: 0 }), 'output.seed', 'It takes: output.aspect_ratio, output.resolution'],
    ['videos', video({ seed: 0 }), 'seed', 'It takes: aspect_ratio, resolution, seconds, negative_prompt.'],
    ['video.generations', video({ audio: true }), 'audio', 'It takes: aspect_ratio, resolution, duration, negative_prompt.'],
  ])('is named as it is at %s, with what is allowed', (endpoint, input, param, allowed) => {
    expect(ask(endpoint, input)).toEqual(['unsupported_parameter', param, expect.stringContaining(allowed)]);
  });

  test('is no matter for a request without it', () => {
    expect(ask('tasks', video({ aspect_ratio: '16:9' }))).toEqual([{ provider: 'kling', model: 'v' }]);
  });

  test('is not lost by a fallback: its routes are those that know it', () => {
    const clip = { ...model, price, routes: model.routes.slice(1), fallbacks: { content_policy: ['other'] } };
    const other = { ...model, name: 'other', price };
    const models = new Map([clip, other].map((one) => [one.name, one]));
    const task = {
      model: 'clip',
      credentialClass: 'production',
      routing: { fallbacks: { content_policy: ['other'] } },
      attempts: [],
    } as const;
    const unsupported = parameterLacking(video({ seed: 0 }));

    expect(planAgain(task, { ...both, models }, { state: ALL_WELL, random: () => 0, unsupported })).toEqual({
      routes: [{ provider: 'luma', model: 'v' }],
      fallbacks: { content_policy: [{ provider: 'luma', model: 'v', served: 'other' }] },
    });
  });
});

test('what the configuration says of a model wins over what its adapter believes', () => {
  const { model } = catalogueOf(['kling'], { durationsS: [15], roles: ['style'] });
  expect(misfitOfModel(model, video({ duration_s: 15 }))).toBeNull();
  expect(misfitOfRoute(model.routes[0] as Route, video({ duration_s: 15 }, { images: [image('style')] }))).toBeNull();
  expect(misfitOfModel(model, video({ duration_s: 5 }))?.param).toBe('duration_s');
  expect(model.capabilities).toMatchObject({ durationsS: [15], resolutions: ['720p', '1080p'], maxInputImages: 2 });
});

test('a model offers what its routes offer between them, and nobody knows when one of them is not known', () => {
  const both = catalogueOf(['kling', 'luma']).model;
  expect(both.capabilities).toEqual({ durationsS: [5, 10, 9] });
  expect(parametersOfRoutes(both)).toEqual(['aspect_ratio', 'resolution', 'duration_s', 'negative_prompt', 'seed', 'audio']);
  expect(rolesOfRoutes(both)).toEqual(['first_frame', 'last_frame']);
  const open = catalogueOf(['kling', 'openai']).model;
  expect([open.capabilities, parametersOfRoutes(open), rolesOfRoutes(open)]).toEqual([{}, null, null]);
});

test.each([
  ['image', [undefined, undefined], ['reference', 'reference']],
  ['video', [undefined, undefined], ['first_frame', 'reference']],
  ['video', ['last_frame', undefined], ['last_frame', 'first_frame']],
  ['video', ['first_frame', undefined], ['first_frame', 'reference']],
] as const)('the images of %s without a role are %j', (operation, given, kept) => {
  expect(rolesOf(operation, given)).toEqual(kept);
});
