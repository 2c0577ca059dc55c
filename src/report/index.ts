/** Reports on episode records, for people and for programs. See docs/report.md. */
export * from './build-report.js';
export * from './report-data.js';
export * from './write-report.js';
