import { z } from 'zod';

/** Body of `POST /admin/v1/config/check` and `/apply`. */
export const configSchema = z
  .strictObject({
    yaml: z.string().max(1_000_000),
    env: z.record(z.string().max(255), z.string().max(10_000)).default({}),
  })
  .meta({ id: 'Configuration' });

const names = z.array(z.string());
export const faultsSchema = z.object({ ok: z.boolean(), faults: z.array(z.object({ path: z.string(), message: z.string() })) });
export const reportSchema = z.object({ version: z.int(), created: names, updated: names, disabled: names, unchanged: names });
export const exportSchema = z.object({
  yaml: z.string(),
  variables: names.describe('The environment variables that stand in the file for secrets.'),
});
export const secretSchema = z.object({ team: z.string(), callback_secret: z.string() });
export const ledgerQuery = z.strictObject({
  full: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Read again what was proved earlier, too, and compare it with what it was then.' }),
});
export const ledgerSchema = z
  .object({
    ok: z.boolean(),
    accounts: z.int(),
    entries: z.int(),
    sealed_entries: z
      .int()
      .optional()
      .meta({ description: 'Of these, in ranges that are over and were proved earlier: not read again. Absent while there are none.' }),
    open_reservations: z.int(),
    problems: names,
  })
  .meta({ id: 'LedgerReport' });
