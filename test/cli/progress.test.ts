import { createProgress } from '../../cli/tasks/progress';
import type { TaskObject } from '../../cli/tasks/task-object';

function screenOf(isTTY: boolean) {
  const written: string[] = [];
  return { written, screen: { isTTY, columns: 60, write: (text: string) => written.push(text) } };
}

const task = (id: string, progress: number, more: Partial<TaskObject> = {}) =>
  ({
    id,
    model: 'video',
    status: 'running',
    phase: 'waiting_provider',
    progress,
    cost: { estimated: '1', reserved: '1', actual: null },
    ...more,
  }) as TaskObject;

test('on a terminal each task has one line that is drawn over, no wider than the screen', () => {
  const { screen, written } = screenOf(true);
  const progress = createProgress(screen);

  progress.show(task('task_a', 0));
  progress.show(task('task_b', 0));
  progress.show(task('task_a', 0.5));
  progress.show(task('task_a', 0.5));

  expect(written).toHaveLength(3);
  expect(written[2]).toMatch(/^\x1b\[2A\r\x1b\[J\[#{10}\.{10}\] {2}50 % video .*\n\[\.{20}\] {3}0 % video .*\n$/);
  for (const line of written.join('').split('\n')) expect(line.replace(/\x1b\[\w+|\r/g, '').length).toBeLessThan(60);
});

test('elsewhere a plain line is written when status, phase or a further tenth changes', () => {
  const { screen, written } = screenOf(false);
  const progress = createProgress(screen);

  for (const done of [0, 0.01, 0.11, 0.12]) progress.show(task('task_a', done));
  progress.show(task('task_a', 1, { status: 'succeeded', phase: 'done', cost: { estimated: '1', reserved: '0', actual: '0.9' } }));

  expect(written).toEqual([
    'task_a running 0 %, the provider is working\n',
    'task_a running 11 %, the provider is working\n',
    'task_a succeeded, 0.9 USD\n',
  ]);
});
