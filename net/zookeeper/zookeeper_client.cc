#include "net/zookeeper/zookeeper_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace kmirror::net {
namespace {

using std::chrono::milliseconds;

// ZooKeeper's own limit (jute.maxbuffer) is 1 MiB; people raise it for large trees.
constexpr std::size_t kMaxPacketBytes = 16 * 1024 * 1024;
constexpr std::size_t kReadBytes = 64 * 1024;

// Requests sent before their answers are read: few enough for any socket buffer to hold.
constexpr std::size_t kPipelined = 64;

void shuffle(std::vector<HostPort>& servers, Random& random) {
  for (std::size_t left = servers.size(); left > 1; --left) {
    std::swap(servers[left - 1], servers[random.below(left)]);
  }
}

}  // namespace

ZookeeperClient::ZookeeperClient(Runtime& runtime, std::unique_ptr<Stream> stream, std::string peer,
                                 std::string chroot, milliseconds timeout)
    : runtime_(runtime),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      chroot_(std::move(chroot)),
      timeout_(timeout),
      watchdog_(runtime) {}

Awaitable<Result<std::shared_ptr<ZookeeperClient>>> ZookeeperClient::open(Runtime& runtime,
                                                                          TaskGroup& tasks,
                                                                          ZookeeperConnect servers,
                                                                          milliseconds timeout) {
  KM_CHECK(!servers.servers.empty(), "a connect string names at least one server");
  shuffle(servers.servers, runtime.random());
  Failure last;
  for (const HostPort& server : servers.servers) {
    Result<std::shared_ptr<ZookeeperClient>> client =
        co_await open_at(runtime, tasks, server, servers.chroot, timeout);
    if (client) co_return client;
    last = client.error();
    runtime.log(LogLevel::kDebug, last.text);
  }
  co_return last;
}

Awaitable<Result<std::shared_ptr<ZookeeperClient>>> ZookeeperClient::open_at(
    Runtime& runtime, TaskGroup& tasks, HostPort server, std::string chroot, milliseconds timeout) {
  std::string peer = fmt::format("ZooKeeper {}", to_string(server));
  Result<std::vector<Address>> addresses = co_await runtime.resolve(server.host, server.port);
  if (!addresses) {
    co_return Failure{addresses.error().kind, fmt::format("{}: {}", peer, addresses.error().text)};
  }
  Failure last{FailureKind::kSystem, fmt::format("{}: the name has no address", peer)};
  for (const Address& address : *addresses) {
    Result<std::unique_ptr<Stream>> stream =
        co_await runtime.connect(address, runtime.now() + timeout);
    if (!stream) {
      last = Failure{stream.error().kind, fmt::format("{}: {}", peer, stream.error().text)};
      continue;
    }
    auto client =
        std::make_shared<ZookeeperClient>(runtime, std::move(*stream), peer, chroot, timeout);
    tasks.spawn(watch_loop(client));
    Result<void> started = co_await client->start_session();
    if (started) co_return client;
    last = started.error();
    co_await client->close();
  }
  co_return last;
}

// Cancels by closing the stream, which ends whatever read or write is under way.
Awaitable<void> ZookeeperClient::watch_loop(std::shared_ptr<ZookeeperClient> self) {
  while (!self->is_closed_) {
    co_await self->watchdog_.wait(self->deadline_);
    if (self->is_closed_ || self->runtime_.now() < self->deadline_) continue;
    self->timed_out_ = true;
    self->deadline_ = kNever;
    self->stream_->close();
  }
}

Awaitable<Result<void>> ZookeeperClient::start_session() {
  Buffer request;
  jute::append_connect(request, static_cast<std::int32_t>(timeout_.count()));
  Result<void> written = co_await write_all(std::move(request));
  if (!written) co_return written;
  Result<Buffer> packet = co_await read_packet();
  if (!packet) co_return packet.error();
  std::optional<std::int32_t> session_timeout_ms = jute::decode_connect_reply(*packet);
  if (!session_timeout_ms) {
    co_return failure(FailureKind::kMalformed, "does not answer as a ZooKeeper does");
  }
  if (*session_timeout_ms <= 0) co_return failure(FailureKind::kClosed, "refused the session");
  co_return Result<void>();
}

Awaitable<Result<std::vector<std::optional<ZookeeperClient::Names>>>> ZookeeperClient::children_of(
    Names paths) {
  Result<std::vector<Buffer>> packets = co_await ask(jute::Operation::kGetChildren, paths);
  if (!packets) co_return packets.error();
  std::vector<std::optional<Names>> all;
  for (std::size_t i = 0; i < packets->size(); ++i) {
    const Buffer& packet = (*packets)[i];
    all.emplace_back();
    if (packet.empty()) continue;
    all.back() = jute::decode_children(jute::decode_reply(packet)->body);
    if (!all.back()) {
      co_return failure(FailureKind::kMalformed,
                        fmt::format("sent a malformed list of children of {}", paths[i]));
    }
    std::ranges::sort(*all.back());
  }
  co_return all;
}

