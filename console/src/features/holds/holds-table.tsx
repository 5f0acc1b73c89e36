import type { LegalHold } from '../../api/holds';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/holds.json';
import { Button } from '../../ui/button';
import { CopyText } from '../../ui/copy-text';
import { Table, type TableColumn } from '../../ui/table';

interface HoldsTableProps {
  readonly rows: readonly LegalHold[];
  /** Null: the person may only look. */
  readonly onRelease: ((row: LegalHold) => void) | null;
}

const targetOf = ({ team, task, campaign }: LegalHold): string => team ?? task ?? campaign ?? '';

/** What must stay, since when and why. */
export function HoldsTable({ rows, onRelease }: HoldsTableProps) {
  const text = useText<typeof words>('holds');
  const format = useFormat();
  const columns: readonly TableColumn<LegalHold>[] = [
    { key: 'kind', name: text('kind'), cell: (row) => text(`kinds.${kindOf(row)}`) },
    {
      key: 'on',
      name: text('on'),
      cell: (row) => (row.team === null ? <CopyText text={targetOf(row)} /> : <strong>{row.team}</strong>),
    },
    { key: 'reason', name: text('reason'), cell: ({ reason }) => reason },
    { key: 'since', name: text('since'), cell: ({ created_at: at }) => format.time(at) },
    {
      key: 'verbs',
      name: text('verbs'),
      isNameless: true,
      isFigure: true,
      cell: (row) =>
        onRelease === null ? null : (
          <Button size="dense" aria-label={text('releaseOne', { name: targetOf(row) })} onClick={() => onRelease(row)}>
            {text('release')}
          </Button>
        ),
    },
  ];
  return <Table label={text('title')} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}

function kindOf({ team, task }: LegalHold): 'team' | 'task' | 'campaign' {
  if (team !== null) return 'team';
  return task === null ? 'campaign' : 'task';
}
