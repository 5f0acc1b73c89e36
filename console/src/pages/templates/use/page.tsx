import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMay, useTeam } from '../../../api/session';
import { templateQuery } from '../../../api/templates';
import { UseForm } from '../../../features/templates/use-form';
import { useGo } from '../../../lib/go';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type common from '../../../text/en/common.json';
import type words from '../../../text/en/templates.json';
import { ButtonLink, IconButton } from '../../../ui/button';
import { Chip } from '../../../ui/chip';
import { PageHeader } from '../../../ui/page-header';
import { Notice, Skeleton } from '../../../ui/states';

export function Page() {
  const text = useText<typeof words>('templates');
  const shared = useText<typeof common>('common');
  const team = useTeam();
  const go = useGo();
  const mayEdit = useMay('template.create');
  const { name = '' }: { name?: string } = useParams({ strict: false });
  const { data: template } = useQuery({ ...templateQuery(team, name), throwOnError: (_error, { state }) => state.data === undefined });
  if (template === undefined) return <Skeleton rows={3} height={120} />;
  return (
    <>
      <PageHeader
        title={template.name}
        before={<IconButton name={text('all')} icon="back" onClick={() => go(paths.templates(team))} />}
        about={<Chip>{`v${template.version}`}</Chip>}
      >
        <ButtonLink icon="campaigns" to={paths.newCampaign(team, template.name)}>
          {shared('nav.campaigns')}
        </ButtonLink>
        {mayEdit ? (
          <ButtonLink icon="draft" to={paths.template(team, template.name)}>
            {text('edit')}
          </ButtonLink>
        ) : null}
      </PageHeader>
      {template.published_version === null ? <Notice tone="warn">{text('notPublishedYet')}</Notice> : null}
      {template.description === '' ? null : <p>{template.description}</p>}
      <UseForm key={template.version} template={template} />
    </>
  );
}
