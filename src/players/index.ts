/** Who plays: every kind of player, and the registry that finds them by name. See docs/players.md. */
export { createConstantPolicy, createNoopPolicy } from './constant.js';
export { createExpertPolicy } from './expert.js';
export type { Budget, BudgetLimits, BudgetSpent } from './http/budget.js';
export { endpointNames } from './http/load.js';
export { openServices, type Services, type ServicesOptions } from './http/services.js';
export { checkPolicy, createPolicy, createView, defaultPolicy, needsOf, playedBy, policyKinds } from './kinds.js';
export { definePolicy } from './module.js';
export type { Move, Person } from './person.js';
export { type PlannedPlayer, requirePlayable } from './playable.js';
export { createRandomPolicy } from './random.js';
export { type PolicyContext, type PolicyKind, policyUsage, type ViewContext } from './registry.js';
export { createScriptPolicy, parseScript, type Script, type ScriptEnd } from './script.js';
export { isShippedPolicy } from './shipped.js';
export { type Player, type SimplePolicyOptions, simplePolicy } from './simple-policy.js';
export { teacherPolicy } from './teacher.js';
export { playingModel } from './vision-language/kinds.js';
export { PAPER_MODELS } from './vision-language/paper-models.js';
export { createPaeLammPolicy, modelAnswers, modelPolicy } from './vision-language/player.js';
