import type { Transporter } from 'nodemailer';
import type { MailSender } from '../../domain/alert/notice';
import { AppError } from '../../domain/errors';

const WITHIN_MS = 12_000;

export interface MailOptions {
  /** `smtp://user:password@host:587` or `smtps://...`. Holds a secret. */
  readonly url: string;
  /** The sender's address. */
  readonly from: string;
}

/** Mail by SMTP. The server is the operator's own and may be anywhere. */
export function createMailSender({ url, from }: MailOptions): MailSender {
  // Beside a URL the library reads no other options, but it reads these from its query.
  const server = new URL(url);
  for (const name of ['connectionTimeout', 'greetingTimeout', 'socketTimeout']) server.searchParams.set(name, String(WITHIN_MS));
  // Loaded with the first mail: most installations send none for days.
  let transport: Promise<Pick<Transporter, 'sendMail'>> | undefined;
  const connected = () => (transport ??= import('nodemailer').then(({ createTransport }) => createTransport(server.href)));
  const domain = /@([^@>]+)>?$/.exec(from)?.[1] ?? 'atelier.invalid';
  return {
    async send({ id, to, subject, text }) {
      try {
        await (
          await connected()
        ).sendMail({
          from,
          to: [...to],
          subject,
          text,
          messageId: `<${id}@${domain}>`,
          headers: { 'auto-submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
      } catch (error) {
        throw new AppError('service_unavailable', `The mail server did not take the message: ${reasonOf(error)}.`, {}, error);
      }
    },
  };
}

/** The server's code and not its words: these may repeat who signed in. */
function reasonOf(error: unknown): string {
  const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown };
  const parts = [typeof code === 'string' ? code : 'no answer', ...(typeof responseCode === 'number' ? [String(responseCode)] : [])];
  return parts.join(' ');
}
