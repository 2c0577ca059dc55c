/** The activation functions a checkpoint may name, by Hugging Face's names. */
import { z } from 'zod';

export const activationSchema = z.enum(['gelu', 'gelu_new', 'gelu_pytorch_tanh', 'quick_gelu', 'silu', 'relu']);
export type Activation = z.infer<typeof activationSchema>;
