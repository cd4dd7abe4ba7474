-- A try has ended. Only a failure counts; success neither counts nor forgets earlier failures.
--
-- KEYS[1]  how often the client failed in its window
-- KEYS[2]  its tries under way
-- ARGV[1]  how many failures the window allows
-- ARGV[2]  how long it lasts, in milliseconds
-- ARGV[3]  this try's name
-- ARGV[4]  1 if it failed
-- Answers {failures left, milliseconds until the window closes}.

redis.call('ZREM', KEYS[2], ARGV[3])
local closes = redis.call('PTTL', KEYS[1])
if ARGV[4] == '1' then
    if closes < 0 then
        redis.call('SET', KEYS[1], 1, 'PX', ARGV[2])
        closes = tonumber(ARGV[2])
    else
        redis.call('INCR', KEYS[1])
    end
end
if closes < 0 then
    closes = tonumber(ARGV[2])
end
local failures = tonumber(redis.call('GET', KEYS[1]) or '0')
return {math.max(0, tonumber(ARGV[1]) - failures), closes}
