// Measuring, writing and reading messages, and the way to whatever else is done with them. Each
// function is compiled once per message, in messages/*.cc (wire/archive_impl.h), so that including
// this costs nothing. Pure functions, no thread rules.
//
// Off the data path messages are walked by their layout (wire/layout.h), in code that knows no
// message: wire/json_writer.h, printer.h, diff.h, generator.h, schema_dump.h.
//
// A message has no version, the call has: fields the version lacks keep their defaults when read,
// and must be at their defaults, unless ignorable, when written.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "protocol/wire/error.h"
#include "protocol/wire/gather_buffer.h"

namespace kmirror::protocol {

struct StructLayout;

// The body's size in bytes, records included. Of a message that encode() refuses: no meaning.
template <class M>
std::size_t wire_size(const M& message, std::int16_t version);

// Fills `out` with views into `body`, which must outlive it. The body has to be used up. After an
// error `out` is in an unspecified state.
template <class M>
[[nodiscard]] WireError decode(ConstBytes body, std::int16_t version, M& out);

// Replaces what `out` holds. Records are referred to and must outlive it; all else is copied. After
// an error `out` is empty.
template <class M>
[[nodiscard]] WireError encode(const M& message, std::int16_t version, GatherBuffer& out);

// The same behind a prefix of the caller's, which makes room and writes it once the body's size is
// known: framing.h.
class Prefix {
 public:
  virtual std::size_t size() const = 0;
  virtual void write(std::size_t body_size, GatherBuffer& out) const = 0;

 protected:
  ~Prefix() = default;
};
struct NoPrefix final : Prefix {
  std::size_t size() const override { return 0; }
  void write(std::size_t, GatherBuffer&) const override {}
};
template <class M>
[[nodiscard]] WireError encode(const M& message, std::int16_t version, const Prefix& prefix,
                               GatherBuffer& out);

// The tables of M's fields.
template <class M>
const StructLayout& layout_of();

}  // namespace kmirror::protocol
