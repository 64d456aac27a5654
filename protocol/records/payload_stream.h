// The payload of a batch, or of a compressed message of the older formats, read from front to back
// in bounded memory: a window of what was decompressed, and what the codec takes for itself; or the
// payload as it is, if it is not compressed. The codec's part is at most 512 KiB, except that
// zstd's windows may be larger: make_decompressor() tells. The caller keeps the payload alive. One
// owner, no thread rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/growing_memory.h"
#include "compression/decompressor.h"

namespace kmirror::protocol {

class PayloadStream {
 public:
  // So much is decompressed at once: two blocks of lz4, four of snappy.
  static constexpr std::size_t kWindowBytes = 128 << 10;

  PayloadStream(compression::Codec codec, ConstBytes payload,
                compression::Lz4Header lz4_header = compression::Lz4Header::kChecked,
                std::size_t window_bytes = kWindowBytes);

  // What can be seen from position() on: at least `bytes`, or all that is left; empty at the end.
  // Valid until the next call. The window grows to at most `bytes`, and only while more is there to
  // fill it: asking for a length that was read costs no more than the bytes that come.
  ConstBytes peek(std::size_t bytes);

  // Goes on by `bytes` of what peek() returned last.
  void skip(std::size_t bytes);

  // Goes on by `bytes`, seen or not, in no more memory than a window. False if the payload ends
  // before.
  bool pass(std::size_t bytes);

  // Bytes skipped so far: where peek() begins, in the decompressed payload.
  std::size_t position() const { return position_; }

  // Why no more bytes come, if it is not that the payload ends. Those in front are still seen.
  compression::DecompressError error() const;

 private:
  void fill(std::size_t bytes);

  std::unique_ptr<compression::Decompressor> stream_;  // none if the payload is not compressed
  GrowingMemory window_;                               // made when it is needed first
  std::size_t window_bytes_;                           // that it begins with
  ConstBytes seen_;  // not skipped yet: the end of what is filled, or of the payload
  std::size_t position_ = 0;
  bool ended_ = false;  // nothing more will come behind seen_
};

}  // namespace kmirror::protocol
