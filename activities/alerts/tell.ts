import { nextNoticeInMs, quietUntil, type Notice } from '../../domain/alert/notice';
import { toAppError } from '../../domain/errors';
import { wallClock } from '../../domain/time-zone';
import { keepTrying } from '../keep-trying';
import type { TellingDeps } from './deps';
import { send } from './send';

/** What came of a try is worth this much waiting for the database. */
const WRITE_PATIENCE_MS = 20_000;

/** Makes the next try of a notice if it is due, and writes down what came of it. */
export async function tryNotice(deps: TellingDeps, noticeId: string): Promise<{ readonly againInMs: number | null }> {
  const turn = await deps.notices.takeTurn(noticeId);
  if (turn.kind === 'closed') return { againInMs: null };
  if (turn.kind === 'early') return { againInMs: turn.dueInMs };
  const { notice } = turn;
  const now = deps.now();
  const until = mayDisturb(notice) ? null : quietUntil(notice.channel.quietHours, now, wallClock);
  if (until !== null) {
    await deps.notices.hold(noticeId, until);
    return { againInMs: Math.max(1, until.getTime() - now.getTime()) };
  }
  const error = await failureOf(deps, notice);
  const againInMs = error === null ? null : nextNoticeInMs(notice.triesBefore + 1, deps.random(), deps.scheduleScale);
  await keepTrying(() => deps.notices.endTurn(notice, { at: now, error }, againInMs), WRITE_PATIENCE_MS);
  if (error !== null && againInMs === null) {
    deps.logger.error({ notice: noticeId, incident: notice.incident?.id ?? null, channel: notice.channel.id }, 'gave up on a notice');
  }
  return { againInMs };
}

/** A test is asked for by somebody who waits. */
function mayDisturb({ kind, channel, incident }: Notice): boolean {
  return kind === 'test' || (channel.quietHours?.exceptCritical === true && incident?.severity === 'critical');
}

/** Null: it was delivered. The words hold neither the URL of a chat nor a secret. */
async function failureOf(deps: TellingDeps, notice: Notice): Promise<string | null> {
  try {
    return await send(deps, notice);
  } catch (caught) {
    const error = toAppError(caught);
    if (error.code === 'internal') deps.logger.warn({ err: error.cause ?? error, notice: notice.id }, 'a notice could not be sent');
    return error.message.slice(0, 300);
  }
}
