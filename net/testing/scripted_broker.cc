#include "net/testing/scripted_broker.h"

#include <algorithm>

#include "base/check.h"
#include "net/wakeup.h"
#include "protocol/framing.h"
#include "protocol/messages/api_versions.h"
#include "protocol/wire/archive.h"

namespace kmirror::net {
namespace {

Buffer frame(const protocol::AnyMessage& response, std::int16_t version, std::int32_t id) {
  const protocol::ResponsePrefix prefix(response.type().api, version, id);
  protocol::GatherBuffer out;
  KM_CHECK(!response.encode(version, prefix, out), "scripts answer well-formed");
  Buffer bytes;
  for (const ConstBytes piece : out.pieces()) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

}  // namespace

// Both ends in one object.
class ScriptedBroker::BrokerStream final : public Stream {
 public:
  explicit BrokerStream(ScriptedBroker& broker)
      : broker_(broker), readable_(broker.runtime_), writable_(broker.runtime_) {
    broker_.streams_.insert(this);
  }
  ~BrokerStream() override { broker_.streams_.erase(this); }

  Awaitable<Result<std::size_t>> read_some(MutableBytes into, std::size_t /*expected*/) override {
    while (!is_readable() && !closed_) {
      co_await readable_.wait(answers_.empty() ? kNever : readable_at_);
    }
    if (closed_) co_return closed();
    const std::size_t count = std::min({into.size(), answers_.size(), broker_.piece_bytes});
    std::copy_n(answers_.begin(), count, into.begin());
    answers_.erase(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(count));
    co_return count;
  }

  Awaitable<Result<std::size_t>> write_some(std::span<const ConstBytes> pieces, Lending) override {
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

ScriptedBroker::ScriptedBroker(Runtime& runtime) : runtime_(runtime) {
  for (const protocol::MessageType& type : protocol::message_types()) {
    if (type.role == protocol::MessageRole::kRequest) versions[type.api.key] = type.api.versions;
  }
}

void ScriptedBroker::on_any(std::int16_t api_key, AnyHandler handler) {
  handlers_[api_key] = std::move(handler);
}

void ScriptedBroker::hang_up() {
  const auto streams = streams_;
  for (BrokerStream* stream : streams) stream->close();
}

Result<std::unique_ptr<Stream>> ScriptedBroker::accept() {
  if (!accepts) return Failure{.kind = FailureKind::kSystem, .text = "connection refused"};
  ++connections;
  return std::unique_ptr<Stream>(std::make_unique<BrokerStream>(*this));
}

void ScriptedBroker::send_to_all(ConstBytes bytes) {
  for (BrokerStream* stream : streams_) stream->send(bytes);
}

// False where a real broker closes the connection.
bool ScriptedBroker::answer(ConstBytes bytes, BrokerStream& stream) {
  const auto key = load_be<std::int16_t>(bytes.data());
  const auto version = load_be<std::int16_t>(bytes.data() + 2);
  const auto id = load_be<std::int32_t>(bytes.data() + 4);
  const auto client_id_size = load_be<std::int16_t>(bytes.data() + 8);
  seen.emplace_back(key, version);
  if (key == protocol::kApiVersionsKey) {
    stream.send(api_versions(version, id));
    return true;
  }
  const auto handler = handlers_.find(key);
  if (handler == handlers_.end() || !versions.at(key).contains(version)) return false;
  protocol::AnyMessage request(*protocol::find_message(key, protocol::MessageRole::kRequest));
  const std::size_t tags = request.type().api.flexible_in(version) ? 1 : 0;
  const ConstBytes body = bytes.subspan(10 + client_id_size + tags);
  KM_CHECK(!request.decode(body, version), "clients send well-formed requests");
  protocol::AnyMessage response(*protocol::find_message(key, protocol::MessageRole::kResponse));
  if (handler->second(request.get(), version, response.get())) {
    stream.send(frame(response, version, id));
  }
  return true;
}

Buffer ScriptedBroker::api_versions(std::int16_t version, std::int32_t id) const {
  const protocol::VersionRange own = versions.at(protocol::kApiVersionsKey);
  const bool known = own.contains(version);
  protocol::AnyMessage answer(
      *protocol::find_message(protocol::kApiVersionsKey, protocol::MessageRole::kResponse));
  auto& response = *static_cast<protocol::ApiVersionsResponse*>(answer.get());
  if (!known) response.error_code = protocol::ErrorCode::kUnsupportedVersion;
  for (const auto& [key, range] : versions) {
    if (!known && !(tells_own_range && key == protocol::kApiVersionsKey)) continue;
    response.api_keys.push_back(
        {.api_key = key, .min_version = range.min, .max_version = range.max});
  }
  return frame(answer, known ? version : std::int16_t{0}, id);
}

}  // namespace kmirror::net
