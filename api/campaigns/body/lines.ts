import { AppError } from '../../../domain/errors';
import { textFaultMessage } from '../../../domain/text-bytes';
import { textLines } from '../../http/text-lines';
import { describeBytes } from '../../uploads/limits';

/**
 * The lines of a file of items (`textLines`).
 * @throws AppError `request_too_large` for a longer line, `invalid_campaign_items` naming the byte for one that is no text
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<string> {
  const lines = textLines(chunks, maxLineBytes, {
    tooLong: (number) =>
      new AppError('request_too_large', `Line ${number} of the items is longer than ${describeBytes(maxLineBytes)}.`, { param: 'items' }),
    notText(fault, base, number, index) {
      const message = textFaultMessage(fault, `Line ${number} of the items`, base);
      const details = [{ index, key: null, param: null, message }];
      return new AppError('invalid_campaign_items', `${message} Nothing was stored.`, { param: 'items', details });
    },
  });
  for await (const { text } of lines) yield text;
}
