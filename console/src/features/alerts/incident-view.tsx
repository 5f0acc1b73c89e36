import type { Incident } from '../../api/alerts';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/alerts.json';
import { CopyText } from '../../ui/copy-text';
import { Facts } from '../../ui/facts';
import { Panel } from '../../ui/panel';
import { Severity } from '../../ui/severity';
import { Status } from '../../ui/status';
import css from './alerts.module.css';

/** One incident: what was seen, what happened since, and who was told. */
export function IncidentView({ incident }: { readonly incident: Incident }) {
  const text = useText<typeof words>('alerts');
  const format = useFormat();
  const { evidence, timeline, note, notices, subject } = incident;
  return (
    <div className={css.split}>
      <div className={css.column}>
        <p className={css.title}>{incident.title}</p>
        {note === null ? null : (
          <Panel title={text('note')}>
            <p lang={note.lang === 'zh' ? 'zh-CN' : 'en'}>{note.text}</p>
            <p className={css.faint}>{text(`audiences.${note.audience}`)}</p>
          </Panel>
        )}
        <Panel title={text('timeline')}>
          <ol>
            {timeline.map(({ at, event, actor, detail }) => (
              <li key={`${at} ${event}`} className={css.line}>
                <time dateTime={at} title={format.exactTime(at)}>
                  {format.stamp(at)}
                </time>
                <span>
                  <strong>{text(`events.${event}`)}</strong> <span className={css.faint}>{actor}</span>
                  {detail === null ? null : <> · {detail}</>}
                </span>
              </li>
            ))}
          </ol>
        </Panel>
      </div>
      <div className={css.column}>
        <Panel title={text('facts')}>
          <Facts
            rows={[
              [text('severity'), <Severity key="severity" severity={incident.severity} isOver={incident.state === 'resolved'} />],
              [text('state'), text(`states.${incident.state}`)],
              [
                text('rule'),
                incident.alert === null ? text(`rules.${incident.rule}`) : `${text(`rules.${incident.rule}`)}: ${incident.alert.name}`,
              ],
              ...Object.entries(subject).map(([name, value]) => [name, value] as const),
              [text('since'), format.exactTime(incident.opened_at)],
              [text('id'), <CopyText key="id" text={incident.id} />],
            ]}
          />
        </Panel>
        <Panel title={text('evidence')}>
          <Facts rows={Object.entries(evidence).map(([name, value]) => [name, shown(value)] as const)} />
        </Panel>
        <Panel title={text('told')}>
          {notices.length === 0 ? <p className={css.faint}>{text('toldNobody')}</p> : null}
          <ul>
            {notices.map((one) => (
              <li key={one.id} className={css.line}>
                <span>{text(`kinds.${one.kind}`)}</span>
                {one.status === 'skipped' ? <span>{text('skipped')}</span> : <Status status={one.status} more={one.error ?? undefined} />}
              </li>
            ))}
          </ul>
        </Panel>
      </div>
    </div>
  );
}

/** Evidence is as the rule keeps it: numbers, texts, lists. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}
