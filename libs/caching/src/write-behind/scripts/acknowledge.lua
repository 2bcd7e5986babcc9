#!lua flags=allow-oom
-- acknowledge: ends claimed records whose writes are in the source, and enters what was accepted meanwhile in the log.
-- KEYS[1] log, KEYS[2] counts; then the claimed records, then the pending ones of the same names, then the fates of those
-- names that have a reason, then what was written since there are dead letters; one {hash tag}, so one slot.
-- ARGV[1] consumer group, ARGV[2] how long a fate is kept in ms; then for each record its last position and the reason
-- why its writes did not take effect, or ''.
-- Returns how many records were ended. O(1) each. A repeat, or one for a record that another has ended, does nothing.
local call = redis.call
local records = (#ARGV - 2) / 2
local waits = call('EXISTS', unpack(KEYS, 3 + records, 2 + 2 * records)) > 0
local since = KEYS[#KEYS]
local has_letters = call('EXISTS', since) == 1
local ended, entries = {}, {}

-- notes which fields of a value that has a dead letter were written after that
local function note(claimed)
  local name = call('HGET', claimed, '#name')
  if not name or call('HEXISTS', since, name) == 0 then return end
  for _, field in ipairs(call('HKEYS', claimed)) do
    if string.find(field, '^[=+]') then call('HSET', since, name .. '\0' .. field, '1') end
    if field == '#value' or field == '#delete' then call('HSET', since, name .. '\0*', '1') end
  end
end

local depth, bytes, fate = 0, 0, 2 + 2 * records
for number = 1, records do
  local claimed, position, reason = KEYS[2 + number], ARGV[1 + 2 * number], ARGV[2 + 2 * number]
  if reason ~= '' then fate = fate + 1 end
  local own = call('HMGET', claimed, '#last', '#entry', '#count', '#bytes', '#first')
  if own[1] == position and not ended[claimed] then
    ended[claimed] = true
    ended[#ended + 1] = claimed
    entries[#entries + 1] = own[2]
    depth, bytes = depth + own[3], bytes + own[4]
    if has_letters then note(claimed) end
    if reason ~= '' then
      call('RPUSH', KEYS[fate], own[5] .. ' ' .. position .. ' flushed ' .. reason)
      call('LTRIM', KEYS[fate], -20, -1)
      call('PEXPIRE', KEYS[fate], ARGV[2])
    end
    if waits then
      local pending = KEYS[2 + records + number]
      local name = call('HGET', pending, '#name')
      if name then call('HSET', pending, '#entry', call('XADD', KEYS[1], '*', 'n', name)) end
    end
  end
end
if #ended == 0 then return 0 end
call('DEL', unpack(ended))
call('XACK', KEYS[1], ARGV[1], unpack(entries))
call('XDEL', KEYS[1], unpack(entries))
call('HINCRBY', KEYS[2], 'entries', -#ended)
call('HINCRBY', KEYS[2], 'depth', -depth)
call('HINCRBY', KEYS[2], 'bytes', -bytes)
call('HINCRBY', KEYS[2], 'flushed', depth)
return #ended
