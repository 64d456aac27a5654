#include "protocol/records/payload_stream.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace kmirror::protocol {

PayloadStream::PayloadStream(compression::Codec codec, ConstBytes payload,
                             compression::Lz4Header lz4_header, std::size_t window_bytes)
    : window_bytes_(window_bytes) {
  if (codec == compression::Codec::kNone) {
    seen_ = payload;
    ended_ = true;
  } else {
    stream_ = compression::make_decompressor(codec, payload, lz4_header);
  }
}

ConstBytes PayloadStream::peek(std::size_t bytes) {
  if (seen_.size() < bytes && !ended_) fill(bytes);
  return seen_;
}

void PayloadStream::skip(std::size_t bytes) {
  KM_CHECK(bytes <= seen_.size(), "only what was peeked can be skipped");
  seen_ = seen_.subspan(bytes);
  position_ += bytes;
}

bool PayloadStream::pass(std::size_t bytes) {
  while (bytes > 0) {
    const std::size_t seen = std::min(peek(1).size(), bytes);
    if (seen == 0) return false;
    skip(seen);
    bytes -= seen;
  }
  return true;
}

compression::DecompressError PayloadStream::error() const {
  return stream_ == nullptr ? compression::DecompressError::kNone : stream_->error();
}

void PayloadStream::fill(std::size_t bytes) {
  if (window_.size() == 0) window_.grow(window_bytes_);
  std::size_t filled = seen_.size();
  if (filled > 0) std::memmove(window_.data(), seen_.data(), filled);
  do {
    if (filled == window_.size()) window_.grow(std::min(bytes, 2 * window_.size()));
    const MutableBytes room(window_.data() + filled, window_.size() - filled);
    const std::size_t got = stream_->read(room);
    ended_ = got < room.size();
    filled += got;
  } while (filled < bytes && !ended_);
  seen_ = ConstBytes(window_.data(), filled);
}

}  // namespace kmirror::protocol
