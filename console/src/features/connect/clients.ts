import type { KeyClass } from '../../api/keys';
import type words from '../../text/en/connect.json';

/** What settings are written with. */
export interface Settings {
  /** "https://ai.example.com", without `/v1`. */
  readonly root: string;
  readonly key: string;
  readonly model: string;
}

export interface Client {
  readonly id: string;
  readonly name: string;
  /** Two letters in place of a mark that is not ours. */
  readonly sign: string;
  readonly group: 'apps' | 'code' | 'servers' | 'programs';
  /** What it wants typed: without `/v1`, with it, or the whole endpoint. */
  readonly address: 'root' | 'v1' | 'full';
  /** Of the key that suits it. */
  readonly keyClass: KeyClass;
  /** Where its settings are, in the words of its own menus. */
  readonly where?: string;
  readonly trap: keyof typeof words.traps;
  /** Opens the client with address and key filled in. */
  readonly link?: (settings: Settings) => string;
  /** A file or a program to copy. */
  readonly file?: { readonly name: string; readonly text: (settings: Settings) => string };
}

export const addressOf = ({ address }: Client, root: string): string =>
  address === 'root' ? root : address === 'v1' ? `${root}/v1` : `${root}/v1/chat/completions`;

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** Plain base64 with "+" and "/" written so that they survive a query, as Cherry Studio's reader expects. */
function cherryLink({ root, key }: Settings): string {
  const provider = { id: `atelier-${new URL(root).host}`, name: 'Atelier', type: 'openai', baseUrl: `${root}/v1`, apiKey: key };
  return `cherrystudio://providers/api-keys?v=1&data=${encodeURIComponent(btoa(json(provider)))}`;
}

function ccSwitchLink({ root, key, model }: Settings): string {
  const fields = { resource: 'provider', app: 'claude', name: 'Atelier', endpoint: root, apiKey: key };
  const models = { model, haikuModel: model, sonnetModel: model, opusModel: model };
  return `ccswitch://v1/import?${new URLSearchParams({ ...fields, ...models }).toString()}`;
}

const claudeSettings = ({ root, key, model }: Settings): string =>
  json({
    env: {
      ANTHROPIC_BASE_URL: root,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_MODEL: model,
      ANTHROPIC_DEFAULT_OPUS_MODEL: model,
      ANTHROPIC_DEFAULT_SONNET_MODEL: model,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    },
  });

const env = (root: string, key: string): string => `OPENAI_BASE_URL=${root}/v1\nOPENAI_API_KEY=${key}`;

const app = { group: 'apps', keyClass: 'personal' } as const;
const code = { group: 'code', keyClass: 'personal' } as const;
const server = { group: 'servers', keyClass: 'production' } as const;
const program = { group: 'programs', keyClass: 'script' } as const;

