#!/usr/bin/env node
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '..', 'dist', 'cli', 'main.js');
if (existsSync(main)) {
  require(main);
} else {
  process.stderr.write('Atelier is not built yet: run `npm start` (or `npm run build`) in the checkout once.\n');
  process.exitCode = 1;
}
