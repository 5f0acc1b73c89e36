import type { Provider } from '../../api/routing';
import { names } from '../../lib/names';
import { useText } from '../../lib/text';
import type words from '../../text/en/routing.json';
import { Icon } from '../../ui/icon';
import css from './routing.module.css';

export type Condition = 'disabled' | 'open' | 'half_open' | 'closed';

/** The worst of a provider: off, or the state of its breakers. @param model - of the provider: only its breakers count */
export function conditionOf(provider: Provider | undefined, model?: string): Condition {
  if (provider === undefined || !provider.enabled) return 'disabled';
  const states = provider.breakers.filter((one) => model === undefined || one.model === model).map(({ state }) => state);
  return states.includes('open') ? 'open' : states.includes('half_open') ? 'half_open' : 'closed';
}

const ICONS = { disabled: 'cancelled', open: 'failed', half_open: 'queued', closed: 'check' } as const;

/** A breaker as an icon and a word. */
export function Breaker({ condition }: { readonly condition: Condition }) {
  const text = useText<typeof words>('routing');
  return (
    <span className={names(css.breaker, css[condition])}>
      <Icon name={ICONS[condition]} size={16} /> {text(`conditions.${condition}`)}
    </span>
  );
}
