/** How well does a model see: thresholds as psychophysics measures them. */
export { type EyePlanFile, PLAN_FILE, readPlan, writePlan } from './answers-file.js';
export { evaluateEyes, eyeFolders, modelsIn, type Progress } from './evaluate.js';
export { type PersonOptions, testPerson } from './human/test-person.js';
export { NUMBER_TESTS } from './numbers/index.js';
export { type NumberResult, numberResultOf } from './numbers/number-results.js';
export { readNumberRuns } from './numbers/run-numbers.js';
export { questionGame, questionSpec } from './question-game.js';
export { asMarkdown } from './report/as-text.js';
export {
  buildEyeReport,
  type EyeReport,
  requireTested,
  type ScoresBeside,
  thresholdInWords,
} from './report/eye-report.js';
export { withoutFrames, writeEyeReport } from './report/write-eye-report.js';
export { type EyeTestResult, resultOf } from './results.js';
export { eyeTest, readRuns, runEyeTests } from './run.js';
export { readScores } from './scores/read-scores.js';
export { type EyePlan, TestRun } from './test-run.js';
export { EYE_TESTS, type EyeTest } from './tests/index.js';
export { testsThere } from './tests-there.js';
