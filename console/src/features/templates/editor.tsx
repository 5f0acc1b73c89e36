import { useCallback, useState } from 'react';
import { useErrorText } from '../../api/errors';
import { exportUrl, useSaveVersion, useTemplateVerb, type Template, type TemplateBody } from '../../api/templates';
import { useMay, useMe, useTeam } from '../../api/session';
import { saveFile } from '../../lib/download';
import { useGo } from '../../lib/go';
import { paths } from '../../lib/paths';
import { personalName, readStored, writeStored } from '../../lib/preferences';
import { useText } from '../../lib/text';
import type words from '../../text/en/templates.json';
import { note } from '../../ui/announce';
import { Button, ButtonLink, IconButton } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Menu, MenuItem } from '../../ui/menu';
import { PageHeader } from '../../ui/page-header';
import { Panel } from '../../ui/panel';
import { Notice } from '../../ui/states';
import { bodyOf, draftOf, filledIn, isComplete, requestOf, unsavedRequestOf, type Draft, type Values } from './body';
import { InputsPanel } from './inputs-panel';
import { PromptPanel } from './prompt-panel';
import { SettingsPanel } from './settings-panel';
import { TryPanel } from './try-panel';
import css from './editor.module.css';

/** A template being edited. What was changed is kept by the browser until it is published, as the next version. */
export function Editor({ template }: { readonly template: Template }) {
  const text = useText<typeof words>('templates');
  const errorText = useErrorText();
  const team = useTeam();
  const go = useGo();
  const mayEdit = useMay('template.create') && template.team === team;
  const { draft, change, discard, isChanged } = useEdited(template);
  const [given, setValues] = useState<Values>({});
  const values = filledIn(draft.inputs, given);
  const save = useSaveVersion(team, template.name);
  const verb = useTemplateVerb(team, template.name);
  const { body, inputs } = draft;
  const prompt = body.prompt ?? '';
  const setBody = (part: Partial<TemplateBody>): void => change({ body: { ...body, ...part } });
  const next = template.versions + 1;
  const request = !isComplete(inputs, values)
    ? null
    : isChanged
      ? unsavedRequestOf(template.type, draft, values)
      : requestOf(`${template.name}@${template.version}`, inputs, values);
  const publish = (): void =>
    save.mutate(
      { body: isChanged ? bodyOf(draft) : null, isPublished: true },
      {
        onSuccess: () => {
          discard();
          note(text('published', { version: isChanged ? next : template.version }));
        },
      },
    );
  const isPublished = template.published_version === template.version && !isChanged;
  return (
    <>
      <PageHeader
        title={template.name}
        before={<IconButton name={text('all')} icon="back" onClick={() => go(paths.templates(team))} />}
        about={
          <Chip>
            {isChanged
              ? text('changedFrom', { version: template.version })
              : `v${template.version} · ${text(`states.${template.published_version === template.version ? template.state : 'draft'}`)}`}
          </Chip>
        }
      >
        {isChanged ? (
          <Button kind="quiet" onClick={discard}>
            {text('discard')}
          </Button>
        ) : null}
        {template.versions > 1 ? (
          <ButtonLink icon="versions" to={paths.compareTemplate(team, template.name, template.versions - 1, template.versions)}>
            {text('versions', { count: template.versions })}
          </ButtonLink>
        ) : null}
        {template.published_version === null ? null : <ButtonLink to={paths.useTemplate(team, template.name)}>{text('use')}</ButtonLink>}
        {mayEdit ? (
          <Button kind="primary" disabled={isPublished || save.isPending} onClick={publish}>
            {text('publish', { version: isChanged ? next : template.version })}
          </Button>
        ) : null}
        <Menu button={<IconButton name={text('more', { name: template.name })} icon="more" kind="outline" />}>
          <MenuItem icon="download" onPick={() => saveFile(exportUrl(team, template.name), `${template.name}.yaml`)}>
            {text('export')}
          </MenuItem>
          <MenuItem icon="tasks" onPick={() => go(`${paths.tasks(team)}?template=${template.name}`)}>
            {text('showTasks')}
          </MenuItem>
          {mayEdit ? (
            <MenuItem
              icon={template.state === 'archived' ? 'versions' : 'archive'}
              onPick={() =>
                verb.mutate(template.state === 'archived' ? 'restore' : 'archive', { onError: (error) => note(errorText(error)) })
              }
            >
              {text(template.state === 'archived' ? 'restore' : 'archive')}
            </MenuItem>
          ) : null}
        </Menu>
      </PageHeader>
      {template.state === 'archived' ? <Notice tone="warn">{text('archivedNow')}</Notice> : null}
      {save.error === null ? null : <Notice tone="danger">{errorText(save.error)}</Notice>}
      <div className={css.columns}>
        <div className={css.main}>
          <PromptPanel draft={draft} onChange={change} />
          <InputsPanel inputs={inputs} onChange={(list) => change({ inputs: list })} />
          <SettingsPanel type={template.type} body={body} onChange={setBody} />
          <Panel>
            <Field label={text('description')}>
              {(ids) => (
                <Input
                  {...ids}
                  value={body.description}
                  maxLength={2_000}
                  onChange={(event) => setBody({ description: event.target.value })}
                />
              )}
            </Field>
            <Field label={text('tags')} hint={text('tagsHint')}>
              {(ids) => (
                <Input {...ids} defaultValue={body.tags.join(', ')} onChange={(event) => setBody({ tags: tagsIn(event.target.value) })} />
              )}
            </Field>
          </Panel>
        </div>
        <TryPanel
          title={text('preview')}
          inputs={inputs}
          prompt={prompt}
          values={values}
          onValues={setValues}
          request={request}
          verb={text('testRun')}
        />
      </div>
    </>
  );
}

const tagsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,，、]/)
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

/** The draft over a template's newest version. */
function useEdited(template: Template) {
  const me = useMe();
  const team = useTeam();
  const stored = personalName(me.user.id, team, `template.${template.name}@${template.version}`);
  const base = draftOf(template);
  const [edited, setEdited] = useState<Draft | null>(() => readDraft(stored));
  const draft = edited ?? base;
  const change = useCallback(
    (part: Partial<Draft>) =>
      setEdited((before) => {
        const next = { ...(before ?? draftOf(template)), ...part };
        writeStored(stored, JSON.stringify(next));
        return next;
      }),
    [stored, template],
  );
  const discard = (): void => {
    writeStored(stored, null);
    setEdited(null);
  };
  return { draft, change, discard, isChanged: JSON.stringify(bodyOf(draft)) !== JSON.stringify(bodyOf(base)) };
}

function readDraft(name: string): Draft | null {
  try {
    return JSON.parse(readStored(name) ?? 'null') as Draft | null;
  } catch {
    return null;
  }
}
