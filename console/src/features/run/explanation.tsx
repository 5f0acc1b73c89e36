import { useQuery } from '@tanstack/react-query';
import { useTeam } from '../../api/session';
import { explanationQuery, type Task } from '../../api/tasks';
import { copyText } from '../../lib/clipboard';
import { useLanguage, useText } from '../../lib/text';
import type words from '../../text/en/run.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Facts } from '../../ui/facts';
import { Panel } from '../../ui/panel';
import css from './explanation.module.css';

/** A failure as an answer: what happened, whose doing it was, what it cost, what to do. */
export function ExplanationPanel({ task }: { readonly task: Task }) {
  const text = useText<typeof words>('run');
  const team = useTeam();
  const language = useLanguage();
  const { data } = useQuery(explanationQuery(team, task.id, language));
  const { data: english } = useQuery(explanationQuery(team, task.id, 'en'));
  const { data: chinese } = useQuery(explanationQuery(team, task.id, 'zh'));
  if (data === undefined) return null;
  const copy = (): void => {
    const both = [chinese, english].flatMap((one) => (one === undefined ? [] : [[one.summary, one.charged, ...one.what_to_do].join(' ')]));
    void copyText([...both, task.id].join('\n\n')).then(
      () => note(text('copiedForUser')),
      () => note(text('notCopied')),
    );
  };
  return (
    <Panel {...(task.error === null ? {} : { tone: 'danger' as const })}>
      <div className={css.split}>
        <div className={css.words}>
          <h2>{data.summary}</h2>
          <Facts
            rows={[
              [text('explained.charged'), data.charged],
              [text('explained.fallback'), data.fallback],
              [text('explained.next'), data.what_to_do.length === 0 ? null : data.what_to_do.join(' ')],
            ]}
          />
        </div>
        <div className={css.verbs}>
          <Button kind="quiet" icon="copy" onClick={copy}>
            {text('copyForUser')}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
