import type { Table } from '../../lib/table';

const THINGS = ['tin', 'cup', 'bottle', 'vase', 'box', 'lamp', 'pot', 'jar', 'bowl', 'teapot', 'gift box', 'glass'];
const LIGHTS = ['in calm morning light', 'at dusk', 'on linen, warm light'];

/** Twelve prompts for whoever has no spreadsheet at hand. Prompts are content, the same in every language. */
export function exampleTable(): Table {
  const rows = THINGS.map((thing, index) => [`example-${index + 1}`, `A ${thing} on a table, ${LIGHTS[index % LIGHTS.length] ?? ''}`]);
  return { titles: ['key', 'prompt'], rows };
}
