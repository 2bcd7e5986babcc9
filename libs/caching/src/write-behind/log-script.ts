import { readFileSync } from 'node:fs';
import { LuaScript } from '../topology/lua-script.js';

/** One Lua script of the write log. */
export class LogScript extends LuaScript {
  constructor(file: string) {
    super(readFileSync(new URL(`./scripts/${file}.lua`, import.meta.url), 'utf8'));
  }
}
