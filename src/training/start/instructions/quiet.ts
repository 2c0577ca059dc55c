/** Parts of a decoder that write by chance, kept from where a start that reads instructions needs exact values. */
import type { TextConfig } from '../../../model/config/index.js';
import type { Parameters } from '../../../model/network/parameters.js';
import { lookUpHeads } from '../code/decoder.js';
import { CODE, MARKS } from '../code/layout.js';
import { edit } from '../edit-parameter.js';
import { at } from '../things/slots.js';
import { INSTRUCTIONS_END, JUDGE, mark } from './layout.js';

/** Nothing is written by chance where lines keep names and truth, nor where marks say which number follows. */
export function quieten(parameters: Parameters, { layers }: TextConfig): void {
  const first = mark('isText');
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ['attention.out', 'mlp.out']) {
      edit(parameters, `language.${layer}.${part}.kernel`, (matrix) => {
        matrix.scaleColumns(first, INSTRUCTIONS_END - first, 0);
        for (const one of ['isNoun', 'isAdjective', 'isAsking', 'isBegin'] as const) matrix.scaleColumns(at(one), 1, 0);
        if (layer < JUDGE) return;
        matrix.scaleColumns(CODE.content.start, CODE.content.size, 0);
        // The heads of the last layer that answer edges write marks.
        if (layer === JUDGE || part === 'mlp.out') matrix.scaleColumns(CODE.isRow.start, MARKS, 0);
      });
    }
  }
}

/** What is looked up is content alone: the first token, where text rests, has none, and so text takes nothing over. */
export function lookUpContentAlone(parameters: Parameters, config: TextConfig): void {
  const { heads, keyValueHeads, headDim } = config;
  const values = { start: (heads + keyValueHeads) * headDim, size: lookUpHeads(config) * headDim };
  edit(parameters, 'language.1.attention.in.kernel', (matrix) => {
    const behind = CODE.unit.start + CODE.unit.size;
    matrix.scaleBlock({ start: 0, size: CODE.content.start }, values, 0);
    matrix.scaleBlock({ start: behind, size: config.hiddenSize - behind }, values, 0);
  });
}
