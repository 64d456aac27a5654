// The files that tests/golden/generate leaves. A test that finds none fails.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace kmirror::golden {

// Of the Kafka clients used, oldest first.
inline constexpr std::string_view kClientVersions[] = {"3.9.1", "4.1.0"};

// Every line of "KIND-VERSION.jsonl".
void for_each_line(std::string_view kind, std::string_view client_version,
                   const std::function<void(nlohmann::json)>& visit);

// The lines of wire-*.jsonl for this message, "FetchRequest", from all clients.
const std::vector<nlohmann::json>& wire_lines(const std::string& message);

// The lines of wire-*.jsonl for error codes, of the newest client.
std::vector<nlohmann::json> error_lines();

// An official message schema, "FetchRequest". None where this client does not have the message.
std::optional<nlohmann::json> schema(std::string_view client_version, std::string_view message);

Buffer from_hex(std::string_view hex);

}  // namespace kmirror::golden
