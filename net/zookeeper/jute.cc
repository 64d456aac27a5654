#include "net/zookeeper/jute.h"

#include <concepts>

#include "base/check.h"

namespace kmirror::net::jute {
namespace {

constexpr std::size_t kPasswordBytes = 16;
constexpr std::size_t kStatBytes = 68;

template <std::integral T>
void append_number(Buffer& out, T value) {
  out.resize(out.size() + sizeof(T));
  store_be(out.data() + out.size() - sizeof(T), value);
}

// Room for a packet's length, to be filled in by end_packet.
std::size_t begin_packet(Buffer& out) {
  append_number<std::int32_t>(out, 0);
  return out.size();
}

void end_packet(Buffer& out, std::size_t start) {
  store_be(out.data() + start - sizeof(std::int32_t),
           static_cast<std::int32_t>(out.size() - start));
}

// Walks a packet. After the first field that does not fit, everything reads as zero and ok() is
// false.
class Reader {
 public:
  explicit Reader(ConstBytes bytes) : rest_(bytes) {}

  template <std::integral T>
  T number() {
    ConstBytes field = take(sizeof(T));
    return field.empty() ? T{} : load_be<T>(field.data());
  }

  // Both strings and buffers; null, written as length -1, reads as empty.
  ConstBytes bytes() {
    auto length = number<std::int32_t>();
    if (length < -1) ok_ = false;
    return length <= 0 ? ConstBytes{} : take(static_cast<std::size_t>(length));
  }

  ConstBytes take(std::size_t count) {
    if (count > rest_.size()) ok_ = false;
    if (!ok_) return {};
    ConstBytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  ConstBytes rest() const { return rest_; }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }

 private:
  ConstBytes rest_;
  bool ok_ = true;
};

}  // namespace

void append_connect(Buffer& out, std::int32_t timeout_ms) {
  std::size_t start = begin_packet(out);
  append_number<std::int32_t>(out, 0);  // protocol version
  append_number<std::int64_t>(out, 0);  // last zxid seen: a server that is behind it would hang up
  append_number<std::int32_t>(out, timeout_ms);
  append_number<std::int64_t>(out, 0);  // session id: a new one
  append_number<std::int32_t>(out, kPasswordBytes);
  out.resize(out.size() + kPasswordBytes);
  append_number<std::uint8_t>(out, 0);  // a read-only server will not do
  end_packet(out, start);
}

void append_read(Buffer& out, std::int32_t xid, Operation operation, std::string_view path) {
  KM_CHECK(operation != Operation::kClose, "closing has no path");
  std::size_t start = begin_packet(out);
  append_number<std::int32_t>(out, xid);
  append_number<std::int32_t>(out, static_cast<std::int32_t>(operation));
  append_number<std::int32_t>(out, static_cast<std::int32_t>(path.size()));
  out.insert(out.end(), path.begin(), path.end());
  append_number<std::uint8_t>(out, 0);  // no watch
  end_packet(out, start);
}

void append_close(Buffer& out, std::int32_t xid) {
  std::size_t start = begin_packet(out);
  append_number<std::int32_t>(out, xid);
  append_number<std::int32_t>(out, static_cast<std::int32_t>(Operation::kClose));
  end_packet(out, start);
}

std::optional<std::int32_t> decode_connect_reply(ConstBytes packet) {
  Reader reader(packet);
  reader.number<std::int32_t>();  // protocol version
  auto timeout_ms = reader.number<std::int32_t>();
  reader.number<std::int64_t>();  // session id
  reader.bytes();                 // password
  // Servers before 3.4 send no read-only flag.
  if (!reader.ok() || reader.rest().size() > 1) return std::nullopt;
  return timeout_ms;
}

std::optional<Reply> decode_reply(ConstBytes packet) {
  Reader reader(packet);
  Reply reply;
  reply.xid = reader.number<std::int32_t>();
  reader.number<std::int64_t>();  // zxid
  reply.error = reader.number<std::int32_t>();
  if (!reader.ok()) return std::nullopt;
  if (reply.error == 0) reply.body = reader.rest();
  return reply;
}

std::optional<std::vector<std::string>> decode_children(ConstBytes body) {
  Reader reader(body);
  auto count = reader.number<std::int32_t>();  // -1: null, as good as none
  std::vector<std::string> children;
  for (std::int32_t i = 0; i < count && reader.ok(); ++i) {
    children.emplace_back(as_text(reader.bytes()));
  }
  if (count < -1 || !reader.at_end()) return std::nullopt;
  return children;
}

std::optional<std::string> decode_data(ConstBytes body) {
  Reader reader(body);
  std::string data(as_text(reader.bytes()));
  reader.take(kStatBytes);
  if (!reader.at_end()) return std::nullopt;
  return data;
}

}  // namespace kmirror::net::jute
