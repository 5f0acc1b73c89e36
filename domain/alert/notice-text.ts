import type { Notice } from './notice';
import type { NoticeLanguage, AlertRule } from './rule';
import type { Severity } from './incident';
import { incidentTitle } from './wording';

/** A notice in words: one line, and what people need beside it. */
export interface NoticeText {
  readonly subject: string;
  readonly text: string;
}

interface Words {
  readonly severities: Readonly<Record<Severity, string>>;
  readonly rules: Readonly<Record<AlertRule, string>>;
  readonly test: (alert: string) => NoticeText;
  readonly resolved: string;
  readonly escalated: string;
  readonly fields: Readonly<Record<'alert' | 'opened' | 'resolved' | 'done' | 'note' | 'look', string>>;
  readonly done: Readonly<Record<'frozen' | 'throttled' | 'limited', (detail: string) => string>>;
}

const EN: Words = {
  severities: { info: 'Info', warning: 'Warning', critical: 'Critical' },
  rules: {
    budget: 'budget',
    anomaly: 'unusual spending',
    error_rate: 'failing provider',
    latency: 'slow provider',
    breaker_open: 'calls stopped',
    callback_failing: 'callbacks refused',
    backlog_age: 'backlog',
    new_network: 'new network',
    stuck_run: 'runs that do not move',
    provider_auth: 'provider refuses our key',
    provider_not_found: 'unknown model',
    provider_balance_low: 'balance low',
  },
  test: (alert) => ({
    subject: `[Atelier] Test of the alert ${alert}`,
    text: `This is a test of the alert ${alert}. Nothing has happened; notices of it arrive here.`,
  }),
  resolved: 'Resolved',
  escalated: 'Not acknowledged',
  fields: { alert: 'Alert', opened: 'Opened', resolved: 'Resolved', done: 'Done', note: 'Note', look: 'Look at it' },
  done: {
    frozen: (detail) => `the key ${detail} was frozen: its requests are refused until somebody resolves the incident`,
    throttled: (detail) => `the key was slowed down (${detail})`,
    limited: (detail) => `the price of one request of the key ${detail} was limited`,
  },
};

const ZH: Words = {
  severities: { info: '提示', warning: '警告', critical: '严重' },
  rules: {
    budget: '预算',
    anomaly: '花费异常',
    error_rate: '服务商出错',
    latency: '服务商缓慢',
    breaker_open: '已停止调用',
    callback_failing: '回调被拒绝',
    backlog_age: '任务积压',
    new_network: '新网络',
    stuck_run: '任务停滞',
    provider_auth: '服务商拒绝密钥',
    provider_not_found: '未知模型',
    provider_balance_low: '余额不足',
  },
  test: (alert) => ({
    subject: `[Atelier] 告警 ${alert} 的测试`,
    text: `这是告警 ${alert} 的测试。没有发生任何事件；该告警的通知会送达此处。`,
  }),
  resolved: '已恢复',
  escalated: '尚未确认',
  fields: { alert: '告警', opened: '开始', resolved: '恢复', done: '措施', note: '备注', look: '查看' },
  done: {
    frozen: (detail) => `密钥 ${detail} 已冻结：在有人解决此事件之前，其请求都会被拒绝`,
    throttled: (detail) => `密钥已限速（${detail}）`,
    limited: (detail) => `密钥 ${detail} 的单次请求价格已受限`,
  },
};

const WORDS: Readonly<Record<NoticeLanguage, Words>> = { en: EN, zh: ZH };

/** What a chat or a mail says. @param baseUrl - where the api is reached, without a trailing slash */
export function noticeText({ kind, alert, channel, incident }: Notice, baseUrl: string): NoticeText {
  const words = WORDS[channel.language];
  if (incident === null) return words.test(alert.name);
  const state =
    kind === 'resolved' ? words.resolved : `${kind === 'escalated' ? `${words.escalated}, ` : ''}${words.severities[incident.severity]}`;
  const { fields } = words;
  const done = incident.timeline.flatMap(({ event, detail }) =>
    event === 'frozen' || event === 'throttled' || event === 'limited' ? [words.done[event](detail ?? '')] : [],
  );
  const lines: readonly (readonly [string, string | null])[] = [
    [fields.alert, `${alert.name} (${words.rules[incident.rule]})`],
    [fields.opened, timeOf(incident.openedAt)],
    [fields.resolved, incident.resolvedAt === null ? null : timeOf(incident.resolvedAt)],
    ...done.map((what) => [fields.done, what] as const),
    [fields.note, incident.note?.text ?? null],
    [fields.look, `${baseUrl}/console/incidents/${incident.id}`],
  ];
  return {
    subject: `[Atelier] ${state}: ${incidentTitle(incident, channel.language)}`,
    text: lines.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`])).join('\n'),
  };
}

/** "2026-11-29 02:13 UTC" */
function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
