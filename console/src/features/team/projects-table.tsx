import { useErrorText } from '../../api/errors';
import { useChangeProject, type Project } from '../../api/team';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/team.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Meter } from '../../ui/meter';
import { Table, type TableColumn } from '../../ui/table';
import css from './team.module.css';

/** The projects of a team with what was spent of their budgets, as far as the person may see budgets. */
export function ProjectsTable({
  team,
  projects,
  mayManage,
  onEdit,
}: {
  readonly team: string;
  readonly projects: readonly Project[];
  readonly mayManage: boolean;
  readonly onEdit: (project: Project) => void;
}) {
  const text = useText<typeof words>('team');
  const format = useFormat();
  const errorText = useErrorText();
  const change = useChangeProject(team);
  const archive = (project: Project): void =>
    change.mutate(
      { project: project.name, change: { archived: !project.archived } },
      {
        onSuccess: () => note(text(project.archived ? 'restored' : 'archived', { name: project.name })),
        onError: (error) => note(errorText(error)),
      },
    );
  const seesMoney = projects.some(({ budget_usd: budget }) => budget !== undefined);
  const columns: readonly TableColumn<Project>[] = [
    {
      key: 'name',
      name: text('columns.project'),
      cell: (row) => (
        <span>
          <strong>{row.name}</strong> {row.archived ? <Chip>{text('isArchived')}</Chip> : null}{' '}
          {row.managed_by === 'file' ? <Chip>{text('ofFile')}</Chip> : null}
        </span>
      ),
    },
    ...(seesMoney
      ? ([
          {
            key: 'spent',
            name: text('columns.spent'),
            isFigure: true,
            cell: (row) => (row.spent_usd === undefined ? null : format.money(row.spent_usd)),
          },
          { key: 'budget', name: text('columns.budget'), cell: (row) => <ProjectBudget project={row} /> },
        ] satisfies TableColumn<Project>[])
      : []),
    { key: 'since', name: text('columns.made'), isFigure: true, cell: (row) => format.time(row.created_at) },
    ...(mayManage
      ? ([
          {
            key: 'verbs',
            name: text('columns.verbs'),
            isNameless: true,
            cell: (row) =>
              row.managed_by === 'file' ? null : (
                <span className={css.verbs}>
                  <Button size="dense" onClick={() => onEdit(row)} aria-label={text('editProject', { name: row.name })}>
                    {text('edit')}
                  </Button>
                  <Button
                    size="dense"
                    kind="quiet"
                    onClick={() => archive(row)}
                    aria-label={text(row.archived ? 'restoreProject' : 'archiveProject', { name: row.name })}
                  >
                    {text(row.archived ? 'restore' : 'archive')}
                  </Button>
                </span>
              ),
          },
        ] satisfies TableColumn<Project>[])
      : []),
  ];
  return <Table label={text('sections.projects')} columns={columns} rows={projects} keyOf={({ name }) => name} />;
}

function ProjectBudget({ project }: { readonly project: Project }) {
  const text = useText<typeof words>('team');
  const format = useFormat();
  const { budget_usd: budget, spent_usd: spent = '0', held_usd: held = '0' } = project;
  if (budget === undefined) return null;
  const parts = [
    ...(budget.total === null ? [] : [text('limit.total', { amount: format.money(budget.total) })]),
    ...(budget.monthly === null ? [] : [text('limit.monthly', { amount: format.money(budget.monthly) })]),
    ...(budget.daily === null ? [] : [text('limit.daily', { amount: format.money(budget.daily) })]),
  ];
  return (
    <span className={css.budget}>
      <span>{parts.length === 0 ? text('limit.none') : parts.join(' · ')}</span>
      {budget.total === null ? null : (
        <Meter label={text('limit.used', { name: project.name })} value={Number(spent)} held={Number(held)} max={Number(budget.total)} />
      )}
    </span>
  );
}
