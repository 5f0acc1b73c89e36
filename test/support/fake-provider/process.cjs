/**
 * The fake provider as a process of its own: `node test/support/fake-provider/process.cjs [port]` prints `{"port":n}` on one line and
 * runs until it is ended. It is told what to do over HTTP (control.ts).
 */
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => {
  const options = { filename, jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } };
  module._compile(transformSync(readFileSync(filename, 'utf8'), options).code, filename);
};

require('./index.ts')
  .startFakeProvider({ port: Number(process.argv[2] ?? 0) })
  .then((fake) => process.stdout.write(`${JSON.stringify({ port: fake.port })}\n`));
