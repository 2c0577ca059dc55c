/** JSON values as types, so that what goes to a file or over the wire is plain data by construction. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
