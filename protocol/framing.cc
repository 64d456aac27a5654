#include "protocol/framing.h"

#include <algorithm>

#include "base/check.h"
#include "protocol/wire/varint.h"

namespace kmirror::protocol {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kFixedHeaderBytes = 2 + 2 + 4 + 2;  // key, version, correlation, id's length

// Moves `at` past the tagged fields; false when they are malformed.
bool skip_tagged_fields(const std::uint8_t*& at, const std::uint8_t* end) {
  std::uint32_t count = 0;
  if (!read_unsigned_varint(at, end, count)) return false;
  for (; count > 0; --count) {
    std::uint32_t tag = 0;
    std::uint32_t size = 0;
    if (!read_unsigned_varint(at, end, tag) || !read_unsigned_varint(at, end, size)) return false;
    if (size > static_cast<std::size_t>(end - at)) return false;
    at += size;
  }
  return true;
}

}  // namespace

std::size_t RequestPrefix::size() const {
  return kLengthBytes + kFixedHeaderBytes + client_id_.size() +
         (api_.flexible_in(version_) ? 1 : 0);
}

void RequestPrefix::write(std::size_t body_size, GatherBuffer& out) const {
  KM_CHECK(client_id_.size() <= kMaxClientIdBytes, "encode_request() refuses longer ones");
  std::uint8_t* at = out.extend(size());
  const auto put = [&at]<class T>(T value) {
    store_be(at, value);
    at += sizeof(T);
  };
  put(static_cast<std::int32_t>(size() - kLengthBytes + body_size));
  put(api_.key);
  put(version_);
  put(correlation_id_);
  put(static_cast<std::int16_t>(client_id_.size()));  // not compact even in header v2
  at = std::ranges::copy(as_bytes(client_id_), at).out;
  if (api_.flexible_in(version_)) *at = 0;  // no tagged fields
}

void ResponsePrefix::write(std::size_t body_size, GatherBuffer& out) const {
  std::uint8_t* const at = out.extend(size());
  store_be(at, static_cast<std::int32_t>(size() - kLengthBytes + body_size));
  store_be(at + kLengthBytes, correlation_id_);
  if (tagged_) at[size() - 1] = 0;
}

WireError decode_request_header(ConstBytes frame, const Api* (*find)(std::int16_t api_key),
                                RequestFrame& out) {
  using Kind = WireError::Kind;
  if (frame.size() < kFixedHeaderBytes) {
    return {.kind = Kind::kTruncated, .offset = frame.size(), .path = "header"};
  }
  out.api_key = load_be<std::int16_t>(frame.data());
  out.version = load_be<std::int16_t>(frame.data() + 2);
  out.correlation_id = load_be<std::int32_t>(frame.data() + 4);
  const Api* const api = find(out.api_key);
  if (api == nullptr) {
    return {.kind = Kind::kUnsupportedVersion, .offset = 0, .path = "requestApiKey"};
  }
  const auto length = load_be<std::int16_t>(frame.data() + 8);
  ConstBytes rest = frame.subspan(kFixedHeaderBytes);
  const auto size = static_cast<std::size_t>(std::max<std::int16_t>(length, 0));
  if (length < -1 || size > rest.size()) {
    const auto kind = length < -1 ? Kind::kBadLength : Kind::kTruncated;
    return {.kind = kind, .offset = 8, .path = "clientId"};
  }
  out.client_id.reset();
  if (length >= 0) out.client_id = as_text(rest.first(size));
  rest = rest.subspan(size);
  const std::uint8_t* at = rest.data();
  const std::uint8_t* const end = at + rest.size();
  if (api->flexible_in(out.version) && !skip_tagged_fields(at, end)) {
    return {.kind = Kind::kTruncated, .offset = kFixedHeaderBytes + size, .path = "header"};
  }
  out.body = {at, end};
  return {};
}

WireError decode_response_header(ConstBytes frame, const Api& api, std::int16_t version,
                                 ResponseFrame& out) {
  constexpr std::size_t kCorrelationIdBytes = 4;
  if (frame.size() < kCorrelationIdBytes) {
    return {.kind = WireError::Kind::kTruncated, .offset = 0, .path = "correlationId"};
  }
  out.correlation_id = load_be<std::int32_t>(frame.data());
  const std::uint8_t* at = frame.data() + kCorrelationIdBytes;
  const std::uint8_t* const end = frame.data() + frame.size();
  if (api.response_header_tagged(version) && !skip_tagged_fields(at, end)) {
    return {.kind = WireError::Kind::kTruncated, .offset = kCorrelationIdBytes, .path = "header"};
  }
  out.body = {at, end};
  return {};
}

}  // namespace kmirror::protocol
