interface Ordered {
  readonly input?: object;
  readonly output: object;
}

/** Seed 0, `false` and the empty text wherever the vendor has a field for them; the other parameters as the model's own list allows them. */
const NEGATIVE = { negative_prompt: '' };
export const PROMPT = 'A red fox.';
const IMAGE = { aspect_ratio: '1:1', n: 1, watermark: false, format: 'png' };
const VIDEO = { aspect_ratio: '16:9', resolution: '720p', duration_s: 5 };

/** By model: what is ordered beside the prompt, and the one paid request that goes out for it. */
export const ORDERS: Readonly<Record<string, readonly [order: Ordered, path: string, body: object]>> = {
  'lab-ark-image': [
    { output: { ...IMAGE, resolution: '2K', seed: 0 } },
    '/api/v3/images/generations',
    {
      model: 'doubao-seedream-5-0-260128',
      prompt: PROMPT,
      size: '2048x2048',
      seed: 0,
      output_format: 'png',
      response_format: 'b64_json',
      watermark: false,
    },
  ],
  'lab-ark-video': [
    { output: { ...VIDEO, audio: false, seed: 0, watermark: false } },
    '/api/v3/contents/generations/tasks',
    {
      model: 'doubao-seedance-2-0-260128',
      content: [{ type: 'text', text: PROMPT }],
      ratio: '16:9',
      resolution: '720p',
      duration: 5,
      generate_audio: false,
      seed: 0,
      watermark: false,
    },
  ],
  'lab-bfl-image': [
    { output: { ...IMAGE, seed: 0 } },
    '/v1/flux-kontext-pro',
    { prompt: PROMPT, aspect_ratio: '1:1', seed: 0, output_format: 'png' },
  ],
  'lab-dashscope-image': [
    { input: NEGATIVE, output: { ...IMAGE, size: '1024x1024', seed: 0 } },
    '/api/v1/services/aigc/multimodal-generation/generation',
    {
      model: 'qwen-image-2.0',
      input: { messages: [{ role: 'user', content: [{ text: PROMPT }] }] },
      parameters: { negative_prompt: '', size: '1024*1024', n: 1, seed: 0, watermark: false },
    },
  ],
  'lab-dashscope-video': [
    { input: NEGATIVE, output: { ...VIDEO, seed: 0, watermark: false } },
    '/api/v1/services/aigc/video-generation/video-synthesis',
    {
      model: 'wan2.7-t2v',
      input: { prompt: PROMPT, negative_prompt: '' },
      parameters: { resolution: '720P', ratio: '16:9', duration: 5, seed: 0, watermark: false },
    },
  ],
  'lab-fal-image': [
    { output: { size: '1024x1024', n: 1, seed: 0, watermark: false, format: 'png' } },
    '/fal-ai/flux/dev',
    { prompt: PROMPT, image_size: { width: 1024, height: 1024 }, num_images: 1, seed: 0, output_format: 'png' },
  ],
  'lab-fal-video': [
    { input: NEGATIVE, output: { ...VIDEO, duration_s: 6, audio: false, seed: 0 } },
    '/fal-ai/veo3.1',
    { prompt: PROMPT, negative_prompt: '', aspect_ratio: '16:9', resolution: '720p', duration: '6s', generate_audio: false, seed: 0 },
  ],
  'lab-gemini-image': [
    { output: { ...IMAGE, seed: 0 } },
    '/v1/models/gemini-2.5-flash-image:generateContent',
    {
      contents: [{ role: 'user', parts: [{ text: PROMPT }] }],
      generationConfig: { responseModalities: ['IMAGE'], seed: 0, imageConfig: { aspectRatio: '1:1' } },
    },
  ],
  'lab-gemini-video': [
    { output: { ...VIDEO, seed: 0, watermark: false } },
    '/v1/interactions',
    {
      model: 'gemini-omni-1.1-flash',
      background: true,
      store: true,
      input: [{ type: 'text', text: PROMPT }],
      response_format: { delivery: 'uri', type: 'video', aspect_ratio: '16:9', resolution: '720p', duration: '5s' },
      generation_config: { seed: 0, video_config: { task: 'text_to_video' } },
      labels: { operation: expect.stringMatching(/^task_[0-9a-f]{32}-1$/) },
    },
  ],
  'lab-kling-image': [
    { input: NEGATIVE, output: { ...IMAGE, resolution: '1K' } },
    '/v1/images/generations',
    {
      model_name: 'kling-v3',
      prompt: PROMPT,
      negative_prompt: '',
      watermark_info: { enabled: false },
      external_task_id: expect.stringMatching(/^task_[0-9a-f]{32}:1$/),
      n: 1,
      aspect_ratio: '1:1',
      resolution: '1k',
    },
  ],
  'lab-kling-video': [
    { input: NEGATIVE, output: { ...VIDEO, audio: false, watermark: false } },
    '/v1/videos/text2video',
    {
      model_name: 'kling-v3',
      prompt: PROMPT,
      negative_prompt: '',
      watermark_info: { enabled: false },
      external_task_id: expect.stringMatching(/^task_[0-9a-f]{32}:1$/),
      mode: 'std',
      aspect_ratio: '16:9',
      duration: '5',
      sound: 'off',
    },
  ],
  'lab-luma-image': [
    { output: IMAGE },
    '/dream-machine/v1/generations/image',
    { model: 'photon-1', prompt: PROMPT, aspect_ratio: '1:1', format: 'png' },
  ],
  'lab-luma-video': [
    { output: VIDEO },
    '/dream-machine/v1/generations/video',
    { model: 'ray-2', prompt: PROMPT, aspect_ratio: '16:9', resolution: '720p', duration: '5s' },
  ],
  'lab-minimax-image': [
    { input: NEGATIVE, output: { ...IMAGE, seed: 0 } },
    '/v1/image_generation',
    { model: 'image-01', prompt: PROMPT, aspect_ratio: '1:1', n: 1, seed: 0, response_format: 'base64', aigc_watermark: false },
  ],
  'lab-minimax-video': [
    { input: NEGATIVE, output: { aspect_ratio: '16:9', duration_s: 5, watermark: false } },
    '/v2/video_generation',
    { model: 'MiniMax-H3', content: [{ type: 'text', text: PROMPT }], ratio: '16:9', duration: 5, aigc_watermark: false },
  ],
  'lab-openai-image': [
    { output: { size: '1024x1024', quality: 'high', background: 'opaque', n: 1, watermark: false, format: 'png' } },
    '/v1/images/generations',
    { model: 'gpt-image-2', prompt: PROMPT, size: '1024x1024', quality: 'high', background: 'opaque', n: 1, output_format: 'png' },
  ],
  'lab-openai-video': [
    { output: { size: '1280x720', duration_s: 4 } },
    '/v1/videos',
    { model: 'sora-2', prompt: PROMPT, size: '1280x720', seconds: '4' },
  ],
  'lab-replicate-image': [
    { output: { ...IMAGE, seed: 0 } },
    '/v1/models/black-forest-labs/flux-dev/predictions',
    { input: { prompt: PROMPT, aspect_ratio: '1:1', num_outputs: 1, seed: 0, output_format: 'png' } },
  ],
  'lab-replicate-video': [
    { input: NEGATIVE, output: { ...VIDEO, duration_s: 6, audio: false, seed: 0 } },
    '/v1/models/google/veo-3.1/predictions',
    {
      input: { prompt: PROMPT, negative_prompt: '', aspect_ratio: '16:9', resolution: '720p', duration: 6, generate_audio: false, seed: 0 },
    },
  ],
  'lab-runway-image': [
    { input: NEGATIVE, output: { ...IMAGE, seed: 0 } },
    '/v1/text_to_image',
    { model: 'gen4_image', promptText: PROMPT, ratio: '1024:1024', seed: 0 },
  ],
  'lab-runway-video': [
    { input: NEGATIVE, output: { ...VIDEO, duration_s: 6, audio: false, seed: 0 } },
    '/v1/text_to_video',
    { model: 'veo3.1', promptText: PROMPT, ratio: '1280:720', duration: 6, audio: false, seed: 0 },
  ],
  'lab-vertex-image': [
    { input: NEGATIVE, output: { ...IMAGE, resolution: '1K', seed: 0 } },
    '/v1/projects/lab/locations/us-central1/publishers/google/models/imagen-4.0-generate-001:predict',
    {
      instances: [{ prompt: PROMPT }],
      parameters: {
        includeRaiReason: true,
        sampleCount: 1,
        aspectRatio: '1:1',
        sampleImageSize: '1K',
        negativePrompt: '',
        seed: 0,
        addWatermark: false,
        outputOptions: { mimeType: 'image/png' },
      },
    },
  ],
  'lab-vertex-video': [
    { input: NEGATIVE, output: { ...VIDEO, duration_s: 6, audio: false, seed: 0 } },
    '/v1/projects/lab/locations/us-central1/publishers/google/models/veo-3.1-generate-001:predictLongRunning',
    {
      instances: [{ prompt: PROMPT }],
      parameters: {
        sampleCount: 1,
        aspectRatio: '16:9',
        resolution: '720p',
        durationSeconds: 6,
        generateAudio: false,
        negativePrompt: '',
        seed: 0,
      },
    },
  ],
  'lab-xai-image': [
    { output: { ...IMAGE, resolution: '1K', quality: 'high' } },
    '/v1/images/generations',
    {
      model: 'grok-imagine-image',
      prompt: PROMPT,
      n: 1,
      aspect_ratio: '1:1',
      resolution: '1k',
      quality: 'high',
      response_format: 'b64_json',
    },
  ],
  'lab-xai-video': [
    { output: { ...VIDEO, audio: false } },
    '/v1/videos/generations',
    {
      model: 'grok-imagine-video',
      prompt: PROMPT,
      duration: 5,
      aspect_ratio: '16:9',
      resolution: '720p',
      generate_audio: false,
    },
  ],
};
