-- Appends an event and notifies subscribers.
--
-- KEYS 1 record (hash)  2 source (string)  3 text (string)  4 events (stream)  5 index (string)  6 tail (hash)
--      7 open texts (sorted set)  8 analyses that wait for a worker (sorted set)
-- ARGV 1 id  2 channel  3 run  4 sequence  5 cursor  6 event  7 state  8 entities  9 lines of the index  10 progress
--      11 code  12 message  13 at  14 checkpoint  15 final fingerprint
--      16 time to live while unfinished  17 of events after the end  18 of the record after the end  19 most bytes of events
-- Returns WRITTEN, KNOWN or ENDED.
local record, events = KEYS[1], KEYS[4]
local id, channel, sequence, event, state = ARGV[1], ARGV[2], tonumber(ARGV[4]), ARGV[6], ARGV[7]
local function alive(which) return which == 'QUEUED' or which == 'RUNNING' or which == 'OPEN' end
local function keep(key, ttl) redis.call('PEXPIRE', key, ttl) end

local known = redis.call('HMGET', record, 'run', 'state', 'last', 'openTexts')
if known[1] ~= ARGV[3] or not alive(known[2]) then return 'ENDED' end
local last = tonumber(known[3])
if sequence <= last then return 'KNOWN' end
if sequence > last + 1 then
  return redis.error_reply('Event ' .. sequence .. ' of ' .. id .. ' would leave a gap after ' .. last .. '.')
end
redis.call('XADD', events, (sequence + 1) .. '-0', 'event', event)
if ARGV[9] ~= '' then redis.call('APPEND', KEYS[5], ARGV[9]) end
redis.call('HSET', record, 'last', sequence, 'cursor', ARGV[5], 'state', state)
redis.call('HINCRBY', record, 'entityCount', ARGV[8])
if ARGV[10] ~= '' then redis.call('HSET', record, 'progress', ARGV[10]) end
if ARGV[14] ~= '' then redis.call('HSET', record, 'checkpoint', ARGV[14]) end
if ARGV[15] ~= '' then redis.call('HSET', record, 'finalFingerprint', ARGV[15]) end
local logBytes = redis.call('HINCRBY', record, 'logBytes', #event)
while logBytes > tonumber(ARGV[19]) and redis.call('XLEN', events) > 1 do
  local first = redis.call('XRANGE', events, '-', '+', 'COUNT', 1)[1]
  redis.call('XDEL', events, first[1])
  logBytes = redis.call('HINCRBY', record, 'logBytes', -#first[2][2])
end
if alive(state) then
  for which = 1, 6 do keep(KEYS[which], ARGV[16]) end
  redis.call('PUBLISH', channel, 'APPENDED')
  return 'WRITTEN'
end
redis.call('HSET', record, 'finishedAt', ARGV[13], 'open', 0)
redis.call('HDEL', record, 'checkpoint')
if ARGV[11] ~= '' then redis.call('HSET', record, 'code', ARGV[11], 'message', ARGV[12]) end
redis.call('DEL', KEYS[6])
redis.call('SREM', known[4], id)
redis.call('ZREM', KEYS[7], id)
redis.call('ZREM', KEYS[8], id)
keep(record, ARGV[18])
for which = 2, 5 do keep(KEYS[which], ARGV[17]) end
redis.call('PUBLISH', channel, 'ENDED')
return 'WRITTEN'
