-- Publishes the tail of an open text, and ends a reading: the analysis is then open if that is all of its text, or queued.
--
-- KEYS 1 record (hash)  2 tail (hash)  3 analyses that wait for a worker (sorted set)
-- ARGV 1 run  2 code units that were read  3 sequence number of the event before the tail  4 tail  5 channel
--      6 time to live  7 id  8 now
-- Returns the record; nothing if this run takes no more events.
local record = KEYS[1]
local known = redis.call('HMGET', record, 'run', 'state', 'open', 'length')
local state, open = known[2], known[3] == '1'
if known[1] ~= ARGV[1] or not (state == 'QUEUED' or state == 'RUNNING' or state == 'OPEN') then return {} end
if open then
  redis.call('HSET', KEYS[2], 'after', ARGV[3], 'tail', ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
  redis.call('PUBLISH', ARGV[5], 'TAIL')
end
redis.call('HINCRBY', record, 'wake', 1)
if open and known[4] == ARGV[2] then
  redis.call('HSET', record, 'state', 'OPEN')
  redis.call('ZREM', KEYS[3], ARGV[7])
else
  redis.call('HSET', record, 'state', 'QUEUED')
  redis.call('ZADD', KEYS[3], ARGV[8], ARGV[7])
  redis.call('PEXPIRE', KEYS[3], ARGV[6])
end
return redis.call('HGETALL', record)
