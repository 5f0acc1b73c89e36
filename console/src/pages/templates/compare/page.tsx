import { useParams } from '@tanstack/react-router';
import { useTeam } from '../../../api/session';
import { Compare } from '../../../features/templates/compare';
import { useGo } from '../../../lib/go';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/templates.json';
import { IconButton } from '../../../ui/button';
import { PageHeader } from '../../../ui/page-header';
import { page } from './route';

const versionIn = (value: string | undefined, usual: number): number =>
  value !== undefined && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : usual;

export function Page() {
  const text = useText<typeof words>('templates');
  const team = useTeam();
  const go = useGo();
  const { name = '' }: { name?: string } = useParams({ strict: false });
  const [{ a, b }, change] = usePageSearch(page);
  return (
    <>
      <PageHeader
        title={text('compare.title', { name })}
        before={<IconButton name={name} icon="back" onClick={() => go(paths.template(team, name))} />}
      />
      <Compare name={name} a={versionIn(a, 1)} b={versionIn(b, 1)} onChoose={change} />
    </>
  );
}
