import { valueOfText } from '../../domain/template/inputs';
import type { TemplateInputs } from '../../domain/template/template';

/** Values of inputs as a form gives them, all of them text, with the types of their inputs. */
export function valuesOfForm(declared: TemplateInputs, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const input = Object.hasOwn(declared, name) ? declared[name] : undefined;
      return [name, input === undefined || typeof value !== 'string' ? value : valueOfText(input, value)];
    }),
  );
}
