import type { Modality } from '../provider/catalogue';
import type { TaskStatus } from '../task/task';
import { dollars, durationIn, type Language, type MoneyFacts } from './language';

const THING: Readonly<Record<Modality, string>> = { text: '这段文本', image: '这张图片', video: '这个视频' };
const COUNTED: Readonly<Record<Modality, string>> = { text: '段文本', image: '张图片', video: '个视频' };
const STATUS: Readonly<Record<TaskStatus, string>> = {
  queued: '在排队',
  running: '生成中',
  succeeded: '已完成',
  failed: '生成失败',
  cancelled: '已取消',
  expired: '已超时',
};
const duration = durationIn({ h: '小时', min: '分', s: '秒' });
const NOT_CHANGED = '原样再发一次，结果也一样。';
const LATER = '过几分钟重放这个任务。';

function skippedWhy(reason: string): string {
  if (reason.startsWith('parameter:')) return `它不支持请求里的参数“${reason.slice('parameter:'.length)}”`;
  switch (reason) {
    case 'breaker_open':
      return '它刚刚连续失败，已熔断';
    case 'class':
      return '它不接受这种用途的凭证';
    case 'rate_limit':
      return '它当时的请求额度已用完';
    case 'disabled':
      return '运维已将它停用';
    default:
      return reason;
  }
}

function charged({ status, isRefused, held, estimated, actual, refunded, lines, isCounted }: MoneyFacts): string {
  if (status === 'queued' || status === 'running') {
    return held === 0n ? '没有预留：这个模型免费。' : `还没有扣费。已预留 ${dollars(held)}，最多只扣这么多。`;
  }
  if (isRefused) return '未扣费：请求在调用服务商之前就被拒绝了。';
  if (actual === 0n) return estimated === 0n ? '未扣费：这个模型免费。' : `未扣费：预留的 ${dollars(estimated)} 已全部退回。`;
  const bill =
    lines.length === 0 ? '' : `（${lines.map(({ item, quantity, usd: price }) => `${item} × ${String(quantity)}：$${price}`).join('；')}）`;
  const back = estimated > actual ? `预留的 ${dollars(estimated)} 中，${dollars(estimated - actual)} 已退回。` : '';
  const why = status === 'succeeded' ? '' : '这是服务商已经完成或交付的部分。';
  const counted = isCounted ? '服务商没有报告用量，由本平台计数。' : '';
  const refund = refunded === 0n ? '' : `任务结束后退还了 ${dollars(refunded)}。`;
  return `扣费 ${dollars(actual)}${bill}。${why}${counted}${back}${refund}`;
}

