import type { Model } from '../../../api/models';
import type { Task, TaskRow } from '../../../api/tasks';
import { idsOf } from '../../../features/compare/compared';
import { CompareView } from '../../../features/compare/compare-view';
import { priceEach } from '../../../features/composer/support';
import { useFormat } from '../../../lib/format';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/compare.json';
import { note } from '../../../ui/announce';

interface CompareProps {
  /** "asset_a,asset_b" */
  readonly compare: string;
  readonly mode: string | undefined;
  readonly onChange: (change: { readonly compare?: string | undefined; readonly mode?: string | undefined }) => void;
  /** Runs of the studio, the newest first: their images may be compared too. */
  readonly rows: readonly TaskRow[];
  readonly models: readonly Model[];
  readonly onUseAll: (task: Task) => void;
  readonly onOtherModel: (task: Task, model: string) => void;
}

const MOST_RECENT = 24;

/** Images of the studio beside each other; the URL says which, and how. */
export function Compare({ compare, mode, onChange, rows, models, onUseAll, onOtherModel }: CompareProps) {
  const text = useText<typeof words>('compare');
  const format = useFormat();
  const ids = idsOf(compare);
  const close = (): void => onChange({ compare: undefined, mode: undefined });
  const recent = rows.flatMap(({ outputs, prompt }) =>
    outputs.filter(({ kind }) => kind === 'image').map(({ id }) => ({ id, name: (prompt ?? id).slice(0, 80) })),
  );
  return (
    <CompareView
      ids={ids}
      mode={mode === 'slide' || mode === 'overlay' ? mode : 'side'}
      onMode={(next) => onChange({ mode: next === 'side' ? undefined : next })}
      onIds={(next) => onChange({ compare: next.join(',') })}
      onClose={close}
      recent={recent.slice(0, MOST_RECENT)}
      models={models.map((model) => {
        const each = priceEach(model);
        return { id: model.id, display_name: model.display_name, price: each === null ? '' : format.money(each) };
      })}
      onUseAll={(task) => {
        onUseAll(task);
        close();
      }}
      onOtherModel={(task, model) => {
        onOtherModel(task, model);
        note(text('started'));
      }}
    />
  );
}
