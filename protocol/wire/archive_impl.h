// The bodies of wire/archive.h. Only messages/*.cc include this, each for its own messages:
//     KMIRROR_INSTANTIATE_MESSAGE(FetchRequest);
#pragma once

#include <limits>

#include "protocol/wire/archive.h"
#include "protocol/wire/decoder.h"
#include "protocol/wire/layout_builder.h"
#include "protocol/wire/writer.h"

namespace kmirror::protocol {
namespace wire_internal {

inline WireError unsupported_version() {
  return {.kind = WireError::Kind::kUnsupportedVersion, .offset = 0, .path = {}};
}

}  // namespace wire_internal

template <class M>
std::size_t wire_size(const M& message, std::int16_t version) {
  SizeSink sink;
  Writer<SizeSink> sizer(sink, version, M::kApi.flexible_in(version));
  (void)sizer.run(message);
  return sink.size();
}

template <class M>
WireError decode(ConstBytes body, std::int16_t version, M& out) {
  out = M{};
  if (!M::kApi.known().contains(version)) return wire_internal::unsupported_version();
  Decoder decoder(body, version, M::kApi.flexible_in(version));
  return decoder.run(out);
}

template <class M>
WireError encode(const M& message, std::int16_t version, const Prefix& prefix, GatherBuffer& out) {
  out.reset(0);
  if (!M::kApi.known().contains(version)) return wire_internal::unsupported_version();
  const bool flexible = M::kApi.flexible_in(version);
  SizeSink measured;
  Writer<SizeSink> sizer(measured, version, flexible);
  if (WireError error = sizer.run(message)) return error;
  // A frame's length is an int32.
  if (prefix.size() + measured.size() > std::numeric_limits<std::int32_t>::max()) {
    return {.kind = WireError::Kind::kBadLength, .offset = measured.size(), .path = {}};
  }
  out.reset(prefix.size() + measured.own());
  prefix.write(measured.size(), out);
  BufferSink sink(out);
  Writer<BufferSink> encoder(sink, version, flexible);
  return encoder.run(message);
}

template <class M>
WireError encode(const M& message, std::int16_t version, GatherBuffer& out) {
  return encode(message, version, NoPrefix(), out);
}

}  // namespace kmirror::protocol

#define KMIRROR_INSTANTIATE_MESSAGE(M)                                                \
  template std::size_t wire_size<M>(const M&, std::int16_t);                          \
  template WireError decode<M>(ConstBytes, std::int16_t, M&);                         \
  template WireError encode<M>(const M&, std::int16_t, const Prefix&, GatherBuffer&); \
  template WireError encode<M>(const M&, std::int16_t, GatherBuffer&);                \
  template const StructLayout& layout_of<M>()
