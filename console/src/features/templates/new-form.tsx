import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { modelsQuery } from '../../api/models';
import { useTeam } from '../../api/session';
import { promptOf } from '../../api/task-facts';
import { taskQuery, type Task } from '../../api/tasks';
import { useCreateTemplate, useTemplateFromTask, type Template } from '../../api/templates';
import { contentUrl } from '../../lib/media-url';
import { placeholdersIn } from '../../lib/placeholders';
import { useGo } from '../../lib/go';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/templates.json';
import { Button } from '../../ui/button';
import { Field, FieldGroup } from '../../ui/field';
import { Form } from '../../ui/form';
import { Input, TextArea } from '../../ui/input';
import { FadingImage } from '../../ui/media';
import { Panel } from '../../ui/panel';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { Skeleton } from '../../ui/states';
import { EXAMPLE } from './body';
import css from './editor.module.css';

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** A name, the same in every language. */
const NAME_LIKE = 'product-shot';
const TYPES: readonly Template['type'][] = ['image', 'video', 'text'];

/** Inputs of every placeholder in the prompt: what they are is said in the editor. */
const inputsOf = (prompt: string) =>
  Object.fromEntries(placeholdersIn(prompt).map((name) => [name, { type: 'string' as const, required: true }]));

/** A template of nothing yet. */
export function NewForm() {
  const text = useText<typeof words>('templates');
  const shared = useText<typeof common>('common');
  const errorText = useErrorText();
  const team = useTeam();
  const go = useGo();
  const create = useCreateTemplate(team);
  const [name, setName] = useState('');
  const [type, setType] = useState<Template['type']>('image');
  const [model, setModel] = useState<string | null>(null);
  const [prompt, setPrompt] = useState('');
  const { data: models = [] } = useQuery(modelsQuery(team, type));
  const offered = models.filter(({ available }) => available);
  const chosen = model ?? offered[0]?.id ?? null;
  const submit = (): void =>
    create.mutate(
      {
        name,
        type,
        model: chosen,
        prompt,
        inputs: inputsOf(prompt),
        visibility: 'team',
        description: '',
        tags: [],
        images: [],
        output: {},
        params: {},
        overridable: [],
        preview_asset_ids: [],
      },
      { onSuccess: () => go(paths.template(team, name), 'replace') },
    );
  return (
    <div className={css.fields}>
      <Panel>
        <Form
          verb={text('create')}
          isBusy={create.isPending}
          isHeld={!NAME.test(name) || prompt.trim() === '' || chosen === null}
          fault={create.error === null ? null : errorText(create.error)}
          onSubmit={submit}
        >
          <NameField name={name} onChange={setName} />
          <FieldGroup label={text('type')}>
            {(labelId) => (
              <Segmented
                labelId={labelId}
                value={type}
                onChange={(next) => {
                  setType(next as Template['type']);
                  setModel(null);
                }}
                segments={TYPES.map((one) => ({ value: one, label: shared(`nav.${one}`) }))}
              />
            )}
          </FieldGroup>
          <Field label={text('settings.model')}>
            {(ids) => (
              <Select
                {...ids}
                value={chosen ?? ''}
                onChange={setModel}
                choices={offered.map(({ id, display_name: label }) => ({ value: id, label }))}
              />
            )}
          </Field>
          <Field label={text('prompt')} hint={text('promptHint', { example: EXAMPLE })}>
            {(ids) => <TextArea {...ids} rows={4} value={prompt} onChange={(event) => setPrompt(event.target.value)} />}
          </Field>
        </Form>
      </Panel>
    </div>
  );
}

/** A template of a run that ended: words of its prompt become inputs. */
export function FromTaskForm({ id }: { readonly id: string }) {
  const team = useTeam();
  const { data: task } = useQuery({ ...taskQuery(team, id), throwOnError: (_error, { state }) => state.data === undefined });
  return task === undefined ? <Skeleton rows={3} height={96} /> : <FromTask task={task} />;
}

function FromTask({ task }: { readonly task: Task }) {
  const text = useText<typeof words>('templates');
  const errorText = useErrorText();
  const team = useTeam();
  const go = useGo();
  const create = useTemplateFromTask(team);
  const [name, setName] = useState('');
  const [prompt, setPrompt] = useState(() => promptOf(task).replaceAll('{{', '\\{{'));
  const [selection, setSelection] = useState<readonly [from: number, to: number]>([0, 0]);
  const [inputName, setInputName] = useState('');
  const [from, to] = selection;
  const picked = prompt.slice(from, to);
  const canMake = picked.trim() !== '' && /^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(inputName);
  const select = ({ currentTarget: area }: { readonly currentTarget: HTMLTextAreaElement }): void =>
    setSelection([area.selectionStart, area.selectionEnd]);
  const makeInput = (): void => {
    setPrompt(`${prompt.slice(0, from)}{{${inputName}}}${prompt.slice(to)}`);
    setSelection([0, 0]);
    setInputName('');
  };
  const image = task.outputs.find(({ kind }) => kind === 'image');
  const submit = (): void =>
    create.mutate(
      {
        task_id: task.id,
        name,
        prompt,
        inputs: inputsOf(prompt),
        description: '',
        tags: [],
        visibility: 'team',
        overridable: task.type === 'text' ? [] : ['output.seed'],
      },
      { onSuccess: () => go(paths.template(team, name), 'replace') },
    );
  return (
    <div className={css.columns}>
      <Panel>
        <Form
          verb={text('create')}
          isBusy={create.isPending}
          isHeld={!NAME.test(name) || prompt.trim() === ''}
          fault={create.error === null ? null : errorText(create.error)}
          onSubmit={submit}
        >
          <NameField name={name} onChange={setName} />
          <Field label={text('prompt')} hint={text('fromTask.hint')}>
            {(ids) => (
              <TextArea
                {...ids}
                className={css.prompt}
                rows={5}
                value={prompt}
                onChange={(event) => setPrompt(event.target.value)}
                onSelect={select}
                onBlur={select}
              />
            )}
          </Field>
          <Field label={text('fromTask.input')}>
            {(ids) => (
              <span className={css.setting}>
                <Input
                  {...ids}
                  value={inputName}
                  placeholder={text('fromTask.inputHint')}
                  onChange={(event) => setInputName(event.target.value.trim())}
                />
                <Button disabled={!canMake} onClick={makeInput}>
                  {picked.trim() === '' ? text('fromTask.select') : text('fromTask.make', { words: picked.slice(0, 24) })}
                </Button>
              </span>
            )}
          </Field>
        </Form>
      </Panel>
      {image === undefined ? null : (
        <div className={css.made}>
          <FadingImage src={contentUrl(team, image.id)} alt={text('result', { n: 1 })} />
        </div>
      )}
    </div>
  );
}

function NameField({ name, onChange }: { readonly name: string; readonly onChange: (name: string) => void }) {
  const text = useText<typeof words>('templates');
  return (
    <Field label={text('name')} hint={text('nameHint')} fault={name === '' || NAME.test(name) ? null : text('nameFault')}>
      {(ids) => (
        <Input {...ids} className={css.code} value={name} placeholder={NAME_LIKE} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}
