/** The bridge as plain JavaScript, for tests that need it in a process of its own. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { projectPaths, projectRoot, pythonCommand } from '../../src/core/project-paths.js';

/** Compiles `src/core` and `src/env-bridge` into `folder`; the URL of the bridge's index. */
export function compileBridge(folder: string): string {
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  for (const room of ['core', 'env-bridge']) {
    const source = fileURLToPath(new URL(`../../src/${room}`, import.meta.url));
    mkdirSync(join(folder, room));
    for (const name of readdirSync(source)) {
      const { outputText } = ts.transpileModule(readFileSync(join(source, name), 'utf8'), {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
      });
      writeFileSync(join(folder, room, name.replace(/\.ts$/, '.js')), outputText);
    }
  }
  return pathToFileURL(join(folder, 'env-bridge', 'index.js')).href;
}

/** The environment variables with which it finds the same Python as this process. */
export function compiledBridgeEnvironment(): NodeJS.ProcessEnv {
  const python = pythonCommand();
  return { ...process.env, ...python.env, AGENT_PYTHON: python.executable, AGENT_RUNTIME: projectPaths.runtime };
}
