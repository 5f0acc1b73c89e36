import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/budgets.json';
import { Dialog } from '../../ui/dialog';
import { Form } from '../../ui/form';
import { areLimits, LimitFields, limitsOf, limitsToSend } from '../../ui/limit-fields';
import { useScopeName } from './budget-list';
import { PERIODS, type BudgetRow, type Scope } from './scopes';
import { changeLimits } from '../../api/limits';

/** Changes the limits of one thing, all periods of it. */
export function BudgetDialog({
  team,
  scope,
  rows,
  onClose,
}: {
  readonly team: string;
  readonly scope: Scope;
  /** Those of the page: what the thing has now is among them. */
  readonly rows: readonly BudgetRow[];
  readonly onClose: () => void;
}) {
  const text = useText<typeof words>('budgets');
  const shared = useText<typeof common>('common');
  const errorText = useErrorText();
  const scopeName = useScopeName();
  const client = useQueryClient();
  const own = rows.filter(({ kind, name }) => kind === scope.kind && name === scope.name);
  const before = Object.fromEntries(PERIODS.map((period) => [period, own.find((row) => row.period === period)?.limitUsd ?? null]));
  const [limits, setLimits] = useState(limitsOf({ total: null, monthly: null, daily: null, ...before }));
  const save = useMutation({
    mutationFn: () => changeLimits(team, scope.kind, scope.name, limitsToSend(limits)),
    onSuccess: async () => {
      await Promise.all(['team', 'keys', 'organisation', 'budgets'].map((name) => client.invalidateQueries({ queryKey: [name] })));
      onClose();
    },
  });
  return (
    <Dialog title={text('changeTitle', { thing: scopeName(scope) })} isOpen onClose={onClose}>
      <Form
        verb={shared('verbs.save')}
        isBusy={save.isPending}
        isHeld={!areLimits(limits)}
        fault={save.error === null ? null : errorText(save.error)}
        onSubmit={() => save.mutate()}
        onCancel={onClose}
      >
        <p>{text('changeAbout')}</p>
        <LimitFields limits={limits} onChange={setLimits} />
      </Form>
    </Dialog>
  );
}
