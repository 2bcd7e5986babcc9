#!lua flags=allow-oom
-- take: makes the pending records of names claimed ones, which no operation is merged into any more. A name that has a
-- claimed record gets no other before that one is acknowledged: so its records are applied in order.
-- KEYS[1] log; then for each name its claimed and its pending record; one {hash tag}, so one slot.
-- ARGV[1] consumer group; then for each name the entry of the log it was read from, or '' to take it whatever its entry.
-- Returns for each name its claimed record as a flat list, empty when the entry is spent. O(fields).
local answers = {}
for key = 2, #KEYS, 2 do
  local claimed, pending, entry = KEYS[key], KEYS[key + 1], ARGV[key / 2 + 1]
  local record = redis.call('EXISTS', claimed) == 1 and claimed or pending
  local own = redis.call('HGET', record, '#entry')
  if own and (entry == '' or entry == own) then
    if record == pending then redis.call('RENAME', pending, claimed) end
    redis.call('HINCRBY', claimed, '#taken', 1)
    answers[#answers + 1] = redis.call('HGETALL', claimed)
  else
    if entry ~= '' then
      redis.call('XACK', KEYS[1], ARGV[1], entry)
      redis.call('XDEL', KEYS[1], entry)
    end
    answers[#answers + 1] = {}
  end
end
return answers
