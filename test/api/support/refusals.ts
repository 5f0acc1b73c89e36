import type { Answer } from '../../support/call';
import type { TestApi } from './api';

/** What must not change when a request is refused: the newest task, and what was called or started. */
export async function stateOf(api: TestApi): Promise<readonly unknown[]> {
  const { body } = await api.call('GET', '/v1/tasks?limit=1');
  return [body.first_id, api.lane.runs.length, api.lane.inBackground.length, api.started.length];
}

/** Status, code and parameter of a refusal. */
export function faultOf(answer: Answer): readonly unknown[] {
  return [answer.status, answer.body.error?.code, answer.body.error?.param];
}
