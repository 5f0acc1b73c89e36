/** What a model makes, by its name: neither program says. A person can correct it in the plan. */
const VIDEO = /(^|[-_/])(sora|veo|kling|seedance|vidu|hailuo|wan\d?|t2v|i2v|video|gen-?[34]|runway|luma|ray)([-_.\d]|$)/i;
const IMAGE =
  /(dall-?e|gpt-image|imagen|seedream|flux|stable-?diffusion|sdxl|^sd\d|qwen-image|wanx|cogview|(^|[-_/])image([-_.\d]|$)|^mj_)/i;
const AUDIO_OUT = /(^|[-_/])(tts|speech)([-_.\d]|$)/i;

export function modalityOf(model: string): 'text' | 'image' | 'video' {
  if (VIDEO.test(model)) return 'video';
  return IMAGE.test(model) ? 'image' : 'text';
}

/** What a text model does beside chats. */
export function capabilitiesOf(model: string): Readonly<Record<string, boolean>> | null {
  if (/embed|^bge-|^m3e/i.test(model)) return { embeddings: true };
  if (/moderation/i.test(model)) return { moderations: true };
  if (/whisper|transcri/i.test(model)) return { transcriptions: true };
  return AUDIO_OUT.test(model) ? { speech: true } : null;
}
