/** Keys of the choices of an eye test. */

/** Digits are their own keys; other choices have 1 to 9 in their order. */
export function choiceKeys(choices: readonly string[]): string[] {
  const areDigits = choices.every((choice) => /^\d$/.test(choice));
  return choices.map((choice, index) => (areDigits ? choice : String(index + 1)));
}
