#!lua
-- through: makes one operation a claimed record of its own, past the limits of the log, when nothing else is in the log for
-- its name: what is accepted meanwhile comes after it, and what was accepted before has been applied.
-- KEYS[1] sequence, KEYS[2] log, KEYS[3] counts, KEYS[4] claimed record, KEYS[5] pending record, KEYS[6] receipt of the id;
-- one {hash tag}, so one slot.
-- ARGV[1] name, ARGV[2] parameters, ARGV[3] id ('' for none), ARGV[4] how long its receipt is kept in ms, ARGV[5] the seal of
-- a log that has none; then kind, how many fields are set, how many are added to, the names and then the values of both, or
-- the value that replaces all, as in append.lua.
-- Returns { position, entries, bytes, seal }; the position is '' while the name has another record, and of an operation whose
-- id is known the one that it was given then, negative. O(fields).
local OVERHEAD = 400 -- as in append.lua
local known = ARGV[3] ~= '' and redis.call('GET', KEYS[6])
local counted = redis.call('HMGET', KEYS[3], 'entries', 'bytes', 'seal')
local seal = counted[3]
if not seal then
  seal = ARGV[5]
  redis.call('HSET', KEYS[3], 'seal', seal)
end
if known then return { '-' .. known, '0', '0', seal } end
if redis.call('EXISTS', KEYS[4], KEYS[5]) > 0 then return { '', counted[1] or '0', counted[2] or '0', seal } end
local last = redis.call('INCR', KEYS[1])
if last == 1 then -- as in append.lua
  local born = redis.call('TIME')
  local first = string.format('%.0f', born[1] * 1000000 + born[2])
  redis.call('SET', KEYS[1], first)
  redis.call('HSET', KEYS[3], 'born', first)
  last = redis.call('INCR', KEYS[1])
end
local position = string.format('%.0f', last)
local time = redis.call('TIME')
local record = {
  '#name', ARGV[1], '#params', ARGV[2], '#first', position, '#last', position, '#count', '1',
  '#at', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)),
}
local bytes = OVERHEAD + 2 * #ARGV[1] + #ARGV[2]
local function put(field, text)
  record[#record + 1] = field
  record[#record + 1] = text
  bytes = bytes + #field + #text
end
local fields = ARGV[7] + ARGV[8]
if ARGV[6] == 'replace' then put('#value', ARGV[9]) end
if ARGV[6] == 'delete' then put('#delete', '1') end
for index = 9, 8 + fields do put(ARGV[index], ARGV[index + fields]) end
put('#entry', redis.call('XADD', KEYS[2], '*', 'n', ARGV[1]))
put('#bytes', string.format('%.0f', bytes))
bytes = tonumber(record[#record])
redis.call('HSET', KEYS[4], unpack(record))
if ARGV[3] ~= '' then redis.call('SET', KEYS[6], position, 'PX', ARGV[4]) end
redis.call('HINCRBY', KEYS[3], 'depth', 1)
local entries = redis.call('HINCRBY', KEYS[3], 'entries', 1)
return { position, entries, redis.call('HINCRBY', KEYS[3], 'bytes', bytes), seal }
