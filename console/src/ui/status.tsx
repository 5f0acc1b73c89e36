import { names } from '../lib/names';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Icon } from './icon';
import type { IconName } from './icons';
import { Ring } from './ring';
import css from './status.module.css';

/** One table for every status of the product: what it looks like. Words are in `common.json` under `status`. */
const LOOKS = {
  queued: { icon: 'queued', tone: 'faint' },
  running: { icon: 'ring', tone: 'accent' },
  succeeded: { icon: 'check', tone: 'ink' },
  completed: { icon: 'allDone', tone: 'ink' },
  failed: { icon: 'failed', tone: 'danger' },
  cancelled: { icon: 'cancelled', tone: 'faint' },
  expired: { icon: 'expired', tone: 'faint' },
  paused: { icon: 'paused', tone: 'warn' },
  budget_exhausted: { icon: 'budget', tone: 'warn' },
  draft: { icon: 'draft', tone: 'faint' },
  scheduled: { icon: 'scheduled', tone: 'faint' },
  delivered: { icon: 'check', tone: 'ink' },
  pending: { icon: 'queued', tone: 'faint' },
} as const satisfies Record<string, { readonly icon: IconName | 'ring'; readonly tone: 'ink' | 'faint' | 'accent' | 'warn' | 'danger' }>;

export type StatusName = keyof typeof LOOKS;

interface StatusProps {
  readonly status: StatusName;
  /** 0 to 1 of what runs. */
  readonly progress?: number | null;
  /** On a wash of its colour, for headings. */
  readonly isChip?: boolean;
  /** More words after it: the cause, "2 of 4". */
  readonly more?: string | undefined;
}

/** A status as an icon and a word. */
export function Status({ status, progress = null, isChip = false, more }: StatusProps) {
  const text = useText<typeof words>('common');
  const { icon, tone } = LOOKS[status];
  return (
    <span className={names(css.status, css[tone], isChip && css.chip)}>
      {icon === 'ring' ? <Ring progress={progress} /> : <Icon name={icon} size={16} />}
      <span>{text(`status.${status}`)}</span>
      {more === undefined ? null : <span className={css.more}>{more}</span>}
    </span>
  );
}
