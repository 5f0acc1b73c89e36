import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import type { Model } from '../../api/models';
import type { TaskRequest } from '../../api/tasks';
import { useFormat } from '../../lib/format';
import { useHotkeys } from '../../lib/hotkeys';
import { useText } from '../../lib/text';
import type words from '../../text/en/edit.json';
import { Button } from '../../ui/button';
import { Field, FieldGroup } from '../../ui/field';
import { Input } from '../../ui/input';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import css from './edit-bar.module.css';
import { editRequest } from './request';
import { priceEach, supportOf } from './support';
import { usePrice } from './use-price';

const COUNTS = [1, 2, 4];

interface EditBarProps {
  /** Those that take images. */
  readonly models: readonly Model[];
  readonly model: Model;
  readonly onModel: (model: string) => void;
  readonly prompt: string;
  readonly onPrompt: (prompt: string) => void;
  readonly asset: string;
  readonly mask: { readonly png: () => string | null; readonly isEmpty: boolean };
  readonly onSend: (request: TaskRequest) => void;
}

/** What the masked part shall become: one line, the model, how many, the price. */
export function EditBar({ models, model, onModel, prompt, onPrompt, asset, mask, onSend }: EditBarProps) {
  const text = useText<typeof words>('edit');
  const format = useFormat();
  const errorText = useErrorText();
  const [count, setCount] = useState(1);
  const support = supportOf(model);
  const edit = { model: model.id, prompt, count, asset };
  const priced = editRequest({ ...edit, mask: null }, support);
  const price = usePrice(priced);
  const send = (): void => {
    const request = editRequest({ ...edit, mask: mask.png() }, support);
    if (request !== null) onSend(request);
  };
  useHotkeys([{ keys: 'Mod+Enter', label: 'generate', inFields: true, run: send }]);
  return (
    <div className={css.bar}>
      <Field label={mask.isEmpty ? text('inAll') : text('inMasked')} className={css.prompt}>
        {(ids) => <Input {...ids} value={prompt} placeholder={text('promptHint')} onChange={(event) => onPrompt(event.target.value)} />}
      </Field>
      <Field label={text('model')} className={css.model}>
        {(ids) => (
          <Select
            {...ids}
            value={model.id}
            onChange={onModel}
            choices={models.map((one) => ({
              value: one.id,
              label: one.display_name,
              about: supportOf(one).mask ? text('takesMask') : text('takesNoMask'),
              end: endOf(one),
            }))}
          />
        )}
      </Field>
      <FieldGroup label={text('count')}>
        {(labelId) => (
          <Segmented
            labelId={labelId}
            value={String(count)}
            onChange={(next) => setCount(Number(next))}
            segments={COUNTS.map((one) => ({
              value: String(one),
              label: String(one),
              refused: one <= support.mostImages ? null : text('fewer', { most: support.mostImages }),
            }))}
          />
        )}
      </FieldGroup>
      <Button kind="primary" size="big" disabled={priced === null} onClick={send}>
        {text('edit')}
        {price.amount === null ? null : <span className="figures">· {price.amount}</span>}
      </Button>
      {price.error === null || priced === null ? null : <p className={css.fault}>{errorText(price.error)}</p>}
    </div>
  );

  function endOf(one: Model): string {
    const each = priceEach(one);
    if (each === null) return '';
    return Number(each) === 0 ? text('free') : format.money(each);
  }
}
