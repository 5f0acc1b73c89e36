import { useText } from '../../lib/text';
import type words from '../../text/en/credentials.json';
import { SecretDialog } from '../../ui/secret-dialog';

/** A key that was made or rotated, this once. */
export function KeyOnce({ title, secret, onStored }: { readonly title: string; readonly secret: string; readonly onStored: () => void }) {
  const text = useText<typeof words>('credentials');
  const env = `OPENAI_BASE_URL=${window.location.origin}/v1\nOPENAI_API_KEY=${secret}\n`;
  return (
    <SecretDialog
      title={title}
      about={text('once')}
      label={text('key')}
      secret={secret}
      copies={[{ label: text('copyEnv'), text: env }]}
      onStored={onStored}
    />
  );
}