Awaitable<Result<std::vector<std::optional<std::string>>>> ZookeeperClient::data_of(Names paths) {
  Result<std::vector<Buffer>> packets = co_await ask(jute::Operation::kGetData, paths);
  if (!packets) co_return packets.error();
  std::vector<std::optional<std::string>> all;
  for (std::size_t i = 0; i < packets->size(); ++i) {
    const Buffer& packet = (*packets)[i];
    all.emplace_back();
    if (packet.empty()) continue;
    all.back() = jute::decode_data(jute::decode_reply(packet)->body);
    if (!all.back()) {
      co_return failure(FailureKind::kMalformed,
                        fmt::format("sent malformed data of {}", paths[i]));
    }
  }
  co_return all;
}

Awaitable<Result<std::vector<Buffer>>> ZookeeperClient::ask(jute::Operation operation,
                                                            Names paths) {
  std::vector<Buffer> answers;
  for (std::size_t first = 0; first < paths.size(); first += kPipelined) {
    std::size_t end = std::min(first + kPipelined, paths.size());
    std::int32_t xid = last_xid_;
    Buffer requests;
    for (std::size_t i = first; i < end; ++i) {
      jute::append_read(requests, ++last_xid_, operation, chroot_ + paths[i]);
    }
    Result<void> written = co_await write_all(std::move(requests));
    if (!written) co_return written.error();
    for (std::size_t i = first; i < end; ++i) {
      Result<Buffer> answer = co_await read_answer(++xid, paths[i]);
      if (!answer) co_return answer.error();
      answers.push_back(std::move(*answer));
    }
  }
  co_return answers;
}

Awaitable<Result<Buffer>> ZookeeperClient::read_answer(std::int32_t xid, const std::string& path) {
  while (true) {
    Result<Buffer> packet = co_await read_packet();
    if (!packet) co_return packet.error();
    std::optional<jute::Reply> reply = jute::decode_reply(*packet);
    if (!reply) co_return failure(FailureKind::kMalformed, "sent a malformed reply");
    bool is_unasked = reply->xid == jute::kWatchXid || reply->xid == jute::kPingXid ||
                      reply->xid == jute::kAuthXid;
    if (is_unasked) continue;
    if (reply->xid != xid) {
      co_return failure(FailureKind::kMalformed, "answered a question that was not asked");
    }
    if (reply->error == 0) co_return packet;
    if (reply->error == jute::kNoNode) co_return Buffer();
    std::string_view meaning = reply->error == jute::kNoAuth ? " (no permission)" : "";
    co_return failure(FailureKind::kBroker, fmt::format("does not show {}{}: error {}{}", chroot_,
                                                        path, reply->error, meaning));
  }
}

Awaitable<Result<Buffer>> ZookeeperClient::read_packet() {
  set_deadline(runtime_.now() + timeout_);
  Buffer length, packet;
  Result<void> read = co_await read_exactly(length, sizeof(std::int32_t));
  if (!read) co_return read.error();
  auto size = load_be<std::uint32_t>(length.data());
  if (size > kMaxPacketBytes) {
    co_return failure(FailureKind::kMalformed, fmt::format("announced a packet of {} bytes", size));
  }
  read = co_await read_exactly(packet, size);
  if (!read) co_return read.error();
  set_deadline(kNever);
  co_return packet;
}

// Grows with what has come, not with what was announced.
Awaitable<Result<void>> ZookeeperClient::read_exactly(Buffer& into, std::size_t count) {
  while (into.size() < count) {
    std::size_t have = into.size();
    into.resize(have + std::min(count - have, kReadBytes));
    Result<std::size_t> read = co_await stream_->read_some(MutableBytes(into).subspan(have));
    if (!read) co_return stream_failure(read.error());
    into.resize(have + *read);
  }
  co_return Result<void>();
}

Awaitable<Result<void>> ZookeeperClient::write_all(Buffer bytes) {
  set_deadline(runtime_.now() + timeout_);
  ConstBytes rest(bytes);
  while (!rest.empty()) {
    Result<std::size_t> written = co_await stream_->write_some({&rest, 1});
    if (!written) co_return stream_failure(written.error());
    rest = rest.subspan(*written);
  }
  co_return Result<void>();
}

Awaitable<void> ZookeeperClient::close() {
  if (is_closed_) co_return;
  // A farewell spares the server a session that would have to expire; its answer is not awaited.
  Buffer farewell;
  jute::append_close(farewell, ++last_xid_);
  Result<void> written = co_await write_all(std::move(farewell));
  if (!written) runtime_.log(LogLevel::kDebug, written.error().text);
  is_closed_ = true;
  stream_->close();
  watchdog_.notify();
}

void ZookeeperClient::set_deadline(TimePoint deadline) {
  deadline_ = deadline;
  watchdog_.notify();
}

Failure ZookeeperClient::failure(FailureKind kind, std::string_view what) const {
  return {kind, fmt::format("{} {}", peer_, what)};
}

Failure ZookeeperClient::stream_failure(const Failure& cause) const {
  if (timed_out_) {
    return failure(FailureKind::kTimeout,
                   fmt::format("did not answer within {} ms", timeout_.count()));
  }
  if (cause.kind == FailureKind::kClosed) {
    return failure(FailureKind::kClosed,
                   "closed the connection (one that wants SASL or TLS does so)");
  }
  return failure(cause.kind, fmt::format("cannot be talked to: {}", cause.text));
}

}  // namespace kmirror::net
