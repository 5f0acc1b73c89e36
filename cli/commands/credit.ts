import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { usd } from '../flag-values';
import { asObject, asText, type JsonObject } from '../json-value';
import { readAll } from '../pages';
import { table } from '../table';
import { define, type CommandHost } from './define';

interface GrantFlags {
  readonly amount: string;
  readonly expires?: string;
  readonly note?: string;
  readonly idempotencyKey?: string;
}

type TransferFlags = Omit<GrantFlags, 'expires'>;

const AMOUNT = new Option('--amount <usd>', 'how much, such as 25').argParser(usd).makeOptionMandatory();
const KEY = new Option('--idempotency-key <key>', 'running again with the same key changes nothing (default: a new key)');

/** `atelier ledger grant|grants|transfer` */
export function addCredit(ledger: Command, host: CommandHost): void {
  define<GrantFlags>(ledger, host, {
    usage: 'grant <team>',
    summary: "raise a team's total limit, until the grant expires or for good",
    examples: ['ledger grant studio --amount 25 --expires 2027-01-31T00:00:00Z --note "launch"'],
    options: (command) => {
      command
        .addOption(AMOUNT)
        .option('--expires <time>', 'what is left of it then lapses, such as 2027-01-31T00:00:00Z (default: never)')
        .option('--note <text>', 'why')
        .addOption(KEY);
    },
    async run({ args, flags, connect, show }) {
      const body = { amount_usd: flags.amount, expires_at: flags.expires ?? null, note: flags.note ?? null };
      const call = { method: 'POST' as const, path: `${pathOf(args[0])}/grants`, body, headers: keyOf(flags) };
      const grant = asObject(await connect('admin').client.call(call)) ?? {};
      show(grant, () => `✓ ${String(grant['amount_usd'])} USD granted to ${String(grant['team'])}.`);
      return 0;
    },
  });
  define(ledger, host, {
    usage: 'grants <team>',
    summary: 'list the grants of a team, and what is used of them',
    examples: ['ledger grants studio --json'],
    async run({ args, connect, show }) {
      const list = { path: `${pathOf(args[0])}/grants`, query: {}, cursorOf: (grant: JsonObject) => asText(grant['id']) ?? '' };
      const page = await readAll<JsonObject>(connect('admin').client, list);
      show(page, () => grantTable(page.data));
      return 0;
    },
  });
  define<TransferFlags>(ledger, host, {
    usage: 'transfer <from> <to>',
    summary: 'move an amount of the total limit from one team to another',
    examples: ['ledger transfer studio video --amount 25 --note "shared campaign"'],
    options: (command) => {
      command.addOption(AMOUNT).option('--note <text>', 'why').addOption(KEY);
    },
    async run({ args, flags, connect, show }) {
      const body = { to: args[1], amount_usd: flags.amount, note: flags.note ?? null };
      const call = { method: 'POST' as const, path: `${pathOf(args[0])}/transfers`, body, headers: keyOf(flags) };
      const made = asObject(await connect('admin').client.call(call)) ?? {};
      show(made, () => `✓ ${String(made['amount_usd'])} USD moved from ${String(made['from'])} to ${String(made['to'])}.`);
      return 0;
    },
  });
}

function pathOf(team: string | undefined): string {
  return `/admin/v1/teams/${encodeURIComponent(team ?? '')}`;
}

function keyOf({ idempotencyKey }: TransferFlags) {
  return { 'idempotency-key': idempotencyKey ?? randomUUID() };
}

function grantTable(grants: readonly JsonObject[]): string {
  if (grants.length === 0) return 'No grants.';
  const columns = ['id', 'amount_usd', 'used_usd', 'expires_at', 'lapsed_at', 'note'];
  return table(
    ['GRANT', 'USD', 'USED USD', 'EXPIRES', 'LAPSED', 'NOTE'],
    grants.map((grant) => columns.map((name) => asText(grant[name]) ?? '')),
  );
}
