import { useState, type ReactNode } from 'react';
import type { Model } from '../../api/models';
import { useText } from '../../lib/text';
import type words from '../../text/en/connect.json';
import { PageHeader } from '../../ui/page-header';
import { Field } from '../../ui/field';
import { Select } from '../../ui/select';
import { ClientList, useClientName } from './client-list';
import type { Client } from './clients';
import css from './connect.module.css';
import { KeyStep } from './key-step';
import { LivePanel } from './live-panel';
import { SettingsStep } from './settings-step';
import { Trouble } from './trouble';

/** The frame: all clients beside what the chosen one needs. */
export function ConnectFrame({ team, client, children }: { readonly team: string; readonly client: Client; readonly children: ReactNode }) {
  const text = useText<typeof words>('connect');
  const nameOf = useClientName();
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} tab={text('tab', { client: nameOf(client) })} about={text('about')} />
      <div className={css.columns}>
        <ClientList team={team} chosen={client} />
        {children}
      </div>
    </div>
  );
}

interface ConnectStepsProps {
  readonly team: string;
  readonly client: Client;
  /** Those that can answer; at least one. */
  readonly models: readonly Model[];
}

/** A client, from nothing to a working call: its key, a model, its settings, and a test of all. */
export function ConnectSteps({ team, client, models }: ConnectStepsProps) {
  const text = useText<typeof words>('connect');
  const nameOf = useClientName();
  const [key, setKey] = useState('');
  const [model, setModel] = useState(models[0]?.id ?? '');
  const root = window.location.origin;
  return (
    <>
      <ol className={css.steps}>
        <KeyStep team={team} client={client} value={key} onChange={setKey} />
        <li className={css.step}>
          <h2>{text('modelStep')}</h2>
          <Field label={text('model')} hint={text('modelHint')}>
            {(ids) => (
              <Select
                {...ids}
                value={model}
                onChange={setModel}
                choices={models.map((one) => ({ value: one.id, label: one.id, ...(one.label === undefined ? {} : { about: one.label }) }))}
              />
            )}
          </Field>
        </li>
        <SettingsStep client={client} name={nameOf(client)} settings={{ root, key, model }} />
      </ol>
      <div className={css.side}>
        <LivePanel key={key} secret={key} model={model} others={models.map(({ id }) => id)} onModel={setModel} />
        <Trouble />
      </div>
    </>
  );
}
