-- Stores a new analysis, or a new run of one that has ended.
--
-- KEYS 1 record (hash)  2 source (string)  3 text (string of UTF-16LE)  4 events (stream; event n has the id n+1-0)
--      5 index (string)  6 tail (hash)  7 analyses of the owner (sorted set)  8 open texts of the owner (set)
--      9 open texts by the time of their last append (sorted set)  10 clock (string)
--      11 analyses that wait for a worker, by since when (sorted set)
-- ARGV 1 id  2 now  3 time to live  4 owner  5 content  6 fingerprint  7 source  8 restart  9 created at
--      10 progress  11 open  12 text  13 most open texts  14 most listed  15 options
--      16 length
-- Returns CREATED, KNOWN, OTHER or CROWDED, and the record.
local record, source, text, events, index, tail = unpack(KEYS, 1, 6)
local id, now, ttl = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local content, open = ARGV[5], ARGV[11]
local known = redis.call('HMGET', record, 'content', 'state', 'run')
local run = 1
if known[1] then
  local state = known[2]
  local alive = state == 'QUEUED' or state == 'RUNNING' or state == 'OPEN'
  local lost = redis.call('EXISTS', source) == 0
  if known[1] ~= content then return { 'OTHER', {} } end
  if ARGV[8] ~= '1' or alive or (state == 'COMPLETED' and not lost) then
    return { 'KNOWN', redis.call('HGETALL', record) }
  end
  run = tonumber(known[3]) + 1
end
local function crowded() return redis.call('SCARD', KEYS[8]) >= tonumber(ARGV[13]) end
if open == '1' and crowded() then
  -- Some may be gone, as after a day without any worker.
  local prefix = string.sub(record, 1, -1 - #id)
  for _, each in ipairs(redis.call('SMEMBERS', KEYS[8])) do
    if redis.call('EXISTS', prefix .. each) == 0 then redis.call('SREM', KEYS[8], each) end
  end
  if crowded() then return { 'CROWDED', {} } end
end
local order = math.max(now, tonumber(redis.call('GET', KEYS[10]) or '0') + 1)
local kept = 10 * tonumber(ttl)
redis.call('SET', KEYS[10], order, 'PX', kept)
redis.call('DEL', record, text, events, index, tail)
redis.call('HSET', record, 'run', run, 'owner', ARGV[4], 'order', order, 'content', content, 'fingerprint', ARGV[6],
  'state', 'QUEUED', 'progress', ARGV[10], 'entityCount', 0, 'createdAt', ARGV[9], 'last', -1, 'logBytes', 0,
  'grows', open, 'open', open, 'openTexts', KEYS[8], 'length', ARGV[16], 'wake', 0, 'options', ARGV[15])
redis.call('SET', source, ARGV[7])
if open == '1' then
  redis.call('SET', text, ARGV[12])
  redis.call('SADD', KEYS[8], id)
  redis.call('PEXPIRE', KEYS[8], ttl)
  redis.call('ZADD', KEYS[9], now, id)
  redis.call('PEXPIRE', KEYS[9], ttl)
end
redis.call('ZADD', KEYS[11], now, id)
redis.call('PEXPIRE', KEYS[11], ttl)
redis.call('ZADD', KEYS[7], order, id)
redis.call('ZREMRANGEBYRANK', KEYS[7], 0, -1 - tonumber(ARGV[14]))
redis.call('PEXPIRE', KEYS[7], kept)
for _, key in ipairs({ record, source, text }) do redis.call('PEXPIRE', key, ttl) end
return { 'CREATED', redis.call('HGETALL', record) }
