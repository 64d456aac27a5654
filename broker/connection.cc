#include "broker/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/join.h"
#include "broker/api_table.h"
#include "protocol/framing.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/registry.h"

namespace kmirror::broker {

using net::Awaitable;
using net::Result;
using protocol::GatherBuffer;

namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::size_t kMaxRequestBytes = 100 << 20;  // socket.request.max.bytes

const protocol::Api* api_of(std::int16_t key) {
  const ApiEntry* const entry = find_api(key);
  return entry == nullptr ? nullptr : &entry->request->api;
}

// Reads frames; what is behind one stays for the next.
class FrameReader {
 public:
  explicit FrameReader(net::Stream& stream) : stream_(stream) {}

  // The next frame after its length, until the next call. None at the connection's end, and for a
  // length that no request has.
  Awaitable<std::optional<ConstBytes>> next() {
    std::copy(bytes_.begin() + used_, bytes_.begin() + filled_, bytes_.begin());
    filled_ -= used_;
    used_ = 0;
    for (;;) {
      std::size_t wanted = kLengthBytes;
      if (std::cmp_greater_equal(filled_, kLengthBytes)) {
        const std::size_t size = load_be<std::uint32_t>(bytes_.data());
        if (size > kMaxRequestBytes) co_return std::nullopt;
        wanted += size;
        if (std::cmp_greater_equal(filled_, wanted)) {
          used_ = static_cast<std::ptrdiff_t>(wanted);
          co_return ConstBytes(bytes_).subspan(kLengthBytes, size);
        }
      }
      // What a length claims takes no memory before it comes.
      if (bytes_.size() - filled_ < kReadBytes / 2) {
        bytes_.resize(std::max(bytes_.size() * 2, kReadBytes));
      }
      const MutableBytes room = MutableBytes(bytes_).subspan(filled_);
      const Result<std::size_t> got = co_await stream_.read_some(room);
      if (!got) co_return std::nullopt;
      filled_ += static_cast<std::ptrdiff_t>(got.value());
    }
  }

 private:
  net::Stream& stream_;
  Buffer bytes_;
  std::ptrdiff_t used_ = 0;  // of the frame that was handed out
  std::ptrdiff_t filled_ = 0;
};

Awaitable<bool> write_all(net::Stream& stream, std::vector<ConstBytes> pieces) {
  std::size_t first = 0;
  while (first < pieces.size()) {
    const std::span<const ConstBytes> rest = std::span(pieces).subspan(first);
    const Result<std::size_t> wrote = co_await stream.write_some(rest);
    if (!wrote) co_return false;
    std::size_t left = wrote.value();
    while (first < pieces.size() && left >= pieces[first].size()) left -= pieces[first++].size();
    if (left > 0) pieces[first] = pieces[first].subspan(left);
  }
  co_return true;
}

class Server {
 public:
  Server(Cluster& cluster, Node& node, net::Stream& stream)
      : cluster_(cluster), node_(node), stream_(stream) {}

  // False where the connection is to be closed.
  Awaitable<bool> answer(ConstBytes frame);

 private:
  Awaitable<bool> send(const CallContext& call, const protocol::RequestFrame& header,
                       const protocol::AnyMessage& response, std::int16_t version);

  Cluster& cluster_;
  Node& node_;
  net::Stream& stream_;
};

Awaitable<void> run(const ApiEntry& entry, Cluster& cluster, CallContext& call, const void* request,
                    void* response) {
  switch (cluster.run_hooks(entry.request->api.key, call, request, response)) {
    case HookAction::kPass:
      break;
    case HookAction::kAnswer:
      co_return;
    case HookAction::kSilence:
      call.outcome = Outcome::kSilence;
      co_return;
    case HookAction::kClose:
      call.outcome = Outcome::kClose;
      co_return;
  }
  if (entry.run != nullptr) {
    entry.run(call, request, response);
  } else {
    co_await entry.run_waiting(call, request, response);
  }
}

Awaitable<bool> Server::answer(ConstBytes frame) {
  protocol::RequestFrame header;
  if (protocol::decode_request_header(frame, &api_of, header)) co_return false;
  const ApiEntry& entry = *find_api(header.api_key);
  const auto offered = cluster_.versions.find(header.api_key);
  if (offered == cluster_.versions.end()) co_return false;
  CallContext call{.cluster = cluster_,
                   .node = node_,
                   .version = header.version,
                   .client_id = std::string(header.client_id.value_or(""))};
  protocol::AnyMessage request(*entry.request);
  protocol::AnyMessage response(*entry.response);
  std::int16_t answer_version = header.version;
  if (!offered->second.contains(header.version)) {
    // Clients ask for ApiVersions before they can know which versions there are (KIP-511).
    if (header.api_key != protocol::kApiVersionsKey) co_return false;
    auto& message = *static_cast<protocol::ApiVersionsResponse*>(response.get());
    message.error_code = protocol::ErrorCode::kUnsupportedVersion;
    if (cluster_.release() >= Release{2, 4}) {
      message.api_keys.push_back({.api_key = header.api_key,
                                  .min_version = offered->second.min,
                                  .max_version = offered->second.max});
    }
    answer_version = 0;
  } else {
    if (request.decode(header.body, header.version)) co_return false;
    if (node_.delay > Duration{}) {
      net::Wakeup wakeup(node_.runtime());
      co_await node_.wait(wakeup, node_.runtime().now() + node_.delay);
    }
    co_await run(entry, cluster_, call, request.get(), response.get());
    if (cluster_.on_answered) {
      cluster_.on_answered(call, header.api_key, request.get(), response.get());
    }
  }
  if (call.outcome == Outcome::kSilence) co_return true;
  if (call.outcome == Outcome::kClose) co_return false;
  const bool sent = co_await send(call, header, response, answer_version);
  co_return sent;
}

Awaitable<bool> Server::send(const CallContext& call, const protocol::RequestFrame& header,
                             const protocol::AnyMessage& response, std::int16_t version) {
  GatherBuffer encoded;
  const protocol::ResponsePrefix prefix(response.type().api, version, header.correlation_id);
  const protocol::WireError error = response.encode(version, prefix, encoded);
  if (error) {
    node_.runtime().log(net::LogLevel::kError,
                        fmt::format("{} v{} cannot carry the answer: {}", response.type().name,
                                    version, error.to_string()));
    co_return false;
  }
  std::vector<ConstBytes> pieces(encoded.pieces().begin(), encoded.pieces().end());
  Buffer mangled;
  if (cluster_.mangle) {
    mangled = join(pieces);
    cluster_.mangle(call, header.api_key, mangled);
    pieces = {ConstBytes(mangled)};
  }
  const bool sent = co_await write_all(stream_, std::move(pieces));
  if (sent && call.throttle_time_ms > 0) {
    net::Wakeup wakeup(node_.runtime());
    const auto rest = std::chrono::milliseconds(call.throttle_time_ms);
    co_await node_.wait(wakeup, node_.runtime().now() + rest);
  }
  co_return sent;
}

}  // namespace

Awaitable<void> serve(Cluster& cluster, Node& node, std::unique_ptr<net::Stream> stream,
                      int starts) {
  if (!node.is_running() || node.starts() != starts) co_return;
  const Node::Registration registration(node, *stream);
  FrameReader frames(*stream);
  Server server(cluster, node, *stream);
  for (;;) {
    const std::optional<ConstBytes> frame = co_await frames.next();
    if (!frame) break;
    const bool goes_on = co_await server.answer(*frame);
    if (!goes_on) break;
  }
  stream->close();
}

}  // namespace kmirror::broker
