import { useQuery } from '@tanstack/react-query';
import { useErrorText } from '../../api/errors';
import { retentionPreviewQuery } from '../../api/operations';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/operations.json';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { Notice } from '../../ui/states';
import css from './operations.module.css';

/** What the rules would delete now. */
export function RetentionPreview() {
  const text = useText<typeof words>('operations');
  const errorText = useErrorText();
  const format = useFormat();
  const { data, error, isFetching, refetch } = useQuery(retentionPreviewQuery);
  return (
    <Panel
      title={text('retention.preview')}
      end={
        <Button icon="retry" size="dense" disabled={isFetching} onClick={() => void refetch()}>
          {text('retention.count')}
        </Button>
      }
    >
      {error === null ? null : <Notice tone="danger">{errorText(error)}</Notice>}
      {data === undefined ? <p className={css.faint}>{text('retention.previewAbout')}</p> : null}
      {data?.length === 0 ? <p>{text('retention.nothing')}</p> : null}
      {data === undefined || data.length === 0 ? null : (
        <ul className={css.list}>
          {data.map(({ kind, team, rows, bytes }) => (
            <li key={`${kind} ${team ?? ''}`}>
              <span>
                <strong>{text(`retention.kinds.${kind}`)}</strong>
                <span>{[format.number(rows), format.bytes(bytes)].join(' · ')}</span>
              </span>
              {team === null ? null : <span className={css.faint}>{team}</span>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
