import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answersChats, modelsQuery, type Model } from '../../api/models';
import { useTeam } from '../../api/session';
import { useText } from '../../lib/text';
import type words from '../../text/en/connect.json';
import { PageHeader } from '../../ui/page-header';
import { Field } from '../../ui/field';
import { Select } from '../../ui/select';
import { State } from '../../ui/states';
import { Loaded } from '../loaded/loaded';
import { ClientList, useClientName } from './client-list';
import { clientOf, type Client } from './clients';
import css from './connect.module.css';
import { KeyStep } from './key-step';
import { LivePanel } from './live-panel';
import { SettingsStep } from './settings-step';
import { Trouble } from './trouble';

/** A client, from nothing to a working call: its key, its settings, and a test of both. @param id - of `CLIENTS`; undefined: the first */
export function ConnectView({ id }: { readonly id: string | undefined }) {
  const text = useText<typeof words>('connect');
  const team = useTeam();
  const client = clientOf(id);
  const nameOf = useClientName();
  const models = useQuery(modelsQuery(team, 'text'));
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} tab={text('tab', { client: nameOf(client) })} about={text('about')} />
      <div className={css.columns}>
        <ClientList team={team} chosen={client} />
        <Loaded query={models} height={80}>
          {(all) => {
            const usable = all.filter(answersChats);
            if (usable.length === 0) return <State icon="connect" title={text('noModels')} />;
            // A key that was made for one client is not carried over to the next.
            return <Steps key={client.id} team={team} client={client} models={usable} />;
          }}
        </Loaded>
      </div>
    </div>
  );
}

function Steps({ team, client, models }: { readonly team: string; readonly client: Client; readonly models: readonly Model[] }) {
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
