import { describe, expect, it } from 'vitest';
import { experimentNames, loadExperiment } from '../../src/experiment/config.js';
import { configOf, YAML } from './support/experiments.js';

describe("an experiment's file", () => {
  it('is shipped, and read by name or path', () => {
    expect(experimentNames()).toContain('try');
    for (const name of experimentNames()) expect(loadExperiment(name).games.length).toBeGreaterThan(0);
    expect(() => loadExperiment('tri')).toThrow(/did you mean try/);
    expect(() => loadExperiment('./none.yaml')).toThrow(/cannot be read/);
  });

  it('has the defaults of the training', () => {
    const { games, compare } = configOf(YAML);
    expect(compare).toEqual([['plain', 'good']]);
    expect(games[0]?.training).toMatchObject({ batch: 8, tellings: 1, instructions: { swapped: 0.1 } });
  });

  it.each([
    ['a field that is not there', 'budgets: [10', 'bugdets: [10', /bugdets: there is no such field.*budgets/],
    ['a field of the training', 'batch: 8', 'bach: 8', /games\[0\]\.training\.bach: there is no such field.*batch/],
    ['rounds of own play', 'batch: 8', 'batch: 8\n      steps: [3]', /training\.steps: there is no such field/],
    ['a learning encoder', 'batch: 8', 'batch: 8\n      learning: [vision]', /training\.learning: there is no such/],
    ['budgets that do not grow', '[10, 40]', '[40, 10]', /budgets grow/],
    ['too few demonstrations', '0..49', '0..42', /seeds: 39 seeds to train on for 40 episodes/],
    ['seeds of the evaluation to train on', '0..49', '100000..100049', /seeds to train on lie below 100000/],
    ['seeds of the training to evaluate on', '150000..150005', '5..9', /seeds to evaluate on begin at 100000/],
    ['a model that is not there', '[[plain, good]]', '[[plain, best]]', /compare\[0\]: two of the models good, plain/],
    ['a model against itself', '[[plain, good]]', '[[good, good]]', /compare\[0\]: two of the models/],
    ['a training twice', '[1, 2, 3]', '[1, 2, 1]', /each training seed once/],
    ['a name that is a path', 'name: small', 'name: ../small', /a name is of letters/],
    ['no list of seeds', '150000..150005', 'many', /seeds are written like/],
  ])('refuses %s, by its name', (_, before, after, message) => {
    expect(YAML).toContain(before);
    expect(() => configOf(YAML.replace(before, after))).toThrow(message);
  });
});
