import { useText } from '../../lib/text';
import type words from '../../text/en/campaign-new.json';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { Select } from '../../ui/select';
import { isAmount, type WizardDraft } from './draft';
import type { Survey } from './faults';
import { ItemText } from './preview-side';
import css from './wizard.module.css';

interface PreviewStepProps {
  readonly draft: WizardDraft;
  readonly survey: Survey;
  readonly onChange: (change: Partial<WizardDraft>) => void;
}

const AT_ONCE = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** The first rows as they will be sent, and the limits of the whole. */
export function PreviewStep({ draft, survey, onChange }: PreviewStepProps) {
  const text = useText<typeof words>('campaign-new');
  const { estimate } = survey;
  const isLow = isAmount(draft.budget) && estimate !== undefined && Number(draft.budget) < Number(estimate.cost.estimated);
  return (
    <div className={css.main}>
      <Panel title={text('preview.title')}>
        {(estimate?.preview ?? []).map((item) => (
          <div key={item.index} className={css.item}>
            <code className={css.key}>{item.key}</code>
            <ItemText item={item} draft={draft} />
          </div>
        ))}
      </Panel>
      <Panel title={text('preview.cost')}>
        <div className={css.fields}>
          <Field
            label={`${text('preview.limit')} ($)`}
            hint={isLow ? text('preview.limitLow') : text('preview.limitHint')}
            fault={draft.budget.trim() === '' || isAmount(draft.budget) ? null : text('preview.limitFault')}
          >
            {(ids) => (
              <Input
                {...ids}
                inputMode="decimal"
                value={draft.budget}
                placeholder={
                  estimate === undefined || Number(estimate.cost.estimated) === 0 ? '' : Number(estimate.cost.estimated).toFixed(2)
                }
                onChange={(event) => onChange({ budget: event.target.value })}
              />
            )}
          </Field>
          <Field label={text('preview.atOnce')}>
            {(ids) => (
              <Select
                {...ids}
                value={String(draft.concurrency)}
                onChange={(value) => onChange({ concurrency: Number(value) })}
                choices={AT_ONCE.map((count) => ({ value: String(count), label: String(count) }))}
              />
            )}
          </Field>
        </div>
        <Field label={text('preview.callback')} hint={text('preview.callbackHint')}>
          {(ids) => (
            <Input {...ids} type="url" value={draft.callbackUrl} onChange={(event) => onChange({ callbackUrl: event.target.value })} />
          )}
        </Field>
      </Panel>
    </div>
  );
}
