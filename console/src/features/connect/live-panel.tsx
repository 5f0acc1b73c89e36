import { useEffect, useRef, useState } from 'react';
import { ApiError, NoConnection, useErrorText } from '../../api/errors';
import { LIVE_STEPS, liveTest, NotStreamed, type LiveResult, type LiveStep } from '../../api/live-test';
import { useFormat } from '../../lib/format';
import { names } from '../../lib/names';
import { useText } from '../../lib/text';
import type words from '../../text/en/connect.json';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Panel } from '../../ui/panel';
import { Ring } from '../../ui/ring';
import css from './connect.module.css';

type Results = Readonly<Record<LiveStep, LiveResult>>;
const WAITING: LiveResult = { state: 'waiting', ms: null, error: null };
const NOTHING: Results = { address: WAITING, key: WAITING, model: WAITING, stream: WAITING };

interface LivePanelProps {
  readonly secret: string;
  readonly model: string;
  readonly others: readonly string[];
  readonly onModel: (model: string) => void;
}

/** Calls as the client will, step by step, and explains the first that fails. */
export function LivePanel({ secret, model, others, onModel }: LivePanelProps) {
  const text = useText<typeof words>('connect');
  const [results, setResults] = useState<Results>(NOTHING);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const run = (asked: string): void => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setResults(NOTHING);
    void liveTest({ key: secret, model: asked }, controller.signal, (step, result) => {
      if (!controller.signal.aborted) setResults((before) => ({ ...before, [step]: result }));
    });
  };
  const all = LIVE_STEPS.map((step) => results[step].state);
  const isRunning = all.includes('running');
  const isFailed = all.includes('failed');
  const other = results.model.state === 'failed' ? others.find((id) => id !== model) : undefined;
  return (
    <Panel
      title={text('live')}
      end={
        <Button icon="retry" size="dense" disabled={secret === '' || isRunning} onClick={() => run(model)}>
          {text(all.every((state) => state === 'waiting') ? 'run' : 'runAgain')}
        </Button>
      }
    >
      <ol className={css.live} aria-live="polite">
        {LIVE_STEPS.map((step) => (
          <Step key={step} step={step} result={results[step]} model={model} isSkipped={isFailed} />
        ))}
      </ol>
      {secret === '' ? <p className={css.faint}>{text('keyFirst')}</p> : null}
      {all.every((state) => state === 'ok') ? <p>{text('works')}</p> : null}
      {other === undefined ? null : (
        <div className={css.row}>
          <Button
            onClick={() => {
              onModel(other);
              run(other);
            }}
          >
            {text('switchTo', { model: other })}
          </Button>
        </div>
      )}
    </Panel>
  );
}

interface StepProps {
  readonly step: LiveStep;
  readonly result: LiveResult;
  readonly model: string;
  readonly isSkipped: boolean;
}

function Step({ step, result: { state, ms, error }, model, isSkipped }: StepProps) {
  const text = useText<typeof words>('connect');
  const format = useFormat();
  const explain = useExplanation();
  const form = state === 'ok' || state === 'failed' ? state : 'waiting';
  return (
    <li className={names(css.liveStep, state === 'failed' && css.failed, form === 'waiting' && css.waiting)}>
      {state === 'running' ? (
        <Ring progress={null} />
      ) : (
        <Icon name={state === 'ok' ? 'check' : state === 'failed' ? 'failed' : 'queued'} size={17} />
      )}
      <div>
        <strong>{text(`liveSteps.${step}.${form}`, { model })}</strong>
        {error === null ? null : <p>{explain(step, error)}</p>}
        {state === 'waiting' && isSkipped ? <p>{text('notTried')}</p> : null}
      </div>
      {ms === null ? null : <span className={css.ms}>{text('ms', { ms: format.number(Math.round(ms)) })}</span>}
    </li>
  );
}

/** Why a step failed and what helps. What the server says of a model or of money comes first: it knows. */
function useExplanation(): (step: LiveStep, error: Error) => string {
  const text = useText<typeof words>('connect');
  const errorText = useErrorText();
  return (step, error) => {
    if (error instanceof NotStreamed) return text('failures.notStreamed');
    if (error instanceof NoConnection) return text('failures.address');
    if (error instanceof ApiError && step === 'key' && error.status === 401) return text('failures.key');
    if (error instanceof ApiError && step === 'model' && [403, 404].includes(error.status)) {
      return `${errorText(error)} ${text('failures.model')}`;
    }
    return errorText(error);
  };
}
