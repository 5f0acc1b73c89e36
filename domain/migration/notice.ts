import type { PlanFacts } from './plan-facts';

export const NOTICE_LANGUAGES = ['en', 'zh'] as const;
export const NOTICE_AUDIENCES = ['users', 'admins'] as const;
export type NoticeLanguage = (typeof NOTICE_LANGUAGES)[number];
export type NoticeAudience = (typeof NOTICE_AUDIENCES)[number];

export interface NoticeFacts {
  /** The address that clients get, with /v1. */
  readonly baseUrl: string;
  /** ISO dates: from when it holds, and until when the old address works. */
  readonly from: string;
  readonly until: string;
  /** Whom to ask, as people read it. */
  readonly contact: string;
}

/** A text to send to those who use or run the old gateway: what changes, what does not, when, where, and whom to ask. */
export function noticeText(plan: PlanFacts, audience: NoticeAudience, language: NoticeLanguage, facts: NoticeFacts): string {
  const product = plan.product === 'new-api' ? 'New API' : 'One API';
  return TEXTS[language][audience]({ ...plan, ...facts, product, snapshot: plan.snapshotAt.slice(0, 10) }).trimEnd();
}

interface Facts extends NoticeFacts, Omit<PlanFacts, 'product' | 'snapshotAt' | 'checklist'> {
  readonly product: string;
  /** A day. */
  readonly snapshot: string;
}

const TEST_CALL = (baseUrl: string): string => `curl ${baseUrl}/models -H "Authorization: Bearer YOUR_KEY"`;

