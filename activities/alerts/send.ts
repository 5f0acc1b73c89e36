import { noticeText } from '../../domain/alert/notice-text';
import type { Notice } from '../../domain/alert/notice';
import { incidentObject } from '../../domain/alert/object';
import { isDelivered } from '../../domain/events/callback';
import type { TellingDeps } from './deps';

/** A receiver has this long to answer. */
const POST_TIMEOUT_MS = 12_000;

/**
 * Sends a notice by its channel, once. Its id goes along, so that a receiver can tell a repeat after a crash.
 * @returns why it was not taken; null: it was
 */
export async function send(deps: TellingDeps, notice: Notice): Promise<string | null> {
  const { channel } = notice;
  const text = noticeText(notice, deps.baseUrl);
  if (channel.type === 'email') {
    if (deps.mail === null) return 'E-mail is not set up: ATELIER_SMTP_URL is not set.';
    await deps.mail.send({ id: notice.id, to: channel.to, ...text });
    return null;
  }
  if (channel.type === 'slack') return post(deps, channel.url, JSON.stringify({ text: `*${text.subject}*\n${text.text}` }), {});
  const body = JSON.stringify(eventOf(notice, deps.now()));
  const secret = channel.secret ?? '';
  return post(deps, channel.url, body, { ...deps.signer.sign({ id: notice.id, at: deps.now(), body, secrets: [secret] }) });
}

async function post(
  { egress }: TellingDeps,
  url: string | null,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<string | null> {
  if (url === null) return 'The channel has no URL.';
  const { status, excerpt } = await egress.post(url, {
    headers: { 'content-type': 'application/json', ...headers },
    body,
    timeoutMs: POST_TIMEOUT_MS,
  });
  return isDelivered(status) ? null : `The receiver answered ${String(status)}${excerpt === '' ? '' : `: ${excerpt.slice(0, 200)}`}`;
}

/** The body of a webhook, in the shape of all events. */
function eventOf({ id, kind, alert, channel, incident }: Notice, now: Date) {
  return {
    id,
    object: 'event',
    type: incident === null ? 'alert.test' : `incident.${kind}`,
    created_at: Math.floor(now.getTime() / 1_000),
    timestamp: now.toISOString(),
    data: incident === null ? { object: 'alert', id: alert.id, name: alert.name } : incidentObject(incident, channel.language),
  };
}
