// fuzz_list: the messages that targets choose from by two bytes, for what makes inputs. A line has
// the role, the first byte, the name, the first and the last version.
#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "fuzz/message_input.h"

int main() {
  using kmirror::protocol::MessageRole;
  constexpr std::pair<MessageRole, std::string_view> kRoles[] = {
      {MessageRole::kRequest, "requests"},
      {MessageRole::kResponse, "responses"},
      {MessageRole::kData, "data"}};
  for (const auto& [role, name] : kRoles) {
    int place = 0;
    for (const auto* type : kmirror::fuzz::types_of(role)) {
      const kmirror::protocol::VersionRange versions = type->api.known();
      fmt::print("{} {} {} {} {}\n", name, place++, type->name, versions.min, versions.max);
    }
  }
}
