#!lua flags=allow-oom
-- end-request: ends the claim of a request: with its answer, as undone, or as tried.
-- KEYS[1] the request's record.
-- ARGV[1] token, ARGV[2] 'answered', 'undone' or 'tried', ARGV[3] the answer or ''.
-- Returns 1 when it did so, 0 when the claim is another's by now. O(1). An answer is the first one for good. Undone, and never
-- tried before, the key is free for any request.
local own = redis.call('HMGET', KEYS[1], 'holder', 'answer', 'tries')
if not own[3] or own[2] then return 0 end
if ARGV[2] == 'answered' then
  redis.call('HSET', KEYS[1], 'answer', ARGV[3])
elseif own[1] ~= ARGV[1] then
  return 0
elseif ARGV[2] == 'undone' and own[3] == '1' then
  return redis.call('DEL', KEYS[1])
end
redis.call('HDEL', KEYS[1], 'holder', 'until')
return 1
