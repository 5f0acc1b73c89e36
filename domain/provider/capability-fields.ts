import type { Capabilities } from './catalogue';

/** Capabilities in the spelling of the configuration file: `max_input_images` of `maxInputImages`. */
export function capabilityFields(capabilities: Capabilities): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(capabilities).map(([name, value]: [string, unknown]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
