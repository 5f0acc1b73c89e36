import { AppError } from '../../../../domain/errors';
import { textFaultMessage } from '../../../../domain/text-bytes';
import { textLines, type NumberedLine } from '../../../http/text-lines';
import { describeBytes } from '../../../uploads/limits';

/** What is wrong with a file at this line, so that no more of it can be read. */
function lineFault(code: 'request_too_large' | 'invalid_value', message: string, line: number): AppError {
  return new AppError(code, message, { details: { line } });
}

/**
 * The lines of a file of requests (`textLines`).
 * @throws AppError of `lineFault` for a longer line, or bytes that are no text
 */
export function numberedLines(chunks: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<NumberedLine> {
  return textLines(chunks, maxLineBytes, {
    tooLong: (number) => lineFault('request_too_large', `The line is longer than ${describeBytes(maxLineBytes)}.`, number),
    notText: (fault, base, number) => lineFault('invalid_value', textFaultMessage(fault, `Line ${number}`, base), number),
  });
}
