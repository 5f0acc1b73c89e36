import { useState } from 'react';
import { useMay, useMayHere, useTeam } from '../../../api/session';
import { BudgetDialog } from '../../../features/budgets/budget-dialog';
import { BudgetList, tightestOf, useBudgetName, useScopeName } from '../../../features/budgets/budget-list';
import { BurnPanel } from '../../../features/budgets/burn-panel';
import { shareOf, useBudgetRows, type BudgetRow, type Scope } from '../../../features/budgets/scopes';
import { Loaded } from '../../../features/loaded/loaded';
import { TeamPage } from '../../../features/team/team-header';
import { usePageSearch } from '../../../lib/page';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/budgets.json';
import { Button } from '../../../ui/button';
import { Menu, MenuItem } from '../../../ui/menu';
import { Panel } from '../../../ui/panel';
import { SearchField } from '../../../ui/search-field';
import { State } from '../../../ui/states';
import css from './page.module.css';
import { page } from './route';

/** More than are seen at once. */
const SEARCHED_FROM = 12;
const CLASSES = ['production', 'test', 'script', 'personal'] as const;

export function Page() {
  const text = useText<typeof words>('budgets');
  const team = useTeam();
  const [search, change] = usePageSearch(page);
  const budgets = useBudgetRows(team);
  const scopeName = useScopeName();
  const nameOf = useBudgetName();
  const may = useMayChange();
  const [edited, setEdited] = useState<Scope | null>(null);
  const choices = useScopes();
  const wanted = search.q?.trim() ?? '';
  return (
    <TeamPage
      section="budgets"
      verbs={
        choices.length === 0 ? null : (
          <Menu button={<Button icon="draft">{text('set')}</Button>}>
            {choices.map((scope) => (
              <MenuItem key={`${scope.kind} ${scope.name}`} onPick={() => setEdited(scope)}>
                {scopeName(scope)}
              </MenuItem>
            ))}
          </Menu>
        )
      }
    >
      <Loaded
        query={{ data: budgets.rows, error: budgets.error, isPending: budgets.rows === undefined, refetch: budgets.refetch as never }}
        height={60}
      >
        {(rows) => {
          const open = rows.find(({ key }) => key === search.open) ?? [...rows].sort((a, b) => shareOf(b) - shareOf(a))[0];
          const found = rows.filter((row) => nameOf(row).toLowerCase().includes(wanted.toLowerCase()));
          if (open === undefined) return <State icon="budget" title={text('none')} />;
          return (
            <div className={css.split}>
              <Panel title={text('title')}>
                {rows.length < SEARCHED_FROM && wanted === '' ? null : (
                  <SearchField
                    label={text('find')}
                    value={wanted}
                    className={css.find}
                    onChange={(q) => change({ q: q === '' ? undefined : q })}
                  />
                )}
                <BudgetList
                  rows={found}
                  tightest={tightestOf(rows)}
                  none={text(wanted === '' ? 'none' : 'noneFound')}
                  openKey={open.key}
                  onOpen={({ key }) => change({ open: key })}
                />
              </Panel>
              <BurnPanel
                key={open.key}
                row={open}
                team={team}
                zone={budgets.zone}
                verb={may(open) ? <Button onClick={() => setEdited(open)}>{text('change')}</Button> : null}
              />
            </div>
          );
        }}
      </Loaded>
      {edited === null ? null : <BudgetDialog team={team} scope={edited} rows={budgets.rows ?? []} onClose={() => setEdited(null)} />}
    </TeamPage>
  );
}

/** May the person change this budget? The file's belong to it. */
function useMayChange(): (row: BudgetRow) => boolean {
  const [organisation, team, within, key] = [
    useMay('organisation.change'),
    useMay('team.budget'),
    useMayHere('budget.change'),
    useMayHere('key.manage'),
  ];
  return ({ kind, isOfFile }) => {
    if (kind === 'organisation') return organisation;
    if (isOfFile) return false;
    if (kind === 'team') return team;
    return kind === 'credential' || kind === 'member' ? key : within;
  };
}

/** What can be given a budget from here; projects and credentials get theirs on their own pages. */
function useScopes(): readonly Scope[] {
  const [organisation, team, within] = [useMay('organisation.change'), useMay('team.budget'), useMayHere('budget.change')];
  return [
    ...(organisation ? [{ kind: 'organisation', name: '' } as const] : []),
    ...(team ? [{ kind: 'team', name: '' } as const] : []),
    ...(within ? CLASSES.map((name) => ({ kind: 'class', name }) as const) : []),
  ];
}
