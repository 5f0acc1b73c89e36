import { useText } from '../../lib/text';
import type words from '../../text/en/connect.json';
import { Icon } from '../../ui/icon';
import { Panel } from '../../ui/panel';
import css from './connect.module.css';

const TROUBLES = ['401', '404', '429', 'stream', 'browser'] as const;

/** What goes wrong most, by what is seen. */
export function Trouble() {
  const text = useText<typeof words>('connect');
  return (
    <Panel title={text('trouble')}>
      <div className={css.troubles}>
        {TROUBLES.map((name) => (
          <details key={name}>
            <summary>
              {text(`troubles.${name}.title`)}
              <Icon name="fold" size={16} />
            </summary>
            <p>{text(`troubles.${name}.about`, { root: window.location.origin })}</p>
          </details>
        ))}
      </div>
    </Panel>
  );
}
