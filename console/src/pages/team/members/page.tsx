import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMayHere, useTeam } from '../../../api/session';
import { membersQuery } from '../../../api/team';
import { Loaded } from '../../../features/loaded/loaded';
import { InviteDialog } from '../../../features/team/invite-dialog';
import { MembersTable } from '../../../features/team/members-table';
import { TeamPage } from '../../../features/team/team-header';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/team.json';
import { Button } from '../../../ui/button';
import { State } from '../../../ui/states';

export function Page() {
  const text = useText<typeof words>('team');
  const team = useTeam();
  const members = useQuery(membersQuery(team));
  const mayManage = useMayHere('member.manage');
  const mayInvite = useMayHere('user.invite');
  const [isInviting, setInviting] = useState(false);
  return (
    <TeamPage
      section="members"
      verbs={
        mayInvite ? (
          <Button kind="primary" icon="add" onClick={() => setInviting(true)}>
            {text('invite')}
          </Button>
        ) : null
      }
    >
      <Loaded query={members} height={60}>
        {(rows) =>
          rows.length === 0 ? (
            <State icon="team" title={text('noMembers')} />
          ) : (
            <MembersTable team={team} members={rows} mayManage={mayManage} />
          )
        }
      </Loaded>
      {isInviting ? <InviteDialog team={team} onClose={() => setInviting(false)} /> : null}
    </TeamPage>
  );
}