/** Simplified Chinese, in the words of the console. */
export const zh: Language = {
  reasons: {
    invalid: { why: '请求不合要求', todo: ['按提示改正后再发一次。'] },
    rejected: { why: '服务商认为请求不合要求，拒绝了它', todo: ['按服务商的提示改正后再发一次。', NOT_CHANGED] },
    blocked: {
      why: '请求或结果被服务商的安全规则拦截',
      todo: ['修改提示词或图片。', NOT_CHANGED, '如果觉得是误判，换一个模型试试。'],
    },
    input_unreachable: {
      why: '用网址给出的图片或视频无法取得',
      todo: ['检查这个网址是否不登录也能打开；也可以先上传文件，再用 asset_id 引用。'],
    },
    not_permitted: { why: '这个凭证没有权限', todo: ['换一个凭证或模型，或让团队管理员放开权限。'] },
    unknown_name: { why: '所用的模型或对象在这里不存在', todo: ['使用 GET /v1/models 列出的名称，一字不差。'] },
    conflict: { why: '与当前状态冲突', todo: ['先查看当前状态，再决定怎么做。'] },
    cancelled: { why: '有人要求取消', todo: ['无需处理。如果是误操作，重放这个任务。'] },
    too_many_requests: {
      why: '凭证触发了限流',
      todo: ['等 retry-after 给出的时间过后再发。', '改用任务提交：任务会排队等候，不会被拒绝。'],
    },
    over_budget: {
      why: '预计费用超出了预算的剩余额度',
      todo: ['让团队管理员提高预算，或等预算重新开始。', '也可以少要一些：减少图片张数、缩短视频、调低 max_tokens。'],
    },
    over_ceiling: {
      why: '预计费用超出了单次请求的上限',
      todo: ['提高请求或凭证的上限，或者少要一些：减少图片张数、缩短视频、调低 max_tokens。'],
    },
    provider_busy: { why: '服务商正在限流', todo: [LATER, '如果经常发生，让运维给这个模型增加一家服务商。'] },
    provider_down: { why: '服务商无法连接，或内部出错', todo: [LATER, '也可以换一个模型重放。'] },
    provider_slow: { why: '服务商没有及时回应', todo: [LATER, '也可以换一个更快的模型，或少要一些。'] },
    provider_garbled: { why: '服务商的回应无法识别', todo: [LATER, '也可以换一个模型重放。'] },
    provider_account: {
      why: '服务商拒绝了本平台的账号（密钥或账单）',
      todo: ['告诉运维：需要处理服务商的密钥或账单。这不是你的问题。', '处理好之后重放这个任务。'],
    },
    provider_route: {
      why: '服务商没有线路所写的模型',
      todo: ['告诉运维：需要改正这个模型的线路。这不是你的问题。', '改正之后重放这个任务。'],
    },
    outcome_unknown: {
      why: '请求已发出但没有收到回应，服务商可能做了，也可能没做',
      todo: ['自己决定是否重放：重放会再买一次，而服务商可能已经做过一次。'],
    },
    stream_cut: { why: '服务商的输出中途断开', todo: ['重放即可得到完整的回答。'] },
    not_stored: { why: '服务商已交付，但结果没能保存', todo: ['告诉运维：存储出了问题。'] },
    out_of_time: { why: '没有在时限内完成', todo: ['放宽时限（deadline.finish_within_s）后重放，或换一个更快的模型。'] },
    away: { why: '平台的一部分当时没有响应', todo: [LATER, '如果一直这样，告诉运维。'] },
    internal: { why: '平台内部出错', todo: ['把任务编号告诉运维。', '重放有可能成功。'] },
  },
  outcomes: {
    succeeded: '成功',
    failed: '失败',
    cancelled: '已取消',
    unknown: '没有回应',
    running: '进行中',
    accepted: '已受理，正在生成',
  },
  summaryFailed: (type, status, reason) => `${THING[type]}${STATUS[status]}：${zh.reasons[reason].why}。`,
  summarySucceeded: (type, by, tookMs) =>
    `${THING[type]}已完成${by === null ? '' : `，由 ${by.provider}（${by.model}）生成`}，用时 ${duration(tookMs)}。`,
  summaryPartial: (type, delivered, asked) =>
    `要了 ${String(asked)} ${COUNTED[type]}，只得到 ${String(delivered)} ${COUNTED[type].slice(0, 1)}。`,
  summaryOpen: (type, phase) => {
    const doing: Readonly<Record<typeof phase, string>> = {
      waiting_rate: '正在等待密钥的速率限制放行',
      waiting_capacity: '正在排队',
      calling_provider: '正在提交给服务商',
      waiting_provider: '正由服务商生成',
      waiting_retry: '正在等待重试',
      storing: '已交付，正在保存',
      settling: '正在结算',
    };
    return `${THING[type]}${doing[phase]}。`;
  },
  accepted: ({ team, key, class: keyClass, held, model }) =>
    `已受理：团队 ${team}，凭证 ${key}（${keyClass}），模型 ${model}；${held === 0n ? '无需预留' : `预留 ${dollars(held)}`}。`,
  replayOf: (id) => `这是 ${id} 的重放。`,
  skipped: (provider, reason) => `没有使用服务商 ${provider}：${skippedWhy(reason)}。`,
  attempt: ({ n, provider, model, outcome, tookMs, reason, said }) =>
    `第 ${String(n)} 次尝试，${provider}（${model}）：${zh.outcomes[outcome]}，${outcome === 'running' || outcome === 'accepted' ? '至今' : '用时'} ${duration(tookMs)}${reason === null ? '' : `，${zh.reasons[reason].why}`}。${said === null ? '' : `对方的说明：“${said}”`}`,
  cancelRequested: '收到了取消请求。',
  stored: (outputs) => `已保存 ${String(outputs)} 个文件。`,
  missing: (index, reason, message) => `缺少第 ${String(index)} 个结果：${zh.reasons[reason].why}。${message}`,
  details: (message) => `原始说明：“${message}”`,
  contentsExpired: '保留期限过后，它的输入和结果已被删除。',
  ended: (status) => `任务${STATUS[status]}。`,
  charged,
  noFallbackNeeded: (provider) => `没有：首选的 ${provider} 完成了请求。`,
  repeated: (provider, calls) => `没有：${provider} 共被调用 ${String(calls)} 次。`,
  fellBack: (failed, served) =>
    served === null ? `有：依次试过 ${failed.join('、')}，都没能完成。` : `有：${failed.join('、')} 没能完成，改由 ${served} 完成。`,
  noFallback: (why) => {
    switch (why) {
      case 'same_request':
        return '没有：换一家服务商，请求还是一样。';
      case 'may_be_paid':
        return '没有：服务商可能已经做了，不能付两次钱。';
      case 'no_other_route':
        return '没有：没有别的服务商能完成这个请求。';
      case 'not_called':
        return '没有：没有调用任何服务商。';
      case 'not_yet':
        return '目前没有。';
    }
  },
  todoTakeUp: '重放这个任务：会接着保存服务商已交付的结果，不再付费。',
  todoReplay: LATER,
  todoPartial: '可以重放得到一组新的结果，也可以保留现有的：只为得到的付费。',
  todoWait: (mayCancel) => [
    '等一会儿，或稍后再看：关掉连接也不会丢失。',
    ...(mayCancel ? ['如果不再需要，可以取消：现在还没有产生费用。'] : []),
  ],
  todoParam: (param) => `有问题的参数是 ${param}。`,
};
