import { stringify } from 'yaml';
import { AppError } from '../../domain/errors';
import type { TemplateText } from '../../domain/template/template';
import { readYaml } from './yaml';

/** Templates as YAML, which is JSON too. */
export function createTemplateText(): TemplateText {
  return {
    // Texts are kept on their lines: what is folded is hard to compare.
    write: (document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }),
    read(text) {
      const read = readYaml(text);
      if ('value' in read) return read.value;
      const [first] = read.faults;
      const what =
        first === undefined ? 'it cannot be read' : first.path === '(file)' ? 'it is empty or too large' : `${first.path} ${first.message}`;
      throw new AppError('invalid_value', `The template is not valid YAML: ${what}.`, { details: read.faults });
    },
  };
}
