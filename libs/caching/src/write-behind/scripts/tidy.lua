#!lua flags=allow-oom
-- tidy: takes the consumers out of a group that have asked for nothing for long and hold nothing: flushers that are gone. In
-- one script, since one that claims something in between would lose it.
-- KEYS[1] log.
-- ARGV[1] consumer group, ARGV[2] for how long in ms.
-- Returns how many were taken out. O(consumers). One that comes back is a consumer again.
local gone = 0
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local about = {}
  for index = 1, #consumer, 2 do about[consumer[index]] = consumer[index + 1] end
  if about['pending'] == 0 and about['idle'] > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], about['name'])
    gone = gone + 1
  end
end
return gone
