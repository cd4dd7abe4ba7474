-- May a client try once more? Failures close the door for the rest of a window that opens with the first of them.
--
-- KEYS[1]  how often the client failed in its window
-- KEYS[2]  its tries under way: each with the time until which it counts
-- ARGV[1]  how many failures the window allows
-- ARGV[2]  how long it lasts, in milliseconds
-- ARGV[3]  this try's name
-- ARGV[4]  how long a try under way counts at most, in milliseconds
-- Answers {state, failures left, milliseconds until the window closes}; states: 0 closed, 1 admitted, 2 come back.
--
-- A try under way may turn out a failure. Were it not counted until then, a client could start a thousand at once.

local failures_max = tonumber(ARGV[1])
local failures = tonumber(redis.call('GET', KEYS[1]) or '0')
local closes = redis.call('PTTL', KEYS[1])
if closes < 0 then
    failures = 0
    closes = tonumber(ARGV[2])
end
if failures >= failures_max then
    return {0, 0, closes}
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local left = failures_max - failures
if redis.call('ZCARD', KEYS[2]) >= left then
    return {2, left, closes}
end
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[4]), ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return {1, left, closes}
