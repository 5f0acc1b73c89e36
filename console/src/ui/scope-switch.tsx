import { useText } from '../lib/text';
import type words from '../text/en/common.json';
import { Segmented } from './segmented';

/** Whether a page shows one team or all that the person may see. */
export function ScopeSwitch({ isOfAll, onChange }: { readonly isOfAll: boolean; readonly onChange: (isOfAll: boolean) => void }) {
  const text = useText<typeof words>('common');
  return (
    <Segmented
      label={text('scope.name')}
      value={isOfAll ? 'all' : 'team'}
      onChange={(value) => onChange(value === 'all')}
      segments={[
        { value: 'team', label: text('scope.team') },
        { value: 'all', label: text('scope.all') },
      ]}
    />
  );
}
