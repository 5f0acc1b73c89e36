import pino from 'pino';
import type { Logger } from '../../domain/log';
import { redact, redactText } from './redact';

export interface LoggerOptions {
  /** debug, info, warn, error or silent. */
  readonly level: string;
  /** Which process or part speaks: `api`, `worker`. */
  readonly name: string;
  /** File descriptor of the lines; stderr by default, since commands print their results on stdout. */
  readonly descriptor?: 1 | 2;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** JSON lines. Every field and message passes the redaction before it is written. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, name, descriptor = 2 } = options;
  // Synchronous, so that the last words of a process that dies are not lost.
  const destination = pino.destination({ dest: descriptor, sync: true });
  return wrap(pino({ level, name, timestamp: pino.stdTimeFunctions.isoTime }, destination));
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
