import { z } from 'zod';
import { backtestAnomalies, type PastAnomaly } from '../../../domain/alert/anomaly/backtest';
import { HOUR_MS } from '../../../domain/alert/anomaly/spending';
import { USUAL_WEEKS } from '../../../domain/alert/anomaly/usual';
import { ANOMALY_SUBJECTS, microUsdOf, THRESHOLDS } from '../../../domain/alert/rule';
import { incidentTitle } from '../../../domain/alert/wording';
import { AppError } from '../../../domain/errors';
import { formatUsd, parseUsd } from '../../../domain/money/money';
import type { ApiContext } from '../../deps';
import { preferredLanguage } from '../../http/language';
import { parseWith } from '../../http/faults';
import type { Routes, Steps } from '../../http/routes';
import { sendJson } from '../../http/send';

export type BacktestDeps = Pick<ApiContext, 'alerts' | 'alertWatch' | 'calls' | 'catalogueStore'>;

const MOST_DAYS = 92;
const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()], 'must be a day or a time, such as 2026-11-01');

/** Body of `POST /admin/v1/alerts/backtest`. */
export const backtestSchema = z
  .strictObject({
    from: time,
    to: time,
    alert: z.string().min(1).max(100).optional().describe('Id or name of an alert of the rule `anomaly`, whose settings are taken.'),
    team: z.string().min(1).max(255).optional(),
    threshold: z.number().min(1).max(THRESHOLDS.anomaly.most).optional().describe('Times the usual; default 4.'),
    min_usd: z
      .string()
      .regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string of US dollars such as "1"')
      .optional(),
    by: z.array(z.enum(ANOMALY_SUBJECTS)).min(1).max(3).optional(),
  })
  .meta({ id: 'Backtest' });

export const backtestAnswer = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      hours: z.int(),
      by: z.enum(ANOMALY_SUBJECTS),
      title: z.string().describe('Of its dearest hour.'),
      subject: z.record(z.string(), z.string()),
      spent_usd: z.string().describe('In its dearest hour.'),
      usual_usd: z.string().nullable(),
      times: z.number().nullable(),
    }),
  ),
});

/** What the rule `anomaly` would have found in the past, by whole hours. */
export function addBacktest(routes: Routes<'/admin/v1'>, context: BacktestDeps, json: Steps): void {
  routes.post('/alerts/backtest', json, async (request, response) => {
    const body = parseWith(backtestSchema, request.body);
    const [fromMs, toMs] = [startOf(body.from), startOf(body.to)];
    if (fromMs >= toMs || toMs - fromMs > MOST_DAYS * 24 * HOUR_MS) {
      throw new AppError('invalid_value', `The time to must be after the time from, and at most ${MOST_DAYS} days later.`, { param: 'to' });
    }
    const alert = body.alert === undefined ? null : await context.alerts.find(body.alert);
    if (body.alert !== undefined && alert?.rule !== 'anomaly') {
      throw new AppError('invalid_value', 'There is no such alert of the rule anomaly.', { param: 'alert' });
    }
    const teamId = body.team === undefined ? (alert?.team?.id ?? null) : await teamIdOf(context, body.team);
    await context.calls.catchUp();
    const rows = await context.alertWatch.spending(
      { teamId, credentialId: alert?.credential?.id ?? null },
      fromMs - USUAL_WEEKS * 7 * 24 * HOUR_MS - HOUR_MS,
      toMs,
    );
    const rule = {
      by: body.by ?? alert?.settings.by ?? ANOMALY_SUBJECTS,
      factor: body.threshold ?? Math.min(...(alert?.settings.thresholds ?? THRESHOLDS.anomaly.usual)),
      minMicroUsd: Number(body.min_usd === undefined ? microUsdOf(alert?.settings.minMicroUsd ?? '1000000') : parseUsd(body.min_usd)),
    };
    const language = preferredLanguage(request, response);
    sendJson(response, 200, {
      object: 'list',
      data: backtestAnomalies(rows, rule, { fromMs, toMs }).map((past) => pastObject(past, language)),
    });
  });
}

async function teamIdOf({ catalogueStore }: BacktestDeps, name: string): Promise<number> {
  return (await catalogueStore.teams.find(name)).id;
}

function startOf(text: string): number {
  return Math.floor(Date.parse(text) / HOUR_MS) * HOUR_MS;
}

function pastObject({ worst, fromMs, toMs, hours }: PastAnomaly, language: 'en' | 'zh') {
  const subject = {
    ...(worst.team === null ? {} : { team: worst.team }),
    ...(worst.credential === null ? {} : { credential: worst.credential }),
    ...(worst.model === null ? {} : { model: worst.model }),
  };
  const figures = {
    spent_usd: usd(worst.spentMicroUsd),
    usual_usd: worst.usualMicroUsd === null ? null : usd(worst.usualMicroUsd),
    times: worst.times === null ? null : Math.round(worst.times * 10) / 10,
  };
  const evidence = {
    ...figures,
    top_credential: worst.topCredential?.name ?? null,
    top_credential_percent: worst.topCredential?.percent ?? null,
    top_model: worst.topModel?.name ?? null,
    top_model_percent: worst.topModel?.percent ?? null,
  };
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    hours,
    by: worst.by,
    title: incidentTitle({ rule: 'anomaly', subject, evidence }, language),
    subject,
    ...figures,
  };
}

function usd(microUsd: number): string {
  return formatUsd(BigInt(Math.round(microUsd / 10_000)) * 10_000n);
}
