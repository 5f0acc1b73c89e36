import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { INVOICE_FIELDS, type InvoiceField } from '../../domain/invoice/columns';
import { isTimeZone, midnightIn } from '../../domain/time-zone';
import { given } from '../../lib/given';
import { usageFailure } from '../failure';
import { collect, textPairs } from '../flag-values';
import { reconcileInvoice } from '../usage/reconcile-invoice';
import { reconciliationDocument, reconciliationText } from '../usage/reconciliation';
import { define, type CommandHost } from './define';

interface ReconcileFlags {
  readonly invoice: string;
  readonly provider: string;
  readonly from?: string;
  readonly to?: string;
  readonly timeZone: string;
  readonly map?: readonly string[];
}

/** `atelier usage reconcile` */
export function addReconcile(usage: Command, host: CommandHost): void {
  define<ReconcileFlags>(usage, host, {
    usage: 'reconcile',
    summary: "compare a provider's invoice with what was bought of it, and explain each difference; exit code 1 if one is not explained",
    examples: [
      'usage reconcile --invoice openai-november.csv --provider openai',
      'usage reconcile --invoice fal.csv --provider fal-main --from 2026-11-01 --to 2026-12-01 --json',
      'usage reconcile --invoice bill.csv --provider kling-main --map "Consumed (USD)=amount" --map "Task=upstream_id" --time-zone Asia/Shanghai',
    ],
    options(command) {
      command
        .requiredOption('--invoice <file>', 'the invoice or cost export as CSV')
        .requiredOption('--provider <name>', 'as it is called in the configuration')
        .option('--from <day>', 'a day or a time (default: the first of the invoice)')
        .option('--to <day>', 'before this day or time (default: after the last of the invoice)')
        .option('--time-zone <name>', "of the invoice's days", zone, 'UTC')
        .option('--map <column=field>', `what a column means: ${INVOICE_FIELDS.join(', ')}`, collect);
    },
    async run({ flags, connect, show, deps }) {
      const { invoice: path, provider, timeZone } = flags;
      const compared = await reconcileInvoice({
        client: connect('admin').client,
        provider,
        file: { path, timeZone, chosen: chosenColumns(flags.map) },
        ...given({ from: timeOf('--from', flags.from, timeZone), to: timeOf('--to', flags.to, timeZone) }),
        signal: deps.interruption(),
      });
      show(reconciliationDocument(path, provider, compared), () => reconciliationText(path, provider, compared));
      return compared.isExplained ? 0 : 1;
    },
  });
}

function zone(text: string): string {
  if (!isTimeZone(text)) throw new InvalidArgumentError('It must be a time zone such as Europe/Berlin or UTC.');
  return text;
}

function chosenColumns(pairs: readonly string[] = []): Partial<Record<InvoiceField, string>> {
  return Object.fromEntries(
    Object.entries(textPairs('--map', pairs)).map(([column, field]) => {
      if (INVOICE_FIELDS.some((name) => name === field)) return [field, column];
      throw usageFailure(`--map takes COLUMN=FIELD, and ${JSON.stringify(field)} is no field.`, `Fields: ${INVOICE_FIELDS.join(', ')}.`);
    }),
  );
}

function timeOf(option: string, text: string | undefined, timeZone: string): Date | undefined {
  if (text === undefined) return undefined;
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? midnightIn(text, timeZone) : new Date(text);
  if (Number.isNaN(at.getTime())) throw usageFailure(`${option} must be a day such as 2026-11-01 or a time such as 2026-11-01T12:00:00Z.`);
  return at;
}
