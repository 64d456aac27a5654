#include "golden_files.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace kmirror::golden {
namespace {

using Json = nlohmann::json;

std::string path_of(const std::string& name) {
  return fmt::format("{}/{}", KMIRROR_GOLDEN_DIR, name);
}

std::ifstream open(const std::string& name) {
  const std::string path = path_of(name);
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error(
        fmt::format("no {}: run tests/golden/generate {}", path, KMIRROR_GOLDEN_DIR));
  }
  return file;
}

std::string schema_name(std::string_view client_version, std::string_view message) {
  return fmt::format("schemas-{}/{}.json", client_version, message);
}

void for_each_line(std::string_view client_version, auto visit) {
  std::ifstream file = open(fmt::format("wire-{}.jsonl", client_version));
  for (std::string line; std::getline(file, line);) visit(Json::parse(line));
}

std::map<std::string, std::vector<Json>> read_wire_lines() {
  std::map<std::string, std::vector<Json>> lines;
  for (const std::string_view version : kClientVersions) {
    for_each_line(version, [&lines](Json line) {
      if (!line.contains("api")) return;
      const std::string message =
          line["api"].get<std::string>() + line["direction"].get<std::string>();
      lines[message].push_back(std::move(line));
    });
  }
  return lines;
}

}  // namespace

const std::vector<Json>& wire_lines(std::string_view api, std::string_view direction) {
  static const std::map<std::string, std::vector<Json>> lines = read_wire_lines();
  return lines.at(fmt::format("{}{}", api, direction));
}

std::vector<Json> error_lines() {
  std::vector<Json> errors;
  for_each_line(kClientVersions[1], [&errors](Json line) {
    if (line.contains("error")) errors.push_back(std::move(line));
  });
  return errors;
}

bool has_schema(std::string_view client_version, std::string_view message) {
  return std::filesystem::exists(path_of(schema_name(client_version, message)));
}

// The schemas have // comments.
Json schema(std::string_view client_version, std::string_view message) {
  std::ifstream file = open(schema_name(client_version, message));
  return Json::parse(file, nullptr, true, true);
}

Buffer from_hex(std::string_view hex) {
  const std::string bytes = absl::HexStringToBytes(absl::string_view(hex.data(), hex.size()));
  return {bytes.begin(), bytes.end()};
}

}  // namespace kmirror::golden
