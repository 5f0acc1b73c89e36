import type { Readable } from 'node:stream';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { TextDecoder } from 'node:util';
import { isAppError } from '../../../../domain/errors';
import { damaged } from './archive';

/** What is done with the parts of an XML file. Names are without their prefixes. */
export interface XmlHandlers {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly close?: (name: string) => void;
  readonly text?: (text: string) => void;
}

/** Reads XML as it comes, and pauses after each piece. Entities of its own are not known to the parser: a document can't grow by them. */
export async function* xmlPieces(stream: Readable, { open, close, text }: XmlHandlers): AsyncGenerator<void> {
  const parser = new SaxesParser();
  const decoder = new TextDecoder('utf-8');
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => open(plain(name), attributes));
  parser.on('closetag', ({ name }) => close?.(plain(name)));
  parser.on('text', (piece) => text?.(piece));
  parser.on('error', () => {
    throw damaged();
  });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      parser.write(decoder.decode(chunk, { stream: true }));
      yield;
    }
    parser.write(decoder.decode()).close();
    yield;
  } catch (error) {
    throw isAppError(error) ? error : damaged();
  }
}

/** Reads XML to its end. */
export async function readXml(stream: Readable, handlers: XmlHandlers): Promise<void> {
  const pieces = xmlPieces(stream, handlers);
  while ((await pieces.next()).done !== true);
}

function plain(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
