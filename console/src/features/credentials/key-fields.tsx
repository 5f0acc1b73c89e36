import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useWhole } from '../../api/paged';
import { membersQuery, projectsQuery } from '../../api/team';
import { useText } from '../../lib/text';
import type words from '../../text/en/credentials.json';
import { Field, FieldGroup } from '../../ui/field';
import { FieldRow } from '../../ui/form';
import { Input, TextArea } from '../../ui/input';
import { BoundField, LimitFields } from '../../ui/limit-fields';
import { RadioCards } from '../../ui/radio-cards';
import { Select } from '../../ui/select';
import css from './credentials.module.css';
import type { KeyDraft } from './draft';

export const CLASSES = ['production', 'test', 'script', 'personal'] as const;

interface KeyFieldsProps {
  readonly team: string;
  readonly draft: KeyDraft;
  readonly onChange: (change: Partial<KeyDraft>) => void;
}

/** Everything that a credential can be bound by, what matters to most people first. */
export function KeyFields({ team, draft, onChange }: KeyFieldsProps) {
  const text = useText<typeof words>('credentials');
  const { data: members = [] } = useQuery(membersQuery(team));
  const projects = useWhole(useInfiniteQuery(projectsQuery(team)));
  const owners = members.flatMap(({ name, email }) => (email === undefined ? [] : [{ value: email, label: name, about: email }]));
  const known = projects?.filter(({ archived }) => !archived) ?? [];
  return (
    <>
      <FieldGroup label={text('class')}>
        {(labelId) => (
          <RadioCards
            labelId={labelId}
            value={draft.class}
            onChange={(value) => onChange({ class: value })}
            cards={CLASSES.map((value) => ({ value, label: text(`classes.${value}`), about: text(`classAbout.${value}`) }))}
          />
        )}
      </FieldGroup>
      <FieldRow>
        <Field label={text('project')}>
          {(ids) => (
            <Select
              {...ids}
              value={draft.project}
              onChange={(project) => onChange({ project })}
              choices={[{ value: '', label: text('none') }, ...known.map(({ name }) => ({ value: name, label: name }))]}
            />
          )}
        </Field>
        <Field label={text('owner')}>
          {(ids) => (
            <Select
              {...ids}
              value={draft.owner}
              onChange={(owner) => onChange({ owner })}
              choices={[{ value: '', label: text('none') }, ...owners]}
            />
          )}
        </Field>
      </FieldRow>
      <Field label={text('purpose')} hint={text('purposeHint')}>
        {(ids) => <Input {...ids} value={draft.purpose} onChange={(event) => onChange({ purpose: event.target.value })} />}
      </Field>
      <LimitFields limits={draft.limits} onChange={(limits) => onChange({ limits })} />
      <details className={css.more}>
        <summary>{text('more')}</summary>
        <div>
          <FieldRow>
            <BoundField kind="money" label={text('maxCost')} value={draft.maxCost} onChange={(maxCost) => onChange({ maxCost })} />
            <BoundField
              kind="count"
              label={text('requestsPerMinute')}
              value={draft.requestsPerMinute}
              onChange={(requestsPerMinute) => onChange({ requestsPerMinute })}
            />
            <BoundField
              kind="count"
              label={text('concurrent')}
              value={draft.concurrent}
              onChange={(concurrent) => onChange({ concurrent })}
            />
          </FieldRow>
          <Field label={text('expires')} hint={text('expiresHint')}>
            {(ids) => <Input {...ids} type="date" value={draft.expires} onChange={(event) => onChange({ expires: event.target.value })} />}
          </Field>
          <FieldRow>
            <Field label={text('models')} hint={text('modelsHint')}>
              {(ids) => <TextArea {...ids} value={draft.models} onChange={(event) => onChange({ models: event.target.value })} />}
            </Field>
            <Field label={text('ips')} hint={text('ipsHint')}>
              {(ids) => <TextArea {...ids} value={draft.ips} onChange={(event) => onChange({ ips: event.target.value })} />}
            </Field>
          </FieldRow>
        </div>
      </details>
    </>
  );
}
