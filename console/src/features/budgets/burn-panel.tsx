import type { ReactNode } from 'react';
import { useMay } from '../../api/session';
import { useFormat, type Format } from '../../lib/format';
import { useText, type Text } from '../../lib/text';
import type words from '../../text/en/budgets.json';
import { BurnDown } from '../../ui/chart/burn-down';
import { Panel } from '../../ui/panel';
import { Skeleton } from '../../ui/states';
import { useBudgetName } from './budget-list';
import css from './budgets.module.css';
import type { BudgetRow } from './scopes';
import type { Burn } from './burn';
import { useBurn } from './use-series';

/** One budget over its time: what is left, the pace, and where it leads. */
export function BurnPanel({
  row,
  team,
  zone,
  verb,
}: {
  readonly row: BudgetRow;
  readonly team: string;
  readonly zone: string;
  readonly verb: ReactNode;
}) {
  const text = useText<typeof words>('budgets');
  const format = useFormat();
  const name = useBudgetName()(row);
  const maySee = useMay('usage.read');
  const left = Number(row.limitUsd) - Number(row.spentUsd) - Number(row.heldUsd ?? '0');
  return (
    <Panel title={name} end={verb}>
      <dl className={css.figures}>
        <Figure name={text('spent')} value={format.money(row.spentUsd)} />
        {row.heldUsd === null || Number(row.heldUsd) === 0 ? null : <Figure name={text('held')} value={format.money(row.heldUsd)} />}
        <Figure name={text('left')} value={format.money(String(Math.max(0, left)))} />
        <Figure name={text('limit')} value={format.money(row.limitUsd)} />
      </dl>
      {maySee || row.id !== null ? <Line row={row} team={team} zone={zone} /> : null}
    </Panel>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Line({ row, team, zone }: { readonly row: BudgetRow; readonly team: string; readonly zone: string }) {
  const text = useText<typeof words>('budgets');
  const format = useFormat();
  const { data } = useBurn(row, team, zone);
  if (data === undefined) return <Skeleton rows={1} height={240} />;
  const sentence = sentenceOf(row, data, text, format);
  return (
    <>
      <p className={css.sentence}>{sentence}</p>
      <BurnDown
        label={text('chart', { sentence })}
        points={data.points}
        limit={Number(row.limitUsd)}
        limitLabel={text('limitOf', { amount: format.money(row.limitUsd) })}
        forecast={data.forecast}
        isEven={row.period !== 'total'}
        format={(value) => format.money(String(value))}
      />
      <p className={css.faint}>
        {text(row.period === 'total' ? 'legendTotal' : 'legend')} {text('clock', { zone: data.zone })}
      </p>
    </>
  );
}

function sentenceOf(row: BudgetRow, { forecast, emptyAt, zone }: Burn, text: Text<typeof words>, format: Format): string {
  if (Number(row.spentUsd) >= Number(row.limitUsd)) return text(`stopped.${row.period}`);
  if (row.period === 'total' || forecast === null)
    return emptyAt === null ? text('noForecast') : text('empties', { day: format.day(emptyAt, zone) });
  const values = { amount: format.money(forecast.toFixed(4)), limit: format.money(row.limitUsd) };
  return forecast > Number(row.limitUsd) ? text(`over.${row.period}`, values) : text(`within.${row.period}`, values);
}
