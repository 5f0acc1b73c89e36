import { useCodeText } from '../../api/errors';
import type { Schedule } from '../../api/schedules';
import { useFormat } from '../../lib/format';
import { paths } from '../../lib/paths';
import { recurrenceOf, weekdayName } from '../../lib/recurrence';
import { useLanguage, useText } from '../../lib/text';
import type words from '../../text/en/schedules.json';
import { Button } from '../../ui/button';
import { Link } from '../../ui/link';
import { Table, type TableColumn } from '../../ui/table';
import css from './schedules.module.css';

interface SchedulesTableProps {
  readonly rows: readonly Schedule[];
  readonly team: string;
  /** Null: the person may only look. */
  readonly onRemove: ((row: Schedule) => void) | null;
}

/** When each makes its next campaign, what it made last, and what that may cost. */
export function SchedulesTable({ rows, team, onRemove }: SchedulesTableProps) {
  const text = useText<typeof words>('schedules');
  const codeText = useCodeText();
  const format = useFormat();
  const inWords = useCronWords();
  const columns: readonly TableColumn<Schedule>[] = [
    {
      key: 'name',
      name: text('name'),
      cell: ({ name, campaign }) => (
        <>
          <strong>{name ?? text('noName')}</strong>
          <span className={css.more}>
            {text('items', { count: campaign.items, number: format.number(campaign.items), cost: format.money(campaign.cost.estimated) })}
          </span>
        </>
      ),
    },
    {
      key: 'when',
      name: text('when'),
      cell: ({ cron, time_zone: zone }) => (
        <>
          {inWords(cron)}
          <span className={css.more}>{zone}</span>
        </>
      ),
    },
    {
      key: 'next',
      name: text('next'),
      cell: ({ next_run_at: at }) => (at === null ? text('unknown') : <span title={format.exactTime(at)}>{format.time(at)}</span>),
    },
    {
      key: 'last',
      name: text('last'),
      cell: ({ last_campaign_id: id, last_run_at: at, error }) => {
        const when = at === null ? text(id === null ? 'never' : 'open') : format.time(at);
        return (
          <>
            {id === null ? when : <Link to={paths.campaign(team, id)}>{when}</Link>}
            {error === null ? null : <span className={css.fault}>{codeText(error.code) ?? <span lang="en">{error.message}</span>}</span>}
          </>
        );
      },
    },
    {
      key: 'verbs',
      name: text('verbs'),
      isNameless: true,
      isFigure: true,
      cell: (row) =>
        onRemove === null ? null : (
          <Button size="dense" aria-label={text('removeOne', { name: row.name ?? text('noName') })} onClick={() => onRemove(row)}>
            {text('remove')}
          </Button>
        ),
    },
  ];
  return <Table label={text('title')} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}

/** A cron expression as a sentence, where it is a simple one. */
function useCronWords(): (cron: string) => string {
  const text = useText<typeof words>('schedules');
  const language = useLanguage();
  return (cron) => {
    const recurrence = recurrenceOf(cron);
    if (recurrence === null) return cron;
    const { every, at, weekday, date } = recurrence;
    return text(`every.${every}`, { time: at, day: weekdayName(language, weekday), date: String(date) });
  };
}
