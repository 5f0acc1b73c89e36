import type { Backup } from '../../api/backups';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/backups.json';
import { Icon } from '../../ui/icon';
import { Ring } from '../../ui/ring';
import css from './backups.module.css';

const SHOWN = 3;

/** Whether every byte of a backup was read again, and what came of it. */
export function Proof({ row: { status, verification } }: { readonly row: Backup }) {
  const text = useText<typeof words>('backups');
  const format = useFormat();
  if (verification === null) return status === 'succeeded' ? <span className={css.faint}>{text('never')}</span> : null;
  const { status: state, ended_at: endedAt, problems } = verification;
  const isOpen = state === 'queued' || state === 'running';
  return (
    <>
      <span className={`${css.mark} ${state === 'valid' || isOpen ? '' : css.bad}`}>
        {isOpen ? <Ring progress={null} /> : <Icon name={state === 'valid' ? 'check' : 'failed'} size={16} />}
        {text(`proof.${state}`)}
      </span>
      {endedAt === null ? null : <span className={css.more}>{format.time(endedAt)}</span>}
      {problems.slice(0, SHOWN).map((problem) => (
        <span key={problem} className={css.more} lang="en">
          {problem}
        </span>
      ))}
      {problems.length <= SHOWN ? null : <span className={css.more}>{text('moreProblems', { count: problems.length - SHOWN })}</span>}
    </>
  );
}
