import type { ReactNode } from 'react';
import { useMay, useTeam } from '../../api/session';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/team.json';
import { PageHeader } from '../../ui/page-header';
import { Tabs } from '../../ui/tabs';
import css from './team.module.css';
import { SECTIONS, type Section } from './sections';

/** The frame of the pages of a team: its name, its sections as far as the person may open them, and the verbs of the page. */
export function TeamPage({
  section,
  verbs,
  children,
}: {
  readonly section: Section;
  readonly verbs?: ReactNode;
  readonly children: ReactNode;
}) {
  const text = useText<typeof words>('team');
  const team = useTeam();
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} tab={text(`sections.${section}`)} about={team}>
        {verbs}
      </PageHeader>
      <Tabs label={text('title')} tabs={useSections().map((one) => ({ to: paths[one](team), label: text(`sections.${one}`) }))} />
      {children}
    </div>
  );
}

/** The sections that the person may open, in order. */
export function useSections(): readonly Section[] {
  const may: Readonly<Record<string, boolean>> = {
    'member.read': useMay('member.read'),
    'project.read': useMay('project.read'),
    'key.read': useMay('key.read'),
    'allowance.read': useMay('allowance.read'),
    'budget.read': useMay('budget.read'),
    'webhook.read': useMay('webhook.read'),
  };
  return SECTIONS.filter(({ needs }) => needs.some((action) => may[action] === true)).map(({ name }) => name);
}
