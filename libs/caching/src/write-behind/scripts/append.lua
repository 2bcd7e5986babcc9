#!lua
-- append: accepts operations into the write log: each gets its partition's next position and is merged into the pending
-- record of its name; a name that had no record is entered in the log's stream.
-- KEYS[1] sequence, KEYS[2] log, KEYS[3] counts; then for each operation its pending record, its claimed record and the
-- receipt of its id; one {hash tag}, so one slot.
-- ARGV for each operation: name, parameters, id ('' for none), how long its receipt is kept in ms, for how many it stands,
-- 'tell' or '', kind ('replace', 'delete', 'change'), value, how many fields are set, field and value of each,
-- how many fields are added to, field and addend of each.
-- Returns { answers, entries, bytes }; an answer is { position, claimed record, pending record }, the records as flat lists
-- and empty unless 'tell'. O(fields). A repeat with an id answers the first position and changes nothing; a repeat without
-- one is another operation. Fields that are set come a whole before its parts, `a` before `a.b`.
-- Few commands, since they are most of its cost: for an operation that is merged, one read and one write of its record.
local OVERHEAD = 400 -- what a record takes beside its own fields: its key, its facts, its entry
local FACTS = { '#count', '#bytes', '#delete', '#nested' }
local operations = (#KEYS - 3) / 3
local last = redis.call('INCRBY', KEYS[1], operations)
if last == operations then
  -- after a lost disk positions go on above all that were given before, so a document's guard lets the new ones pass
  local born = redis.call('TIME')
  local first = string.format('%.0f', born[1] * 1000000 + born[2])
  redis.call('SET', KEYS[1], first)
  redis.call('HSET', KEYS[3], 'born', first)
  last = redis.call('INCRBY', KEYS[1], operations)
end
local depth, bytes, entries, coalesced = 0, 0, 0, 0
local answers = {}
local at = 1

local function take()
  at = at + 1
  return ARGV[at - 1]
end

local function pairs_of()
  local list = {}
  for _ = 1, 2 * tonumber(take()) do list[#list + 1] = take() end
  return list
end

-- takes what was to be done out of a record, and answers how much that was
local function empty(pending)
  local fields = redis.call('HGETALL', pending)
  local gone, size = {}, 0
  for index = 1, #fields, 2 do
    local field = fields[index]
    if string.match(field, '^[=+]') or field == '#value' or field == '#delete' then
      gone[#gone + 1] = field
      size = size + #field + #fields[index + 1]
    end
  end
  for _, field in ipairs(gone) do redis.call('HDEL', pending, field) end
  return size
end

-- takes what was said of the parts of a field out of a record, and answers how much that was: the whole is set anew
local function drop_parts(pending, before, whole)
  local prefix, size = whole .. '.', 0
  for _, field in ipairs(redis.call('HKEYS', pending)) do
    if string.sub(field, 2, 1 + #prefix) == prefix and string.match(field, '^[=+]') then
      size = size + #field + redis.call('HSTRLEN', pending, field)
      redis.call('HDEL', pending, field)
      before[field] = nil
    end
  end
  return size
end

local function is_nested(fields)
  for index = 1, #fields, 2 do
    if string.find(fields[index], '.', 1, true) then return true end
  end
  return false
end

-- adds to `changes` what a change does to a record whose fields were `before`, and answers how much larger that makes it
local function change(pending, before, changes, sets, adds)
  local grown = 0
  local function put(field, value)
    local old = before[field]
    changes[#changes + 1] = field
    changes[#changes + 1] = value
    grown = grown + #value - (old and #old or -#field)
    before[field] = value
  end
  for index = 1, #sets, 2 do
    local sum = '+' .. sets[index]
    if before['#nested'] then grown = grown - drop_parts(pending, before, sets[index]) end
    put('=' .. sets[index], sets[index + 1])
    if before[sum] then
      redis.call('HDEL', pending, sum)
      grown = grown - #sum - #before[sum]
      before[sum] = nil
    end
  end
  for index = 1, #adds, 2 do
    local sum = '+' .. adds[index]
    put(sum, string.format('%.0f', tonumber(before[sum] or '0') + tonumber(adds[index + 1])))
  end
  if not before['#nested'] and (is_nested(sets) or is_nested(adds)) then put('#nested', '1') end
  return grown
end

local function read(pending, sets, adds)
  local names = { unpack(FACTS) }
  for index = 1, #sets, 2 do
    names[#names + 1] = '=' .. sets[index]
    names[#names + 1] = '+' .. sets[index]
  end
  for index = 1, #adds, 2 do names[#names + 1] = '+' .. adds[index] end
  local values = redis.call('HMGET', pending, unpack(names))
  local before = {}
  for index, name in ipairs(names) do before[name] = values[index] or nil end
  return before
end

for number = 1, operations do
  local pending, claimed, receipt = KEYS[3 * number + 1], KEYS[3 * number + 2], KEYS[3 * number + 3]
  local name, params, id, kept, count = take(), take(), take(), take(), take()
  local tell, kind, value = take(), take(), take()
  local sets, adds = pairs_of(), pairs_of()
  local position = id ~= '' and redis.call('GET', receipt)
  local opened = 0
  if not position then
    position = string.format('%.0f', last - operations + number)
    local before = read(pending, sets, adds)
    local changes = {}
    local grown = 0
    if not before['#count'] then
      local time = redis.call('TIME')
      local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
      opened = 1
      grown = OVERHEAD + 2 * #name + #params
      entries = entries + 1
      changes = { '#name', name, '#params', params, '#first', position, '#at', now }
      -- while a record of the name is claimed, its acknowledgement enters this one
      if redis.call('EXISTS', claimed) == 0 then
        changes[#changes + 1] = '#entry'
        changes[#changes + 1] = redis.call('XADD', KEYS[2], '*', 'n', name)
      end
    end
    if kind ~= 'change' then
      if opened == 0 then grown = grown - empty(pending) end
      local field, text = '#value', value
      if kind == 'delete' then field, text = '#delete', '1' end
      changes[#changes + 1] = field
      changes[#changes + 1] = text
      grown = grown + #field + #text
    elseif not before['#delete'] then -- what is deleted already is not changed any more
      grown = grown + change(pending, before, changes, sets, adds)
    end
    local facts = {
      { '#last', position },
      { '#count', string.format('%.0f', tonumber(before['#count'] or '0') + count) },
      { '#bytes', string.format('%.0f', tonumber(before['#bytes'] or '0') + grown) },
    }
    for _, fact in ipairs(facts) do
      changes[#changes + 1] = fact[1]
      changes[#changes + 1] = fact[2]
    end
    redis.call('HSET', pending, unpack(changes))
    depth, bytes, coalesced = depth + count, bytes + grown, coalesced + count - opened
    if id ~= '' then redis.call('SET', receipt, position, 'PX', kept) end
  end
  local records = tell == '' and { {}, {} } or { redis.call('HGETALL', claimed), redis.call('HGETALL', pending) }
  answers[#answers + 1] = { position, records[1], records[2] }
end
local counted = redis.call('HMGET', KEYS[3], 'depth', 'bytes', 'entries', 'coalesced')
local function sum(index, more) return string.format('%.0f', tonumber(counted[index] or '0') + more) end
local size, weight = sum(3, entries), sum(2, bytes)
redis.call('HSET', KEYS[3], 'depth', sum(1, depth), 'bytes', weight, 'entries', size, 'coalesced', sum(4, coalesced))
return { answers, size, weight }
