import { useQuery } from '@tanstack/react-query';
import { systemQuery, type System } from '../../../api/operations';
import { Loaded } from '../../../features/loaded/loaded';
import css from '../../../features/operations/operations.module.css';
import { UpDown } from '../../../features/operations/up-down';
import { useFormat } from '../../../lib/format';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/operations.json';
import { CopyText } from '../../../ui/copy-text';
import { Facts } from '../../../ui/facts';
import { Link } from '../../../ui/link';
import { PageHeader } from '../../../ui/page-header';
import { Panel } from '../../../ui/panel';
import { Notice } from '../../../ui/states';
import { Table } from '../../../ui/table';

export function Page() {
  const text = useText<typeof words>('operations');
  const system = useQuery(systemQuery);
  return (
    <div className={css.page}>
      <PageHeader title={text('system.title')} about={text('system.about')} />
      <Loaded query={system} rows={3} height={140}>
        {(data) => <Parts system={data} />}
      </Loaded>
    </div>
  );
}

function Parts({ system }: { readonly system: System }) {
  const text = useText<typeof words>('operations');
  const format = useFormat();
  const { parts, processes, temporal, postgres, backlog, callbacks, breakers, incidents_open: incidents, spend_today: spend } = system;
  const failing = system.alerts_failing ?? [];
  const down = parts.filter(({ status }) => status === 'down');
  return (
    <>
      {down.length === 0 ? null : (
        <Notice tone="danger">{text('system.down', { parts: format.list(down.map(({ name }) => name)) })}</Notice>
      )}
      {failing.length === 0 ? null : (
        <Notice tone="warn">
          {text('system.notWatched', { rules: format.list(failing.map(({ name }) => name)) })}{' '}
          <Link to={paths.alertRules()}>{text('system.toRules')}</Link>
        </Notice>
      )}
      <div className={css.split}>
        <Panel title={text('system.parts')}>
          <ul className={css.list}>
            {parts.map(({ name, status, message, processes: count }) => (
              <li key={name}>
                <span>
                  <strong>{name}</strong>
                  <UpDown isUp={status === 'up'} word={text(status === 'up' ? 'system.up' : 'system.notUp')} />
                </span>
                {count === null ? null : <span className={css.faint}>{text('system.processes', { count })}</span>}
                {message === null ? null : (
                  <span className={css.faint} lang="en">
                    {message}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title={text('system.now')}>
          <Facts
            rows={[
              [text('system.waiting'), backlog === null ? null : format.number(backlog.waiting)],
              [text('system.running'), backlog === null ? null : format.number(backlog.running)],
              [
                text('system.oldest'),
                backlog?.oldest_age_s === null || backlog === null ? null : format.duration(backlog.oldest_age_s * 1_000),
              ],
              [text('system.callbacks'), callbacks === null ? null : format.number(callbacks.pending)],
              [text('system.callbacksFailed'), callbacks === null ? null : format.number(callbacks.failed)],
              [text('system.spend'), spend === null ? null : format.money(spend.usd)],
              [text('system.incidents'), incidents === null ? null : <Link to={paths.incidents()}>{format.number(incidents)}</Link>],
              [text('system.breakers'), breakers === null ? null : <Link to={paths.providers()}>{format.number(breakers.length)}</Link>],
            ]}
          />
        </Panel>
        <Panel title={text('system.versions')}>
          <Facts
            rows={[
              [text('system.version'), <CopyText key="version" text={system.version} isWhole />],
              [text('system.postgres'), postgres.version],
              [text('system.temporal'), temporal.version],
              [text('system.namespace'), temporal.namespace],
              [
                text('system.temporalUi'),
                temporal.ui_url === null ? null : (
                  <a key="ui" href={temporal.ui_url} rel="noopener noreferrer">
                    {temporal.ui_url}
                  </a>
                ),
              ],
            ]}
          />
        </Panel>
      </div>
      {processes === null ? null : (
        <Table
          label={text('system.processList')}
          rows={processes}
          keyOf={({ id }) => id}
          columns={[
            { key: 'id', name: text('system.process'), cell: ({ id }) => <CopyText text={id} /> },
            { key: 'role', name: text('system.role'), cell: ({ role }) => role },
            { key: 'version', name: text('system.version'), cell: ({ version }) => version ?? '–' },
            { key: 'started', name: text('system.started'), cell: ({ started_at: at }) => format.time(at) },
            { key: 'seen', name: text('system.seen'), cell: ({ seen_at: at }) => format.clock(at) },
          ]}
        />
      )}
    </>
  );
}
