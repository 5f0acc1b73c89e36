import type { components } from '../../api/schema';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/audit.json';
import { CopyText } from '../../ui/copy-text';
import { Notice } from '../../ui/states';

/** The head of the chain and whether what was signed of it is genuine. The whole chain is verified by the command line. */
export function AuditHead({ head }: { readonly head: components['schemas']['AuditHead'] }) {
  const text = useText<typeof words>('audit');
  const format = useFormat();
  const isGenuine = head.anchors.every(({ genuine }) => genuine);
  const latest = [...head.anchors].sort((a, b) => b.signed_at.localeCompare(a.signed_at))[0];
  return (
    <Notice tone={isGenuine ? 'accent' : 'danger'}>
      <p>
        {isGenuine ? (latest === undefined ? text('unsigned') : text('genuine', { time: format.time(latest.signed_at) })) : text('forged')}{' '}
        {text('head')} <CopyText text={head.hash} />
      </p>
      <p>{text('verify')}</p>
    </Notice>
  );
}
