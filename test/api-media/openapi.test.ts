import type { OpenAPIV3_1 } from 'openapi-types';
import { createApp } from '../../api/app';
import type { ApiDeps } from '../../api/deps';
import { useApi } from '../api/support/api';
import { routesOf } from './support/routes';
import { createProcessMetrics } from '../../adapters/metrics';

const api = useApi();
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
let document: OpenAPIV3_1.Document;

beforeAll(async () => {
  document = (await api.call('GET', '/openapi.json', { key: null })).body;
});

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenAPIV3_1.OperationObject;
}

function operations(): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item?.[method];
      return operation === undefined ? [] : [{ method, path, operation }];
    }),
  );
}

test('the document is OpenAPI 3.1 whose references all lead somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]!);

  expect(document.openapi).toMatch(/^3\.1\./);
  expect(references.length).toBeGreaterThan(10);
  for (const name of references) expect(document.components?.schemas).toHaveProperty([name]);
});

test('every operation has a name of its own, its path parameters, an answer and an error', () => {
  const ids = operations().map(({ operation }) => operation.operationId);

  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of operations()) {
    const inPath = (operation.parameters ?? []).filter((parameter) => 'in' in parameter && parameter.in === 'path');
    const names = inPath.map((parameter) => ('name' in parameter ? parameter.name : ''));
    expect(names.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort());
    expect(Object.keys(operation.responses ?? {})).toEqual(expect.arrayContaining(['4XX']));
    for (const answer of Object.values(operation.responses ?? {})) expect(answer).toHaveProperty('description');
  }
});

test('what is documented is mounted, and what is mounted is documented', () => {
  const { app, close } = createApp(emptyDeps());
  const mounted = routesOf(app).sort();
  close();

  expect(
    operations()
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  ).toEqual(mounted);
});

/** Enough to mount the routes; none is called. */
function emptyDeps(): ApiDeps {
  const changes = {
    onTask: () => () => undefined,
    onCatalogue: () => () => undefined,
    onPeople: () => () => undefined,
    onCancel: () => () => undefined,
  };
  return {
    changes,
    catalogueStore: {},
    metrics: createProcessMetrics({ role: 'api', version: '0.0.0-test' }),
    settings: {
      adminKeyHash: null,
      corsOrigins: '*',
      held: { processBytes: 1, teamBytes: 1, patienceMs: 1 },
      sessions: { idleMs: 1, absoluteMs: 1 },
    },
  } as unknown as ApiDeps;
}

test('answers of requests that make a run tell what is left of the rate, and every error when to ask again', () => {
  const rate = ['requests', 'tokens'].flatMap((what) => ['limit', 'remaining', 'reset'].map((part) => `x-ratelimit-${part}-${what}`));
  const answersOf = (path: string) => document.paths?.[path]?.post?.responses as Record<string, OpenAPIV3_1.ResponseObject>;
  const answers = answersOf('/v1/chat/completions');

  expect(Object.keys(answers['200']?.headers ?? {}).sort()).toEqual(rate.sort());
  expect(Object.keys(answers['4XX']?.headers ?? {})).toEqual(expect.arrayContaining([...rate, 'retry-after', 'retry-after-ms']));
  for (const { operation } of operations()) expect(operation.responses?.['4XX']).toHaveProperty(['headers', 'retry-after']);
  expect(answersOf('/v1/campaigns')['4XX']).not.toHaveProperty(['headers', 'x-ratelimit-limit-requests']);
});
