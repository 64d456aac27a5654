// ZooKeeper's wire format, Jute, as far as reading a tree needs it (zookeeper.jute, ZooDefs.java,
// ClientCnxn.java): requests to bytes, replies from bytes. Pure functions; decoded strings are
// copies, nothing points into a frame but Reply::body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace kmirror::net::jute {

enum class Operation : std::int32_t { kGetData = 4, kGetChildren = 8, kClose = -11 };

// Replies that nobody asked for and a reader skips.
inline constexpr std::int32_t kWatchXid = -1;
inline constexpr std::int32_t kPingXid = -2;
inline constexpr std::int32_t kAuthXid = -4;

inline constexpr std::int32_t kNoNode = -101;
inline constexpr std::int32_t kNoAuth = -102;

// Each appends one packet, length first. A session begins with the connect request; `path` begins
// with a slash and xids count up from 1.
void append_connect(Buffer& out, std::int32_t timeout_ms);
void append_read(Buffer& out, std::int32_t xid, Operation operation, std::string_view path);
void append_close(Buffer& out, std::int32_t xid);

// All decoders below take a packet without its length and return nothing when it is malformed:
// too short, too long, or with a length or count that the bytes left cannot hold.

// The negotiated session timeout in ms; 0 or less means that the session is refused.
std::optional<std::int32_t> decode_connect_reply(ConstBytes packet);

struct Reply {
  std::int32_t xid = 0;
  std::int32_t error = 0;  // 0, or a KeeperException code; then the body is empty
  ConstBytes body;
};
std::optional<Reply> decode_reply(ConstBytes packet);

std::optional<std::vector<std::string>> decode_children(ConstBytes body);

// A node without data reads as an empty string.
std::optional<std::string> decode_data(ConstBytes body);

}  // namespace kmirror::net::jute
