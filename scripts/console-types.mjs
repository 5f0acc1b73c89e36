/**
 * `npm run console:types`: writes console/src/api/schema.d.ts, the types of everything that /openapi.json describes. The file is not in
 * git: each change of the API would touch it, and made from the build it is never out of date.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installConsole } from './lib/console.mjs';
import { PrepareFailure, prepare } from './lib/prepare.mjs';
import { root } from './lib/sources.mjs';

await prepare();
const fault = await installConsole();
if (fault !== null) throw new PrepareFailure(fault);
/** @type {{ openApiDocument: (version: string) => object }} */
const { openApiDocument } = createRequire(import.meta.url)(join(root, 'dist', 'api', 'openapi', 'document.js'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const document = join(root, 'dist', 'openapi.json');
mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(document, JSON.stringify(openApiDocument(version)));
const generator = join(root, 'console', 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
execFileSync(process.execPath, [generator, document, '-o', join(root, 'console', 'src', 'api', 'schema.d.ts')], { stdio: 'inherit' });
