// For tests: a broker that answers as it is told, over the same protocol code. Of its own it knows
// ApiVersions. Used on one executor; outlives its connections.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/check.h"
#include "net/runtime.h"
#include "net/wakeup.h"
#include "protocol/framing.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/registry.h"
#include "protocol/wire/archive.h"

namespace kmirror::net {

class ScriptedBroker {
 public:
  explicit ScriptedBroker(Runtime& runtime) : runtime_(runtime) {
    for (const protocol::MessageType& type : protocol::message_types()) {
      if (type.role == protocol::MessageRole::kRequest) versions[type.api.key] = type.api.versions;
    }
  }
  ScriptedBroker(const ScriptedBroker&) = delete;
  ScriptedBroker& operator=(const ScriptedBroker&) = delete;

  std::map<std::int16_t, protocol::VersionRange> versions;  // as it tells them
  bool tells_own_range = true;  // when asked in a version of ApiVersions that it does not know
  bool accepts = true;          // connections
  bool reads = true;            // else writes to it never end
  std::size_t piece_bytes = 1 << 20;  // the most that goes through a stream at once
  int connections = 0;                // accepted so far
  Duration delay{};                   // of the answers that handlers give from now on
  std::vector<std::pair<std::int16_t, std::int16_t>> seen;  // key and version of each request

  // Fills the answer to a request, given its version; false: there is none, ever.
  template <class Request>
  using Handler =
      std::function<bool(const Request&, std::int16_t version, typename Request::Response&)>;

  template <class Request>
  void on(Handler<Request> handler) {
    const auto answer = [handler](ConstBytes body, std::int16_t version,
                                  std::int32_t id) -> std::optional<Buffer> {
      Request request;
      KM_CHECK(!protocol::decode(body, version, request), "clients send well-formed requests");
      typename Request::Response response;
      if (!handler(request, version, response)) return std::nullopt;
      return frame(response, version, id);
    };
    handlers_[Request::kApi.key] = {Request::kApi, answer};
  }

  // Ends all connections as a crash does.
  void hang_up() {
    const auto streams = streams_;
    for (BrokerStream* stream : streams) stream->close();
  }

  Result<std::unique_ptr<Stream>> accept() {
    if (!accepts) return Failure{.kind = FailureKind::kSystem, .text = "connection refused"};
    ++connections;
    return std::unique_ptr<Stream>(std::make_unique<BrokerStream>(*this));
  }

  // Sends bytes that nobody asked for, on all connections.
  void send_to_all(ConstBytes bytes) {
    for (BrokerStream* stream : streams_) stream->send(bytes);
  }

 private:
  // Both ends in one object.
  class BrokerStream final : public Stream {
   public:
    explicit BrokerStream(ScriptedBroker& broker)
        : broker_(broker), readable_(broker.runtime_), writable_(broker.runtime_) {
      broker_.streams_.insert(this);
    }
    ~BrokerStream() override { broker_.streams_.erase(this); }

    Awaitable<Result<std::size_t>> read_some(MutableBytes into) override {
      while (!is_readable() && !closed_) {
        co_await readable_.wait(answers_.empty() ? kNever : readable_at_);
      }
      if (closed_) co_return closed();
      const std::size_t count = std::min({into.size(), answers_.size(), broker_.piece_bytes});
      std::copy_n(answers_.begin(), count, into.begin());
      answers_.erase(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(count));
      co_return count;
    }

    Awaitable<Result<std::size_t>> write_some(std::span<const ConstBytes> pieces) override {
      while (!broker_.reads && !closed_) co_await writable_.wait();
      if (closed_) co_return closed();
      std::size_t left = broker_.piece_bytes;
      for (const ConstBytes piece : pieces) {
        const ConstBytes part = piece.first(std::min(left, piece.size()));
        requests_.insert(requests_.end(), part.begin(), part.end());
        left -= part.size();
      }
      while (!closed_ && take_request()) continue;
      co_return broker_.piece_bytes - left;
    }

    void close() override {
      closed_ = true;
      readable_.notify();
      writable_.notify();
    }

    void send(ConstBytes bytes) {
      readable_at_ = std::max(readable_at_, broker_.runtime_.now() + broker_.delay);
      answers_.insert(answers_.end(), bytes.begin(), bytes.end());
      readable_.notify();
    }

   private:
    static Failure closed() {
      return {.kind = FailureKind::kClosed, .text = "connection closed by the peer"};
    }

    bool is_readable() const { return !answers_.empty() && broker_.runtime_.now() >= readable_at_; }

    bool take_request() {
      if (requests_.size() < 4) return false;
      const std::size_t size = 4 + load_be<std::uint32_t>(requests_.data());
      if (requests_.size() < size) return false;
      const Buffer request(requests_.begin() + 4,
                           requests_.begin() + static_cast<std::ptrdiff_t>(size));
      requests_.erase(requests_.begin(), requests_.begin() + static_cast<std::ptrdiff_t>(size));
      if (!broker_.answer(request, *this)) close();
      return true;
    }

    ScriptedBroker& broker_;
    Wakeup readable_;
    Wakeup writable_;
    Buffer requests_;
    Buffer answers_;
    TimePoint readable_at_ = TimePoint::min();
    bool closed_ = false;
  };

  template <class Response>
  static Buffer frame(const Response& response, std::int16_t version, std::int32_t id) {
    const protocol::ResponsePrefix prefix(Response::kApi, version, id);
    protocol::GatherBuffer out;
    KM_CHECK(!protocol::encode(response, version, prefix, out), "scripts answer well-formed");
    Buffer bytes;
    for (const ConstBytes piece : out.pieces())
      bytes.insert(bytes.end(), piece.begin(), piece.end());
    return bytes;
  }

  // False where a real broker closes the connection.
  bool answer(ConstBytes request, BrokerStream& stream) {
    const auto key = load_be<std::int16_t>(request.data());
    const auto version = load_be<std::int16_t>(request.data() + 2);
    const auto id = load_be<std::int32_t>(request.data() + 4);
    const auto client_id_size = load_be<std::int16_t>(request.data() + 8);
    seen.emplace_back(key, version);
    if (key == protocol::kApiVersionsKey) {
      stream.send(api_versions(version, id));
      return true;
    }
    const auto handler = handlers_.find(key);
    if (handler == handlers_.end() || !versions.at(key).contains(version)) return false;
    const std::size_t tags = handler->second.api.flexible_in(version) ? 1 : 0;
    const ConstBytes body = request.subspan(10 + client_id_size + tags);
    const auto bytes = handler->second.answer(body, version, id);
    if (bytes) stream.send(*bytes);
    return true;
  }

  Buffer api_versions(std::int16_t version, std::int32_t id) const {
    const protocol::VersionRange own = versions.at(protocol::kApiVersionsKey);
    const bool known = own.contains(version);
    protocol::ApiVersionsResponse response;
    if (!known) response.error_code = protocol::ErrorCode::kUnsupportedVersion;
    for (const auto& [key, range] : versions) {
      if (!known && !(tells_own_range && key == protocol::kApiVersionsKey)) continue;
      response.api_keys.push_back(
          {.api_key = key, .min_version = range.min, .max_version = range.max});
    }
    return frame(response, known ? version : std::int16_t{0}, id);
  }

  struct RawHandler {
    protocol::Api api;
    std::function<std::optional<Buffer>(ConstBytes body, std::int16_t version, std::int32_t id)>
        answer;
  };

  Runtime& runtime_;
  std::map<std::int16_t, RawHandler> handlers_;
  std::set<BrokerStream*> streams_;
};

}  // namespace kmirror::net
