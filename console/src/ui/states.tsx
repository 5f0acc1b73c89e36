import { useEffect, useState, type ReactNode } from 'react';
import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Button } from './button';
import { CopyText } from './copy-text';
import { Icon } from './icon';
import type { IconName } from './icons';
import css from './states.module.css';

/** Less than this, and nothing is shown: a flash of a skeleton is worse than nothing. */
const QUIET_MS = 200;

function useIsSlow(): boolean {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  return isSlow;
}

/** The shape of rows that are on their way. */
export function Skeleton({ rows, height }: { readonly rows: number; readonly height: number }) {
  const text = useText<typeof words>('common');
  const isSlow = useIsSlow();
  return (
    <div className={css.skeleton} aria-busy="true">
      <span className="unseen">{text('states.loading')}</span>
      {isSlow ? Array.from({ length: rows }, (_, index) => <div key={index} className={css.bone} style={{ height }} />) : null}
    </div>
  );
}

interface StateProps {
  readonly icon?: IconName;
  readonly title: string;
  readonly children?: ReactNode;
}

/** In place of a list or a page: one sentence, and what to do. */
export function State({ icon, title, children }: StateProps) {
  return (
    <div className={css.state}>
      {icon === undefined ? null : <Icon name={icon} size={28} className={css.icon} />}
      <p className={css.sentence}>{title}</p>
      {children === undefined ? null : <div className={css.verbs}>{children}</div>}
    </div>
  );
}

interface FaultProps {
  /** In words already. */
  readonly message: string;
  /** To be given to whoever helps. */
  readonly requestId: string | null;
  readonly onRetry: () => void;
}

/** In place of the part that failed; the rest of the page stays. */
export function Fault({ message, requestId, onRetry }: FaultProps) {
  const text = useText<typeof words>('common');
  return (
    <div className={css.state} role="alert">
      <Icon name="warning" size={28} className={css.icon} />
      <p className={css.sentence}>{message}</p>
      {requestId === null ? null : (
        <p className={css.detail}>
          {text('states.requestId')} <CopyText text={requestId} />
        </p>
      )}
      <div className={css.verbs}>
        <Button icon="retry" onClick={onRetry}>
          {text('verbs.retry')}
        </Button>
      </div>
    </div>
  );
}

/** A sentence on a wash, inside a page. */
export function Notice({
  tone,
  children,
  end,
}: {
  readonly tone: 'warn' | 'danger' | 'accent';
  readonly children: ReactNode;
  readonly end?: ReactNode;
}) {
  return (
    <div className={`${css.notice} ${css[tone] ?? ''}`} role={tone === 'danger' ? 'alert' : undefined}>
      <Icon name={tone === 'danger' ? 'failed' : tone === 'warn' ? 'warning' : 'info'} size={18} />
      <div className={css.words}>{children}</div>
      {end}
    </div>
  );
}
