import type { ProviderAdapter } from '../../../domain/provider';

export function createSandboxAdapter(): ProviderAdapter {
  return { drawsWatermark: false };
}
