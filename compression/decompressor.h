// Decompresses piece by piece, so that a stream of any size needs memory for one piece only. Made
// by make_decompressor(), or by decompress() in codec.h for a whole payload at once.
// One owner; may move between threads. The input is a view, which the owner keeps alive.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "compression/codec.h"

namespace kmirror::compression {

class Decompressor {
 public:
  virtual ~Decompressor() = default;
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // Fills `out`, which has room, as far as the stream goes: fewer bytes come only where it ends or
  // is damaged, and none from then on. Of lz4 and snappy all whole elements in front of a
  // damage come out; what other libraries had decoded of the piece with the damage is lost, so that
  // where exactly the bytes stop depends on the sizes of `out`.
  std::size_t read(MutableBytes out) {
    std::size_t filled = 0;
    while (!ended_ && filled < out.size()) filled += step(out.subspan(filled));
    return filled;
  }

  // With so much room the next of it need not be copied.
  virtual std::size_t wanted_room() const { return 64 << 10; }

  // What stopped the stream: kNone as long as it goes on, and at a proper end. Never kTooLarge.
  DecompressError error() const { return error_; }

 protected:
  Decompressor() = default;

  // Writes what one call of the library gives, at most `room`, and tells how much. Every step takes
  // some of the input, writes, or ends the stream.
  virtual std::size_t step(MutableBytes room) = 0;

  std::size_t end(DecompressError error, std::size_t written = 0) {
    error_ = error;
    ended_ = true;
    return written;
  }

 private:
  DecompressError error_ = DecompressError::kNone;
  bool ended_ = false;
};

// `in` has at most 2^31 - 1 bytes, as all that Kafka counts. Beyond `in` and a library's context a
// stream costs: gzip 32 KiB, lz4 128 KiB and snappy at most 512 KiB whatever the size of their
// blocks, zstd the window that the frame declares, at most 128 MiB, of which only what is filled is
// touched. For that price a block of snappy that was made to refer back far too often is refused
// (kWindowTooLarge), though decompress() reads it.
std::unique_ptr<Decompressor> make_decompressor(Codec codec, ConstBytes in,
                                                Lz4Header lz4_header = Lz4Header::kChecked);

}  // namespace kmirror::compression
