import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Select } from '../../ui/select';
import { Switch } from '../../ui/switch';
import { RatioBoxes } from './ratio-boxes';
import { SeedField } from './seed-field';
import { CountField, NegativeField, type SettingsProps } from './shared-fields';
import css from './composer.module.css';

export const VIDEO_ROLES = ['first_frame', 'last_frame', 'reference'] as const;
const TAKES = [1, 2, 4];
const USUAL_RESOLUTIONS = ['480p', '720p', '1080p'];

/** Everything of a video below its prompt and frames. */
export function VideoSettings({ hasTakes = true, ...props }: SettingsProps & { readonly hasTakes?: boolean }) {
  const { draft, support, onChange } = props;
  const text = useText<typeof words>('studio');
  const { durations } = support;
  const seconds = draft.durationS ?? durations.usual;
  return (
    <>
      <div className={css.pair}>
        <Field label={text('seconds')} aside={durations.choices === null ? `${durations.least} – ${durations.most}` : undefined}>
          {(ids) =>
            durations.choices === null ? (
              <Input
                {...ids}
                type="number"
                min={durations.least}
                max={durations.most}
                value={seconds}
                onChange={(event) =>
                  onChange({ durationS: Math.max(durations.least, Math.min(durations.most, Number(event.target.value))) })
                }
              />
            ) : (
              <Select
                {...ids}
                value={String(seconds)}
                onChange={(value) => onChange({ durationS: Number(value) })}
                choices={durations.choices.map((value) => ({ value: String(value), label: String(value) }))}
              />
            )
          }
        </Field>
        <Field label={text('resolution')}>
          {(ids) => (
            <Select
              {...ids}
              value={draft.resolution ?? ''}
              onChange={(resolution) => onChange({ resolution: resolution === '' ? null : resolution })}
              choices={['', ...(support.resolutions ?? USUAL_RESOLUTIONS)].map((value) => ({
                value,
                label: value === '' ? text('auto') : value,
              }))}
            />
          )}
        </Field>
      </div>
      <RatioBoxes value={draft.ratio} support={support} onChange={(ratio) => onChange({ ratio })} />
      <div className={css.pair}>
        <SeedField seed={draft.seed} isLocked={draft.isSeedLocked} isOffered={support.seed} onChange={onChange} />
        {hasTakes ? <CountField {...props} label={text('takes')} counts={TAKES} /> : null}
      </div>
      <div className={css.row}>
        {support.audio ? <Switch label={text('sound')} isOn={draft.hasSound} onChange={(hasSound) => onChange({ hasSound })} /> : null}
        <Switch label={text('watermark')} isOn={draft.hasWatermark} onChange={(hasWatermark) => onChange({ hasWatermark })} />
      </div>
      <NegativeField {...props} />
    </>
  );
}
