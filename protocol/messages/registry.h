// All messages of all.h with their types erased, for code that learns only at run time which one it
// has: the decoder, fuzz targets, tests that go through all of them. Constants, no thread rules; an
// AnyMessage has one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protocol/api.h"
#include "protocol/wire/archive.h"
#include "protocol/wire/layout.h"

namespace kmirror::protocol {

enum class MessageRole : std::uint8_t { kRequest, kResponse, kData };

struct MessageType {
  std::string name;  // of its official schema: "FetchRequest"
  Api api;
  MessageRole role;

  const StructLayout& (*layout)();
  std::shared_ptr<void> (*make)();
  // As in wire/archive.h, of a message that make() made.
  WireError (*decode)(ConstBytes body, std::int16_t version, void* message);
  WireError (*encode)(const void* message, std::int16_t version, const Prefix& prefix,
                      GatherBuffer& out);
  std::size_t (*wire_size)(const void* message, std::int16_t version);
};

// In the order of their keys, each request before its response, then the data.
std::span<const MessageType> message_types();

// By its API's name, in any case, or by its key in decimal: "Fetch", "fetch", "1". Data has no key.
// Null where there is none.
const MessageType* find_message(std::string_view api, MessageRole role);
const MessageType* find_message(std::int16_t api_key, MessageRole role);

// A message of a type that is known only at run time.
class AnyMessage {
 public:
  // With all fields at their defaults.
  explicit AnyMessage(const MessageType& type) : type_(&type), message_(type.make()) {}

  const MessageType& type() const { return *type_; }
  const StructLayout& layout() const { return type_->layout(); }
  // For what walks a layout: wire/json_writer.h and its like.
  void* get() { return message_.get(); }
  const void* get() const { return message_.get(); }

  // Views into `body`, which must outlive this. After an error: what was read up to there.
  [[nodiscard]] WireError decode(ConstBytes body, std::int16_t version) {
    return type_->decode(body, version, get());
  }
  [[nodiscard]] WireError encode(std::int16_t version, GatherBuffer& out) const;
  [[nodiscard]] WireError encode(std::int16_t version, const Prefix& prefix,
                                 GatherBuffer& out) const {
    return type_->encode(get(), version, prefix, out);
  }
  std::size_t wire_size(std::int16_t version) const { return type_->wire_size(get(), version); }

 private:
  const MessageType* type_;
  std::shared_ptr<void> message_;
};

}  // namespace kmirror::protocol
