import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCodeText, useErrorText } from '../../api/errors';
import { bodiesQuery, type Call } from '../../api/logs';
import { useMay } from '../../api/session';
import { useFormat } from '../../lib/format';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/logs.json';
import { Button, ButtonLink, IconButton } from '../../ui/button';
import { CopyText } from '../../ui/copy-text';
import { Facts } from '../../ui/facts';
import { Panel } from '../../ui/panel';
import { Notice } from '../../ui/states';
import css from './logs.module.css';

/** One call with everything that the log has of it. */
export function CallPeek({ call, onClose }: { readonly call: Call; readonly onClose: () => void }) {
  const text = useText<typeof words>('logs');
  const format = useFormat();
  const codeText = useCodeText();
  const mayOpen = useMay('generation.read');
  const ms = (value: number | null): string | null => (value === null ? null : format.seconds(value));
  // Other units are as the API calls them.
  const unitOf = (name: string): string => {
    const words = text(`usage.${name as 'images'}`);
    return words === `usage.${name}` ? name : words;
  };
  const usage = Object.entries(call.usage ?? {}).filter(([, value]) => typeof value === 'number' && value > 0);
  return (
    <aside className={css.peek} aria-label={text('peek')}>
      <Panel title={text('peek')} end={<IconButton name={text('close')} icon="close" size="dense" onClick={onClose} />}>
        {call.error_code === null ? null : (
          <Notice tone="danger">
            {codeText(call.error_code) ?? text('refused')} <code>{call.error_code}</code>
          </Notice>
        )}
        <Facts
          rows={[
            [text('columns.at'), format.exactTime(call.at)],
            [text('columns.model'), call.model],
            [text('served'), call.served_model],
            [text('columns.provider'), call.provider],
            [text('attempts'), call.attempts > 1 ? text(call.fallback ? 'withFallback' : 'tries', { count: call.attempts }) : null],
            [text('columns.credential'), call.credential],
            [text('project'), call.project],
            [text('member'), call.member],
            [text('endpoint'), call.endpoint],
            [text('http'), call.http_status],
            [text('columns.cost'), format.money(call.cost_usd)],
            ...usage.map(([name, value]) => [unitOf(name), format.number(Number(value))] as const),
            [text('queue'), ms(call.latency_ms.queue)],
            [text('firstToken'), ms(call.latency_ms.first_token)],
            [text('columns.took'), ms(call.latency_ms.total)],
            [text('client'), call.client],
            [text('address'), call.ip],
            [text('request'), call.request_id === null ? null : <CopyText text={call.request_id} />],
            [text('task'), call.task_id === null ? null : <CopyText text={call.task_id} />],
          ]}
        />
        <div className={css.verbs}>
          {call.task_id === null || call.team === null || !mayOpen ? null : (
            <ButtonLink to={paths.task(call.team, call.task_id)} icon="tasks">
              {text('openRun')}
            </ButtonLink>
          )}
        </div>
        {call.bodies === 'kept' ? <Bodies id={call.id} /> : null}
      </Panel>
    </aside>
  );
}

function Bodies({ id }: { readonly id: string }) {
  const text = useText<typeof words>('logs');
  const errorText = useErrorText();
  const may = useMay('log.bodies');
  const [isWanted, setWanted] = useState(false);
  const { data, error } = useQuery(bodiesQuery(id, isWanted));
  if (!may) return null;
  if (error !== null) return <Notice tone="warn">{errorText(error)}</Notice>;
  if (data === undefined) {
    return (
      <div className={css.verbs}>
        <Button onClick={() => setWanted(true)} disabled={isWanted}>
          {text('bodies')}
        </Button>
        <span className={css.faint}>{text('bodiesAudited')}</span>
      </div>
    );
  }
  return (
    <>
      <Body name={text('asked')} body={data.request.body} />
      <Body name={text('answered')} body={data.response.body} />
    </>
  );
}

function Body({ name, body }: { readonly name: string; readonly body: unknown }) {
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      <pre className={css.body} tabIndex={0}>
        {typeof body === 'string' ? body : JSON.stringify(body, null, 2)}
      </pre>
    </section>
  );
}
