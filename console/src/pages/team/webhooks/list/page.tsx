import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMayHere, useTeam } from '../../../../api/session';
import { endpointsQuery } from '../../../../api/webhooks';
import { LoadedRows } from '../../../../features/loaded/loaded';
import { TeamPage } from '../../../../features/team/team-header';
import { EndpointDialog } from '../../../../features/webhooks/endpoint-dialog';
import { EndpointsTable } from '../../../../features/webhooks/endpoints-table';
import { useText } from '../../../../lib/text';
import type words from '../../../../text/en/webhooks.json';
import { Button } from '../../../../ui/button';
import { State } from '../../../../ui/states';

export function Page() {
  const text = useText<typeof words>('webhooks');
  const team = useTeam();
  const endpoints = useInfiniteQuery(endpointsQuery(team));
  const mayManage = useMayHere('webhook.manage');
  const [isNew, setNew] = useState(false);
  return (
    <TeamPage
      section="webhooks"
      verbs={
        mayManage ? (
          <Button kind="primary" icon="add" onClick={() => setNew(true)}>
            {text('new')}
          </Button>
        ) : null
      }
    >
      <LoadedRows query={endpoints} height={60} empty={<State icon="send" title={text('empty')} />}>
        {(rows) => <EndpointsTable team={team} rows={rows} />}
      </LoadedRows>
      {isNew ? <EndpointDialog team={team} edited={null} onClose={() => setNew(false)} /> : null}
    </TeamPage>
  );
}
