#!lua
-- claim-request: takes a request that may come more than once, unless it was answered or is being carried out.
-- KEYS[1] the request's record.
-- ARGV[1] what tells it from another request under the same key, ARGV[2] token, ARGV[3] how long the claim holds in ms,
-- ARGV[4] how long the record is kept in ms.
-- Returns {'claimed'}, {'answered', answer}, {'held'} or {'other'}. O(1). A repeat with the same token claims again.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local own = redis.call('HMGET', KEYS[1], 'fingerprint', 'answer', 'holder', 'until')
if own[1] and own[1] ~= ARGV[1] then return { 'other' } end
if own[2] then return { 'answered', own[2] } end
if own[3] and own[3] ~= ARGV[2] and tonumber(own[4]) > now then return { 'held' } end
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'holder', ARGV[2], 'until', string.format('%.0f', now + ARGV[3]))
redis.call('HINCRBY', KEYS[1], 'tries', 1)
if not own[1] then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return { 'claimed' }
