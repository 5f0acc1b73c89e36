/** How small an amount is shown with all its digits. */
const LEAST_USD = 0.0001;

/**
 * "$0.16", "$1,204.50"; under a dollar four digits where two would lose something; never rounded to nothing.
 * @param usd - a decimal string as the API gives it
 */
export function moneyOf(usd: string): string {
  const value = Number(usd);
  if (!Number.isFinite(value)) return usd;
  if (value === 0) return '$0.00';
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (size < LEAST_USD) return `${sign}<$0.0001`;
  const digits = size < 1 && !isWholeCents(size) ? 4 : 2;
  const text = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: digits }).format(size);
  return `${sign}$${text}`;
}

function isWholeCents(size: number): boolean {
  return Math.abs(size * 100 - Math.round(size * 100)) < 1e-6;
}
