import { SINGLE_KEYS } from '../../lib/hotkeys';
import { useStored, useTheme } from '../../lib/preferences';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/me.json';
import { FieldGroup } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { Segmented } from '../../ui/segmented';
import { Switch } from '../../ui/switch';

/** What this browser remembers. */
export function Preferences() {
  const text = useText<typeof words>('me');
  const shared = useText<typeof common>('common');
  const [theme, setTheme] = useTheme();
  const [single, setSingle] = useStored(SINGLE_KEYS);
  return (
    <Panel title={text('browser')}>
      <FieldGroup label={text('theme')}>
        {(labelId) => (
          <Segmented
            labelId={labelId}
            value={theme}
            onChange={(value) => setTheme(value as 'light')}
            segments={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: shared(`themes.${value}`) }))}
          />
        )}
      </FieldGroup>
      <Switch label={shared('keys.single')} isOn={single !== 'off'} onChange={(isOn) => setSingle(isOn ? null : 'off')} />
    </Panel>
  );
}
