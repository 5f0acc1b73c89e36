import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useErrorText } from '../../../api/errors';
import { providersQuery, useRemoveProvider, useResetBreakers, useSwitchProvider } from '../../../api/routing';
import { useMay } from '../../../api/session';
import { Loaded } from '../../../features/loaded/loaded';
import { AddProvider } from '../../../features/routing/add-provider';
import { ProvidersTable } from '../../../features/routing/providers-table';
import { RoutingPage } from '../../../features/routing/routing-page';
import { TestDialog } from '../../../features/routing/test-dialog';
import { usePageSearch } from '../../../lib/page';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/routing.json';
import { note } from '../../../ui/announce';
import { Button } from '../../../ui/button';
import { Confirm } from '../../../ui/confirm';
import { State } from '../../../ui/states';
import { page } from './route';

export function Page() {
  const text = useText<typeof words>('routing');
  const errorText = useErrorText();
  const [search, change] = usePageSearch(page);
  const providers = useQuery(providersQuery);
  const mayManage = useMay('provider.manage');
  const turn = useSwitchProvider();
  const reset = useResetBreakers();
  const remove = useRemoveProvider();
  const [tested, setTested] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<string | null>(null);
  const onError = (error: Error): void => note(errorText(error));
  return (
    <RoutingPage
      tab="providers"
      verbs={
        mayManage ? (
          <Button kind="primary" icon="add" onClick={() => change({ add: 'yes' })}>
            {text('add')}
          </Button>
        ) : null
      }
    >
      <Loaded query={providers} height={60}>
        {(rows) =>
          rows.length === 0 ? (
            <State icon="routing" title={text('noProviders')} />
          ) : (
            <ProvidersTable
              rows={rows}
              mayManage={mayManage}
              onSwitch={({ name }, enabled) => turn.mutate({ name, enabled }, { onError })}
              onReset={({ name }) => reset.mutate(name, { onSuccess: () => note(text('resetDone', { name })), onError })}
              onTest={({ name }) => setTested(name)}
              onRemove={({ name }) => setLeaving(name)}
            />
          )
        }
      </Loaded>
      {search.add === 'yes' && mayManage ? (
        <AddProvider
          onClose={() => change({ add: undefined })}
          onAdded={(name) => {
            change({ add: undefined });
            setTested(name);
          }}
        />
      ) : null}
      {tested === null ? null : <TestDialog name={tested} onClose={() => setTested(null)} />}
      {leaving === null ? null : (
        <Confirm
          title={text('removeOne', { name: leaving })}
          about={text('removeAbout')}
          verb={text('remove')}
          isBusy={remove.isPending}
          fault={remove.error === null ? null : errorText(remove.error)}
          onConfirm={() => remove.mutate(leaving, { onSuccess: () => setLeaving(null) })}
          onClose={() => setLeaving(null)}
        />
      )}
    </RoutingPage>
  );
}
