import { BackupFailure } from '../domain/backup/failure';

/** What is known of a failure beside its message; `null` and absent alike mean unknown. */
export interface FailureFacts {
  /** The API's error code, or one of the CLI's own: `usage`, `not_configured`, `unreachable`, `interrupted` ... */
  readonly code: string;
  readonly status?: number | null;
  readonly param?: string | null;
  readonly requestId?: string | null;
  readonly taskId?: string | null;
  readonly details?: unknown;
  /** What to do, one line each. */
  readonly advice?: readonly string[];
  readonly exitCode?: number;
}

/** A command that cannot do what it was asked to. The message says what is wrong; `facts.advice` what to do. */
export class CliFailure extends Error {
  readonly facts: FailureFacts;

  constructor(message: string, facts: FailureFacts, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliFailure';
    this.facts = facts;
  }
}

/** A mistake in how the command was called. */
export function usageFailure(message: string, ...advice: readonly string[]): CliFailure {
  return new CliFailure(message, { code: 'usage', advice });
}

/** Any thrown thing as a failure of ours. */
export function toFailure(error: unknown): CliFailure {
  if (error instanceof CliFailure) return error;
  if (error instanceof BackupFailure) return new CliFailure(error.message, { code: error.code, advice: error.advice }, error);
  const message = error instanceof Error ? error.message : String(error);
  return new CliFailure(message, { code: 'failed' }, error);
}

/** A failure as text for people: what is wrong, the ids to ask the operator with, what to do. */
export function failureText({ message, facts }: CliFailure): string {
  const { code, status, param, requestId, taskId, advice = [] } = facts;
  const known = [
    status === undefined || status === null ? null : `code ${code} (HTTP ${status})`,
    param === undefined || param === null ? null : `parameter ${param}`,
    requestId === undefined || requestId === null ? null : `request ${requestId}`,
    taskId === undefined || taskId === null ? null : `task ${taskId}`,
  ].filter((fact) => fact !== null);
  return [`✗ ${message}`, ...(known.length === 0 ? [] : [`  ${known.join(' · ')}`]), ...advice.map((line) => `  → ${line}`)].join('\n');
}

/** A failure as the JSON document of a command. */
export function failureDocument({ message, facts }: CliFailure): object {
  return {
    error: {
      code: facts.code,
      message,
      status: facts.status ?? null,
      param: facts.param ?? null,
      request_id: facts.requestId ?? null,
      task_id: facts.taskId ?? null,
      advice: facts.advice ?? [],
      ...(facts.details === undefined ? {} : { details: facts.details }),
    },
  };
}
