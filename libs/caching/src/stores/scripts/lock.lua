-- lock: gives a lock that is free, with a fencing token larger than any it gave before.
-- KEYS[1] lock, KEYS[2] its fencing counter; one {hash tag}, so one slot.
-- ARGV[1] holder, ARGV[2] lock time in ms, ARGV[3] a token that was seen elsewhere: the new one is larger.
-- Returns the fencing token, or 0 when another holds the lock. O(1). A repeat by the holder prolongs it, same token.
local held = redis.call('GET', KEYS[1])
if held then
  local holder, token = string.match(held, '^(%S+) (%d+)$')
  if holder ~= ARGV[1] then return 0 end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return tonumber(token)
end
if tonumber(redis.call('GET', KEYS[2]) or '0') < tonumber(ARGV[3]) then redis.call('SET', KEYS[2], ARGV[3]) end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. token, 'PX', ARGV[2])
return token
