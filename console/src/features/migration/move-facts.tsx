import type { Import } from '../../api/imports';
import { useFormat } from '../../lib/format';
import { moneyOf } from '../../lib/money';
import { useText } from '../../lib/text';
import type words from '../../text/en/migration.json';
import { Facts } from '../../ui/facts';
import { Panel } from '../../ui/panel';
import { Notice } from '../../ui/states';
import css from './migration.module.css';

const KINDS = ['teams', 'users', 'keys', 'providers', 'models', 'tasks'] as const;

/** What came in of a move, and whether the balances are those of the ledger. */
export function MoveFacts({ move }: { readonly move: Import }) {
  const text = useText<typeof words>('migration');
  const format = useFormat();
  const isEqual = move.balance_usd === move.ledger_usd;
  return (
    <div className={css.split}>
      <Panel title={text('came')}>
        <Facts
          rows={[
            [text('from'), text(`products.${move.product}`)],
            [text('place'), <span className={css.place}>{move.location}</span>],
            ...KINDS.map((kind) => [text(`kinds.${kind}`), format.number(move.counts[kind])] as const),
            [text('began'), move.created_at === null ? null : format.time(move.created_at)],
            [text('changed'), move.updated_at === null ? null : format.time(move.updated_at)],
          ]}
        />
      </Panel>
      <Panel title={text('balances')}>
        <Facts
          rows={[
            [text('opening'), moneyOf(move.balance_usd)],
            [text('ledger'), moneyOf(move.ledger_usd)],
          ]}
        />
        <Notice tone={isEqual ? 'accent' : 'danger'}>{text(isEqual ? 'equal' : 'notEqual')}</Notice>
      </Panel>
    </div>
  );
}
