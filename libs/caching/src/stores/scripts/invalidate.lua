-- invalidate: drops an envelope, voids the lease of any load in flight and the ticket of any write, and tells the bus.
-- KEYS[1] envelope, KEYS[2] lease, KEYS[3] bus, KEYS[4] bus end, KEYS[5] ticket; one {hash tag}, so one slot.
-- ARGV[1] node, ARGV[2] name, ARGV[3] how many bus entries to keep,
-- ARGV[4] only an envelope of a lower version is dropped; 0 drops any.
-- Returns the bus position of the invalidation. O(1). A repeat invalidates again, which does no harm.
local limit = tonumber(ARGV[4])
local envelope = limit > 0 and redis.call('GETRANGE', KEYS[1], 0, 32)
local version = envelope and tonumber(string.match(envelope, '^L1 (%d+) '))
if not version or version == 0 or version < limit then redis.call('DEL', KEYS[1]) end
redis.call('DEL', KEYS[2])
local ticket, below = string.match(limit > 0 and redis.call('GET', KEYS[5]) or '', '^(%S+) (%d+)$')
if not ticket then
  redis.call('DEL', KEYS[5])
elseif tonumber(below) < limit then
  redis.call('SET', KEYS[5], ticket .. ' ' .. ARGV[4], 'KEEPTTL')
end
local id = append(KEYS[3], KEYS[4], ARGV[3], 'n', ARGV[1], 'k', 'i', 's', ARGV[2], 'v', ARGV[4])
return id
