import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/**
 * What changes an analysis in Redis: scripts, so that each change is whole or not at all.
 *
 * For an analysis with the id `i` there are, below the prefix: `analysis:i`, its record (hash); `analysis:i:source`,
 * what it reads (string); `analysis:i:events`, its log (stream; event n has the id `n+1-0`). Over all of them there are
 * `sizes` (hash: bytes by id, and their sum in `*`), `ended` (by time of end), `expiry` (by time when the events go),
 * and the channels `changes:i`.
 */
const COMMON = `
local prefix, id, now = KEYS[1], ARGV[1], tonumber(ARGV[2])
local unfinishedTtl, ttl, recordTtl = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local mostKept, mostBytes, mostLogBytes = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local sizes, ended, expiry = prefix .. 'sizes', prefix .. 'ended', prefix .. 'expiry'
local record = prefix .. 'analysis:' .. id
local source, events = record .. ':source', record .. ':events'

local function isOpen(state) return state == 'QUEUED' or state == 'RUNNING' end

local function total() return tonumber(redis.call('HGET', sizes, '*') or '0') end

local function grow(which, bytes)
  redis.call('HINCRBY', sizes, which, bytes)
  redis.call('HINCRBY', sizes, '*', bytes)
end

local function dropEvents(which)
  local key = prefix .. 'analysis:' .. which
  redis.call('DEL', key .. ':source', key .. ':events')
  grow(which, -tonumber(redis.call('HGET', sizes, which) or '0'))
  redis.call('HDEL', sizes, which)
  redis.call('ZREM', ended, which)
  redis.call('ZREM', expiry, which)
end

local function dropOldestWhile(tooMuch)
  while tooMuch() do
    local oldest = redis.call('ZRANGE', ended, 0, 0)[1]
    if not oldest or oldest == id then return end
    dropEvents(oldest)
  end
end

local function keepFor(eventsTtl, ownTtl)
  redis.call('PEXPIRE', source, eventsTtl)
  redis.call('PEXPIRE', events, eventsTtl)
  redis.call('PEXPIRE', record, ownTtl)
  redis.call('ZADD', expiry, now + eventsTtl, id)
  for _, key in ipairs({ sizes, ended, expiry }) do redis.call('PEXPIRE', key, math.max(unfinishedTtl, recordTtl)) end
end

for _, late in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 100)) do dropEvents(late) end
`;

const CREATE = `${COMMON}
local content, fingerprint, text, restart, createdAt, noProgress, owner = unpack(ARGV, 9)
local known = redis.call('HMGET', record, 'content', 'state', 'run')
local run = 1
if known[1] then
  if known[1] ~= content then return 'OTHER' end
  local lost = redis.call('EXISTS', source) == 0
  local again = restart == '1' and not isOpen(known[2]) and (known[2] ~= 'COMPLETED' or lost)
  if not again then return 'KNOWN' end
  run = tonumber(known[3]) + 1
end
local function full() return total() + #text > mostBytes end
dropOldestWhile(full)
if redis.call('ZSCORE', ended, id) then dropEvents(id) end
if full() then return 'FULL' end
redis.call('DEL', record, events)
redis.call('HSET', record, 'run', run, 'owner', owner, 'content', content, 'fingerprint', fingerprint, 'state', 'QUEUED',
  'progress', noProgress, 'entityCount', 0, 'createdAt', createdAt, 'last', -1, 'logBytes', 0)
redis.call('SET', source, text)
grow(id, #text)
keepFor(unfinishedTtl, unfinishedTtl)
return 'CREATED'
`;

const BEGIN = `${COMMON}
local run, startedAt = unpack(ARGV, 9)
local known = redis.call('HMGET', record, 'run', 'state')
if known[1] ~= run or known[2] ~= 'QUEUED' then return 'KNOWN' end
redis.call('HSET', record, 'state', 'RUNNING', 'startedAt', startedAt)
return 'WRITTEN'
`;

const APPEND = `${COMMON}
local run, sequence, cursor, event, state, entities, progress, code, message, at = unpack(ARGV, 9)
local known = redis.call('HMGET', record, 'run', 'state', 'last')
if known[1] ~= run or not isOpen(known[2]) then return 'ENDED' end
local last = tonumber(known[3])
sequence = tonumber(sequence)
if sequence <= last then return 'KNOWN' end
if sequence > last + 1 then
  return redis.error_reply('Event ' .. sequence .. ' of ' .. id .. ' would leave a gap behind ' .. last .. '.')
end
redis.call('XADD', events, (sequence + 1) .. '-0', 'event', event)
redis.call('HSET', record, 'last', sequence, 'cursor', cursor, 'state', state)
redis.call('HINCRBY', record, 'entityCount', entities)
if progress ~= '' then redis.call('HSET', record, 'progress', progress) end
grow(id, #event)
local logBytes = redis.call('HINCRBY', record, 'logBytes', #event)
while logBytes > mostLogBytes and redis.call('XLEN', events) > 1 do
  local first = redis.call('XRANGE', events, '-', '+', 'COUNT', 1)[1]
  redis.call('XDEL', events, first[1])
  grow(id, -#first[2][2])
  logBytes = redis.call('HINCRBY', record, 'logBytes', -#first[2][2])
end
if isOpen(state) then
  keepFor(unfinishedTtl, unfinishedTtl)
  redis.call('PUBLISH', prefix .. 'changes:' .. id, 'APPENDED')
else
  redis.call('HSET', record, 'finishedAt', at)
  if code ~= '' then redis.call('HSET', record, 'code', code, 'message', message) end
  redis.call('ZADD', ended, now, id)
  keepFor(ttl, recordTtl)
  dropOldestWhile(function() return redis.call('ZCARD', ended) > mostKept or total() > mostBytes end)
  redis.call('PUBLISH', prefix .. 'changes:' .. id, 'ENDED')
end
return 'WRITTEN'
`;

/** A Lua script that is sent once and then named by its hash. */
class Script {
  readonly #text: string;
  readonly #hash: string;

  constructor(text: string) {
    this.#text = text;
    this.#hash = createHash('sha1').update(text).digest('hex');
  }

  async run(redis: Redis, prefix: string, args: readonly (string | number)[]): Promise<string> {
    try {
      return String(await redis.evalsha(this.#hash, 1, prefix, ...args));
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return String(await redis.eval(this.#text, 1, prefix, ...args));
    }
  }
}

/** Each takes the id, the time, the limits, and then what its own first line names. */
export const SCRIPTS = { create: new Script(CREATE), begin: new Script(BEGIN), append: new Script(APPEND) };
