/** Text on its way to and from the language model. */
export { ChatTemplate, type Message, type MessagePart } from './chat-template.js';
export { type SpecialTokens, Tokenizer } from './tokenizer.js';
