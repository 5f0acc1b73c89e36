import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { Field, FieldGroup } from '../../ui/field';
import { Input, TextArea } from '../../ui/input';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { Switch } from '../../ui/switch';
import type { Draft } from './draft';
import { RatioBoxes } from './ratio-boxes';
import { SeedField } from './seed-field';
import type { Support } from './support';
import css from './composer.module.css';

const TAKES = [1, 2, 4];
const USUAL_RESOLUTIONS = ['480p', '720p', '1080p'];

/** Everything of a video below its prompt and frames. */
export function VideoSettings({
  draft,
  support,
  onChange,
}: {
  readonly draft: Draft;
  readonly support: Support;
  readonly onChange: (change: Partial<Draft>) => void;
}) {
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
        <FieldGroup label={text('takes')}>
          {(labelId) => (
            <Segmented
              labelId={labelId}
              value={String(draft.count)}
              onChange={(count) => onChange({ count: Number(count) })}
              segments={TAKES.map((count) => ({
                value: String(count),
                label: String(count),
                refused: count <= support.mostImages ? null : text('refused.count', { most: support.mostImages }),
              }))}
            />
          )}
        </FieldGroup>
      </div>
      <div className={css.row}>
        {support.audio ? <Switch label={text('sound')} isOn={draft.hasSound} onChange={(hasSound) => onChange({ hasSound })} /> : null}
        <Switch label={text('watermark')} isOn={draft.hasWatermark} onChange={(hasWatermark) => onChange({ hasWatermark })} />
      </div>
      <Field label={text('negative')} hint={support.negativePrompt ? undefined : text('refused.negative')}>
        {(ids) => (
          <TextArea {...ids} rows={2} value={draft.negativePrompt} onChange={(event) => onChange({ negativePrompt: event.target.value })} />
        )}
      </Field>
    </>
  );
}
