import { useText } from '../../lib/text';
import type words from '../../text/en/migration.json';
import { CopyText } from '../../ui/copy-text';
import { Panel } from '../../ui/panel';
import css from './migration.module.css';

/** The steps that read the source, which stands where the API does not reach. In order. */
const STEPS = [
  ['inspect', 'atelier migrate inspect SOURCE'],
  ['plan', 'atelier migrate plan SOURCE --out plan.yaml'],
  ['apply', 'atelier migrate apply plan.yaml --dry-run'],
  ['verify', 'atelier migrate verify plan.yaml'],
  ['checklist', 'atelier migrate checklist plan.yaml'],
] as const;

/** What is done on the command line: the plan and its report of what maps to what are files, so that they can be read and changed. */
export function Commands({ hasMove }: { readonly hasMove: boolean }) {
  const text = useText<typeof words>('migration');
  return (
    <Panel title={text(hasMove ? 'byCommand' : 'toBegin')}>
      <p className={css.faint}>{text('byCommandAbout')}</p>
      <ol className={css.steps}>
        {STEPS.map(([name, command]) => (
          <li key={name}>
            <span>{text(`steps.${name}`)}</span>
            <CopyText text={command} isWhole />
          </li>
        ))}
      </ol>
    </Panel>
  );
}
