import { useState } from 'react';
import { isOver, useCampaignAct, type Campaign } from '../../api/campaigns';
import { useErrorText } from '../../api/errors';
import { useMay, useTeam } from '../../api/session';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/campaigns.json';
import { Bar } from '../../ui/bar';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import css from './board.module.css';

/** What was spent of how much, and how to allow more. */
export function BudgetPanel({ campaign }: { readonly campaign: Campaign }) {
  const text = useText<typeof words>('campaigns');
  const format = useFormat();
  const mayControl = useMay('generation.control');
  const [isOpen, setOpen] = useState(false);
  const { cost, budget } = campaign;
  const limit = budget === null ? Number(cost.estimated) : Number(budget.max_cost_usd);
  const share = (usd: string): number => (limit === 0 ? 0 : Number(usd) / limit);
  return (
    <Panel
      title={text('budget.title')}
      end={
        mayControl && !isOver(campaign) ? (
          <Button kind="quiet" size="dense" icon="draft" onClick={() => setOpen(true)}>
            {text('budget.raise')}
          </Button>
        ) : undefined
      }
    >
      <div className={css.spent}>
        <span>
          <strong>{format.money(cost.actual)}</strong> {text('budget.spent')}
        </span>
        {Number(cost.reserved) === 0 ? null : (
          <span className={css.faint}>{text('budget.held', { amount: format.money(cost.reserved) })}</span>
        )}
      </div>
      <Bar
        isThin
        label={text('budget.bar')}
        value={share(cost.actual)}
        parts={[
          { share: share(cost.actual), tone: 'ink' },
          { share: share(cost.reserved), tone: 'accent' },
        ]}
      />
      <div className={css.ends}>
        <span>{text('budget.expected', { amount: format.money(cost.estimated) })}</span>
        <span>{budget === null ? text('budget.noLimit') : text('budget.limit', { amount: format.money(budget.max_cost_usd) })}</span>
      </div>
      {isOpen ? <LimitDialog campaign={campaign} onClose={() => setOpen(false)} /> : null}
    </Panel>
  );
}

function LimitDialog({ campaign, onClose }: { readonly campaign: Campaign; readonly onClose: () => void }) {
  const text = useText<typeof words>('campaigns');
  const errorText = useErrorText();
  const act = useCampaignAct(useTeam(), campaign.id);
  const [amount, setAmount] = useState(campaign.budget?.max_cost_usd ?? campaign.cost.estimated);
  const isAmount = /^\d{1,9}(\.\d{1,6})?$/.test(amount.trim()) && Number(amount) > 0;
  return (
    <Dialog title={text('budget.dialog')} isOpen onClose={onClose}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isAmount) act.mutate({ change: { budget: { max_cost_usd: amount.trim() } } }, { onSuccess: onClose });
        }}
      >
        <Field
          label={text('budget.amount')}
          fault={act.error === null ? (isAmount || amount.trim() === '' ? null : text('budget.fault')) : errorText(act.error)}
        >
          {(ids) => <Input {...ids} inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} />}
        </Field>
        <Button type="submit" kind="primary" disabled={!isAmount || act.isPending}>
          {text('budget.save')}
        </Button>
      </form>
    </Dialog>
  );
}
