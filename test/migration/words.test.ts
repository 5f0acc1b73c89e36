import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { checkConfig } from '../../adapters/config/file';
import { cli, useFolder } from '../cli/support/run-cli';
import { closeGolden, GOLDEN, openGolden } from './support/golden';

const folder = useFolder();
afterAll(closeGolden);
const at = (name: string): string => join(folder.path, name);

describe('a notice', () => {
  let plan: string;
  beforeAll(async () => {
    const source = await openGolden(GOLDEN[0]!.file, folder.path);
    plan = at('plan.yaml');
    await cli(['migrate', 'plan', source.location, '--out', plan]);
    await source.close();
  }, 60_000);

  const dated = [
    '--from',
    '2026-12-01',
    '--until',
    '2027-01-15',
    '--contact',
    'it@studio.example',
    '--base-url',
    'https://ai.studio.example/v1',
  ];

  test.each([
    ['en', 'users', ['What does not change', 'Your key', 'What changes', 'YOUR_KEY', 'never the key']],
    ['zh', 'users', ['不变的', '您的密钥', '变化的', 'YOUR_KEY', '切勿提供密钥']],
    [
      'en',
      'admins',
      [
        'What comes along',
        'What does not',
        'migrate checklist plan.yaml',
        'The way back',
        'migrate rollback plan.yaml',
        'migrate delta plan.yaml',
        '--percent 30',
      ],
    ],
    [
      'zh',
      'admins',
      [
        '会迁移的内容',
        '不迁移的内容',
        'migrate checklist plan.yaml',
        '退回',
        'migrate rollback plan.yaml',
        'migrate delta plan.yaml',
        '--percent 30',
      ],
    ],
  ])('in %s for %s has the dates, the address, what changes, what does not, and whom to ask', async (lang, audience, words) => {
    const { code, stdout } = await cli(['migrate', 'notice', plan, '--lang', lang, '--audience', audience, ...dated]);

    expect(code).toBe(0);
    for (const word of [...words, '2026-12-01', '2027-01-15', 'https://ai.studio.example/v1', 'it@studio.example']) {
      expect(stdout).toContain(word);
    }
    expect(stdout).not.toMatch(/undefined|\{n\}/);
  });

  test('a date that is none is refused with how to write one', async () => {
    const { code, stderr } = await cli(['migrate', 'notice', plan, '--from', 'tomorrow']);

    expect(code).not.toBe(0);
    expect(stderr).toContain('2026-12-01');
  });
});

interface Made {
  readonly report: any;
  readonly yaml: string;
  readonly config: any;
}

async function fromEnv(name: string, text: string): Promise<Made> {
  writeFileSync(at(name), text);
  const out = at(`${name}.atelier.yaml`);
  const result = await cli(['migrate', 'from-env', at(name), '--out', out, '--json']);
  expect(result.stderr).toBe('');
  const yaml = readFileSync(out, 'utf8');
  return { report: result.json(), yaml, config: parse(yaml) };
}

const set = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, 'a-key-that-is-set']));

test('a .env becomes a configuration that is accepted, with references for its keys', async () => {
  const { report, yaml, config } = await fromEnv(
    'script.env',
    `# my proxy
export OPENAI_API_KEY="sk-secret-of-openai"   # main
OPENAI_BASE_URL='https://proxy.example/v1'
OPENAI_MODEL=gpt-4o-mini
OPENAI_IMAGE_MODEL=dall-e-3
ANTHROPIC_API_KEY=sk-ant-secret
CLAUDE_MODELS=
DEEPSEEK_API_KEY=sk-deep-secret
DEEPSEEK_MODELS=deepseek-chat,deepseek-reasoner
SHOP_API_KEY=something-else
PORT=3000
`,
  );

  expect(yaml).not.toMatch(/sk-/);
  expect(config.providers).toEqual([
    { name: 'openai', kind: 'openai', base_url: 'https://proxy.example/v1', api_key: '${OPENAI_API_KEY}' },
    { name: 'anthropic', kind: 'anthropic', api_key: '${ANTHROPIC_API_KEY}' },
    { name: 'deepseek', kind: 'openai', base_url: 'https://api.deepseek.com/v1', api_key: '${DEEPSEEK_API_KEY}' },
  ]);
  expect(config.models.map(({ name, modality }: any) => [name, modality])).toEqual([
    ['gpt-4o-mini', 'text'],
    ['dall-e-3', 'image'],
    ['deepseek-chat', 'text'],
    ['deepseek-reasoner', 'text'],
  ]);
  expect(report.left).toContainEqual({ what: 'SHOP_API_KEY', why: expect.stringContaining('not known') });
  expect(checkConfig(yaml, set(report.variables)).faults).toEqual([]);
});