export const CLIENTS: readonly Client[] = [
  {
    ...{ ...app, id: 'cherry-studio', name: 'Cherry Studio', sign: 'Ch', address: 'v1', where: 'Settings › Model Provider › Add' },
    ...{ trap: 'switchOn', link: cherryLink },
  },
  { ...app, id: 'chatbox', name: 'Chatbox', sign: 'Cb', address: 'v1', where: 'Settings › Model Provider › Add', trap: 'chatbox' },
  {
    ...{ ...app, id: 'lobechat', name: 'LobeChat', sign: 'Lo', address: 'v1', where: 'Settings › AI Service Provider › OpenAI' },
    trap: 'exact',
    file: {
      name: '.env',
      text: ({ root, key, model }) =>
        `OPENAI_API_KEY=${key}\nOPENAI_PROXY_URL=${root}/v1\nOPENAI_MODEL_LIST=-all,+${model}\nENABLED_OPENAI=1`,
    },
  },
  {
    ...{ ...app, id: 'nextchat', name: 'NextChat', sign: 'Ne', address: 'root', where: 'Settings › Custom Endpoint' },
    trap: 'without',
    file: { name: '.env', text: ({ root, key, model }) => `BASE_URL=${root}\nOPENAI_API_KEY=${key}\nCUSTOM_MODELS=-all,+${model}@OpenAI` },
  },
  {
    ...{ ...app, id: 'immersive-translate', name: 'Immersive Translate', sign: 'Im', address: 'full' },
    ...{ where: 'Settings › Translation Services › OpenAI', trap: 'whole' },
  },
  { ...code, id: 'cursor', name: 'Cursor', sign: 'Cu', address: 'v1', where: 'Settings › Models › API Keys', trap: 'cursor' },
  {
    ...{ ...code, id: 'claude-code', name: 'Claude Code', sign: 'CC', address: 'root', trap: 'without', link: ccSwitchLink },
    file: { name: '~/.claude/settings.json', text: claudeSettings },
  },
  {
    ...{ ...code, id: 'codex', name: 'Codex CLI', sign: 'Cx', address: 'v1', trap: 'codex' },
    file: {
      name: '~/.codex/config.toml',
      text: ({ root, model }) =>
        `model = "${model}"\nmodel_provider = "atelier"\n\n[model_providers.atelier]\nname = "Atelier"\nbase_url = "${root}/v1"\nenv_key = "ATELIER_KEY"\nwire_api = "responses"`,
    },
  },
  { ...code, id: 'cline', name: 'Cline', sign: 'Cl', address: 'v1', where: 'Settings › API Provider › OpenAI Compatible', trap: 'exact' },
  {
    ...code,
    id: 'roo-code',
    name: 'Roo Code',
    sign: 'Ro',
    address: 'v1',
    where: 'Settings › Providers › OpenAI Compatible',
    trap: 'exact',
  },
  {
    ...{ ...code, id: 'continue', name: 'Continue', sign: 'Co', address: 'v1', trap: 'exact' },
    file: {
      name: '~/.continue/config.yaml',
      text: ({ root, key, model }) =>
        `name: Atelier\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: ${model}\n    provider: openai\n    model: ${model}\n    apiBase: ${root}/v1\n    apiKey: ${key}\n    roles: [chat, edit]`,
    },
  },
  {
    ...{ ...code, id: 'zed', name: 'Zed', sign: 'Ze', address: 'v1', trap: 'zed' },
    file: {
      name: 'settings.json',
      text: ({ root, model }) =>
        json({
          language_models: {
            openai_compatible: { Atelier: { api_url: `${root}/v1`, available_models: [{ name: model, max_tokens: 128000 }] } },
          },
        }),
    },
  },
  {
    ...{ ...server, id: 'open-webui', name: 'Open WebUI', sign: 'OW', address: 'v1', where: 'Admin Panel › Settings › Connections' },
    trap: 'docker',
    file: { name: '.env', text: ({ root, key }) => `OPENAI_API_BASE_URL=${root}/v1\nOPENAI_API_KEY=${key}` },
  },
  {
    ...{ ...server, id: 'librechat', name: 'LibreChat', sign: 'Li', address: 'v1', trap: 'docker' },
    file: {
      name: 'librechat.yaml',
      text: ({ root, key, model }) =>
        `version: 1.2.8\nendpoints:\n  custom:\n    - name: Atelier\n      apiKey: ${key}\n      baseURL: ${root}/v1\n      models:\n        default: [${model}]\n        fetch: true\n      titleConvo: true\n      titleModel: ${model}`,
    },
  },
  {
    ...server,
    id: 'dify',
    name: 'Dify',
    sign: 'Di',
    address: 'v1',
    where: 'Settings › Model Provider › OpenAI-API-compatible',
    trap: 'docker',
  },
  { ...server, id: 'n8n', name: 'n8n', sign: 'n8', address: 'v1', where: 'Credentials › OpenAI › Base URL', trap: 'docker' },
  {
    ...{ ...program, id: 'openai-node', name: 'OpenAI · Node', sign: 'JS', address: 'v1', trap: 'env' },
    file: {
      name: 'chat.mjs',
      text: ({ root, model }) =>
        `import OpenAI from 'openai';\n\nconst client = new OpenAI({ baseURL: '${root}/v1', apiKey: process.env.ATELIER_KEY });\nconst stream = await client.chat.completions.create({\n  model: '${model}',\n  messages: [{ role: 'user', content: 'Hello' }],\n  stream: true,\n});\nfor await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');\n`,
    },
  },
  {
    ...{ ...program, id: 'openai-python', name: 'OpenAI · Python', sign: 'Py', address: 'v1', trap: 'env' },
    file: {
      name: 'chat.py',
      text: ({ root, model }) =>
        `import os\nfrom openai import OpenAI\n\nclient = OpenAI(base_url="${root}/v1", api_key=os.environ["ATELIER_KEY"])\nstream = client.chat.completions.create(\n    model="${model}",\n    messages=[{"role": "user", "content": "Hello"}],\n    stream=True,\n)\nfor chunk in stream:\n    if chunk.choices:\n        print(chunk.choices[0].delta.content or "", end="")\n`,
    },
  },
  {
    ...{ ...program, id: 'anthropic', name: 'Anthropic · Node', sign: 'An', address: 'root', trap: 'without' },
    file: {
      name: 'message.mjs',
      text: ({ root, model }) =>
        `import Anthropic from '@anthropic-ai/sdk';\n\nconst client = new Anthropic({ baseURL: '${root}', apiKey: process.env.ATELIER_KEY });\nconst message = await client.messages.create({\n  model: '${model}',\n  max_tokens: 200,\n  messages: [{ role: 'user', content: 'Hello' }],\n});\nconsole.log(message.content);\n`,
    },
  },
  {
    ...{ ...program, id: 'ai-sdk', name: 'AI SDK', sign: 'AI', address: 'v1', trap: 'env' },
    file: {
      name: 'chat.mjs',
      text: ({ root, model }) =>
        `import { createOpenAICompatible } from '@ai-sdk/openai-compatible';\nimport { streamText } from 'ai';\n\nconst atelier = createOpenAICompatible({ name: 'atelier', baseURL: '${root}/v1', apiKey: process.env.ATELIER_KEY });\nconst { textStream } = streamText({ model: atelier('${model}'), prompt: 'Hello' });\nfor await (const text of textStream) process.stdout.write(text);\n`,
    },
  },
  {
    ...{ ...program, id: 'curl', name: 'curl', sign: '$_', address: 'v1', trap: 'env' },
    file: {
      name: 'sh',
      text: ({ root, model }) =>
        `curl -N ${root}/v1/chat/completions \\\n  -H "Authorization: Bearer $ATELIER_KEY" \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] })}'\n`,
    },
  },
  {
    ...{ ...program, id: 'other', name: '', sign: '?', address: 'v1', trap: 'other' },
    file: { name: '.env', text: ({ root, key }) => env(root, key) },
  },
];

export const clientOf = (id: string | undefined): Client => CLIENTS.find((client) => client.id === id) ?? (CLIENTS[0] as Client);

/** A key as it is shown once it is in use: "sk-atelier-62c4…acde". */
export const maskedKey = (key: string): string => (key.length <= 20 ? key : `${key.slice(0, 15)}…${key.slice(-4)}`);
