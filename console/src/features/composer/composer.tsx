import { useEffect, useRef, type ReactNode } from 'react';
import { useErrorText } from '../../api/errors';
import type { Model } from '../../api/models';
import type { TaskRequest } from '../../api/tasks';
import { useHotkeys } from '../../lib/hotkeys';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { TextArea } from '../../ui/input';
import { PageHeader } from '../../ui/page-header';
import type { Draft, Role } from './draft';
import { CodeButton } from './code-button';
import { Left } from './left';
import { ModelPicker } from './model-picker';
import { References } from './references';
import type { Support } from './support';
import { usePrice } from './use-price';
import css from './composer.module.css';

interface ComposerProps {
  readonly title: string;
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly models: readonly Model[];
  readonly support: Support;
  readonly roles: readonly Role[];
  /** The request without files, for its price; null: something is missing. */
  readonly request: TaskRequest | null;
  /** "4 images" */
  readonly amount: string;
  readonly isSending: boolean;
  readonly onGenerate: (how: 'as it is' | 'new seed') => void;
  /** Prompts of before, the newest first. */
  readonly history: readonly string[];
  readonly settings: ReactNode;
}

/** The left side of a studio: model, prompt, references, settings, and at the foot the price and the button. */
export function Composer(props: ComposerProps) {
  const { title, draft, onChange, models, support, roles, request, amount, isSending, onGenerate, history, settings } = props;
  const text = useText<typeof words>('studio');
  const prompt = useRef<HTMLTextAreaElement>(null);
  const at = useRef(-1);
  const recall = (step: 1 | -1): void => {
    at.current = Math.max(-1, Math.min(history.length - 1, at.current + step));
    const earlier = history[at.current];
    if (earlier !== undefined) onChange({ prompt: earlier });
  };
  useHotkeys([
    { keys: 'Mod+Enter', label: 'generate', inFields: true, run: () => onGenerate('as it is') },
    { keys: 'Shift+Mod+Enter', label: 'generateNew', inFields: true, run: () => onGenerate('new seed') },
    { keys: 'Alt+ArrowUp', label: 'promptBefore', inFields: true, run: () => recall(1) },
    { keys: 'Alt+ArrowDown', label: 'promptAfter', inFields: true, run: () => recall(-1) },
  ]);
  useEffect(() => {
    prompt.current?.focus();
  }, []);

  return (
    <section className={css.composer} aria-label={title}>
      <div className={css.fields}>
        <div className={css.title}>
          <PageHeader title={title} />
        </div>
        <ModelPicker models={models} value={draft.model} onChange={(model) => onChange({ model })} />
        <Field label={text('prompt')}>
          {(ids) => (
            <TextArea
              {...ids}
              ref={prompt}
              rows={4}
              value={draft.prompt}
              placeholder={text('promptHint')}
              onChange={(event) => {
                at.current = -1;
                onChange({ prompt: event.target.value });
              }}
            />
          )}
        </Field>
        {support.mostReferences === 0 ? null : (
          <References
            references={draft.references}
            roles={roles.filter((role) => support.roles.includes(role))}
            most={support.mostReferences}
            onChange={(references) => onChange({ references })}
          />
        )}
        {settings}
      </div>
      <Foot request={request} amount={amount} isSending={isSending} onGenerate={onGenerate} />
    </section>
  );
}

function Foot({ request, amount, isSending, onGenerate }: Pick<ComposerProps, 'request' | 'amount' | 'isSending' | 'onGenerate'>) {
  const text = useText<typeof words>('studio');
  const errorText = useErrorText();
  const { amount: price, isOld, route, error } = usePrice(request);
  return (
    <div className={css.foot}>
      <div className={css.price}>
        <span>{[amount, ...(route === null ? [] : [route])].join(' · ')}</span>
        <strong className={isOld ? css.old : undefined}>{price ?? ''}</strong>
      </div>
      <div className={css.verbs}>
        <Button kind="primary" size="big" disabled={request === null} onClick={() => onGenerate('as it is')} aria-describedby="price-says">
          {isSending ? text('sending') : text('generate')}
          {price === null ? null : <span className="figures">· {price}</span>}
        </Button>
        <CodeButton request={request === null ? null : { kind: 'task', body: request }} />
      </div>
      <p id="price-says" className={css.says}>
        {request === null ? text('writeFirst') : error === null ? <Left /> : errorText(error)}
      </p>
    </div>
  );
}
