import { useState, type ReactNode } from 'react';
import type { CampaignEstimate } from '../../api/campaigns';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaign-new.json';
import { IconButton } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Facts } from '../../ui/facts';
import { Panel } from '../../ui/panel';
import type { WizardDraft } from './draft';
import css from './wizard.module.css';

type Shown = CampaignEstimate['preview'][number];

/** What one of the first rows becomes, with the words of the file marked. */
export function RowPreview({ estimate, draft }: { readonly estimate: CampaignEstimate; readonly draft: WizardDraft }) {
  const text = useText<typeof words>('campaign-new');
  const [at, setAt] = useState(0);
  const shown = estimate.preview[Math.min(at, estimate.preview.length - 1)];
  if (shown === undefined) return null;
  return (
    <Panel
      title={text('preview.makes', { row: shown.index + 1 })}
      end={
        <span className={css.verbs}>
          <IconButton name={text('preview.previous')} icon="back" size="dense" disabled={at <= 0} onClick={() => setAt(at - 1)} />
          <IconButton
            name={text('preview.next')}
            icon="forward"
            size="dense"
            disabled={at >= estimate.preview.length - 1}
            onClick={() => setAt(at + 1)}
          />
        </span>
      }
    >
      <ItemText item={shown} draft={draft} />
    </Panel>
  );
}

export function ItemText({ item, draft }: { readonly item: Shown; readonly draft: WizardDraft }) {
  const text = useText<typeof words>('campaign-new');
  const prompt = promptOf(item);
  const cells = draft.table?.rows[item.index - 1] ?? [];
  const values = cells.filter((_, column) => (draft.mapping[draft.table?.titles[column] ?? ''] ?? '').startsWith('inputs.'));
  return <p className={css.prompt}>{prompt === '' ? text('preview.noPrompt') : marked(prompt, values)}</p>;
}

function promptOf({ input }: Shown): string {
  const prompt = input['prompt'] ?? input['input'];
  if (typeof prompt === 'string') return prompt;
  const last: unknown = Array.isArray(input['messages']) ? input['messages'].at(-1) : undefined;
  const content = typeof last === 'object' && last !== null && 'content' in last ? last.content : '';
  return typeof content === 'string' ? content : '';
}

/** The values that were put in, marked where they stand. */
function marked(prompt: string, values: readonly string[]): ReactNode {
  const parts: ReactNode[] = [];
  let rest = prompt;
  for (;;) {
    const found = values
      .filter((value) => value.trim() !== '')
      .map((value) => ({ value, at: rest.indexOf(value) }))
      .filter(({ at }) => at !== -1)
      .sort((a, b) => (a.at === b.at ? b.value.length - a.value.length : a.at - b.at))[0];
    if (found === undefined) return [...parts, rest];
    parts.push(rest.slice(0, found.at), <mark key={parts.length}>{found.value}</mark>);
    rest = rest.slice(found.at + found.value.length);
  }
}

/** Model, shape, price of one, and the sum of all. */
export function CostSide({
  estimate,
  draft,
  isOld,
}: {
  readonly estimate: CampaignEstimate;
  readonly draft: WizardDraft;
  readonly isOld: boolean;
}) {
  const text = useText<typeof words>('campaign-new');
  const format = useFormat();
  const first = estimate.preview[0];
  const shape =
    first === undefined ? [] : ['aspect_ratio', 'size', 'resolution', 'quality', 'duration_s', 'n'].map((name) => first.output[name]);
  const rows = text('preview.items', { count: estimate.valid });
  const { concurrency } = draft;
  return (
    <Panel>
      <Facts
        rows={[
          [
            text('preview.template'),
            first?.template === null || first?.template === undefined ? null : (
              <span key="template" className={css.verbs}>
                {first.template.name} <Chip>{`v${first.template.version}`}</Chip>
              </span>
            ),
          ],
          [text('preview.model'), first?.model],
          [text('preview.shape'), shape.filter((part) => typeof part === 'string' || typeof part === 'number').join(' · ')],
          [text('preview.each'), first === undefined ? null : format.money(first.cost.estimated)],
        ]}
      />
      <div className={css.sum}>
        <span>{text('preview.expected')}</span>
        <strong className={isOld ? css.old : undefined}>{format.money(estimate.cost.estimated)}</strong>
      </div>
      <p className={css.faint}>
        {estimate.duration_s === null
          ? text('preview.noTime', { rows, count: concurrency })
          : text('preview.time', { rows, time: format.duration(estimate.duration_s * 1_000), count: concurrency })}
      </p>
    </Panel>
  );
}
