import { isTerminal } from '../../domain/task/task';
import type { Sink } from '../output';
import type { TaskObject } from './task-object';
import { costText, percentText, phaseText } from './task-text';

/** Shows how tasks go on: lines redrawn in place on a terminal, plain lines elsewhere. */
export interface Progress {
  show(task: TaskObject): void;
  note(text: string): void;
}

const BAR = 20;

export function createProgress(screen: Sink): Progress {
  return screen.isTTY === true ? liveProgress(screen) : plainProgress(screen);
}

/** No lines at all. */
export const SILENT: Progress = { show: () => undefined, note: () => undefined };

/** A line whenever status, phase or a further tenth changes. */
function plainProgress(screen: Sink): Progress {
  const shown = new Map<string, string>();
  return {
    show(task) {
      const state = `${task.status} ${task.phase} ${Math.floor(task.progress * 10)}`;
      if (shown.get(task.id) === state) return;
      shown.set(task.id, state);
      screen.write(`${lineOf(task)}\n`);
    },
    note: (text) => void screen.write(`${text}\n`),
  };
}

/** One line a task, redrawn; notes scroll away above them. */
function liveProgress(screen: Sink): Progress {
  const lines = new Map<string, string>();
  let drawn = 0;

  function redraw(above: string): void {
    const columns = screen.columns ?? 0;
    // Some terminals say 0.
    const width = (columns > BAR ? columns : 80) - 1;
    const up = drawn === 0 ? '' : `\x1b[${drawn}A`;
    const text = [...lines.values()].map((line) => `${line.slice(0, width)}\n`).join('');
    screen.write(`${up}\r\x1b[J${above}${text}`);
    drawn = lines.size;
  }

  return {
    show(task) {
      const line = barLineOf(task);
      if (lines.get(task.id) === line) return;
      lines.set(task.id, line);
      redraw('');
    },
    note: (text) => redraw(`${text}\n`),
  };
}

function lineOf(task: TaskObject): string {
  if (isTerminal(task.status)) return `${task.id} ${task.status}, ${costText(task)}`;
  const phase = phaseText(task);
  return `${task.id} ${task.status} ${percentText(task)}${phase === '' ? '' : `, ${phase}`}`;
}

function barLineOf(task: TaskObject): string {
  const filled = Math.floor(task.progress * BAR);
  const bar = `${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}`;
  const words = isTerminal(task.status) ? `${task.status}, ${costText(task)}` : phaseText(task);
  return `[${bar}] ${percentText(task).padStart(5)} ${task.model} ${words} ${task.id}`;
}
