import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useEndTraffic, useRollBack, type ImportTraffic } from '../../api/imports';
import { moneyOf } from '../../lib/money';
import { useText } from '../../lib/text';
import type words from '../../text/en/migration.json';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/confirm';
import { Notice } from '../../ui/states';
import css from './migration.module.css';

interface WayBackProps {
  readonly traffic: ImportTraffic;
  readonly onDone: (now: ImportTraffic) => void;
}

/** Back to the old gateway in one step, with what was spent here meanwhile; or the end of the move, after which there is no way back. */
export function WayBack({ traffic, onDone }: WayBackProps) {
  const text = useText<typeof words>('migration');
  const errorText = useErrorText();
  const rollBack = useRollBack();
  const end = useEndTraffic();
  const [asked, setAsked] = useState<'rollBack' | 'end' | null>(null);
  const act = asked === 'end' ? end : rollBack;
  const confirm = (): void => {
    if (asked === 'end') {
      end.mutate(traffic.import_id, {
        onSuccess: (now) => {
          setAsked(null);
          onDone(now);
        },
      });
    } else {
      rollBack.mutate(traffic.import_id, {
        onSuccess: ({ traffic: now }) => {
          setAsked(null);
          onDone(now);
        },
      });
    }
  };
  const spent = rollBack.data?.spent_here;
  return (
    <>
      {spent === undefined ? null : (
        <Notice tone="warn">
          <p>{text('spentHere', { amount: moneyOf(spent.total_usd) })}</p>
          <ul>
            {spent.data.slice(0, 10).map(({ team, key, spent_usd: amount }) => (
              <li key={`${team} ${key}`}>
                {team}/{key} · {moneyOf(amount)}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <div className={css.verbs}>
        <Button onClick={() => setAsked('end')}>{text('end')}</Button>
        <Button kind="danger" onClick={() => setAsked('rollBack')}>
          {text('rollBack')}
        </Button>
      </div>
      {asked === null ? null : (
        <Confirm
          title={text(`ask.${asked}.title`)}
          about={text(`ask.${asked}.about`)}
          verb={text(asked)}
          isBusy={act.isPending}
          fault={act.error === null ? null : errorText(act.error)}
          onConfirm={confirm}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
