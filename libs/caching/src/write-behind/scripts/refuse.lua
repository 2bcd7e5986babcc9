#!lua flags=allow-oom
-- refuse: notes that the source refused a claimed record; after too many times it becomes a dead letter and blocks its
-- name no longer.
-- KEYS[1] log, KEYS[2] counts, KEYS[3] claimed record, KEYS[4] pending record of the same name, KEYS[5] fates of the name,
-- KEYS[6] dead letters, KEYS[7] what was written since there are some; one {hash tag}, so one slot.
-- ARGV[1] consumer group, ARGV[2] how long a fate is kept in ms, ARGV[3] last position of the record, ARGV[4] reason,
-- ARGV[5] how often it may be refused.
-- Returns the id of the dead letter, or '' while it will be tried again or when it is another's. O(fields).
local own = redis.call('HMGET', KEYS[3], '#last', '#first', '#entry', '#count', '#bytes')
if own[1] ~= ARGV[3] then return '' end
redis.call('HINCRBY', KEYS[2], 'retried', own[4])
if redis.call('HINCRBY', KEYS[3], '#refused', 1) <= tonumber(ARGV[5]) then return '' end
local record = cjson.encode(redis.call('HGETALL', KEYS[3]))
local letter = redis.call('XADD', KEYS[6], '*', 'reason', ARGV[4], 'record', record)
redis.call('HINCRBY', KEYS[7], redis.call('HGET', KEYS[3], '#name') or '', 1)
redis.call('DEL', KEYS[3])
redis.call('XACK', KEYS[1], ARGV[1], own[3])
redis.call('XDEL', KEYS[1], own[3])
redis.call('RPUSH', KEYS[5], own[2] .. ' ' .. ARGV[3] .. ' dead ' .. ARGV[4])
redis.call('LTRIM', KEYS[5], -20, -1)
redis.call('PEXPIRE', KEYS[5], ARGV[2])
local name = redis.call('HGET', KEYS[4], '#name')
if name then redis.call('HSET', KEYS[4], '#entry', redis.call('XADD', KEYS[1], '*', 'n', name)) end
redis.call('HINCRBY', KEYS[2], 'entries', -1)
redis.call('HINCRBY', KEYS[2], 'depth', -own[4])
redis.call('HINCRBY', KEYS[2], 'bytes', -own[5])
redis.call('HINCRBY', KEYS[2], 'dead', own[4])
return letter
