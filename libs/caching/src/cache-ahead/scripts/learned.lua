-- learned: stores what was learned from the accesses up to one of them, and drops those, all or nothing.
-- KEYS[1] model, KEYS[2] graph, KEYS[3] accesses; one {hash tag}, so one slot.
-- ARGV[1] fencing token, ARGV[2] the revision that was gone on from, ARGV[3] the first access that was not learned,
-- ARGV[4] how many fields of the model follow; then field, value of each, then key, value of each node; '' drops a node.
-- Returns the new revision; -1 for a token lower than one seen, -2 for another revision, -3 where what was stored is lost:
-- nothing was stored then. O(arguments).
local fence = tonumber(redis.call('HGET', KEYS[1], 'fence') or '0')
if tonumber(ARGV[1]) < fence then return -1 end
local revision = tonumber(redis.call('HGET', KEYS[1], 'revision') or '0')
if revision == 0 and tonumber(ARGV[2]) > 0 then return -3 end
if revision ~= tonumber(ARGV[2]) then return -2 end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'revision', revision + 1)
local at = 5
for _ = 1, tonumber(ARGV[4]) do
  redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  at = at + 2
end
while ARGV[at] do
  if ARGV[at + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[at]) else redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1]) end
  at = at + 2
end
if ARGV[3] ~= '' then redis.call('XTRIM', KEYS[3], 'MINID', ARGV[3]) end
return revision + 1
