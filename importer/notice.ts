import type { Plan } from './plan/read';

export type NoticeLanguage = 'en' | 'zh';
export type NoticeAudience = 'users' | 'admins';

export interface NoticeFacts {
  /** The address that clients get, with /v1. */
  readonly baseUrl: string;
  /** ISO dates: from when it holds, and until when the old address works. */
  readonly from: string;
  readonly until: string;
  /** Whom to ask, as people read it. */
  readonly contact: string;
}

/** Numbers of a plan that a notice names. */
interface Counts {
  readonly members: number;
  readonly keys: number;
  readonly teams: number;
  readonly models: number;
  readonly withoutPrice: readonly string[];
  readonly debts: number;
}

/** A text to send to those who use or run the old gateway: what changes, what does not, when, where, and whom to ask. */
export async function noticeText(plan: Plan, audience: NoticeAudience, language: NoticeLanguage, facts: NoticeFacts): Promise<string> {
  const counts = await countsOf(plan);
  const product = plan.head.source.product === 'new-api' ? 'New API' : 'One API';
  const old = plan.head.old_gateway.base_url;
  return TEXTS[language][audience]({ ...facts, ...counts, product, old, snapshot: plan.head.source.snapshot_at.slice(0, 10) });
}

async function countsOf(plan: Plan): Promise<Counts> {
  const counts = { members: 0, keys: 0, teams: 0, models: 0, debts: 0 };
  const withoutPrice: string[] = [];
  for await (const { include } of plan.entries('teams')) counts.teams += include === false ? 0 : 1;
  for await (const { include } of plan.entries('credentials')) counts.keys += include === false ? 0 : 1;
  for await (const { include, balance_usd: balance } of plan.entries('members')) {
    if (include === false) continue;
    counts.members += 1;
    counts.debts += balance.startsWith('-') ? 1 : 0;
  }
  for await (const { include, name, price } of plan.entries('models')) {
    if (include === false) continue;
    if (price === null) withoutPrice.push(name);
    else counts.models += 1;
  }
  return { ...counts, withoutPrice };
}

interface Facts extends NoticeFacts, Counts {
  readonly product: string;
  readonly old: string | null;
  readonly snapshot: string;
}

const TEST_CALL = (baseUrl: string): string => `curl ${baseUrl}/models -H "Authorization: Bearer YOUR_KEY"`;
const SHOWN_MODELS = 20;

const TEXTS: Readonly<Record<NoticeLanguage, Readonly<Record<NoticeAudience, (facts: Facts) => string>>>> = {
  en: {
    users: ({ baseUrl, from, until, contact, product, old }) => `Subject: Our AI gateway moves on ${from}

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
${facts.debts === 0 ? '' : `- ${String(facts.debts)} members owe something: it is an opening debt, and their keys are refused until it is settled.\n`}${facts.withoutPrice.length === 0 ? '' : `- Models without a price are refused: ${shown(facts.withoutPrice, 'and {n} more')}. Give them one in the plan.\n`}
Before
1. Back up the old database file and its encryption secrets.
2. atelier migrate apply plan.yaml, atelier migrate verify plan.yaml.
3. atelier providers test NAME, then enable, for each provider.
4. Lower the TTL of the old host name a day before, if it is to point here.

On ${facts.from}
1. Make the plan anew and apply it, so that balances are those of the day: atelier migrate checklist plan.yaml says what is open.
2. Move clients by their address, or let the old host name lead here. Watch 401, 404, 429 and the cost of calls: atelier status, atelier logs.
3. The way back is the same step in the other direction: the old gateway was not changed.

After
- ${facts.old ?? 'The old gateway'} stays readable until ${facts.until}. Then rotate the providers' keys and delete the copies of its database.
- Address for clients: ${facts.baseUrl}. Questions go to ${facts.contact}.
`,
  },
  zh: {
    users: ({ baseUrl, from, until, contact, product, old }) => `主题：AI 网关将于 ${from} 迁移

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
${facts.debts === 0 ? '' : `- ${String(facts.debts)} 名成员有欠款：作为期初欠款，结清之前其密钥会被拒绝。\n`}${facts.withoutPrice.length === 0 ? '' : `- 没有价格的模型会被拒绝：${shown(facts.withoutPrice, '另有 {n} 个')}。请在计划中补上价格。\n`}
之前
1. 备份旧数据库文件及其加密密钥。
2. atelier migrate apply plan.yaml，atelier migrate verify plan.yaml。
3. 对每个供应商运行 atelier providers test NAME，然后启用。
4. 若要把旧域名指向这里，提前一天调低 TTL。

${facts.from} 当天
1. 重新生成计划并执行，让余额以当天为准：atelier migrate checklist plan.yaml 会指出未完成的部分。
2. 让客户端改用新地址，或把旧域名指向这里。关注 401、404、429 和每次调用的费用：atelier status、atelier logs。
3. 退回就是反方向的同一步：旧网关没有任何改动。

之后
- ${facts.old ?? '旧网关'}保留可读至 ${facts.until}。之后更换供应商密钥，并删除旧数据库的副本。
- 客户端地址：${facts.baseUrl}。有问题请联系${facts.contact}。
`,
  },
};

function shown(names: readonly string[], more: string): string {
  const rest = names.length - SHOWN_MODELS;
  return [...names.slice(0, SHOWN_MODELS), ...(rest > 0 ? [more.replace('{n}', String(rest))] : [])].join(', ');
}
