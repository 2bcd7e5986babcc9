#!lua
-- append: accepts operations into the write log: each gets its partition's next position and is merged into the pending
-- record of its name; a name that had no record is entered in the log's stream.
-- KEYS[1] sequence, KEYS[2] log, KEYS[3] counts; then for each operation its pending record, its claimed record and, where
-- it has an id, the receipt of that; one {hash tag}, so one slot. What follows `:p:` in a pending record's key is its name.
-- ARGV[1] how many operations, ARGV[2] the seal of a log that has none: ids of writes are made with it; then for each run of operations of one shape: how many they are, how long their receipts
-- are kept in ms ('' without ids), 'tell' or '', kind ('replace', 'delete', 'change', or 'mixed' for a change that adds to
-- fields or is about parts of fields), how many fields are set and how many are added to, and the names of both, '=' before
-- those that are set and '+' before the others; then for each operation of the run its parameters, for how many it stands,
-- and the values and addends of the fields, or the value that replaces all.
-- Returns { position of the last operation, entries, bytes, exceptions, seal }: the others have the positions before it, in their
-- order. An exception is { number of the operation from 1, its position, claimed record, pending record }, there for one
-- that is to be told, or that repeats an id: that one's position is the first's, and it changed nothing. The records are
-- flat lists, empty unless 'tell'. O(fields). A repeat without an id is another operation.
-- Few commands and little Lua, since both are most of its cost: an operation that is merged reads its record once and
-- writes it once, and nothing is put into a table that is not handed on.
local OVERHEAD = 400 -- what a record takes beside its own fields: its key, its facts, its entry
local FACTS = 4 -- how many of them are read before the fields
local call = redis.call
local operations = tonumber(ARGV[1])
local last = call('INCRBY', KEYS[1], operations)
if last == operations then
  -- after a lost disk positions go on above all that were given before, so a document's guard lets the new ones pass
  local born = call('TIME')
  local first = string.format('%.0f', born[1] * 1000000 + born[2])
  call('SET', KEYS[1], first)
  call('HSET', KEYS[3], 'born', first)
  last = call('INCRBY', KEYS[1], operations)
end
local depth, bytes, entries = 0, 0, 0
local exceptions = {}
local now

