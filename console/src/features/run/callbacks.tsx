import { useRedeliver, type Callback } from '../../api/callbacks';
import { useMay, useTeam } from '../../api/session';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/run.json';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { Status } from '../../ui/status';
import css from './callbacks.module.css';

/** Deliveries of what the run told its caller, each with its tries. What a receiver said is text, whatever it is. */
export function Callbacks({ callbacks }: { readonly callbacks: readonly Callback[] }) {
  return callbacks.map((callback) => <CallbackPanel key={callback.id} callback={callback} />);
}

function CallbackPanel({ callback }: { readonly callback: Callback }) {
  const text = useText<typeof words>('run');
  const format = useFormat();
  const team = useTeam();
  const may = useMay('generation.control');
  const redeliver = useRedeliver(team);
  const next = callback.next_attempt_at;
  return (
    <Panel
      title={text('callback', { type: callback.type })}
      end={
        may ? (
          <Button size="dense" icon="send" disabled={redeliver.isPending} onClick={() => redeliver.mutate(callback.id)}>
            {text('redeliver')}
          </Button>
        ) : undefined
      }
    >
      <div className={css.head}>
        <Status status={callback.status} more={next === null ? undefined : text('nextTry', { time: format.time(next) })} />
        <code className={css.url}>{callback.url}</code>
      </div>
      {callback.attempts.length === 0 ? null : (
        <div className={css.scroll} tabIndex={0} role="region" aria-label={text('tries')}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{text('try')}</th>
                <th scope="col">{text('sent')}</th>
                <th scope="col">{text('answer')}</th>
                <th scope="col">{text('took')}</th>
                <th scope="col">{text('said')}</th>
              </tr>
            </thead>
            <tbody>
              {callback.attempts.map((attempt, index) => (
                <tr key={attempt.at}>
                  <td>{index + 1}</td>
                  <td>{format.clock(attempt.at)}</td>
                  <td>{attempt.status_code ?? text('noAnswer')}</td>
                  <td>{format.seconds(attempt.duration_ms)}</td>
                  <td>
                    <code>{attempt.response_excerpt ?? attempt.error ?? ''}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
