import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MODALITIES, type Modality } from '../../domain/provider/catalogue';
import { dearestPrice } from '../../domain/money/dearest-price';
import type { Price } from '../../domain/money/price';
import { PROVIDER_KINDS } from '../providers/kinds';
import { describeIssues } from './issues';
import { costOption, priceFaults, toPrice } from './price-schema';

const day = z.iso.date('must be a date such as "2026-11-24"');
const rows = z.array(
  z
    .strictObject({
      kind: z.string().min(1),
      model: z.string().min(1),
      modality: z.enum(MODALITIES),
      price: costOption,
      source: z.string().min(1),
      as_of: day,
      shutdown_date: day.optional(),
    })
    .superRefine(({ price, modality }, context) => {
      for (const { option, message } of priceFaults(price, modality)) {
        context.addIssue({ code: 'custom', path: ['price', ...(option === '' ? [] : [option])], message });
      }
    }),
);

/** What a vendor takes for a model by its price list: a row of prices/*.json. */
export interface CatalogueRow {
  readonly modality: Modality;
  readonly price: Price;
  readonly source: string;
  /** ISO dates. */
  readonly asOf: string;
  readonly shutdownDate: string | null;
}

/** The rows of a folder of price files, by kind and model. @throws Error that names file and row, for one that is wrong or there twice */
export function readPriceCatalogue(folder: string): ReadonlyMap<string, CatalogueRow> {
  const found = new Map<string, CatalogueRow>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const parsed = rows.safeParse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    if (!parsed.success) {
      const faults = describeIssues(parsed.error.issues).map(({ path, message }) => `  ${path}: ${message}`);
      throw new Error(`The price file ${join(folder, file)} is wrong:\n${faults.join('\n')}`);
    }
    for (const { kind, model, modality, price, source, as_of, shutdown_date } of parsed.data) {
      if (found.has(keyOf(kind, model)))
        throw new Error(`The price of ${model} at ${kind} is in ${folder} twice, the second time in ${file}.`);
      found.set(keyOf(kind, model), { modality, price: toPrice(price), source, asOf: as_of, shutdownDate: shutdown_date ?? null });
    }
  }
  return found;
}

/** Beside the folder of this code, in the checkout and in the build. */
const FOLDER = join(__dirname, '..', '..', 'prices');
let shipped: ReadonlyMap<string, CatalogueRow> | undefined;

/** The row of a model at a kind of provider; undefined when the catalogue has none. */
export function catalogueRow(kind: string, model: string): CatalogueRow | undefined {
  shipped ??= readPriceCatalogue(FOLDER);
  return shipped.get(keyOf(kind, model));
}

/**
 * What a kind of provider takes for a model: its row, free for kinds that call nothing outside; null when nothing is known.
 * @example catalogueCost('runway', 'gen4_turbo') // { kind: 'per_second', rows: [{ resolution: null, audio: null, each: 50_000_000_000n }] }
 */
export function catalogueCost(kind: string, model: string): Price | null {
  if (PROVIDER_KINDS.some((descriptor) => descriptor.kind === kind && descriptor.address === 'none')) return { kind: 'free' };
  return catalogueRow(kind, model)?.price ?? null;
}

/** A route as the file names it, with the kind of its provider. */
export interface PricedRoute {
  readonly kind: string;
  readonly provider: string;
  readonly model: string;
}

/**
 * The price of a model that is to take the catalogue's: of several routes the dearest at every size and resolution, so that no reservation
 * is too low. The fault says which route keeps it from having one.
 */
export function cataloguePrice(modality: Modality, routes: readonly PricedRoute[]): { readonly price: Price } | { readonly fault: string } {
  const prices: Price[] = [];
  for (const [index, { kind, provider, model }] of routes.entries()) {
    const price = catalogueCost(kind, model);
    const which = `routes[${index}] (${model} at ${provider}, kind ${kind})`;
    if (price === null) return { fault: `is catalogue, but the catalogue has no price for ${which}; give the price here` };
    const row = catalogueRow(kind, model);
    if (row !== undefined && row.modality !== modality) {
      return { fault: `is catalogue, but the catalogue's price for ${which} is for ${row.modality}; give the price here` };
    }
    prices.push(price);
  }
  const price = dearestPrice(prices);
  return price === null ? { fault: 'is catalogue, but the prices of its routes are in different units; give the price here' } : { price };
}

function keyOf(kind: string, model: string): string {
  return JSON.stringify([kind, model]);
}
