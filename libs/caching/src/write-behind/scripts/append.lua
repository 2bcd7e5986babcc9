#!lua
-- append: accepts operations into the write log: each gets its partition's next position and is merged into the pending
-- record of its name; a name that had no record is entered in the log's stream.
-- KEYS[1] sequence, KEYS[2] log, KEYS[3] counts; then for each operation its pending record, its claimed record and the
-- receipt of its id; one {hash tag}, so one slot.
-- ARGV[1] how long a receipt is kept in ms; then for each operation: name, parameters, id ('' for none), for how many
-- it stands, 'tell' or '', kind ('replace', 'delete', 'change'), value, how many fields are set, field and value of each,
-- how many fields are added to, field and addend of each.
-- Returns { answers, entries, bytes }; an answer is { position, 1 when the operation opened the record, claimed record,
-- pending record }, the records as flat lists and empty unless 'tell'. O(fields). A repeat with an id answers the first
-- position and changes nothing; a repeat without one is another operation.
if redis.call('EXISTS', KEYS[1]) == 0 then
  -- after a lost disk positions go on above all that were given before, so a document's guard lets the new ones pass
  local born = redis.call('TIME')
  local first = string.format('%.0f', born[1] * 1000000 + born[2])
  redis.call('SET', KEYS[1], first)
  redis.call('HSET', KEYS[3], 'born', first)
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local answers = {}
local at = 2
-- what a record takes beside its own fields: its key, its facts, its entry
local OVERHEAD = 400

local function take()
  at = at + 1
  return ARGV[at - 1]
end

-- what a field takes in a record, and what more it takes than before
local function weigh(pending, field, value)
  local before = redis.call('HSTRLEN', pending, field)
  redis.call('HSET', pending, field, value)
  return before == 0 and #field + #value or #value - before
end

local function merge(pending, kind, value, sets, adds)
  -- what is deleted already is not changed any more
  if kind == 'change' and redis.call('HEXISTS', pending, '#delete') == 1 then return 0 end
  local grown = 0
  if kind ~= 'change' then
    local fields = redis.call('HGETALL', pending)
    for index = 1, #fields, 2 do
      local field = fields[index]
      if string.match(field, '^[=+]') or field == '#value' or field == '#delete' then
        redis.call('HDEL', pending, field)
        grown = grown - #field - #fields[index + 1]
      end
    end
    if kind == 'delete' then return grown + weigh(pending, '#delete', '1') end
    return grown + weigh(pending, '#value', value)
  end
  for index = 1, #sets, 2 do
    grown = grown + weigh(pending, '=' .. sets[index], sets[index + 1])
    local addend = redis.call('HSTRLEN', pending, '+' .. sets[index])
    if redis.call('HDEL', pending, '+' .. sets[index]) == 1 then grown = grown - #sets[index] - 1 - addend end
  end
  for index = 1, #adds, 2 do
    local field = '+' .. adds[index]
    local before = redis.call('HSTRLEN', pending, field)
    redis.call('HINCRBY', pending, field, adds[index + 1])
    grown = grown + redis.call('HSTRLEN', pending, field) - before + (before == 0 and #field or 0)
  end
  return grown
end

for key = 4, #KEYS, 3 do
  local pending, claimed, receipt = KEYS[key], KEYS[key + 1], KEYS[key + 2]
  local name, params, id, count, tell, kind, value = take(), take(), take(), take(), take(), take(), take()
  local sets, adds = {}, {}
  for _ = 1, 2 * tonumber(take()) do sets[#sets + 1] = take() end
  for _ = 1, 2 * tonumber(take()) do adds[#adds + 1] = take() end
  local position = id ~= '' and redis.call('GET', receipt)
  local opened = 0
  if not position then
    position = string.format('%.0f', redis.call('INCR', KEYS[1]))
    local grown = 0
    if redis.call('EXISTS', pending) == 0 then
      opened = 1
      grown = OVERHEAD + 2 * #name + #params
      redis.call('HINCRBY', KEYS[3], 'entries', 1)
      redis.call('HSET', pending, '#name', name, '#params', params, '#first', position, '#at', now, '#count', '0', '#bytes', '0')
      -- while a record of the name is claimed, its acknowledgement enters this one
      if redis.call('EXISTS', claimed) == 0 then
        redis.call('HSET', pending, '#entry', redis.call('XADD', KEYS[2], '*', 'n', name))
      end
    end
    redis.call('HINCRBY', KEYS[3], 'coalesced', count - opened)
    grown = grown + merge(pending, kind, value, sets, adds)
    redis.call('HSET', pending, '#last', position)
    redis.call('HINCRBY', pending, '#count', count)
    redis.call('HINCRBY', pending, '#bytes', grown)
    redis.call('HINCRBY', KEYS[3], 'depth', count)
    redis.call('HINCRBY', KEYS[3], 'bytes', grown)
    if id ~= '' then redis.call('SET', receipt, position, 'PX', ARGV[1]) end
  end
  local records = tell == '' and { {}, {} } or { redis.call('HGETALL', claimed), redis.call('HGETALL', pending) }
  answers[#answers + 1] = { position, opened, records[1], records[2] }
end
local counts = redis.call('HMGET', KEYS[3], 'entries', 'bytes')
return { answers, counts[1] or '0', counts[2] or '0' }
