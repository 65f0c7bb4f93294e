-- Records that a run has begun.
--
-- KEYS 1 record (hash)  2 analyses that wait for a worker (sorted set)
-- ARGV 1 id  2 run  3 started at
local known = redis.call('HMGET', KEYS[1], 'run', 'state')
if known[1] ~= ARGV[2] or known[2] ~= 'QUEUED' then return 0 end
redis.call('HSET', KEYS[1], 'state', 'RUNNING', 'startedAt', ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
