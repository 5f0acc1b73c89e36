import { useQuery } from '@tanstack/react-query';
import { budgetsQuery, type Budget } from '../api/budgets';
import { useMay, useTeam } from '../api/session';
import { useFormat } from '../lib/format';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import css from './remaining.module.css';

/** What the tightest budget that binds the person has left; nothing where there is none. */
export function Remaining() {
  const text = useText<typeof words>('common');
  const format = useFormat();
  const team = useTeam();
  const may = useMay('allowance.read');
  const { data } = useQuery({ ...budgetsQuery(team), enabled: may && team !== '' });
  const tightest = data === undefined ? undefined : tightestOf(data);
  if (tightest === undefined) return null;
  const used = Number(tightest.spent_usd) + Number(tightest.held_usd);
  const limit = Number(tightest.limit_usd);
  return (
    <div className={css.budget}>
      <div className={css.words}>
        <span>{text(`budget.${tightest.period}`)}</span>
        <span className="figures">
          <strong>{format.money(tightest.spent_usd)}</strong> / {format.money(tightest.limit_usd)}
        </span>
      </div>
      <progress className={css.bar} value={limit === 0 ? 1 : used} max={limit === 0 ? 1 : limit} aria-label={text('budget.used')} />
    </div>
  );
}

function tightestOf(budgets: readonly Budget[]): Budget | undefined {
  return [...budgets].sort((a, b) => Number(a.remaining_usd) - Number(b.remaining_usd))[0];
}
