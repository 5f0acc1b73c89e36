import { useText } from '../../lib/text';
import type words from '../../text/en/compare.json';
import { Table } from '../../ui/table';
import { LETTERS, type Setting } from './differences';

const NAMED: ReadonlySet<string> = new Set([
  ...['model', 'pixels', 'prompt', 'references', 'negative_prompt', 'aspect_ratio', 'size', 'resolution', 'quality', 'n', 'seed'],
  ...['format', 'background', 'watermark'],
]);

/** The settings that differ, one a row; what is not here is the same. */
export function DifferenceTable({ differences, count }: { readonly differences: readonly Setting[]; readonly count: number }) {
  const text = useText<typeof words>('compare');
  if (differences.length === 0) return <p>{text('same')}</p>;
  return (
    <Table
      label={text('differences')}
      columns={[
        {
          key: 'setting',
          name: text('setting'),
          cell: ({ name }) => (NAMED.has(name) ? text(`settings.${name}` as 'settings.model') : name),
        },
        ...LETTERS.slice(0, count).map((letter, index) => ({
          key: letter,
          name: letter,
          cell: ({ values }: Setting) => values[index] ?? '–',
        })),
      ]}
      rows={differences}
      keyOf={({ name }) => name}
    />
  );
}
