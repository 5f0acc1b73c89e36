import { isTerminal } from '../../domain/task/task';
import { follow, type FollowOptions } from '../http/follow';
import type { TaskObject } from './task-object';

/** The task at each of its changes, the last one ended. @throws as `follow` */
export function followTask(id: string, options: FollowOptions): AsyncGenerator<TaskObject> {
  return follow({ path: `/v1/tasks/${encodeURIComponent(id)}`, isEnd: (task: TaskObject) => isTerminal(task.status) }, options);
}
