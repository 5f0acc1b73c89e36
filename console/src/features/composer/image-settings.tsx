import { useState } from 'react';
import { useText } from '../../lib/text';
import type words from '../../text/en/studio.json';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Select } from '../../ui/select';
import { Switch } from '../../ui/switch';
import { RatioBoxes } from './ratio-boxes';
import { SeedField } from './seed-field';
import { CountField, NegativeField, type SettingsProps } from './shared-fields';
import css from './composer.module.css';

const COUNTS = [1, 2, 4, 8];

/** Everything of an image below its prompt and references. What the model can't do is marked, and said. */
export function ImageSettings(props: SettingsProps) {
  const { draft, support, onChange } = props;
  const text = useText<typeof words>('studio');
  const [isNegativeOpen, setNegativeOpen] = useState(draft.negativePrompt !== '');
  return (
    <>
      <RatioBoxes value={draft.ratio} support={support} onChange={(ratio) => onChange({ ratio })} />
      <div className={css.pair}>
        <Field label={text('quality')} hint={support.quality ? undefined : text('refused.quality')}>
          {(ids) => (
            <Select
              {...ids}
              value={draft.quality ?? ''}
              onChange={(quality) => onChange({ quality: quality === '' ? null : quality })}
              choices={['', ...support.qualities].map((quality) => ({
                value: quality,
                label: quality === '' ? text('auto') : qualityName(quality, text),
              }))}
            />
          )}
        </Field>
        <CountField {...props} label={text('images')} counts={COUNTS} />
      </div>
      <div className={css.pair}>
        <SeedField seed={draft.seed} isLocked={draft.isSeedLocked} isOffered={support.seed} onChange={onChange} />
        <Field label={text('format')}>
          {(ids) => (
            <Select
              {...ids}
              value={draft.format}
              onChange={(format) => onChange({ format })}
              choices={support.formats.map((format) => ({ value: format, label: format.toUpperCase() }))}
            />
          )}
        </Field>
      </div>
      <div className={css.row}>
        <Button
          kind="quiet"
          size="dense"
          icon={isNegativeOpen ? 'open' : 'fold'}
          aria-expanded={isNegativeOpen}
          onClick={() => setNegativeOpen(!isNegativeOpen)}
        >
          {text('negative')}
        </Button>
        <Switch label={text('watermark')} isOn={draft.hasWatermark} onChange={(hasWatermark) => onChange({ hasWatermark })} />
      </div>
      {isNegativeOpen ? <NegativeField {...props} /> : null}
    </>
  );
}

const NAMED: ReadonlySet<string> = new Set(['draft', 'low', 'medium', 'standard', 'high', 'hd']);

/** A vendor's own word stays as it is. */
function qualityName(quality: string, text: (key: 'qualities.low') => string): string {
  return NAMED.has(quality) ? text(`qualities.${quality}` as 'qualities.low') : quality;
}
