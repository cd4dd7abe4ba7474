-- One request against a limit within a window that opens with the first request.
--
-- KEYS[1]  who is counted, and for what
-- ARGV[1]  how many requests the window allows
-- ARGV[2]  how long it lasts, in milliseconds
-- Answers {allowed 1 or 0, requests left, milliseconds until the window closes}.
--
-- A refused request is not counted, so that knocking on a closed door does not keep it shut. The count and its
-- end are set in one step: a key without an end would lock a client out for ever.

local limit = tonumber(ARGV[1])
local window = tonumber(ARGV[2])
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
local closes = redis.call('PTTL', KEYS[1])

if count == 0 or closes < 0 then
    redis.call('SET', KEYS[1], 1, 'PX', window)
    return {1, limit - 1, window}
end
if count >= limit then
    return {0, 0, closes}
end
redis.call('INCR', KEYS[1])
return {1, limit - count - 1, closes}
