import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { alertsQuery, useChangeAlert, useDeleteAlert, useTestAlert, type Alert } from '../../../api/alerts';
import { useErrorText } from '../../../api/errors';
import { useMay } from '../../../api/session';
import { AlertsPage } from '../../../features/alerts/alerts-header';
import { RuleDialog } from '../../../features/alerts/rule-dialog';
import { RulesTable } from '../../../features/alerts/rules-table';
import { LoadedRows } from '../../../features/loaded/loaded';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/alerts.json';
import { note } from '../../../ui/announce';
import { Button } from '../../../ui/button';
import { Confirm } from '../../../ui/confirm';
import { State } from '../../../ui/states';

export function Page() {
  const text = useText<typeof words>('alerts');
  const errorText = useErrorText();
  const alerts = useInfiniteQuery(alertsQuery);
  const mayManage = useMay('alert.manage');
  const change = useChangeAlert();
  const test = useTestAlert();
  const remove = useDeleteAlert();
  const [edited, setEdited] = useState<Alert | 'new' | null>(null);
  const [leaving, setLeaving] = useState<Alert | null>(null);
  const onError = (error: Error): void => note(errorText(error));
  const tell = (row: Alert): void =>
    test.mutate(row.id, {
      onSuccess: (sent) => {
        const failed = sent.find(({ status }) => status === 'failed');
        note(failed === undefined ? text('tested', { count: sent.length }) : text('testFailed', { reason: failed.error ?? '' }));
      },
      onError,
    });
  return (
    <AlertsPage
      tab="rules"
      verbs={
        mayManage ? (
          <Button kind="primary" icon="add" onClick={() => setEdited('new')}>
            {text('newRule')}
          </Button>
        ) : null
      }
    >
      <LoadedRows query={alerts} height={60} empty={<State icon="alerts" title={text('noRules')} />}>
        {(rows) => (
          <RulesTable
            rows={rows}
            mayManage={mayManage}
            onSwitch={({ id }, enabled) => change.mutate({ id, enabled }, { onError })}
            onEdit={setEdited}
            onTest={tell}
            onDelete={setLeaving}
          />
        )}
      </LoadedRows>
      {edited === null ? null : <RuleDialog alert={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {leaving === null ? null : (
        <Confirm
          title={text('deleteOne', { name: leaving.name })}
          about={text('deleteAbout')}
          verb={text('delete')}
          isBusy={remove.isPending}
          fault={remove.error === null ? null : errorText(remove.error)}
          onConfirm={() => remove.mutate(leaving.id, { onSuccess: () => setLeaving(null) })}
          onClose={() => setLeaving(null)}
        />
      )}
    </AlertsPage>
  );
}
