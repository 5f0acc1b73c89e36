import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { answersChats, modelsQuery } from '../../../api/models';
import { useTeam } from '../../../api/session';
import { clientOf } from '../../../features/connect/clients';
import { ConnectFrame, ConnectSteps } from '../../../features/connect/connect-view';
import { Loaded } from '../../../features/loaded/loaded';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/connect.json';
import { State } from '../../../ui/states';

export function Page() {
  const text = useText<typeof words>('connect');
  const team = useTeam();
  const { client: id }: { client?: string } = useParams({ strict: false });
  const client = clientOf(id);
  const models = useQuery(modelsQuery(team, 'text'));
  return (
    <ConnectFrame team={team} client={client}>
      <Loaded query={models} height={80}>
        {(all) => {
          const usable = all.filter(answersChats);
          if (usable.length === 0) return <State icon="connect" title={text('noModels')} />;
          // A key that was made for one client is not carried over to the next.
          return <ConnectSteps key={client.id} team={team} client={client} models={usable} />;
        }}
      </Loaded>
    </ConnectFrame>
  );
}
