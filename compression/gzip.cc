#include "compression/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "base/check.h"
#include "compression/context_pool.h"
#include "compression/output.h"

namespace kmirror::compression {
namespace {

constexpr int kGzipFormat =
    16;  // added to the window bits: gzip's header and trailer, nothing else
constexpr int kWindowBits = MAX_WBITS + kGzipFormat;
constexpr int kMemoryLevel = 8;  // zlib's default

class Inflater {
 public:
  Inflater() { KM_CHECK(inflateInit2(&stream_, kWindowBits) == Z_OK, "zlib has memory"); }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  void reset() { inflateReset(&stream_); }
  std::size_t allocated_bytes() const { return 48 << 10; }  // zlib.h: 32 KiB and its state
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_ = {};
};

class Deflater {
 public:
  Deflater() {
    const int result = deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWindowBits,
                                    kMemoryLevel, Z_DEFAULT_STRATEGY);
    KM_CHECK(result == Z_OK, "zlib has memory");
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  z_stream& fresh(int level) {
    deflateReset(&stream_);
    deflateParams(&stream_, level, Z_DEFAULT_STRATEGY);
    return stream_;
  }

 private:
  z_stream stream_ = {};
};

// zlib's input pointer is not const, but it does not write there.
void set_input(z_stream& stream, ConstBytes in) {
  stream.next_in = const_cast<std::uint8_t*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
}

void set_output(z_stream& stream, MutableBytes room) {
  stream.next_out = room.data();
  stream.avail_out = static_cast<uInt>(room.size());
}

class GzipDecompressor : public Decompressor {
 public:
  explicit GzipDecompressor(ConstBytes in) { set_input(inflater_->stream(), in); }

 private:
  std::size_t step(MutableBytes room) override {
    z_stream& stream = inflater_->stream();
    set_output(stream, room);
    const int result = inflate(&stream, Z_NO_FLUSH);
    const std::size_t written = room.size() - stream.avail_out;
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) return end(DecompressError::kNone, written);
      inflater_->reset();  // Another member follows.
    } else if (result != Z_OK) {
      // Z_BUF_ERROR among others: the input is used up before the trailer.
      return end(DecompressError::kCorrupt, written);
    }
    return written;
  }

  Pooled<Inflater> inflater_;
};

}  // namespace

std::unique_ptr<Decompressor> gzip_decompressor(ConstBytes in) {
  return std::make_unique<GzipDecompressor>(in);
}

void gzip_compress(ConstBytes in, std::optional<int> level, Buffer& out) {
  thread_local Deflater deflater;
  z_stream& stream = deflater.fresh(level.value_or(Z_DEFAULT_COMPRESSION));
  const MutableBytes room = thread_scratch(deflateBound(&stream, in.size()));
  set_input(stream, in);
  set_output(stream, room);
  KM_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END, "deflateBound gives enough room");
  out.insert(out.end(), room.data(), stream.next_out);
}

}  // namespace kmirror::compression
