/** Reports on episode records, for people and for programs. See docs/report.md. */
export * from './build-report.js';
export { findRecords } from './find-records.js';
export * from './report-data.js';
export * from './write-report.js';
