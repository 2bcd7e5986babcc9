#!lua flags=allow-oom
-- enter: puts a name into the log's stream again when its records have no entry there, the stream having been lost.
-- KEYS[1] log, KEYS[2] claimed record, KEYS[3] pending record; one {hash tag}, so one slot.
-- ARGV[1] name.
-- Returns 1 when it was entered, else 0. O(log n). A repeat does nothing.
local record = redis.call('EXISTS', KEYS[2]) == 1 and KEYS[2] or KEYS[3]
if redis.call('EXISTS', record) == 0 then return 0 end
local entry = redis.call('HGET', record, '#entry')
if entry and #redis.call('XRANGE', KEYS[1], entry, entry) > 0 then return 0 end
redis.call('HSET', record, '#entry', redis.call('XADD', KEYS[1], '*', 'n', ARGV[1]))
return 1
