import type { Finding } from '../../../domain/alert/incident';
import { USUAL_BALANCE, type Alert } from '../../../domain/alert/rule';
import type { WatchingDeps } from '../deps';

/**
 * Accounts with providers of which little is left, by what they told last: while one cannot be asked, what it told before stands. Amounts in
 * other currencies are left alone.
 */
export async function findLowBalances({ balances }: Pick<WatchingDeps, 'balances'>, { settings }: Alert): Promise<readonly Finding[]> {
  const { below = USUAL_BALANCE.below, currency: wanted = USUAL_BALANCE.currency } = settings;
  const known = (await balances.last()).filter(({ provider }) => settings.provider === null || provider === settings.provider);
  return known.flatMap(({ provider, key, balances: told, at }): Finding[] =>
    told
      .filter(({ amount, currency }) => currency === wanted && Number(amount) < Number(below))
      .map(({ amount, currency }) => ({
        key: `${provider}:${key}:${currency}`,
        severity: Number(amount) <= 0 ? 'critical' : 'warning',
        teamId: null,
        credentialId: null,
        subject: { provider },
        evidence: { threshold: below, balance: amount, currency, key, at: at?.toISOString() ?? null },
      })),
  );
}
