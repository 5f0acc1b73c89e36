import type { LegacyUser } from '../../domain/migration/source';
import { microUsd, usdOf } from '../money';
import type { Building } from './building';
import { userState } from './state';

/** Over a million dollars nobody has prepaid: a seed, or a test. */
const ABSURD_USD = 1_000_000n;
/** Where a 32-bit column stopped counting. */
const LARGEST_INT32 = 2_147_483_647n;

/** Sums of balances in the source's units: of those who come along, and of those who don't. */
export interface Balances {
  readonly imported: bigint;
  readonly plannedMicroUsd: bigint;
}

/** Users become members of the team of their group, with what is left to them as an opening balance. */
export async function planUsers(building: Building): Promise<Balances> {
  const { source, sink, perUsd, take, leave, teamOf } = building;
  const emails = new Set<string>();
  let imported = 0n;
  let plannedMicroUsd = 0n;
  for await (const users of source.users()) {
    for (const user of users) {
      if (user.isDeleted) {
        leave('users', 'user', user.id, 'deleted', `balance ${usdOf(user.quota, perUsd)} USD`);
        continue;
      }
      const email = emailOf(user);
      const isTaken = email !== null && emails.has(email);
      const balance = usdOf(user.quota, perUsd);
      sink('members', {
        legacy_id: user.id,
        name: user.username,
        display_name: user.displayName === '' ? user.username : user.displayName,
        email: isTaken ? null : email,
        team: teamOf(user.group),
        balance_usd: balance,
        at_source_usd: balance,
        enabled: user.status === 1,
        at_source_state: userState(user),
      });
      if (email !== null) emails.add(email);
      imported += user.quota;
      plannedMicroUsd += microUsd(balance);
      take('users');
      for (const warning of warningsOf(building, user, isTaken, balance)) {
        sink('warnings', { ...warning, entity: 'user', legacy_id: user.id, name: user.username });
      }
    }
  }
  return { imported, plannedMicroUsd };
}

function emailOf({ email }: LegacyUser): string | null {
  const text = email?.toLowerCase() ?? '';
  return /^[^\s@]+@[^\s@]+$/.test(text) ? text : null;
}

function* warningsOf({ perUsd, options }: Building, user: LegacyUser, isTaken: boolean, balance: string) {
  if (user.quota < 0n) {
    yield {
      category: 'negative_balance',
      message: `Owes ${balance.slice(1)} USD: the debt comes along, and keys are refused until it is paid.`,
    };
  }
  if (user.quota === LARGEST_INT32 || microUsd(balance) > ABSURD_USD * 1_000_000n) {
    yield { category: 'absurd_balance', message: `Has ${balance} USD. Correct balance_usd if nobody ever paid that.` };
  }
  if (isTaken) yield { category: 'duplicate_email', message: 'Somebody else has this e-mail address: comes along without one.' };
  else if (emailOf(user) === null)
    yield {
      category: 'no_email',
      message: 'Has no e-mail address: comes along with one that receives nothing, and cannot sign in until it is corrected.',
    };
  if (user.unclaimedQuota > 0n) {
    yield {
      category: 'unclaimed_referral_money',
      message: `Has ${usdOf(user.unclaimedQuota, perUsd)} USD of referral money that was never claimed. It stays behind.`,
    };
  }
  const ratios = options.get('GroupRatio') ?? '';
  if (ratios !== '' && !ratios.includes(JSON.stringify(user.group))) {
    yield { category: 'group_without_ratio', message: `The group ${user.group} has no ratio; both programs take 1.` };
  }
}
