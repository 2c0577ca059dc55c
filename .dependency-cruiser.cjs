/**
 * The layers of src/: a room may import itself and rooms below it, never one above. `doctor` stands beside
 * `evaluation`.
 */
const layers = [
  'core',
  'env-bridge',
  'agent',
  'model',
  'expert',
  'players',
  'record',
  'replay',
  'video',
  'datasets',
  'training',
  'service',
  'evaluation',
  'sights',
  'instructions',
  'segmentation',
  'report',
  'view',
  'eyetest',
  'queue',
  'experiment',
  'cli',
];
const beside = { doctor: 'evaluation' };

const upward = (room, own) => {
  const rank = layers.indexOf(own);
  const above = layers.slice(rank + 1);
  const sideways = Object.keys(beside).filter((name) => name !== room && layers.indexOf(beside[name]) >= rank);
  const neighbour = beside[room] ? [beside[room]] : [];
  return [...above, ...sideways, ...neighbour];
};

const layerRules = [...layers, ...Object.keys(beside)]
  .map((room) => ({ room, forbidden: upward(room, beside[room] ?? room) }))
  .filter(({ forbidden }) => forbidden.length > 0)
  .map(({ room, forbidden }) => ({
    name: `${room}-imports-downward`,
    comment: `src/${room} may import only rooms below it`,
    severity: 'error',
    from: { path: `^src/${room}/` },
    to: { path: `^src/(${forbidden.join('|')})/` },
  }));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'known-room',
      comment: 'A room is listed here, with its place among the layers, before it is used',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: `^src/(${[...layers, ...Object.keys(beside)].join('|')})/` },
    },
    {
      name: 'no-command-imports-another',
      comment: 'What two commands need lies in src/cli/shared, or in the room that does the work',
      severity: 'error',
      from: { path: '^src/cli/(commands|shared)/', pathNot: '^src/cli/commands/train\\.ts$' },
      to: { path: '^src/cli/commands/' },
    },
    {
      name: 'page-knows-the-report-only',
      comment: 'The page is a function of the report; it must not pull in the harness',
      severity: 'error',
      from: { path: '^src/report/page/' },
      to: { path: '^src/', pathNot: '^src/report/(page/|report-data\\.ts$|format\\.ts$|spent-table\\.ts$)' },
    },
    {
      name: 'tensorflow-through-the-runtime',
      comment: 'src/model/runtime chooses TensorFlow, device and precision; a second way in would choose again',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/model/runtime/' },
      to: { path: 'node_modules/@tensorflow/tfjs-node', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-test-in-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or miss a third',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'dev-packages-stay-out-of-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
