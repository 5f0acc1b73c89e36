import type { ImportCheck } from '../../api/imports';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/migration.json';
import { Icon } from '../../ui/icon';
import type { IconName } from '../../ui/icons';
import { Link } from '../../ui/link';
import { Panel } from '../../ui/panel';
import css from './migration.module.css';

const ICONS = { done: 'check', open: 'queued', person: 'person' } as const satisfies Record<string, IconName>;

/** Where the move stands, part by part, as the installation says it. What only a person knows is said to be so, and never ticked. */
export function Checklist({ rows }: { readonly rows: readonly ImportCheck[] }) {
  const text = useText<typeof words>('migration');
  return (
    <Panel title={text('checklist')}>
      <ul className={css.checks}>
        {rows.map(({ name, state, detail, todo }) => (
          <li key={name}>
            <Icon name={ICONS[state]} size={18} />
            <span>
              <strong>{text(`checks.${name}`)}</strong>
              <span className={css.faint}>{detail}</span>
              {todo === null ? null : (
                <span className={css.faint}>
                  <span aria-hidden="true">→ </span>
                  {todo}
                </span>
              )}
              {name === 'providers' && state === 'open' ? <Link to={paths.providers()}>{text('toProviders')}</Link> : null}
            </span>
            <span className={css.faint}>{text(`states.${state}`)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
