/** `atelier lab`: the servers of all vendors in a process of their own, under the supervisor of `npm start -- --lab`. */
import { writeFileSync } from 'node:fs';
import { labConfiguration, labKinds } from './configuration';
import { startLab } from './lab';
import { VENDORS } from './vendors';

async function main(): Promise<void> {
  process.title = 'atelier lab';
  const ports = JSON.parse(process.env['ATELIER_LAB_PORTS'] ?? '{}') as Record<string, number>;
  const file = process.env['ATELIER_LAB_FILE'];
  const kinds = labKinds();
  const lab = await startLab(
    VENDORS.filter(({ kind }) => kinds.includes(kind)),
    ports,
  );
  if (file !== undefined) writeFileSync(file, JSON.stringify(labConfiguration((kind) => lab.url(kind))));
  process.stdout.write(`The lab imitates ${kinds.join(', ')}. Nothing it makes comes from a model.\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
  // The supervisor died: nobody would end us.
  process.once('disconnect', () => process.exit(0));
}

if (process.argv[2] === 'kinds') {
  process.stdout.write(JSON.stringify(labKinds()));
} else {
  main().catch((error: unknown) => {
    process.stderr.write(`The lab could not start: ${String(error)}\n`);
    process.exitCode = 1;
  });
}
