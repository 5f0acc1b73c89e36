import { useQuery } from '@tanstack/react-query';
import { modelsQuery } from '../../api/models';
import { useTeam } from '../../api/session';
import type { Template, TemplateBody } from '../../api/templates';
import { useText } from '../../lib/text';
import type words from '../../text/en/templates.json';
import { IconButton } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { Select } from '../../ui/select';
import css from './editor.module.css';

interface SettingsPanelProps {
  readonly type: Template['type'];
  readonly body: TemplateBody;
  readonly onChange: (change: Partial<TemplateBody>) => void;
}

interface Setting {
  /** Under `output`, or `params` of a text. */
  readonly name: 'aspect_ratio' | 'quality' | 'n' | 'seed' | 'format' | 'duration_s' | 'resolution' | 'temperature' | 'max_tokens';
  /** null: a number. */
  readonly choices: readonly string[] | null;
}

const SETTINGS: Readonly<Record<Template['type'], readonly Setting[]>> = {
  image: [
    { name: 'aspect_ratio', choices: ['1:1', '4:5', '3:4', '9:16', '3:2', '16:9'] },
    { name: 'quality', choices: ['low', 'medium', 'high'] },
    { name: 'n', choices: ['1', '2', '4', '8'] },
    { name: 'seed', choices: null },
    { name: 'format', choices: ['png', 'jpeg', 'webp'] },
  ],
  video: [
    { name: 'aspect_ratio', choices: ['16:9', '9:16', '1:1'] },
    { name: 'duration_s', choices: null },
    { name: 'resolution', choices: ['480p', '720p', '1080p'] },
    { name: 'seed', choices: null },
  ],
  text: [
    { name: 'temperature', choices: null },
    { name: 'max_tokens', choices: null },
  ],
};

/** Model and parameters; what is locked can't be changed by those who use the template. */
export function SettingsPanel({ type, body, onChange }: SettingsPanelProps) {
  const text = useText<typeof words>('templates');
  const team = useTeam();
  const { data: models = [] } = useQuery(modelsQuery(team, type));
  const room = type === 'text' ? 'params' : 'output';
  const values = body[room] as Readonly<Record<string, unknown>>;
  const { overridable } = body;
  const toggle = (path: string): void =>
    onChange({ overridable: overridable.includes(path) ? overridable.filter((one) => one !== path) : [...overridable, path] });
  const set = (name: string, value: string): void => {
    const { [name]: _before, ...rest } = values;
    const isNumber = value !== '' && !Number.isNaN(Number(value));
    onChange({ [room]: value === '' ? rest : { ...rest, [name]: isNumber ? Number(value) : value } });
  };
  const lock = (path: string, name: string) => {
    const isOpen = overridable.includes(path);
    return (
      <IconButton
        name={text(isOpen ? 'settings.open' : 'settings.locked', { name })}
        icon={isOpen ? 'unlock' : 'lock'}
        aria-pressed={!isOpen}
        onClick={() => toggle(path)}
      />
    );
  };
  return (
    <Panel title={text('settings.title')} end={<span className={css.faint}>{text('settings.about')}</span>}>
      <div className={css.settings}>
        <Field label={text('settings.model')}>
          {(ids) => (
            <span className={css.setting}>
              <Select
                {...ids}
                value={body.model ?? ''}
                onChange={(model) => onChange({ model })}
                choices={models.filter(({ available }) => available).map(({ id, display_name: name }) => ({ value: id, label: name }))}
              />
              {lock('model', text('settings.model'))}
            </span>
          )}
        </Field>
        {SETTINGS[type].map(({ name, choices }) => {
          const label = text(`settings.${name}`);
          const given = values[name];
          const value = typeof given === 'string' || typeof given === 'number' ? String(given) : '';
          return (
            <Field key={name} label={label}>
              {(ids) => (
                <span className={css.setting}>
                  {choices === null ? (
                    <Input
                      {...ids}
                      value={value}
                      placeholder={text('settings.auto')}
                      onChange={(event) => set(name, event.target.value.trim())}
                    />
                  ) : (
                    <Select
                      {...ids}
                      value={value}
                      onChange={(next) => set(name, next)}
                      choices={[...new Set(['', ...choices, value])].map((one) => ({
                        value: one,
                        label: one === '' ? text('settings.auto') : one,
                      }))}
                    />
                  )}
                  {lock(`${room}.${name}`, label)}
                </span>
              )}
            </Field>
          );
        })}
      </div>
    </Panel>
  );
}
