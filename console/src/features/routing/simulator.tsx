import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useErrorText } from '../../api/errors';
import { simulationQuery, type DefinedModel, type SimulationRequest } from '../../api/routing';
import { useSettled } from '../../lib/delayed';
import { useFormat } from '../../lib/format';
import { useText } from '../../lib/text';
import type words from '../../text/en/routing.json';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { TextArea } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { Segmented } from '../../ui/segmented';
import { Select } from '../../ui/select';
import { Notice } from '../../ui/states';
import type { RouteDraft } from './order';
import css from './routing.module.css';

const CLASSES = ['production', 'test', 'script', 'personal'] as const;

interface SimulatorProps {
  readonly model: DefinedModel;
  /** Null: nothing was changed. */
  readonly draft: RouteDraft | null;
}

/** What would happen to a request, as routing is now and as it would be with the draft. */
export function Simulator({ model, draft }: SimulatorProps) {
  const text = useText<typeof words>('routing');
  const errorText = useErrorText();
  const format = useFormat();
  const [keyClass, setClass] = useState<(typeof CLASSES)[number]>('production');
  const [typed, setTyped] = useState(() => exampleOf(model));
  const [withDraft, setWithDraft] = useState(true);
  const request = useSettled(typed, 400);
  const parsed = objectOf(request);
  const isDraft = draft !== null && withDraft;
  const body: SimulationRequest = {
    request: { model: model.name, type: model.modality, ...parsed },
    class: keyClass,
    ...(isDraft ? { draft: { routes: draft.routes, strategy: draft.strategy } } : {}),
  };
  const { data, error } = useQuery({ ...simulationQuery(body), enabled: parsed !== null, placeholderData: keepPreviousData });
  return (
    <Panel title={text('simulate')}>
      <Field label={text('keyClass')}>
        {(ids) => (
          <Select
            {...ids}
            value={keyClass}
            onChange={(value) => setClass(CLASSES.find((one) => one === value) ?? 'production')}
            choices={CLASSES.map((value) => ({ value, label: text(`classes.${value}`) }))}
          />
        )}
      </Field>
      <Field label={text('request')} hint={text('requestHint')} fault={objectOf(typed) === null ? text('notJson') : null}>
        {(ids) => <TextArea {...ids} rows={4} spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />}
      </Field>
      {draft === null ? null : (
        <Segmented
          label={text('which')}
          value={withDraft ? 'draft' : 'now'}
          onChange={(value) => setWithDraft(value === 'draft')}
          segments={[
            { value: 'now', label: text('asNow') },
            { value: 'draft', label: text('withChange') },
          ]}
        />
      )}
      {error === null ? null : <Notice tone="warn">{errorText(error)}</Notice>}
      {data === undefined || error !== null ? null : (
        <ol className={css.candidates} aria-label={text('candidates')} aria-live="polite">
          {data.routing.candidates.map(({ provider, model: upstream, estimated_usd: usd }, index) => (
            <li key={`${provider} ${upstream}`}>
              <span className={css.place}>{index + 1}</span>
              <span className={css.what}>
                <strong>{provider}</strong>
                <span className={css.faint}>{upstream}</span>
              </span>
              <span>{format.money(usd)}</span>
            </li>
          ))}
          {data.routing.skipped.map(({ provider, reason }) => (
            <li key={`${provider} ${reason}`} className={css.left}>
              <Icon name="skipped" size={16} />
              <span className={css.what}>
                <strong>{provider}</strong>
                <span>{reasonOf(reason, text)}</span>
              </span>
              <code className={css.faint}>{reason}</code>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

const KNOWN = ['disabled', 'class', 'breaker_open', 'rate_limit'] as const;

function reasonOf(reason: string, text: ReturnType<typeof useText<typeof words>>): string {
  const known = KNOWN.find((one) => one === reason);
  if (known !== undefined) return text(`reasons.${known}`);
  const [kind, what = ''] = reason.split(':', 2);
  return kind === 'parameter' ? text('parameter', { name: what }) : reason;
}

function exampleOf({ modality }: DefinedModel): string {
  const input = modality === 'text' ? { messages: [{ role: 'user', content: 'Hello' }] } : { prompt: 'A jasmine tin on linen' };
  return JSON.stringify({ input }, null, 2);
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
