import { z } from 'zod';

/** What a request says to use a template, beside the fields of its endpoint. */
export const templateFields = {
  template: z
    .string()
    .min(1)
    .max(80)
    .nullish()
    .describe('A template, "product-shot" (its published version) or "product-shot@2"; what it sets need not be given.'),
  inputs: z.record(z.string(), z.unknown()).nullish().describe("Values of the template's inputs, by name."),
};
