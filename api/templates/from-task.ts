import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import { takenFromTask, type FromInput } from '../../domain/template/from-task';
import { assertContentsKept } from '../../domain/task/retention';
import { isTerminal } from '../../domain/task/task';
import { parseWith } from '../http/faults';
import { withFetchedInputs } from '../replays/overrides';
import { loadTask } from '../tasks/find';
import { imageOutput, videoOutput } from '../tasks/schema';
import { makeTemplate, type MakingTemplates } from './create';
import { templateFromTask } from './schema';

/** POST /v1/templates/from-task: the settings of a task that has ended, as the first version of a template. */
export async function postFromTask(context: MakingTemplates, request: Request, response: Response): Promise<void> {
  const { task_id: taskId, inputs, prompt, ...named } = parseWith(templateFromTask, request.body);
  const task = await loadTask(context, response, taskId);
  if (!isTerminal(task.status)) {
    throw new AppError('task_not_finished', `The task ${task.id} has not ended yet. Wait for its end.`, {
      param: 'task_id',
      taskId: task.id,
    });
  }
  assertContentsKept(task);
  const { operation } = task.input;
  if (operation !== 'chat' && operation !== 'image' && operation !== 'video') {
    throw new AppError('invalid_value', `The task ${task.id} is no chat, image or video, so no template can be made of it.`, {
      param: 'task_id',
    });
  }
  const input = task.input.operation === 'chat' ? task.input : await withFetchedInputs(context, task, task.input);
  const declared = Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, declarationOf(one)]));
  const { body, missed } = takenFromTask(input, declared);
  const [first] = missed;
  if (first !== undefined && prompt === undefined) {
    throw new AppError('invalid_value', `The prompt of ${task.id} does not contain ${JSON.stringify(first.text.slice(0, 100))}.`, {
      param: `inputs.${first.input}.replaces`,
    });
  }
  const [preview] = task.outputs;
  await makeTemplate(context, response, {
    ...named,
    type: task.type,
    model: task.model,
    ...body,
    ...(prompt === undefined ? {} : { prompt, messages: undefined }),
    ...(body.output === undefined ? {} : { output: knownOutput(task.type, body.output) }),
    ...(preview === undefined || preview.contentsExpiredAt !== undefined ? {} : { preview_asset_ids: [preview.id] }),
  });
}

/** A text alone: a string whose values go into its place. */
function declarationOf(input: string | FromInput): FromInput {
  return typeof input === 'string' ? { type: 'string', replaces: input } : input;
}

/** Compatible endpoints let more through than a task has. */
function knownOutput(type: string, output: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { shape } = type === 'video' ? videoOutput : imageOutput;
  return Object.fromEntries(Object.entries(output).filter(([name]) => Object.hasOwn(shape, name)));
}
