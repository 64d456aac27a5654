#include "protocol/wire/uuid.h"

#include <absl/strings/escaping.h>

namespace kmirror::protocol {

std::string Uuid::to_string() const {
  return absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace kmirror::protocol
