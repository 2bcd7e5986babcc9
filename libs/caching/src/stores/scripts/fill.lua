-- fill: stores an envelope only while its filler still holds the lease, and wakes those who wait for it.
-- KEYS[1] envelope, KEYS[2] lease, KEYS[3] bus, KEYS[4] bus end; one {hash tag}, so one slot.
-- ARGV[1] token, ARGV[2] envelope, ARGV[3] lifetime in ms (0: store nothing, give the lease back),
-- ARGV[4] node, ARGV[5] name, ARGV[6] how many bus entries to keep.
-- Returns 1 stored, 0 refused: invalidated, expired or evicted; not knowing means refusing.
-- O(1). The first run spends the lease, so a repeat answers 0 and changes nothing. Idea: leases, NSDI '13.
local holder = redis.call('GET', KEYS[2])
if holder ~= ARGV[1] and holder ~= '!' .. ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
if tonumber(ARGV[3]) > 0 then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
if string.sub(holder, 1, 1) == '!' then
  append(KEYS[3], KEYS[4], ARGV[6], 'n', ARGV[4], 'k', 'f', 's', ARGV[5])
end
return 1
