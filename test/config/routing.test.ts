import { z } from 'zod';
import { sandbox } from '../../adapters/providers/sandbox';
import { crossCheck } from '../../adapters/config/cross-checks';
import { checkConfig, parseConfig } from '../../adapters/config/file';

/** What the file says of routing: keys, classes, limits and breakers of providers, strategies and fallbacks of models, conditions of routes. */
const ENV = { OPENAI_API_KEY: 'sk-provider-secret', STUDIO_SITE_KEY: 'sk-studio-site-key' };
const faults = (yaml: string) => checkConfig(yaml, ENV).faults.map(({ path, message }) => `${path}: ${message}`);
const keyed = (options: string) => `providers: [{ name: a, kind: openai, ${options} }]`;

test('a provider may have several keys, limits, classes and a breaker; the breaker of the file is for those that name none', () => {
  const yaml = `
breaker: { failures: 9 }
providers:
  - name: a
    kind: openai
    keys: [{ name: one, api_key: "\${OPENAI_API_KEY}", weight: 3 }, { name: two, api_key: "\${STUDIO_SITE_KEY}" }]
    classes: [production, test]
    limits: { requests_per_minute: 60, concurrent: 20 }
  - { name: b, kind: sandbox, breaker: { open_s: 1 } }
`;

  expect(parseConfig(yaml, ENV).providers).toMatchObject([
    {
      secrets: { api_key: ENV.OPENAI_API_KEY },
      keys: [
        { name: 'one', weight: 3, secrets: { api_key: ENV.OPENAI_API_KEY } },
        { name: 'two', weight: 1, secrets: { api_key: ENV.STUDIO_SITE_KEY } },
      ],
      classes: ['production', 'test'],
      limits: { requestsPerMinute: 60, concurrent: 20 },
      breaker: { failures: 9, windowS: 30, openS: 20 },
    },
    { breaker: { failures: 5, windowS: 30, openS: 1 } },
  ]);
});

test('a provider may be probed, by a model that a route to it serves', () => {
  const file = (probe: string) => `
providers: [{ name: sandbox, kind: sandbox, probe: ${probe} }, { name: other, kind: sandbox }]
models:
  - { name: ours, modality: text, routes: [{ provider: sandbox, model: sandbox-text }] }
  - { name: others, modality: text, routes: [{ provider: other, model: other-text }] }
`;

  expect(parseConfig(file('{ every_s: 60 }'), ENV).providers).toMatchObject([{ probe: { everyS: 60 } }, {}]);
  expect(parseConfig(file('{ every_s: 5, model: ours }'), ENV).providers[0]?.probe).toEqual({ everyS: 5, model: 'ours' });
  expect(faults(file('{ every_s: 5, model: sandbox-text }'))).toEqual([]);
  expect(faults(file('{ every_s: 5, model: others }'))).toEqual([
    'providers[0].probe.model: names a model that no route to this provider serves',
  ]);
  expect(faults(file('{ every_s: 0 }'))).toEqual(['providers[0].probe.every_s: must be a whole number from 1 to 86400']);
  expect(faults('providers: [{ name: sandbox, kind: sandbox, probe: { every_s: 5 } }]')).toEqual([
    'providers[0].probe: has nothing to call: no route of a model leads to this provider',
  ]);
});

test('a secret that stands beside keys is for all of them', () => {
  const yaml = `
providers:
  - name: b
    kind: bfl
    webhook_secret: "\${STUDIO_SITE_KEY}"
    keys: [{ name: one, api_key: "\${OPENAI_API_KEY}" }, { name: two, api_key: "\${OPENAI_API_KEY}" }]
`;
  const secrets = { api_key: ENV.OPENAI_API_KEY, webhook_secret: ENV.STUDIO_SITE_KEY };

  expect(parseConfig(yaml, ENV).providers).toMatchObject([{ secrets, keys: [{ secrets }, { secrets }] }]);
});

