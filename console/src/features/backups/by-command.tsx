import { useText } from '../../lib/text';
import type words from '../../text/en/backups.json';
import { CopyText } from '../../ui/copy-text';
import css from './backups.module.css';

const MAKE = 'atelier backup create --to s3://BUCKET/PREFIX';
const RESTORE = 'atelier backup restore --from PLACE';

/** The commands that do what this page does not. */
export function ByCommand({ verb }: { readonly verb: 'make' | 'restore' }) {
  const text = useText<typeof words>('backups');
  return (
    <>
      <p>{text(verb === 'make' ? 'makeByCommand' : 'restoreByCommand')}</p>
      <p className={css.command}>
        <CopyText text={verb === 'make' ? MAKE : RESTORE} isWhole />
      </p>
    </>
  );
}
