import { useId } from 'react';
import { useErrorText } from '../../api/errors';
import { useTeam } from '../../api/session';
import { labelOf, type TemplateInput } from '../../api/templates';
import { uploadAsset } from '../../api/upload';
import { thumbnailUrl } from '../../lib/media-url';
import { useLanguage, useText } from '../../lib/text';
import type words from '../../text/en/templates.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input, TextArea } from '../../ui/input';
import { FadingImage } from '../../ui/media';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import type { NamedInput, Values } from './body';
import css from './editor.module.css';

interface ValueFieldsProps {
  readonly inputs: readonly NamedInput[];
  readonly values: Values;
  /** By the name of the input. */
  readonly faults: Readonly<Record<string, string>>;
  readonly onChange: (name: string, value: string) => void;
}

/** A field for each input of a template. */
export function ValueFields({ inputs, values, faults, onChange }: ValueFieldsProps) {
  const language = useLanguage();
  return (
    <div className={css.values}>
      {inputs.map(({ name, spec }) => (
        <Field
          key={name}
          label={labelOf(name, spec, language)}
          fault={faults[name]}
          hint={descriptionOf(spec, language)}
          aside={spec.required === true && spec.default === undefined ? '*' : undefined}
        >
          {(ids) => (
            <Value
              ids={ids}
              name={labelOf(name, spec, language)}
              spec={spec}
              value={values[name] ?? ''}
              onChange={(value) => onChange(name, value)}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

function descriptionOf({ description }: TemplateInput, language: 'en' | 'zh'): string | undefined {
  if (typeof description === 'object') return description[language] ?? description.en ?? description.zh;
  return description === '' ? undefined : description;
}

interface ValueProps {
  readonly ids: { readonly id: string; readonly 'aria-describedby'?: string };
  readonly name: string;
  readonly spec: TemplateInput;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const FEW = 4;
/** How ids of files begin, in every language. */
const ASSET = 'asset_…';

function Value({ ids, name, spec, value, onChange }: ValueProps) {
  const text = useText<typeof words>('templates');
  switch (spec.type) {
    case 'enum':
    case 'boolean': {
      const choices =
        spec.type === 'boolean'
          ? [
              { value: 'true', label: text('yes') },
              { value: 'false', label: text('no') },
            ]
          : (spec.values ?? []).map((one) => ({ value: String(one), label: String(one) }));
      if (choices.length <= FEW) return <Segmented label={name} value={value} onChange={onChange} segments={choices} />;
      return <Select {...ids} value={value} onChange={onChange} choices={choices} />;
    }
    case 'text':
      return <TextArea {...ids} rows={3} value={value} onChange={(event) => onChange(event.target.value)} />;
    case 'image':
    case 'video':
      return <Medium ids={ids} kind={spec.type} value={value} onChange={onChange} />;
    case 'string':
    case 'integer':
    case 'number':
    case 'colour':
      return (
        <Input
          {...ids}
          value={value}
          maxLength={spec.max_length}
          inputMode={spec.type === 'integer' ? 'numeric' : spec.type === 'number' ? 'decimal' : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

/** An image or a video: chosen here and put into the library, or an id of the library. */
function Medium({ ids, kind, value, onChange }: Omit<ValueProps, 'spec' | 'name'> & { readonly kind: 'image' | 'video' }) {
  const text = useText<typeof words>('templates');
  const errorText = useErrorText();
  const team = useTeam();
  const chooser = useId();
  return (
    <span className={css.medium}>
      {value === '' ? null : (
        <span className={css.mediumShown}>
          <FadingImage key={value} src={thumbnailUrl(team, value)} alt="" />
        </span>
      )}
      <Input {...ids} value={value} placeholder={ASSET} onChange={(event) => onChange(event.target.value.trim())} />
      <Button onClick={() => document.getElementById(chooser)?.click()}>{text('chooseFile')}</Button>
      <input
        id={chooser}
        className="unseen"
        type="file"
        tabIndex={-1}
        aria-label={text('chooseFile')}
        accept={`${kind}/*`}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file === undefined) return;
          uploadAsset(team, file).then(
            ({ id }) => onChange(id),
            (error: unknown) => note(errorText(error)),
          );
        }}
      />
    </span>
  );
}
