-- wrk: posts each line of a file (signature, blank, body in hexadecimal) once, then says in one line what came of it:
-- answers, seconds, median and 99th percentile in milliseconds, answers other than 2xx and 3xx, socket errors.
--   wrk ... -s proxy_load.lua URL -- FILE
local requests, sent = {}, 0

function init(args)
  if not args[1] then return end
  for line in io.lines(args[1]) do
    local signature, hex = line:match("^(%x+) (%x+)$")
    local body = hex:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end)
    requests[#requests + 1] = wrk.format("POST", "/api/webhooks/calcom",
      {["Host"] = "localhost", ["Content-Type"] = "application/json", ["X-Cal-Signature-256"] = signature}, body)
  end
end

function request()
  if #requests == 0 then return wrk.format("GET") end
  sent = sent + 1
  -- Sent again it would be a duplicate, which is less work: end rather than measure that.
  if sent > #requests then io.stderr:write("the file has too few bodies\n") os.exit(1) end
  return requests[sent]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %.3f %.2f %.2f %d %d\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
