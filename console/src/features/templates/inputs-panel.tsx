import { useText } from '../../lib/text';
import { INPUT_NAME } from '../../lib/placeholders';
import type words from '../../text/en/templates.json';
import { Button, IconButton } from '../../ui/button';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { Select } from '../../ui/select';
import { Switch } from '../../ui/switch';
import type { TemplateInput } from '../../api/templates';
import type { NamedInput } from './body';
import css from './editor.module.css';

interface InputsPanelProps {
  readonly inputs: readonly NamedInput[];
  readonly onChange: (inputs: readonly NamedInput[]) => void;
}

const TYPES = ['string', 'text', 'enum', 'integer', 'number', 'boolean', 'colour', 'image', 'video'] as const;

/** What people who use the template fill in. */
export function InputsPanel({ inputs, onChange }: InputsPanelProps) {
  const text = useText<typeof words>('templates');
  const set = (at: number, change: Partial<NamedInput>): void =>
    onChange(inputs.map((input, index) => (index === at ? { ...input, ...change } : input)));
  const move = (at: number, step: 1 | -1): void => {
    const next = [...inputs];
    const [input] = next.splice(at, 1);
    if (input !== undefined) next.splice(at + step, 0, input);
    onChange(next);
  };
  return (
    <Panel
      title={text('inputs.title')}
      end={
        <Button
          kind="quiet"
          size="dense"
          icon="add"
          onClick={() => onChange([...inputs, { name: freeName(inputs), spec: { type: 'string', required: true } }])}
        >
          {text('inputs.add')}
        </Button>
      }
    >
      {inputs.length === 0 ? <p className={css.faint}>{text('inputs.none')}</p> : null}
      {inputs.map(({ name, spec }, at) => (
        <fieldset key={at} className={css.input}>
          <legend className="unseen">{text('inputs.one', { name })}</legend>
          <Input
            className={css.code}
            aria-label={text('inputs.name')}
            aria-invalid={!INPUT_NAME.test(name) || inputs.some((one, index) => index !== at && one.name === name)}
            value={name}
            onChange={(event) => set(at, { name: event.target.value })}
          />
          <Input
            aria-label={text('inputs.label')}
            placeholder={text('inputs.label')}
            value={typeof spec.label === 'string' ? spec.label : (spec.label?.en ?? spec.label?.zh ?? '')}
            disabled={typeof spec.label === 'object'}
            onChange={(event) => set(at, { spec: without(spec, 'label', event.target.value) })}
          />
          <Select
            label={text('inputs.type')}
            value={spec.type}
            onChange={(type) => set(at, { spec: ofType(spec, type as TemplateInput['type']) })}
            choices={TYPES.map((type) => ({ value: type, label: text(`inputs.types.${type}`) }))}
          />
          <Limits spec={spec} onChange={(next) => set(at, { spec: next })} />
          <Switch
            label={text('inputs.required')}
            isOn={spec.required === true}
            onChange={(required) => set(at, { spec: withRequired(spec, required) })}
          />
          <span className={css.inputVerbs}>
            <IconButton name={text('inputs.up', { name })} icon="previous" size="dense" disabled={at === 0} onClick={() => move(at, -1)} />
            <IconButton
              name={text('inputs.down', { name })}
              icon="next"
              size="dense"
              disabled={at === inputs.length - 1}
              onClick={() => move(at, 1)}
            />
            <IconButton
              name={text('inputs.remove', { name })}
              icon="close"
              size="dense"
              onClick={() => onChange(inputs.filter((_, index) => index !== at))}
            />
          </span>
        </fieldset>
      ))}
    </Panel>
  );
}

/** Choices of an enum, the longest of a text, and the default of both. */
function Limits({ spec, onChange }: { readonly spec: TemplateInput; readonly onChange: (spec: TemplateInput) => void }) {
  const text = useText<typeof words>('templates');
  const usual = typeof spec.default === 'object' || spec.default === undefined ? '' : String(spec.default);
  const hasDefault = spec.type !== 'image' && spec.type !== 'video';
  return (
    <span className={css.limits}>
      {spec.type === 'enum' ? (
        <Input
          aria-label={text('inputs.values')}
          placeholder={text('inputs.values')}
          defaultValue={(spec.values ?? []).join(', ')}
          onChange={(event) => {
            const values = event.target.value
              .split(/[,，、]/)
              .map((one) => one.trim())
              .filter((one) => one !== '');
            onChange({ ...spec, values });
          }}
        />
      ) : spec.type === 'string' || spec.type === 'text' ? (
        <Input
          aria-label={text('inputs.longest')}
          placeholder={text('inputs.longest')}
          inputMode="numeric"
          value={spec.max_length === undefined ? '' : String(spec.max_length)}
          onChange={(event) => {
            const { max_length: _before, ...rest } = spec;
            const most = Number(event.target.value);
            onChange(Number.isInteger(most) && most > 0 ? { ...rest, max_length: most } : rest);
          }}
        />
      ) : null}
      {hasDefault ? (
        <Input
          aria-label={text('inputs.default')}
          placeholder={text('inputs.default')}
          value={usual}
          onChange={(event) => {
            const { default: _before, required: _required, ...rest } = spec;
            const { value } = event.target;
            const isNumber = spec.type === 'integer' || spec.type === 'number';
            onChange(
              value === ''
                ? rest
                : {
                    ...rest,
                    default: spec.type === 'boolean' ? value === 'true' : isNumber && !Number.isNaN(Number(value)) ? Number(value) : value,
                  },
            );
          }}
        />
      ) : null}
    </span>
  );
}

/** What must be given has no default. */
function withRequired(spec: TemplateInput, required: boolean): TemplateInput {
  const { default: _before, ...rest } = spec;
  return required ? { ...rest, required } : { ...spec, required };
}

/** Another type has other limits. */
function ofType({ label, description, required }: TemplateInput, type: TemplateInput['type']): TemplateInput {
  return {
    type,
    ...(label === undefined ? {} : { label }),
    ...(description === undefined ? {} : { description }),
    ...(required === undefined ? {} : { required }),
    ...(type === 'enum' ? { values: [] } : {}),
  };
}

function without(spec: TemplateInput, name: 'label', value: string): TemplateInput {
  const { [name]: _before, ...rest } = spec;
  return value === '' ? rest : { ...rest, [name]: value };
}

function freeName(inputs: readonly NamedInput[]): string {
  let number = inputs.length + 1;
  while (inputs.some(({ name }) => name === `input${number}`)) number += 1;
  return `input${number}`;
}
