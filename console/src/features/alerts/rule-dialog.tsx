import { useState } from 'react';
import { useBacktest, useCreateAlert, type NewAlert, type Rule } from '../../api/alerts';
import { useErrorText } from '../../api/errors';
import { useTeams } from '../../api/session';
import { useFormat } from '../../lib/format';
import { useLanguage, useText } from '../../lib/text';
import type words from '../../text/en/alerts.json';
import { Button } from '../../ui/button';
import { CheckList } from '../../ui/check-list';
import { Dialog } from '../../ui/dialog';
import { Field, FieldGroup } from '../../ui/field';
import { FieldRow, Form } from '../../ui/form';
import { Input } from '../../ui/input';
import { MoneyField } from '../../ui/limit-fields';
import { Notice } from '../../ui/states';
import { Select } from '../../ui/select';
import css from './alerts.module.css';

export const RULES = [
  ...(['budget', 'anomaly', 'error_rate', 'latency', 'breaker_open', 'callback_failing', 'backlog_age'] as const),
  ...(['new_network', 'stuck_run', 'provider_auth', 'provider_not_found'] as const),
];
/** Those about a key, which can act on it. */
const ACTS: readonly Rule[] = ['budget', 'anomaly', 'new_network'];
const OF_TEAM: readonly Rule[] = ['budget', 'anomaly', 'callback_failing', 'backlog_age', 'new_network', 'stuck_run'];
const ACTIONS = ['freeze_credential', 'throttle'] as const;
const CHANNELS = ['slack', 'webhook', 'email'] as const;
const DAYS_28_MS = 28 * 86_400_000;

/** A new rule: what is watched, from where on, whom it tells, and what it does to the key. */
export function RuleDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText<typeof words>('alerts');
  const errorText = useErrorText();
  const format = useFormat();
  const language = useLanguage();
  const teams = useTeams();
  const create = useCreateAlert();
  const backtest = useBacktest();
  const [name, setName] = useState('');
  const [rule, setRule] = useState<Rule>('anomaly');
  const [team, setTeam] = useState('');
  const [thresholds, setThresholds] = useState('');
  const [least, setLeast] = useState('');
  const [channel, setChannel] = useState<(typeof CHANNELS)[number]>('slack');
  const [where, setWhere] = useState('');
  const [actions, setActions] = useState<readonly string[]>([]);
  const numbers = thresholds.split(/[\s,、，]+/).filter((part) => part !== '');
  const areNumbers = numbers.every((part) => /^\d+(\.\d+)?$/.test(part));
  const bound: Pick<NewAlert, 'team' | 'min_usd'> = {
    ...(team === '' || !OF_TEAM.includes(rule) ? {} : { team }),
    ...(rule === 'anomaly' && least.trim() !== '' ? { min_usd: least.trim() } : {}),
  };
  const send = (): void =>
    create.mutate(
      {
        name: name.trim(),
        rule,
        ...bound,
        ...(numbers.length === 0 ? {} : { thresholds: numbers.map(Number) }),
        ...(where.trim() === ''
          ? {}
          : { channels: [{ type: channel, language, ...(channel === 'email' ? { to: where.trim() } : { url: where.trim() }) }] }),
        actions: ACTS.includes(rule) ? ACTIONS.filter((action) => actions.includes(action)) : [],
        enabled: true,
      },
      { onSuccess: onClose },
    );
  const tryOut = (): void => {
    const [threshold] = numbers.map(Number);
    backtest.mutate({
      from: new Date(Date.now() - DAYS_28_MS).toISOString(),
      to: new Date().toISOString(),
      ...(bound.team === undefined || bound.team === null ? {} : { team: bound.team }),
      ...(bound.min_usd === undefined ? {} : { min_usd: bound.min_usd }),
      ...(threshold === undefined ? {} : { threshold }),
    });
  };
  const fault = create.error ?? backtest.error;
  return (
    <Dialog title={text('newRule')} isOpen isWide onClose={onClose}>
      <Form
        verb={text('create')}
        isBusy={create.isPending}
        isHeld={name.trim() === '' || !areNumbers}
        fault={fault === null ? null : errorText(fault)}
        onSubmit={send}
        onCancel={onClose}
      >
        <Field label={text('name')}>
          {(ids) => <Input {...ids} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <FieldRow>
          <Field label={text('when')} hint={text(`ruleAbout.${rule}`)}>
            {(ids) => (
              <Select
                {...ids}
                value={rule}
                onChange={(value) => setRule(value as Rule)}
                choices={RULES.map((value) => ({ value, label: text(`rules.${value}`) }))}
              />
            )}
          </Field>
          <Field label={text('threshold')} hint={text(`units.${rule}`, { at: '…' })} fault={areNumbers ? null : text('thresholdFault')}>
            {(ids) => (
              <Input
                {...ids}
                inputMode="decimal"
                placeholder={text('usual')}
                value={thresholds}
                onChange={(event) => setThresholds(event.target.value)}
              />
            )}
          </Field>
          {OF_TEAM.includes(rule) ? (
            <Field label={text('team')}>
              {(ids) => (
                <Select
                  {...ids}
                  value={team}
                  onChange={setTeam}
                  choices={[{ value: '', label: text('aboutAll') }, ...teams.map((value) => ({ value, label: value }))]}
                />
              )}
            </Field>
          ) : null}
          {rule === 'anomaly' ? <MoneyField label={text('least')} value={least} onChange={setLeast} /> : null}
        </FieldRow>
        <FieldRow>
          <Field label={text('tells')}>
            {(ids) => (
              <Select
                {...ids}
                value={channel}
                onChange={(value) => setChannel(value as 'slack')}
                choices={CHANNELS.map((value) => ({ value, label: text(`channels.${value}`) }))}
              />
            )}
          </Field>
          <Field label={text(channel === 'email' ? 'email' : 'url')} hint={text('whereHint')}>
            {(ids) => <Input {...ids} value={where} onChange={(event) => setWhere(event.target.value)} />}
          </Field>
        </FieldRow>
        {ACTS.includes(rule) ? (
          <FieldGroup label={text('does')}>
            {(labelId) => (
              <CheckList
                labelId={labelId}
                choices={ACTIONS.map((value) => ({ value, label: text(`actions.${value}`) }))}
                chosen={actions}
                onChange={setActions}
              />
            )}
          </FieldGroup>
        ) : null}
        {rule === 'anomaly' ? (
          <div className={css.found}>
            <div>
              <Button icon="retry" disabled={backtest.isPending} onClick={tryOut}>
                {text('backtest')}
              </Button>
            </div>
            {backtest.data === undefined ? null : (
              <Notice tone={backtest.data.length === 0 ? 'accent' : 'warn'}>
                <p>{text('found', { count: backtest.data.length })}</p>
                <ul>
                  {backtest.data.slice(0, 5).map((one) => (
                    <li key={`${one.from} ${one.title}`}>
                      {format.time(one.from)} · {one.title}
                    </li>
                  ))}
                </ul>
              </Notice>
            )}
          </div>
        ) : null}
      </Form>
    </Dialog>
  );
}
