import { useState } from 'react';
import { useChangeAlert, useCreateAlert, type Alert, type Rule } from '../../api/alerts';
import { useErrorText } from '../../api/errors';
import { useTeams } from '../../api/session';
import { useLanguage, useText } from '../../lib/text';
import type words from '../../text/en/alerts.json';
import { CheckList } from '../../ui/check-list';
import { Dialog } from '../../ui/dialog';
import { Field, FieldGroup } from '../../ui/field';
import { FieldRow, Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { BoundField } from '../../ui/limit-fields';
import { Select } from '../../ui/select';
import { Backtest } from './backtest';
import { ChannelFields } from './channel-fields';
import { ACTIONS, ACTS, areNumbers, draftOf, hasAmount, OF_TEAM, ruleToSend, type RuleDraft } from './rule-draft';

export const RULES = [
  ...(['budget', 'anomaly', 'error_rate', 'latency', 'breaker_open', 'callback_failing', 'backlog_age'] as const),
  ...(['new_network', 'stuck_run', 'provider_auth', 'provider_not_found', 'provider_balance_low'] as const),
];

interface RuleDialogProps {
  /** Null: a new one. */
  readonly alert: Alert | null;
  readonly onClose: () => void;
}

/** A rule: what is watched, from where on, whom it tells, and what it does to the key. */
export function RuleDialog({ alert, onClose }: RuleDialogProps) {
  const text = useText<typeof words>('alerts');
  const errorText = useErrorText();
  const language = useLanguage();
  const teams = useTeams();
  const create = useCreateAlert();
  const change = useChangeAlert();
  const [draft, setDraft] = useState<RuleDraft>(() => draftOf(alert));
  const put = (next: Partial<RuleDraft>): void => setDraft({ ...draft, ...next });
  const { rule } = draft;
  const saved = alert === null ? create : change;
  const send = (): void => {
    const body = ruleToSend(draft, language, alert);
    if (alert === null) create.mutate(body, { onSuccess: onClose });
    else change.mutate({ id: alert.id, ...body }, { onSuccess: onClose });
  };
  return (
    <Dialog title={alert === null ? text('newRule') : text('editOne', { name: alert.name })} isOpen isWide onClose={onClose}>
      <Form
        verb={text(alert === null ? 'create' : 'save')}
        isBusy={saved.isPending}
        isHeld={draft.name.trim() === '' || !areNumbers(draft) || !hasAmount(draft)}
        fault={saved.error === null ? null : errorText(saved.error)}
        onSubmit={send}
        onCancel={onClose}
      >
        <Field label={text('name')}>
          {(ids) => <Input {...ids} autoFocus value={draft.name} onChange={(event) => put({ name: event.target.value })} />}
        </Field>
        <FieldRow>
          <Field label={text('when')} hint={text(`ruleAbout.${rule}`)}>
            {(ids) => (
              <Select
                {...ids}
                value={rule}
                onChange={(value) => put({ rule: value as Rule, ...(value === rule ? {} : { thresholds: '' }) })}
                choices={RULES.map((value) => ({ value, label: text(`rules.${value}`) }))}
              />
            )}
          </Field>
          {rule === 'provider_balance_low' ? (
            <BoundField
              kind="money"
              label={text('below', { currency: alert?.currency ?? 'USD' })}
              value={draft.below}
              onChange={(below) => put({ below })}
            />
          ) : (
            <Field
              label={text('threshold')}
              hint={text(`units.${rule}`, { at: '…' })}
              fault={areNumbers(draft) ? null : text('thresholdFault')}
            >
              {(ids) => (
                <Input
                  {...ids}
                  inputMode="decimal"
                  placeholder={text('usual')}
                  value={draft.thresholds}
                  onChange={(event) => put({ thresholds: event.target.value })}
                />
              )}
            </Field>
          )}
          {OF_TEAM.includes(rule) ? (
            <Field label={text('team')}>
              {(ids) => (
                <Select
                  {...ids}
                  value={draft.team}
                  onChange={(team) => put({ team })}
                  choices={[{ value: '', label: text('aboutAll') }, ...teams.map((value) => ({ value, label: value }))]}
                />
              )}
            </Field>
          ) : null}
          {rule === 'anomaly' ? (
            <BoundField kind="money" label={text('least')} value={draft.least} onChange={(least) => put({ least })} />
          ) : null}
        </FieldRow>
        <ChannelFields draft={draft} onChange={put} />
        {ACTS.includes(rule) ? (
          <FieldGroup label={text('does')}>
            {(labelId) => (
              <CheckList
                labelId={labelId}
                choices={ACTIONS.map((value) => ({ value, label: text(`actions.${value}`) }))}
                chosen={draft.actions}
                onChange={(actions) => put({ actions })}
              />
            )}
          </FieldGroup>
        ) : null}
        {rule === 'anomaly' ? <Backtest draft={draft} /> : null}
      </Form>
    </Dialog>
  );
}
