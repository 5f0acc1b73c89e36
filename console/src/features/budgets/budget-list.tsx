import { useFormat } from '../../lib/format';
import { names } from '../../lib/names';
import { useText } from '../../lib/text';
import type words from '../../text/en/budgets.json';
import { Chip } from '../../ui/chip';
import { Meter } from '../../ui/meter';
import css from './budgets.module.css';
import { shareOf, type BudgetRow, type Scope } from './scopes';

interface BudgetListProps {
  readonly rows: readonly BudgetRow[];
  readonly openKey: string | undefined;
  /** Of all budgets, found or not. */
  readonly tightest: BudgetRow | undefined;
  /** Said in place of rows. */
  readonly none: string;
  readonly onOpen: (row: BudgetRow) => void;
}

/** Budgets one in the other, each with what is used of it; the one that stops first is marked. */
export function BudgetList({ rows, tightest, openKey, none, onOpen }: BudgetListProps) {
  return (
    <ul className={css.list}>
      {rows.map((row) => (
        <li key={row.key}>
          <button
            type="button"
            className={names(css.budget, row.key === openKey && css.open)}
            aria-pressed={row.key === openKey}
            onClick={() => onOpen(row)}
          >
            <BudgetLine row={row} isTightest={row === tightest} />
          </button>
        </li>
      ))}
      {rows.length === 0 ? <li className={css.faint}>{none}</li> : null}
    </ul>
  );
}

/** The same to look at alone, for a page that is about something else. */
export function BudgetLines({ rows }: { readonly rows: readonly BudgetRow[] }) {
  const tightest = tightestOf(rows);
  return (
    <ul className={css.list}>
      {rows.map((row) => (
        <li key={row.key} className={css.line}>
          <BudgetLine row={row} isTightest={row === tightest} />
        </li>
      ))}
    </ul>
  );
}

function BudgetLine({ row, isTightest }: { readonly row: BudgetRow; readonly isTightest: boolean }) {
  const text = useText<typeof words>('budgets');
  const format = useFormat();
  const name = useBudgetName()(row);
  const share = shareOf(row);
  return (
    <>
      <span className={css.words}>
        <span className={css.name}>
          {row.kind === 'organisation' || row.kind === 'team' ? null : <span aria-hidden="true">› </span>}
          {name} {isTightest ? <Chip>{text('tightest')}</Chip> : null}
        </span>
        <span className="figures">
          <strong>{format.money(row.spentUsd)}</strong> <span className={css.faint}>/ {format.money(row.limitUsd)}</span>
        </span>
      </span>
      <Meter label={text('used', { name })} value={Number(row.spentUsd)} held={Number(row.heldUsd ?? '0')} max={Number(row.limitUsd)} />
      {share >= 1 ? (
        <span className={css.over}>{text('usedUp')}</span>
      ) : share >= 0.9 ? (
        <span className={css.near}>{text('near', { share: format.percent(share) })}</span>
      ) : null}
    </>
  );
}

/** "Spring project, this month". */
export function useBudgetName(): (row: BudgetRow) => string {
  const text = useText<typeof words>('budgets');
  const scopeName = useScopeName();
  return (row) => text('named', { thing: scopeName(row), period: text(`periods.${row.period}`) });
}

/** "Spring project"; classes of credentials by their words. */
export function useScopeName(): (scope: Scope) => string {
  const text = useText<typeof words>('budgets');
  return ({ kind, name }) => text(`kinds.${kind}`, { name: kind === 'class' ? text(`classes.${name as 'test'}`) : name });
}

/** The one that stops first; undefined: nothing is used of any. */
export function tightestOf(rows: readonly BudgetRow[]): BudgetRow | undefined {
  return [...rows].sort((a, b) => shareOf(b) - shareOf(a)).find((row) => shareOf(row) > 0);
}
