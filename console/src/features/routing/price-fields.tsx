import { useText } from '../../lib/text';
import type words from '../../text/en/model-form.json';
import { Field } from '../../ui/field';
import { FieldRow } from '../../ui/form';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import { amountsOf, faultyAmounts, KINDS, type Modality, type PriceDraft, type PriceKind } from './model-price';

interface PriceFieldsProps {
  readonly modality: Modality;
  readonly draft: PriceDraft;
  /** The model has a table by size or quality, which can be kept. */
  readonly hasTable: boolean;
  /** Faults are told of once it was tried to send. */
  readonly isTold: boolean;
  readonly onChange: (draft: PriceDraft) => void;
}

/** What is charged for a model: by what, and how much. */
export function PriceFields({ modality, draft, hasTable, isTold, onChange }: PriceFieldsProps) {
  const text = useText<typeof words>('model-form');
  const kinds: readonly PriceKind[] = [...(hasTable ? (['kept'] as const) : []), ...KINDS[modality]];
  const faulty = faultyAmounts(draft);
  return (
    <FieldRow>
      <Field label={text('price')} hint={text(`kindAbout.${draft.kind}`)}>
        {(ids) => (
          <Select
            {...ids}
            value={draft.kind}
            onChange={(value) => onChange({ ...draft, kind: kinds.find((kind) => kind === value) ?? draft.kind })}
            choices={kinds.map((value) => ({ value, label: text(`kinds.${value}`) }))}
          />
        )}
      </Field>
      {amountsOf(draft.kind).map((name) => (
        <Field key={name} label={text(`amounts.${name}`)} fault={isTold && faulty.includes(name) ? text('amountFault') : null}>
          {(ids) => (
            <Input
              {...ids}
              inputMode="decimal"
              placeholder={name === 'cached_input_per_1m_usd' ? text('asInput') : ''}
              value={draft.amounts[name] ?? ''}
              onChange={(event) => onChange({ ...draft, amounts: { ...draft.amounts, [name]: event.target.value } })}
            />
          )}
        </Field>
      ))}
    </FieldRow>
  );
}
