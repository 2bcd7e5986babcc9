#!lua flags=allow-oom
-- withdraw: takes a claimed record out of the log as if it had never been accepted, the source having refused it.
-- KEYS[1] log, KEYS[2] counts, KEYS[3] claimed record, KEYS[4] pending record of the same name, KEYS[5] receipt of its id; one
-- {hash tag}, so one slot.
-- ARGV[1] consumer group, ARGV[2] last position of the record.
-- Returns 1, or 0 when another has ended it. O(1). A repeat does nothing.
local own = redis.call('HMGET', KEYS[3], '#last', '#entry', '#count', '#bytes')
if own[1] ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[3], KEYS[5])
redis.call('XACK', KEYS[1], ARGV[1], own[2])
redis.call('XDEL', KEYS[1], own[2])
local name = redis.call('HGET', KEYS[4], '#name')
if name then redis.call('HSET', KEYS[4], '#entry', redis.call('XADD', KEYS[1], '*', 'n', name)) end
redis.call('HINCRBY', KEYS[2], 'entries', -1)
redis.call('HINCRBY', KEYS[2], 'depth', -own[3])
redis.call('HINCRBY', KEYS[2], 'bytes', -own[4])
return 1
