/** Scripted players that read nothing but the pictures, and say what they saw: what a small model can be taught. */
export type { Lesson, Place, Teacher, Things } from './teacher.js';
export { teacherOf } from './teacher-of.js';
