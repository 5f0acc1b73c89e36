import type { Response } from 'express';
import { AppError, isAppError } from '../../../domain/errors';
import type { ChatMessage } from '../../../domain/task/generation';
import { isTerminal, type Task } from '../../../domain/task/task';
import type { ApiContext } from '../../deps';
import { setRun } from '../../http/send';
import { loadTask } from '../../tasks/find';
import { factsOf, responseObject, taskIdOf, type ResponseFacts } from './object';
import type { InputItem } from './schema';
import { responseErrorOf, responseOfBody } from './writer';

type Fields = Readonly<Record<string, unknown>>;

/** Answers that one request may refer to. */
const MOST_REFERENCES = 64;

/** A conversation that a request goes on with. */
export interface Conversation {
  /** Id of the response that it ends with. */
  readonly id: string;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
}

/** A stored response: its task, and what its object says of the request. */
export interface StoredResponse {
  readonly task: Task;
  readonly facts: ResponseFacts;
}

/** The response that a request is about, which its answer then names as its run. @throws as `loadResponse` */
export async function findResponse(context: Pick<ApiContext, 'tasks'>, response: Response, id: string): Promise<StoredResponse> {
  const stored = await loadResponse(context, response, id);
  setRun(response, stored.task.id, stored.task.attempts.at(-1)?.provider);
  return stored;
}

/** A response of the caller's team. @throws AppError `not_found`, also for one that was not to be stored or has outlived its retention */
export function loadResponse(context: Pick<ApiContext, 'tasks'>, response: Response, id: string): Promise<StoredResponse> {
  return responseOf((taskId) => loadTask(context, response, taskId), id);
}

/** Loads a task that a request may refer to. @throws AppError `not_found` */
export type LoadTask = (taskId: string) => Promise<Task>;

async function responseOf(load: LoadTask, id: string): Promise<StoredResponse> {
  const taskId = taskIdOf(id);
  const task = taskId === null ? null : await load(taskId).catch(nullIfMissing);
  const facts = task === null ? null : factsOf(task);
  if (task === null || facts?.frame.isStored !== true) {
    throw new AppError('not_found', `There is no response ${JSON.stringify(id.slice(0, 100))}.`);
  }
  return { task, facts };
}

function nullIfMissing(error: unknown): null {
  if (isAppError(error) && error.code === 'not_found') return null;
  throw error;
}

/** The object of a stored response as it is now. */
export function storedObject({ task, facts }: StoredResponse): Fields {
  if (!isTerminal(task.status)) return responseObject(facts, { status: task.status === 'queued' ? 'queued' : 'in_progress' });
  if (task.status === 'succeeded' && task.textResult !== null) {
    return responseOfBody(facts, task.textResult.body, unixSeconds(task.finishedAt ?? task.createdAt));
  }
  const error = task.error ?? { code: 'internal', message: 'The generation ended without a result.' };
  if (task.status === 'cancelled') return responseObject(facts, { status: 'cancelled' });
  return responseObject(facts, { status: 'failed', error: responseErrorOf(error) });
}

export function unixSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}

/**
 * The conversation up to and with a response, for a request that goes on with it. Its instructions are not part of it.
 * @throws AppError `previous_response_not_found`, `invalid_value` when it has no answer (yet)
 */
export async function conversationOf(load: LoadTask, id: string): Promise<Conversation> {
  const param = 'previous_response_id';
  const { task, facts } = await responseOf(load, id).catch((error: unknown) => {
    if (!isAppError(error) || error.code !== 'not_found') throw error;
    const words = `Previous response with id ${JSON.stringify(id.slice(0, 100))} not found. It was deleted, not stored, or is not of this team.`;
    throw new AppError('previous_response_not_found', words, { param });
  });
  const answer = messageOf(task);
  if (answer === null || task.input.operation !== 'chat') {
    const why = isTerminal(task.status) ? `it is ${task.status} and has no answer` : 'it has not ended';
    throw new AppError('invalid_value', `The response ${id} cannot be continued: ${why}.`, { param });
  }
  const asked = task.input.messages.slice(facts.frame.hasInstructions ? 1 : 0);
  return { id, model: task.model, messages: [...asked, answer] };
}

/** The answer as a message of the conversation that goes on. */
function messageOf({ textResult }: Task): ChatMessage | null {
  const choices = (textResult?.body['choices'] ?? []) as readonly (Fields | undefined)[];
  const message = choices[0]?.['message'] as Fields | undefined;
  if (message === undefined) return null;
  const kept = ['reasoning_content', 'refusal', 'tool_calls'].filter((name) => (message[name] ?? null) !== null);
  return { role: 'assistant', content: message['content'] ?? null, ...Object.fromEntries(kept.map((name) => [name, message[name]])) };
}

/**
 * The items of a request with those that it only names (`item_reference`) as they were answered.
 * @throws AppError `invalid_value` naming the reference that leads nowhere
 */
export async function withReferences(load: LoadTask, input: string | readonly InputItem[]): Promise<string | readonly InputItem[]> {
  if (typeof input === 'string' || !input.some(({ type }) => type === 'item_reference')) return input;
  const answers = new Map<string, readonly Fields[]>();
  const items: InputItem[] = [];
  for (const [index, item] of input.entries()) {
    if (item.type !== 'item_reference') {
      items.push(item);
      continue;
    }
    const id = String(item['id']);
    const param = `input[${index}].id`;
    const responseId = /^[a-z]+_([0-9a-f]{32})_\d+$/.exec(id)?.[1];
    const key = `resp_${responseId ?? ''}`;
    if (!answers.has(key) && answers.size >= MOST_REFERENCES) {
      throw new AppError('invalid_value', `A request may refer to items of ${MOST_REFERENCES} responses. Use previous_response_id.`, {
        param,
      });
    }
    const output = answers.get(key) ?? (await outputOf(load, key));
    answers.set(key, output);
    const found = output.find((candidate) => candidate['id'] === id);
    if (found === undefined) {
      throw new AppError('invalid_value', `Item with id ${JSON.stringify(id.slice(0, 100))} not found. Send the item itself.`, { param });
    }
    items.push(found);
  }
  return items;
}

async function outputOf(load: LoadTask, id: string): Promise<readonly Fields[]> {
  const stored = await responseOf(load, id).catch(nullIfMissing);
  return stored === null ? [] : (storedObject(stored)['output'] as readonly Fields[]);
}