const TEXTS: Readonly<Record<NoticeLanguage, Readonly<Record<NoticeAudience, (facts: Facts) => string>>>> = {
  en: {
    users: ({ baseUrl, from, until, contact, product, oldBaseUrl: old }) => `Subject: Our AI gateway moves on ${from}

From ${from} on, our gateway runs on Atelier in place of ${product}.

What does not change
- Your key: it goes on working as it is, with or without "sk-".
- Your balance: what is left comes along to the cent.
- The names of the models.

What changes
- The address: ${baseUrl}${old === null ? '' : ` in place of ${old}`}. The old address works until ${until}.
  Claude Code, Anthropic's SDKs and NextChat want it without /v1, all others with it.
- Balances are shown in US dollars: 500,000 of the old units are 1 dollar, unless your administrator set another rate.
- Videos and images that are being made at that moment end at the old gateway; fetch them there.

Try it
  ${TEST_CALL(baseUrl)}
A list of models means that all is well. How to set up your client: ${baseUrl.replace(/\/v1$/, '')}/guides/

Questions
Ask ${contact}. Send the request id from the error text, the time, the model and your client with its version, and never the key.
`,
    admins: (facts) => `Subject: Move from ${facts.product} to Atelier on ${facts.from}: what administrators do

What comes along (snapshot of ${facts.snapshot}): ${String(facts.teams)} teams, ${String(facts.members)} members with their balances, ${String(facts.keys)} keys,
${String(facts.models)} models with prices.

What does not
- Passwords: people get a link (atelier users reset), or sign in by your identity provider.
- Redemption codes and subscriptions: settle what is open by hand.
${facts.debts === 0 ? '' : `- ${String(facts.debts)} members owe something: it is an opening debt, and their keys are refused until it is settled.\n`}${facts.unpriced.count === 0 ? '' : `- Models without a price are refused: ${shown(facts.unpriced, 'and {n} more')}. Give them one in the plan.\n`}
Before
1. Back up the old database file and its encryption secrets.
2. atelier migrate apply plan.yaml, atelier migrate verify plan.yaml.
3. atelier providers test NAME, then enable, for each provider.
4. Lower the TTL of the old host name a day before, if it is to point here.

On ${facts.from}
1. atelier migrate traffic plan.yaml --percent 0 --by member: whoever comes here is served by the old gateway, under the same key.
2. Move clients by their address, or let the old host name lead here.
3. atelier migrate delta plan.yaml, then more: --percent 30, 100. Watch 401, 404, 429 and the cost of calls: atelier status, atelier logs.
4. The way back is one step: atelier migrate rollback plan.yaml. atelier migrate checklist plan.yaml says what is open.

After
- atelier migrate delta plan.yaml once more, then atelier migrate traffic plan.yaml --end: the old keys are deleted here.
- ${facts.oldBaseUrl ?? 'The old gateway'} stays readable until ${facts.until}. Then rotate the providers' keys and delete the copies of its database.
- Address for clients: ${facts.baseUrl}. Questions go to ${facts.contact}.
`,
  },
  zh: {
    users: ({ baseUrl, from, until, contact, product, oldBaseUrl: old }) => `主题：AI 网关将于 ${from} 迁移

自 ${from} 起，我们的网关由 ${product} 改为 Atelier。

不变的
- 您的密钥：照常使用，带不带 "sk-" 都可以。
- 您的余额：剩余金额原样迁移，精确到分。
- 模型名称。

变化的
- 地址：改为 ${baseUrl}${old === null ? '' : `，原地址为 ${old}`}。原地址可用至 ${until}。
  Claude Code、Anthropic SDK 和 NextChat 使用不带 /v1 的地址，其余都带 /v1。
- 余额以美元显示：原来的 500,000 额度等于 1 美元（管理员另有设置的除外）。
- 迁移时正在生成的图片和视频会在旧网关完成，请在那里取回。

试一试
  ${TEST_CALL(baseUrl)}
能看到模型列表即表示正常。客户端设置方法：${baseUrl.replace(/\/v1$/, '')}/guides/

有问题
请联系${contact}。请提供错误信息中的请求编号、时间、模型、客户端及版本，切勿提供密钥。
`,
    admins: (facts) => `主题：${facts.from} 从 ${facts.product} 迁移到 Atelier：管理员须知

会迁移的内容（快照 ${facts.snapshot}）：${String(facts.teams)} 个团队，${String(facts.members)} 名成员及余额，${String(facts.keys)} 个密钥，
${String(facts.models)} 个带价格的模型。

不迁移的内容
- 登录密码：用链接重设（atelier users reset），或使用单点登录。
- 兑换码和订阅：未结清的请人工处理。
${facts.debts === 0 ? '' : `- ${String(facts.debts)} 名成员有欠款：作为期初欠款，结清之前其密钥会被拒绝。\n`}${facts.unpriced.count === 0 ? '' : `- 没有价格的模型会被拒绝：${shown(facts.unpriced, '另有 {n} 个')}。请在计划中补上价格。\n`}
之前
1. 备份旧数据库文件及其加密密钥。
2. atelier migrate apply plan.yaml，atelier migrate verify plan.yaml。
3. 对每个服务商运行 atelier providers test NAME，然后启用。
4. 若要把旧域名指向这里，提前一天调低 TTL。

${facts.from} 当天
1. atelier migrate traffic plan.yaml --percent 0 --by member：来到这里的请求用同一密钥转给旧网关。
2. 让客户端改用新地址，或把旧域名指向这里。
3. 先 atelier migrate delta plan.yaml，再提高比例：--percent 30、100。关注 401、404、429 和每次调用的费用：atelier status、atelier logs。
4. 退回只需一步：atelier migrate rollback plan.yaml。atelier migrate checklist plan.yaml 会指出未完成的部分。

之后
- 再执行一次 atelier migrate delta plan.yaml，然后 atelier migrate traffic plan.yaml --end：删除这里保存的旧密钥。
- ${facts.oldBaseUrl ?? '旧网关'}保留可读至 ${facts.until}。之后更换服务商密钥，并删除旧数据库的副本。
- 客户端地址：${facts.baseUrl}。有问题请联系${facts.contact}。
`,
  },
};

function shown({ count, names }: PlanFacts['unpriced'], more: string): string {
  const rest = count - names.length;
  return [...names, ...(rest > 0 ? [more.replace('{n}', String(rest))] : [])].join(', ');
}
