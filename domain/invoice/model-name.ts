/** The parts of a model's name that tell it from others, in an order of their own: dates of versions and what follows a comma are left out. */
function partsOf(name: string): readonly string[] {
  const [label = ''] = name.toLowerCase().split(/[,|]/);
  return label
    .replace(/[-@_ ](20\d{2}-?\d{2}-?\d{2}|latest)$/, '')
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '')
    .sort();
}

/**
 * Finds the model that an invoice means among those that we called: "Claude Haiku 4.5" is `claude-haiku-4-5-20251001`, OpenAI's line item
 * "gpt-5-mini-2025-08-07, input" is `gpt-5-mini`, and Google's SKU "Gemini 2.5 Flash GA Text Input" is `gemini-2.5-flash`.
 * @returns null when none fits
 */
export function modelMeant(label: string, models: Iterable<string>): string | null {
  const wanted = partsOf(label);
  const inLabel = new Set(wanted);
  let best: { readonly model: string; readonly parts: number } | null = null;
  for (const model of models) {
    const parts = partsOf(model);
    if (parts.join(' ') === wanted.join(' ')) return model;
    if (parts.length > (best?.parts ?? 1) && parts.every((part) => inLabel.has(part))) best = { model, parts: parts.length };
  }
  return best?.model ?? null;
}
