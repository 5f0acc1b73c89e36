import { useTeam } from '../../../api/session';
import { FromTaskForm, NewForm } from '../../../features/templates/new-form';
import { useGo } from '../../../lib/go';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/templates.json';
import { IconButton } from '../../../ui/button';
import { PageHeader } from '../../../ui/page-header';
import { page } from './route';

export function Page() {
  const text = useText<typeof words>('templates');
  const team = useTeam();
  const go = useGo();
  const [{ task }] = usePageSearch(page);
  return (
    <>
      <PageHeader
        title={text(task === undefined ? 'new' : 'fromTask.title')}
        before={<IconButton name={text('all')} icon="back" onClick={() => go(paths.templates(team))} />}
      />
      {task === undefined ? <NewForm /> : <FromTaskForm id={task} />}
    </>
  );
}
