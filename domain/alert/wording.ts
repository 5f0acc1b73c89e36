import type { AlertRule, NoticeLanguage } from './rule';
import type { Evidence, IncidentSubject } from './incident';

/** What is worded: an incident's rule, whom it is about and its figures. */
export interface Worded {
  readonly rule: AlertRule;
  readonly subject: IncidentSubject;
  readonly evidence: Evidence;
}

/** One sentence without a full stop that says what happened and why. */
export function incidentTitle(worded: Worded, language: NoticeLanguage): string {
  return (language === 'zh' ? ZH : EN)[worded.rule](worded.subject, figures(worded.evidence));
}

type Figures = (name: string) => string;
type Sentence = (subject: IncidentSubject, of: Figures) => string;

function figures(evidence: Evidence): Figures {
  return (name) => {
    const value = evidence[name];
    return value === undefined || value === null ? '' : Array.isArray(value) ? value.join(', ') : String(value);
  };
}

const PERIODS_EN: Readonly<Record<string, string>> = { total: 'budget', monthly: 'monthly budget', daily: 'daily budget' };
const PERIODS_ZH: Readonly<Record<string, string>> = { total: '总预算', monthly: '月度预算', daily: '每日预算' };

const EN: Readonly<Record<AlertRule, Sentence>> = {
  budget: ({ budget = '' }, of) =>
    `${budget} has spent ${of('percent')} % of its ${PERIODS_EN[of('period')] ?? 'budget'} (${of('spent_usd')} of ${of('limit_usd')} USD)`,
  anomaly: (subject, of) => {
    const often =
      of('times') === '' ? `Spending of ${whoEn(subject)} without a usual` : `Spending of ${whoEn(subject)} is ${of('times')} × usual`;
    return `${often} (${of('spent_usd')} USD in this hour${of('usual_usd') === '' ? '' : `, usually ${of('usual_usd')}`})${shareEn(of)}`;
  },
  error_rate: ({ provider = '' }, of) =>
    `${of('percent')} % of the calls of the provider ${provider} failed (${of('failed')} of ${of('requests')} in 5 minutes)`,
  latency: ({ provider = '' }, of) => `The provider ${provider} is slow: 95 % of its answers took up to ${of('p95_ms')} ms`,
  breaker_open: ({ provider = '', model = '' }, of) =>
    `Calls of ${provider} for ${model} are stopped since ${of('since')}${of('last_error') === '' ? '' : ` (${of('last_error')})`}`,
  callback_failing: ({ team = '', host = '' }, of) =>
    `${host} takes no callbacks of the team ${team}: ${counted(of('events'), 'event was', 'events were')} refused at least three times`,
  backlog_age: (_subject, of) => `${counted(of('waiting'), 'run waits', 'runs wait')}, the oldest for ${of('oldest_s')} s`,
  new_network: (subject, of) => `${capital(whoEn(subject))} was used from a network it never came from before: ${of('network')}`,
  stuck_run: ({ team = '' }, of) =>
    `${counted(of('runs'), `run of the team ${team} has`, `runs of the team ${team} have`)} not moved for ${counted(of('minutes'), 'minute')} (${of('task_ids')})`,
  provider_auth: ({ provider = '' }, of) =>
    `The provider ${provider} refuses our key or bill: ${counted(of('calls'), 'call')} in 15 minutes`,
  provider_not_found: ({ provider = '' }, of) =>
    `The provider ${provider} does not know ${of('models')}: ${counted(of('calls'), 'call')} in 15 minutes`,
  provider_balance_low: ({ provider = '' }, of) =>
    `The balance at the provider ${provider} is low: ${of('balance')} ${of('currency')} left, below ${of('threshold')}`,
};

const ZH: Readonly<Record<AlertRule, Sentence>> = {
  budget: ({ budget = '' }, of) =>
    `${budget} 已用去${PERIODS_ZH[of('period')] ?? '预算'}的 ${of('percent')}%（${of('spent_usd')} / ${of('limit_usd')} 美元）`,
  anomaly: (subject, of) => {
    const often = of('times') === '' ? `${whoZh(subject)}的花费没有可比的常值` : `${whoZh(subject)}的花费是平时的 ${of('times')} 倍`;
    return `${often}（本小时 ${of('spent_usd')} 美元${of('usual_usd') === '' ? '' : `，平时 ${of('usual_usd')} 美元`}）${shareZh(of)}`;
  },
  error_rate: ({ provider = '' }, of) =>
    `服务商 ${provider} 有 ${of('percent')}% 的调用失败（5 分钟内 ${of('requests')} 次中 ${of('failed')} 次）`,
  latency: ({ provider = '' }, of) => `服务商 ${provider} 响应缓慢：95% 的响应耗时达 ${of('p95_ms')} 毫秒`,
  breaker_open: ({ provider = '', model = '' }, of) =>
    `自 ${of('since')} 起已停止调用 ${provider} 的 ${model}${of('last_error') === '' ? '' : `（${of('last_error')}）`}`,
  callback_failing: ({ team = '', host = '' }, of) => `${host} 不接收团队 ${team} 的回调：${of('events')} 个事件至少被拒绝三次`,
  backlog_age: (_subject, of) => `${of('waiting')} 个任务在排队，最久的已等待 ${of('oldest_s')} 秒`,
  new_network: (subject, of) => `${whoZh(subject)}首次从网络 ${of('network')} 使用`,
  stuck_run: ({ team = '' }, of) => `团队 ${team} 有 ${of('runs')} 个任务 ${of('minutes')} 分钟没有进展（${of('task_ids')}）`,
  provider_auth: ({ provider = '' }, of) => `服务商 ${provider} 拒绝了我们的密钥或账单：15 分钟内 ${of('calls')} 次调用`,
  provider_not_found: ({ provider = '' }, of) => `服务商 ${provider} 不认识 ${of('models')}：15 分钟内 ${of('calls')} 次调用`,
  provider_balance_low: ({ provider = '' }, of) =>
    `服务商 ${provider} 的余额不足：剩余 ${of('balance')} ${of('currency')}，低于 ${of('threshold')}`,
};

function whoEn({ team, credential, model }: IncidentSubject): string {
  if (credential !== undefined) return `key ${team === undefined ? '' : `${team}/`}${credential}`;
  if (model !== undefined) return `model ${model}`;
  return `team ${team ?? ''}`;
}

function whoZh({ team, credential, model }: IncidentSubject): string {
  if (credential !== undefined) return `密钥 ${team === undefined ? '' : `${team}/`}${credential}`;
  if (model !== undefined) return `模型 ${model}`;
  return `团队 ${team ?? ''}`;
}

function shareEn(of: Figures): string {
  const parts = [
    of('top_credential') === '' ? '' : `${of('top_credential_percent')} % from key ${of('top_credential')}`,
    of('top_model') === '' ? '' : `${of('top_model_percent')} % on model ${of('top_model')}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

function shareZh(of: Figures): string {
  const parts = [
    of('top_credential') === '' ? '' : `其中 ${of('top_credential_percent')}% 来自密钥 ${of('top_credential')}`,
    of('top_model') === '' ? '' : `${of('top_model_percent')}% 用于模型 ${of('top_model')}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `，${parts.join('，')}`;
}

/** "1 run", "2 runs". */
function counted(count: string, one: string, many = `${one}s`): string {
  return `${count} ${count === '1' ? one : many}`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
