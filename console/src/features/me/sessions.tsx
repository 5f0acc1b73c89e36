import { useEndSession, type Session } from '../../api/account';
import { useErrorText } from '../../api/errors';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/me.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Table, type TableColumn } from '../../ui/table';
import css from './me.module.css';

/** Where the person is signed in; any but this one can be ended. */
export function Sessions({ rows }: { readonly rows: readonly Session[] }) {
  const text = useText<typeof words>('me');
  const format = useFormat();
  const errorText = useErrorText();
  const end = useEndSession();
  const columns: readonly TableColumn<Session>[] = [
    {
      key: 'where',
      name: text('where'),
      cell: (row) => (
        <span className={css.two}>
          <span>{row.ip ?? '–'}</span>
          <span className={css.agent}>{row.user_agent}</span>
        </span>
      ),
    },
    { key: 'how', name: text('how'), cell: ({ method }) => text(`methods.${method}`) },
    { key: 'seen', name: text('seen'), isFigure: true, cell: (row) => format.time(row.last_seen_at) },
    { key: 'ends', name: text('ends'), isFigure: true, cell: (row) => format.time(row.expires_at) },
    {
      key: 'verbs',
      name: text('end'),
      isNameless: true,
      isFigure: true,
      cell: (row) =>
        row.current ? (
          <Chip>{text('thisOne')}</Chip>
        ) : (
          <Button
            size="dense"
            aria-label={text('endOne', { where: row.ip ?? '' })}
            onClick={() => end.mutate(row.id, { onError: (error) => note(errorText(error)) })}
          >
            {text('end')}
          </Button>
        ),
    },
  ];
  return <Table label={text('sessions')} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}
