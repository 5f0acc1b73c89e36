import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useMe } from '../../api/session';
import { useRemoveMember, useSetRole, type Member, type TeamRole } from '../../api/team';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/team.json';
import { note } from '../../ui/announce';
import { IconButton } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Confirm } from '../../ui/confirm';
import { Select } from '../../ui/select';
import { Table, type TableColumn } from '../../ui/table';
import { ROLES } from './roles';
import css from './team.module.css';

/** Who belongs to the team, each with what they may; managers change it in place. */
export function MembersTable({
  team,
  members,
  mayManage,
}: {
  readonly team: string;
  readonly members: readonly Member[];
  readonly mayManage: boolean;
}) {
  const text = useText<typeof words>('team');
  const format = useFormat();
  const errorText = useErrorText();
  const me = useMe();
  const setRole = useSetRole(team);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const change = (member: Member, role: TeamRole): void =>
    setRole.mutate(
      { user: member.id, role },
      { onSuccess: () => note(text('roleSet', { name: member.name })), onError: (error) => note(errorText(error)) },
    );
  const columns: readonly TableColumn<Member>[] = [
    {
      key: 'name',
      name: text('columns.name'),
      cell: (row) => (
        <span className={css.person}>
          <strong>{row.name}</strong>
          {row.email === undefined ? null : <span className={css.faint}>{row.email}</span>}
        </span>
      ),
    },
    {
      key: 'role',
      name: text('columns.role'),
      cell: (row) => (
        <span className={css.role}>
          {mayManage ? (
            <span className={css.choice}>
              <Select
                label={text('roleOf', { name: row.name })}
                value={row.role}
                onChange={(role) => change(row, role as TeamRole)}
                choices={ROLES.map((role) => ({ value: role, label: text(`roles.${role}`), about: text(`roleAbout.${role}`) }))}
              />
            </span>
          ) : (
            text(`roles.${row.role}`)
          )}
          <span className={css.about}>{text(`roleAbout.${row.role}`)}</span>
        </span>
      ),
    },
    ...(mayManage
      ? ([
          {
            key: 'status',
            name: text('columns.status'),
            cell: ({ status = 'active' }) => (status === 'active' ? text(`statuses.${status}`) : <Chip>{text(`statuses.${status}`)}</Chip>),
          },
          {
            key: 'since',
            name: text('columns.since'),
            isFigure: true,
            cell: ({ since }) => (since === undefined ? null : <time dateTime={since}>{format.time(since)}</time>),
          },
          {
            key: 'verbs',
            name: text('columns.verbs'),
            isNameless: true,
            cell: (row) =>
              row.id === me.user.id ? null : (
                <span className={css.verbs}>
                  <IconButton name={text('remove', { name: row.name })} icon="close" size="dense" onClick={() => setLeaving(row)} />
                </span>
              ),
          },
        ] satisfies TableColumn<Member>[])
      : []),
  ];
  return (
    <>
      <Table label={text('sections.members')} columns={columns} rows={members} keyOf={({ id }) => id} />
      {leaving === null ? null : <Leave team={team} member={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function Leave({ team, member, onClose }: { readonly team: string; readonly member: Member; readonly onClose: () => void }) {
  const text = useText<typeof words>('team');
  const errorText = useErrorText();
  const remove = useRemoveMember(team);
  return (
    <Confirm
      title={text('removeTitle', { name: member.name })}
      about={text('removeAbout')}
      verb={text('removeVerb')}
      isBusy={remove.isPending}
      fault={remove.error === null ? null : errorText(remove.error)}
      onConfirm={() => remove.mutate(member.id, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
