#include <utility>

#include "net/zookeeper/fake_zookeeper.h"

namespace kmirror::net {

namespace {

// The server's end and the client's end in one object.
class FakeStream final : public Stream {
 public:
  FakeStream(FakeRuntime& runtime, FakeServer& server) : server_(server), readable_(runtime) {}

  Awaitable<Result<std::size_t>> read_some(MutableBytes into, std::size_t /*expected*/) override {
    while (outgoing_.empty() && !is_closed_) co_await readable_.wait();
    if (outgoing_.empty()) co_return Failure{FailureKind::kClosed, "closed"};
    std::size_t count = std::min({into.size(), outgoing_.size(), server_.piece_bytes});
    std::copy_n(outgoing_.begin(), count, into.begin());
    outgoing_.erase(outgoing_.begin(), outgoing_.begin() + static_cast<std::ptrdiff_t>(count));
    co_return count;
  }

  Awaitable<Result<std::size_t>> write_some(std::span<const ConstBytes> pieces, Lending) override {
    if (is_closed_) co_return Failure{FailureKind::kClosed, "closed"};
    std::size_t count = std::min(pieces[0].size(), server_.piece_bytes);
    incoming_.insert(incoming_.end(), pieces[0].begin(), pieces[0].begin() + count);
    while (take_packet()) {
    }
    readable_.notify();
    co_return count;
  }

  void close() override {
    is_closed_ = true;
    outgoing_.clear();
    readable_.notify();
  }

 private:
  bool take_packet() {
    if (is_closed_ || incoming_.size() < 4) return false;
    std::size_t size = load_be<std::uint32_t>(incoming_.data());
    if (incoming_.size() < 4 + size) return false;
    Buffer packet(incoming_.begin() + 4, incoming_.begin() + 4 + static_cast<std::ptrdiff_t>(size));
    incoming_.erase(incoming_.begin(), incoming_.begin() + 4 + static_cast<std::ptrdiff_t>(size));
    if (!server_.answers) return true;
    if (server_.interrupts && !is_first_) {
      for (std::int32_t xid : {-1, -2, -4}) interrupt(xid);
    }
    std::size_t start = outgoing_.size();
    if (std::exchange(is_first_, false)) {
      number<std::int32_t>(0);
      number<std::int32_t>(server_.session_timeout_ms);
      number<std::int64_t>(1);
      text(std::string(16, 'p'));
      number<std::uint8_t>(0);
      if (!server_.says_first.empty()) {
        outgoing_ = server_.says_first;
        return true;
      }
    } else {
      answer(packet);
    }
    Buffer length(4);
    store_be(length.data(), static_cast<std::int32_t>(outgoing_.size() - start));
    outgoing_.insert(outgoing_.begin() + static_cast<std::ptrdiff_t>(start), length.begin(),
                     length.end());
    sent_bytes_ += outgoing_.size() - start;
    if (server_.hangs_up_after > 0 && sent_bytes_ >= server_.hangs_up_after) {
      outgoing_.resize(outgoing_.size() - (sent_bytes_ - server_.hangs_up_after));
      is_closed_ = true;
    }
    return true;
  }

  // A packet that answers no question.
  void interrupt(std::int32_t xid) {
    number<std::int32_t>(16);
    number(xid);
    number<std::int64_t>(7);
    number<std::int32_t>(0);
  }

  void answer(const Buffer& packet) {
    auto type = load_be<std::int32_t>(packet.data() + 4);
    number(load_be<std::int32_t>(packet.data()) + server_.xid_shift);
    number<std::int64_t>(7);
    if (type == -11) {
      ++server_.closed_sessions;
      return number<std::int32_t>(0);
    }
    std::string path(as_text(ConstBytes(packet).subspan(12, packet.size() - 13)));
    if (path == server_.forbidden) return number<std::int32_t>(-102);
    std::vector<std::string> children;
    for (auto& [node, data] : server_.nodes) {
      if (!node.starts_with(path + "/")) continue;
      std::string child = node.substr(path.size() + 1);
      child = child.substr(0, child.find('/'));
      if (std::ranges::find(children, child) == children.end()) children.push_back(child);
    }
    auto node = server_.nodes.find(path);
    if (node == server_.nodes.end() && children.empty()) return number<std::int32_t>(-101);
    number<std::int32_t>(0);
    if (type == 8) {
      std::ranges::reverse(children);  // a real server's order is no order
      number(static_cast<std::int32_t>(children.size()));
      for (const std::string& child : children) text(child);
    } else {
      text(node == server_.nodes.end() ? "" : node->second);
      outgoing_.resize(outgoing_.size() + 68);
    }
  }

  template <class T>
  void number(T value) {
    outgoing_.resize(outgoing_.size() + sizeof(T));
    store_be(outgoing_.data() + outgoing_.size() - sizeof(T), value);
  }

  void text(const std::string& value) {
    number(static_cast<std::int32_t>(value.size()));
    outgoing_.insert(outgoing_.end(), value.begin(), value.end());
  }

  FakeServer& server_;
  Wakeup readable_;
  Buffer incoming_, outgoing_;
  std::size_t sent_bytes_ = 0;
  bool is_first_ = true;
  bool is_closed_ = false;
};

}  // namespace

Awaitable<Result<std::vector<Address>>> FakeRuntime::resolve(std::string host, std::uint16_t port) {
  if (host != "zk") co_return Failure{FailureKind::kSystem, "cannot resolve " + host};
  std::vector<Address> addresses(1, Address{"10.0.0.1", port});
  co_return addresses;
}

Awaitable<Result<std::unique_ptr<Stream>>> FakeRuntime::connect(Address address, TimePoint) {
  auto server = servers.find(address.port);
  if (server == servers.end() || !server->second.accepts) {
    co_return Failure{FailureKind::kSystem, "connection refused"};
  }
  ++server->second.connections;
  std::unique_ptr<Stream> stream = std::make_unique<FakeStream>(*this, server->second);
  co_return stream;
}

}  // namespace kmirror::net
