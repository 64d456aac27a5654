#include "golden_files.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace kmirror::golden {
namespace {

using Json = nlohmann::json;

std::ifstream open(const std::string& name) {
  const std::string path = fmt::format("{}/{}", KMIRROR_GOLDEN_DIR, name);
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error(
        fmt::format("no {}: run tests/golden/generate {}", path, KMIRROR_GOLDEN_DIR));
  }
  return file;
}

std::map<std::string, std::vector<Json>> read_wire_lines() {
  std::map<std::string, std::vector<Json>> lines;
  for (const std::string_view version : kClientVersions) {
    for_each_line("wire", version, [&lines](Json line) {
      if (!line.contains("message")) return;
      std::vector<Json>& of_message = lines[line["message"]];
      of_message.push_back(std::move(line));
    });
  }
  return lines;
}

}  // namespace

void for_each_line(std::string_view kind, std::string_view client_version,
                   const std::function<void(Json)>& visit) {
  std::ifstream file = open(fmt::format("{}-{}.jsonl", kind, client_version));
  for (std::string line; std::getline(file, line);) visit(Json::parse(line));
}

const std::vector<Json>& wire_lines(const std::string& message) {
  static const std::map<std::string, std::vector<Json>> lines = read_wire_lines();
  return lines.at(message);
}

std::vector<Json> error_lines() {
  std::vector<Json> errors;
  for_each_line("wire", kClientVersions[1], [&errors](Json line) {
    if (line.contains("error")) errors.push_back(std::move(line));
  });
  return errors;
}

// The schemas have // comments.
std::optional<Json> schema(std::string_view client_version, std::string_view message) {
  std::ifstream file(
      fmt::format("{}/schemas-{}/{}.json", KMIRROR_GOLDEN_DIR, client_version, message));
  if (!file) return std::nullopt;
  return Json::parse(file, nullptr, true, true);
}

Buffer from_hex(std::string_view hex) {
  const std::string bytes = absl::HexStringToBytes(absl::string_view(hex.data(), hex.size()));
  return {bytes.begin(), bytes.end()};
}

}  // namespace kmirror::golden
