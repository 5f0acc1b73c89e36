import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useChangeProject, useCreateProject, type Project } from '../../api/team';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/team.json';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { areLimits, LimitFields, limitsOf, limitsToSend } from '../../ui/limit-fields';

/** A new project, or another name and budget for one. */
export function ProjectDialog({
  team,
  project,
  onClose,
}: {
  readonly team: string;
  readonly project: Project | null;
  readonly onClose: () => void;
}) {
  const text = useText<typeof words>('team');
  const shared = useText<typeof common>('common');
  const errorText = useErrorText();
  const create = useCreateProject(team);
  const change = useChangeProject(team);
  const [name, setName] = useState(project?.name ?? '');
  const [limits, setLimits] = useState(limitsOf(project?.budget_usd));
  const error = create.error ?? change.error;
  const send = (): void => {
    const body = { name: name.trim(), budget_usd: limitsToSend(limits) };
    if (project === null) create.mutate(body, { onSuccess: onClose });
    else change.mutate({ project: project.name, change: body }, { onSuccess: onClose });
  };
  return (
    <Dialog title={project === null ? text('newProject') : text('editProject', { name: project.name })} isOpen onClose={onClose}>
      <Form
        verb={project === null ? text('create') : shared('verbs.save')}
        isBusy={create.isPending || change.isPending}
        isHeld={name.trim() === '' || !areLimits(limits)}
        fault={error === null ? null : errorText(error)}
        onSubmit={send}
        onCancel={onClose}
      >
        <Field label={text('columns.name')} hint={text('projectHint')}>
          {(ids) => <Input {...ids} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <LimitFields limits={limits} onChange={setLimits} />
      </Form>
    </Dialog>
  );
}
