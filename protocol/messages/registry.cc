#include "protocol/messages/registry.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "protocol/messages/all.h"

namespace kmirror::protocol {
namespace {

template <class M>
MessageType type_of(std::string name, MessageRole role) {
  return {
      .name = std::move(name),
      .api = M::kApi,
      .role = role,
      .layout = &layout_of<M>,
      .make = []() -> std::shared_ptr<void> { return std::make_shared<M>(); },
      .decode = [](ConstBytes body, std::int16_t version,
                   void* message) { return decode(body, version, *static_cast<M*>(message)); },
      .encode =
          [](const void* message, std::int16_t version, const Prefix& prefix, GatherBuffer& out) {
            return encode(*static_cast<const M*>(message), version, prefix, out);
          },
      .wire_size =
          [](const void* message, std::int16_t version) {
            return wire_size(*static_cast<const M*>(message), version);
          },
  };
}

std::vector<MessageType> make_types() {
  std::vector<MessageType> types;
  AllRequests::for_each([&types]<class Request>() {
    const std::string name(Request::kApi.name);
    types.push_back(type_of<Request>(name + "Request", MessageRole::kRequest));
    types.push_back(type_of<typename Request::Response>(name + "Response", MessageRole::kResponse));
  });
  AllData::for_each([&types]<class Data>() {
    types.push_back(type_of<Data>(std::string(Data::kApi.name), MessageRole::kData));
  });
  return types;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return absl::ascii_tolower(static_cast<unsigned char>(x)) ==
           absl::ascii_tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

std::span<const MessageType> message_types() {
  static const std::vector<MessageType> types = make_types();
  return types;
}

const MessageType* find_message(std::string_view api, MessageRole role) {
  for (const MessageType& type : message_types()) {
    if (type.role == role && same_ignoring_case(type.api.name, api)) return &type;
  }
  std::int16_t key = kNoKey;
  std::from_chars(api.data(), api.data() + api.size(), key);
  return api == fmt::format("{}", key) ? find_message(key, role) : nullptr;
}

const MessageType* find_message(std::int16_t api_key, MessageRole role) {
  if (api_key == kNoKey) return nullptr;
  const auto types = message_types();
  const auto found = std::ranges::find_if(
      types, [&](const MessageType& type) { return type.role == role && type.api.key == api_key; });
  return found == types.end() ? nullptr : &*found;
}

WireError AnyMessage::encode(std::int16_t version, GatherBuffer& out) const {
  return encode(version, NoPrefix(), out);
}

}  // namespace kmirror::protocol
