import type { Provider } from '../../api/routing';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/routing.json';
import { Breaker, conditionOf } from './breaker';
import css from './routing.module.css';

/** How each provider fares now. */
export function HealthStrip({ providers }: { readonly providers: readonly Provider[] }) {
  const text = useText<typeof words>('routing');
  const format = useFormat();
  return (
    <ul className={css.strip} aria-label={text('health')}>
      {providers.map((provider) => {
        const { success_rate: rate, latency_ms_p50: p50, requests_5m: requests } = provider.health;
        return (
          <li key={provider.name} className={css.card}>
            <strong>{provider.name}</strong>
            <Breaker condition={conditionOf(provider)} />
            <span className={css.figures}>
              <span>{rate === null ? '–' : format.percent1(rate)}</span>
              <span>{p50 === null ? '–' : format.seconds(p50)}</span>
            </span>
            <span className={css.faint}>{text('calls', { count: requests })}</span>
          </li>
        );
      })}
    </ul>
  );
}
