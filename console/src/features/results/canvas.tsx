import type { ReactNode } from 'react';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { ApiError, useErrorText } from '../../api/errors';
import type { TaskRow } from '../../api/tasks';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { Button } from '../../ui/button';
import { Fault, Notice, Skeleton, State } from '../../ui/states';
import { Run } from './run';
import css from './canvas.module.css';
import type { Comparison } from './tiles';
import type { RunVerbs } from './verbs';

interface CanvasProps extends RunVerbs {
  readonly runs: UseInfiniteQueryResult<InfiniteData<{ readonly data: readonly TaskRow[] }>>;
  readonly models: readonly { readonly id: string; readonly display_name: string }[];
  /** Why the last run was not taken; nothing was charged for it. */
  readonly fault: Error | null;
  readonly empty: string;
  readonly examples: readonly string[];
  readonly onExample: (prompt: string) => void;
  /** Above the runs. */
  readonly top?: ReactNode;
}

/** The dark well where images lie, the newest on top. */
export function Canvas({ runs, models, fault, empty, examples, onExample, top, ...verbs }: CanvasProps) {
  const text = useText<typeof words>('studio');
  const errorText = useErrorText();
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = runs;
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <section className={css.canvas} aria-label={text('results')} tabIndex={-1}>
      {top}
      {verbs.comparison === undefined || verbs.comparison.picked.length === 0 ? null : <ComparisonBar {...verbs.comparison} />}
      {fault === null ? null : (
        <Notice tone="danger">
          <strong>{errorText(fault)}</strong> {text('youWereNotCharged')}
        </Notice>
      )}
      {isPending ? <Skeleton rows={2} height={280} /> : null}
      {error === null ? null : (
        <Fault message={errorText(error)} requestId={error instanceof ApiError ? error.requestId : null} onRetry={() => void refetch()} />
      )}
      {!isPending && error === null && rows.length === 0 ? (
        <State icon="image" title={empty}>
          {examples.map((example) => (
            <Button key={example} onClick={() => onExample(example)}>
              {example}
            </Button>
          ))}
        </State>
      ) : null}
      {rows.map((row) => (
        <Run key={row.id} row={row} models={models} {...verbs} />
      ))}
      {hasNextPage ? (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {text('earlier')}
        </Button>
      ) : null}
    </section>
  );
}

/** What was chosen to be compared so far. */
function ComparisonBar({ picked, onPick, onOpen }: Comparison) {
  const text = useText<typeof words>('studio');
  return (
    <div className={css.comparison} role="group" aria-label={text('compare')}>
      <span>{picked.length < 2 ? text('compareMore') : text('compareReady', { count: picked.length })}</span>
      <Button kind="primary" size="dense" icon="compare" disabled={picked.length < 2} onClick={() => onOpen(picked)}>
        {text('compare')}
      </Button>
      <Button
        kind="quiet"
        size="dense"
        onClick={() => {
          for (const id of picked) onPick(id);
        }}
      >
        {text('compareNone')}
      </Button>
    </div>
  );
}
