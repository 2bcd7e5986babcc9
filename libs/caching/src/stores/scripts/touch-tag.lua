-- touch-tag: makes sure that a tag has a record which outlives its members. A record that was lost is made anew as
-- removed just now, since what was removed before it was lost is not known any more.
-- KEYS[1] tag record, KEYS[2] bus, KEYS[3] bus end; one {hash tag}, so one slot.
-- ARGV[1] lifetime in ms, longer than that of any member, ARGV[2] how many bus entries to keep.
-- Returns the record, `<removed> <staled>`. O(1); a repeat does no harm.
local record = redis.call('GET', KEYS[1])
if not record then
  record = bus_end(KEYS[2], KEYS[3], ARGV[2]) .. ' 0-0'
  redis.call('SET', KEYS[1], record, 'PX', ARGV[1])
elseif redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return record
