import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createChainVerifier, type ChainFault, type ChainPoint, type ChainVerifier } from '../../domain/audit/chain';
import { placeOf, type ShownEntry } from '../../domain/audit/entry';
import { asList, asObject, asText, parseJson } from '../json-value';

/** A place that the chain must reach, and who says so. */
export interface KnownPoint extends ChainPoint {
  readonly name: string;
}

/** What was found of a chain. */
export interface Verdict {
  readonly fault: ChainFault | null;
  readonly entries: number;
  /** Entries whose address was forgotten. */
  readonly forgotten: number;
  readonly last: ChainPoint;
}

/** Proves a chain from its lines (JSONL), without keeping them. */
export async function verifyLines(lines: Readable, known: readonly KnownPoint[]): Promise<Verdict> {
  const verifier = createChainVerifier(
    (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    known.map(({ seq }) => seq),
  );
  const fault = (await firstFault(lines, verifier)) ?? verifier.end(known);
  return { fault, ...verifier.counts(), last: verifier.last() };
}

async function firstFault(lines: Readable, verifier: ChainVerifier): Promise<ChainFault | null> {
  let number = 0;
  for await (const line of createInterface({ input: lines, crlfDelay: Infinity })) {
    number += 1;
    if (line === '') continue;
    const entry = asObject(parseJson(line));
    if (entry === null) return { id: `line ${String(number)}`, message: 'This is no JSON object.' };
    const fault = verifier.next({ ...NOTHING, ...entry } as ShownEntry);
    if (fault !== null) return fault;
  }
  return null;
}

/** What an entry that lacks it is taken to say. */
const NOTHING = { id: '', ip: null, ip_salt: null, ip_hash: null, before: null, after: null, request_id: null, prev_hash: '', hash: '' };

/** The places that the installation itself knows: the head, and the heads that were signed. */
export function knownOf(head: unknown): readonly KnownPoint[] {
  const given = asObject(head) ?? {};
  const anchors = asList(given['anchors']).flatMap((anchor) => {
    const { kept_in: place, ...point } = asObject(anchor) ?? {};
    return pointOf(point, `the signed head in the ${place === 'database' ? 'database' : 'object store'}`);
  });
  return [...pointOf(given, 'the head of the log'), ...anchors];
}

/** Heads whose signature is not this installation's. */
export function forgedIn(head: unknown): readonly string[] {
  return asList(asObject(head)?.['anchors']).flatMap((anchor) => {
    const { genuine, kept_in: place } = asObject(anchor) ?? {};
    return genuine === true ? [] : [String(place).replace('_', ' ')];
  });
}

/** `audit_12:<hash>`, as a verification prints it; null: it is nothing of the kind. */
export function notedPoint(text: string): KnownPoint | null {
  const [id = '', hash = ''] = text.split(':');
  const seq = placeOf(id);
  return seq === null || !/^[0-9a-f]{64}$/.test(hash) ? null : { seq, hash, name: 'the head that was noted' };
}

function pointOf(value: Readonly<Record<string, unknown>>, name: string): readonly KnownPoint[] {
  const seq = placeOf(asText(value['id']) ?? '');
  return seq === null ? [] : [{ seq, hash: String(value['hash']), name }];
}
