import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { permissionPage } from '../../domain/access/permission-page';

const ROOT = join(__dirname, '../..');
const PAGE = join(ROOT, 'docs/permissions.md');

test('docs/permissions.md is what the router enforces', () => {
  const formatter = [join(ROOT, 'node_modules/prettier/bin/prettier.cjs'), '--stdin-filepath', PAGE];
  const text = execFileSync(process.execPath, formatter, { input: permissionPage(), encoding: 'utf8', cwd: ROOT });
  if (process.env['ATELIER_WRITE_PERMISSIONS'] === '1') writeFileSync(PAGE, text);
  // Wrong? Look at the change of the table, then run: npm run docs:permissions
  expect(readFileSync(PAGE, 'utf8')).toBe(text);
});
