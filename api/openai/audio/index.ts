import type { Router } from 'express';
import type { Authenticating } from '../../deps';
import { createRoutes, jsonOf } from '../../http/routes';
import { answerSpeech, type AnsweringSpeech } from './speech';

const MAX_SPEECH_BODY_BYTES = 1024 * 1024;

/** Routes of /v1/audio. */
export function audioRouter(context: Authenticating & AnsweringSpeech): Router {
  const routes = createRoutes(context, '/v1');
  routes.post('/audio/speech', jsonOf(MAX_SPEECH_BODY_BYTES), (request, response) => answerSpeech(context, request, response));
  return routes.done();
}
