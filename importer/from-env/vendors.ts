/** How a vendor is named in variables and in LiteLLM's model names, and what stands for it here. */
export interface Vendor {
  /** Also the provider's name. */
  readonly name: string;
  readonly kind: string;
  /** Where it is when nothing else is said; absent: the kind's own default, or it has to be said. */
  readonly baseUrl?: string;
  /** Variables that hold its key, the usual one first. */
  readonly keys: readonly string[];
  /** Variables that hold another address. */
  readonly addresses: readonly string[];
  /** What LiteLLM writes before its models: "deepseek/deepseek-chat". */
  readonly prefixes: readonly string[];
  /** Names of models that need no prefix there. */
  readonly names?: RegExp;
}

/** A vendor that speaks OpenAI's format. */
const compatible = (name: string, baseUrl: string, key: string, prefixes: readonly string[] = [name]): Vendor => ({
  name,
  kind: 'openai',
  baseUrl,
  keys: [key],
  addresses: [key.replace(/_API_KEY$/, '_BASE_URL'), key.replace(/_API_KEY$/, '_API_BASE')],
  prefixes,
});
const own = (name: string, kind: string, keys: readonly string[], prefixes: readonly string[], more: Partial<Vendor> = {}): Vendor => ({
  name,
  kind,
  keys,
  addresses: [],
  prefixes,
  ...more,
});

export const VENDORS: readonly Vendor[] = [
  {
    ...compatible('openai', 'https://api.openai.com/v1', 'OPENAI_API_KEY', [
      'openai',
      'text-completion-openai',
      'custom_openai',
      'openai_like',
    ]),
    addresses: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
    names: /^(gpt-|o\d|chatgpt-|dall-e|text-embedding-|tts-|whisper|sora)/,
  },
  own('anthropic', 'anthropic', ['ANTHROPIC_API_KEY', 'CLAUDE_API_KEY'], ['anthropic'], {
    addresses: ['ANTHROPIC_BASE_URL'],
    names: /^claude/,
  }),
  own('gemini', 'gemini', ['GEMINI_API_KEY', 'GOOGLE_API_KEY'], ['gemini'], { names: /^gemini-/ }),
  compatible('deepseek', 'https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY'),
  compatible('moonshot', 'https://api.moonshot.cn/v1', 'MOONSHOT_API_KEY'),
  compatible('openrouter', 'https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'),
  compatible('groq', 'https://api.groq.com/openai/v1', 'GROQ_API_KEY'),
  compatible('mistral', 'https://api.mistral.ai/v1', 'MISTRAL_API_KEY'),
  compatible('together', 'https://api.together.xyz/v1', 'TOGETHER_API_KEY', ['together_ai', 'together']),
  compatible('fireworks', 'https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY', ['fireworks_ai', 'fireworks']),
  compatible('siliconflow', 'https://api.siliconflow.cn/v1', 'SILICONFLOW_API_KEY'),
  compatible('zhipu', 'https://open.bigmodel.cn/api/paas/v4', 'ZHIPUAI_API_KEY', ['zai', 'zhipu']),
  compatible('ollama', 'http://127.0.0.1:11434/v1', 'OLLAMA_API_KEY', ['ollama', 'ollama_chat']),
  compatible('vllm', 'http://127.0.0.1:8000/v1', 'VLLM_API_KEY', ['hosted_vllm', 'vllm']),
  own('xai', 'xai', ['XAI_API_KEY'], ['xai']),
  own('dashscope', 'dashscope', ['DASHSCOPE_API_KEY'], ['dashscope']),
  own('ark', 'ark', ['ARK_API_KEY', 'VOLCENGINE_API_KEY'], ['volcengine', 'ark']),
  own('minimax', 'minimax', ['MINIMAX_API_KEY'], ['minimax']),
  own('runway', 'runway', ['RUNWAYML_API_SECRET', 'RUNWAY_API_KEY'], ['runwayml']),
  own('fal', 'fal', ['FAL_KEY', 'FAL_AI_API_KEY'], ['fal_ai', 'fal']),
  own('replicate', 'replicate', ['REPLICATE_API_TOKEN', 'REPLICATE_API_KEY'], ['replicate']),
  own('luma', 'luma', ['LUMAAI_API_KEY', 'LUMA_API_KEY'], ['luma']),
  own('bfl', 'bfl', ['BFL_API_KEY'], ['black_forest_labs', 'bfl']),
];

/** What LiteLLM can call and we can't by a key alone. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  azure: 'Azure needs its own address and the header api-key: add it by hand as kind openai (docs/providers/openai.md).',
  azure_ai: 'Azure needs its own address and the header api-key: add it by hand as kind openai (docs/providers/openai.md).',
  vertex_ai: 'Vertex AI signs in by a service account: add it by hand as kind vertex (docs/providers/vertex.md).',
  bedrock: 'There is no kind for Bedrock.',
  sagemaker: 'There is no kind for SageMaker.',
};
