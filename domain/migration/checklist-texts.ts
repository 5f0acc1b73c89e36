import { dateAndClock, type LanguageName } from '../explanation/language';
import type { MoveStanding, Said, WholePlan } from './standing';

/** What the parts of a move say in one language. */
interface ChecklistText {
  readonly backup: Said;
  /** Of a part that only the plan can tell of, which nobody told the installation. */
  readonly unknown: Said;
  readonly mapping: (plan: WholePlan) => Said;
  readonly apply: (plan: WholePlan, move: MoveStanding) => Said;
  readonly applyUnknown: (move: MoveStanding) => Said;
  readonly balances: (plan: WholePlan, move: MoveStanding) => Said;
  readonly balancesUnknown: (move: MoveStanding) => Said;
  readonly permissions: (plan: WholePlan, move: MoveStanding) => Said;
  readonly providers: (planned: number, waiting: readonly string[]) => Said;
  readonly logs: (plan: WholePlan) => Said;
  readonly traffic: (move: MoveStanding) => Said;
  readonly delta: (last: MoveStanding['delta']) => Said;
  readonly rollback: (old: MoveStanding['oldGateway'], kept: number) => Said;
  readonly notices: Said;
}

/** Providers that are named. */
const MOST_NAMES = 10;
const namesOf = (names: readonly string[], comma: string): string =>
  [...names.slice(0, MOST_NAMES), ...(names.length > MOST_NAMES ? ['…'] : [])].join(comma);
const modelsOf = ({ models, unpriced }: WholePlan): number => models + unpriced.count;

