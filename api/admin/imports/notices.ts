import type { z } from 'zod';
import type { ImportSource, ImportState } from '../../../domain/migration/import';
import { NOTICE_AUDIENCES, NOTICE_LANGUAGES, noticeText } from '../../../domain/migration/notice';
import type { PlanFacts } from '../../../domain/migration/plan-facts';
import type { ApiContext } from '../../deps';
import { parseWith } from '../../http/faults';
import { baseUrlOf } from '../../http/request-headers';
import type { Routes } from '../../http/routes';
import { sendList } from '../../http/send';
import { noticesQuery, type newImportSchema } from './schema';

export type ImportNoticesDeps = Pick<ApiContext, 'imports' | 'settings'>;

/** Nobody sends a text unseen that has one of these. */
const BLANK = '____';

/** `GET /admin/v1/imports/{id}/notices`: what people are told of a move, as `atelier migrate notice` writes it. */
export function addImportNotices(routes: Routes<'/admin/v1'>, { imports, settings }: ImportNoticesDeps): void {
  routes.get('/imports/:id/notices', async (request, response) => {
    const { from, until, contact, base_url: baseUrl } = parseWith(noticesQuery, request.query);
    const plan = factsOf(await imports.find(request.params.id));
    const facts = {
      from: orBlank(from),
      until: orBlank(until),
      contact: orBlank(contact),
      baseUrl: baseUrl === undefined ? `${baseUrlOf(settings, request)}/v1` : orBlank(baseUrl),
    };
    const notices = NOTICE_AUDIENCES.flatMap((audience) =>
      NOTICE_LANGUAGES.map((lang) => ({ object: 'import_notice', audience, lang, text: noticeText(plan, audience, lang, facts) })),
    );
    sendList(response, notices, ({ audience, lang }) => `${audience}-${lang}`);
  });
}

/** What is told of a plan, from the body that begins its move. */
export function planFactsOf({ product }: ImportSource, plan: z.output<typeof newImportSchema>['plan']): PlanFacts | null {
  if (plan === undefined) return null;
  const { snapshot_at: snapshotAt, old_base_url: oldBaseUrl, checklist, ...counts } = plan;
  const { without_email: withoutEmail, balance_usd: balanceUsd, usage, ...work } = checklist;
  const { spent_usd: spentUsd, ...rows } = usage;
  return { product, snapshotAt, oldBaseUrl, ...counts, checklist: { withoutEmail, balanceUsd, usage: { spentUsd, ...rows }, ...work } };
}

/** Of a move that was applied before its plan was kept: what came in. */
function factsOf({ plan, product, createdAt, counts }: ImportState): PlanFacts {
  return (
    plan ?? {
      product,
      snapshotAt: createdAt.toISOString(),
      oldBaseUrl: null,
      teams: counts.team,
      members: counts.member,
      keys: counts.credential,
      models: counts.model,
      unpriced: { count: 0, names: [] },
      debts: 0,
    }
  );
}

function orBlank(text: string | undefined): string {
  return text === undefined || text.trim() === '' ? BLANK : text.trim();
}
