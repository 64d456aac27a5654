#include "protocol/records/payload_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

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

compression::DecompressError PayloadStream::error() const {
  return stream_ == nullptr ? compression::DecompressError::kNone : stream_->error();
}

void PayloadStream::fill(std::size_t bytes) {
  if (window_ == nullptr || bytes > window_bytes_) {
    window_bytes_ = std::max(bytes, window_bytes_);
    auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(window_bytes_);
    std::copy(seen_.begin(), seen_.end(), larger.get());
    window_ = std::move(larger);
  } else {
    std::memmove(window_.get(), seen_.data(), seen_.size());
  }
  const MutableBytes room(window_.get() + seen_.size(), window_bytes_ - seen_.size());
  const std::size_t got = stream_->read(room);
  ended_ = got < room.size();
  seen_ = ConstBytes(window_.get(), seen_.size() + got);
}

}  // namespace kmirror::protocol
