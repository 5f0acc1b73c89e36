import type { RouteName } from '../access/routes';

/** Where a call came in, as the log names it: the endpoint of its run, or one that makes none. */
export type CallEndpoint = (typeof CALL_ENDPOINTS)[number];
export const CALL_ENDPOINTS = [
  'chat.completions',
  'completions',
  'messages',
  'messages.count_tokens',
  'responses',
  'embeddings',
  'moderations',
  'audio.speech',
  'audio.transcriptions',
  'audio.translations',
  'images.generations',
  'images.edits',
  'videos',
  'video.generations',
  'tasks',
  'campaigns',
] as const;

/**
 * The routes whose requests stand in the call log when they name a model. Items of campaigns have calls of their own; an estimate buys
 * nothing and has none.
 */
export const RECORDED_ROUTES: Readonly<Partial<Record<RouteName, CallEndpoint>>> = {
  'POST /v1/chat/completions': 'chat.completions',
  'POST /v1/cursor/chat/completions': 'chat.completions',
  'POST /v1/completions': 'completions',
  'POST /v1/messages': 'messages',
  'POST /v1/messages/count_tokens': 'messages.count_tokens',
  'POST /v1/responses': 'responses',
  'POST /v1/embeddings': 'embeddings',
  'POST /v1/moderations': 'moderations',
  'POST /v1/audio/speech': 'audio.speech',
  'POST /v1/audio/transcriptions': 'audio.transcriptions',
  'POST /v1/audio/translations': 'audio.translations',
  'POST /v1/images/generations': 'images.generations',
  'POST /v1/images/edits': 'images.edits',
  'POST /v1/videos': 'videos',
  'POST /v1/videos/:id/remix': 'videos',
  'POST /v1/video/generations': 'video.generations',
  'POST /v1/tasks': 'tasks',
  'POST /v1/tasks/:id/replay': 'tasks',
};
