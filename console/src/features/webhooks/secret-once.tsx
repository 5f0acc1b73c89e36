import { useText } from '../../lib/text';
import type words from '../../text/en/webhooks.json';
import { SecretDialog } from '../../ui/secret-dialog';

/** The secret that a receiver checks signatures with, this once. */
export function SecretOnce({ name, secret, onStored }: { readonly name: string; readonly secret: string; readonly onStored: () => void }) {
  const text = useText<typeof words>('webhooks');
  return (
    <SecretDialog title={text('secretTitle', { name })} about={text('once')} label={text('secret')} secret={secret} onStored={onStored} />
  );
}