test('LiteLLM’s config.yaml becomes models with routes, prices and fallbacks, and no key of it stands in the file', async () => {
  const { report, yaml, config } = await fromEnv(
    'litellm.yaml',
    `model_list:
  - model_name: chat
    litellm_params: { model: openai/gpt-4o-mini, api_key: os.environ/OPENAI_API_KEY, order: 1 }
    model_info: { input_cost_per_token: 0.00000015, output_cost_per_token: 6e-7 }
  - model_name: chat
    litellm_params: { model: deepseek/deepseek-chat, api_key: sk-literal-secret, order: 2 }
  - model_name: claude
    litellm_params: { model: claude-sonnet-4-5, api_key: os.environ/ANTHROPIC_API_KEY }
  - model_name: pictures
    litellm_params: { model: openai/gpt-image-1, api_key: os.environ/OPENAI_API_KEY }
    model_info: { mode: image_generation, output_cost_per_image: 0.04 }
  - model_name: azure-chat
    litellm_params: { model: azure/gpt-4o, api_base: "https://x.openai.azure.com" }
  - model_name: local
    litellm_params: { model: hosted_vllm/qwen, api_base: "http://127.0.0.1:9000/v1" }
router_settings:
  fallbacks: [{ chat: [claude] }]
  context_window_fallbacks: [{ chat: [claude] }]
  model_group_alias: { gpt-4: chat }
general_settings: { master_key: sk-master-secret }
`,
  );

  expect(yaml).not.toMatch(/sk-/);
  expect(report).toMatchObject({ format: 'litellm', variables: ['OPENAI_API_KEY', 'LITELLM_KEY_2', 'ANTHROPIC_API_KEY', 'VLLM_API_KEY'] });
  const model = (name: string): any => config.models.find((one: any) => one.name === name);
  expect(model('chat')).toEqual({
    name: 'chat',
    modality: 'text',
    price: { input_per_1m_usd: '0.15', output_per_1m_usd: '0.6' },
    routes: [
      { provider: 'openai', model: 'gpt-4o-mini', priority: 99 },
      { provider: 'deepseek', model: 'deepseek-chat', priority: 98 },
      { provider: 'anthropic', model: 'claude-sonnet-4-5', priority: -1 },
    ],
    fallbacks: { context_window: ['claude'] },
  });
  expect(model('gpt-4').routes).toEqual(model('chat').routes);
  expect(model('pictures')).toMatchObject({ modality: 'image', price: { per_image_usd: '0.04' } });
  expect(report.left.map(({ what }: any) => what)).toEqual(
    expect.arrayContaining(['model_list[4] azure-chat', 'general_settings.master_key', 'price of local']),
  );
  expect(checkConfig(yaml, set(report.variables)).faults).toEqual([]);
});

test('a file that is neither is refused in one line, and what is there is not overwritten', async () => {
  writeFileSync(at('notes.txt'), 'bread\nbutter\n');
  const neither = await cli(['migrate', 'from-env', at('notes.txt'), '--out', at('none.yaml')]);
  writeFileSync(at('small.env'), 'OPENAI_API_KEY=x\n');
  writeFileSync(at('mine.yaml'), 'mine');
  const taken = await cli(['migrate', 'from-env', at('small.env'), '--out', at('mine.yaml')]);

  expect(neither.code).toBe(1);
  expect(neither.stderr).toContain('names no provider');
  expect(existsSync(at('none.yaml'))).toBe(false);
  expect(taken.code).toBe(1);
  expect(taken.stderr).toContain('is there already');
  expect(readFileSync(at('mine.yaml'), 'utf8')).toBe('mine');
});
