import type { Provider } from '../../api/routing';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/routing.json';
import css from './routing.module.css';

type Balance = Provider['health']['balances'][number];

/** What is left of the account of each key, as the provider counts; which key is said where there are several. */
export function Balances({ balances }: { readonly balances: readonly Balance[] }) {
  if (balances.length === 0) return '–';
  return (
    <span className={css.what}>
      {balances.map((balance) => (
        <Left key={balance.key} balance={balance} isNamed={balances.length > 1} />
      ))}
    </span>
  );
}

/** A failure stands below what was told before it. */
function Left({ balance: { key, amounts, at, error }, isNamed }: { readonly balance: Balance; readonly isNamed: boolean }) {
  const text = useText<typeof words>('routing');
  const format = useFormat();
  const said = amounts
    .map(({ amount, currency }) => (currency === 'credits' ? text('credits', { amount }) : `${amount} ${currency}`))
    .join(' · ');
  return (
    <span>
      {isNamed ? <span className={css.faint}>{key} </span> : null}
      {said === '' ? null : <span title={at === null ? undefined : text('leftAt', { time: format.exactTime(at) })}>{said}</span>}
      {said === '' && error === null ? <span className={css.faint}>{text('leftNoLimit')}</span> : null}
      {error === null ? null : (
        <span className={css.unknown}>
          {text('leftUnknown')} <span lang="en">{error}</span>
        </span>
      )}
    </span>
  );
}
