import pino from 'pino';
import type { Logger } from '../../domain/log';
import { currentLogFields } from '../../lib/log-context';
import { redact, redactText } from './redact';

export interface LoggerOptions {
  /** debug, info, warn, error or silent. */
  readonly level: string;
  /** Which process or part speaks: `api`, `worker`. */
  readonly name: string;
  /** Takes the lines; stderr by default, since commands print their results on stdout. */
  readonly sink?: { write(line: string): void };
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** JSON lines with the ids of what is being done (`withLogFields`). Every field and message passes the redaction before it is written. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, name } = options;
  // Synchronous, so that the last words of a process that dies are not lost.
  const sink = options.sink ?? pino.destination({ dest: 2, sync: true });
  return wrap(pino({ level, name, timestamp: pino.stdTimeFunctions.isoTime, mixin: () => ({ ...currentLogFields() }) }, sink));
}

function wrap(target: pino.Logger): Logger {
  const write = (level: Level) => (fields: object, message: string) => {
    if (target.isLevelEnabled(level)) {
      target[level](redact(fields), redactText(message));
    }
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => wrap(target.child(redact(fields))),
  };
}
