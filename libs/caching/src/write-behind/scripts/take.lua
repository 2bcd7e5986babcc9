#!lua flags=allow-oom
-- take: makes the pending records of names claimed ones, which no operation is merged into any more. A name that has a
-- claimed record gets no other before that one is acknowledged: so its records are applied in order.
-- KEYS[1] log; then for each name its claimed record, then for each its pending one, then what was
-- written since there are dead letters; one {hash tag}, so one slot.
-- ARGV[1] consumer group; then for each name the entry of the log it was read from, or '' to take it whatever its entry: the value
-- is then written past the log.
-- Returns for each name its claimed record as a flat list, empty when the entry is spent. O(fields).
local call = redis.call
local names = #ARGV - 1
local since = KEYS[#KEYS]
local has_letters = call('EXISTS', since) == 1
local held = call('EXISTS', unpack(KEYS, 2, names + 1)) > 0
local answers, spent, taken = {}, {}, {}
for number = 1, names do
  local claimed, pending, entry = KEYS[1 + number], KEYS[1 + names + number], ARGV[1 + number]
  local record = (held or taken[claimed]) and call('HGETALL', claimed) or {}
  local is_claimed = #record > 0
  if has_letters and entry == '' then
    local name = string.sub(pending, string.find(pending, ':p:', 1, true) + 3)
    -- nobody will know which fields
    if call('HEXISTS', since, name) == 1 then call('HSET', since, name .. '\0*', '1') end
  end
  if not is_claimed then record = call('HGETALL', pending) end
  local own
  for field = 1, #record, 2 do
    if record[field] == '#entry' then own = record[field + 1] end
  end
  if own and (entry == '' or entry == own) then
    if not is_claimed then call('RENAME', pending, claimed) end
    taken[claimed] = true -- it may be asked for twice
    answers[number] = record
  else
    if entry ~= '' then spent[#spent + 1] = entry end
    answers[number] = {}
  end
end
if #spent > 0 then
  call('XACK', KEYS[1], ARGV[1], unpack(spent))
  call('XDEL', KEYS[1], unpack(spent))
end
return answers
