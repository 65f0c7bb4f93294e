-- Records that a run has begun.
--
-- KEYS 1 record (hash)
-- ARGV 1 run  2 started at
local known = redis.call('HMGET', KEYS[1], 'run', 'state')
if known[1] ~= ARGV[1] or known[2] ~= 'QUEUED' then return 0 end
redis.call('HSET', KEYS[1], 'state', 'RUNNING', 'startedAt', ARGV[2])
return 1
