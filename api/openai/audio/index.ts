import type { Router } from 'express';
import type { Authenticating } from '../../deps';
import { createRoutes, jsonOf } from '../../http/routes';
import { answerSpeech, type AnsweringSpeech } from './speech';
import { answerTranscription, type AnsweringTranscriptions } from './transcription';

const MAX_SPEECH_BODY_BYTES = 1024 * 1024;

/** Routes of /v1/audio. */
export function audioRouter(context: Authenticating & AnsweringSpeech & AnsweringTranscriptions): Router {
  const routes = createRoutes(context, '/v1');
  routes.post('/audio/speech', jsonOf(MAX_SPEECH_BODY_BYTES), (request, response) => answerSpeech(context, request, response));
  routes.post('/audio/transcriptions', (request, response) => answerTranscription(context, request, response, 'audio.transcriptions'));
  routes.post('/audio/translations', (request, response) => answerTranscription(context, request, response, 'audio.translations'));
  return routes.done();
}
