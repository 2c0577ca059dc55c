/** docs/games.md tells the truth: every field is in it, and its example is a game. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gameSchema, listGames, parseGame, promptText } from '../../src/agent/index.js';
import { carracing } from './support/games.js';

const manual = readFileSync('docs/games.md', 'utf8');

/** The paths of all fields of a JSON schema, as the manual writes them. */
function fieldsOf(schema: z.core.JSONSchema.JSONSchema, path = ''): string[] {
  const items = schema.items as z.core.JSONSchema.JSONSchema | undefined;
  if (items?.properties) return [path, ...fieldsOf(items, `${path}[]`)];
  if (!schema.properties) return [path];
  return Object.entries(schema.properties).flatMap(([name, inner]) =>
    fieldsOf(inner as z.core.JSONSchema.JSONSchema, path === '' ? name : `${path}.${name}`),
  );
}

describe('docs/games.md', () => {
  it('explains every field, and no other', () => {
    const fields = fieldsOf(z.toJSONSchema(gameSchema, { io: 'input' }));
    const explained = [...manual.matchAll(/^\| `([a-z_.[\]]+)` \|/gm)].map((match) => match[1] ?? '');
    const reasons = ['empty', 'illegal', 'ambiguous'];
    // What a file extends is no field of a game any more when the schema sees it.
    expect(explained.filter((field) => !reasons.includes(field))).toEqual(['extends', ...fields]);
    expect(fields.length).toBeGreaterThan(30);
  });

  it('has an example that is a game', () => {
    const example = /```yaml\n(name: freeway[\s\S]*?)```/.exec(manual)?.[1] ?? '';
    expect(parseGame(example, 'freeway.yaml').actions).toHaveLength(3);
  });

  it('shows the template that is the default', () => {
    const template = /```\n(\{instructions\}[\s\S]*?)\n```/.exec(manual)?.[1];
    expect(template).toBe(carracing.prompt.template);
    expect(manual).toContain(`| \`${carracing.prompt.frame}\` |`);
    expect(manual).toContain(`| \`${carracing.prompt.action}\` |`);
  });

  it('is about a schema that every shipped game passes with all it says', () => {
    for (const game of listGames()) expect(promptText(game, game.frames, 0)).not.toMatch(/\{[a-z]+\}/);
  });
});