test('a route for a class that its provider is closed to is a fault', () => {
  const route = (classes: string) => `
providers: [{ name: sandbox, kind: sandbox, classes: [production, test] }]
models: [{ name: m, modality: text, routes: [{ provider: sandbox, model: sandbox-text, when: { classes: [${classes}] } }] }]
`;

  expect(faults(route('test'))).toEqual([]);
  expect(faults(route('test, script'))).toEqual([
    'models[0].routes[0].when.classes[1]: is not among the classes of the provider sandbox (production, test)',
  ]);
});

test.each([
  ['keys: []', 'providers[0].keys: needs at least one key'],
  [
    'keys: [{ name: a, api_key: in-clear }]',
    'providers[0].keys[0].api_key: is a secret and must come from the environment: write api_key: "${SOME_VARIABLE}"',
  ],
  ['keys: [{ name: a }, { name: a }]', 'providers[0].keys[1].name: is the name of providers[0].keys[0] already'],
  ['keys: [{ name: a, colour: red }]', 'providers[0].keys[0].colour: is not a known option here'],
  [
    'api_key: "${OPENAI_API_KEY}", keys: [{ name: a, api_key: "${OPENAI_API_KEY}" }]',
    'providers[0].api_key: stands in keys already; give it in one of the two places',
  ],
  ['classes: []', 'providers[0].classes: needs at least one class; leave it out for all'],
  ['classes: [boss]', 'providers[0].classes[0]: must be production, test, script or personal'],
  ['limits: { requests_per_minute: 0 }', 'providers[0].limits.requests_per_minute: must be a whole number from 1 to 10000000'],
  ['breaker: { failures: 0.5 }', 'providers[0].breaker.failures: must be a whole number from 1 to 10000'],
])('a provider with %s is a fault', (options, fault) => {
  expect(faults(keyed(options))).toEqual([fault]);
});

test('a key that its kind needs is required beside the other options or in keys', () => {
  const locked = { ...sandbox, kind: 'locked', options: { api_key: z.string() }, secretOptions: ['api_key'] };
  const file = {
    providers: [
      { name: 'a', kind: 'locked' },
      { name: 'b', kind: 'locked', keys: [{ name: 'k', api_key: 'x' }] },
    ],
  };

  expect(crossCheck(file, [locked])).toEqual([{ path: 'providers[0].api_key', message: 'is required, here or in keys' }]);
});

test.each([
  ['strategy: random', 'models[0].strategy: must be one of priority, weighted, cheapest, fastest'],
  ['fallbacks: { content_policy: [nobody] }', 'models[0].fallbacks.content_policy[0]: names a model that is not in this file'],
  ['fallbacks: { content_policy: [m] }', 'models[0].fallbacks.content_policy[0]: names the model itself'],
  ['fallbacks: { context_window: [image] }', 'models[0].fallbacks.context_window[0]: names a model for image; this one is for text'],
  ['fallbacks: { boredom: [] }', 'models[0].fallbacks.boredom: is not a known option here'],
])('a model with %s is a fault', (options, fault) => {
  const model = `
providers: [{ name: sandbox, kind: sandbox }]
models:
  - name: m
    modality: text
    routes: [{ provider: sandbox, model: sandbox-text }]
`;
  const image = '  - { name: image, modality: image, routes: [{ provider: sandbox, model: sandbox-image }] }';

  expect(faults(`${model}    ${options}\n${image}\n`)).toEqual([fault]);
});

test.each([
  ['when: { classes: [boss] }', 'models[0].routes[0].when.classes[0]: must be production, test, script or personal'],
  [
    'cost: { per_image_usd: "0.01" }',
    'models[0].routes[0].cost.per_image_usd: does not price text; a text model takes input_per_1m_usd, cached_input_per_1m_usd, cache_write_input_per_1m_usd, cache_write_1h_input_per_1m_usd, output_per_1m_usd, per_1m_characters_usd, per_minute_usd, per_call_usd',
  ],
])('a route with %s is a fault', (options, fault) => {
  expect(
    faults(`
providers: [{ name: sandbox, kind: sandbox }]
models: [{ name: m, modality: text, routes: [{ provider: sandbox, model: sandbox-text, ${options} }] }]
`),
  ).toEqual([fault]);
});
