-- write: replaces an envelope, voids the lease of any load in flight, tells the bus. It replaces only what it knows to be
-- older: an envelope of a lower version, or whatever is there while nothing was said since the ticket of this write.
-- Otherwise a later write may have been invalidated already, and the envelope is dropped.
-- KEYS[1] envelope, KEYS[2] lease, KEYS[3] bus, KEYS[4] bus end, KEYS[5] ticket; one {hash tag}, so one slot.
-- ARGV[1] node, ARGV[2] name, ARGV[3] how many bus entries to keep,
-- ARGV[4] version (0: none), ARGV[5] envelope, ARGV[6] lifetime in ms, ARGV[7] token of the ticket or ''.
-- Returns {1 or 0 for kept or not, the bus position}. O(1). The first run spends the ticket; a repeat keeps or drops.
local version = tonumber(ARGV[4])
local newest = tonumber(string.match(redis.call('GETRANGE', KEYS[1], 0, 32), '^L2 (%d+) ') or '0')
local ticket, below = string.match(redis.call('GET', KEYS[5]) or '', '^(%S+) (%d+)$')
local undisputed = ticket == ARGV[7] and tonumber(below) <= version
local kept = 0
redis.call('DEL', KEYS[2], KEYS[5])
if newest == 0 or version == 0 or newest <= version then
  if undisputed or (newest > 0 and version > 0) then
    redis.call('SET', KEYS[1], ARGV[5], 'PX', ARGV[6])
    kept = 1
  else
    redis.call('DEL', KEYS[1])
  end
end
local id = append(KEYS[3], KEYS[4], ARGV[3], 'n', ARGV[1], 'k', 'i', 's', ARGV[2], 'v', ARGV[4])
return { kept, id }
