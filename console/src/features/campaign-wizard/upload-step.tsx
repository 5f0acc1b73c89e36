import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { modelsQuery } from '../../api/models';
import { useTeam } from '../../api/session';
import { templateQuery, templatesQuery } from '../../api/templates';
import { isJsonLines, MOST_TABLE_BYTES, tableOf, tableOfRows, textOf } from '../../lib/table';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/campaign-new.json';
import { Button } from '../../ui/button';
import { Field, FieldGroup } from '../../ui/field';
import { FileDrop } from '../../ui/file-drop';
import { Input, TextArea } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { Notice } from '../../ui/states';
import type { Kind, WizardDraft } from './draft';
import { exampleTable } from './example';
import { mapByName, targetsOf } from './targets';
import css from './wizard.module.css';

interface StepProps {
  readonly draft: WizardDraft;
  readonly onChange: (change: Partial<WizardDraft>) => void;
}

const KINDS: readonly Kind[] = ['image', 'video', 'text'];

/** What each row makes, and the file of the rows. */
export function UploadStep({ draft, onChange }: StepProps) {
  const text = useText<typeof words>('campaign-new');
  return (
    <div className={css.columns}>
      <Panel title={text('upload.makes')}>
        <Field label={text('upload.name')}>
          {(ids) => (
            <Input
              {...ids}
              value={draft.name}
              maxLength={255}
              placeholder={text('upload.nameHint')}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          )}
        </Field>
        <Makes draft={draft} onChange={onChange} />
      </Panel>
      <Panel title={text('upload.file')}>
        <FilePart draft={draft} onChange={onChange} />
      </Panel>
    </div>
  );
}

function Makes({ draft, onChange }: StepProps) {
  const text = useText<typeof words>('campaign-new');
  const shared = useText<typeof common>('common');
  const team = useTeam();
  const { data: templates = [] } = useQuery(templatesQuery(team, { state: 'published' }));
  const { data: models = [] } = useQuery(modelsQuery(team, draft.type));
  const known = draft.template !== null && !templates.some(({ name }) => name === draft.template) ? [draft.template] : [];
  return (
    <>
      <Field label={text('upload.template')}>
        {(ids) => (
          <Select
            {...ids}
            value={draft.template ?? ''}
            // Columns are matched anew when the file's page is opened: a template has its own inputs.
            onChange={(name) => onChange({ template: name === '' ? null : name, mapping: {} })}
            choices={[
              { value: '', label: text('upload.noTemplate') },
              ...known.map((name) => ({ value: name, label: name })),
              ...templates.map(({ name, description }) => ({
                value: name,
                label: name,
                ...(description === '' ? {} : { about: description.slice(0, 80) }),
              })),
            ]}
          />
        )}
      </Field>
      {draft.template === null ? (
        <>
          <FieldGroup label={text('upload.type')}>
            {(labelId) => (
              <Segmented
                labelId={labelId}
                value={draft.type}
                onChange={(type) => onChange({ type: type as Kind, model: null, mapping: {} })}
                segments={KINDS.map((kind) => ({ value: kind, label: shared(`nav.${kind}`) }))}
              />
            )}
          </FieldGroup>
          <Field label={text('upload.model')}>
            {(ids) => (
              <Select
                {...ids}
                value={draft.model ?? ''}
                onChange={(model) => onChange({ model })}
                choices={models.filter(({ available }) => available).map(({ id, display_name: name }) => ({ value: id, label: name }))}
              />
            )}
          </Field>
        </>
      ) : null}
    </>
  );
}

function FilePart({ draft, onChange }: StepProps) {
  const text = useText<typeof words>('campaign-new');
  const team = useTeam();
  const [fault, setFault] = useState<string | null>(null);
  const [pasted, setPasted] = useState('');
  const { data: template = null } = useQuery({ ...templateQuery(team, draft.template ?? ''), enabled: draft.template !== null });

  async function take(name: string, content: string, encoding: string): Promise<void> {
    const first = { fileName: name, encoding, trialId: null };
    if (isJsonLines(content)) {
      onChange({ ...first, lines: content, table: null, delimiter: null });
      return;
    }
    const found = await tableOf(content);
    if (found === null) setFault(text('upload.faults.empty', { name }));
    else {
      const mapping = mapByName(found.table.titles, targetsOf(template, draft.type));
      onChange({ ...first, table: found.table, lines: null, delimiter: found.delimiter, mapping });
    }
  }
  async function takeFile(file: File): Promise<void> {
    setFault(null);
    if (file.size > MOST_TABLE_BYTES) setFault(text('upload.faults.large', { name: file.name }));
    else if (/\.xls[xm]$/i.test(file.name)) await takeWorkbook(file);
    else if (/\.(xls|xlsb|ods|numbers)$/i.test(file.name)) setFault(text('upload.faults.workbook', { name: file.name }));
    else {
      const { text: content, encoding } = textOf(await file.arrayBuffer());
      await take(file.name, content, encoding);
    }
  }
  async function takeWorkbook(file: File): Promise<void> {
    // Only who brings a workbook waits for what reads it.
    const { sheetOf, MOST_ROWS } = await import('../../lib/workbook');
    try {
      const sheet = await sheetOf(await file.arrayBuffer());
      const table = tableOfRows(sheet.rows);
      if (table === null) {
        setFault(text('upload.faults.empty', { name: file.name }));
        return;
      }
      const mapping = mapByName(table.titles, targetsOf(template, draft.type));
      onChange({ fileName: file.name, encoding: sheet.name, delimiter: null, trialId: null, table, lines: null, mapping });
    } catch (error) {
      const isLarge = error instanceof Error && 'reason' in error && error.reason === 'large';
      setFault(text(isLarge ? 'upload.faults.rows' : 'upload.faults.broken', { name: file.name, most: MOST_ROWS }));
    }
  }
  function takeExample(): void {
    const table = exampleTable();
    onChange({
      fileName: text('upload.exampleName'),
      encoding: 'UTF-8',
      delimiter: ',',
      table,
      lines: null,
      trialId: null,
      mapping: mapByName(table.titles, targetsOf(template, draft.type)),
    });
  }
  return (
    <>
      <FileDrop
        title={draft.fileName === null ? text('upload.drop') : text('upload.another')}
        about={text('upload.dropAbout')}
        accept=".csv,.tsv,.txt,.jsonl,.ndjson,.xlsx,.xlsm,text/csv"
        onFiles={([file]) => {
          if (file !== undefined) void takeFile(file);
        }}
      />
      {fault === null ? null : <Notice tone="danger">{fault}</Notice>}
      <Field label={text('upload.paste')}>
        {(ids) => (
          <TextArea
            {...ids}
            rows={4}
            value={pasted}
            placeholder={text('upload.pasteHint')}
            onChange={(event) => setPasted(event.target.value)}
          />
        )}
      </Field>
      <div className={css.verbs}>
        <Button
          disabled={pasted.trim() === ''}
          onClick={() => {
            setFault(null);
            void take(text('upload.pasted'), pasted, 'UTF-8');
            setPasted('');
          }}
        >
          {text('upload.usePasted')}
        </Button>
        {draft.template === null && draft.type === 'image' ? (
          <Button kind="quiet" onClick={takeExample}>
            {text('upload.example')}
          </Button>
        ) : null}
      </div>
    </>
  );
}
