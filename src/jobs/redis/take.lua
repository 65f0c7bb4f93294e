-- Begins to read an open text, from a position on.
--
-- KEYS 1 record (hash)  2 source (string)  3 text (string of UTF-16LE)
-- ARGV 1 run  2 position  3 started at
-- Returns the record, the text from the position on, and the source; nothing if this run takes no more events.
local record = KEYS[1]
local known = redis.call('HMGET', record, 'run', 'state', 'startedAt')
local state = known[2]
if known[1] ~= ARGV[1] or not (state == 'QUEUED' or state == 'RUNNING' or state == 'OPEN') then return {} end
redis.call('HSET', record, 'state', 'RUNNING')
if not known[3] then redis.call('HSET', record, 'startedAt', ARGV[3]) end
local text = redis.call('GETRANGE', KEYS[3], 2 * tonumber(ARGV[2]), -1)
return { redis.call('HGETALL', record), text, redis.call('GET', KEYS[2]) or '' }