-- takes what was to be done out of a record, and answers how much that was
local function empty(pending)
  local fields = call('HGETALL', pending)
  local gone, size = { '#mixed' }, 0
  for index = 1, #fields, 2 do
    local field = fields[index]
    if string.find(field, '^[=+]') or field == '#value' or field == '#delete' then
      gone[#gone + 1] = field
      size = size + #field + #fields[index + 1]
    end
  end
  call('HDEL', pending, unpack(gone))
  return size
end

-- takes out of a record what is said of a field that is set anew: what is added to it, and what is done to parts of it;
-- answers how much that was, and of which fields
local function forget(pending, first, sets)
  local anew, gone, size = {}, {}, 0
  for index = first, first + sets - 1 do anew[string.sub(ARGV[index], 2)] = true end
  local fields = call('HGETALL', pending)
  for index = 1, #fields, 2 do
    local field = fields[index]
    local is_gone = false
    if string.find(field, '^[=+]') then
      is_gone = string.find(field, '^+') and anew[string.sub(field, 2)]
      local dot = string.find(field, '.', 2, true)
      while dot and not is_gone do
        is_gone = anew[string.sub(field, 2, dot - 1)]
        dot = string.find(field, '.', dot + 1, true)
      end
    end
    if is_gone then
      gone[#gone + 1] = field
      size = size + #field + #fields[index + 1]
    end
  end
  if #gone > 0 then call('HDEL', pending, unpack(gone)) end
  for index = 1, #gone do gone[gone[index]] = true end
  return size, gone
end

local function accept(number, shape, keys, at)
  local pending, claimed = KEYS[keys], KEYS[keys + 1]
  local before = call('HMGET', pending, '#count', '#bytes', '#delete', '#mixed', unpack(ARGV, shape.first, shape.last))
  local position, count = last - operations + number, ARGV[at + 1]
  local changes, size, grown
  if before[1] then
    changes = { '#bytes', '', '#last', position, '#count', before[1] + count }
    size, grown = before[2], 0
  else
    local name, params = string.sub(pending, string.find(pending, ':p:', 1, true) + 3), ARGV[at]
    if not now then
      local time = call('TIME')
      now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
    end
    changes = { '#bytes', '', '#last', position, '#count', count, '#first', position, '#at', now, '#name', name, '#params', params }
    size, grown = 0, OVERHEAD + 2 * #name + #params
    entries = entries + 1
    -- while a record of the name is claimed, its acknowledgement enters this one
    if call('EXISTS', claimed) == 0 then
      changes[15] = '#entry'
      changes[16] = call('XADD', KEYS[2], '*', 'n', name)
    end
  end
  local filled = #changes
  if shape.kind == 'replace' or shape.kind == 'delete' then
    if before[1] then grown = grown - empty(pending) end
    local field, text = '#value', ARGV[at + 2]
    if shape.kind == 'delete' then field, text = '#delete', '1' end
    changes[filled + 1] = field
    changes[filled + 2] = text
    grown = grown + #field + #text
  elseif not before[3] then -- what is deleted already is not changed any more
    local forgotten
    if before[4] and shape.sets > 0 then
      local shrunk
      shrunk, forgotten = forget(pending, shape.first, shape.sets)
      grown = grown - shrunk
    end
    for index = 1, shape.fields do
      local field, text, old = ARGV[shape.first + index - 1], ARGV[at + 1 + index], before[FACTS + index]
      if forgotten and forgotten[field] then old = false end
      if index > shape.sets then text = string.format('%.0f', (old or 0) + text) end
      changes[filled + 1] = field
      changes[filled + 2] = text
      filled = filled + 2
      grown = grown + #text - (old and #old or -#field)
    end
    if shape.kind == 'mixed' and not before[4] then
      changes[filled + 1] = '#mixed'
      changes[filled + 2] = '1'
    end
  end
  changes[2] = size + grown
  call('HSET', pending, unpack(changes))
  depth, bytes = depth + count, bytes + grown
  return position
end

local at, key, number = 3, 4, 0
while number < operations do
  local size, kept, tell, kind, sets, adds = unpack(ARGV, at, at + 5)
  local fields, first = sets + adds, at + 6
  local shape = { kind = kind, sets = tonumber(sets), fields = fields, first = first, last = first + fields - 1 }
  local step = 2 + (kind == 'replace' and 1 or fields)
  at = first + fields
  for _ = 1, size do
    number = number + 1
    local repeated = kept ~= '' and call('GET', KEYS[key + 2])
    local position = repeated or accept(number, shape, key, at)
    if kept ~= '' and not repeated then call('SET', KEYS[key + 2], position, 'PX', kept) end
    if tell ~= '' then
      exceptions[#exceptions + 1] = { number, position, call('HGETALL', KEYS[key + 1]), call('HGETALL', KEYS[key]) }
    elseif repeated then
      exceptions[#exceptions + 1] = { number, position, {}, {} }
    end
    key = key + (kept == '' and 2 or 3)
    at = at + step
  end
end
local counted = call('HMGET', KEYS[3], 'depth', 'bytes', 'entries', 'coalesced', 'seal')
local size, weight = (counted[3] or 0) + entries, (counted[2] or 0) + bytes
local merged = (counted[4] or 0) + depth - entries
call('HSET', KEYS[3], 'depth', (counted[1] or 0) + depth, 'bytes', weight, 'entries', size, 'coalesced', merged)
local seal = counted[5]
if not seal then
  seal = ARGV[2]
  call('HSET', KEYS[3], 'seal', seal)
end
return { last, size, weight, exceptions, seal }
