import { useBacktest } from '../../api/alerts';
import { useErrorText } from '../../api/errors';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/alerts.json';
import { Button } from '../../ui/button';
import { Notice } from '../../ui/states';
import css from './alerts.module.css';
import { boundOf, numbersOf, type RuleDraft } from './rule-draft';

const DAYS_28_MS = 28 * 86_400_000;

/** What the rule for unusual spending would have found in the last four weeks, before it is saved. */
export function Backtest({ draft }: { readonly draft: RuleDraft }) {
  const text = useText<typeof words>('alerts');
  const errorText = useErrorText();
  const format = useFormat();
  const backtest = useBacktest();
  const tryOut = (): void => {
    const [threshold] = numbersOf(draft);
    backtest.mutate({
      from: new Date(Date.now() - DAYS_28_MS).toISOString(),
      to: new Date().toISOString(),
      ...boundOf(draft),
      ...(threshold === undefined ? {} : { threshold }),
    });
  };
  return (
    <div className={css.found}>
      <div>
        <Button icon="retry" disabled={backtest.isPending} onClick={tryOut}>
          {text('backtest')}
        </Button>
      </div>
      {backtest.error === null ? null : <Notice tone="danger">{errorText(backtest.error)}</Notice>}
      {backtest.data === undefined ? null : (
        <Notice tone={backtest.data.length === 0 ? 'accent' : 'warn'}>
          <p>{text('found', { count: backtest.data.length })}</p>
          <ul>
            {backtest.data.slice(0, 5).map((one) => (
              <li key={`${one.from} ${one.title}`}>
                {format.time(one.from)} · {one.title}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  );
}
