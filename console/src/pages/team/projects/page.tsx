import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMayHere, useTeam } from '../../../api/session';
import { projectsQuery, type Project } from '../../../api/team';
import { LoadedRows } from '../../../features/loaded/loaded';
import { ProjectDialog } from '../../../features/team/project-dialog';
import { ProjectsTable } from '../../../features/team/projects-table';
import { TeamPage } from '../../../features/team/team-header';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/team.json';
import { Button } from '../../../ui/button';
import { State } from '../../../ui/states';

export function Page() {
  const text = useText<typeof words>('team');
  const team = useTeam();
  const projects = useInfiniteQuery(projectsQuery(team));
  const mayManage = useMayHere('project.manage');
  const [edited, setEdited] = useState<Project | 'new' | null>(null);
  const create = (
    <Button kind="primary" icon="add" onClick={() => setEdited('new')}>
      {text('newProject')}
    </Button>
  );
  return (
    <TeamPage section="projects" verbs={mayManage ? create : null}>
      <LoadedRows query={projects} empty={<State icon="campaigns" title={text(mayManage ? 'noProjects' : 'noProjectsHere')} />}>
        {(rows) => <ProjectsTable team={team} projects={rows} mayManage={mayManage} onEdit={setEdited} />}
      </LoadedRows>
      {edited === null ? null : <ProjectDialog team={team} project={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </TeamPage>
  );
}
