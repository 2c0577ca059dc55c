/**
 * GPT-2's way to write bytes as visible characters, which `ByteLevel` of Hugging Face's tokenizers uses: printable
 * Latin-1 stands for itself, every other byte for a character from U+0100 on.
 */

const PRINTABLE: readonly (readonly [first: number, last: number])[] = [
  [0x21, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
];

/** The character of each byte, by its value. */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

function byteCharacters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = PRINTABLE.some(([first, last]) => byte >= first && byte <= last);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}

const encoder = new TextEncoder();

/** A text as the vocabulary spells it: one character a byte of its UTF-8. */
export function spell(text: string): string {
  return Array.from(encoder.encode(text), (byte) => BYTE_CHARACTERS[byte] as string).join('');
}
