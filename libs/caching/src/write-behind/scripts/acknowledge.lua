#!lua flags=allow-oom
-- acknowledge: ends claimed records whose writes are in the source, and enters what was accepted meanwhile in the log.
-- KEYS[1] log, KEYS[2] counts; then for each record the claimed one, the pending one of the same name, and the fates of
-- that name; one {hash tag}, so one slot.
-- ARGV[1] consumer group, ARGV[2] how long a fate is kept in ms; then for each record its last position and the reason
-- why its writes did not take effect, or ''.
-- Returns how many records were ended. O(1) each. A repeat, or one for a record that another has ended, does nothing.
local ended = 0
for key = 3, #KEYS, 3 do
  local claimed, pending, fates = KEYS[key], KEYS[key + 1], KEYS[key + 2]
  local position, reason = ARGV[(key - 3) / 3 * 2 + 3], ARGV[(key - 3) / 3 * 2 + 4]
  local own = redis.call('HMGET', claimed, '#last', '#first', '#entry', '#count', '#bytes')
  if own[1] == position then
    redis.call('DEL', claimed)
    redis.call('XACK', KEYS[1], ARGV[1], own[3])
    redis.call('XDEL', KEYS[1], own[3])
    if reason ~= '' then
      redis.call('RPUSH', fates, own[2] .. ' ' .. position .. ' flushed ' .. reason)
      redis.call('LTRIM', fates, -20, -1)
      redis.call('PEXPIRE', fates, ARGV[2])
    end
    local name = redis.call('HGET', pending, '#name')
    if name then redis.call('HSET', pending, '#entry', redis.call('XADD', KEYS[1], '*', 'n', name)) end
    redis.call('HINCRBY', KEYS[2], 'entries', -1)
    redis.call('HINCRBY', KEYS[2], 'depth', -own[4])
    redis.call('HINCRBY', KEYS[2], 'bytes', -own[5])
    redis.call('HINCRBY', KEYS[2], 'flushed', own[4])
    ended = ended + 1
  end
end
return ended
