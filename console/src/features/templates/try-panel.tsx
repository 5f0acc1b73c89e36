import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { newKey } from '../../api/client';
import { ApiError, useErrorText } from '../../api/errors';
import { useMay, useTeam } from '../../api/session';
import { hasEnded } from '../../api/task-facts';
import { estimateQuery, taskQuery, useCreateTask, type TaskRequest } from '../../api/tasks';
import { useSettled } from '../../lib/delayed';
import { useFormat } from '../../lib/format';
import { contentUrl } from '../../lib/media-url';
import { paths } from '../../lib/paths';
import { fill } from '../../lib/placeholders';
import { useText } from '../../lib/text';
import type words from '../../text/en/templates.json';
import { Button, ButtonLink } from '../../ui/button';
import { FadingImage } from '../../ui/media';
import { Panel } from '../../ui/panel';
import { Ring } from '../../ui/ring';
import { Notice } from '../../ui/states';
import type { NamedInput, Values } from './body';
import css from './editor.module.css';
import { ValueFields } from './value-fields';

interface TryPanelProps {
  readonly title: string;
  readonly inputs: readonly NamedInput[];
  /** With placeholders. */
  readonly prompt: string;
  readonly values: Values;
  readonly onValues: (values: Values) => void;
  /** null: something of the template is missing. */
  readonly request: TaskRequest | null;
  readonly verb: string;
}

const PRICE_AFTER_MS = 350;

/** Values for the inputs, the prompt that they make, its price, and what it makes. */
export function TryPanel({ title, inputs, prompt, values, onValues, request, verb }: TryPanelProps) {
  const text = useText<typeof words>('templates');
  const format = useFormat();
  const errorText = useErrorText();
  const team = useTeam();
  const mayRun = useMay('generation.create');
  const create = useCreateTask(team);
  const [key, setKey] = useState(newKey);
  const [taskId, setTaskId] = useState<string | null>(null);
  const settled = useSettled(JSON.stringify(request), PRICE_AFTER_MS);
  const { data: estimate, error } = useQuery(estimateQuery(team, JSON.parse(settled) as TaskRequest | null));
  const faults = error instanceof ApiError ? faultsOf(error) : {};
  const price = estimate === undefined ? null : format.money(estimate.cost.estimated);
  const run = (): void => {
    if (request === null) return;
    create.mutate(
      { body: request, key },
      {
        onSuccess: ({ id }) => {
          setTaskId(id);
          setKey(newKey());
        },
      },
    );
  };
  const other = create.error ?? (Object.keys(faults).length === 0 ? error : null);
  return (
    <div className={css.try}>
      <Panel title={title}>
        {inputs.length === 0 ? null : (
          <ValueFields inputs={inputs} values={values} faults={faults} onChange={(name, value) => onValues({ ...values, [name]: value })} />
        )}
        <p className={css.rendered} aria-label={text('rendered')} role="group">
          {fill(prompt, (name) => values[name] ?? '').map(({ text: piece, input }, index) =>
            input === null ? piece : <mark key={index}>{piece}</mark>,
          )}
        </p>
        {other === null ? null : <Notice tone="danger">{errorText(other)}</Notice>}
        {mayRun ? (
          <Button kind="primary" size="big" icon="play" disabled={request === null || error !== null || create.isPending} onClick={run}>
            {verb}
            {price === null || request === null ? null : <span className="figures">· {price}</span>}
          </Button>
        ) : null}
      </Panel>
      {taskId === null ? null : <Made id={taskId} />}
    </div>
  );
}

/** Words of the server for inputs that don't fit, by their names. */
function faultsOf({ param, message, details }: ApiError): Readonly<Record<string, string>> {
  const listed = Array.isArray(details) ? (details as readonly { param?: unknown; message?: unknown }[]) : [];
  const all = listed.length > 0 ? listed : [{ param, message }];
  return Object.fromEntries(
    all.flatMap(({ param: place, message: said }) =>
      typeof place === 'string' && place.startsWith('inputs.') && typeof said === 'string' ? [[place.slice('inputs.'.length), said]] : [],
    ),
  );
}

function Made({ id }: { readonly id: string }) {
  const text = useText<typeof words>('templates');
  const errorText = useErrorText();
  const team = useTeam();
  const { data: task } = useQuery(taskQuery(team, id));
  return (
    <div className={css.made}>
      {task === undefined || (!hasEnded(task) && task.outputs.length === 0) ? (
        <div className={css.making}>
          <Ring progress={task?.progress ?? null} size={24} />
          <span>{text('making')}</span>
        </div>
      ) : null}
      {task?.outputs.map((output, index) =>
        output.kind === 'video' ? (
          <video key={output.id} controls preload="none" src={contentUrl(team, output.id)} aria-label={text('result', { n: index + 1 })} />
        ) : (
          <FadingImage key={output.id} src={contentUrl(team, output.id)} alt={text('result', { n: index + 1 })} />
        ),
      )}
      {task === undefined || task.text === null ? null : <p className={css.madeText}>{task.text}</p>}
      {task === undefined || task.error === null ? null : (
        <Notice tone="danger">{errorText(new ApiError(0, { ...task.error, param: null, details: null, requestId: null }))}</Notice>
      )}
      {task === undefined ? null : (
        <ButtonLink kind="quiet" size="dense" to={paths.task(team, id)}>
          {text('openTask')}
        </ButtonLink>
      )}
    </div>
  );
}
