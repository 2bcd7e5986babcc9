/** A value as JSON knows it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
