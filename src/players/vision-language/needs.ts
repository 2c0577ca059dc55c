import type { Need } from '../../agent/loop/needs.js';

/** What a vision-language model cannot play without. */
export const NEEDS: readonly Need[] = ['pictures', 'named actions'];
