-- Begins to read an open text, from a position on.
--
-- KEYS 1 record (hash)  2 source (string)  3 text (string of UTF-16LE)  4 analyses that wait for a worker (sorted set)
-- ARGV 1 id  2 run  3 position  4 started at
-- Returns the record, the text from the position on, and the source; nothing if this run takes no more events.
local record = KEYS[1]
local known = redis.call('HMGET', record, 'run', 'state', 'startedAt')
local state = known[2]
if known[1] ~= ARGV[2] or not (state == 'QUEUED' or state == 'RUNNING' or state == 'OPEN') then return {} end
redis.call('HSET', record, 'state', 'RUNNING')
if not known[3] then redis.call('HSET', record, 'startedAt', ARGV[4]) end
redis.call('ZREM', KEYS[4], ARGV[1])
local text = redis.call('GETRANGE', KEYS[3], 2 * tonumber(ARGV[3]), -1)
return { redis.call('HGETALL', record), text, redis.call('GET', KEYS[2]) or '' }
