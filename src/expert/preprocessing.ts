/**
 * From an emulator's frame to what an expert's network was trained on, bit for bit as `agent_training.experts` does it:
 * crop, gray and box are integer arithmetic on uint8; the float steps are those of imported experts.
 */
import { AgentError, type Frame } from '../core/index.js';
import { areaResize, type Picture } from './area-resize.js';
import type { Preprocessing, PreprocessingStep } from './config.js';

/**
 * Applies the steps to one frame. The result is the caller's own.
 * Throws `unsupported_env` for a frame of another shape than the expert was trained on.
 */
export function preprocessFrame(frame: Frame, { input_shape, steps }: Preprocessing): Picture {
  const [height, width, channels] = input_shape;
  if (`${frame.shape}` !== `${input_shape}`) {
    throw new AgentError('unsupported_env', 'the expert was trained on frames of another shape', {
      expected: `[${input_shape.join(', ')}]`,
      got: `[${frame.shape.join(', ')}]`,
      next: 'play it in the game it was trained for',
    });
  }
  const start: Picture = { data: frame.data, height, width, channels };
  const end = steps.reduce(applyStep, start);
  return end === start ? { ...start, data: frame.data.slice() } : end;
}

/** Height, width and channels after all steps. */
export function pictureShape({ input_shape, steps }: Preprocessing): Omit<Picture, 'data'> {
  const [height, width, channels] = input_shape;
  const blank = { data: new Uint8Array(height * width * channels), height, width, channels };
  const { data: _, ...shape } = steps.reduce(applyStep, blank);
  return shape;
}

function applyStep(picture: Picture, step: PreprocessingStep): Picture {
  switch (step.op) {
    case 'crop':
      return crop(picture, step.top, step.left, step.height, step.width);
    case 'gray': {
      const [red, green, blue] = step.weights;
      return gray(picture, (r, g, b) => (r * red + g * green + b * blue + step.rounding) >>> step.shift);
    }
    case 'gray-float': {
      const [red, green, blue] = step.weights;
      return gray(picture, (r, g, b) => Math.trunc(r * red + g * green + b * blue));
    }
    case 'box':
      return box(picture, step.rows, step.columns);
    case 'area':
      return areaResize(picture, step.height, step.width);
  }
}

function crop({ data, width, channels }: Picture, top: number, left: number, height: number, toWidth: number): Picture {
  const out = new Uint8Array(height * toWidth * channels);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * width + left) * channels;
    out.set(data.subarray(start, start + toWidth * channels), y * toWidth * channels);
  }
  return { data: out, height, width: toWidth, channels };
}

function gray({ data, height, width }: Picture, mix: (r: number, g: number, b: number) => number): Picture {
  const out = new Uint8Array(height * width);
  for (let i = 0, at = 0; i < out.length; i++, at += 3) {
    out[i] = mix(data[at] as number, data[at + 1] as number, data[at + 2] as number);
  }
  return { data: out, height, width, channels: 1 };
}

/** Means of blocks, (sum + floor(n / 2)) / n rounded down; rows and columns left over at the end fall away. */
function box({ data, height, width, channels }: Picture, rows: number, columns: number): Picture {
  const toHeight = Math.floor(height / rows);
  const toWidth = Math.floor(width / columns);
  const count = rows * columns;
  const out = new Uint8Array(toHeight * toWidth * channels);
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = count >> 1;
        for (let dy = 0; dy < rows; dy++) {
          const start = ((y * rows + dy) * width + x * columns) * channels + c;
          for (let dx = 0; dx < columns; dx++) sum += data[start + dx * channels] as number;
        }
        out[(y * toWidth + x) * channels + c] = Math.floor(sum / count);
      }
    }
  }
  return { data: out, height: toHeight, width: toWidth, channels };
}
