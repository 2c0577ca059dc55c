/** The parameters of a CLIP, and the tensors of a checkpoint that each is made of. */
import { Builder, encoderSpecs, type ParameterSpec, visionSpecs } from '../../model/network/parameter-specs.js';
import type { ClipConfig } from './config.js';

/**
 * Every parameter: the vision tower (`vision.`), the text tower (`text.`), and what brings them together (`contrast.`).
 */
export function clipSpecs({ vision, text, projection }: ClipConfig): ParameterSpec[] {
  const tower = new Builder('text', 'text_model.');
  tower.plain('tokens', 'embeddings.token_embedding.weight', [text.vocabularySize, text.hiddenSize]);
  tower.plain('positions', 'embeddings.position_embedding.weight', [text.positions, text.hiddenSize]);
  encoderSpecs(tower, text.layers, text.hiddenSize, text.intermediateSize);
  tower.norm('norm', 'final_layer_norm', text.hiddenSize, true);
  const contrast = new Builder('contrast', '');
  contrast.linear('image', [['visual_projection', projection]], vision.hiddenSize, false);
  contrast.linear('text', [['text_projection', projection]], text.hiddenSize, false);
  contrast.plain('temperature', 'logit_scale', []);
  return [...visionSpecs(vision, 'vision_model.'), ...tower.specs, ...contrast.specs];
}
