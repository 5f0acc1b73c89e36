import { useEffect } from 'react';
import { useTeam } from '../../../api/session';
import { useWizard } from '../../../features/campaign-wizard/draft';
import { STEPS, Wizard, type Step } from '../../../features/campaign-wizard/wizard';
import { useFormat } from '../../../lib/format';
import { useGo } from '../../../lib/go';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/campaign-new.json';
import { IconButton } from '../../../ui/button';
import { PageHeader } from '../../../ui/page-header';
import { Skeleton } from '../../../ui/states';
import { page } from './route';

export function Page() {
  const text = useText<typeof words>('campaign-new');
  const format = useFormat();
  const team = useTeam();
  const go = useGo();
  const [{ step = 'upload', bad, template }, change] = usePageSearch(page);
  const wizard = useWizard();
  const { draft } = wizard;
  const isRead = draft !== null;
  const { change: changeDraft } = wizard;
  // "Campaign" of a template: it is taken over once, and the file stays.
  useEffect(() => {
    if (!isRead || template === undefined) return;
    changeDraft({ template, mapping: {} });
    change({ template: undefined });
  }, [isRead, template, changeDraft, change]);

  const about =
    draft?.table === null || draft?.table === undefined
      ? undefined
      : text('file', { name: draft.fileName ?? '', rows: format.number(draft.table.rows.length), encoding: draft.encoding ?? '' });
  return (
    <>
      <PageHeader title={text('title')} about={about}>
        <IconButton name={text('close')} icon="close" onClick={() => go(paths.campaigns(team))} />
      </PageHeader>
      {draft === null ? (
        <Skeleton rows={4} height={64} />
      ) : (
        <Wizard
          wizard={wizard}
          draft={draft}
          step={STEPS.find((one) => one === step) ?? ('upload' satisfies Step)}
          isOnlyBad={bad !== undefined}
          onStep={(next) => change({ step: next }, 'push')}
          onOnlyBad={(isOn) => change({ bad: isOn ? '1' : undefined })}
        />
      )}
    </>
  );
}
