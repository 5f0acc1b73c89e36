import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { callbacksQuery } from '../../api/callbacks';
import { newKey } from '../../api/client';
import { useErrorText } from '../../api/errors';
import { downloadBundle } from '../../api/bundle';
import { useMay, useTeam } from '../../api/session';
import { hasEnded, promptOf } from '../../api/task-facts';
import { useCancelTask, useReplayTask, type Task } from '../../api/tasks';
import { useFormat } from '../../lib/format';
import { useGo } from '../../lib/go';
import { useHotkeys } from '../../lib/hotkeys';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/run.json';
import { note } from '../../ui/announce';
import { Button, ButtonLink, IconButton } from '../../ui/button';
import { PageHeader } from '../../ui/page-header';
import { Panel } from '../../ui/panel';
import { Notice } from '../../ui/states';
import { Status } from '../../ui/status';
import { Callbacks } from './callbacks';
import { ExplanationPanel } from './explanation';
import { Outputs } from './outputs';
import { CostPanel, Settings, WhoAsked } from './sides';
import { Timeline } from './timeline-panel';
import css from './run-view.module.css';

/** Everything about one run. */
export function RunView({ task }: { readonly task: Task }) {
  const text = useText<typeof words>('run');
  const format = useFormat();
  const team = useTeam();
  const go = useGo();
  const { data: callbacks = [] } = useQuery(callbacksQuery(team, task.id));
  const prompt = promptOf(task);
  const isOver = hasEnded(task);
  const title = prompt === '' ? text('noPrompt') : prompt;
  const hasOutputs = task.outputs.length > 0 || (task.text !== null && task.text !== '');

  return (
    <>
      <PageHeader
        title={title.slice(0, 160)}
        tab={title.split(/\s+/).slice(0, 6).join(' ').slice(0, 60)}
        before={<IconButton name={text('back')} icon="back" onClick={() => go(paths.tasks(team))} />}
        about={<Status isChip status={task.status} progress={task.progress} more={isOver ? undefined : format.percent(task.progress)} />}
      >
        <Verbs task={task} />
      </PageHeader>
      {task.missing_outputs.length === 0 ? null : <Notice tone="warn">{text('missing', { count: task.missing_outputs.length })}</Notice>}
      <div className={css.columns}>
        <div className={css.main}>
          {isOver && (task.error !== null || task.routing.attempts.length > 1) ? <ExplanationPanel task={task} /> : null}
          {hasOutputs ? (
            <Panel>
              <Outputs task={task} prompt={prompt} />
            </Panel>
          ) : null}
          <Timeline task={task} callbacks={callbacks} />
          <Callbacks callbacks={callbacks} />
        </div>
        <div className={css.side}>
          <Panel title={text('prompt')}>
            <p className={css.prompt}>{title}</p>
          </Panel>
          <Settings task={task} />
          <WhoAsked task={task} />
          <CostPanel task={task} />
        </div>
      </div>
    </>
  );
}

function Verbs({ task }: { readonly task: Task }) {
  const text = useText<typeof words>('run');
  const format = useFormat();
  const errorText = useErrorText();
  const team = useTeam();
  const go = useGo();
  const mayCreate = useMay('generation.create');
  const mayControl = useMay('generation.control');
  const maySupport = useMay('support.read');
  const mayTemplate = useMay('template.create');
  const replay = useReplayTask(team);
  const cancel = useCancelTask(team);
  // Made when the button is shown: a second click of the same run finds the first.
  const [key, setKey] = useState(newKey);
  const isOver = hasEnded(task);
  const tellFault = (error: unknown): void => note(errorText(error));
  const replayNow = (): void => {
    if (!isOver || !mayCreate || replay.isPending) return;
    replay.mutate(
      { id: task.id, key },
      {
        onSuccess: (next) => {
          setKey(newKey());
          go(paths.task(team, next.id));
        },
        onError: tellFault,
      },
    );
  };
  useHotkeys([{ keys: 'r', label: 'replay', run: replayNow }]);
  return (
    <>
      {mayTemplate && task.status === 'succeeded' ? (
        <ButtonLink icon="templates" to={paths.newTemplate(team, task.id)}>
          {text('saveAsTemplate')}
        </ButtonLink>
      ) : null}
      {maySupport ? (
        <Button icon="document" onClick={() => void downloadBundle(task.id).catch(tellFault)}>
          {text('bundle')}
        </Button>
      ) : null}
      {!isOver && mayControl ? (
        <Button icon="stop" disabled={cancel.isPending} onClick={() => cancel.mutate(task.id, { onError: tellFault })}>
          {text('stop')}
        </Button>
      ) : null}
      {isOver && mayCreate ? (
        <Button kind="primary" icon="replay" disabled={replay.isPending} onClick={replayNow}>
          {text('replay')} · {format.money(task.cost.estimated)}
        </Button>
      ) : null}
    </>
  );
}
