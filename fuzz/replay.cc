// fuzz_replay TARGET FILE|FOLDER...: runs a target on files, and on all files below folders. It
// aborts as the fuzzer would; its last line on standard error names the file. *.hex are findings
// that were kept: hexadecimal digits, with comments from # to the end of the line.
//
// Exit status: 0 when all files ran; 2, before any runs, when there is no such target or file, or
// no file below a folder: a test that has lost its inputs has to fail.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/target.h"

namespace kmirror::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const fs::path& path) {
  if (fs::is_regular_file(path)) return {path};
  if (!fs::is_directory(path)) return {};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string bytes_of_hex(const std::string& text) {
  std::string bytes;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#') i = text.find('\n', i);
    if (i == std::string::npos) break;
    if (std::isxdigit(static_cast<unsigned char>(text[i])) == 0) continue;
    digits += text[i];
    if (digits.size() < 2) continue;
    bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
    digits.clear();
  }
  return bytes;
}

// In memory of its own size, so that a sanitizer sees any byte read beyond it.
Buffer input_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (path.extension() == ".hex") text = bytes_of_hex(text);
  return {text.begin(), text.end()};
}

int replay(const Target& target, const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    const std::vector<fs::path> below = files_of(path);
    if (below.empty()) {
      fmt::print(stderr, "{}: there is no file at {}\n", target.name, path);
      return 2;
    }
    files.insert(files.end(), below.begin(), below.end());
  }
  for (const fs::path& file : files) {
    fmt::print(stderr, "{}: {}\n", target.name, file.string());
    const Buffer input = input_of(file);
    target.run(input);
  }
  fmt::print("{}: {} inputs\n", target.name, files.size());
  return files.empty() ? 2 : 0;
}

}  // namespace
}  // namespace kmirror::fuzz

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  for (const kmirror::fuzz::Target& target : kmirror::fuzz::targets()) {
    if (!args.empty() && args[0] == target.name) {
      return kmirror::fuzz::replay(target, {args.begin() + 1, args.end()});
    }
  }
  fmt::print(stderr, "usage: fuzz_replay TARGET FILE|FOLDER...\nTargets:");
  for (const auto& target : kmirror::fuzz::targets()) fmt::print(stderr, " {}", target.name);
  fmt::print(stderr, "\n");
  return 2;
}
