import { names } from '../lib/names';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Icon } from './icon';
import css from './severity.module.css';

const LOOKS = {
  critical: { icon: 'failed', tone: 'danger' },
  warning: { icon: 'warning', tone: 'warn' },
  info: { icon: 'info', tone: 'faint' },
} as const;

/** How bad it is, as an icon and a word. */
export function Severity({ severity, isOver }: { readonly severity: keyof typeof LOOKS; readonly isOver: boolean }) {
  const text = useText<typeof words>('common');
  const { icon, tone } = LOOKS[severity];
  return (
    <span className={names(css.severity, isOver ? css.faint : css[tone])}>
      <Icon name={icon} size={16} /> {text(`severity.${severity}`)}
    </span>
  );
}
