import { createOpenAiLab } from './openai';
import { createAnthropicLab } from './anthropic';
import { createArkLab } from './ark';
import { createDashScopeLab } from './dashscope';
import { createFalLab } from './fal';
import { createGeminiLab } from './gemini';
import { createKlingLab } from './kling';
import { createMiniMaxLab } from './minimax';
import type { LabVendor } from './vendor';
import { createVertexLab } from './vertex';

/** Every vendor's server of the lab. */
export const VENDORS: readonly LabVendor[] = [
  createAnthropicLab(),
  createArkLab(),
  createDashScopeLab(),
  createFalLab(),
  createGeminiLab(),
  createKlingLab(),
  createMiniMaxLab(),
  createOpenAiLab(),
  createVertexLab(),
];