/** By language; `file` is the plan's name in the commands that are advised. */
export const CHECKLIST_TEXTS: Readonly<Record<LanguageName, (file: string) => ChecklistText>> = {
  en: (file) => ({
    backup: [
      'Only you know whether the old database and its secrets are copied.',
      'Back up the database file and its encryption secrets before the day of the move.',
    ],
    unknown: [
      'The plan of this move is not known here.',
      `atelier migrate apply ${file} once more tells it, and leaves what came in as it is.`,
    ],
    mapping: (plan) => [
      `${String(modelsOf(plan))} models, ${String(plan.unpriced.count)} without a price, ${String(plan.checklist.routeless)} without a route.`,
      `Give them a price or a route in ${file}, or include: false; they do not come along as they are.`,
    ],
    apply: ({ members, keys }, { came }) => [
      `${String(came.users)} of ${String(members)} members, ${String(came.keys)} of ${String(keys)} keys, ${String(came.models)} models came in.`,
      `atelier migrate apply ${file} --dry-run, then without --dry-run.`,
    ],
    applyUnknown: ({ came }) => [
      `${String(came.users)} members, ${String(came.keys)} keys, ${String(came.models)} models came in.`,
      `atelier migrate apply ${file} once more tells of how many.`,
    ],
    balances: ({ checklist, debts }, { balanceUsd, ledgerUsd }) => [
      `${checklist.balanceUsd} USD planned, ${balanceUsd} came in, ${ledgerUsd} stand in the ledger; ${String(debts)} debts.`,
      `Apply the plan, then atelier migrate verify ${file}: it names each difference.`,
    ],
    balancesUnknown: ({ balanceUsd, ledgerUsd }) => [
      `${balanceUsd} USD came in, ${ledgerUsd} stand in the ledger.`,
      `atelier migrate verify ${file} names each difference.`,
    ],
    permissions: ({ keys, checklist }, { came }) => [
      `${String(came.keys)} of ${String(keys)} keys work here as at the source; ${String(checklist.withoutEmail)} members have no e-mail and cannot sign in.`,
      'Give members an e-mail in the plan, or afterwards: atelier users set. Administrators of the source have no rights here: atelier users create-admin.',
    ],
    providers: (planned, waiting) => [
      `${String(planned - waiting.length)} of ${String(planned)} providers are enabled.`,
      `Test and enable: ${namesOf(waiting, ', ')} (atelier providers test NAME, then enable NAME).`,
    ],
    logs: ({ checklist: { usage, history } }) => [
      `Spending of ${usage.spentUsd} USD in ${String(usage.rows)} rows of the log, ${String(history.tasks)} finished generations.`,
      'They come in with apply.',
    ],
    traffic: ({ hasBegun, traffic }) => {
      if (!hasBegun) return ['Nothing came in yet.', `atelier migrate traffic ${file} --percent 0, then more of them.`];
      if (traffic === null) return ['Every key is served here; nothing goes through the old gateway.', ''];
      const { percent, here, old } = traffic;
      return [
        `${String(percent)} %: ${String(here)} old keys are served here, ${String(old)} by the old gateway.`,
        old > 0
          ? `atelier migrate traffic ${file} --percent 100 when all is well here.`
          : `When nobody wants to go back: atelier migrate traffic ${file} --end deletes the old keys.`,
      ];
    },
    delta: (last) => [
      last === null
        ? 'What was spent at the old gateway since the snapshot is not booked.'
        : `Booked until ${dateAndClock(last.at)}: ${last.spentUsd} USD spent there, ${last.addedUsd} USD added.`,
      `atelier migrate delta ${file}, once more after the last call there.`,
    ],
    rollback: (old, kept) => [
      old === null
        ? 'The plan has no address of the old gateway.'
        : old.answers
          ? `The old gateway answers at ${old.address}; ${String(kept)} of its keys are kept for atelier migrate rollback.`
          : `Nothing answers at ${old.address}.`,
      'Set old_gateway.base_url in the plan to an address that answers from here: without it there is no way back.',
    ],
    notices: ['Only you know whether people were told.', `atelier migrate notice ${file} --audience users, and --audience admins.`],
  }),
  zh: (file) => ({
    backup: ['旧数据库及其密钥是否已备份，只有你知道。', '请在迁移日之前备份数据库文件和加密密钥。'],
    unknown: ['这里不知道本次迁移的计划。', `再执行一次 atelier migrate apply ${file} 即可告知，已迁入的内容不变。`],
    mapping: (plan) => [
      `${String(modelsOf(plan))} 个模型，其中 ${String(plan.unpriced.count)} 个没有价格，${String(plan.checklist.routeless)} 个没有路由。`,
      `请在 ${file} 中补上价格或路由，或写 include: false；现在这样不会迁入。`,
    ],
    apply: ({ members, keys }, { came }) => [
      `已迁入成员 ${String(came.users)}/${String(members)}、密钥 ${String(came.keys)}/${String(keys)}、模型 ${String(came.models)} 个。`,
      `先执行 atelier migrate apply ${file} --dry-run，再去掉 --dry-run 执行。`,
    ],
    applyUnknown: ({ came }) => [
      `已迁入 ${String(came.users)} 名成员、${String(came.keys)} 个密钥、${String(came.models)} 个模型。`,
      `再执行一次 atelier migrate apply ${file}，即可知道应有多少。`,
    ],
    balances: ({ checklist, debts }, { balanceUsd, ledgerUsd }) => [
      `计划 ${checklist.balanceUsd} 美元，迁入 ${balanceUsd}，账本中 ${ledgerUsd}；欠款 ${String(debts)} 笔。`,
      `执行计划后运行 atelier migrate verify ${file}，它会列出每处差异。`,
    ],
    balancesUnknown: ({ balanceUsd, ledgerUsd }) => [
      `迁入 ${balanceUsd} 美元，账本中 ${ledgerUsd}。`,
      `atelier migrate verify ${file} 会列出每处差异。`,
    ],
    permissions: ({ keys, checklist }, { came }) => [
      `${String(came.keys)}/${String(keys)} 个密钥在这里与来源一致；${String(checklist.withoutEmail)} 名成员没有邮箱，无法登录。`,
      '请在计划中补上邮箱，或之后用 atelier users set 补上。来源的管理员在这里没有权限：atelier users create-admin。',
    ],
    providers: (planned, waiting) => [
      `${String(planned)} 个服务商中已启用 ${String(planned - waiting.length)} 个。`,
      `请测试后启用：${namesOf(waiting, '、')}（atelier providers test NAME，然后 enable NAME）。`,
    ],
    logs: ({ checklist: { usage, history } }) => [
      `日志 ${String(usage.rows)} 行，共花费 ${usage.spentUsd} 美元；已完成的生成 ${String(history.tasks)} 个。`,
      '它们随 apply 一起迁入。',
    ],
    traffic: ({ hasBegun, traffic }) => {
      if (!hasBegun) return ['还没有迁入任何内容。', `先执行 atelier migrate traffic ${file} --percent 0，再逐步提高。`];
      if (traffic === null) return ['所有密钥都在这里处理，没有请求经过旧网关。', ''];
      const { percent, here, old } = traffic;
      return [
        `${String(percent)}%：${String(here)} 个旧密钥在这里，${String(old)} 个在旧网关。`,
        old > 0
          ? `这里一切正常后执行 atelier migrate traffic ${file} --percent 100。`
          : `确定不再退回时执行 atelier migrate traffic ${file} --end，旧密钥会被删除。`,
      ];
    },
    delta: (last) => [
      last === null
        ? '快照之后在旧网关的花费还没有入账。'
        : `已入账至 ${dateAndClock(last.at)}：旧网关花费 ${last.spentUsd} 美元，充值 ${last.addedUsd} 美元。`,
      `执行 atelier migrate delta ${file}；旧网关最后一次调用之后再执行一次。`,
    ],
    rollback: (old, kept) => [
      old === null
        ? '计划中没有旧网关的地址。'
        : old.answers
          ? `旧网关在 ${old.address} 有响应；为 atelier migrate rollback 保留了 ${String(kept)} 个旧密钥。`
          : `${old.address} 没有响应。`,
      '请把计划中的 old_gateway.base_url 设为从这里能访问的地址，否则无法退回。',
    ],
    notices: ['是否已经通知到人，只有你知道。', `atelier migrate notice ${file} --audience users，以及 --audience admins。`],
  }),
};
