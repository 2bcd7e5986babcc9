#!lua
-- end-letter: takes a dead letter away, dropped, or accepted once more beneath all that came after it: of its fields those
-- that nothing has written since are merged into the pending record of its name, and newer writes stay as they are.
-- KEYS[1] dead letters, KEYS[2] what was written since, KEYS[3] sequence, KEYS[4] log, KEYS[5] counts, KEYS[6] claimed record,
-- KEYS[7] pending record, KEYS[8] fates of the name; one {hash tag}, so one slot.
-- ARGV[1] the letter's id, ARGV[2] its name, ARGV[3] 'retry' or 'drop', ARGV[4] how long a fate is kept in ms.
-- Returns 'ended'; 'unknown' when there is no such letter; 'superseded' when nothing of it is left to be written, or when that
-- is not known, and it stays. O(fields), and of the later letters of the partition when the name has others.
local OVERHEAD = 400 -- as in append.lua
local call = redis.call
local name = ARGV[2]
local since = name .. '\0'

local function letter_in(entry)
  local record = {}
  for index = 1, #entry[2], 2 do
    if entry[2][index] == 'record' then
      local list = cjson.decode(entry[2][index + 1])
      for field = 1, #list, 2 do record[list[field]] = list[field + 1] end
    end
  end
  return record
end

-- the fields that a record of these fields is about, with their signs
local function note(newer, field)
  if string.find(field, '^[=+]') then newer[#newer + 1] = field end
  if field == '#value' or field == '#delete' or field == '*' then newer.all = true end
end

local function is_part(path, whole)
  return path == whole or string.sub(path, 1, #whole + 1) == whole .. '.'
end

-- of two sums of one field both count; else what is newer stays
local function is_written_since(newer, field)
  for _, other in ipairs(newer) do
    local path, written = string.sub(field, 2), string.sub(other, 2)
    local are_sums = string.sub(field, 1, 1) == '+' and string.sub(other, 1, 1) == '+'
    if not are_sums and (is_part(path, written) or is_part(written, path)) then return true end
  end
  return false
end

local found = call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not found then return 'unknown' end
local others = tonumber(call('HGET', KEYS[2], name) or '1') - 1

if ARGV[3] == 'retry' then
  local letter, newer = letter_in(found), {}
  for _, field in ipairs(call('HKEYS', KEYS[2])) do
    if string.sub(field, 1, #since) == since then note(newer, string.sub(field, #since + 1)) end
  end
  for _, key in ipairs({ KEYS[6], KEYS[7] }) do
    for _, field in ipairs(call('HKEYS', key)) do note(newer, field) end
  end
  if others > 0 then
    for _, entry in ipairs(call('XRANGE', KEYS[1], '(' .. ARGV[1], '+')) do
      local later = letter_in(entry)
      if later['#name'] == name then
        for field in pairs(later) do note(newer, field) end
      end
    end
  end
  local is_whole = letter['#value'] or letter['#delete']
  if newer.all or (is_whole and #newer > 0) then return 'superseded' end
  local kept, left = {}, is_whole and 1 or 0
  for field, text in pairs(letter) do
    local is_field = string.find(field, '^[=+]')
    if field == '#value' or field == '#delete' then kept[field] = text end
    if is_field and not is_written_since(newer, field) then
      kept[field] = text
      left = left + 1
    end
  end
  if left == 0 then return 'superseded' end

  local position = string.format('%.0f', call('INCR', KEYS[3]))
  local before = call('HMGET', KEYS[7], '#count', '#bytes')
  local count = tonumber(letter['#count'])
  local changes = { '#last', position, '#count', string.format('%.0f', (before[1] or 0) + count), '#mixed', '1' }
  local grown, opened = 0, 0
  local function put(field, text)
    changes[#changes + 1] = field
    changes[#changes + 1] = text
  end
  if not before[1] then
    local time = call('TIME')
    opened = 1
    grown = OVERHEAD + 2 * #name + #letter['#params']
    put('#name', name)
    put('#params', letter['#params'])
    put('#first', position)
    put('#at', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
    -- as in append.lua: the acknowledgement of the claimed record enters this one
    if call('EXISTS', KEYS[6]) == 0 then put('#entry', call('XADD', KEYS[4], '*', 'n', name)) end
  end
  for field, text in pairs(kept) do
    local old = call('HGET', KEYS[7], field)
    if old then text = string.format('%.0f', tonumber(old) + tonumber(text)) end -- a sum: nothing else is in both
    put(field, text)
    grown = grown + #text - (old and #old or -#field)
  end
  put('#bytes', string.format('%.0f', (before[2] or 0) + grown))
  for index = 1, #changes, 100 do
    call('HSET', KEYS[7], unpack(changes, index, math.min(index + 99, #changes)))
  end
  call('HINCRBY', KEYS[5], 'depth', count)
  call('HINCRBY', KEYS[5], 'entries', opened)
  call('HINCRBY', KEYS[5], 'coalesced', count - opened)
  call('HINCRBY', KEYS[5], 'bytes', grown)
  call('RPUSH', KEYS[8], letter['#first'] .. ' ' .. letter['#last'] .. ' retried ' .. position)
  call('LTRIM', KEYS[8], -20, -1)
  call('PEXPIRE', KEYS[8], ARGV[4])
end

call('XDEL', KEYS[1], ARGV[1])
if others > 0 then
  call('HINCRBY', KEYS[2], name, -1)
else
  call('HDEL', KEYS[2], name)
  for _, field in ipairs(call('HKEYS', KEYS[2])) do
    if string.sub(field, 1, #since) == since then call('HDEL', KEYS[2], field) end
  end
end
return 'ended'
