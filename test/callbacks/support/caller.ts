import { callApi, type Answer } from '../../support/call';
import { eventually } from '../../support/eventually';
import type { TestAtelier } from '../../support/stack';

/** A caller of a test installation. */
export interface Caller {
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Submits a task and answers its id. */
  submit(body: object): Promise<string>;
  /** The callback of a task once it looks as wanted. */
  callback(taskId: string, wanted: (callback: any) => boolean, withinMs?: number): Promise<any>;
}

export function callerOf(atelier: TestAtelier, key: string = atelier.keys.production): Caller {
  const call: Caller['call'] = (method, path, body) => callApi(`${atelier.baseUrl}${path}`, method, { key, body });
  return {
    call,
    async submit(body) {
      const answer = await call('POST', '/tasks', body);
      // 200: the text was there at once.
      if (answer.status !== 202 && answer.status !== 200)
        throw new Error(`The task was not taken: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body.id;
    },
    callback: (taskId, wanted, withinMs = 20_000) =>
      eventually(
        async () => {
          const { body } = await call('GET', `/callbacks?task_id=${taskId}`);
          const found = body.data[0];
          if (found === undefined || !wanted(found)) throw new Error(`Not yet: ${JSON.stringify(body.data)}`);
          return found;
        },
        { withinMs, everyMs: 100 },
      ),
  };
}

/** A text task that reports to `url`. */
export function textTask(url: string, prompt = 'Say something.'): object {
  return { type: 'text', model: 'sandbox-text', input: { prompt }, callback_url: url };
}
