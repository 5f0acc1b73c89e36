import { useMemo } from 'react';
import type { Template } from '../../api/templates';
import { labelOf } from '../../api/templates';
import { saveText } from '../../lib/download';
import { useFormat, type Format } from '../../lib/format';
import { safeCsvOf, type Table } from '../../lib/table';
import { useLanguage, useText, type Text } from '../../lib/text';
import type words from '../../text/en/campaign-new.json';
import { Button } from '../../ui/button';
import { Notice } from '../../ui/states';
import type { WizardDraft } from './draft';
import type { RowFault, Survey } from './faults';
import { Sheet } from './sheet';
import { missingOf, targetsOf, type Target } from './targets';
import css from './wizard.module.css';

interface ColumnsStepProps {
  readonly draft: WizardDraft;
  readonly template: Template | null;
  readonly survey: Survey;
  readonly isOnlyBad: boolean;
  readonly onOnlyBad: (isOn: boolean) => void;
  readonly onChange: (change: Partial<WizardDraft>) => void;
}

/** Where each column goes, and the cells that don't fit. */
export function ColumnsStep({ draft, template, survey, isOnlyBad, onOnlyBad, onChange }: ColumnsStepProps) {
  const text = useText<typeof words>('campaign-new');
  const language = useLanguage();
  const format = useFormat();
  const targets = useMemo(() => targetsOf(template, draft.type), [template, draft.type]);
  const nameOf = (target: Target): string =>
    target.input === null ? text(`targets.${target.path as 'key'}`) : labelOf(target.input.name, target.input.spec, language);
  const { table, mapping } = draft;
  if (table === null) return <LinesOnly survey={survey} />;

  const map = (title: string, target: string | null): void => {
    const others = Object.entries(mapping).map(([one, place]) => [one, place === target && target !== null ? null : place] as const);
    onChange({ mapping: { ...Object.fromEntries(others), [title]: target } });
  };
  const mend = (row: number, column: number, value: string): void => {
    const rows = table.rows.map((cells, at) => (at === row ? cells.map((cell, place) => (place === column ? value : cell)) : cells));
    onChange({ table: { ...table, rows } });
  };
  const missing = missingOf(targets, mapping);
  const matched = Object.values(mapping).filter((target) => target !== null).length;
  return (
    <div className={css.main}>
      <div className={css.bar}>
        <h2>{text('columns.title')}</h2>
        <span className={css.faint}>{text('columns.matched', { count: matched })}</span>
        {survey.faults.size === 0 && !isOnlyBad ? null : (
          <span className={css.end}>
            <Button icon="filter" aria-pressed={isOnlyBad} onClick={() => onOnlyBad(!isOnlyBad)}>
              {isOnlyBad ? text('columns.allRows') : text('columns.onlyBad', { count: survey.faults.size })}
            </Button>
          </span>
        )}
      </div>
      <Sheet
        table={table}
        mapping={mapping}
        choices={[
          { value: '', label: text('columns.leaveOut') },
          ...targets.map((target) => ({
            value: target.path,
            label: nameOf(target),
            ...(target.input !== null && nameOf(target) !== target.input.name ? { about: target.input.name } : {}),
          })),
        ]}
        faults={survey.faults}
        wordsOf={(fault, cell) => faultWords({ fault, cell, targets }, text, format)}
        isOnlyBad={isOnlyBad}
        onMap={map}
        onCell={mend}
      />
      {missing.length === 0 ? null : <Notice tone="warn">{text('columns.missing', { names: format.list(missing.map(nameOf)) })}</Notice>}
      <Bad table={table} survey={survey} onChange={onChange} />
    </div>
  );
}

function LinesOnly({ survey }: { readonly survey: Survey }) {
  const text = useText<typeof words>('campaign-new');
  return (
    <div className={css.main}>
      <Notice tone="accent">{text('columns.lines')}</Notice>
      {survey.faults.size === 0 ? null : (
        <Notice tone="danger">
          <strong>{text('columns.bad', { count: survey.faults.size })}</strong>
          <ul>
            {[...survey.faults].slice(0, 10).map(([row, faults]) => (
              <li key={row}>
                {row}: {faults[0]?.message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  );
}

/** How many rows don't fit, and the three ways on. */
function Bad({ table, survey, onChange }: { readonly table: Table } & Pick<ColumnsStepProps, 'survey' | 'onChange'>) {
  const text = useText<typeof words>('campaign-new');
  const { faults, estimate } = survey;
  if (faults.size === 0 || estimate === undefined) return null;
  const isBad = (row: number): boolean => faults.has(row + 1);
  const download = (): void => {
    const rows = table.rows.filter((_, row) => isBad(row));
    saveText(safeCsvOf({ ...table, rows }), `${text('columns.badFileName')}.csv`, 'text/csv');
  };
  return (
    <Notice
      tone="warn"
      end={
        <span className={css.verbs}>
          <Button size="dense" icon="download" onClick={download}>
            {text('columns.download')}
          </Button>
          <Button size="dense" onClick={() => onChange({ table: { ...table, rows: table.rows.filter((_, row) => !isBad(row)) } })}>
            {text('columns.skip', { count: faults.size })}
          </Button>
        </span>
      }
    >
      <strong>
        {text('columns.fits', { count: estimate.valid })} · {text('columns.bad', { count: faults.size })}
      </strong>{' '}
      {text('columns.mend')}
    </Notice>
  );
}

/** Places of whole numbers. */
const NUMBERS: ReadonlySet<string> = new Set(['output.seed', 'output.n', 'output.duration_s']);

/** What is wrong with a cell, by what may stand there; what is not known here is said as the server said it. */
function faultWords(
  {
    fault: { column, param, message },
    cell,
    targets,
  }: { readonly fault: RowFault; readonly cell: string; readonly targets: readonly Target[] },
  text: Text<typeof words>,
  format: Format,
): string {
  if (column === null || param === null) return message;
  const spec = targets.find(({ path }) => path === param || param.startsWith(`${path}.`))?.input?.spec;
  const isRequired = spec?.required === true || param === 'input.prompt';
  if (cell.trim() === '') return isRequired ? text('faults.required') : message;
  if (NUMBERS.has(param) && !Number.isInteger(Number(cell))) return text('faults.integer', { cell });
  if (spec === undefined) return param === 'key' ? text('faults.twice', { cell }) : message;
  if (spec.type === 'enum') return text('faults.values', { cell, values: format.list((spec.values ?? []).map(String)) });
  if (Number.isNaN(Number(cell)) && spec.type === 'number') return text('faults.number', { cell });
  if (!Number.isInteger(Number(cell)) && spec.type === 'integer') return text('faults.integer', { cell });
  if (spec.max_length !== undefined && cell.length > spec.max_length) return text('faults.long', { most: spec.max_length });
  return message;
}
