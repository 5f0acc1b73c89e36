import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { Field, FieldGroup } from '../../ui/field';
import { TextArea } from '../../ui/input';
import { Segmented } from '../../ui/segmented';
import type { Draft } from './draft';
import type { Support } from './support';

export interface SettingsProps {
  readonly draft: Draft;
  readonly support: Support;
  readonly onChange: (change: Partial<Draft>) => void;
}

/** How many are made at once; more than the model can is marked, and said. */
export function CountField({
  label,
  counts,
  draft,
  support,
  onChange,
}: SettingsProps & { readonly label: string; readonly counts: readonly number[] }) {
  const text = useText<typeof words>('studio');
  return (
    <FieldGroup label={label}>
      {(labelId) => (
        <Segmented
          labelId={labelId}
          value={String(draft.count)}
          onChange={(count) => onChange({ count: Number(count) })}
          segments={counts.map((count) => ({
            value: String(count),
            label: String(count),
            refused: count <= support.mostImages ? null : text('refused.count', { most: support.mostImages }),
          }))}
        />
      )}
    </FieldGroup>
  );
}

/** What must not be seen. */
export function NegativeField({ draft, support, onChange }: SettingsProps) {
  const text = useText<typeof words>('studio');
  return (
    <Field label={text('negative')} hint={support.negativePrompt ? undefined : text('refused.negative')}>
      {(ids) => (
        <TextArea {...ids} rows={2} value={draft.negativePrompt} onChange={(event) => onChange({ negativePrompt: event.target.value })} />
      )}
    </Field>
  );
}
