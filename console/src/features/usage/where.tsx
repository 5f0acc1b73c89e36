import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../api/session';
import { teamQuery } from '../../api/team';
import { usageQuery, type Usage, type UsageRow } from '../../api/usage';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/usage.json';
import { Panel } from '../../ui/panel';
import { figureOf, measure, type Metric } from './measure';
import css from './usage.module.css';

const KINDS = [
  ['image', 'images'],
  ['video', 'video'],
  ['text', 'tokens'],
] as const satisfies readonly (readonly [string, Metric])[];

/** Where the money of the time went, and that it is the ledger's sum. @param usage - by modality */
export function Where({ usage, team }: { readonly usage: Usage; readonly team: string | null }) {
  const text = useText<typeof words>('usage');
  const format = useFormat();
  const rowOf = (kind: string): UsageRow | undefined => usage.data.find(({ modality }) => modality === kind);
  return (
    <Panel title={text('where')}>
      <dl className={css.where}>
        {KINDS.map(([kind, metric]) => {
          const row = rowOf(kind);
          return (
            <div key={kind}>
              <dt>
                {text(`modalities.${kind}`)} <small>{row === undefined ? null : figureOf(measure(row, metric), metric, format)}</small>
              </dt>
              <dd>{format.money(row?.cost_usd ?? '0')}</dd>
            </div>
          );
        })}
        <div className={css.sum}>
          <dt>{text('sum')}</dt>
          <dd>{format.money(usage.total.cost_usd)}</dd>
        </div>
      </dl>
      {team === null ? null : <Equality team={team} />}
    </Panel>
  );
}

/** Compares all usage of the team with what its ledger has booked. */
function Equality({ team }: { readonly team: string }) {
  const text = useText<typeof words>('usage');
  const format = useFormat();
  const may = useMay('budget.read');
  const { data: booked } = useQuery({ ...teamQuery(team), enabled: may });
  const { data: counted } = useQuery({ ...usageQuery({ team, from: '2020-01-01' }), enabled: may });
  if (booked?.spent_usd === undefined || counted === undefined) return null;
  const values = { ledger: format.money(booked.spent_usd), usage: format.money(counted.total.cost_usd) };
  // Micro-dollars: a request that ends between the two readings is in one of them alone.
  const isEqual = Math.round(Number(booked.spent_usd) * 1e6) === Math.round(Number(counted.total.cost_usd) * 1e6);
  return <p className={css.equal}>{text(isEqual ? 'equal' : 'notYetEqual', values)}</p>;
}
