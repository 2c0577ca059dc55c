/**
 * Aliases of a YAML document that cannot be followed: without an anchor, within their own anchor, or so many of them in
 * one another that the file would become endless. Looked for before anything is made of the document.
 */
import { type Alias, type Document, isAlias, isCollection, isPair, type Node, visit } from 'yaml';

/** Places that a file may come to when every alias is written out. */
const MAX_PLACES = 100_000;

export interface AliasProblem {
  readonly alias: Alias;
  /** Keys and indexes on the way to it. */
  readonly path: readonly (string | number)[];
  readonly summary: string;
}

export function aliasProblems(document: Document): AliasProblem[] {
  const problems: AliasProblem[] = [];
  const sizes = new Map<Node, number>();
  visit(document, {
    Alias: (_key, alias, ancestors) => {
      const target = alias.resolve(document);
      const report = (summary: string): void => {
        problems.push({ alias, path: pathOf([...ancestors, alias]), summary });
      };
      if (target === undefined) report(`*${alias.source} names no anchor (&${alias.source}) before it`);
      else if (ancestors.includes(target)) report(`*${alias.source} stands within its own anchor, without an end`);
    },
  });
  if (problems.length > 0) return problems;
  // Without a circle every alias has a size of its own, and anchors come before what names them.
  visit(document, {
    Alias: (_key, alias, ancestors) => {
      if (sizeOf(alias, document, sizes) <= MAX_PLACES) return;
      const summary = `*${alias.source} and the aliases in it come to more than ${MAX_PLACES} places`;
      problems.push({ alias, path: pathOf([...ancestors, alias]), summary });
      return visit.BREAK;
    },
  });
  return problems;
}

function sizeOf(node: unknown, document: Document, sizes: Map<Node, number>): number {
  if (isPair(node)) return sizeOf(node.value, document, sizes);
  if (isAlias(node)) return sizeOf(node.resolve(document), document, sizes);
  if (!isCollection(node)) return 1;
  const known = sizes.get(node);
  if (known !== undefined) return known;
  const size = node.items.reduce<number>((sum, item) => sum + sizeOf(item, document, sizes), 1);
  sizes.set(node, size);
  return size;
}

function pathOf(way: readonly unknown[]): (string | number)[] {
  return way.flatMap((part, index): (string | number)[] => {
    if (isPair(part)) return [String(part.key)];
    const parent = way[index - 1];
    return isCollection(parent) && !isPair(part) ? [parent.items.indexOf(part as never)] : [];
  });
}
