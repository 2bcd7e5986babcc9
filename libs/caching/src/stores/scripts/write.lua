-- write: replaces an envelope unless a newer version is there, voids the lease of any load in flight, tells the bus.
-- KEYS[1] envelope, KEYS[2] lease, KEYS[3] bus, KEYS[4] bus end; one {hash tag}, so one slot.
-- ARGV[1] node, ARGV[2] name, ARGV[3] how many bus entries to keep,
-- ARGV[4] version (0: none), ARGV[5] envelope, ARGV[6] lifetime in ms.
-- Returns {1 or 0 for kept or older, the bus position}. O(1). A repeat writes the same again, which does no harm.
local version = tonumber(ARGV[4])
local there = redis.call('GETRANGE', KEYS[1], 0, 32)
local newest = tonumber(string.match(there, '^L1 (%d+) ') or '0')
local kept = 0
if version == 0 or newest <= version then
  redis.call('SET', KEYS[1], ARGV[5], 'PX', ARGV[6])
  kept = 1
end
redis.call('DEL', KEYS[2])
local id = append(KEYS[3], KEYS[4], ARGV[3], 'n', ARGV[1], 'k', 'i', 's', ARGV[2], 'v', ARGV[4])
return { kept, id }
